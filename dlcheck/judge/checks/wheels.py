"""Whether the frameworks have wheels for this Python, this platform and this C library."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dlcheck.judge.advice.frameworks import framework_fixes
from dlcheck.judge.advice.missing import fresh_environment, in_range, install_missing, missing_requirements, unmet
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, need, note, ok, skip
from dlcheck.judge.install_attempts import platform_refused, python_refused
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.knowledge.wheels import (
    matching,
    newest,
    older_than_known,
    pythons_of,
    releases,
    wheels,
)
from dlcheck.judge.presence import (
    FRAMEWORK_TITLES,
    enough_works,
    named_frameworks,
    platform_of,
    wanted_frameworks,
    works,
)
from dlcheck.model.gaps import known
from dlcheck.model.host import Os
from dlcheck.model.profile import Framework, Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

WHEELS_MAY_COME = timedelta(days=90)
"""PyTorch's first wheels for 3.13, 3.14 and 3.15 came within three months of the Python."""

PLATFORM_TITLES: dict[str, str] = {
    "musl": "a Linux with musl (Alpine)", "win_arm64": "a native Python on Windows for ARM",
    "macos_x86_64": "a Mac with an Intel processor", "": "this operating system and processor",
}  # fmt: skip


@check(
    FAIL,
    pillar="python",
    after=(
        "python-32bit",
        "rosetta-python",
        "platform-without-wheels",
        "python-too-old-to-judge",
        "network-unreachable",
        "proxy-refuses",
        "traffic-signed-by-another",
    ),
    since="0.1",
)
def python_unsupported(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python has no wheels of the frameworks that are needed.

    Too new a Python ends in "No matching distribution found for torch"; too old a one gets an old release without a
    word, and the course's code then misses what it calls.

    How it is told: the version against the profile's range and against a dated table of releases, Pythons and
    platforms; builds without the global lock and other implementations than CPython have wheels of their own.

    Known false alarms: where all that is required is there and imports, a Python outside the range is a warning; a
    Python newer than all that the table knows is a note once the table is some months old: wheels for it may have come
    since. The same words of pip come from a 32-bit Python, a platform
    without wheels, a wrong index and a missing network, which have checks of their own.

    Sources: the package index, read on the table's day; github.com/pytorch/pytorch/issues/91543.
    """
    python = interpreter.version
    if interpreter.implementation.lower() != "cpython":
        evidence = f"{interpreter.implementation} {python}: the frameworks have wheels for CPython only"
        return bad(evidence, fixes=fresh_environment(snapshot, profile))
    pinned = tuple(dict.fromkeys((*_unserved_pins(snapshot, profile, of_platform=False), *python_refused(snapshot))))
    outside = () if in_range(python, profile.python) else (f"the profile asks for Python {profile.python}",)
    if enough_works(snapshot, profile) and not pinned:
        if outside:
            at_most = FAIL if missing_requirements(snapshot, profile) else WARN
            return bad(f"Python {python}", *outside, fixes=fresh_environment(snapshot, profile), at_most=at_most)
        return ok(f"Python {python}")
    unserved, closed = _unserved(interpreter, snapshot, profile)
    if not closed and not pinned and not outside:
        return ok(f"Python {python}")
    build = " without the global lock (free-threaded)" if interpreter.free_threaded else ""
    what = (*pinned, *outside, *(unserved if closed else _last_ones(snapshot, profile, python) if outside else ()))
    fixes = _of_its_time(snapshot, profile) or fresh_environment(snapshot, profile)
    if not pinned and not outside and _table_is_old(snapshot, python):
        newer = f"it is newer than dlcheck's table of {wheels().read}: whether there are wheels by now, pip tells"
        return note(f"Python {python}{build}", *what, newer, fixes=fixes)
    return bad(f"Python {python}{build}", *what, fixes=fixes)


def _of_its_time(snapshot: Snapshot, profile: Profile) -> tuple[Fix, ...]:
    """Where releases are asked for that are older than the table: newer ones, or the Python of their time.

    Building them is no way: it takes compilers, and they are not made for this Python.
    """
    old = [one.requirement for one in unmet(snapshot, profile) if older_than_known(one.requirement)]
    if not old:
        return ()
    title = f"ask for releases of today in the place of {', '.join(old)}, or use the Python of their time, 3.9 or older"
    return (Fix(title=title),)


def _unserved(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> tuple[tuple[str, ...], bool]:
    """Words on the frameworks without a wheel for this Python, and whether one that is needed is among them."""
    platform = platform_of(snapshot)
    words, without = [], set[Framework]()
    for name in wanted_frameworks(profile):
        span = pythons_of(name, platform)
        if span is None or works(snapshot, name):
            continue
        if newest(name, platform, interpreter.version, free_threaded=interpreter.free_threaded):
            continue
        without.add(name)
        plain = " with it" if interpreter.free_threaded else ""
        release = newest(name, platform)
        day = wheels().read
        words.append(f"{FRAMEWORK_TITLES[name]} {release} has wheels for Python {span[0]} to {span[1]}{plain} ({day})")
    named = without & set(named_frameworks(profile))
    any_of = profile.frameworks_any and without >= set(profile.frameworks_any)
    return tuple(words), bool(named or any_of)


def _last_ones(snapshot: Snapshot, profile: Profile, python: str) -> tuple[str, ...]:
    """Which old release pip would bring without a word."""
    platform = platform_of(snapshot)
    last = [(name, newest(name, platform, python)) for name in wanted_frameworks(profile)]
    return tuple(f"the last {FRAMEWORK_TITLES[name]} for this Python is {release}" for name, release in last if release)


def _unserved_pins(snapshot: Snapshot, profile: Profile, *, of_platform: bool) -> list[str]:
    """Requirements that are not met and have no wheel for this Python, or none for this platform."""
    interpreter, platform = snapshot.interpreter.value, platform_of(snapshot)
    words = []
    for one in unmet(snapshot, profile):
        oldest = older_than_known(one.requirement)
        of_oldest = (oldest.span(platform) or oldest.span("linux_x86_64")) if oldest is not None else None
        python = numbers(interpreter.version)[:2] if interpreter is not None else ()
        if of_oldest and not of_platform and python > numbers(of_oldest[1]):
            words.append(f"{one.requirement} has no wheel for Python newer than {of_oldest[1]}")
        found = matching(one.requirement)
        spans = [span for release in found if (span := release.span(platform))]
        if not found or bool(spans) is of_platform or interpreter is None:
            continue
        if not interpreter.version and not of_platform:  # a text may not tell it
            continue
        if of_platform:
            last = newest(one.name, platform)
            words.append(f"{one.requirement} has no wheel here" + (f"; the last that has is {last}" if last else ""))
        elif not any(release.serves(platform, interpreter.version) for release in found):
            words.append(f"{one.requirement} has wheels for Python {spans[0][0]} to {spans[-1][1]}")
    return words


def _table_is_old(snapshot: Snapshot, python: str) -> bool:
    """Is this Python newer than all that the table knows, and the table so old that wheels may have come since?"""
    known_ones = [span[1] for one in wheels().release if (span := one.linux_x86_64)]
    if numbers(python)[:2] <= max(map(numbers, known_ones)):
        return False
    try:
        today = date.fromisoformat(snapshot.taken_at[:10])
    except ValueError:
        return False
    return today - wheels().read > WHEELS_MAY_COME


@check(FAIL, pillar="python", after=("python-32bit", "rosetta-python"), since="0.1")
def platform_without_wheels(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This operating system and processor get no current wheels of the frameworks.

    Intel Macs stopped at PyTorch 2.2.2 and TensorFlow 2.16.2, which want NumPy 1; musl (Alpine), native Windows on
    ARM, 32-bit Linux and rare processors have none.

    How it is told: the interpreter's own platform against a dated table.

    Known false alarms: Windows on ARM with an x64 Python works; an Intel Python on Apple silicon is another fault; a
    framework that is there and imports, from conda-forge or built by hand, needs no wheel.

    Sources: the package index, read on the table's day; github.com/pytorch/pytorch/issues/102592 (musl),
    github.com/pytorch/pytorch/issues/133804 (Windows on ARM).
    """
    platform = platform_of(snapshot)
    pinned = tuple(dict.fromkeys((*_unserved_pins(snapshot, profile, of_platform=True), *platform_refused(snapshot))))
    wanted = wanted_frameworks(profile)
    without = [name for name in wanted if not newest(name, platform)]
    title = PLATFORM_TITLES.get(platform, "")
    if not pinned and (platform not in PLATFORM_TITLES or not wanted):
        return ok(f"wheels are built for {interpreter.platform_tag}")
    if platform == "win32" or (platform == "" and interpreter.bits == 32):
        return skip("a 32-bit Python")
    last = [f"the last {FRAMEWORK_TITLES[name]} with wheels for it is {newest(name, platform)}" for name in wanted]
    evidence = (f"{title or interpreter.platform_tag}", *pinned, *(last if not without else ()))
    if enough_works(snapshot, profile) and not pinned:
        return note(*evidence)
    if not without and title:
        fits = any(newest(name, platform, interpreter.version) for name in wanted)
        fixes = install_missing(snapshot, profile) if fits else fresh_environment(snapshot, profile)
        return bad(*evidence, fixes=fixes, at_most=FAIL if pinned else WARN)
    names = " and ".join(FRAMEWORK_TITLES[name] for name in without)
    evidence = (*evidence, f"{names} have no wheel for it ({wheels().read})") if without else evidence
    needed = bool(set(without) & set(named_frameworks(profile))) or len(without) == len(wanted)
    at_most: Grade = FAIL if needed or pinned else WARN
    return bad(*evidence, fixes=(Fix(title=_OTHER_PLATFORM.get(platform, _ELSEWHERE)),), at_most=at_most)


_ELSEWHERE = "use a hosted notebook (Google Colab, Kaggle) or another machine"
_OTHER_PLATFORM = {
    "musl": "use an image with glibc in the place of Alpine, python:3.12-slim for one",
    "win_arm64": "install the x64 (AMD64) Python, which Windows for ARM runs by emulation, or use WSL 2",
}


@check(FAIL, pillar="system", after=("platform-without-wheels",), only_on=("linux",), since="0.1")
def glibc_too_old(os: Os, interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The C library is older than today's wheels need.

    pip says nothing and chooses an old release: with glibc 2.17 it is PyTorch 2.6. A newer wheel forced in ends with
    "version `GLIBC_2.28' not found".

    How it is told: glibc's own version against the tags of the releases that this Python could have; or the words of
    an import that failed.

    Known false alarms: where the frameworks work in the release that is there, this is a note.

    Sources: the package index, read on the table's day; github.com/pytorch/pytorch/issues/150724.
    """
    if os.system != "linux" or os.musl:
        return skip("no glibc here")
    found = re.findall(r"GLIBC_(\d+\.\d+)['’]? not found", _import_errors(snapshot))
    glibc = "" if found and snapshot.depth == "pasted" else need(os.glibc, "the version of glibc")
    asked = sorted((one for one in found if numbers(one) > numbers(glibc)), key=numbers)
    if asked:
        there = f"glibc is {known(os.glibc) or 'older'}"
        return bad(f"{there}; a library that was imported needs {asked[-1]}", fixes=(_NEWER_SYSTEM,))
    platform, python, held = platform_of(snapshot), interpreter.version, []
    for name in wanted_frameworks(profile):
        best, here = newest(name, platform, python), newest(name, platform, python, glibc=glibc)
        if best != here:
            floor = next(one.glibc_on(platform) for one in releases(name) if one.version == best)
            got = f"the last for {glibc} is {here}" if here else f"there is none for {glibc}"
            held.append((name, here, f"{FRAMEWORK_TITLES[name]} {best} needs glibc {floor}; {got}"))
    if not held:
        return ok(f"glibc {glibc}")
    evidence = (f"glibc {glibc}", *(words for _, _, words in held))
    if enough_works(snapshot, profile):
        return note(*evidence)
    served = any(newest(name, platform, python, glibc=glibc) for name in wanted_frameworks(profile))
    last = next((name for name, here, _ in held if here), None)
    older = framework_fixes(snapshot, last) if last is not None else ()
    return bad(*evidence, fixes=(*older, _NEWER_SYSTEM), at_most=WARN if served else FAIL)


_NEWER_SYSTEM = Fix(title="work in a container (Docker, Apptainer) or on a system with glibc 2.28 or newer")


def _import_errors(snapshot: Snapshot) -> str:
    """The words of every import that failed."""
    numerics, libraries = snapshot.numerics.value, snapshot.libraries.value
    probes = (snapshot.torch, snapshot.tensorflow, snapshot.jax)
    words = [probe.missing.why for probe in probes if probe.missing is not None]
    words += [probe.ending.stderr_tail for probe in probes if probe.ending is not None]
    words += [one.message for one in (numerics.failed_imports.values() if numerics else ())]
    words += [one.error for one in libraries.imported if isinstance(one.error, str)] if libraries else []
    words += snapshot.pasted.value.errors if snapshot.pasted.value else ()
    return "\n".join(words)
