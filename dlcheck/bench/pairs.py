"""How many times faster one row is than another: by blocks of the same round, which ran next to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from dlcheck.bench import statistics
from dlcheck.bench.taken import Block, Probe, Taken
from dlcheck.model.measured import Pair, Row

FEWEST_BLOCKS = 3


def pairs(taken: Taken, rows: Sequence[Row]) -> tuple[Pair, ...]:
    """Devices against the CPU at each size, formats against fp32 and all threads against one at the headline.

    rows: of the document, in the order of the probes. A row that is refused or was not measured is in no pair.
    """
    usable = [
        (probe, row)
        for probe, row in zip(taken.probes, rows, strict=True)
        if row.tflops is not None and row.is_plain and not row.refused and not row.emulated_against
    ]
    rounds = {probe.id: by_round(probe, taken.of(probe.id)) for probe, _ in usable}
    most = max((probe.threads for probe, _ in usable), default=0)
    found = []
    for probe, row in usable:
        for other, one in usable:
            kind = _kind(probe, row, other, one, most)
            if kind is None:
                continue
            both = [(rounds[probe.id][number], seconds) for number, seconds in rounds[other.id].items()
                    if number in rounds[probe.id]]  # fmt: skip
            if len(both) >= FEWEST_BLOCKS:
                middle, quartiles = statistics.ratio(both)
                found.append(
                    Pair(
                        a=label(probe),
                        b=label(other),
                        n=probe.n,
                        ratio_median=middle,
                        ratio_iqr=quartiles,
                        blocks=len(both),
                        kind=kind,
                    )
                )
    return tuple(found)


def label(probe: Probe | Row) -> str:
    """Device, format and threads: "cpu fp32 ×8", "cuda:0 bf16"."""
    threads = f" ×{probe.threads}" if probe.threads else ""
    return f"{probe.device} {probe.dtype}{threads}"


def by_round(probe: Probe, blocks: Sequence[Block]) -> Mapping[int, float]:
    """Round → seconds of one product in its block: the CPU's best, an accelerator's median, as their headlines are."""
    best = probe.device == "cpu"
    return {
        block.round: min(block.samples) if best else statistics.median(block.samples)
        for block in blocks
        if block.phase == "rounds"
    }


def _kind(a: Probe, row_a: Row, b: Probe, row_b: Row, most: int) -> Literal["device", "dtype", "threads"] | None:
    if a.n != b.n or a.id == b.id:
        return None
    if a.device == "cpu" and b.device != "cpu":
        return "device" if a.dtype == b.dtype and a.threads == most else None
    if a.device != b.device:
        return None
    if a.dtype == b.dtype:
        return "threads" if a.threads == 1 and b.threads > 1 and row_b.headline else None
    heads = row_a.headline or row_b.headline
    return "dtype" if a.dtype == "fp32" and a.threads == b.threads and heads else None
