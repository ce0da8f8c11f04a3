"""Versions of drivers, toolkits and releases as tuples of numbers: "570.124.06" → (570, 124, 6)."""

from __future__ import annotations

import re
from functools import lru_cache

Version = tuple[int, ...]

_NUMBERS = re.compile(r"\s*v?(\d{1,9}(?:\.\d{1,9})*)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def numbers(text: str) -> Version:
    """The numbers a version begins with; empty where it begins with none. "2.13.0+cu130" → (2, 13, 0)."""
    found = _NUMBERS.match(text)
    return tuple(int(part) for part in found.group(1).split(".")) if found else ()


def at_least(have: Version, needed: Version) -> bool:
    """Is `have` the same as `needed` or newer? Missing parts count as 0: 580 is 580.0.0."""
    length = max(len(have), len(needed))
    return padded(have, length) >= padded(needed, length)


def padded(version: Version, length: int) -> Version:
    """The version with zeros appended up to that many parts."""
    return version + (0,) * (length - len(version))


def dotted(version: Version) -> str:
    """As it is written: (13, 0) → "13.0"."""
    return ".".join(str(part) for part in version)


def spans(pythons: str, python: Version) -> bool:
    """Is the Python among "3.10-3.13", told by its minor version? "" holds none."""
    oldest, _, newest = pythons.partition("-")
    return bool(newest) and numbers(oldest) <= python[:2] <= numbers(newest)


def allowed(version: str, versions: str) -> bool:
    """Is a version within a PEP 440 range? "" allows every one; a pin allows the whole line of its minor release.

    A line is known by its newest patch release alone, and what one of them runs on, the others do.
    """
    if not versions:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(versions)
    except InvalidSpecifier:
        return False
    pins = [numbers(one.version)[:2] for one in wanted if one.operator in ("==", "===") and "*" not in one.version]
    return numbers(version)[:2] in pins if pins else wanted.contains(version, prereleases=True)


def is_pin(versions: str) -> bool:
    """Does it name one version exactly?"""
    return versions.startswith("==") and "*" not in versions and "," not in versions
