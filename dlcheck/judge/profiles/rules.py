"""What a profile must keep to beyond its types, each with the line that breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from dlcheck.judge.profiles.lines import line_of
from dlcheck.model.profile import Profile

LEAST_SECONDS = 1.0


def broken_rule(profile: Profile, text: str) -> str:
    """The first rule that is broken, in one sentence; "" where all are kept."""
    for keys, value, words in (*_versions(profile), *_grades(profile), *_figures(profile)):
        return f"line {line_of(text, keys, value)}: {'.'.join(keys)}: {words}"
    return ""


Broken = tuple[list[str], str, str]
"""Keys, the text in the list, what is wrong."""


def _versions(profile: Profile) -> Iterable[Broken]:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(profile.python)
    except InvalidSpecifier:
        yield ["python"], "", f"{profile.python!r} is no range of versions, such as >=3.10,<3.15"
    for key in ("required", "recommended"):
        for one in getattr(profile, key):
            try:
                Requirement(one)
            except InvalidRequirement as error:
                yield [key], one, f"{one!r} is no requirement (PEP 508): {str(error).splitlines()[0]}"
    for key in ("minimum", "comfortable"):
        driver = getattr(profile, key).driver
        if driver and not re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", driver):
            yield [key, "driver"], "", f"{driver!r} is no version of a driver, such as 570.26"


def _grades(profile: Profile) -> Iterable[Broken]:
    for number, one in enumerate(profile.grades):
        if not one.reason.strip():
            yield ["grades", str(number), "reason"], "", f"why {one.check} is graded {one.grade} is not said"
        if one.grade != "fail" and one.expires is None:
            words = f"a waiver needs a last day: say when {one.check} is to be looked at again"
            yield ["grades", str(number), "expires"], "", words


def _figures(profile: Profile) -> Iterable[Broken]:
    for number, floor in enumerate(profile.bench):
        asked = [one for one in (floor.tflops, floor.percent_of_peak, floor.times_cpu) if one > 0]
        if len(asked) != 1:
            words = "give one of tflops, percent_of_peak and times_cpu, above 0"
            yield ["bench", str(number)], "", words
    for key in ("timeout_seconds", "deadline_seconds"):
        if getattr(profile, key) and getattr(profile, key) < LEAST_SECONDS:
            yield [key], "", "at least one second"
    for table in ("minimum", "comfortable"):
        hardware = getattr(profile, table)
        for key in hardware.__struct_fields__:
            value = getattr(hardware, key)
            if isinstance(value, int) and value < 0:
                yield [table, key], "", "a number below 0 asks for nothing"


def expired(profile: Profile, today: date) -> tuple[str, str] | None:
    """The check of the first waiver whose last day is over, and one sentence about it; None where there is none."""
    for one in profile.grades:
        if one.expires is not None and one.expires < today:
            return one.check, (
                f"its waiver of {one.check} ({one.reason}) expired on {one.expires}: "
                "look at that check again, then renew the waiver or remove it"
            )
    return None


def unknown_check(profile: Profile, ids: Iterable[str], pillars: Iterable[str]) -> str:
    """The first check or pillar that it names and that there is not; "" where there is none."""
    known = set(ids)
    names = known | set(pillars)
    for one in profile.grades:
        if one.check not in known:
            return one.check
    return next((one for one in (*profile.only, *profile.skip) if one not in names), "")
