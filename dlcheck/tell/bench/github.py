"""A benchmark as annotations of GitHub Actions: workflow commands on stdout, the gravest first."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.tell.bench import phrases, rows
from dlcheck.tell.escaping import workflow_data, workflow_property
from dlcheck.tell.style import Style
from dlcheck.tell.visible import visible

MOST = 10
"""Annotations of one level that a step shows; what is more is left to the other formats."""


def render(bench: Bench, style: Style) -> str:
    """One command a line; what cannot be read as a command comes first and last."""
    found = bench.assessment
    missed = [(floor.asked, floor.words) for floor in found.floors if floor.standing == "missed"]
    unknown = [(floor.asked, floor.words) for floor in found.floors if floor.standing == "unknown"]
    other = [problem for problem in bench.verdict.problems if not problem.startswith("--")]
    levels = {
        "error": [*(("dlcheck bench", words) for words in other), *missed, *unknown],
        "warning": [
            *(("refused", words) for words in rows.refusals(bench)),
            *(
                ("below what is usual", one)
                for one in phrases.references([r for r in found.references if r.standing == "low"])
            ),
        ],
        "notice": [
            *((("dlcheck bench", " ".join(found.summary)),) if found.summary else ()),
            *(("what limits this machine", words) for words in found.limits),
        ],
    }
    lines = []
    for level, messages in levels.items():
        shown = messages if len(messages) <= MOST else messages[: MOST - 1]
        lines += [_command(level, title, words) for title, words in shown]
        if len(messages) > len(shown):
            lines.append(_command(level, "more", f"{len(messages) - len(shown)} more"))
    return "\n".join([*lines, f"dlcheck bench: {bench.verdict.word}"]) + "\n"


def _command(level: str, title: str, words: str) -> str:
    return f"::{level} title={workflow_property(title)}::{workflow_data(visible(words))}"
