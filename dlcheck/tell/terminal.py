"""The report for a person at a terminal."""

from __future__ import annotations

from dlcheck.model.report import Report
from dlcheck.tell.style import Style


def render(report: Report, style: Style) -> str:
    """The whole report as text."""
    lines = [report.summary, ""]
    lines += [f"{one.status:8} {one.id} {one.subject}: {'; '.join(one.evidence)}" for one in report.findings]
    return "\n".join(lines) + "\n"
