"""What installers, shells, git, Jupyter and the network say when something fails, and which check judges that."""

from __future__ import annotations

from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.model.host import System
from dlcheck.model.report import Need

LIKELY = "cause-only-likely"
"""The check of an error that stands alone, and that no other check's title fits."""


class Complaint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of an error, the check whose fault they tell, and what is done about it."""

    check: str = LIKELY
    says: tuple[str, ...]
    """Any of these stands in one line, in small letters; of "a … b" both parts, in that order; with "$" at its end the
    line ends so."""
    system: tuple[System, ...] = ()
    """Only on these systems; "other": where the text does not tell."""
    cloud: tuple[str, ...] = ()
    """Only on these hosted platforms."""
    beside: tuple[str, ...] = ()
    """Any of these has to stand in the text's errors too."""
    never_beside: tuple[str, ...] = ()
    """Where one of these stands in the text's errors, the words mean something else."""
    python_untold: bool = False
    """Only where the text does not tell the Python's version, by which a check can judge."""
    weak: bool = False
    """The words come with other faults as well: they count where nothing else explains the failure."""
    advice: str
    steps: tuple[tuple[str, ...], ...] = ()
    """Commands that do it, in order."""
    needs: tuple[Need, ...] = ()
    source: str

    def may_stand_in(self, whole: str) -> bool:
        """Does the first part of any of its words stand in the text's errors, taken together?"""
        return any(words.partition(" … ")[0].rstrip("$") in whole for words in self.says)

    def line_of(self, errors: tuple[str, ...], small: tuple[str, ...]) -> str:
        """The first of a text's errors that says it; "" where none does. small: the same in small letters."""
        for line, lower in zip(errors, small, strict=True):
            if any(says(lower, words) for words in self.says):
                return line
        return ""

    def fits(self, small: tuple[str, ...], system: str, cloud: str) -> bool:
        """Do the system, the platform and the text's other errors agree with it?"""
        if self.system and system not in self.system:
            return False
        if self.cloud and cloud not in self.cloud:
            return False
        if self.beside and not any(says(line, words) for line in small for words in self.beside):
            return False
        return not any(says(line, words) for line in small for words in self.never_beside)


class _Table(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    complaints: tuple[Complaint, ...]


@cache
def complaints() -> tuple[Complaint, ...]:
    """What is said of a fault, whatever else the text tells."""
    return read_table("complaints", _Table).complaints


@cache
def lone_errors() -> tuple[Complaint, ...]:
    """What errors usually mean that stand alone: weaker than all that the text tells else."""
    return tuple(msgspec.structs.replace(one, weak=True) for one in read_table("lone_errors", _Table).complaints)


def says(line: str, words: str) -> bool:
    """Do these words stand in the line, in small letters? Of "a … b" both parts, in that order."""
    if words.endswith("$"):
        return line.rstrip(" .'").endswith(words[:-1])
    at = 0
    for part in words.split(" … "):
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True
