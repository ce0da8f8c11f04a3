"""Give each check its facts; grade by profile; find root causes; rank; reach the verdict."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

import msgspec

import dlcheck.judge.checks
from dlcheck.judge.asked import fitted
from dlcheck.judge.causes import LOOKING_CHECKS, Result, find_causes, raise_causes, rank
from dlcheck.judge.check import (
    EACH,
    NO_FACTS,
    Check,
    Gapped,
    LeftOut,
    Skipped,
    Verdict,
    each_of,
    registry,
    skip,
    unknown,
)
from dlcheck.judge.complaints import heard, with_complaint
from dlcheck.judge.grading import graded, status_of, told, until
from dlcheck.judge.knowledge.complaints import LIKELY
from dlcheck.judge.measures import measures
from dlcheck.judge.pasted_text import expecting, forget_what_nobody_saw, keep_what_explains, pointed_at, verdict_of_text
from dlcheck.judge.summary import judged, summarise
from dlcheck.judge.unlooked import nobody_looked_at, phrases
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.profile import Profile
from dlcheck.model.report import Finding, Report, UsedProfile, VerdictWord
from dlcheck.model.snapshot import PROBES, Snapshot

LEFT_OUT_BY_PROFILE = "left out by the profile: it is not its business"

SYSTEMS = {"linux": "Linux", "darwin": "macOS", "windows": "Windows", "other": "other systems"}


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which checks the person wants: ids or pillars."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def takes(self, check: Check) -> bool:
        """Is this check wanted?"""
        names = {check.id, check.pillar}
        return not names & set(self.skip) and (not self.only or bool(names & set(self.only)))


@cache
def _import_every_check() -> None:
    for module in pkgutil.iter_modules(dlcheck.judge.checks.__path__):
        importlib.import_module(f"dlcheck.judge.checks.{module.name}")


def all_checks() -> dict[str, Check]:
    """Every check there is, by id, each after those it comes after."""
    _import_every_check()
    ordered: dict[str, Check] = {}

    def place(identity: str, above: tuple[str, ...]) -> None:
        if identity in above:
            raise ValueError(f"checks come after each other in a circle: {' → '.join((*above, identity))}")
        if identity in ordered or identity not in registry:
            return
        for cause in registry[identity].after:
            place(cause, (*above, identity))
        ordered[identity] = registry[identity]

    for identity in registry:
        place(identity, ())
    return ordered


def judge(snapshot: Snapshot, profile: Profile, selection: Selection | None = None, *, strict: bool = False) -> Report:
    """The Report of a Snapshot under a Profile: a pure function of them."""
    selection = selection or Selection()
    profile = fitted(profile, snapshot)
    if profile.of_text:
        profile = expecting(profile, snapshot)
    defects = [
        f"{name}: {gap.why}" for name in PROBES if (gap := getattr(snapshot, name).missing) and gap.kind == "defect"
    ]
    results: list[Result] = []
    said = heard(snapshot) if profile.of_text else {}
    checks = sorted(all_checks().values(), key=_asks_what_was_left_out)
    for check in checks:
        if why := _unwanted(check, selection, profile):
            results.append(Result(check=check, verdict=skip(why), status="skip"))
            continue
        worst = graded(check, snapshot, profile)
        left_out = _left_out(results, strict) if _asks_what_was_left_out(check) else LeftOut()
        for result in with_complaint(_run(check, snapshot, profile, left_out, defects), snapshot, said):
            result.worst = worst if result.verdict.asked else "note"
            results.append(result)
    find_causes(results)
    raise_causes(results)
    if profile.of_text:
        weak = {identity for identity, one in said.items() if one.complaint.weak} | {LIKELY}
        keep_what_explains(results, (*said, *pointed_at(snapshot)), weak)
        forget_what_nobody_saw(results)
    results.sort(key=rank)
    findings = tuple(_finding(result) for result in results)
    roots = tuple(dict.fromkeys(one.id for one in findings if one.status in ("fail", "warn") and not one.caused_by))
    partial = bool(selection.only or selection.skip or profile.only)
    unlooked = () if profile.of_text else nobody_looked_at(results, snapshot)
    verdict = verdict_of_text(results, snapshot) if profile.of_text else _verdict(results, unlooked)
    return Report(
        verdict=verdict,
        summary=summarise(verdict, findings, snapshot, profile, unlooked=unlooked, partial=partial),
        root_causes=roots,
        findings=findings,
        measures=measures(snapshot, profile),
        not_looked_at=phrases(snapshot, profile),
        defects=tuple(defects),
        strict=strict,
        profile=UsedProfile(name=profile.name, title=profile.title, expects=profile.expects),
        judged=judged(snapshot),
        timings_ms={name: round(getattr(snapshot, name).seconds * 1000, 1) for name in _seen_names(snapshot)},
        snapshot=snapshot,
    )


def _asks_what_was_left_out(check: Check) -> bool:
    return any(name == "left_out" for name, _ in check.parameters)


def _unwanted(check: Check, selection: Selection, profile: Profile) -> str:
    """Why a check is not made at all; "" where it is."""
    if not selection.takes(check):
        return "left out by --only or --skip"
    if not of_profile(profile).takes(check):
        return LEFT_OUT_BY_PROFILE
    regrade = profile.regrade(check.id)
    if regrade is not None and regrade.grade == "off":
        return f"switched off by the profile{until(regrade)}: {regrade.reason}"
    return ""


def of_profile(profile: Profile) -> Selection:
    """The checks that are this profile's business."""
    return Selection(only=profile.only, skip=profile.skip)


