"""What only --verbose tells: how long each probe took, and the last words of those that did not end well."""

from __future__ import annotations

from dlcheck.model.gaps import Ending, Probed
from dlcheck.model.report import Report
from dlcheck.model.snapshot import PROBES
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet
from dlcheck.tell.visible import visible_lines


def details(sheet: Sheet, report: Report) -> None:
    """A line for every probe; its gap, its end, its stack."""
    sheet.blank()
    sheet.say(("Probes", BOLD))
    for name in PROBES:
        probed: Probed[object] = getattr(report.snapshot, name)
        words = probed.missing.words() if probed.missing is not None else "seen"
        took = f"{probed.seconds:8.2f} s" if probed.seconds else " " * 10
        sheet.say((took, DIM), f"  {name.replace('_', ' ')}: {words}")
        if probed.ending is not None:
            _ending(sheet, probed.ending)


def _ending(sheet: Sheet, ending: Ending) -> None:
    stage = f" while {ending.stage}" if ending.stage else ""
    sheet.say(f"ended: {ending.words}{stage}", indent=12)
    for title, text in (
        ("stack", ending.stack),
        ("last words on stderr", ending.stderr_tail),
        ("last words on stdout", ending.stdout_tail),
    ):
        lines = visible_lines(text, sheet.style.unicode)
        if lines:
            sheet.say((f"{title}:", DIM), indent=12)
        for line in lines:
            sheet.say((line, DIM), indent=14)
