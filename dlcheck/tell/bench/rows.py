"""The one table of a benchmark: which rows of the sweep are told, and each row's cells as texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from dlcheck.model.bench import Bench
from dlcheck.model.gaps import Maybe, known
from dlcheck.model.measured import Row
from dlcheck.model.quantities import digits, duration, per_cent, times

HEADS = ("size", "device", "time", "best", "now", "±", "rated", "clock", "of best", "bound", "× CPU")
FEWEST = 3
"""Samples, of fewer the noise is not known."""
GROUPS = {"best": "TFLOP/s", "rated": "% of peak"}
"""What stands above a head and the one after it."""


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One row as texts; "" where a cell has nothing to say."""

    size: str
    device: str
    time: str
    best: str
    now: str
    noise: str
    rated: str
    clock: str
    of_best: str
    """Of the highest rate that was measured here; only where no peak is known."""
    bound: str
    speed_up: str

    def all(self) -> tuple[str, ...]:
        """In the order of HEADS."""
        return (
            self.size, self.device, self.time, self.best, self.now, self.noise, self.rated, self.clock, self.of_best,
            self.bound, self.speed_up,
        )  # fmt: skip


def format_of(bench: Bench) -> str:
    """The format in which devices are compared: fp32, or the first there is."""
    formats = [row.dtype for row in bench.results if row.tflops is not None]
    return "fp32" if "fp32" in formats or not formats else formats[0]


def shown(bench: Bench, *, everything: bool) -> list[Row]:
    """The rows of the table: size by size, each device once, with the most threads that may be believed.

    everything: also the other formats, thread counts, layouts and the cold cache.
    """
    names = [device.name for device in bench.devices]
    names += [row.device for row in bench.measured if row.device not in names]
    rows = list(bench.measured)
    if not everything:
        rows = [row for row in rows if row.dtype == format_of(bench) and row.is_plain]
        most: dict[tuple[str, int], int] = {}
        for row in rows:
            most[row.device, row.n] = max(most.get((row.device, row.n), 0), row.threads)
        rows = [row for row in rows if row.threads == most[row.device, row.n]]
    return sorted(rows, key=lambda row: (row.n, names.index(row.device), row.dtype, -row.threads))


def cells(bench: Bench, row: Row, *, with_format: bool) -> Cells:
    """The texts of a row. A figure of quality C carries "≈"; a wrong product says so in the place of its bound."""
    assert row.tflops is not None
    about = "≈" if row.quality == "C" else ""
    now = row.tflops.median if row.device == "cpu" else row.tflops.sustained
    wrong = row.verify is not None and not row.verify.ok
    return Cells(
        size=size(row),
        device=label(row, with_format=with_format),
        time=f"{about}{duration(row.headline_s)}",
        best=f"{about}{digits(row.tflops.best)}",
        now=f"{about}{digits(now)}",
        noise=per_cent(100 * row.noise) if row.samples >= FEWEST else "",
        rated=_share(row.pct_peak_rated),
        clock=_share(row.pct_peak_at_clock),
        of_best=_of_best(bench, row),
        bound="WRONG" if wrong else "" if row.bound == "unknown" else row.bound,
        speed_up=_speed_up(bench, row),
    )


def size(row: Row) -> str:
    """The size of a product: "512" of a square one."""
    return str(row.n) if row.m == row.n == row.k else f"{row.m}×{row.k}×{row.n}"


def sides(row: Row) -> str:
    """The same in a sentence: "512 × 512", "1024 × 1024 × 2752"."""
    return f"{row.n} × {row.n}" if row.m == row.n == row.k else f"{row.m} × {row.k} × {row.n}"


def label(row: Row, *, with_format: bool) -> str:
    """The device, its threads, and the format where more than one is told."""
    words = [row.device, *([row.dtype] if with_format else []), *([f"×{row.threads}"] if row.threads > 1 else [])]
    return " ".join([*words, *marks(row)])


def marks(row: Row) -> list[str]:
    """What makes it another row than the plain one of that size."""
    found = (("NT", row.layout == "NT"), ("cold", row.l2 == "cold"), ("graph", row.timer == "graph"))
    return [word for word, is_so in found if is_so]


def kind(row: Row) -> str:
    """Its size, and what makes it no plain one: "512", "1024 cold"."""
    return " ".join([size(row), *marks(row)])


def refusals(bench: Bench) -> list[str]:
    """Rows that are not to be believed, in words: a sentence for each device, thread count and kind of reason."""
    return grouped((row.device, row.threads, row.dtype, kind(row), row.refused) for row in bench.results if row.refused)


def omissions(bench: Bench) -> list[str]:
    """Rows that were not measured, in the same way."""
    return grouped(
        (row.device, row.threads, row.dtype, kind(row), row.skipped_reason)
        for row in bench.results
        if row.skipped_reason
    )


def grouped(rows: Iterable[tuple[str, int, str, str, str]]) -> list[str]:
    """Sentences on rows: device, threads, format, size, reason. Reasons that differ by numbers alone are one."""
    groups: dict[tuple[str, int, str], list[tuple[str, str, str]]] = {}
    for device, threads, dtype, of_size, reason in rows:
        key = device, threads, re.sub(r"[\d.]+", "#", reason)
        groups.setdefault(key, []).append((dtype, of_size, reason))
    told = []
    for (device, threads, _), members in groups.items():
        sizes: dict[str, dict[str, None]] = {}
        for dtype, of_size, _ in members:
            sizes.setdefault(dtype, {})[of_size] = None
        formats = ", ".join(f"{dtype} ({_listed(list(found))})" for dtype, found in sizes.items())
        example = " (for example)" if len({reason for *_, reason in members}) > 1 else ""
        name = f"{device} ×{threads}" if threads > 1 else device
        told.append(f"{name} {formats}: {members[0][2]}{example}")
    return told


def _listed(sizes: list[str]) -> str:
    return f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 2 else " and ".join(sizes)


def _share(value: Maybe[float]) -> str:
    number = known(value)
    return per_cent(number) if number is not None else ""


def _of_best(bench: Bench, row: Row) -> str:
    if known(row.pct_peak_rated) is not None or known(row.pct_peak_at_clock) is not None:
        return ""
    same = [one for one in bench.measured if (one.device, one.dtype) == (row.device, row.dtype)]
    highest = max(one.headline_tflops for one in same if one.threads == row.threads)
    return per_cent(100 * row.headline_tflops / highest) if highest else ""


def _speed_up(bench: Bench, row: Row) -> str:
    """How many times as fast as the CPU: by the paired blocks where there are some, else by both figures.

    Disturbed blocks are no pairs: of both figures the best stand.
    """
    if row.device == "cpu":
        return ""
    for pair in bench.pairs:
        if pair.kind == "device" and pair.n == row.n and pair.b == f"{row.device} {row.dtype}":
            cpu = [one for one in bench.measured if pair.a == f"cpu {one.dtype} ×{one.threads}" and one.n == row.n]
            if cpu and "C" not in (row.quality, *(one.quality for one in cpu)):
                return times(pair.ratio_median)
    plain = [one for one in bench.measured if one.is_plain]
    same = [one for one in plain if (one.device, one.dtype, one.n) == ("cpu", row.dtype, row.n) and row.is_plain]
    best = max(same, key=lambda one: one.threads, default=None)
    return times(row.headline_tflops / best.headline_tflops) if best is not None and best.headline_tflops else ""
