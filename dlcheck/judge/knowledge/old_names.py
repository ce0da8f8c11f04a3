"""Names that libraries no longer have, and from which release on."""

from __future__ import annotations

from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import at_least, numbers


class OldName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One name, and when it went."""

    name: str
    package: tuple[str, ...]
    gone: str
    back: str = ""
    instead: str

    def is_gone(self, version: str) -> bool:
        """Is it gone in this release of its package?"""
        there = numbers(version)
        return at_least(there, numbers(self.gone)) and not (self.back and at_least(there, numbers(self.back)))


class OldNames(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """old_names.toml."""

    name: tuple[OldName, ...]


@cache
def old_names() -> dict[str, OldName]:
    """Every name of the table."""
    return {one.name: one for one in read_table("old_names", OldNames).name}
