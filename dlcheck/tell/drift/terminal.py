"""What changed, for a person at a terminal: the sentence, then the groups in the order in which they matter."""

from __future__ import annotations

from dlcheck.model.drift import GROUP_TITLES, Change, Drift
from dlcheck.tell.drift.phrases import about, asides, headline, moved
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

SHOWN = 12
"""Changes of one group, unless everything is asked for."""


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
    _changes(sheet, drift)
    sheet.blank()


def _changes(sheet: Sheet, drift: Drift) -> None:
    for group, title in GROUP_TITLES.items():
        changes = sorted(drift.of(group), key=lambda change: bool(change.allowed_by))
        if not changes:
            continue
        sheet.blank()
        sheet.say((title, BOLD))
        shown = changes if sheet.style.verbose else changes[:SHOWN]
        for change in shown:
            _row(sheet, change)
        if len(changes) > len(shown):
            sheet.say((f"… {len(changes) - len(shown)} more with --verbose", DIM), indent=2)
    sheet.blank()
    for sentence in asides(drift):
        sheet.say((sentence, DIM))


def _row(sheet: Sheet, change: Change) -> None:
    expected = f"  expected by “{change.allowed_by}”" if change.allowed_by else ""
    key = f"  {change.key}" if sheet.style.verbose else ""
    sheet.say(
        f"{change.words}: {moved(change)}", (f"{expected}{key}", DIM), mark="note" if change.allowed_by else "warn"
    )
