"""A line of styled texts: wrapped between its words, written with escape codes where there is colour.

The one part of rich that the reports would need, without its import, which costs more than judging a text; what is
drawn while a person waits (dlcheck/cli/progress.py) is rich's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.tell.visible import columns

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36"}
"""ECMA-48, "Select Graphic Rendition", by the words of a style: "bold red"."""
RESET = "\x1b[0m"
WORD = re.compile(r"\s*\S+\s*")

Run = tuple[str, str]
"""A text without control characters, and its style; "" where it has none."""


class Line:
    """Runs of text, one after the other."""

    def __init__(self, *runs: Run) -> None:
        self.runs = [run for run in runs if run[0]]

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.runs)

    @property
    def columns(self) -> int:
        """How many columns of a terminal it takes."""
        return columns(self.plain)

    def __add__(self, other: Line) -> Line:
        """The one, then the other."""
        return Line(*self.runs, *other.runs)

    def wrapped(self, width: int) -> list[Line]:
        """Lines of at most that many columns, without the spaces at their ends; a word that is longer is divided."""
        plain = self.plain
        ends = [*_breaks(plain, width), len(plain)]
        return [self._part(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    def written(self, colour: bool) -> str:
        """As it is sent to the terminal, without the spaces at its end."""
        runs = self._part(0, len(self.plain)).runs
        return "".join(_coded(text, style) if colour and style else text for text, style in runs)

    def _part(self, start: int, end: int) -> Line:
        """From one character up to another, without the spaces at its end."""
        end = len(self.plain[:end].rstrip())
        found, at = [], 0
        for text, style in self.runs:
            found.append((text[max(0, start - at) : max(0, end - at)], style))
            at += len(text)
        return Line(*found)


def _coded(text: str, style: str) -> str:
    return f"\x1b[{';'.join(CODES[word] for word in style.split())}m{text}{RESET}"


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where new lines begin."""
    used = 0
    for found in WORD.finditer(text):
        word = found.group()
        length = columns(word.rstrip())
        if used + length <= width:
            used += columns(word)
        elif length <= width:
            if found.start():
                yield found.start()
            used = columns(word)
        else:
            at = found.start()
            for piece in _pieces(word, width):
                if at:
                    yield at
                at += len(piece)
                used = columns(piece)


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word in pieces of at most that many columns."""
    start, used = 0, 0
    for at, character in enumerate(word):
        wide = columns(character)
        if used + wide > width and at > start:
            yield word[start:at]
            start, used = at, 0
        used += wide
    yield word[start:]
