"""What the process's control group and those above it allow: memory and processor time, cgroup v1 and v2.

A limit of any ancestor binds. On login nodes it sits on the user's slice, in containers on the group that is mounted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dlcheck.model.gaps import ABSENT, Maybe, known
from dlcheck.observe import files
from dlcheck.observe.host import mounts
from dlcheck.observe.host.mounts import Mount

NO_LIMIT = 2**60
"""cgroup v1 writes a number near 2^63 where there is no limit."""


class Limit(msgspec.Struct, frozen=True):
    """The narrowest limit of its kind, and the file that sets it."""

    amount: float
    source: str
    """"memory.high of /user.slice/user-1000.slice"."""


def memory_bytes(root: Path) -> Limit | None:
    """The lowest memory limit: memory.max kills at it, memory.high slows to a crawl; v1 memory.limit_in_bytes."""
    limits = []
    for group, name in _groups(root, "memory"):
        for file in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            text = files.line(group / file)
            if text.isdigit() and int(text) < NO_LIMIT:
                limits.append(Limit(float(text), f"{file} of {name}"))
    return min(limits, key=lambda limit: limit.amount, default=None)


def oom_kills(root: Path) -> Maybe[int]:
    """Processes of the own group that were killed for memory: v2 memory.events, v1 memory.oom_control.

    Those of the groups above belong to others as well, and are not counted.
    """
    for group, _ in _groups(root, "memory"):
        for file in ("memory.events", "memory.oom_control"):
            found = re.search(r"^oom_kill (\d+)$", known(files.read(group / file)) or "", re.MULTILINE)
            if found:
                return int(found[1])
        return ABSENT
    return ABSENT


def processes(root: Path) -> Maybe[int]:
    """The lowest pids.max of the group and of those above it."""
    limits = [text for group, _ in _groups(root, "pids") if (text := files.line(group / "pids.max")).isdigit()]
    return min(map(int, limits)) if limits else ABSENT


def cpu_cores(root: Path) -> Limit | None:
    """The lowest CPU quota in cores: v2 cpu.max, v1 cpu.cfs_quota_us by cpu.cfs_period_us."""
    limits = []
    for group, name in _groups(root, "cpu"):
        cores = quota(
            files.line(group / "cpu.max")
            or f"{files.line(group / 'cpu.cfs_quota_us')} {files.line(group / 'cpu.cfs_period_us')}"
        )
        if cores is not None:
            limits.append(Limit(cores, f"CPU quota of {name}"))
    return min(limits, key=lambda limit: limit.amount, default=None)


def quota(text: str) -> float | None:
    """Cores of "150000 100000"; None of "max 100000", "-1 100000" and what is no quota."""
    words = text.split()
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[0]) > 0 and int(words[1]) > 0:
        return int(words[0]) / int(words[1])
    return None


def _groups(root: Path, controller: str) -> Iterator[tuple[Path, str]]:
    """The folders of the process's group and of each one above, for v2 and for v1's hierarchy of the controller."""
    own = parse_membership(known(files.read(root / "proc/self/cgroup")) or "")
    for mount in mounts.read(root):
        if mount.kind == "cgroup2":
            path = own.get("")
        elif mount.kind == "cgroup" and controller in mount.super_options:
            path = own.get(controller)
        else:
            continue
        if path is None:
            continue
        top = root / mount.point.lstrip("/")
        parts = below(path, mount)
        for count in range(len(parts), -1, -1):
            yield top.joinpath(*parts[:count]), "/" + "/".join(parts[:count])


def parse_membership(text: str) -> dict[str, str]:
    """Controller → path, of /proc/self/cgroup; v2's single group has the name ""."""
    found = {}
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if colon and number.isdigit():
            for controller in controllers.split(","):
                found[controller] = path
    return found


def below(path: str, mount: Mount) -> list[str]:
    """The steps from the mount point down to the group. None, where the group lies outside of what is mounted.

    In a container the mount shows only its own group, whose name outside (/docker/0f1e…) is the mount's root; in a
    cgroup namespace the path may begin with /.. and be out of sight.
    """
    base = mount.root.rstrip("/")
    if base and (path == base or path.startswith(base + "/")):
        path = path[len(base) :]
    elif base:
        return []
    parts = [part for part in path.split("/") if part]
    return [] if ".." in parts else parts
