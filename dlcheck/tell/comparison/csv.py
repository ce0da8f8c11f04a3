"""A comparison as comma-separated values: a line for every row that was compared."""

from __future__ import annotations

import csv
import io

from dlcheck.model.comparison import Comparison
from dlcheck.tell.escaping import csv_cell
from dlcheck.tell.style import Style

COLUMNS = (
    "first", "second", "device", "other_device", "dtype", "size", "threads", "other_threads", "headline",
    "tflops_first", "tflops_second", "effect", "interval_low", "interval_high", "verdict", "why",
)  # fmt: skip


def render(comparison: Comparison, style: Style) -> str:
    """The table, with a head; lines end as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for against in comparison.against:
        labels = comparison.runs[0].label, comparison.runs[against.run].label
        for one in against.differences:
            values = (
                *labels, one.device, one.other_device or one.device, one.dtype, one.size, one.threads,
                one.other_threads, one.headline, *one.tflops, one.effect, *one.interval, one.verdict, one.why,
            )  # fmt: skip
            writer.writerow([csv_cell(value) for value in values])
    return out.getvalue()
