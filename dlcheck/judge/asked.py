"""What a profile asks for on this machine: its requirements as they were looked up, without those that do not apply."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from dlcheck.judge.advice.install import distribution_name
from dlcheck.model.profile import Profile
from dlcheck.model.python import ExtraRequirement, Interpreter
from dlcheck.model.snapshot import Snapshot


def fitted(profile: Profile, snapshot: Snapshot) -> Profile:
    """The profile with each requirement spelled as it was looked up; what its marker rules out here is left out.

    One that cannot be read stays as it is, to be told.

    A snapshot writes a requirement without its marker, its versions in an order of its own, and an address without
    its credentials: two spellings of one wish must not be taken for two.
    """
    known = _looked_up(snapshot)

    def spelled(requirements: Iterable[str]) -> tuple[str, ...]:
        found = [(text, known.get(wish(text)) or _among_packages(snapshot, text)) for text in requirements]
        return tuple(dict.fromkeys(one.requirement for _, one in found if one.applies or one.problem))

    return msgspec.structs.replace(
        profile,
        required=spelled(profile.required),
        recommended=spelled(profile.recommended),
        extra_requirements=spelled(profile.extra_requirements),
    )


def answers(snapshot: Snapshot, requirements: Iterable[str]) -> tuple[ExtraRequirement, ...]:
    """What is known of each requirement: looked up on the machine, else among the packages that the snapshot lists.

    The latter is so where a snapshot is judged by another profile than it was taken for.
    """
    known = _looked_up(snapshot)
    found = (known.get(wish(text)) or _among_packages(snapshot, text) for text in requirements)
    return tuple(dict.fromkeys(found))


def wish(requirement: str) -> tuple[object, ...]:
    """What a requirement asks for, whatever its spelling and its marker."""
    text = requirement.strip()
    if re.fullmatch(r"[A-Za-z0-9][\w.-]*", text):
        return (distribution_name(text),)
    parsed = _parse(text)
    if parsed is None:
        return (text,)
    versions = frozenset(str(one) for one in parsed.specifier)
    extras = frozenset(map(distribution_name, parsed.extras))
    if not versions and not extras and not parsed.url:
        return (distribution_name(parsed.name),)
    return (distribution_name(parsed.name), versions, extras, bool(parsed.url))


def _parse(text: str):  # type: ignore[no-untyped-def]
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _looked_up(snapshot: Snapshot) -> dict[tuple[object, ...], ExtraRequirement]:
    """The requirements that were looked up, by what they ask for; of two that differ in the marker that which holds."""
    found: dict[tuple[object, ...], ExtraRequirement] = {}
    for one in snapshot.requirements.value or ():
        asked = wish(one.requirement)
        if asked not in found or (one.applies and not found[asked].applies):
            found[asked] = one
    return found


def _among_packages(snapshot: Snapshot, text: str) -> ExtraRequirement:
    """A requirement that was not looked up on the machine, by the list of packages."""
    from packaging.version import InvalidVersion, Version

    parsed, packages = _parse(text), snapshot.packages.value
    name = distribution_name(text)
    if parsed is None:
        return ExtraRequirement(requirement=text, name=name, applies=False, problem="it is no requirement")
    if not _applies(parsed.marker, snapshot.interpreter.value):
        return ExtraRequirement(requirement=text, name=name, applies=False)
    there = packages.find(name) if packages is not None else None
    if there is None:
        return ExtraRequirement(requirement=text, name=name)
    try:
        meets = bool(parsed.url) or parsed.specifier.contains(Version(there.version), prereleases=True)
    except InvalidVersion:
        meets = True
    return ExtraRequirement(requirement=text, name=name, found=there.version, satisfied=meets)


def _applies(marker, interpreter: Interpreter | None) -> bool:  # type: ignore[no-untyped-def]
    """Does a marker hold for the judged interpreter? One that cannot be told does."""
    if marker is None or interpreter is None:
        return True
    tag = interpreter.platform_tag
    windows, macos = tag.startswith("win"), tag.startswith("macos")
    environment = {
        "python_version": ".".join(interpreter.version.split(".")[:2]),
        "python_full_version": interpreter.version,
        "implementation_version": interpreter.version,
        "implementation_name": interpreter.implementation,
        "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(interpreter.implementation, ""),
        "platform_machine": "AMD64" if tag == "win-amd64" else interpreter.machine,
        "platform_system": "Windows" if windows else "Darwin" if macos else "Linux",
        "sys_platform": "win32" if windows else "darwin" if macos else "linux",
        "os_name": "nt" if windows else "posix",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }
    try:
        return bool(marker.evaluate(environment))
    except (ValueError, KeyError, TypeError):
        return True
