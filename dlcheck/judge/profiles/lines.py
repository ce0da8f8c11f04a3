"""Which line of a TOML text an error is about."""

from __future__ import annotations

import re

import msgspec

from dlcheck.model.profile import BenchFloor, Hardware, Profile, Regrade

TABLES: dict[str, type[msgspec.Struct]] = {
    "": Profile, "minimum": Hardware, "comfortable": Hardware, "grades": Regrade, "bench": BenchFloor,
}  # fmt: skip


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
    line = line_of(text, keys)
    named = ".".join(keys)
    return f"{f'line {line}: ' if line else ''}{f'{named}: ' if named and not unknown else ''}{message}"


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


def _line_of_value(text: str, start: int, value: str) -> int:
    """The line of a text in the list that begins on line `start`."""
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if f'"{value}"' in line or f"'{value}'" in line:
            return number
    return start
