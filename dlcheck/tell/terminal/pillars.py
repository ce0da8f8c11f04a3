"""The five pillars: what passed folded to a line or two, problems opened, what follows from them beneath."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dlcheck.model.report import PILLAR_TITLES, PILLARS, Finding, Pillar, Report, Status
from dlcheck.tell.terminal.order import Arranged
from dlcheck.tell.terminal.sheet import BOLD, DIM, STATUS_STYLE, Sheet
from dlcheck.tell.terminal.steps import listed, steps
from dlcheck.tell.visible import visible_lines

FOLDED_LINES = 2
"""Of what passed, in each pillar, unless everything is asked for."""
LONG_PHRASE = 40
EVIDENCE_LINES = 8
"""Of one problem, unless everything is asked for."""
REASONS = 2
NOTES = 3
"""In each pillar, unless everything is asked for."""
CONSEQUENCES = 3
"""Under each cause, unless everything is asked for."""


def pillars(sheet: Sheet, report: Report, arranged: Arranged) -> None:
    """All five, in their order."""
    sheet.blank()
    untouched: dict[str, list[str]] = {}
    for pillar in PILLARS:
        if sheet.style.verbose or arranged.roots[pillar] or arranged.passed[pillar] or arranged.elsewhere[pillar]:
            _pillar(sheet, pillar, arranged)
        elif skipped := arranged.skipped[pillar]:
            reasons = dict.fromkeys(reason for one in skipped for reason in one.evidence)
            untouched.setdefault("; ".join(list(reasons)[:REASONS]), []).append(PILLAR_TITLES[pillar])
    for reason, titles in untouched.items():
        sheet.say(("Nothing was looked at of ", DIM), (listed(titles), BOLD), (f": {reason}", DIM), mark="skip")


def _pillar(sheet: Sheet, pillar: Pillar, arranged: Arranged) -> None:
    roots, passed, skipped = arranged.roots[pillar], arranged.passed[pillar], arranged.skipped[pillar]
    elsewhere = arranged.elsewhere[pillar]
    if not (roots or passed or skipped or elsewhere):
        return
    problems = [one for one in roots if one.status != "note"]
    if problems:
        sheet.blank()
    statuses: list[Status] = [one.status for one in (*roots, *passed)]
    waiting: list[Status] = ["unknown"] if elsewhere else []
    heading = worst([*statuses, *waiting])
    sheet.say((PILLAR_TITLES[pillar], BOLD), (_count(roots, passed), DIM), mark=heading)
    inside = sheet.inside
    for finding in problems:
        _problem(sheet, finding, arranged, inside)
    if elsewhere:
        causes = dict.fromkeys(root.id for _, root in elsewhere)
        sheet.say(
            (f"{_plural(len(elsewhere), 'check')} could not pass because of {', '.join(causes)}", DIM), indent=inside
        )
    _folded(sheet, passed, inside)
    _notes(sheet, [one for one in roots if one.status == "note"], inside)
    if sheet.style.verbose:
        for finding in skipped:
            sheet.say((f"{_named(finding)}: {'; '.join(finding.evidence)}", DIM), indent=inside, mark="skip")
    if problems:
        sheet.blank()


def worst(statuses: list[Status]) -> Status:
    """The gravest of several."""
    order: tuple[Status, ...] = ("fail", "warn", "unknown", "pass", "note", "skip")
    return min(statuses, key=order.index, default="skip")


def _count(roots: list[Finding], passed: list[Finding]) -> str:
    problems = sum(one.status in ("fail", "warn") for one in roots)
    unknown = sum(one.status == "unknown" for one in roots)
    words = [_plural(problems, "problem")] if problems else []
    words += [f"{unknown} not determined"] if unknown else []
    words += [f"{len(passed)} passed"] if passed else []
    return f"  {', '.join(words)}" if words else ""


def _problem(sheet: Sheet, finding: Finding, arranged: Arranged, indent: int) -> None:
    """A root: what it is, what was seen, what follows from it, how it is mended."""
    subject = f"{finding.subject}: " if finding.subject else ""
    title = f"not determined: {finding.title}" if finding.status == "unknown" else finding.title
    style = STATUS_STYLE[finding.status]
    sheet.say((f"{subject}{title}", style), (f"  {finding.id}", DIM), indent=indent, mark=finding.status)
    inside = indent + sheet.inside
    _evidence(sheet, finding, inside)
    _consequences(sheet, arranged.following(finding), inside)
    fixes = list(finding.fixes)
    if finding is arranged.first and fixes:
        fixes.pop(0)
        sheet.say(("to mend it: see “Do this first” above", DIM), indent=inside)
    for number, fix in enumerate(fixes):
        lead = "or: " if number or finding is arranged.first else "to mend it: "
        sheet.say((lead, DIM), fix.title, indent=inside)
        steps(sheet, fix, inside + 2)


def _evidence(sheet: Sheet, finding: Finding, indent: int) -> None:
    lines = [line for one in finding.evidence for line in visible_lines(one, sheet.style.unicode)]
    shown = lines if sheet.style.verbose else lines[:EVIDENCE_LINES]
    for line in shown:
        sheet.say(line, indent=indent)
    if len(lines) > len(shown):
        sheet.say((f"… {len(lines) - len(shown)} more lines with --verbose", DIM), indent=indent)


def _consequences(sheet: Sheet, following: list[Finding], indent: int) -> None:
    """One line each for those that are problems, one for all that could not be told."""
    known = [one for one in following if one.status in ("fail", "warn")]
    shown = known if sheet.style.verbose else known[:CONSEQUENCES]
    for finding in shown:
        sheet.say(("follows from it: ", DIM), _titled(finding), (f"  {finding.id}", DIM), indent=indent)
    rest = [one for one in following if all(one is not other for other in shown)]
    if sheet.style.verbose:
        for finding in rest:
            sheet.say((f"could not be told: {_named(finding)}", DIM), indent=indent)
    elif rest:
        more = "further " if shown else ""
        sheet.say((f"{_plural(len(rest), f'{more}check')} could not be made because of it", DIM), indent=indent)


def _notes(sheet: Sheet, notes: list[Finding], indent: int) -> None:
    shown = notes if sheet.style.verbose else notes[:NOTES]
    for finding in shown:
        evidence = finding.evidence if sheet.style.verbose else finding.evidence[:1]
        sheet.say(
            f"{_titled(finding)}: {'; '.join(evidence)}" if evidence else _titled(finding), indent=indent, mark="note"
        )
        if sheet.style.verbose:
            for fix in finding.fixes:
                sheet.say(fix.title, indent=indent + sheet.inside)
                steps(sheet, fix, indent + sheet.inside + 2)
    if len(notes) > len(shown):
        sheet.say((f"… {_plural(len(notes) - len(shown), 'more note')} with --verbose", DIM), indent=indent)


def _folded(sheet: Sheet, passed: list[Finding], indent: int) -> None:
    """What was proved: everything when asked for, else as much as two lines hold."""
    if sheet.style.verbose:
        for finding in passed:
            sheet.say(f"{_named(finding)}: {'; '.join(finding.evidence)}", indent=indent, mark="pass")
        return
    told = fold(
        [phrase for finding in passed for phrase in finding.evidence],
        lambda text: sheet.fits(text, indent, FOLDED_LINES),
    )
    if told:
        sheet.say((told, DIM), indent=indent)


def fold(phrases: Iterable[str], fits: Callable[[str], bool]) -> str:
    """As many of the phrases as fit, each once and a long one without what stands in brackets; and how many more."""
    short = [_without_brackets(one) if len(one) > LONG_PHRASE else one for one in dict.fromkeys(phrases)]
    # "it answered" says nothing without the title of its check.
    short = [one for one in dict.fromkeys(short) if one and not one.startswith("it ")]
    told: list[str] = []
    for phrase in short:
        left = len(short) - len(told) - 1
        if fits(" · ".join([*told, phrase, *([f"and {left} more"] if left else [])])):
            told.append(phrase)
    left = len(short) - len(told)
    return " · ".join([*told, *([f"and {left} more" if told else f"{left} more"] if left else [])])


def _without_brackets(text: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", text)


def _titled(finding: Finding) -> str:
    return f"{finding.subject}: {finding.title}" if finding.subject else finding.title


def _named(finding: Finding) -> str:
    return f"{finding.id} ({finding.subject})" if finding.subject else finding.id


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
