"""Versions, numbers and yes or no as people and tools write them."""

from __future__ import annotations

import re

VERSION = (
    r"(\d{1,4}\.\d{1,4}(?:\.\d{1,8}){0,2}(?:\.?(?:dev|post)\d{1,8}|a\d{1,3}|b\d{1,3}|rc\d{1,3})?(?:\+[\w.]{1,40})?)"
)
"""A PEP 440 version as frameworks have them: "2.6.0+cu124", "1.14.0.dev20221110", "1.4.0a0+013ca32"."""
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}){1,4}")
_VERSION = re.compile(VERSION)
_CUDA = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?:\.\d{1,4}){0,2}(?![\d.])")
DRIVER = r"(?<![\d.])(\d{3}\.\d{2,3}(?:\.\d{1,3})?)(?![\d.]*\d)"
_DRIVER = re.compile(DRIVER)


def number_in(words: str) -> str | None:
    """The first dotted number: "version 3.23.1" → "3.23.1"."""
    found = _NUMBER.search(words)
    return found.group(0) if found else None


def version_in(words: str) -> str | None:
    """The first version: "v2.1.0+cu118 (True)" → "2.1.0+cu118"; the plus may be forgotten: "1.8.2cu111"."""
    found = _VERSION.search(words)
    if found is None:
        return None
    tag = re.match(r"[ _-]?(cu\d{2,3}|cpu)\b", words[found.end() :])
    return f"{found.group(1)}+{tag.group(1)}" if tag and "+" not in found.group(1) else found.group(1)


def cuda_in(words: str) -> str | None:
    """The first number that can be a CUDA version, by its first two parts: "11.3.109" → "11.3"."""
    for found in _CUDA.finditer(words):
        if 5 <= int(found.group(1)) <= 20:
            return f"{found.group(1)}.{found.group(2)}"
    return None


def cuda_of_tag(tag: str) -> str | None:
    """The CUDA in a tag: "cu118", "cuda11.8", "cu92" → "11.8", "9.2"."""
    if found := re.search(r"cu(?:da)?_?(\d{1,2})\.(\d{1,2})", tag):
        return f"{found.group(1)}.{found.group(2)}"
    if found := re.search(r"cu(?:da)?_?(\d{1,2})(\d)(?!\d)", tag):
        return f"{found.group(1)}.{found.group(2)}"
    return None


def driver_in(words: str) -> str | None:
    """The first number that can be an NVIDIA driver's version."""
    found = _DRIVER.search(words)
    return found.group(1) if found else None


def yes_or_no(words: str) -> bool | None:
    """Words such as "True", "yes" and "No" as a truth; None where it is neither."""
    small = words.strip().strip("'\"").lower()
    if re.match(r"(?:yes|true)\b", small):
        return True
    return False if re.match(r"(?:no|false)\b", small) else None
