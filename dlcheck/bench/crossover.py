"""From which size on an accelerator beats the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from dlcheck.bench.pairs import label
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe
from dlcheck.model.measured import Crossover, Latency, Row, Transfer

FEWEST_SIZES = 2
BYTES: Mapping[str, tuple[int, int]] = {
    "fp64": (8, 8), "fp32": (4, 4), "tf32": (4, 4), "fp16": (2, 2), "bf16": (2, 2), "fp8": (1, 2), "int8": (1, 4),
}  # fmt: skip
"""Of one number of an operand and of the product."""


def crossovers(rows: Sequence[Row], transfers: Sequence[Transfer], latency: Sequence[Latency]) -> tuple[Crossover, ...]:
    """One for each accelerator and format that can be compared with the CPU."""
    found = []
    for device, dtype in sorted({(row.device, row.dtype) for row in rows if row.device != "cpu"}):
        theirs = _times(row for row in rows if row.device == device and row.dtype == dtype)
        cpu = _cpu(rows, dtype)
        if cpu is None:
            continue
        against, ours = cpu
        copies = [copy for copy in transfers if copy.device == device]
        trip = next((one.roundtrip_us for one in latency if one.device == device), 0.0) / 1e6
        common = sorted(set(ours) & set(theirs))
        if len(common) < FEWEST_SIZES:
            continue
        plain = crossing([(n, ours[n], theirs[n]) for n in common])
        found.append(
            Crossover(
                device=device,
                dtype=dtype,
                against=against,
                kernel_only_n=plain,
                with_pinned_n=_with_copies(common, ours, theirs, dtype, copies, "pinned", trip),
                with_pageable_n=_with_copies(common, ours, theirs, dtype, copies, "pageable", trip),
                from_smallest=plain == common[0],
            )
        )
    return tuple(found)


def crossing(sizes: Sequence[tuple[int, float, float]]) -> Maybe[int]:
    """From which N on the second time is the shorter one, by log-log interpolation; absent where it is not at the last.

    sizes: (N, seconds of the CPU, seconds of the device), ascending. The smallest N where it always is.
    """
    ahead = [(math.log(n), math.log(ours / theirs)) for n, ours, theirs in sizes]
    if not ahead or ahead[-1][1] <= 0:
        return ABSENT
    last_behind = max((at for at, (_, gain) in enumerate(ahead) if gain <= 0), default=None)
    if last_behind is None:
        return sizes[0][0]
    (x0, y0), (x1, y1) = ahead[last_behind], ahead[last_behind + 1]
    return round(math.exp(x0 + (x1 - x0) * (0 - y0) / (y1 - y0)))


def _times(rows: Iterable[Row]) -> dict[int, float]:
    """Size → seconds, of rows that may be believed; of several the fastest."""
    found: dict[int, float] = {}
    for row in rows:
        if row.time_s is not None and row.is_plain and not row.refused:
            found[row.n] = min(row.headline_s, found.get(row.n, math.inf))
    return found


def _cpu(rows: Sequence[Row], dtype: str) -> tuple[str, dict[int, float]] | None:
    """What the device is compared with: the CPU in the same format, in fp32 where it has no fast kernel for that."""
    for wanted in (dtype, "fp32"):
        mine = [row for row in rows if row.device == "cpu" and row.dtype == wanted and not row.emulated_against]
        times = _times(mine)
        if len(times) >= FEWEST_SIZES:
            used = max((row for row in mine if row.time_s is not None and not row.refused), key=lambda row: row.threads)
            return label(used), times
    return None


def _with_copies(
    common: Sequence[int],
    ours: Mapping[int, float],
    theirs: Mapping[int, float],
    dtype: str,
    copies: Sequence[Transfer],
    kind: str,
    trip: float,
) -> Maybe[int]:
    """The same with both operands copied there and the product back; each copy is waited for once."""
    rates = {copy.dir: copy.gbps * 1e9 for copy in copies if copy.kind == kind}
    if "h2d" not in rates or "d2h" not in rates:
        return NOT_LOOKED
    operand, product = BYTES[dtype]

    def copied(n: int) -> float:
        return n * n * (2 * operand / rates["h2d"] + product / rates["d2h"]) + 3 * trip

    return crossing([(n, ours[n], theirs[n] + copied(n)) for n in common])
