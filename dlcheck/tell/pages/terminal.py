"""A page of the guide for a person at a terminal: commands in columns where there is room, else stacked."""

from __future__ import annotations

from dlcheck.model.pages import Line, Page, Section, Table, Task, Typed
from dlcheck.tell.pages.phrases import cells, origin, place
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import BOLD, COMMAND, DIM, PROMPTS, Part, Sheet
from dlcheck.tell.visible import exactly

GAP = 3
SHORT = 32
"""Characters up to which an answer shares its line with others."""
STYLES = ("", COMMAND, DIM, DIM)
"""Of what it does, the command here and those of the others."""


def render(page: Page, style: Style) -> str:
    """The whole page."""
    sheet = Sheet(style)
    sheet.say((page.title, BOLD), (f"  ({page.here})" if page.here else "", DIM))
    for section in page.sections:
        sheet.blank()
        sheet.say((section.title, BOLD))
        _section(sheet, section)
    return sheet.text()


def _section(sheet: Sheet, section: Section) -> None:
    tasks = [block for block in section.blocks if isinstance(block, Task)]
    groups = _groups(tasks) if tasks else []
    inline = _widths(sheet, tasks, groups, inline=True)
    widths = inline or _widths(sheet, tasks, groups, inline=False)
    if widths:
        heads = [_head(tasks[0], group) for group in groups]
        sheet.columns(
            [(head, DIM) for head in (["", *heads] if inline else heads)],
            widths,
            indent=sheet.inside + 2 * (not inline),
        )
    elif tasks and len(groups[0]) > 1:
        sheet.say((f"({_head(tasks[0], groups[0])})", DIM), indent=2)
    for block in section.blocks:
        if isinstance(block, Line):
            sheet.say(block.words, indent=0 if block.mark else 2, mark=block.mark or None)
        elif isinstance(block, Table):
            _table(sheet, block)
        elif widths:
            if not inline:
                sheet.say(block.does, indent=0 if block.done else 2, mark="pass" if block.done else None)
            texts = _texts(sheet, block, groups, inline=bool(inline))
            row: list[Part] = [(text, style) for text, style in zip(texts, STYLES[not inline :], strict=False)]
            marked = block.done and bool(inline)
            indent = 0 if marked else sheet.inside + 2 * (not inline)
            sheet.columns(row, widths, indent=indent, mark="pass" if marked else None)
        else:
            _task(sheet, block, groups)


def _places(task: Task) -> tuple[Typed, ...]:
    return (task.here, *task.others)


def _groups(tasks: list[Task]) -> list[list[int]]:
    """The systems, by number, that type everything here alike; this machine's first."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for number in range(len(_places(tasks[0]))):
        groups.setdefault(tuple(_places(task)[number].text for task in tasks), []).append(number)
    return list(groups.values())


def _head(task: Task, group: list[int]) -> str:
    return "; ".join(place(_places(task)[number]) for number in group)


def _typed(sheet: Sheet, typed: Typed) -> str:
    return PROMPTS.get(typed.shell, "$ ") + exactly(typed.text, sheet.style.unicode)


def _texts(sheet: Sheet, task: Task, groups: list[list[int]], *, inline: bool) -> list[str]:
    """The cells of one row; inline: what it does is the first of them."""
    typed = [_typed(sheet, _places(task)[group[0]]) for group in groups]
    return [task.does, *typed] if inline else typed


def _widths(sheet: Sheet, tasks: list[Task], groups: list[list[int]], *, inline: bool) -> list[int]:
    """Of the columns, where all of them fit side by side; else none."""
    if not tasks:
        return []
    rows = [_texts(sheet, task, groups, inline=inline) for task in tasks]
    heads = [_head(tasks[0], group) for group in groups]
    rows.append(["", *heads] if inline else heads)
    widths = [max(sheet.cells(row[column]) for row in rows) + GAP for column in range(len(rows[0]))]
    return widths if sheet.inside + 2 * (not inline) + sum(widths) - GAP <= sheet.width else []


def _task(sheet: Sheet, task: Task, groups: list[list[int]]) -> None:
    """One beneath the other: what it does, the command here, those of systems that type it otherwise."""
    sheet.say(task.does, indent=0 if task.done else 2, mark="pass" if task.done else None)
    sheet.command_line(task.here.text, PROMPTS.get(task.here.shell, "$ "), indent=4)
    for group in groups[1:]:
        typed = _places(task)[group[0]]
        if typed.text != task.here.text:
            names = ", ".join(_places(task)[number].where for number in group)
            sheet.command_line(typed.text, f"{names} {PROMPTS.get(typed.shell, '$ ')}", indent=6)


def _table(sheet: Sheet, table: Table) -> None:
    """Each row as a paragraph of questions and answers: names and sources are longer than any column."""
    days = {row.read for row in table.rows if row.read}
    for row in table.rows:
        note = f"  {row.note}" if row.note else ""
        sheet.say((row.name, BOLD), (note, "yellow" if row.mark == "warn" else "cyan"), indent=0 if row.mark else 2,
                  mark=row.mark or None)  # fmt: skip
        told = cells(table.heads, row)
        short = [f"{head}: {cell}" for head, cell in told if len(cell) <= SHORT]
        if short:
            sheet.say("; ".join(short), indent=4)
        for head, cell in told:
            if len(cell) > SHORT:
                sheet.say((f"{head}: ", DIM), cell, indent=4)
        if row.source and sheet.style.verbose:
            sheet.say((f"source: {origin(row)}", DIM), indent=4)
        elif row.read and len(days) > 1:
            sheet.say((f"as of {row.read}", DIM), indent=4)
    if days and not sheet.style.verbose:
        sheet.say((f"{f'As of {min(days)}. ' if len(days) == 1 else ''}Sources with --verbose.", DIM), indent=2)
