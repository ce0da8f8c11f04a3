"""Which facts are compared, in which group and words: the table `facts.toml`, strictly typed."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from dlcheck.model.drift import Group


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of facts as a whole."""

    words: str
    stands: str
    """The fact that stands for all of it; "" where none does."""
    group: Group


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    groups: dict[Group, dict[str, str]]
    """Group → path of a field → its words."""
    probes: dict[str, Whole]
    left_out: dict[str, tuple[str, ...]]
    """Why → patterns of paths."""


class Told(msgspec.Struct, frozen=True):
    """How one field is told."""

    group: Group
    words: str


@cache
def table() -> Facts:
    """The table as it is shipped."""
    text = (resources.files(__package__) / "facts.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Facts)


@cache
def told() -> dict[str, Told]:
    """Path of a field → how it is told. What is not here is left out."""
    return {path: Told(group, words) for group, paths in table().groups.items() for path, words in paths.items()}
