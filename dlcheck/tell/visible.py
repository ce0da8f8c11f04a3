"""Foreign text made visible: nothing in it can act on a terminal, hide itself or pose as text of ours."""

from __future__ import annotations

import unicodedata

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
"""Categories of Unicode that show nothing: controls, formats (with those that turn the direction of writing),
lone surrogates, private and unassigned characters, line and paragraph separators, spaces that are none."""
SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
"""Those of the last category: in prose they are spaces, in a command they are a trap."""

ASCII: dict[int, str] = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "→": "->", "×": "x", "·": "-",
        "≥": ">=", "≤": "<=", "≠": "!=", "±": "+-", "°": " deg", "²": "^2", "µ": "u", "μ": "u", "•": "*",
    }
)  # fmt: skip
"""How our own typography is written in ASCII; every other character becomes its escape."""


def visible(text: str, unicode: bool = True) -> str:
    """One line of text in which every character can be seen: ESC as ␛, or as its escape. Tabs become spaces."""
    text = text.replace("\t", "  ").translate(SPACES)
    return exactly(text if unicode else text.translate(ASCII), unicode)


def exactly(text: str, unicode: bool = True) -> str:
    """The same for a command: what can be printed stays as it is, and nothing is put in nicer words."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(character, unicode) for character in text)


def columns(text: str) -> int:
    """How many columns of a terminal a visible text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def visible_lines(text: str, unicode: bool = True) -> list[str]:
    """The lines of a text that may have several, each made visible; empty ones are left out."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [visible(line.rstrip(), unicode) for line in lines if line.strip()]


def _seen(character: str, unicode: bool) -> str:
    code = ord(character)
    if character == " ":
        return character
    if unicode:
        if code < 0x20:
            return chr(0x2400 + code)
        if code == 0x7F:
            return "␡"
    if (not unicode and code > 0x7E) or unicodedata.category(character) in HIDDEN:
        return character.encode("unicode_escape").decode()
    return character
