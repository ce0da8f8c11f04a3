"""What limits a row: starting the kernel, moving the data, or the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dlcheck.bench.crossover import BYTES
from dlcheck.model.measured import Bandwidth, Bound, Latency, Row

LAUNCHES = 5.0
"""A product that takes less than so many starts of a kernel is limited by them."""
MEMORY_SHARE = 0.5
"""A product is limited by memory where moving its operands once takes this share of its time."""


def with_bound(row: Row, latency: Sequence[Latency], bandwidth: Sequence[Bandwidth]) -> Row:
    """The row, labelled. On the CPU small matrices stay in the caches: memory is no limit there."""
    if row.time_s is None:
        return row
    launch = next((one.launch_us for one in latency if one.device == row.device), None)
    if row.timer == "graph":
        launch = None  # its products are not started one by one
    rate = next((one.gbps for one in bandwidth if one.device == row.device), None)
    return msgspec.structs.replace(row, bound=bound(row, row.headline_s, launch, rate))


def bound(row: Row, seconds: float, launch_us: float | None, gbps: float | None) -> Bound:
    """By the measured cost of a start and the measured bandwidth of the device."""
    if launch_us is None and gbps is None:
        return "unknown"
    if launch_us is not None and seconds < LAUNCHES * launch_us / 1e6:
        return "launch"
    operand, product = BYTES[row.dtype]
    moved = row.m * row.k * operand + row.k * row.n * operand + row.m * row.n * product
    if row.device != "cpu" and gbps is not None and moved / (gbps * 1e9) > MEMORY_SHARE * seconds:
        return "memory"
    return "compute"
