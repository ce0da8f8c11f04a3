"""More memory: a larger machine, WSL's share, or swap."""

from __future__ import annotations

from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import as_admin
from dlcheck.model.host import Memory
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

_LARGER: dict[str, str] = {
    "codespaces": "choose a larger machine: in the menu of the codespace, Change machine type, 4 cores or more",
    "colab": "choose a machine with more memory: Runtime, Change runtime type, High-RAM",
    "lightning": "switch the studio to a larger machine",
    "slurm": "ask for more in the job: --mem",
}


def more_ram(snapshot: Snapshot) -> tuple[Fix, ...]:
    """Where more memory is to be had for the asking."""
    cloud, os = snapshot.cloud.value, snapshot.os.value
    if os is not None and os.wsl:
        file = "%UserProfile%\\.wslconfig"
        title = f"give WSL more of the computer's memory: [wsl2] memory=12GB in {file}, then wsl --shutdown"
        return (Fix(title=title, source="https://learn.microsoft.com/windows/wsl/wsl-config"),)
    larger = _LARGER.get(cloud.platform) if cloud is not None else None
    return (Fix(title=larger),) if larger else ()


def swap_file(memory: Memory, snapshot: Snapshot) -> tuple[Fix, ...]:
    """A swap file, where Linux runs on a machine of one's own without any."""
    os = snapshot.os.value
    hosted = snapshot.container.value is not None or snapshot.cloud.value is not None
    if memory.swap_total_bytes or os is None or os.system != "linux" or os.wsl or hosted:
        return ()
    steps = (
        as_admin(snapshot, "fallocate", "-l", "8G", "/swapfile"),
        as_admin(snapshot, "chmod", "600", "/swapfile"),
        as_admin(snapshot, "mkswap", "/swapfile"),
        as_admin(snapshot, "swapon", "/swapfile"),
    )
    source = "https://man7.org/linux/man-pages/man8/swapon.8.html"
    title = "make swap of 8 GB, until the next start"
    return (
        Fix(title=title, commands=steps, needs=("admin",), verify=command(snapshot, "swapon", "--show"), source=source),
    )
