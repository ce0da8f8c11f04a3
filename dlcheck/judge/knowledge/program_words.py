"""What programs say while they run, and the check that explains it."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a program, and the check that says what they mean."""

    check: str
    pattern: str
    """A regular expression, searched in one line of an error."""
    source: str
    """The page where the words stand."""


class ProgramWords(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """program_words.toml."""

    words: tuple[Words, ...]


@cache
def program_words() -> tuple[Words, ...]:
    """All rows, the surer ones first."""
    return read_table("program_words", ProgramWords).words


@cache
def pattern_of(check: str) -> str:
    """Whatever programs say that this check explains, as one regular expression. KeyError where there is no row."""
    found = [one.pattern for one in program_words() if one.check == check]
    if not found:
        raise KeyError(check)
    return "|".join(f"(?:{pattern})" for pattern in found)


def explained_by(line: str) -> tuple[str, ...]:
    """Ids of the checks that explain this line."""
    return tuple(dict.fromkeys(check for check, compiled in _compiled() if compiled.search(line)))


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one.check, re.compile(one.pattern)) for one in program_words())
