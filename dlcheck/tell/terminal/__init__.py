"""The report for a person at a terminal: the verdict, the one thing to do first, the five pillars, the small print."""

from __future__ import annotations

from dlcheck.model.report import Report
from dlcheck.tell.order import arrange
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.closing import closing
from dlcheck.tell.terminal.details import details
from dlcheck.tell.terminal.hardware import hardware
from dlcheck.tell.terminal.opening import opening
from dlcheck.tell.terminal.pillars import pillars
from dlcheck.tell.terminal.sheet import Sheet


def render(report: Report, style: Style) -> str:
    """The whole report as text: escape codes only where the style has colour, nothing but commands over its width."""
    sheet = Sheet(style)
    arranged = arrange(report)
    if report.since.value is not None:
        from dlcheck.tell.drift.terminal import since

        since(sheet, report.since.value)
    opening(sheet, report, arranged)
    pillars(sheet, report, arranged)
    hardware(sheet, report)
    if style.verbose:
        details(sheet, report)
    closing(sheet, report)
    return sheet.text()
