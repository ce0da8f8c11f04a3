"""Reading a table that is shipped beside this file: TOML, strictly typed, with its source and the day it was read."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import msgspec

from dlcheck.judge import shipped


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table states of itself."""

    source: str
    """Where its facts come from."""
    read: date
    """When they were read there."""


T = TypeVar("T", bound=Table)


def read_table(name: str, kind: type[T]) -> T:
    """The table `name`.toml. Raises msgspec.ValidationError where it does not fit its type: a defect of ours."""
    return shipped.decode(f"knowledge/{name}", kind)
