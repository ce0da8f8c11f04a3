"""Exit statuses, which never change."""

from __future__ import annotations

from dlcheck.model.report import Report

READY = 0
NOT_READY = 1
REFUSED = 2
"""The command line or an input file is wrong."""
UNKNOWN = 3
"""It could not be determined: a required fact was not got, and nothing failed outright."""
DEFECT = 70
"""A defect of dlcheck's own."""
INTERRUPTED = 130


def of(report: Report) -> int:
    """The status that tells this report's verdict."""
    if report.verdict == "not-ready" or (report.strict and report.verdict == "ready-with-warnings"):
        return NOT_READY
    if report.defects:
        return DEFECT
    return UNKNOWN if report.verdict == "unknown" else READY
