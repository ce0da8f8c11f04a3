"""The one table, size × device; where it does not fit, two lines a row."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.tell.bench.phrases import COLUMNS
from dlcheck.tell.bench.rows import GROUPS, HEADS, Cells, cells, format_of, shown
from dlcheck.tell.terminal.sheet import BOLD, DIM, Part, Sheet

GAP = 2
LEFT = ("device", "bound")
"""Columns of words; those of numbers are set to the right."""


def table(sheet: Sheet, bench: Bench) -> None:
    """All rows that are told; none where nothing was measured."""
    everything = sheet.style.verbose
    found = shown(bench, everything=everything)
    if not found:
        return
    with_format = len({row.dtype for row in found}) > 1
    lines = [cells(bench, row, with_format=with_format) for row in found]
    sheet.blank()
    what = "every format" if with_format else format_of(bench)
    sheet.say((f"Products of two N × N matrices, {what}", BOLD))
    if not _as_columns(sheet, lines):
        for line in lines:
            _as_lines(sheet, line)
    if everything:
        sheet.say((COLUMNS, DIM))


def _as_columns(sheet: Sheet, lines: list[Cells]) -> bool:
    """One row a line; nothing and False where that is wider than the sheet."""
    texts = [line.all() for line in lines]
    kept = [number for number in range(len(HEADS)) if any(row[number] for row in texts)]
    heads = [HEADS[number] for number in kept]
    columns = [[row[number] for row in texts] for number in kept]
    widths = [max(sheet.cells(text) for text in (head, *column)) for head, column in zip(heads, columns, strict=True)]
    for number, head in enumerate(heads):
        group = GROUPS.get(head, "")
        room = widths[number] + (GAP + widths[number + 1] if _is_pair(heads, number) else 0)
        widths[number] += max(0, len(group) - room)
    if sum(widths) + GAP * (len(widths) - 1) > sheet.width:
        return False
    sheet.columns([(text, DIM) for text in _groups(heads, widths)], [width + GAP for width in widths])
    sheet.columns(
        [(_set(sheet, head, head, width), DIM) for head, width in zip(heads, widths, strict=True)],
        [width + GAP for width in widths],
    )
    size = ""
    for number in range(len(texts)):
        row: list[Part] = []
        for head, column, width in zip(heads, columns, widths, strict=True):
            # A size that stands above already is not said again.
            text = "" if head == "size" and column[number] == size else column[number]
            row.append((_set(sheet, head, text, width), "bold red" if text == "WRONG" else ""))
        size = texts[number][0]
        sheet.columns(row, [width + GAP for width in widths])
    return True


def _is_pair(heads: list[str], number: int) -> bool:
    """Does this group's second head follow? The clock's share may be there without the rated one."""
    return heads[number] in GROUPS and number + 1 < len(heads) and heads[number + 1] in ("now", "clock")


def _groups(heads: list[str], widths: list[int]) -> list[str]:
    """What stands above the heads: TFLOP/s over best and now, % of peak over rated and clock."""
    titles = [GROUPS.get(head, "") for head in heads]
    if "clock" in heads and "rated" not in heads:
        titles[heads.index("clock")] = GROUPS["rated"]
    return [
        f"{title:>{widths[number] + GAP + widths[number + 1]}}" if title and _is_pair(heads, number) else title
        for number, title in enumerate(titles)
    ]


def _set(sheet: Sheet, head: str, text: str, width: int) -> str:
    return text if head in LEFT else " " * (width - sheet.cells(text)) + text


def _as_lines(sheet: Sheet, line: Cells) -> None:
    """The same in two lines: what matters first."""
    details = [
        f"best {line.best}",
        f"±{line.noise}" if line.noise else "",
        f"{line.rated} of its rated peak" if line.rated else "",
        f"{line.clock} at its clock" if line.clock else "",
        f"{line.of_best} of the best here" if line.of_best else "",
        line.bound if line.bound == "WRONG" else f"{line.bound}-bound" if line.bound else "",
        f"{line.speed_up} × the CPU" if line.speed_up else "",
    ]
    sheet.say((line.size, BOLD), f" {line.device}  {line.time}  {line.now} TFLOP/s")
    sheet.say((", ".join(detail for detail in details if detail), DIM), indent=2)
