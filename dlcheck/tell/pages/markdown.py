"""A page of the guide as Markdown, for a course's own pages."""

from __future__ import annotations

from dlcheck.model.pages import Line, Mark, Page, Section, Table, Task
from dlcheck.tell.markdown import code, escaped
from dlcheck.tell.pages.phrases import cells, different, origin, place
from dlcheck.tell.style import Style

MARKS: dict[Mark, str] = {"": "", "pass": "✅ ", "note": "ℹ️ ", "warn": "⚠️ ", "unknown": "❓ "}


def render(page: Page, style: Style) -> str:
    """The whole page."""
    here = f" ({escaped(page.here)})" if page.here else ""
    lines = [f"# {escaped(page.title)}{here}", ""]
    for section in page.sections:
        lines += [f"## {escaped(section.title)}", "", *_section(section), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(section: Section) -> list[str]:
    lines = []
    for block in section.blocks:
        if isinstance(block, Line):
            lines += [f"{MARKS[block.mark]}{escaped(block.words)}", ""]
        elif isinstance(block, Task):
            lines.append(f"- {'✅ ' if block.done else ''}{escaped(block.does)}: {code(block.here.text)}")
            lines += [f"  - {escaped(place(one))}: {code(one.text)}" for one in different(block)]
        else:
            lines += _table(block)
    return lines


def _table(table: Table) -> list[str]:
    lines = []
    for row in table.rows:
        note = f" ({escaped(row.note)})" if row.note else ""
        told = "; ".join(f"{head}: {cell}" for head, cell in cells(table.heads, row))
        source = f". Source: {origin(row)}" if row.source else ""
        lines.append(f"- {MARKS[row.mark]}**{escaped(row.name)}**{note}: {escaped(told + source)}")
    return lines
