"""What programs say while they run, and the check that explains it."""

from __future__ import annotations

from functools import cache

import msgspec

from dlcheck.judge.knowledge.complaints import says
from dlcheck.judge.knowledge.tables import Table, read_table


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a program, and the check that says what they mean."""

    check: str
    says: tuple[str, ...]
    """Any of these stands in one line, in small letters; of "a … b" both parts, in that order."""
    never: tuple[str, ...] = ()
    """Where one of these stands in the line too, it means something else."""
    source: str
    """The page where the words stand."""

    def fits(self, small: str) -> bool:
        """Does this line, in small letters, say it?"""
        return any(says(small, words) for words in self.says) and not any(says(small, words) for words in self.never)


class ProgramWords(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """program_words.toml."""

    words: tuple[Words, ...]


@cache
def program_words() -> tuple[Words, ...]:
    """All rows, the surer ones first."""
    return read_table("program_words", ProgramWords).words


def is_said(line: str, check: str) -> bool:
    """Does this line complain of what that check is about? KeyError where the table has no such check."""
    rows = [one for one in program_words() if one.check == check]
    if not rows:
        raise KeyError(check)
    small = line.lower()
    return any(one.fits(small) for one in rows)


def explained_by(line: str) -> tuple[str, ...]:
    """Ids of the checks that explain this line."""
    small = line.lower()
    return tuple(dict.fromkeys(one.check for one in program_words() if one.fits(small)))
