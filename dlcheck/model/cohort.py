"""A Cohort: many machines. Who is ready, what keeps the others, what hardware there is, who has not answered."""

from __future__ import annotations

from typing import Literal

import msgspec

COHORT_SCHEMA = "dlcheck.cohort/1"

Standing = Literal["ready", "ready-with-warnings", "not-ready", "unknown", "damaged", "superseded"]
"""damaged     the document cannot be read
superseded  the same person sent a later one, or the same document is there twice; it counts nowhere
The others are the verdict.
"""
STANDING_WORDS: dict[Standing, str] = {
    "ready": "ready",
    "ready-with-warnings": "ready, with warnings",
    "not-ready": "not ready",
    "unknown": "not determined",
    "damaged": "damaged document",
    "superseded": "superseded",
}
READY: tuple[Standing, ...] = ("ready", "ready-with-warnings")


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One document: a machine, or something that cannot be read as one."""

    name: str
    """The file it came from, without its ending; "report-" and an anonymous id where it has no file of its own."""
    standing: Standing
    person: str = ""
    """The name on the roster that it belongs to."""
    causes: tuple[str, ...] = ()
    """Ids of the root causes, in rank."""
    first: str = ""
    """What to do first."""
    os: str = ""
    cpu: str = ""
    cores: float = 0.0
    """That may be used."""
    ram_bytes: int = 0
    accelerator: str = ""
    """"NVIDIA GeForce RTX 4090", "Apple M2"; "" for none."""
    accelerator_bytes: int = 0
    driver: str = ""
    python: str = ""
    framework: str = ""
    """"PyTorch 2.13.0+cpu"."""
    profile: str = ""
    taken_at: str = ""
    """UTC, ISO 8601."""
    problem: str = ""
    """Why the document cannot be read, or by which it is superseded."""

    @property
    def who(self) -> str:
        """The person, else the document's name."""
        return self.person or self.name


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One root cause and everybody who has it."""

    id: str
    title: str = ""
    fix: str = ""
    """The first way to mend it, as the first report that has it says."""
    blocks: int = 0
    """For how many of them it is a failure, not a warning."""
    who: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many have the same."""

    value: str
    count: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of one kind among the machines, the commonest first."""

    name: str
    counts: tuple[Count, ...] = ()


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """The names that were expected, and what became of them."""

    expected: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    """Documents that belong to none of the names."""
    ambiguous: tuple[str, ...] = ()
    """Documents that could belong to several of them, each with their names."""


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """The whole class."""

    schema: str = COHORT_SCHEMA
    members: tuple[Member, ...] = ()
    standings: dict[Standing, int] = {}
    causes: tuple[Cause, ...] = ()
    """The commonest first."""
    spreads: tuple[Spread, ...] = ()
    roster: tuple[Roster, ...] = ()
    """One, where names were expected."""
    passed_over: int = 0
    """Files that are no JSON, which were not opened."""

    @property
    def counted(self) -> int:
        """How many machines there are: documents that can be read and are not superseded."""
        return sum(count for standing, count in self.standings.items() if standing not in ("damaged", "superseded"))

    @property
    def ready(self) -> int:
        """How many of them are ready."""
        return sum(self.standings.get(standing, 0) for standing in READY)
