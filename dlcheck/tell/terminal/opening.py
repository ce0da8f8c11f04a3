"""The first lines: the verdict, who was judged, and the one thing to do first."""

from __future__ import annotations

from dlcheck.model.report import Report, VerdictWord
from dlcheck.tell.order import Arranged
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet
from dlcheck.tell.terminal.steps import explain_line, steps

COLOURS: dict[VerdictWord, str] = {
    "ready": "bold green",
    "ready-with-warnings": "bold green",
    "not-ready": "bold red",
    "unknown": "bold magenta",
}


def opening(sheet: Sheet, report: Report, arranged: Arranged) -> None:
    """Verdict, judged interpreter, and *do this first*."""
    sheet.say((report.summary, COLOURS[report.verdict]))
    judged = report.judged
    if judged.python:
        version = f"Python {judged.python_version}" if judged.python_version else "The Python"
        because = f" ({judged.chosen_because})" if judged.chosen_because else ""
        sheet.say((f"Judged: {version} at {judged.python}{because}.", DIM))
    first = arranged.first
    if first is None:
        return
    sheet.blank()
    if not first.fixes:
        # A word with a capital inside is a name: JAX, PyTorch, NVIDIA.
        word = first.title.split()[0]
        named = word[1:] != word[1:].lower()
        title = first.title if named else f"{first.title[0].lower()}{first.title[1:]}"
        sheet.say(("Do this first: ", BOLD), f"find out why: {title}.")
        explain_line(sheet, first.id, indent=2)
        return
    sheet.say(("Do this first: ", BOLD), (first.fixes[0].title, BOLD))
    steps(sheet, first.fixes[0], indent=2)
