"""Whose document is it? Names on a roster, found again in names of files, however a learning platform writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+")
CASE = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
"""Between the words of "AdaLovelace"."""


class Names:
    """The names of a roster."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(name for name in names if words(_local(name))))
        self._words = {name: words(_local(name)) for name in self.names}
        self._by_word: dict[str, list[str]] = {}
        for name, own in self._words.items():
            self._by_word.setdefault(min(own), []).append(name)

    def of(self, document: str) -> tuple[str, ...]:
        """The name that a document's name holds with the most words; several where it cannot be told, else none."""
        there = words(document)
        found = [name for word in there for name in self._by_word.get(word, ()) if self._words[name] <= there]
        most = max((len(self._words[name]) for name in found), default=0)
        best = [name for name in found if len(self._words[name]) == most]
        return tuple(sorted(best))


def parse(text: str) -> Names:
    """One name a line; lines that begin with # are comments."""
    lines = (line.strip() for line in text.splitlines())
    return Names(line for line in lines if line and not line.startswith("#"))


def words(name: str) -> frozenset[str]:
    """The words of a name, without case and accents, in no order: "Lovelace, Ada" is "ada_lovelace"."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return frozenset(WORD.findall(bare.casefold())) | frozenset(WORD.findall(CASE.sub(" ", bare).casefold()))


def _local(name: str) -> str:
    """Of an address, what stands before the @."""
    return name.partition("@")[0]
