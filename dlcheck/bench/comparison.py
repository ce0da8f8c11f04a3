"""What differs between two runs: which rows may be compared, and is the second faster, slower or the same?"""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.bench.ladder import LADDER, standing_row
from dlcheck.bench.pairing import matched, size_of, warnings
from dlcheck.model.assessed import Floor
from dlcheck.model.bench import Bench
from dlcheck.model.comparison import Against, Comparison, Difference, Incomparable, Reach, Run, Verdict
from dlcheck.model.gaps import known
from dlcheck.model.measured import Row
from dlcheck.model.quantities import digits, per_cent, rate

FLOOR = 0.03
"""Differences below this are none: two runs of the same thing differ by as much."""
SAME_LOW, SAME_HIGH = 1 / (1 + FLOOR), 1 + FLOOR


def compare(runs: Sequence[tuple[str, Bench]]) -> Comparison:
    """The first run against each of the others. runs: how each was named, and the run."""
    first = runs[0][1]
    return Comparison(
        runs=tuple(_run(label, bench) for label, bench in runs),
        reach=tuple(one for number, (_, bench) in enumerate(runs) for one in _reach(number, bench)),
        against=tuple(_against(first, bench, number) for number, (_, bench) in enumerate(runs) if number),
    )


def interval(row: Row) -> tuple[float, float]:
    """The rate of a row as an interval, TFLOP/s.

    A CPU stands for what it can: from its 5th percentile of time to its best. An accelerator for what it keeps up: its
    sustained rate, as uncertain as the median is (95 %, by order statistics).
    """
    if row.time_s is None or row.tflops is None:
        return 0.0, 0.0
    time = row.time_s
    if row.device == "cpu":
        return row.tflops.best * time.best / time.p5, row.tflops.best
    return row.tflops.sustained * time.median / time.ci95[1], row.tflops.sustained * time.median / time.ci95[0]


def verdict(low: float, high: float) -> Verdict:
    """By where the interval of the effect lies."""
    if low >= SAME_LOW and high <= SAME_HIGH:
        return "SAME"
    if low > SAME_HIGH:
        return "FASTER"
    return "SLOWER" if high < SAME_LOW else "AMBIGUOUS"


def difference(one: Row, other: Row, *, same_device: bool = True) -> Difference:
    """Two rows of the same work."""
    (low, high), (other_low, other_high) = interval(one), interval(other)
    effect = other.headline_tflops / one.headline_tflops
    # The headline always lies in its own interval, whatever a document from elsewhere says.
    span = min(other_low / high if high else effect, effect), max(other_high / low if low else effect, effect)
    judged = verdict(*span)
    why = ""
    if "C" in (one.quality, other.quality):
        judged, why = "AMBIGUOUS", f"disturbed in the {_which(one, other)}"
    elif judged == "AMBIGUOUS":
        why = f"the interval reaches over the floor of {per_cent(100 * FLOOR)}"
    return Difference(
        device=one.device,
        other_device="" if other.device == one.device else other.device,
        dtype=one.dtype,
        size=size_of(one),
        threads=one.threads,
        other_threads=other.threads,
        headline=one.headline or other.headline,
        same_device=same_device,
        tflops=(one.headline_tflops, other.headline_tflops),
        effect=effect,
        interval=span,
        verdict=judged,
        why=why,
    )


def against_baseline(baseline: Bench, bench: Bench, asked: str) -> tuple[Floor, ...]:
    """Is this run no slower than that one? One floor for each device and format that stands for it.

    met: surely no slower than the floor of 3 % allows. missed: surely slower. unknown: neither is sure. What another
    model of device did is no baseline.
    """
    found = _against(baseline, bench, 1)
    floors = [_floor(one, asked) for one in found.differences if one.headline and one.same_device]
    if floors:
        return tuple(floors)
    others = "; ".join(found.warnings[:1]) if found.differences else ""
    why = others or next((one.why for one in found.incomparable), "") or "no device and format was measured in both"
    return (Floor(asked=asked, standing="unknown", words=f"nothing in it is comparable: {why}"),)


def _floor(one: Difference, asked: str) -> Floor:
    low, high = one.interval
    words = (
        f"{one.device} {one.dtype} at {one.size}: {rate(one.tflops[1], one.dtype)} "
        f"against {rate(one.tflops[0], one.dtype)}, {digits(one.effect)} × ({digits(low)} to {digits(high)})"
    )
    if one.why.startswith("disturbed"):
        return Floor(asked=asked, standing="unknown", words=f"{words}, {one.why}")
    if low >= SAME_LOW:
        return Floor(asked=asked, standing="met", words=words)
    return Floor(asked=asked, standing="missed" if high < SAME_LOW else "unknown", words=words)


def _against(first: Bench, other: Bench, number: int) -> Against:
    pairs, same = matched(first, other)
    rows = [difference(pair.one, pair.other, same_device=pair.same_device) for pair in pairs if not pair.reason]
    unlike = [
        Incomparable(
            device=pair.one.device,
            dtype=pair.one.dtype,
            size=size_of(pair.one),
            threads=pair.one.threads,
            why=pair.reason,
        )
        for pair in pairs
        if pair.reason
    ]
    return Against(
        run=number,
        same_devices=same,
        warnings=tuple(warnings(first, other)),
        differences=tuple(rows),
        incomparable=tuple(unlike),
    )


def _which(one: Row, other: Row) -> str:
    if one.quality == other.quality:
        return "first and the second run"
    return "first run" if one.quality == "C" else "second run"


def _run(label: str, bench: Bench) -> Run:
    models = [known(device.model) or device.name for device in bench.devices]
    software = bench.software
    names = ("torch", "numpy", "cuda", "hip", "driver")
    versions = [f"{name} {value}" for name in names if (value := known(getattr(software, name)))]
    return Run(
        label=label,
        started_at=bench.started_at,
        machine=", ".join(dict.fromkeys(models)),
        software=", ".join(versions),
        mode=bench.mode,
    )


def _reach(number: int, bench: Bench) -> list[Reach]:
    found = []
    for device in bench.devices:
        for dtype in LADDER:
            row = standing_row(bench, device.name, dtype)
            if row is not None:
                found.append(
                    Reach(
                        run=number,
                        device=device.name,
                        model=known(device.model) or "",
                        dtype=dtype,
                        tflops=row.headline_tflops,
                        approximate=row.quality == "C",
                    )
                )
    return found
