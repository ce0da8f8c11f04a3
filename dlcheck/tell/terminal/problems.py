"""A problem opened: what it is, what was seen, what follows from it, how it is mended. Notes, in a line each."""

from __future__ import annotations

from dlcheck.model.report import Command, Finding
from dlcheck.tell.order import Arranged, alike
from dlcheck.tell.terminal.sheet import DIM, STATUS_STYLE, Sheet
from dlcheck.tell.terminal.steps import steps
from dlcheck.tell.visible import visible_lines

EVIDENCE_LINES = 8
"""Of one problem, unless everything is asked for."""
NOTES = 3
"""In each pillar, unless everything is asked for."""
CONSEQUENCES = 3
"""Under each cause, unless everything is asked for."""


def problem(sheet: Sheet, same: list[Finding], arranged: Arranged, indent: int) -> None:
    """One problem, of one subject or of several that are mended alike."""
    status = same[0].status
    title = f"not determined: {titled(same)}" if status == "unknown" else titled(same)
    sheet.say((title, STATUS_STYLE[status]), (f"  {same[0].id}", DIM), indent=indent, mark=status)
    inside = indent + sheet.inside
    _evidence(sheet, same, inside)
    _consequences(sheet, [one for finding in same for one in arranged.following(finding)], inside)
    _fixes(sheet, same[0], arranged, inside)


def notes(sheet: Sheet, findings: list[Finding], indent: int) -> None:
    """Facts that are no problem; their advice only where everything is asked for."""
    groups = alike(findings)
    shown = groups if sheet.style.verbose else groups[:NOTES]
    for same in shown:
        evidence = list(dict.fromkeys(phrase for one in same for phrase in one.evidence))
        seen = "; ".join(evidence if sheet.style.verbose else evidence[:1])
        sheet.say(f"{titled(same)}: {seen}" if seen else titled(same), indent=indent, mark="note")
        for fix in same[0].fixes if sheet.style.verbose else ():
            sheet.say(fix.title, indent=indent + sheet.inside)
            steps(sheet, fix, indent + sheet.inside + 2)
    if len(groups) > len(shown):
        sheet.say((f"… {plural(len(groups) - len(shown), 'more note')} with --verbose", DIM), indent=indent)


def titled(same: list[Finding]) -> str:
    """The fault and whose it is."""
    subjects = [one.subject for one in same if one.subject]
    if len(same) == 1:
        return f"{subjects[0]}: {same[0].title}" if subjects else same[0].title
    return f"{same[0].title}: {', '.join(subjects)}"


def named(finding: Finding) -> str:
    """The check's id and whose it is."""
    return f"{finding.id} ({finding.subject})" if finding.subject else finding.id


def plural(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _evidence(sheet: Sheet, same: list[Finding], indent: int) -> None:
    """What was seen; of several subjects each its own where it differs."""
    differ = len({one.evidence for one in same}) > 1
    phrases = [
        (one.subject if differ else "", phrase) for one in (same if differ else same[:1]) for phrase in one.evidence
    ]
    lines = [
        f"{subject}: {line}" if subject else line
        for subject, phrase in phrases
        for line in visible_lines(phrase, sheet.style.unicode)
    ]
    shown = lines if sheet.style.verbose else lines[:EVIDENCE_LINES]
    for line in shown:
        sheet.say(line, indent=indent)
    if len(lines) > len(shown):
        sheet.say((f"… {plural(len(lines) - len(shown), 'more line')} with --verbose", DIM), indent=indent)


def _consequences(sheet: Sheet, following: list[Finding], indent: int) -> None:
    """One line each for those that are problems, one for all that could not be told."""
    known = alike([one for one in following if one.status in ("fail", "warn")])
    shown = known if sheet.style.verbose else known[:CONSEQUENCES]
    for same in shown:
        evidence = "".join(f": {phrase}" for phrase in same[0].evidence[:1])
        if not sheet.fits(f"follows from it: {titled(same)}{evidence}  {same[0].id}", indent, lines=2):
            evidence = ""
        sheet.say(("follows from it: ", DIM), f"{titled(same)}{evidence}", (f"  {same[0].id}", DIM), indent=indent)
    rest = [one for one in following if not any(one is other for same in shown for other in same)]
    if sheet.style.verbose:
        for finding in rest:
            sheet.say((f"could not be told: {named(finding)}", DIM), indent=indent)
    elif rest:
        more = "further " if shown else ""
        sheet.say((f"{plural(len(rest), f'{more}check')} could not be made because of it", DIM), indent=indent)


def _fixes(sheet: Sheet, finding: Finding, arranged: Arranged, indent: int) -> None:
    """The ways to mend it, best first; a command that checks it once for all of them that share it."""
    fixes = list(finding.fixes)
    told: list[Command | None] = []
    above = arranged.first is not None and fixes[:1] == list(arranged.first.fixes[:1]) and bool(fixes)
    if above:
        told.append(fixes.pop(0).verify)
        sheet.say(("to mend it: see “Do this first” above", DIM), indent=indent)
        if finding is not arranged.first:
            return
    for number, fix in enumerate(fixes):
        sheet.say(("or: " if number or above else "to mend it: ", DIM), fix.title, indent=indent)
        steps(sheet, fix, indent + 2, verify=fix.verify not in told)
        told.append(fix.verify)
