"""Groups of facts that could have shown a failure and that nobody looked at: nothing is ready because of them."""

from __future__ import annotations

from collections.abc import Iterable

from dlcheck.judge.causes import Result
from dlcheck.judge.check import EACH
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
