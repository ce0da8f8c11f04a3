"""What a CI job asks of the figures: least rates, ratios and shares of the peak."""

from __future__ import annotations

import math
from typing import Literal, get_args

import msgspec

from dlcheck.bench.ladder import standing_row
from dlcheck.bench.summary import main_device, speed_up
from dlcheck.model.assessed import Floor
from dlcheck.model.bench import Bench
from dlcheck.model.gaps import known
from dlcheck.model.measured import Dtype, Row
from dlcheck.model.quantities import digits, per_cent, rate, times

Kind = Literal["--min-tflops", "--min-ratio", "--min-of-peak"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One floor as it was asked for."""

    kind: Kind
    text: str
    device: str = ""
    """"" is the fastest device that has the format."""
    dtype: Dtype = "fp32"
    value: float

    @property
    def asked(self) -> str:
        """As it was typed."""
        return f"{self.kind} {self.text}"


def parse(kind: Kind, text: str) -> Wanted:
    """`[DEVICE:]DTYPE=NUMBER`, or for a ratio and a share of the peak NUMBER alone, then of fp32.

    Raises ValueError with a sentence where it is neither.
    """
    name, equals, number = text.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    device, _, dtype = name.rpartition(":")
    if not math.isfinite(value) or value < 0 or (not equals and kind == "--min-tflops"):
        example = {"--min-tflops": "fp32=1.5 or cuda:0:bf16=150", "--min-ratio": "20 or fp32=20"}.get(
            kind, "60 or bf16=60"
        )
        raise ValueError(f"{kind} takes a number, as in {kind} {example}, not {text!r}")
    if equals and dtype not in get_args(Dtype):
        raise ValueError(f"{kind} {text}: there is no format {dtype!r}; there are {', '.join(get_args(Dtype))}")
    known_dtype: Dtype = dtype if equals else "fp32"  # type: ignore[assignment]
    return Wanted(kind=kind, text=text, device=device, dtype=known_dtype, value=value)


def judge(bench: Bench, wanted: Wanted) -> Floor:
    """Is it met? What was disturbed meets and misses nothing."""
    judges = {"--min-tflops": _rate, "--min-ratio": _ratio, "--min-of-peak": _share}
    standing, words = judges[wanted.kind](bench, wanted)
    return Floor(asked=wanted.asked, standing=standing, words=words)


Judged = tuple[Literal["met", "missed", "unknown"], str]


def _rate(bench: Bench, wanted: Wanted) -> Judged:
    row = _row(bench, wanted)
    if row is None:
        return "unknown", _not_measured(bench, wanted)
    if row.quality == "C":
        return "unknown", f"{_named(row)}: about {rate(row.headline_tflops, row.dtype)}, too disturbed to judge"
    is_met = row.headline_tflops >= wanted.value
    return _standing(
        is_met
    ), f"{_named(row)}: {rate(row.headline_tflops, row.dtype)}, {rate(wanted.value, row.dtype)} asked for"


def _ratio(bench: Bench, wanted: Wanted) -> Judged:
    device = wanted.device or getattr(main_device(bench), "name", "")
    if not device:
        return "missed", "there is no accelerator to compare with the CPU"
    row = standing_row(bench, device, wanted.dtype)
    if row is None:
        return "unknown", _not_measured(bench, wanted)
    pair = speed_up(bench, device) if wanted.dtype == "fp32" else None
    cpu = standing_row(bench, "cpu", wanted.dtype, pair.n if pair is not None else 0)
    if cpu is None:
        return "unknown", f"there is no {wanted.dtype} figure of the CPU that can be believed"
    ratio = pair.ratio_median if pair is not None else row.headline_tflops / cpu.headline_tflops
    if "C" in (row.quality, cpu.quality):
        return (
            "unknown",
            f"{device} is about {times(ratio)} × as fast as the CPU in {wanted.dtype}, too disturbed to judge",
        )
    words = f"{device} is {times(ratio)} × as fast as the CPU in {wanted.dtype}, {digits(wanted.value)} asked for"
    return _standing(ratio >= wanted.value), words


def _share(bench: Bench, wanted: Wanted) -> Judged:
    row = _row(bench, wanted)
    if row is None:
        return "unknown", _not_measured(bench, wanted)
    rated, at_clock = known(row.pct_peak_rated), known(row.pct_peak_at_clock)
    share = rated if rated is not None else at_clock
    if share is None:
        device = bench.device(row.device)
        why = (
            device.peak_unknown
            if device is not None and device.peak_unknown
            else "its peak in this format is not known"
        )
        return "unknown", f"{_named(row)}: {why}"
    which = "rated peak" if rated is not None else "peak at the measured clock"
    if row.quality == "C":
        return "unknown", f"{_named(row)}: about {per_cent(share)} of the {which}, too disturbed to judge"
    return _standing(
        share >= wanted.value
    ), f"{_named(row)}: {per_cent(share)} of the {which}, {digits(wanted.value)} % asked for"


def _row(bench: Bench, wanted: Wanted) -> Row | None:
    names = [wanted.device] if wanted.device else [device.name for device in bench.devices]
    rows = [row for name in names if (row := standing_row(bench, name, wanted.dtype)) is not None]
    return max(rows, key=lambda row: row.headline_tflops, default=None)


def _not_measured(bench: Bench, wanted: Wanted) -> str:
    rows = [row for row in bench.results if row.dtype == wanted.dtype and wanted.device in ("", row.device)]
    why = next((row.refused or row.skipped_reason for row in rows if row.refused or row.skipped_reason), "")
    where = f" on {wanted.device}" if wanted.device else ""
    return f"{wanted.dtype}{where} was not measured{f': {why}' if why else ''}"


def _standing(is_met: bool) -> Literal["met", "missed"]:
    return "met" if is_met else "missed"


def _named(row: Row) -> str:
    return f"{row.device} {row.dtype} at {row.n} × {row.n}"
