"""A pasted text's own words for a check: an installer, a shell, git or the network says what is wrong.

Such words tell no number that a check could compare, but they are the fault itself, met by the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.causes import Result
from dlcheck.judge.check import Verdict, bad, ok
from dlcheck.judge.knowledge.complaints import Complaint, complaints, lone_errors
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

MAX_LINE = 300
_INSTALLERS = ("python", "conda")
_WARNS = re.compile(r"\b\w*Warning\b|^\S+ \S+: [IW] |^[IW]\d{4} ")
"""A line of a program that goes on: Python's warnings, and what TensorFlow's and glog's logs have below an error."""
SURROUNDINGS = ("tensorflow", "jax", "nvidia", "pci", "libraries", "numerics")
"""Facts of which a text that tells any does not stand alone."""
_QUOTES = str.maketrans("`\u2018\u2019", "'''")


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint of the table, and the line of the text that says it."""

    complaint: Complaint
    line: str


def heard(snapshot: Snapshot) -> dict[str, Heard]:
    """Check → the first row of the table that the text says, in the order of the text's lines."""
    pasted, os = snapshot.pasted.value, snapshot.os.value
    cloud = snapshot.cloud.value.platform if snapshot.cloud.value is not None else ""
    errors = pasted.errors if pasted is not None else ()
    found = _heard(errors, os.system if os is not None else "other", cloud)
    if errors and not found and stands_alone(snapshot):
        return _alone(failing(errors), _python_is_told(snapshot))
    return found


@lru_cache(maxsize=1)  # every check that only a text can tell of asks it
def _heard(errors: tuple[str, ...], system: str, cloud: str) -> dict[str, Heard]:
    if not errors:
        return {}
    small = tuple(map(_plain, errors))
    found: dict[str, Heard] = {}
    whole = "\n".join(small)
    for row in complaints():
        if row.check in found or not row.may_stand_in(whole):
            continue
        line = row.line_of(errors, small)
        if line and row.fits(small, system, cloud):
            found[row.check] = Heard(complaint=row, line=line)
    return dict(sorted(found.items(), key=lambda item: errors.index(item[1].line)))


@lru_cache(maxsize=1)
def _alone(errors: tuple[str, ...], python_is_told: bool) -> dict[str, Heard]:
    """What errors usually mean of which the text tells nothing else."""
    small = tuple(line.lower() for line in errors)
    for row in lone_errors():
        line = row.line_of(errors, small)
        if line and not (row.python_untold and python_is_told):
            return {row.check: Heard(complaint=row, line=line)}
    return {}


def failing(errors: tuple[str, ...]) -> tuple[str, ...]:
    """Those lines that tell of a failure, and not of a program that goes on."""
    return tuple(line for line in errors if not _WARNS.search(line))


def stands_alone(snapshot: Snapshot) -> bool:
    """Does the text tell of an error, and nothing of the machine and the environment that it comes from?"""
    told = any(getattr(snapshot, name).value is not None for name in SURROUNDINGS)
    build, packages, pasted = torch_build(snapshot), snapshot.packages.value, snapshot.pasted.value
    told |= packages is not None and bool(packages.distributions)
    told |= pasted is not None and "collect_env" in pasted.sources
    return not told and (build is None or not build.version)


def _python_is_told(snapshot: Snapshot) -> bool:
    interpreter = snapshot.interpreter.value
    return interpreter is not None and bool(interpreter.version)


def told_by_text(snapshot: Snapshot, identity: str) -> Verdict:
    """The verdict of a check that only a text can tell of."""
    found = heard(snapshot).get(identity)
    return _verdict(found, snapshot) if found is not None else ok("the text says nothing of it")


def with_complaint(results: list[Result], snapshot: Snapshot, said: dict[str, Heard]) -> Iterator[Result]:
    """One check's results: where the text complains of its fault, the fault is there, whatever facts are missing."""
    for number, result in enumerate(results):
        found = said.get(result.check.id) if number == 0 else None
        if found is None:
            yield result
            continue
        if result.verdict.outcome != "bad":
            verdict = _verdict(found, snapshot)
            result.verdict = msgspec.structs.replace(verdict, fixes=result.verdict.fixes or verdict.fixes)
        result.status = "fail"
        yield result


def _plain(line: str) -> str:
    """Small letters, and one kind of quotation mark: people and programs write `x`, ‘x’ and 'x'."""
    return line.lower().translate(_QUOTES)


def _verdict(found: Heard, snapshot: Snapshot) -> Verdict:
    row, line = found.complaint, " ".join(found.line.split())
    windows = on_windows(snapshot)
    steps = tuple(
        command(snapshot, *(("python", *argv[1:]) if windows and argv[0] == "python3" else argv)) for argv in row.steps
    )
    changes = any(argv[0] in _INSTALLERS and {"install", "uninstall"} & set(argv) for argv in row.steps)
    fix = Fix(title=row.advice, commands=steps, needs=row.needs, changes_packages=changes, source=row.source)
    return bad(line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} …", fixes=(fix,))
