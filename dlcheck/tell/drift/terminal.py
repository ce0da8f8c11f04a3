"""What changed, for a person at a terminal: the sentence, then the groups in the order in which they matter."""

from __future__ import annotations

from dlcheck.model.drift import GROUP_TITLES, Change, Drift
from dlcheck.tell.drift.phrases import about, asides, headline, moved
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

SHOWN = 12
"""Changes of one group, unless everything is asked for."""
SHOWN_BEFORE = 8
"""Changes of all groups before a report, which is to stay on the same screen."""


def render(drift: Drift, style: Style) -> str:
    """The whole page."""
    sheet = Sheet(style)
    sheet.say((headline(drift), BOLD))
    sheet.field("Before", about(drift.before))
    sheet.field("After", about(drift.after))
    _changes(sheet, drift)
    return sheet.text()


def since(sheet: Sheet, drift: Drift) -> None:
    """What changed since the baseline, before a report."""
    sheet.say((f"Since {about(drift.before)}:", DIM))
    sheet.say((headline(drift), BOLD))
    _changes(sheet, drift, SHOWN_BEFORE)
    sheet.blank()


def _changes(sheet: Sheet, drift: Drift, most: int | None = None) -> None:
    """The groups in turn. most: so many changes of all groups, unless everything is asked for; None: as many as fit."""
    left = None if sheet.style.verbose else most
    for group, title in GROUP_TITLES.items():
        changes = sorted(drift.of(group), key=lambda change: bool(change.allowed_by))
        if not changes or left == 0:
            continue
        sheet.blank()
        sheet.say((title, BOLD))
        shown = changes if sheet.style.verbose else changes[: SHOWN if left is None else min(SHOWN, left)]
        left = None if left is None else left - len(shown)
        for change in shown:
            _row(sheet, change)
        if len(changes) > len(shown) and left is None:
            sheet.say((f"… {len(changes) - len(shown)} more with --verbose", DIM), indent=2)
    unshown = 0 if left is None or most is None else len(drift.changes) - (most - left)
    if unshown:
        sheet.say((f"… {unshown} more with --verbose", DIM), indent=2)
    sheet.blank()
    for sentence in asides(drift):
        sheet.say((sentence, DIM))


def _row(sheet: Sheet, change: Change) -> None:
    expected = f"  expected by “{change.allowed_by}”" if change.allowed_by else ""
    key = f"  {change.key}" if sheet.style.verbose else ""
    sheet.say(
        f"{change.words}: {moved(change)}", (f"{expected}{key}", DIM), mark="note" if change.allowed_by else "warn"
    )
