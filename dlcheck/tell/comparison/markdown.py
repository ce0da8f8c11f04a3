"""A comparison as GitHub-flavoured Markdown."""

from __future__ import annotations

from dlcheck.model.comparison import Comparison
from dlcheck.tell.comparison.cells import HEADS, counted, difference, heading, reach, unlike
from dlcheck.tell.escaping import markdown, markdown_table
from dlcheck.tell.style import Style


def render(comparison: Comparison, style: Style) -> str:
    """Headings, tables, lists."""
    lines = ["## dlcheck bench compare", ""]
    for run in comparison.runs:
        words = " · ".join(word for word in (run.machine, run.software, run.started_at) if word)
        lines.append(f"- {markdown(run.label)}: {markdown(words)}")
    heads, cells = reach(comparison)
    if cells:
        lines += ["", "### What each reaches, TFLOP/s", "", *markdown_table(heads, cells, words=("run", "device"))]
    for against in comparison.against:
        lines += ["", f"### {markdown(heading(comparison, against))}", ""]
        lines += [counted(against) or "Nothing in both runs may be compared.", ""]
        if against.differences:
            table = [difference(one) for one in against.differences]
            lines += [*markdown_table(HEADS, table, words=("device", "format", "verdict")), ""]
        lines += [f"- {markdown(one)}" for one in against.warnings]
        lines += [f"- not comparable: {markdown(one)}" for one in unlike(against)]
    return "\n".join(lines).rstrip("\n") + "\n"
