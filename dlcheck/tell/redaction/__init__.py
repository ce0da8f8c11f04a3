"""What names the person, the machine or its folders is taken out of a document before it leaves.

By structure: the model marks which fields are paths, user names, host names, serials, names of the person's own,
addresses and free text. Keys, ids, versions and numbers are never touched. The home folder is written `~`, inside
quotes `$HOME`, so that the advised commands still run.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from dlcheck.model.report import Fix, Report
from dlcheck.model.texts import mapped
from dlcheck.tell.redaction.commands import CommandRedactor
from dlcheck.tell.redaction.private import Private, collect
from dlcheck.tell.redaction.words import Redactor

T = TypeVar("T", bound=msgspec.Struct)


def redact(document: T) -> T:
    """The same document without what is private; a Report says that it is redacted."""
    if isinstance(document, Report) and document.redacted:
        return document
    private = collect(document)
    clean = _Cleaner(private)
    redacted = mapped(document, clean.text, {Fix: clean.fix})
    if isinstance(redacted, Report):
        return msgspec.structs.replace(redacted, redacted=True)
    return redacted


class _Cleaner:
    """Each mark of the model with what becomes of it."""

    def __init__(self, private: Private) -> None:
        self._words = Redactor(private)
        self._commands = CommandRedactor(private)

    def text(self, kind: str, text: str) -> str:
        """A field of that kind."""
        return self._words.field(kind, text)

    def fix(self, fix: Fix) -> Fix:
        """A fix: its commands stay runnable, and what only the person knows stands in `ask`."""
        asked: list[str] = list(fix.ask)
        commands = tuple(self._commands.command(one, asked) for one in fix.commands)
        verify = self._commands.command(fix.verify, asked) if fix.verify is not None else None
        return msgspec.structs.replace(
            fix,
            title=self._words.field("text", fix.title),
            commands=commands,
            verify=verify,
            ask=tuple(dict.fromkeys(asked)),
        )
