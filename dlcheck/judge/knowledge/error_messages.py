"""What the message of a failed import, or the signal that ended it, means."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table

Cure = Literal["reinstall", "install", "upgrade", "renew", "complete", "unset", "conda", "brew", "system", "look"]


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What an error means, and how it is cured."""

    meaning: str
    cure: Cure
    causes: tuple[str, ...] = ()
    """Checks that name the cause itself."""
    install: str = ""
    """What is to be installed, for the cures that install something else than the library itself."""
    remove: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    """Variables that are to be taken away."""
    alone: bool = False
    """The message tells the fault where nobody says which library was imported, as in a line that was pasted."""
    advice: str = ""
    source: str = ""


class _Message(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    pattern: str


class _Signal(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    names: tuple[str, ...]


class _Table(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    messages: tuple[_Message, ...]
    signals: tuple[_Signal, ...]


_tables: list[_Table] = []


def table() -> _Table:
    """The table beside this file, read once."""
    if not _tables:
        _tables.append(read_table("error_messages", _Table))
    return _tables[0]


def meaning_of(message: str) -> Meaning | None:
    """What an exception's message, or a crash's last words, mean; None where the table does not know."""
    for row in table().messages:
        found = re.search(row.pattern, message)
        if found is not None:
            names = {name: text or "" for name, text in found.groupdict().items()}
            return msgspec.structs.replace(
                row, meaning=row.meaning.format(**names), install=row.install.format(**names) if row.install else ""
            )
    return None


def meaning_of_signal(name: str) -> Meaning | None:
    """What the end by a signal, or by a status of Windows, means; None where the table does not know."""
    return next((row for row in table().signals if name in row.names), None)
