"""NVIDIA: the driver's files, then NVML in a child. Absent only where nothing of NVIDIA is there at all."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from dlcheck.model.devices import Nvidia, NvidiaGpu, Pci
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, seen, unseen
from dlcheck.observe import ask
from dlcheck.observe.context import Context
from dlcheck.observe.host import kernel_log, nvidia_files, nvml, pci

PROGRAM = "dlcheck.observe.host.nvml"
ANSWERED = ("nvml_library", "nvml_code", "nvml_version", "driver_version", "driver_cuda", "blocked_nodes")
"""Fields that NVML's child answers, besides those of each GPU."""
OPENED = ("/dev/nvidiactl", "/dev/nvidia-uvm")
"""Nodes that NVML's child opens for a trial: neither wakes a GPU."""


def probe(context: Context) -> Probed[Nvidia]:
    """Files first; a child is started only where they name a library to ask."""
    if sys.platform == "darwin":
        return unseen("absent", "there is no NVIDIA driver for macOS")
    bus = pci.on_bus(context)
    if sys.platform == "win32":
        return examine(context, nvidia_files.windows(context.environ), bus)
    return examine(context, nvidia_files.linux(Path("/"), context.environ), bus)


def examine(context: Context, files: Nvidia, bus: Probed[Pci]) -> Probed[Nvidia]:
    """All facts, from those of the files on."""
    cards = pci.cards(bus, "nvidia")
    libcuda = nvidia_files.libcuda(Path("/"), context.environ) if sys.platform.startswith("linux") else None
    if not (cards or libcuda or is_there(files)):
        return pci.none_of(bus, "no NVIDIA device, driver or library")
    files = msgspec.structs.replace(files, nvswitch=bool(bus.value and bus.value.nvswitches) or _switch_node(files))
    if sys.platform.startswith("linux"):
        files = _with_services(files, context.seconds())
    if isinstance(files.nvml_library, Missing):
        return seen(_without_nvml(files, [card.driver_version for card in cards]))
    nodes = [node for node in known_nodes(files) if node in OPENED and node not in files.unreadable_nodes]
    asked = {"library": files.nvml_library, "nodes": nodes}
    answered = ask.ask_own(PROGRAM, asked, seconds=context.seconds(), env=context.environ)
    ended = answered.ended
    return seen(merge(files, answered.facts, answered.gap), ended.seconds, None if answered.finished else ended.ending)


def is_there(files: Nvidia) -> bool:
    """Do the files alone show anything of NVIDIA's?

    WSL's /dev/dxg serves every vendor's GPU, a Windows machine's too: it counts with a library of NVIDIA's.
    """
    nodes = [node for node in known_nodes(files) if node.startswith("/dev/nvidia")]
    loaded = () if isinstance(files.modules_loaded, Missing) else files.modules_loaded
    return bool(
        nodes
        or files.tegra
        or isinstance(files.kernel_module_version, str)
        or isinstance(files.nvml_library, str)
        or any(name.startswith("nvidia") for name in loaded)
    )


def known_nodes(files: Nvidia) -> tuple[str, ...]:
    """The device nodes; none where they were not looked at."""
    return () if isinstance(files.device_nodes, Missing) else files.device_nodes


def merge(files: Nvidia, facts: Mapping[str, Any], gap: Missing) -> Nvidia:
    """The files' facts with NVML's answers. `gap` stands for all that the child did not come to answer."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(Nvidia)}
    told = {name: _fact(facts[name], kinds[name]) for name in ANSWERED if name in facts}
    for name in ("nvml_code", "driver_version", "driver_cuda"):
        told.setdefault(name, gap)
    if isinstance(told.get("blocked_nodes"), Missing):
        del told["blocked_nodes"]
    nvml_version = told.get("nvml_version", NOT_LOOKED)
    if isinstance(files.library_version, Missing) and isinstance(nvml_version, str):
        told["library_version"] = nvml_version
    if not told.get("nvml_library"):
        told.pop("nvml_library", None)
    return msgspec.structs.replace(files, **told, gpus=_gpus(facts, gap))


def _gpus(facts: Mapping[str, Any], gap: Missing) -> Maybe[tuple[NvidiaGpu, ...]]:
    count = facts.get("gpu_count")
    if not isinstance(count, int):
        return _fact(facts["gpus"], Missing) if "gpus" in facts else gap
    return tuple(_gpu(index, facts, gap) for index in range(count))


def _gpu(index: int, facts: Mapping[str, Any], gap: Missing) -> NvidiaGpu:
    code = facts.get(f"gpu.{index}.handle_code", 0)
    if code:
        gap = Missing("broken", nvml.words_of(code))
    fields: dict[str, Any] = {"index": index, "handle_code": code}
    for field in msgspec.structs.fields(NvidiaGpu):
        if field.name in fields:
            continue
        key = f"gpu.{index}.{field.name}"
        fields[field.name] = _fact(facts[key], field.type) if key in facts else gap
    return NvidiaGpu(**fields)


def _fact(value: Any, kind: Any) -> Any:
    """The answer as the model's type; nonsense is a gap."""
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return Missing("broken", f"NVML's answer makes no sense: {value}")  # and no document could hold it
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return Missing("broken", f"NVML's answer makes no sense: {error}")


def _without_nvml(files: Nvidia, windows_versions: list[Maybe[str]]) -> Nvidia:
    """The files' facts where there is no NVML to ask. `windows_versions`: the display drivers' as Windows counts."""
    gap = files.nvml_library
    told = [driver_version(version) for version in windows_versions if isinstance(version, str)]
    version = next((one for one in told if one), gap)
    return msgspec.structs.replace(files, nvml_code=gap, driver_version=version, driver_cuda=gap, gpus=gap)


def driver_version(windows: str) -> str:
    """NVIDIA's number in Windows': the last five digits of "32.0.15.6094" are 560.94; "" where there are fewer."""
    digits = re.sub(r"\D", "", windows)[-5:]
    return f"{int(digits[:3])}.{digits[3:]}" if len(digits) == 5 else ""


def _switch_node(files: Nvidia) -> bool:
    return "/dev/nvidia-nvswitchctl" in known_nodes(files)


def _with_services(files: Nvidia, seconds: float) -> Nvidia:
    lines = kernel_log.nvidia_lines(seconds)
    xids = lines if isinstance(lines, Missing) else kernel_log.parse_xids(lines)
    manager = fabric_manager(Path("/")) if files.nvswitch else ABSENT
    return msgspec.structs.replace(files, xids=xids, kernel_log=lines, fabric_manager=manager)


def fabric_manager(root: Path) -> Maybe[str]:
    """Is nv-fabricmanager among the processes? A container does not see the host's, which serves it as well."""
    names = []
    for path in (root / "proc").glob("[0-9]*/comm"):
        try:
            names.append(path.read_text(errors="replace").strip())
        except OSError:
            continue
    if any(name.startswith("nv-fabricmanage") for name in names):
        return "running"
    try:
        first = (root / "proc/1/comm").read_text(errors="replace").strip()
    except OSError:
        first = ""
    if first in ("systemd", "init"):
        return "not running"
    return Missing("not-looked", "the host's services are not visible from here")
