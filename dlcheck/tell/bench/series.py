"""The curves of a benchmark: rate over size, for each device in the compared format and in its fastest short one."""

from __future__ import annotations

import msgspec

from dlcheck.model.bench import Bench
from dlcheck.model.measured import Row
from dlcheck.tell.bench.rows import format_of

MOST = 4
"""Curves that can still be told apart."""
SHORT = ("bf16", "fp16", "tf32")
CLOSE = 0.9
"""The first of them that is about as fast as the fastest."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the plot."""

    name: str
    """"cuda:0 bf16"."""
    points: tuple[tuple[int, float], ...]
    """Size and TFLOP/s."""


def curves(bench: Bench) -> list[Curve]:
    """At most four, each of two points or more."""
    main, found = format_of(bench), []
    for device in bench.devices:
        found.append(_curve(bench, device.name, main))
        short = [_curve(bench, device.name, dtype) for dtype in SHORT if dtype != main]
        highest = max(_highest(curve) for curve in short)
        found.append(next(curve for curve in short if _highest(curve) >= CLOSE * highest))
    return [curve for curve in found if len(curve.points) > 1][:MOST]


def _highest(curve: Curve) -> float:
    return max((rate for _, rate in curve.points), default=0.0)


def _curve(bench: Bench, device: str, dtype: str) -> Curve:
    best: dict[int, Row] = {}
    for row in bench.measured:
        if row.device == device and row.dtype == dtype and row.is_plain and row.headline_tflops > 0:
            there = best.get(row.n)
            if there is None or row.threads > there.threads:
                best[row.n] = row
    return Curve(name=f"{device} {dtype}", points=tuple((n, best[n].headline_tflops) for n in sorted(best)))
