"""Verdicts on their way to become findings: what follows from what, and which comes first."""

from __future__ import annotations

import msgspec

from dlcheck.judge.check import FAIL, LAYERS, Check, Grade, Verdict
from dlcheck.model.report import PILLARS, Status

SEVERITY: dict[Status, int] = {"fail": 0, "warn": 1, "unknown": 2, "note": 3, "pass": 4, "skip": 5}

LOOKING_CHECKS = frozenset({"probe-crashes", "probe-hangs", "probe-not-started"})
"""They say that a fact could not be had, and not what it would have been: the fact that is needed stays unknown."""

ASKED_INSIDE = ("packages", "requirements", "numerics", "torch", "tensorflow", "jax", "torch_xla", "libraries")
"""Groups of facts that the judged interpreter itself tells: where it does not start, that is why they are not there."""


class Result(msgspec.Struct, kw_only=True):
    """A verdict on its way to become a finding."""

    check: Check
    verdict: Verdict
    status: Status
    worst: Grade = "note"
    """What a fault would be graded under this profile."""
    gap_in: str = ""
    """The group of facts whose gap made it unknown."""
    caused_by: tuple[str, ...] = ()
    order: int = 0
    """Of a pasted text: how directly its own errors point here, 0 first."""


def find_causes(results: list[Result]) -> None:
    """Name what each failed or unknown finding follows from."""
    failed = [result for result in results if result.status in ("fail", "warn")]
    for result in results:
        if result.status not in ("fail", "warn", "unknown", "note"):
            continue
        causes = [
            other.check.id
            for other in failed
            if other is not result
            and (other.check.id in result.verdict.after or _explains(other, result))
            and _same_subject(other, result)
        ]
        for group in (result.gap_in, "interpreter") if result.gap_in in ASKED_INSIDE else (result.gap_in,):
            causes += [other.check.id for other in failed if group and _judges_gap(other, group)]
        result.caused_by = tuple(dict.fromkeys(causes))


def _explains(cause: Result, result: Result) -> bool:
    """Does the one come after the other, and can it be the cause? What is a warning at most explains no failure."""
    grave = result.status != "fail" or cause.status == "fail" or cause.verdict.at_most == FAIL
    return grave and cause.check.id in result.check.after


def _judges_gap(result: Result, group: str) -> bool:
    """Is this finding about why that group of facts could not be had?"""
    if result.check.id in LOOKING_CHECKS:
        return result.verdict.subject == group
    # An exercise reads what was calculated; how its child ended is for the checks of the library to judge.
    asks = any(name == group and kind.startswith("Probed[") for name, kind in result.check.parameters)
    return asks and result.check.layer != "exercise"


def _same_subject(cause: Result, result: Result) -> bool:
    """Can the one explain the other? A fault of GPU 0 does not explain one of GPU 1."""
    one, two = cause.verdict.subject, result.verdict.subject
    return not one or not two or one == two or one.split(" ")[0] != two.split(" ")[0]


def raise_causes(results: list[Result]) -> None:
    """A cause is as grave as the gravest of what follows from it."""
    by_id: dict[str, list[Result]] = {}
    for result in results:
        by_id.setdefault(result.check.id, []).append(result)
    changed = True
    while changed:
        changed = False
        for result in results:
            if result.status != "fail":
                continue
            for cause in (one for identity in result.caused_by for one in by_id[identity] if one.status == "warn"):
                cause.status, changed = "fail", True


def rank(result: Result) -> tuple[int, bool, int, int, int]:
    """By this findings are sorted: the gravest first, causes before consequences, the lower layer before the higher."""
    return (
        SEVERITY[result.status],
        bool(result.caused_by),
        result.order,
        LAYERS.index(result.check.layer),
        PILLARS.index(result.check.pillar),
    )
