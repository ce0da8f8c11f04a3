"""A Drift: what differs between two documents of machines, grouped by what matters."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import ForeignText, Path

DRIFT_SCHEMA = "dlcheck.drift/1"

Group = Literal[
    "verdicts", "driver", "kernel", "cuda", "frameworks", "python", "packages", "hardware", "limits", "system"
]
GROUP_TITLES: dict[Group, str] = {
    "verdicts": "Verdicts",
    "driver": "Driver",
    "kernel": "Kernel and operating system",
    "cuda": "CUDA",
    "frameworks": "Frameworks",
    "python": "Python",
    "packages": "Packages",
    "hardware": "Hardware",
    "limits": "Limits",
    "system": "Tools and surroundings",
}
"""In the order in which they matter."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two documents."""

    name: Path
    """The file it was read from; "this machine, now" for a look that was just taken."""
    taken_at: str = ""
    """UTC, ISO 8601."""
    dlcheck: str = ""
    machine: str = ""
    """For a person: the operating system and the processor."""
    python: Path = ""
    """The judged interpreter."""
    verdict: str = ""
    """"" where nobody judged it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that is not as it was."""

    group: Group
    key: ForeignText
    """By which it can be allowed: "packages.distributions.version:numpy"."""
    words: ForeignText
    """For a person: "numpy"."""
    before: ForeignText
    """"" where there was nothing."""
    after: ForeignText
    """"" where there is nothing any more."""
    allowed_by: ForeignText = ""
    """The line of the allowances that expects it."""


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """All changes from the one to the other, in the order in which they matter."""

    schema: str = DRIFT_SCHEMA
    before: Side
    after: Side
    changes: tuple[Change, ...] = ()
    compared: int = 0
    """How many facts were seen on both sides."""
    not_compared: tuple[ForeignText, ...] = ()
    """Phrases: what only one of them looked at, or what was taken out of one of them."""
    unused: tuple[ForeignText, ...] = ()
    """Allowances that nothing needed."""

    @property
    def unexpected(self) -> tuple[Change, ...]:
        """Those that no allowance expects."""
        return tuple(change for change in self.changes if not change.allowed_by)

    def of(self, group: Group) -> tuple[Change, ...]:
        """The changes of one group."""
        return tuple(change for change in self.changes if change.group == group)
