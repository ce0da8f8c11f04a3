"""Changes that a person expects, from a file: one line each.

    # a line that is a comment
    kernel                    every change of the fact of these words
    packages                  every change of this group
    numpy = 2.*               only to a value that fits
    packages.distributions.version:jupyter*

The left side is a group, a fact's words or its key, the right side the value afterwards; both may hold * and ?.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from dlcheck.model.drift import Change

LINE = re.compile(r"(?P<what>.*?)((^|\s+)(?P<equals>=)(\s+(?P<value>.*))?)?")


class AllowanceError(ValueError):
    """A line that cannot be an allowance, in one sentence."""


class Allowance(msgspec.Struct, frozen=True):
    """One line of the file."""

    line: str
    what: str
    """Pattern of the group, the words or the key."""
    value: str = "*"
    """Pattern of the value afterwards; "" is a thing that is gone."""


def parse(text: str) -> tuple[Allowance, ...]:
    """The allowances in a file's text. Raises AllowanceError."""
    found = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        parts = LINE.fullmatch(line)
        if parts is None or not parts["what"]:
            raise AllowanceError(f"line {number} says no fact before the =: {line}")
        value = (parts["value"] or "") if parts["equals"] else "*"
        found.append(Allowance(line, parts["what"].casefold(), value.casefold()))
    return tuple(found)


def expected(change: Change, allowances: Iterable[Allowance]) -> Allowance | None:
    """The first allowance that expects this change."""
    names = (change.group, change.words.casefold(), change.key.casefold())
    for one in allowances:
        fits = any(name == one.what or fnmatchcase(name, one.what) for name in names)
        if fits and fnmatchcase(change.after.casefold(), one.value):
            return one
    return None
