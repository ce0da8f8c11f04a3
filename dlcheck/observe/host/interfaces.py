"""Network interfaces that distributed training is told to use: are they there?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

CHOOSING = ("NCCL_SOCKET_IFNAME", "GLOO_SOCKET_IFNAME", "TP_SOCKET_IFNAME")
LONGEST = 15
"""Linux allows no longer name of an interface (IFNAMSIZ)."""


def missing(root: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What is asked for in vain, as "VARIABLE=name"; nothing where the interfaces cannot be listed."""
    if not any(environ.get(name) for name in CHOOSING):
        return ()
    try:
        there = [path.name for path in (root / "sys/class/net").iterdir()]
    except OSError:
        return ()
    found = []
    for variable in CHOOSING:
        names = wanted(environ.get(variable, ""))
        if names and not any(has(there, name, exactly) for name, exactly in names):
            found += [f"{variable}={name}" for name, _ in names]
    return tuple(found)


def wanted(value: str) -> list[tuple[str, bool]]:
    """The names in such a variable, and whether the whole name is meant: "=eth0,eth1" is exact, "eth" a beginning.

    "^docker" leaves interfaces out and asks for none (docs.nvidia.com/deeplearning/nccl, NCCL_SOCKET_IFNAME).
    """
    if value.startswith("^"):
        return []
    exactly = value.startswith("=")
    names = (part.strip() for part in value.lstrip("=").split(","))
    return [(name, exactly) for name in names if re.fullmatch(rf"[\w.:-]{{1,{LONGEST}}}", name)]


def has(there: list[str], name: str, exactly: bool) -> bool:
    """Is there such an interface?"""
    return any(one == name if exactly else one.startswith(name) for one in there)
