"""A benchmark as comma-separated values: one line for every row of the sweep, those that were refused too."""

from __future__ import annotations

import csv
import io

from dlcheck.model.bench import Bench
from dlcheck.model.measured import Row
from dlcheck.tell.escaping import csv_cell
from dlcheck.tell.style import Style

COLUMNS = (
    "started_at", "device", "model", "dtype", "compute_mode", "m", "n", "k", "threads", "layout", "l2", "timer",
    "headline", "samples", "time_best_s", "time_median_s", "time_ci95_low_s", "time_ci95_high_s", "tflops_best",
    "tflops_median", "tflops_sustained", "tflops_burst", "noise", "quality", "bound", "pct_peak_rated",
    "pct_peak_at_clock", "first_call_s", "verified", "throttle", "refused", "skipped_reason",
)  # fmt: skip


def render(bench: Bench, style: Style) -> str:
    """The table, with a head; lines end as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in bench.results:
        writer.writerow([csv_cell(value) for value in _values(bench, row)])
    return out.getvalue()


def _values(bench: Bench, row: Row) -> tuple[object, ...]:
    device, time, rates = bench.device(row.device), row.time_s, row.tflops
    return (
        bench.started_at, row.device, device.model if device is not None else "", row.dtype, row.compute_mode,
        row.m, row.n, row.k, row.threads, row.layout, row.l2, row.timer, row.headline, row.samples,
        *((time.best, time.median, *time.ci95) if time is not None else ("",) * 4),
        *((rates.best, rates.median, rates.sustained, rates.burst) if rates is not None else ("",) * 4),
        *((row.noise, row.quality, row.bound) if rates is not None else ("",) * 3),
        row.pct_peak_rated, row.pct_peak_at_clock, row.first_call_s,
        row.verify.ok if row.verify is not None else "", row.throttle.verdict, row.refused, row.skipped_reason,
    )  # fmt: skip
