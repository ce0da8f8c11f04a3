"""A comparison for a person at a terminal: the runs, what each reaches, then row by row what differs."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.model.comparison import Against, Comparison
from dlcheck.tell.comparison.cells import HEADS, counted, difference, heading, reach, unlike
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

GAP = 2
COLOURS = {"FASTER": "green", "SLOWER": "bold red", "SAME": "", "AMBIGUOUS": "magenta"}
VERDICTS = (
    "SAME: the whole interval of the effect lies within 3 %. FASTER, SLOWER: all of it lies beyond. "
    "AMBIGUOUS: neither, or the figures were disturbed."
)
LEFT = ("run", "device", "format", "verdict")


def render(comparison: Comparison, style: Style) -> str:
    """The whole as text, nothing wider than the sheet."""
    sheet = Sheet(style)
    for against in comparison.against:
        sheet.say((heading(comparison, against), BOLD))
        sheet.say(counted(against) or "Nothing in both runs may be compared.")
    sheet.blank()
    for run in comparison.runs:
        words = " · ".join(word for word in (run.machine, run.software, run.started_at) if word)
        sheet.say((f"{run.label}: ", DIM), words)
    heads, lines = reach(comparison)
    if lines:
        sheet.blank()
        sheet.say(("What each reaches, TFLOP/s", BOLD))
        _table(sheet, heads, lines)
    for against in comparison.against:
        _against(sheet, comparison, against)
    sheet.blank()
    sheet.say((VERDICTS, DIM))
    return sheet.text()


def _against(sheet: Sheet, comparison: Comparison, against: Against) -> None:
    shown = [one for one in against.differences if one.headline or sheet.style.verbose] or list(against.differences)
    if shown:
        sheet.blank()
        sheet.say((heading(comparison, against), BOLD))
        _table(sheet, HEADS, [difference(one) for one in shown])
        for one in shown:
            if one.why and sheet.style.verbose:
                sheet.say((f"{one.device} {one.dtype} at {one.size}: {one.why}", DIM), indent=2)
        left = len(against.differences) - len(shown)
        if left:
            sheet.say((f"{left} more sizes with --verbose", DIM))
    for title, sentences in (("What else differs", against.warnings), ("Not comparable", unlike(against))):
        if sentences:
            sheet.blank()
            sheet.say((title, BOLD))
            for sentence in sentences:
                sheet.say(sentence, indent=2)


def _table(sheet: Sheet, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Columns, or where they do not fit a paragraph for each line."""
    widths = [max(sheet.cells(text) for text in (head, *(line[n] for line in lines))) for n, head in enumerate(heads)]
    if sum(widths) + GAP * (len(widths) - 1) > sheet.width:
        for line in lines:
            words = [f"{head} {text}" for head, text in zip(heads[2:], line[2:], strict=True) if text]
            sheet.say((f"{line[0]} {line[1]}: ", BOLD), ", ".join(words))
        return
    room = [width + GAP for width in widths]
    sheet.columns([(_set(sheet, head, head, width), DIM) for head, width in zip(heads, widths, strict=True)], room)
    for line in lines:
        sheet.columns(
            [
                (_set(sheet, head, text, width), COLOURS.get(text, "") if head == "verdict" else "")
                for head, text, width in zip(heads, line, widths, strict=True)
            ],
            room,
        )


def _set(sheet: Sheet, head: str, text: str, width: int) -> str:
    return text if head in LEFT else " " * (width - sheet.cells(text)) + text
