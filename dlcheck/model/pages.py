"""A Page of the guide, fitted to one machine: sections of sentences, commands and tables."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import ForeignText
from dlcheck.model.page_names import PageName
from dlcheck.model.report import Shell

Mark = Literal["", "pass", "note", "warn", "unknown"]


class Line(msgspec.Struct, frozen=True, kw_only=True, tag="line"):
    """A sentence or a few."""

    words: ForeignText
    mark: Mark = ""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A command as it is typed in one shell."""

    where: str
    """"Linux", "macOS", "Windows"."""
    shell: Shell
    text: str


class Task(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    """Something a person wants to do, and the command for it."""

    does: str
    here: Typed
    others: tuple[Typed, ...] = ()
    """On the other systems."""
    done: bool = False
    """This machine shows that it was done already."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table."""

    name: str
    cells: tuple[ForeignText, ...]
    mark: Mark = ""
    note: str = ""
    source: str = ""
    read: str = ""
    """The day its source was read, or the day the source states."""


class Table(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    """Rows of the same questions."""

    heads: tuple[str, ...]
    """Of the cells; a cell that is empty is left out."""
    rows: tuple[Row, ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a page."""

    title: str
    blocks: tuple[Line | Task | Table, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    name: PageName
    title: str
    here: str = ""
    """What it is fitted to: "Ubuntu 24.04, bash"."""
    sections: tuple[Section, ...]
