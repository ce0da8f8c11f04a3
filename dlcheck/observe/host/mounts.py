"""Mounted file systems: which one a path lies on, told without touching it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from dlcheck.model.gaps import known
from dlcheck.observe import child, files

NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs",
        "panfs", "pvfs2", "orangefs", "sshfs", "afpfs", "webdav", "davfs", "autofs", "wekafs", "vastnfs",
    }
)  # fmt: skip
"""File systems whose server may be away. autofs mounts one when it is touched."""

LOCAL_FUSE = ("fuse.overlayfs", "fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.snapfuse", "fuse.squashfuse")
"""Of the file systems that a program serves, those that stay on this machine; the others (sshfs, gcsfuse, s3fs, Google
Drive) may wait for a server."""


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """One mounted file system."""

    point: str
    kind: str
    """"ext4", "nfs4", "overlay"."""
    source: str = ""
    root: str = "/"
    """The folder of the file system that is mounted: another than / for bind mounts and cgroups."""
    options: tuple[str, ...] = ()
    super_options: tuple[str, ...] = ()

    @property
    def network(self) -> bool:
        """May touching it wait for a server? 9p and virtiofs are shares of the machine below, but 9p over TCP."""
        if self.kind.startswith("fuse.") and self.kind not in LOCAL_FUSE:
            return True
        return self.kind in NETWORK or (self.kind == "9p" and "trans=tcp" in self.super_options)

    @property
    def of_windows(self) -> bool:
        """A drive of Windows, seen from WSL."""
        if self.kind == "drvfs":
            return True
        named = any("aname=drvfs" in one for one in self.super_options)
        return (self.kind == "9p" and named) or (self.kind == "virtiofs" and self.source.startswith("drvfs"))


def read(root: Path) -> tuple[Mount, ...]:
    """This process's mounts; empty where they cannot be read."""
    return parse(known(files.read(root / "proc/self/mountinfo")) or "")


def parse(text: str) -> tuple[Mount, ...]:
    """The lines of /proc/self/mountinfo (proc(5)); a damaged line is left out."""
    found = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if not dash or len(left) < 6 or len(right) < 2:
            continue
        found.append(
            Mount(
                point=_unescape(left[4]),
                kind=right[0],
                source=_unescape(right[1]),
                root=_unescape(left[3]),
                options=tuple(left[5].split(",")),
                super_options=tuple(right[2].split(",")) if len(right) > 2 else (),
            )
        )
    return tuple(found)


def _unescape(word: str) -> str:
    """Turn blanks that were written as three octal digits into themselves again."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), word)


def of(path: str, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that a path without links lies on: the longest mount point above it, of equals the last mounted."""
    best: Mount | None = None
    for mount in mounts:
        point = mount.point.rstrip("/") + "/"
        if (path.rstrip("/") + "/").startswith(point) and (
            best is None or len(mount.point.rstrip("/")) >= len(best.point.rstrip("/"))
        ):
            best = mount
    return best


def ask_macos(seconds: float) -> tuple[Mount, ...]:
    """macOS' mounts, by /sbin/mount, which does not wait for servers."""
    return parse_macos(child.run(["/sbin/mount"], seconds=seconds).stdout)


def parse_macos(text: str) -> tuple[Mount, ...]:
    """Lines like "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)"."""
    found = re.findall(r"^(.*?) on (/.*) \(([^()]*)\)$", text, re.MULTILINE)
    return tuple(
        Mount(point=point, kind=words.split(", ")[0], source=source, options=tuple(words.split(", ")[1:]))
        for source, point, words in found
    )
