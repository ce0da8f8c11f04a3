"""Reading a table that is shipped beside this file: TOML, strictly typed, with its source and the day it was read."""

from __future__ import annotations

import pkgutil
from datetime import date
from typing import TypeVar

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table states of itself."""

    source: str
    """Where its facts come from."""
    read: date
    """When they were read there."""


T = TypeVar("T", bound=Table)


def read_table(name: str, kind: type[T]) -> T:
    """The table `name`.toml. Raises msgspec.ValidationError where it does not fit its type: a defect of ours."""
    return msgspec.toml.decode(text_of(name), type=kind)


def text_of(name: str) -> bytes:
    """The text of `name`.toml. By pkgutil, since importlib.resources costs a short run 5 % of its time."""
    text = pkgutil.get_data(__package__, f"{name}.toml")
    assert text is not None
    return text
