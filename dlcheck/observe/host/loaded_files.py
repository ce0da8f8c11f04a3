"""Which file a library really came from, told in the process that loaded it."""

from __future__ import annotations

import contextlib
from pathlib import Path


def loaded_file(part: str) -> str:
    """The mapped file whose name holds `part`: what the loader really took; "" where that cannot be told."""
    with contextlib.suppress(OSError):
        return parse_maps(Path("/proc/self/maps").read_text(errors="replace"), part)
    return ""


def parse_maps(text: str, part: str) -> str:
    """The first path in /proc/<pid>/maps whose last name holds `part`."""
    for line in text.splitlines():
        _, slash, path = line.partition("/")
        if slash and part in path.rpartition("/")[2]:
            return "/" + path.removesuffix(" (deleted)")
    return ""