def _left_out(results: list[Result], strict: bool) -> LeftOut:
    skipped = tuple(
        Skipped(check=one.check.id, pillar=one.check.pillar, why="; ".join(one.verdict.evidence))
        for one in results
        if one.status == "skip" and one.verdict.evidence != (LEFT_OUT_BY_PROFILE,)
    )
    return LeftOut(strict=strict, skipped=skipped)


def _run(check: Check, snapshot: Snapshot, profile: Profile, left_out: LeftOut, defects: list[str]) -> list[Result]:
    """The check's verdicts on this snapshot: one, or one a subject."""
    os = snapshot.os.value
    if check.only_on and os is not None and os.system not in check.only_on:
        where = " or ".join(SYSTEMS[one] for one in check.only_on)
        return [Result(check=check, verdict=skip(f"only on {where}"), status="skip")]
    arguments: dict[str, Any] = {}
    subjects: list[tuple[str, dict[str, Any]]] = [("", {})]
    for name, annotation in check.parameters:
        if name == "profile":
            arguments[name] = profile
        elif name == "snapshot":
            arguments[name] = snapshot
        elif name == "left_out":
            arguments[name] = left_out
        elif name in EACH:
            probed: Probed[Any] = getattr(snapshot, EACH[name])
            if probed.missing is not None:
                return [_gapped(check, probed.missing, EACH[name], EACH[name])]
            subjects = [(subject, {name: value}) for subject, value in each_of(snapshot)[name]]
        elif annotation.startswith("Probed["):
            arguments[name] = getattr(snapshot, name)
        else:
            group: Probed[Any] = getattr(snapshot, name)
            if group.missing is not None:
                return [_gapped(check, group.missing, name, name)]
            arguments[name] = group.value
    if not subjects:
        return [Result(check=check, verdict=skip("there is none"), status="skip")]
    results: list[Result] = []
    for subject, extra in subjects:
        results.extend(_judge_one(check, {**arguments, **extra}, subject, snapshot, profile, defects))
    return results


def _judge_one(
    check: Check, arguments: dict[str, Any], subject: str, snapshot: Snapshot, profile: Profile, defects: list[str]
) -> list[Result]:
    try:
        said = check.judge(**arguments)
        verdicts = [said] if isinstance(said, Verdict) else list(said)
    except Gapped as gap:
        return [_gapped(check, gap.missing, gap.what, _group_of(check, snapshot), subject)]
    except Exception as error:  # noqa: BLE001 (a defect of one check is one finding, not the end of the report)
        defects.append(f"{check.id}: {type(error).__name__}: {error}")
        verdict = unknown(f"this check of dlcheck's failed: {type(error).__name__}: {error}", subject)
        return [Result(check=check, verdict=verdict, status="unknown", gap_in="(defect)")]
    return [
        Result(
            check=check,
            verdict=told(verdict, subject, profile.regrade(check.id)),
            status=status_of(verdict, check, snapshot, profile),
            gap_in=_gapped_group(check, snapshot) if verdict.outcome == "unknown" else "",
        )
        for verdict in verdicts
    ]


def _gapped(check: Check, missing: Missing, what: str, group: str, subject: str = "") -> Result:
    why = f"{what.replace('_', ' ')}: {missing.words()}"
    if missing.gap in ("absent", "not-looked"):
        return Result(check=check, verdict=skip(why, subject), status="skip")
    return Result(check=check, verdict=unknown(why, subject), status="unknown", gap_in=group)


def _group_of(check: Check, snapshot: Snapshot) -> str:
    """The group of facts that most likely held the gap: the first of the check's whose child ended badly."""
    names = [EACH.get(name, name) for name, _ in check.parameters if name not in NO_FACTS]
    ended_badly = [name for name in names if getattr(snapshot, name).ending is not None]
    return (ended_badly or names or [""])[0]


def _gapped_group(check: Check, snapshot: Snapshot) -> str:
    """The first of the check's groups of facts that could not be had, where it said itself that it does not know."""
    for name, annotation in check.parameters:
        if annotation.startswith("Probed["):
            missing = getattr(snapshot, name).missing
            if missing is not None and missing.gap not in ("absent", "not-looked"):
                return name
    return ""


def _finding(result: Result) -> Finding:
    return Finding(
        id=result.check.id,
        pillar=result.check.pillar,
        subject=result.verdict.subject,
        status=result.status,
        title=result.check.title,
        evidence=result.verdict.evidence,
        caused_by=result.caused_by,
        fixes=result.verdict.fixes if result.status in ("fail", "warn", "note") else (),
    )


def _verdict(results: list[Result], unlooked: tuple[str, ...]) -> VerdictWord:
    """Not ready if a required check failed; unknown if a required fact was not got, or nobody looked; else ready."""
    if any(result.status == "fail" for result in results):
        return "not-ready"
    unexplained = (one for one in results if one.status == "unknown" and not set(one.caused_by) - LOOKING_CHECKS)
    if unlooked or any(result.worst == "fail" for result in unexplained):
        return "unknown"
    if not any(result.status == "pass" for result in results):
        return "unknown"
    if any(result.status == "warn" for result in results):
        return "ready-with-warnings"
    return "ready"


def _seen_names(snapshot: Snapshot) -> list[str]:
    return [name for name in PROBES if getattr(snapshot, name).seconds]
