"""Which file a shared library's name leads to, by files alone: nothing is loaded into our process.

Linux' loader looks into LD_LIBRARY_PATH, then into its cache, then into its standard folders, and passes over files
built for another processor (ld.so(8)).
"""

from __future__ import annotations

import contextlib
import re
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

STANDARD_FOLDERS = (
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu",
    "lib/aarch64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "lib64",
    "usr/lib64",
    "lib",
    "usr/lib",
    "usr/local/lib",
)

CACHE_MAGIC = b"glibc-ld.so.cache1.1"
CACHE_HEADER, CACHE_ENTRY = 48, 24
"""Bytes; struct cache_file_new and file_entry_new of glibc's elf/cache.c and sysdeps/generic/dl-cache.h (2.43)."""


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A shared library's file."""

    path: str
    """Where it was found, by its name."""
    real: str
    """The file at the end of all links."""
    found_by: str
    """"LD_LIBRARY_PATH", "loader", or "folder": there, but the loader would not look there."""


def find(name: str, root: Path, environ: Mapping[str, str], folders: Sequence[str] = ()) -> Library | None:
    """The file that `name` ("libcuda.so.1") leads to. `folders`: where it may lie without the loader knowing."""
    return next(every(name, root, environ, folders), None)


def every(name: str, root: Path, environ: Mapping[str, str], folders: Sequence[str] = ()) -> Iterator[Library]:
    """All files of this name, in the loader's order."""
    wanted = _machine(Path(sys.executable))
    for path, found_by in _candidates(name, root, environ, folders):
        # An empty answer: not even our own interpreter is an ELF file that can be read, so nothing is passed over.
        if path.is_file() and (not wanted or _machine(path) == wanted):
            yield Library(path=str(path), real=_real(path), found_by=found_by)


def version_in_name(real: str) -> str:
    """The driver's version in "libcuda.so.570.124.06"; "" for "libcuda.so.1" and "libcuda.so.1.1"."""
    found = re.search(r"\.so\.(\d{2,}(?:\.\d+)+)$", real)
    return found.group(1) if found else ""


def parse_cache(data: bytes, name: str) -> list[str]:
    """Paths that the loader's cache (/etc/ld.so.cache) holds for a name, in its order; none in other data."""
    key = name.encode() + b"\0"
    start = data.find(CACHE_MAGIC)
    if start < 0 or key not in data:
        return []
    paths = []
    with contextlib.suppress(struct.error):
        (count,) = struct.unpack_from("<I", data, start + len(CACHE_MAGIC))
        for index in range(min(count, len(data) // CACHE_ENTRY)):
            _, at, value = struct.unpack_from("<iII", data, start + CACHE_HEADER + index * CACHE_ENTRY)
            if data.startswith(key, start + at):
                paths.append(data[start + value : data.find(b"\0", start + value)].decode("utf-8", "replace"))
    return paths


def _candidates(
    name: str, root: Path, environ: Mapping[str, str], folders: Sequence[str]
) -> Iterator[tuple[Path, str]]:
    for entry in library_path(environ):
        yield Path(entry) / name, "LD_LIBRARY_PATH"
    with contextlib.suppress(OSError):
        for path in parse_cache((root / "etc/ld.so.cache").read_bytes(), name):
            yield root / path.lstrip("/"), "loader"
    for folder in STANDARD_FOLDERS:
        yield root / folder / name, "loader"
    for folder in folders:
        yield root / folder / name, "folder"


def library_path(environ: Mapping[str, str]) -> list[str]:
    """The folders of LD_LIBRARY_PATH; an empty entry is the working folder."""
    value = environ.get("LD_LIBRARY_PATH", "")
    return [entry or "." for entry in re.split("[:;]", value)] if value else []


def _machine(path: Path) -> bytes:
    """Word size, byte order and processor of an ELF file; b"" of anything else."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        head = file.read(20)
        if head[:4] == b"\x7fELF" and len(head) == 20:
            return head[4:6] + head[18:20]
    return b""


def _real(path: Path) -> str:
    try:
        return str(path.resolve())
    except (OSError, RuntimeError):
        return str(path)
