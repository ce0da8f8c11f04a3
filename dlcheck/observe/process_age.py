"""Since when this process has been running."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path


def seconds() -> float:
    """How long this process has been running; 0 where that is not told.

    Linux counts a process's start from boot in ticks of 10 ms; psutil makes a date of it by a boot time in whole
    seconds, which is up to a second off.
    """
    stat = Path("/proc/self/stat")
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        # The program's name stands in parentheses and may hold anything; the start is the 20th field after it.
        ticks = int(stat.read_text(errors="replace").rpartition(")")[2].split()[19])
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    import psutil

    with contextlib.suppress(psutil.Error):
        return max(0.0, time.time() - psutil.Process().create_time())
    return 0.0
