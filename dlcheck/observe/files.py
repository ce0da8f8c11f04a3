"""Reading a file of the machine: its text, or the gap that says why not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from dlcheck.model.gaps import Maybe, Missing

MAX_BYTES = 1024 * 1024
"""Of one file. /proc/cpuinfo of a machine with 512 processors has 800 kB."""


def read(path: Path, limit: int = MAX_BYTES) -> Maybe[str]:
    """The text of a file, at most `limit` bytes of it; what is not UTF-8 is replaced."""
    try:
        with binary(path) as file:
            return file.read(limit).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return Missing("absent", f"there is no {path}")
    except PermissionError:
        return Missing("denied", f"{path} may not be read")
    except (OSError, ValueError) as error:
        return Missing("broken", f"{path}: {error}")


def binary(path: Path | str) -> BinaryIO:
    """Open a file for reading, without waiting for the other end where a pipe lies in its place. Raises OSError."""
    return open(path, "rb", opener=_without_waiting)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def line(path: Path) -> str:
    """The first line of a small file, without blanks; "" where it cannot be read or is empty."""
    text = read(path, 4096)
    return "" if isinstance(text, Missing) else text.strip("\0 \t\r\n").partition("\n")[0].strip()
