"""Device nodes and the groups that may open them: by the files of Linux, without opening a node.

Names of groups are read from /etc/group and not asked of the C library, which may ask a network for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from dlcheck.model.gaps import Maybe, Missing


class Group(msgspec.Struct, frozen=True):
    """A line of /etc/group."""

    name: str
    number: int
    members: tuple[str, ...]


def render_nodes(root: Path, vendor: int) -> tuple[str, ...]:
    """Render nodes ("/dev/dri/renderD128") of one vendor's GPUs, by sysfs: they may be missing in /dev."""
    found = []
    for folder in sorted((root / "sys/class/drm").glob("renderD*")):
        try:
            number = int((folder / "device/vendor").read_text().strip(), 16)
        except (OSError, ValueError):
            continue
        if number == vendor:
            found.append(f"/dev/dri/{folder.name}")
    return tuple(found)


def is_there(root: Path, node: str) -> bool:
    """Is there such a node?"""
    return (root / node.lstrip("/")).exists()


def may_open(root: Path, node: str) -> bool:
    """May this user read and write it? By the kernel's own answer, which knows of access lists beyond groups."""
    return os.access(root / node.lstrip("/"), os.R_OK | os.W_OK)


def all_open(root: Path, nodes: Sequence[str]) -> Maybe[bool]:
    """May this user open every one of them? A gap where there is none."""
    there = [node for node in nodes if is_there(root, node)]
    if not there:
        return Missing("absent", f"no {nodes[0]} here" if nodes else "no render node")
    return all(may_open(root, node) for node in there)


def closed_owners(root: Path, nodes: Iterable[str]) -> tuple[int, ...]:
    """Numbers of the groups that own the nodes which this user may not open."""
    closed = (root / node.lstrip("/") for node in nodes if is_there(root, node) and not may_open(root, node))
    return tuple(dict.fromkeys(path.stat().st_gid for path in closed))


def groups(root: Path) -> list[Group]:
    """The groups in /etc/group."""
    try:
        return parse_groups((root / "etc/group").read_text(errors="replace"))
    except OSError:
        return []


def parse_groups(text: str) -> list[Group]:
    """Lines like "render:x:109:ada,grace"; others are passed over."""
    found = []
    for line in text.splitlines():
        words = line.split(":")
        if len(words) == 4 and words[2].isdecimal():
            found.append(Group(words[0], int(words[2]), tuple(name for name in words[3].split(",") if name)))
    return found


def named(numbers: Iterable[int], known: Iterable[Group]) -> tuple[str, ...]:
    """Names of groups; the number where a group has no name here."""
    names = {group.number: group.name for group in known}
    return tuple(names.get(number, str(number)) for number in numbers)


def listed_for(user: str, known: Iterable[Group]) -> tuple[str, ...]:
    """Groups whose list of members holds a user: what a fresh login would give."""
    return tuple(group.name for group in known if user and user in group.members)


def user_name(root: Path, number: int, otherwise: str = "") -> str:
    """The name of a user's number by /etc/passwd."""
    try:
        text = (root / "etc/passwd").read_text(errors="replace")
    except OSError:
        return otherwise
    for line in text.splitlines():
        words = line.split(":")
        if len(words) > 2 and words[2] == str(number):
            return words[0]
    return otherwise
