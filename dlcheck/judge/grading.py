"""How grave a fault is under a profile: by what the profile wants, and by what it says of the check itself."""

from __future__ import annotations

import msgspec

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.check import Check, Grade, Verdict
from dlcheck.model.profile import Profile, Regrade
from dlcheck.model.report import Status
from dlcheck.model.snapshot import Snapshot


def graded(check: Check, snapshot: Snapshot, profile: Profile) -> Grade:
    """The grade of a check's fault under this profile: what is not wanted cannot fail."""
    regrade = profile.regrade(check.id)
    if regrade is not None and regrade.grade != "off":
        return regrade.grade
    if check.wanted == "":
        return check.grade
    if check.wanted in ("torch", "tensorflow", "jax"):
        wanted = profile.of_text or _framework_wanted(check.wanted, snapshot, profile)
        return check.grade if wanted else check.otherwise
    return check.grade if is_expected(check.wanted, profile, snapshot) else check.otherwise  # type: ignore[arg-type]


def _framework_wanted(name: str, snapshot: Snapshot, profile: Profile) -> bool:
    """Is this framework needed: by name, or as the one of several that has to do?"""
    if profile.needs_framework(name):  # type: ignore[arg-type]
        return True
    if name not in profile.frameworks_any:
        return False
    others = [other for other in profile.frameworks_any if other != name]
    if snapshot.depth == "quick":
        packages = snapshot.packages.value
        return not any(packages is not None and packages.build(other) for other in others)
    return not any(getattr(snapshot, other).value is not None for other in others)


def status_of(verdict: Verdict, check: Check, snapshot: Snapshot, profile: Profile) -> Status:
    """The status of a verdict: no worse than its case allows, unless the profile says it in so many words."""
    if verdict.outcome != "bad":
        return verdict.outcome
    regrade = profile.regrade(check.id)
    if regrade is not None and regrade.grade != "off":
        return regrade.grade
    order: list[Grade] = ["note", "warn", "fail"]
    return min(graded(check, snapshot, profile), verdict.at_most, key=order.index)


def told(verdict: Verdict, subject: str, regrade: Regrade | None) -> Verdict:
    """The verdict with its subject, and, where the profile grades it otherwise, with that."""
    evidence = verdict.evidence
    if regrade is not None and verdict.outcome == "bad":
        evidence = (*evidence, f"graded {regrade.grade} by the profile{until(regrade)}: {regrade.reason}")
    return msgspec.structs.replace(verdict, subject=verdict.subject or subject, evidence=evidence)


def until(regrade: Regrade) -> str:
    """Words for the day: "until 2027-01-31" after a space, or nothing."""
    return f" until {regrade.expires}" if regrade.expires else ""
