"""Words that several formats use for a class of machines."""

from __future__ import annotations

from dlcheck.model.cohort import STANDING_WORDS, Cohort, Member, Standing
from dlcheck.model.report import Status
from dlcheck.tell.phrases import plural

MARKS: dict[Standing, Status] = {
    "ready": "pass",
    "ready-with-warnings": "pass",
    "not-ready": "fail",
    "unknown": "unknown",
    "damaged": "warn",
    "superseded": "skip",
}


def headline(cohort: Cohort) -> str:
    """The one sentence: how many are ready?"""
    if not cohort.counted:
        return "No document can be read."
    return f"{cohort.ready} of {plural(cohort.counted, 'machine')} {'is' if cohort.ready == 1 else 'are'} ready."


def standings(cohort: Cohort) -> str:
    """How many there are of each standing."""
    return ", ".join(f"{count} {STANDING_WORDS[standing]}" for standing, count in cohort.standings.items())


def missing(cohort: Cohort) -> str:
    """How many of the expected names have not answered; "" where none were expected."""
    if not cohort.roster:
        return ""
    roster = cohort.roster[0]
    if not roster.missing:
        return f"All {roster.expected} of the roster have answered."
    has = "has" if len(roster.missing) == 1 else "have"
    return f"{len(roster.missing)} of the {roster.expected} on the roster {has} not answered."


def needy(cohort: Cohort) -> list[Member]:
    """Who must still do something, in the order of the documents: not ready, not determined, damaged."""
    return [one for one in cohort.members if one.standing in ("not-ready", "unknown", "damaged")]


def need(member: Member) -> str:
    """What this one must do, or what is wrong."""
    if member.standing == "damaged":
        return f"send it again: {member.problem}"
    return member.first or ", ".join(member.causes) or STANDING_WORDS[member.standing]
