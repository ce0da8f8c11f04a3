"""The TOML files that are shipped with the judge: tables and profiles.

Python's parser reads a megabyte of TOML a second, and what one text is judged by would take an eighth of the time of
`dlcheck diagnose`. So shipped.json holds all of them as JSON (`make shipped` writes it), each with the checksum of the
TOML it was made of. The TOML is what counts: where it has another checksum, it is read itself.
"""

from __future__ import annotations

import pkgutil
import zlib
from functools import cache
from typing import TypeVar

import msgspec

T = TypeVar("T")

COMPILED = "shipped.json"


class Compiled(msgspec.Struct, frozen=True):
    """One file as JSON, and the checksum of the TOML."""

    checksum: int
    tables: msgspec.Raw


def decode(name: str, kind: type[T]) -> T:
    """The file of that name, without its ending: "knowledge/gpus". Raises msgspec.ValidationError where it is no kind.

    OSError where there is none of that name.
    """
    text = text_of(name)
    compiled = _compiled().get(name)
    if compiled is not None and compiled.checksum == checksum(text):
        return msgspec.json.decode(compiled.tables, type=kind)
    return msgspec.toml.decode(text, type=kind)


def text_of(name: str) -> bytes:
    """The TOML. By pkgutil: importlib.resources is slow to import. OSError where there is none of that name."""
    text = pkgutil.get_data("dlcheck.judge", f"{name}.toml")
    assert text is not None  # our loader can read files
    return text


def checksum(text: bytes) -> int:
    """What tells whether the JSON was made of this TOML."""
    return zlib.crc32(text)


@cache
def _compiled() -> dict[str, Compiled]:
    try:
        data = pkgutil.get_data("dlcheck.judge", COMPILED)
    except OSError:  # it is not there; the TOML is
        return {}
    return msgspec.json.decode(data or b"{}", type=dict[str, Compiled])
