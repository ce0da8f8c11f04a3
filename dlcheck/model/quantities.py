"""Measured quantities as a person reads them: three digits, the unit that fits."""

from __future__ import annotations

import math

WHOLE_NUMBERS = ("int8",)


def digits(value: float) -> str:
    """Three significant digits, never an exponent: 0.0123, 1.23, 12.3, 165, 1740."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    rounded = float(f"{value:.3g}")
    return f"{rounded:.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


def rate(tflops: float, dtype: str = "fp32") -> str:
    """A rate with its unit: "187 GFLOP/s", "165 TFLOP/s", "660 TOP/s"."""
    unit = "OP/s" if dtype in WHOLE_NUMBERS else "FLOP/s"
    for prefix, size in (("P", 1000.0), ("T", 1.0), ("G", 1e-3)):
        if abs(tflops) >= size:
            return f"{digits(tflops / size)} {prefix}{unit}"
    return f"{digits(tflops * 1e6)} M{unit}"


def duration(seconds: float) -> str:
    """A time with its unit: "12.3 µs", "1.23 ms", "4.56 s"."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds * 1e9)} ns"


def times(factor: float) -> str:
    """A factor: "84", "2.1", "0.42"."""
    if factor >= 10:
        return f"{factor:.0f}"
    return f"{factor:.1f}" if factor >= 0.95 else f"{factor:.2g}"


def per_cent(value: float) -> str:
    """A percentage: "92 %", "0.6 %"."""
    return f"{value:.0f} %" if abs(value) >= 1.95 or value == 0 else f"{value:.1f} %"


def amount(count: float) -> str:
    """A number of bytes: "24 GB", of 2^30 each."""
    return f"{digits(count / 2**30)} GB" if count >= 2**30 else f"{digits(count / 2**20)} MB"
