"""Since which release a package works with NumPy 2."""

from __future__ import annotations

from functools import cache

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import numbers

COMPLAINT = (
    r"(?is)compiled using NumPy 1|_ARRAY_API not found|numpy\.core\.(?:multiarray|umath) failed to import"
    r"|numpy\.dtype size changed.{0,80}Expected 96\b.{0,40}got 88|Numba needs NumPy 1"
)
"""What a module compiled for NumPy 1 makes NumPy 2 say. "Expected 16 from C header, got 96" is a harmless warning."""

TOO_OLD = "compiled against api version 0x"
"""In small letters: what a module says that was compiled for a newer NumPy than the one that is there."""
FIRST_PYTHON = (3, 9)
"""Of NumPy 2.0."""


class Numpy2(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Package → first release that works with NumPy 2."""

    first: dict[str, str]
    first_on_windows: dict[str, str]


@cache
def numpy2() -> Numpy2:
    """The whole table."""
    return read_table("numpy2", Numpy2)


def first_release(package: str, *, windows: bool = False) -> str:
    """The first release of a package that works with NumPy 2; "" where the table does not know the package."""
    table = numpy2()
    return (table.first_on_windows.get(package, "") if windows else "") or table.first.get(package, "")


def too_old(package: str, version: str, *, windows: bool = False) -> bool:
    """Was this release made for NumPy 1 only?"""
    first = first_release(package, windows=windows)
    return bool(first) and bool(numbers(version)) and numbers(version) < numbers(first)
