"""AMD GPUs: the amdgpu module, the compute driver's nodes, and which ROCm is installed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dlcheck.model.devices import Amd
from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, seen
from dlcheck.observe.context import Context
from dlcheck.observe.host import device_files, pci

VENDOR = 0x1002
KFD = "/dev/kfd"
OVERRIDE = "HSA_OVERRIDE_GFX_VERSION"


def probe(context: Context) -> Probed[Amd]:
    """Absent where there is neither an AMD GPU nor anything of ROCm."""
    bus = pci.on_bus(context)
    on_the_bus = bool(pci.cards(bus, "amd"))
    if not sys.platform.startswith("linux"):
        if not on_the_bus:
            return pci.none_of(bus, "no AMD GPU")
        return seen(Amd(gfx_override=context.environ.get(OVERRIDE, "")[:40]))
    root = Path("/")
    if not on_the_bus and not device_files.is_there(root, KFD) and not _rocm_folders(root, context.environ):
        return pci.none_of(bus, "no AMD GPU, no /dev/kfd, no ROCm")
    return seen(read(root, context.environ, os.getgroups(), os.getuid()))


def read(root: Path, environ: Mapping[str, str], group_numbers: Sequence[int], user: int) -> Amd:
    """The facts by the files below `root`, for a process with these groups."""
    nodes = device_files.render_nodes(root, VENDOR)
    known = device_files.groups(root)
    mine = device_files.named(group_numbers, known)
    closed = device_files.named(device_files.closed_owners(root, (KFD, *nodes)), known)
    listed = device_files.listed_for(device_files.user_name(root, user, environ.get("USER", "")), known)
    return Amd(
        module_loaded=(root / "sys/module/amdgpu").is_dir(),
        module_version=_text(root / "sys/module/amdgpu/version") or ABSENT,
        kfd=device_files.is_there(root, KFD),
        kfd_accessible=device_files.all_open(root, (KFD,)),
        render_accessible=device_files.all_open(root, nodes),
        gfx=_gfx(root),
        rocm_version=_rocm_version(root, environ),
        user_groups=mine,
        closed_groups=closed,
        pending_groups=tuple(name for name in closed if name in listed and name not in mine),
        gfx_override=environ.get(OVERRIDE, "")[:40],
    )


def parse_properties(text: str) -> dict[str, int]:
    """A node's `properties` in KFD's topology: lines like "gfx_target_version 110000"."""
    pairs = (line.split() for line in text.splitlines())
    return {words[0]: int(words[1]) for words in pairs if len(words) == 2 and words[1].isdecimal()}


def gfx_name(target: int) -> str:
    """The name gfx1100 of 110000, gfx90a of 90010: major, minor, stepping, the last two as hexadecimal digits."""
    return f"gfx{target // 10000}{target // 100 % 100:x}{target % 100:x}"


def _gfx(root: Path) -> Maybe[tuple[str, ...]]:
    """One name a GPU, in the order of KFD's nodes. Nodes without SIMD units are processors."""
    nodes = root / "sys/class/kfd/kfd/topology/nodes"
    if not nodes.is_dir():
        return Missing("absent", "the kernel's compute driver (KFD) shows no topology")
    found = []
    for folder in sorted(nodes.iterdir(), key=lambda path: (len(path.name), path.name)):
        properties = parse_properties(_text(folder / "properties"))
        if properties.get("simd_count") and properties.get("gfx_target_version"):
            found.append(gfx_name(properties["gfx_target_version"]))
    return tuple(found)


def _rocm_folders(root: Path, environ: Mapping[str, str]) -> list[Path]:
    named = [Path(environ["ROCM_PATH"])] if environ.get("ROCM_PATH") else []
    versions = sorted((root / "opt").glob("rocm-[0-9]*"), reverse=True)
    return [folder for folder in (*named, root / "opt/rocm", *versions) if folder.is_dir()]


def _rocm_version(root: Path, environ: Mapping[str, str]) -> Maybe[str]:
    folders = _rocm_folders(root, environ)
    for folder in folders:
        found = re.match(r"\d+(?:\.\d+)+", _text(folder / ".info/version"))
        if found:
            return found.group()
    return Missing("broken", f"{folders[0]} holds no .info/version") if folders else ABSENT


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(65536).decode("utf-8", "replace").strip()
    except OSError:
        return ""
