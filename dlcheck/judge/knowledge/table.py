"""Reading a table of knowledge: TOML beside this file, decoded strictly into its type, once."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_read: dict[str, object] = {}


def table(name: str, kind: type[T]) -> T:
    """The table in `<name>.toml`. A file that does not fit its type is a defect of ours and raises."""
    found = _read.get(name)
    if not isinstance(found, kind):
        text = (resources.files(__package__) / f"{name}.toml").read_text("utf-8")
        found = _read[name] = msgspec.toml.decode(text, type=kind)
    return found
