"""What changed, as annotations of GitHub Actions: one for each group, so that ten suffice."""

from __future__ import annotations

from dlcheck.model.drift import GROUP_TITLES, Change, Drift
from dlcheck.tell.drift.phrases import headline, moved
from dlcheck.tell.escaping import workflow_data, workflow_property
from dlcheck.tell.style import Style
from dlcheck.tell.visible import visible

MOST = 3000
"""Characters of one message: longer ones are cut by GitHub without a word."""


def render(drift: Drift, style: Style) -> str:
    """One command a line, the gravest first: what was not expected is a warning."""
    lines = [f"dlcheck: {workflow_data(visible(headline(drift)))}"]
    for expected in (False, True):
        for group, title in GROUP_TITLES.items():
            changes = [change for change in drift.of(group) if bool(change.allowed_by) == expected]
            if changes:
                words = f"{title}: as expected" if expected else f"{title}: changed"
                level = "notice" if expected else "warning"
                lines.append(f"::{level} title={workflow_property(words)}::{workflow_data(_message(changes))}")
    return "\n".join(lines) + "\n"


def _message(changes: list[Change]) -> str:
    text = "\n".join(f"{visible(change.words)}: {visible(moved(change))}" for change in changes)
    return text if len(text) <= MOST else text[: MOST - 1] + "…"
