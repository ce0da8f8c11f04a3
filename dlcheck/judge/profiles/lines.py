"""Which line of a TOML text an error is about."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import msgspec

from dlcheck.model.profile import BenchFloor, Hardware, Profile, Regrade

TABLES: dict[str, type[msgspec.Struct]] = {
    "": Profile, "minimum": Hardware, "comfortable": Hardware, "grades": Regrade, "bench": BenchFloor,
}  # fmt: skip

TYPES = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "array": "a list",
    "object": "a table", "date": "a day (2027-04-30, without quotes)", "null": "nothing",
}  # fmt: skip
"""msgspec's names of types, for a person."""


def at_line(text: str, words: str) -> str:
    """The words of a validation error with the line it is about, and the nearest name where one is unknown.

    "Object contains unknown field `rma_bytes` - at `$.minimum`" → "line 7: …".
    """
    message, _, place = words.partition(" - at `$")
    path = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", place.rstrip("`")).strip(".")
    unknown = re.search(r"unknown field `([^`]*)`", message)
    keys = [key for key in path.split(".") if key]
    if unknown:
        keys.append(unknown[1])
        table = next((key for key in keys[:-1] if not key.isdigit()), "")
        message = f"there is no `{unknown[1]}` here"
        import difflib

        near = difflib.get_close_matches(unknown[1], TABLES.get(table, Profile).__struct_fields__, n=1)
        message += f"; did you mean `{near[0]}`?" if near else ""
    missing = re.search(r"missing required field `([^`]*)`", message)
    if missing:
        message = f"`{missing[1]}` is not given"
    message = _in_words(message, keys)
    line = line_of(text, keys)
    named = ".".join(keys)
    return f"{f'line {line}: ' if line else ''}{f'{named}: ' if named and not unknown else ''}{message}"


def _in_words(message: str, keys: list[str]) -> str:
    """A validation error in words that a person uses."""
    key = next((key for key in reversed(keys) if not key.isdigit()), "")
    if other := re.fullmatch(r"Invalid enum value (.*)", message):
        return f"{other[1]} is none of {', '.join(_words_of(keys, key))}"
    types = re.fullmatch(r"Expected `([^`]*)`, got `([^`]*)`", message)
    if not types:
        return message
    if key.endswith("_bytes"):
        return 'that is no size, such as "8 GiB"'
    if key == "compute_capability":
        return 'that is no compute capability, such as "8.0"'
    wanted = " or ".join(TYPES.get(part.strip(), part.strip()) for part in types[1].split("|"))
    return f"{wanted} is wanted, not {TYPES.get(types[2], types[2])}"


def _words_of(keys: list[str], key: str) -> list[str]:
    """The words that a key takes."""
    table = TABLES.get(keys[0], Profile)

    def words(kind: object) -> list[str]:
        return [one for part in get_args(kind) for one in ([part] if isinstance(part, str) else words(part)) if one]

    return words(get_type_hints(table).get(key))


def line_of(text: str, keys: list[str], value: str = "") -> int:
    """The line on which that key stands, or the nearest table above it; 0 where neither is found.

    value: a text in the list that the key holds, whose own line is then found.
    """
    table: list[str] = []
    counts: dict[str, int] = {}
    best = 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
        if header:
            table = [part.strip(" \"'") for part in header[2].split(".")]
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
                table.append(str(counts[header[2]]))
            if keys[: len(table)] == table:
                best = number
                if len(table) == len(keys):
                    return number
            continue
        found = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if found:
            whole = [*table, *(part.strip("\"'") for part in found[1].split("."))]
            if whole == keys[: len(whole)]:
                return _line_of_value(text, number, value) if value else number
    return best


def at_text(text: str, value: str) -> str:
    """How a message begins that is about the first line with the value in quotes: "line 7: "; or "", without one."""
    if f'"{value}"' not in text and f"'{value}'" not in text:
        return ""
    return f"line {_line_of_value(text, 1, value)}: "


def _line_of_value(text: str, start: int, value: str) -> int:
    """The line of a text in the list that begins on line `start`."""
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if f'"{value}"' in line or f"'{value}'" in line:
            return number
    return start
