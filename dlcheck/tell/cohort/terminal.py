"""A class of machines for a person at a terminal: how many are ready, what keeps the others, who needs what."""

from __future__ import annotations

from dlcheck.model.cohort import Cohort, Spread
from dlcheck.tell.cohort.phrases import MARKS, headline, missing, need, needy, standings
from dlcheck.tell.phrases import plural
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

NAMES = 6
CAUSES = 10
ROWS = 20
VALUES = 6
"""Of names, causes, people and values: how many are shown unless everything is asked for."""
BAR = 24
"""Columns of the longest bar."""


def render(cohort: Cohort, style: Style) -> str:
    """The whole page."""
    sheet = Sheet(style)
    sheet.say((headline(cohort), BOLD))
    sheet.say((f"{plural(len(cohort.members), 'document')}: {standings(cohort)}.", DIM))
    _roster(sheet, cohort)
    _causes(sheet, cohort)
    _people(sheet, cohort)
    for spread in cohort.spreads:
        _spread(sheet, spread)
    if cohort.passed_over:
        sheet.blank()
        sheet.say((f"{plural(cohort.passed_over, 'file')} of another kind passed over.", DIM))
    return sheet.text()


def _some(sheet: Sheet, names: tuple[str, ...], most: int) -> str:
    shown = names if sheet.style.verbose else names[:most]
    more = f" and {len(names) - len(shown)} more (--verbose)" if len(names) > len(shown) else ""
    return f"{', '.join(shown)}{more}"


def _roster(sheet: Sheet, cohort: Cohort) -> None:
    if not cohort.roster:
        return
    roster = cohort.roster[0]
    sheet.say(missing(cohort), mark="warn" if roster.missing else "pass")
    if roster.missing:
        sheet.say(_some(sheet, roster.missing, ROWS), indent=sheet.inside)
    for title, names in (("On no roster", roster.unexpected), ("Not clear whose", roster.ambiguous)):
        if names:
            sheet.say(f"{title}: {_some(sheet, names, NAMES)}", mark="note")


def _causes(sheet: Sheet, cohort: Cohort) -> None:
    """What is wrong, the commonest first, and with whom."""
    if not cohort.causes:
        return
    sheet.blank()
    sheet.say(("What is wrong, and with whom", BOLD))
    shown = cohort.causes if sheet.style.verbose else cohort.causes[:CAUSES]
    for cause in shown:
        title = cause.title or cause.id
        sheet.say(f"{len(cause.who)} × {title}", (f"  {cause.id}", DIM), mark="fail" if cause.blocks else "warn")
        if cause.fix:
            sheet.say((f"to mend it: {cause.fix}", ""), indent=sheet.inside)
        sheet.say((_some(sheet, cause.who, NAMES), DIM), indent=sheet.inside)
    if len(cohort.causes) > len(shown):
        sheet.say((f"… {plural(len(cohort.causes) - len(shown), 'more cause')} with --verbose", DIM), indent=2)


def _people(sheet: Sheet, cohort: Cohort) -> None:
    """Who needs what."""
    people = needy(cohort)
    if not people:
        return
    sheet.blank()
    sheet.say(("Who needs what", BOLD))
    shown = people if sheet.style.verbose else people[:ROWS]
    for one in shown:
        sheet.say((one.who, BOLD), f": {need(one)}", mark=MARKS[one.standing])
    if len(people) > len(shown):
        sheet.say(
            (f"… {len(people) - len(shown)} more with --verbose, and all of them with --format csv", DIM), indent=2
        )


def _spread(sheet: Sheet, spread: Spread) -> None:
    """One kind of hardware or software: a bar for each value."""
    if not spread.counts:
        return
    sheet.blank()
    sheet.say((spread.name, BOLD))
    shown = spread.counts if sheet.style.verbose else spread.counts[:VALUES]
    longest = max(one.count for one in spread.counts)
    digits = len(str(longest))
    for one in shown:
        bar = max(1, round(BAR * one.count / longest))
        glyph = "█" if sheet.style.unicode else "#"
        room = f"{glyph * bar}{' ' * (BAR - bar)}"
        sheet.say((f"{one.count:{digits}} ", ""), (room, "cyan"), f" {one.value}", indent=2)
    rest = sum(one.count for one in spread.counts[len(shown) :])
    if rest:
        sheet.say((f"{rest} of {len(spread.counts) - len(shown)} further kinds (--verbose)", DIM), indent=2)
