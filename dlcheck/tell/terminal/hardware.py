"""Your hardware against the profile's minimum and recommended: a table, or lines where that is too wide."""

from __future__ import annotations

from typing import Literal

from dlcheck.model.report import Measure, Report, Status
from dlcheck.tell.terminal.sheet import BOLD, DIM, STATUS_STYLE, Sheet

GAP = 3
STANDING: dict[Literal["recommended", "minimum", "below", "unknown", "not-needed"], Status] = {
    "recommended": "pass",
    "minimum": "note",
    "below": "warn",
    "unknown": "unknown",
    "not-needed": "note",
}


def hardware(sheet: Sheet, report: Report) -> None:
    """One row for each number that the profile asks for."""
    rows = [one for one in report.measures if one.status != "not-needed"]
    if not rows:
        return
    sheet.blank()
    cells = [_cells(row) for row in rows]
    heads = ["Your hardware", "you have", "minimum", "recommended"]
    widths = [max(sheet.cells(row[column]) for row in cells) + GAP for column in range(4)]
    widths = [max(width, sheet.cells(head) + GAP) for width, head in zip(widths, heads, strict=True)]
    # The first head stands over the marks as well.
    widths[0] = max(widths[0], sheet.cells(heads[0]) + GAP - sheet.inside)
    if sheet.inside + sum(widths) - GAP > sheet.width:
        _narrow(sheet, rows)
        return
    sheet.columns([(heads[0], BOLD), *((head, DIM) for head in heads[1:])], [widths[0] + sheet.inside, *widths[1:]])
    for row, texts in zip(rows, cells, strict=True):
        status = STANDING[row.status]
        have = (texts[1], STATUS_STYLE[status] if status in ("warn", "unknown") else "")
        sheet.columns([texts[0], have, (texts[2], DIM), (texts[3], DIM)], widths, mark=status)


def _cells(row: Measure) -> list[str]:
    return [row.name, row.have, row.minimum or "-", row.recommended or "-"]


def _narrow(sheet: Sheet, rows: list[Measure]) -> None:
    sheet.say(("Your hardware", BOLD))
    for row in rows:
        bounds = [f"minimum {row.minimum}"] if row.minimum else []
        bounds += [f"recommended {row.recommended}"] if row.recommended else []
        sheet.say(
            f"{row.name} {row.have}", (f" ({', '.join(bounds)})" if bounds else "", DIM), mark=STANDING[row.status]
        )
