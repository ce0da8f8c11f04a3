"""What nobody looked at: nothing is ready because of it, and the person is told."""

from __future__ import annotations

from collections.abc import Iterable

from dlcheck.judge.advice.missing import unmet
from dlcheck.judge.causes import Result
from dlcheck.judge.check import EACH
from dlcheck.judge.presence import FRAMEWORKS, required_names
from dlcheck.judge.summary import listed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import PROBES, Depth, Snapshot

LEFT_OUT: dict[Depth, tuple[str, ...]] = {
    "quick": ("numerics", "torch", "tensorflow", "jax", "torch_xla", "libraries"),
    "default": ("libraries",),
}
"""What a depth leaves out on purpose; its summary says so."""

EVERY_MACHINE_HAS = ("os", "cpu", "memory", "storage", "interpreter", "packages", "requirements", "numerics")
"""Groups that cannot be absent: where they are said to be, nobody could look."""


def nobody_looked_at(results: Iterable[Result], snapshot: Snapshot) -> tuple[str, ...]:
    """Names of the groups that a check which could fail under this profile needs, and that are not there.

    A snapshot taken by one command holds them all. One that was written by hand, cut, taken with `--only`, or taken
    where /proc is hidden, does not.
    """
    needed = {EACH.get(name, name) for one in results if one.worst == "fail" for name, _ in one.check.parameters}
    expected = needed - set(LEFT_OUT.get(snapshot.depth, ()))
    return tuple(name for name in PROBES if name in expected and _is_unlooked(name, snapshot))


def _is_unlooked(name: str, snapshot: Snapshot) -> bool:
    missing = getattr(snapshot, name).missing
    if missing is None:
        return False
    return missing.gap == "not-looked" or (missing.gap == "absent" and name in EVERY_MACHINE_HAS)


def phrases(snapshot: Snapshot, profile: Profile) -> tuple[str, ...]:
    """What was left out, each with its reason, for the summary: "torch (left out by --quick)"."""
    if snapshot.pasted.value is not None:
        return tuple(f"{phrase} (not in the text)" for phrase in snapshot.pasted.value.not_told)
    told = []
    for name in PROBES:
        missing = getattr(snapshot, name).missing
        if missing is None or missing.gap != "not-looked":
            continue
        what = name.replace("_", " ")
        if name == "libraries" and snapshot.depth == "default":
            names = _never_imported(snapshot, profile)
            what = f"whether {listed(names)} can be imported" if names else ""
        if what:
            told.append(f"{what} ({missing.why or 'not asked for'})")
    return (*told, *_calculations(snapshot))


def _never_imported(snapshot: Snapshot, profile: Profile) -> list[str]:
    """What the profile requires, is there, and was imported by nobody: for it there is only the list of packages."""
    numerics = snapshot.numerics.value
    tried = {*numerics.imports, *numerics.failed_imports} if numerics else set()
    missing = {one.name for one in unmet(snapshot, profile)}
    return sorted(required_names(profile) - tried - missing - set(FRAMEWORKS))


def _calculations(snapshot: Snapshot) -> tuple[str, ...]:
    """Calculations that were left out: of a library that was not imported this time, or the longer ones."""
    groups = (snapshot.numerics.value, snapshot.torch.value, snapshot.tensorflow.value)
    left_out = [one for group in groups if group for one in group.exercises if one.outcome == "left-out"]
    whole = {
        one.got: sorted({other.library for other in left_out if other.got == one.got}) for one in left_out if one.got
    }
    told = [
        f"what {listed(libraries)} calculate{'s' * (len(libraries) == 1)} ({why})" for why, libraries in whole.items()
    ]
    if any(not one.got for one in left_out):
        told.append("the longer calculations (only with --deep)")
    return tuple(told)
