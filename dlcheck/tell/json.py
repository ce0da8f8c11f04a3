"""The report as its JSON document, `dlcheck.report/1`."""

from __future__ import annotations

from dlcheck.model.documents import encode_pretty
from dlcheck.model.report import Report
from dlcheck.tell.style import Style


def render(report: Report, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    return encode_pretty(report) + "\n"
