"""What was typed → what is to be looked at, and which checks are to judge it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.model.profile import Profile
from dlcheck.model.report import PILLARS
from dlcheck.model.snapshot import PROBES, Depth

if TYPE_CHECKING:
    from dlcheck.judge.engine import Selection
    from dlcheck.observe.context import Request

TIMEOUT, DEADLINE = 60.0, 180.0
"""Seconds for one probe, and for all."""
EXCLUSIVE = (
    ("--quick", "--deep"),
    ("--python", "--env"),
    *(("--snapshot", other) for other in ("--python", "--env", "--quick", "--deep")),
)


def refuse_exclusive(*, quick: bool, deep: bool, python: str, env: str, snapshot: str = "") -> None:
    """Refuse options that exclude each other."""
    given = {"--snapshot": snapshot, "--quick": quick, "--deep": deep, "--python": python, "--env": env}
    for one, other in EXCLUSIVE:
        if given[one] and given[other]:
            raise Refusal(f"{one} and {other} exclude each other")


def seconds(option: str, text: str, otherwise: float = TIMEOUT) -> float:
    """A duration: a number of seconds, at least one. otherwise: where none is given."""
    if not text:
        return otherwise
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 <= value <= 86400:
        raise Refusal(f"{option} is a number of seconds from 1 to 86400, not {text!r}")
    return value


def request(
    profile: Profile,
    *,
    quick: bool,
    deep: bool,
    python: str,
    env: str,
    timeout: str,
    deadline: str,
    probes: tuple[str, ...] = PROBES,
) -> Request:
    """The request of a command that looks at this machine."""
    from dlcheck.observe.context import Request

    depth: Depth = "quick" if quick else "deep" if deep else profile.depth or "default"
    try:
        return Request(
            depth=depth,
            python=python,
            env=env,
            timeout=seconds("--timeout", timeout, profile.timeout_seconds or TIMEOUT),
            deadline=seconds("--deadline", deadline, profile.deadline_seconds or DEADLINE),
            requirements=(*profile.required, *profile.recommended, *profile.extra_requirements),
            probes=probes,
            tools=(*profile.tools_required, *profile.tools_recommended),
        )
    except FileNotFoundError:
        raise Refusal("the working folder is gone: change to one that exists") from None


def selection(only: list[str], skip: list[str]) -> Selection:
    """The checks that are wanted. An id or pillar that there is not is refused."""
    from dlcheck.judge.engine import Selection, all_checks

    if only or skip:
        known = (*PILLARS, *all_checks())
        for name in (*only, *skip):
            if name not in known:
                raise unknown_name("check or pillar", name, known, "`dlcheck checks` lists them")
    chosen = Selection(only=tuple(only), skip=tuple(skip))
    if (only or skip) and not any(chosen.takes(check) for check in all_checks().values()):
        raise Refusal("--only and --skip together leave no check")
    return chosen


def probes_for(chosen: Selection, profile: Profile) -> tuple[str, ...]:
    """The probes that the wanted checks need: those that their parameters name."""
    from dlcheck.judge.check import EACH, NO_FACTS
    from dlcheck.judge.engine import all_checks, of_profile
    from dlcheck.observe.examine import FRAMEWORKS

    own = of_profile(profile)
    if not (chosen.only or chosen.skip or own.only):
        return PROBES
    wanted: set[str] = set()
    for check in all_checks().values():
        if chosen.takes(check) and own.takes(check):
            named = {EACH.get(name, name) for name, _ in check.parameters if name not in NO_FACTS}
            wanted |= named
            if any(name == "snapshot" for name, _ in check.parameters):
                # Beside facts of its own the rest is for the advice, which needs no framework imported.
                wanted |= set(PROBES) - set(FRAMEWORKS) if named else set(PROBES)
    return tuple(name for name in PROBES if name in wanted)
