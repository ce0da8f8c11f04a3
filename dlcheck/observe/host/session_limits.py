"""What the session may use: open files, processes and address space, as `ulimit` tells them."""

from __future__ import annotations

import os
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe
from dlcheck.observe import files


def open_files() -> Maybe[int]:
    """`ulimit -n`; absent without a limit and on Windows."""
    return _soft("RLIMIT_NOFILE")


def inotify(root: Path, name: str) -> Maybe[int]:
    """A number that the kernel keeps for inotify; absent where it has none."""
    text = files.line(root / "proc/sys/fs/inotify" / name)
    return int(text) if text.isdecimal() else ABSENT


def processes() -> Maybe[int]:
    """`ulimit -u`; absent without a limit, and for root, whom the kernel does not count."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return ABSENT
    return _soft("RLIMIT_NPROC")


def address_space_bytes() -> Maybe[int]:
    """`ulimit -v` in bytes; absent without a limit."""
    return _soft("RLIMIT_AS")


def _soft(name: str) -> Maybe[int]:
    try:
        import resource
    except ImportError:  # Windows
        return ABSENT
    kind = getattr(resource, name, None)
    if kind is None:
        return ABSENT
    soft = resource.getrlimit(kind)[0]
    return ABSENT if soft == resource.RLIM_INFINITY or soft < 0 else int(soft)
