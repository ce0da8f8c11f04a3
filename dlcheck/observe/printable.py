"""File names and variables may hold bytes that are no text; a document may not."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def printable(facts: T) -> T:
    """The same facts, each byte that is no text written as an escape. Unchanged where there is none."""
    try:
        msgspec.json.encode(facts)
    except UnicodeEncodeError:
        return msgspec.convert(_escaped(msgspec.to_builtins(facts)), type(facts))
    return facts


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(item) for item in value]
    return value
