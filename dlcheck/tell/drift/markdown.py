"""What changed, as Markdown: a table for each group."""

from __future__ import annotations

from dlcheck.model.drift import GROUP_TITLES, Drift
from dlcheck.tell.drift.phrases import about, asides, headline
from dlcheck.tell.markdown import bounded, code, escaped
from dlcheck.tell.style import Style


def render(drift: Drift, style: Style) -> str:
    """The whole document."""
    return bounded("\n".join(lines(drift)).rstrip() + "\n")


def lines(drift: Drift) -> list[str]:
    """The document in lines, the last one empty."""
    mark = "⚠️" if drift.unexpected else "✅"
    told = [f"### {mark} {escaped(headline(drift))}", ""]
    told += [f"- Before: {code(about(drift.before))}", f"- After: {code(about(drift.after))}", ""]
    for group, title in GROUP_TITLES.items():
        changes = drift.of(group)
        if not changes:
            continue
        told += [f"#### {title}", "", "| what | before | after | expected |", "| --- | --- | --- | --- |"]
        for change in changes:
            cells = (change.words, change.before or "-", change.after or "-", change.allowed_by)
            told.append(f"| {' | '.join(escaped(cell) for cell in cells)} |")
        told.append("")
    told += [escaped(sentence) + "  " for sentence in asides(drift)]
    return [*told, ""]
