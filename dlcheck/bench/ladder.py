"""The precision ladder: how fast a device is in each format, and which format to use."""

from __future__ import annotations

from dlcheck.model.assessed import Rung
from dlcheck.model.bench import Bench
from dlcheck.model.gaps import Missing, known
from dlcheck.model.measured import DTYPES, Dtype, Row
from dlcheck.model.quantities import times

WORTH = 1.25
"""A shorter format is advised from this many times the speed of fp32 on."""
CLOSE = 0.9
"""bf16 is advised before fp16 as long as it is at least so fast: it has fp32's range and needs no loss scaling."""
TRAINING: tuple[Dtype, ...] = ("fp32", "tf32", "fp16", "bf16")
LADDER: tuple[Dtype, ...] = tuple(sorted(DTYPES, key=("fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8").index))


def ladder(bench: Bench) -> tuple[Rung, ...]:
    """One rung for each device and format that was measured or found to be emulated; refused rows have none."""
    rungs = []
    for device in bench.devices:
        rows = {dtype: standing_row(bench, device.name, dtype) for dtype in LADDER}
        for dtype in LADDER:
            row = rows[dtype]
            if row is not None:
                rungs.append(_rung(row, rows["fp32"], bench))
    return tuple(rungs)


def standing_row(bench: Bench, device: str, dtype: str, n: int = 0) -> Row | None:
    """The row that stands for a device and format: its headline, else its fastest; one that may be believed.

    n: of this size alone. Of a CPU that with the most threads of those that were not refused. None where a product of
    this device and format was wrong.
    """
    if any(row.device == device and row.dtype == dtype for row in bench.wrong):
        return None
    rows = [row for row in bench.measured if row.device == device and row.dtype == dtype and n in (0, row.n)]
    rows = [row for row in rows if row.is_plain]
    return max(rows, key=_standing, default=None)


def _standing(row: Row) -> tuple[int, bool, float]:
    """Of a CPU's headline that was disturbed the fastest row is nearer to the truth: what disturbs makes it slower."""
    is_disturbed = row.device == "cpu" and row.quality == "C"
    return row.threads, row.headline and not is_disturbed, row.headline_tflops


def advice(bench: Bench, rungs: tuple[Rung, ...], device: str) -> str:
    """One sentence on the format to use on this device; "" where nothing can be advised.

    That no other format is worth it is said only of figures that nothing disturbed.
    """
    of_it = {rung.dtype: rung for rung in rungs if rung.device == device and rung.dtype in TRAINING}
    fp32 = of_it.get("fp32")
    half = _half(of_it)
    slow = [dtype for dtype in ("bf16", "fp16") if _is_slow(of_it, bench, device, dtype)]
    if half is not None and fp32 is not None and half.times_fp32 >= WORTH:
        other: Dtype = "fp16" if half.dtype == "bf16" else "bf16"
        warning = f"; {_emulated(other, of_it)}" if other in slow else ""
        return f"Use {half.dtype}: {_speed(half, fp32)} of fp32{warning}."
    tf32 = of_it.get("tf32")
    if tf32 is not None and fp32 is not None and tf32.times_fp32 >= WORTH:
        return f"Allow TF32: {_speed(tf32, fp32)} of fp32."
    if fp32 is None:
        return ""
    if _is_unsure(of_it, bench, device):
        return "Which number format is fastest could not be told: the machine was too busy."
    if slow:
        verb = "have" if len(slow) > 1 else "has"
        return f"Stay with fp32: {' and '.join(slow)} {verb} no fast kernel on this device."
    if half is not None:
        return f"Stay with fp32: {half.dtype} is no faster here."
    return ""


def _is_unsure(of_it: dict[Dtype, Rung], bench: Bench, device: str) -> bool:
    """Were the short formats, or what they are compared with, disturbed?"""
    refused = {row.dtype for row in bench.results if row.device == device and row.refused}
    judged = [of_it[dtype] for dtype in ("fp32", "bf16", "fp16") if dtype in of_it]
    missing = refused & ({"bf16", "fp16"} - set(of_it))
    is_any = len(judged) > 1 or "fp32" not in of_it
    return bool(missing) or (is_any and any(rung.approximate and not rung.emulated for rung in judged))


def _half(of_it: dict[Dtype, Rung]) -> Rung | None:
    """The faster of the two half-precision formats; bf16 where both are about as fast."""
    bf16, fp16 = (of_it.get(dtype) for dtype in ("bf16", "fp16"))
    if bf16 is None or fp16 is None:
        return bf16 or fp16
    return bf16 if bf16.tflops >= CLOSE * fp16.tflops else fp16


def _is_slow(of_it: dict[Dtype, Rung], bench: Bench, device: str, dtype: Dtype) -> bool:
    """Emulated, whether it was measured at some small size or skipped for it."""
    rung = of_it.get(dtype)
    if rung is not None:
        return bool(rung.emulated)
    rows = [row for row in bench.results if row.device == device and row.dtype == dtype]
    return any(known(row.emulated_factor) for row in rows)


def _emulated(dtype: Dtype, of_it: dict[Dtype, Rung]) -> str:
    rung = of_it.get(dtype)
    if rung is None or not rung.emulated_against:
        return f"{dtype} has no fast kernel here"
    return f"{dtype} is emulated here, {times(rung.emulated)} × slower than {rung.emulated_against}"


def _speed(rung: Rung, fp32: Rung) -> str:
    factor = rung.times_fp32
    about = "about " if rung.approximate or fp32.approximate else ""
    return f"{about}twice the speed" if 1.85 <= factor <= 2.15 else f"{about}{times(factor)} × the speed"


def _rung(row: Row, fp32: Row | None, bench: Bench) -> Rung:
    emulated = next(
        (one for one in _same(row, bench) if known(one.emulated_factor)), row if known(row.emulated_factor) else None
    )
    return Rung(
        device=row.device,
        dtype=row.dtype,
        n=row.n,
        tflops=row.headline_tflops,
        times_fp32=_times_fp32(row, fp32, bench) if fp32 is not None else 0.0,
        emulated=(known(emulated.emulated_factor) or 0.0) if emulated is not None else 0.0,
        emulated_against=emulated.emulated_against if emulated is not None else "",
        pct_peak=row.pct_peak_at_clock if isinstance(row.pct_peak_rated, Missing) else row.pct_peak_rated,
        approximate=row.quality == "C",
    )


def _times_fp32(row: Row, fp32: Row, bench: Bench) -> float:
    """By the blocks of both that ran next to each other; where there are none, by both figures.

    By the figures, too, where one of them was disturbed: a longer product is interrupted more often.
    """
    if row is fp32:
        return 1.0
    names = (pair_label(fp32), pair_label(row))
    paired = [pair for pair in bench.pairs if pair.kind == "dtype" and (pair.a, pair.b) == names]
    if paired and "C" not in (row.quality, fp32.quality):
        return max(paired, key=lambda pair: pair.n).ratio_median
    return row.headline_tflops / fp32.headline_tflops if fp32.headline_tflops else 0.0


def pair_label(row: Row) -> str:
    """A row as pairs name it: "cpu fp32 ×8"."""
    return f"{row.device} {row.dtype}" + (f" ×{row.threads}" if row.threads else "")


def _same(row: Row, bench: Bench) -> list[Row]:
    return [one for one in bench.results if one.device == row.device and one.dtype == row.dtype]
