"""A benchmark for a person at a terminal: three sentences, the one table, the curves, what limits the machine."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.tell.bench.terminal.closing import closing
from dlcheck.tell.bench.terminal.ladder import ladder
from dlcheck.tell.bench.terminal.opening import opening
from dlcheck.tell.bench.terminal.plot import plot
from dlcheck.tell.bench.terminal.table import table
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import Sheet


def render(bench: Bench, style: Style) -> str:
    """The whole as text: escape codes only where the style has colour, nothing but commands over its width."""
    sheet = Sheet(style)
    opening(sheet, bench)
    table(sheet, bench)
    plot(sheet, bench)
    ladder(sheet, bench)
    closing(sheet, bench)
    return sheet.text()
