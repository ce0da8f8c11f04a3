"""RAM, swap, what the control group allows of it, and /dev/shm."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, seen, unseen
from dlcheck.model.host import Memory
from dlcheck.observe import files
from dlcheck.observe.context import Context
from dlcheck.observe.host import cgroup, session_limits
from dlcheck.observe.host.system import system


def probe(context: Context) -> Probed[Memory]:
    """The machine's memory, and how much of it this process may use."""
    if system() != "linux":
        return _by_psutil()
    text = files.read(context.root / "proc/meminfo")
    if isinstance(text, Missing):
        return unseen(text.gap, text.why)
    sizes = parse_meminfo(text)
    if "MemTotal" not in sizes:
        return unseen("broken", "/proc/meminfo does not tell the memory's size")
    limit = cgroup.memory_bytes(context.root)
    shm_total, shm_free = shared_memory(context.root / "dev/shm")
    return seen(
        Memory(
            total_bytes=sizes["MemTotal"],
            # Kernels before 3.14 do not tell what is available: free and cached together come near it.
            available_bytes=sizes.get("MemAvailable", sizes.get("MemFree", 0) + sizes.get("Cached", 0)),
            swap_total_bytes=sizes.get("SwapTotal", 0),
            cgroup_limit_bytes=int(limit.amount) if limit else ABSENT,
            cgroup_limit_source=limit.source if limit else "",
            shm_total_bytes=shm_total,
            shm_free_bytes=shm_free,
            address_space_limit_bytes=session_limits.address_space_bytes(),
            oom_kills=cgroup.oom_kills(context.root),
        )
    )


def parse_meminfo(text: str) -> dict[str, int]:
    """Bytes of each line like "MemTotal:       24668932 kB"."""
    found = re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)
    return {name: int(count) * 1024 for name, count in found}


def shared_memory(folder: Path) -> tuple[Maybe[int], Maybe[int]]:
    """Size and free bytes of /dev/shm, which worker processes of data loaders hand their batches through."""
    if not hasattr(os, "statvfs"):
        return ABSENT, ABSENT
    try:
        status = os.statvfs(folder)
    except FileNotFoundError:
        return ABSENT, ABSENT
    except OSError as error:
        gap = Missing("denied" if isinstance(error, PermissionError) else "broken", f"/dev/shm: {error.strerror}")
        return gap, gap
    return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize


def _by_psutil() -> Probed[Memory]:
    """macOS, Windows and the BSDs, which have neither control groups nor /dev/shm."""
    import psutil

    memory = psutil.virtual_memory()
    return seen(
        Memory(
            total_bytes=memory.total,
            available_bytes=memory.available,
            swap_total_bytes=psutil.swap_memory().total,
            cgroup_limit_bytes=ABSENT,
            shm_total_bytes=ABSENT,
            shm_free_bytes=ABSENT,
            address_space_limit_bytes=session_limits.address_space_bytes(),
            oom_kills=ABSENT,
        )
    )
