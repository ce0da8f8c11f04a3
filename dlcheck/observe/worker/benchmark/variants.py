"""Products besides the square ones of the sweep: transposed, cold, the shape of a network's layer, in a graph."""

from .sizes import headline_size

LARGEST_COLD = 2048
"""Operands of larger sizes do not stay in the caches anyway."""
LAYER = (4096, 11008, 4096)
"""(m, n, k): 4096 tokens through the wide layer of a transformer of 7 thousand million parameters."""
SMALLEST_LAYER = 512
"""Tokens, where the whole of it takes too long: all three sizes are halved together."""
LAYER_SHARE = 0.25
"""Of the longest call: a few of them have to be made."""
LARGEST_GRAPH, GRAPH_SECONDS = 512, 100e-6
"""A product up to this size that is there so soon takes about as long as starting it: it is measured both ways."""


def of(sweep, tried):
    """The size that stands for the device with its second operand transposed, and with cold caches; and the layer."""
    sound = [row for row in tried if not row.emulated]
    if not sound or sweep.dtype == "fp8" or not sweep.device.writes_in_place:
        return []
    head = max(sound, key=lambda row: (row.n <= headline_size(sweep.device, "full"), row.n))
    small = max(sound, key=lambda row: (row.n <= LARGEST_COLD, row.n))
    cold = min(head, small, key=lambda row: row.n)
    rows = [(head, {"layout": "NT"}), (cold, {"l2": "cold"}), (head, layer(sweep, head))]
    found = []
    for like, differing in rows:
        row = sweep.run.row(sweep.device, sweep.dtype, differing.pop("n", like.n), sweep.threads, **differing)
        if row.l2 == "cold":
            row.flush = sweep.run.library.flusher(sweep.device)
        found += tried_out(sweep, row, like)
    return found


def layer(sweep, like):
    """The largest layer that is allowed, else the smallest there is: it will be told why that is not."""
    m, n, k = LAYER
    while m > SMALLEST_LAYER and sweep.forbidden((m, n, k), like, most=LAYER_SHARE * sweep.limit):
        m, n, k = m // 2, n // 2, k // 2
    return {"m": m, "n": n, "k": k}


def captured(sweep, tried):
    """Small sizes once more, captured in a graph: what the products take alone, without each being started.

    None on a device that has no graphs; the first that cannot be captured is the last.
    """
    if sweep.device.captured is None or sweep.dtype == "fp8":
        return []
    found = []
    for one in tried:
        if one.n <= LARGEST_GRAPH and one.estimate < GRAPH_SECONDS and not one.emulated:
            row = sweep.run.row(sweep.device, sweep.dtype, one.n, sweep.threads, graph=True)
            done = tried_out(sweep, row, one)
            if not done:
                break
            found += done
    return found


def tried_out(sweep, row, like):
    """The row in a list where it can be measured; it is answered in any case. like: one of which the time is known."""
    reason = sweep.forbidden(row.shape, like) or sweep.trial(row)
    sweep.tell(row, {}, reason)
    return [] if reason else [row]
