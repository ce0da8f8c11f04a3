"""The five pillars: what passed folded to a line or two, problems opened, what follows from them beneath."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from dlcheck.model.report import PILLAR_TITLES, PILLARS, Finding, Pillar, Report, Status
from dlcheck.tell.order import Arranged, alike
from dlcheck.tell.phrases import listed
from dlcheck.tell.terminal.problems import named, notes, plural, problem
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

FOLDED_LINES = 2
"""Of what passed, in each pillar, unless everything is asked for."""
LONG_PHRASE = 40
"""Characters from which a phrase is shortened."""


def pillars(sheet: Sheet, report: Report, arranged: Arranged) -> None:
    """All five, in their order."""
    sheet.blank()
    untouched: dict[str, list[str]] = {}
    pasted = report.snapshot.depth == "pasted"
    for pillar in PILLARS:
        if sheet.style.verbose or arranged.roots[pillar] or arranged.passed[pillar] or arranged.elsewhere[pillar]:
            _pillar(sheet, pillar, report, arranged)
        elif (skipped := arranged.skipped[pillar]) and not pasted:
            # The reason that most of its checks give is the pillar's.
            reasons = Counter(reason for one in skipped for reason in one.evidence).most_common(1)
            untouched.setdefault(reasons[0][0] if reasons else "", []).append(PILLAR_TITLES[pillar])
    for reason, titles in untouched.items():
        sheet.say(("Nothing was looked at of ", DIM), (listed(titles), BOLD), (f": {reason}", DIM), mark="skip")


def _pillar(sheet: Sheet, pillar: Pillar, report: Report, arranged: Arranged) -> None:
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
    for same in alike(problems):
        problem(sheet, same, arranged, inside)
    if elsewhere:
        causes = dict.fromkeys(root.id for _, root in elsewhere)
        unmade = all(finding.status == "unknown" for finding, _ in elsewhere)
        verb = "could not be made" if unmade else "cannot pass"
        sheet.say((f"{plural(len(elsewhere), 'check')} {verb} because of {', '.join(causes)}", DIM), indent=inside)
    _folded(sheet, passed, inside, told=report.judged.python)
    notes(sheet, [one for one in roots if one.status == "note"], inside)
    if sheet.style.verbose:
        for finding in skipped:
            sheet.say((f"{named(finding)}: {'; '.join(finding.evidence)}", DIM), indent=inside, mark="skip")
    if problems:
        sheet.blank()


def worst(statuses: list[Status]) -> Status:
    """The gravest of several."""
    order: tuple[Status, ...] = ("fail", "warn", "unknown", "pass", "note", "skip")
    return min(statuses, key=order.index, default="skip")


def _count(roots: list[Finding], passed: list[Finding]) -> str:
    problems = len(alike(one for one in roots if one.status in ("fail", "warn")))
    unknown = len(alike(one for one in roots if one.status == "unknown"))
    words = [plural(problems, "problem")] if problems else []
    words += [f"{unknown} not determined"] if unknown else []
    words += [f"{len(passed)} passed"] if passed else []
    return f"  {', '.join(words)}" if words else ""


def _folded(sheet: Sheet, passed: list[Finding], indent: int, told: str) -> None:
    """What was proved: everything when asked for, else as much as two lines hold. told: stands elsewhere already."""
    if sheet.style.verbose:
        for finding in passed:
            seen = f": {'; '.join(finding.evidence)}" if finding.evidence else ""
            sheet.say(f"{named(finding)}{seen}", indent=indent, mark="pass")
        return
    phrases = [phrase for finding in passed for phrase in finding.evidence if phrase != told]
    folded = fold(phrases, lambda text: sheet.fits(text, indent, FOLDED_LINES))
    if folded:
        sheet.say((folded, DIM), indent=indent)


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
