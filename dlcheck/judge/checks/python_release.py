"""Releases and builds of Python that libraries leave out."""

from __future__ import annotations

from dlcheck.judge.advice.missing import fresh_environment
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.knowledge.wheels import first_that_leaves_out, newest, releases, wheels
from dlcheck.judge.presence import installed, platform_of, required_names, wanted_frameworks
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

OF_TORCH = "torchvision"


@check(FAIL, pillar="python", after=("python-unsupported",), since="0.1")
def python_release_left_out(
    interpreter: Interpreter, packages: Packages, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """Exactly this release of Python is left out by torchvision.

    torchvision from 0.26 on is not installed on Python 3.14.1. pip then takes an older one without a word, which does
    not fit the PyTorch that is there, or says that there is none.

    How it is told: the releases that torchvision's own metadata excludes, by a dated table, against this Python.

    Known false alarms: where torchvision is neither there nor asked for, and PyTorch works, nothing hangs on it; an
    older torchvision with the PyTorch of its time works.

    Sources: the package index, read on the table's day; github.com/pytorch/vision (setup.py, python_requires).
    """
    first = first_that_leaves_out(OF_TORCH, interpreter.version)
    if not first:
        return ok(f"Python {interpreter.version}")
    there = packages.find(OF_TORCH)
    required = OF_TORCH in required_names(profile)
    to_come = "torch" in wanted_frameworks(profile) and not installed(snapshot, "torch")
    if there is not None and snapshot.torch.value is not None and not _newer_torch(packages):
        return ok(f"{OF_TORCH} {there.version}")
    if there is None and not required and not to_come:
        return skip(f"{OF_TORCH} is not used here")
    evidence = [f"{OF_TORCH} from {first} on leaves out Python {interpreter.version}"]
    evidence += [f"{OF_TORCH} {there.version} is installed"] if there is not None else []
    fixes = fresh_environment(snapshot, profile)
    return bad(*evidence, fixes=fixes, at_most=FAIL if required else WARN)


def _newer_torch(packages: Packages) -> bool:
    """Is the torch that is there of a release whose torchvision leaves this Python out (2.11 goes with 0.26)?"""
    torch = packages.find("torch")
    return torch is not None and numbers(torch.version)[:2] >= (2, 11)


@check(WARN, pillar="python", after=("python-unsupported",), since="0.1")
def free_threaded_python(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python is built without the global lock, or for debugging.

    Free-threaded builds (3.13t, 3.14t) take wheels of their own, which many libraries do not have yet; a library that
    does not know them switches the lock on again, with a RuntimeWarning. Builds for debugging are slow.

    How it is told: the interpreter itself; and a dated table of the libraries that have such wheels.

    Known false alarms: whoever develops for such builds wants one: where every required library has a wheel for it, it
    is a note.

    Sources: docs.python.org/3/howto/free-threading-python.html, github.com/pytorch/pytorch/pull/144361.
    """
    if not interpreter.free_threaded:
        return note("a build for debugging") if interpreter.debug else ok("an ordinary build")
    platform, python = platform_of(snapshot), interpreter.version
    without = [
        name
        for name in sorted(required_names(profile))
        if releases(name) and not newest(name, platform, python, free_threaded=True)
    ]
    if not without:
        return note("free-threaded")
    evidence = f"no wheels for such a Python: {', '.join(without)} ({wheels().read})"
    return bad("free-threaded", evidence, fixes=fresh_environment(snapshot, profile, why=", an ordinary one"))
