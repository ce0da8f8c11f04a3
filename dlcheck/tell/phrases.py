"""Words that several formats use for the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from dlcheck.model.report import Finding, Fix, Need, Report, Status, VerdictWord

NEEDS: dict[Need, str] = {"admin": "administrator rights", "reboot": "a restart", "network": "the network"}
STATUS_WORDS: dict[Status, str] = {
    "fail": "failed",
    "warn": "warning",
    "unknown": "not determined",
    "note": "note",
    "pass": "passed",
    "skip": "left out",
}
VERDICT_WORDS: dict[VerdictWord, str] = {
    "ready": "ready",
    "ready-with-warnings": "ready, with warnings",
    "not-ready": "not ready",
    "unknown": "not determined",
}


def listed(words: Iterable[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last


def plural(count: int, noun: str) -> str:
    """A count and its noun: "1 check", "2 checks"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def conditions(fix: Fix) -> str:
    """What a fix needs and asks for; "" where that is nothing."""
    told = []
    if fix.needs:
        told.append(f"needs {listed(NEEDS[need] for need in fix.needs)}")
    if fix.ask:
        told.append(f"put your own in place of {listed(fix.ask)}")
    return "; ".join(told)


def titled(finding: Finding) -> str:
    """A finding's title, with its subject where it has one."""
    return f"{finding.subject}: {finding.title}" if finding.subject else finding.title


def judged(report: Report) -> str:
    """Which Python was judged and why; "" where none was."""
    one = report.judged
    if not one.python:
        return ""
    version = f"Python {one.python_version}" if one.python_version else "The Python"
    return f"{version} at {one.python}" + (f" ({one.chosen_because})" if one.chosen_because else "")


def profile(report: Report) -> str:
    """The profile's name and title."""
    title = f" ({report.profile.title})" if report.profile.title else ""
    return f"{report.profile.name}{title}"


def is_red(report: Report, finding: Finding) -> bool:
    """Does this finding make the exit status 1?"""
    return finding.status == "fail" or (report.strict and finding.status == "warn")


def is_green(report: Report) -> bool:
    """Is the exit status 0?"""
    warned = report.strict and report.verdict == "ready-with-warnings"
    return report.verdict in ("ready", "ready-with-warnings") and not warned and not report.defects


def not_looked_at(report: Report) -> list[str]:
    """The report's phrases, those of the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for phrase in report.not_looked_at:
        name, _, reason = phrase.partition(" (")
        by_reason.setdefault(reason.removesuffix(")"), []).append(name)
    return [f"{', '.join(names)}{f' ({reason})' if reason else ''}" for reason, names in by_reason.items()]
