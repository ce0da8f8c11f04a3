"""How an installer is told to take packages from another index than the configured one."""

from __future__ import annotations

import re

from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.model.gaps import known
from dlcheck.model.snapshot import Snapshot

TORCH_WHEELS = re.compile(r"https://download\.pytorch\.org/whl/([a-z0-9.]+)")
UV_BACKENDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("0.7.14", ("cpu", "cu118", "cu124", "cu126", "cu128", "xpu")),
    ("0.13.9", ("cu129", "cu130", "cu132", "rocm6.4", "rocm7.1", "rocm7.2")),
)
"""From this uv on it knows these builds by name: https://github.com/astral-sh/uv releases 0.7.14 and 0.8.13, and the
list that `uv pip install --help` of 0.13.9 prints, read 2026-11-22."""


def index_flags(snapshot: Snapshot, index_url: str, *, uv: bool) -> tuple[str, ...]:
    """Options that take packages from that index; none for "".

    A uv that is new enough is given the build's name: it then takes PyTorch's own packages from there, and all others
    from where they always come from.
    """
    if not index_url:
        return ()
    found = TORCH_WHEELS.fullmatch(index_url) if uv else None
    if found and uv_knows(snapshot, found.group(1)):
        return (f"--torch-backend={found.group(1)}",)
    return ("--index-url", index_url)


def uv_knows(snapshot: Snapshot, variant: str) -> bool:
    """Does the uv on PATH know this build of PyTorch by name?"""
    tools = snapshot.tools.value
    tool = tools.find("uv") if tools else None
    version = numbers((known(tool.version) if tool else None) or "")
    since = next((first for first, variants in UV_BACKENDS if variant in variants), "")
    return bool(version and since) and at_least(version, numbers(since))
