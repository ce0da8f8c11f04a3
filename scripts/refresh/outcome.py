"""What looking at a table's source brings, and what refreshing it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from scripts.refresh.package_index import Index
from scripts.refresh.web import Read


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look."""

    index: Index
    read: Read
    """For pages that are not of the package index."""
    today: date
    saved: Path | None = None
    """A page or file that a person saved, of a table whose source no program reads."""
    python: str = ""
    """An interpreter with a build of PyTorch to ask."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A table beside its source."""

    knows: str
    """The newest that it knows."""
    shown: str = ""
    """The newest that its source shows; "" where no program can look."""
    lacks: tuple[str, ...] = ()
    """What it should know and does not."""


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """A table's new text."""

    text: str
    left: tuple[str, ...] = ()
    """What was left as it was, and why."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """How one table is looked at and refreshed."""

    look: Callable[[Sources], Look]
    """Raises Unreadable."""
    refresh: Callable[[str, Sources], Refreshed] | None = None
    """(text, where to look) → new text. Raises Unreadable. None: it is refreshed by hand."""
    by_hand: str = ""
    """From which page, for what no program reads."""
