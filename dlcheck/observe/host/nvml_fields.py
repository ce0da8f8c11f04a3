"""What NVML is asked of one GPU: a row a call, with the fields of NvidiaGpu it fills. Runs in the child of nvml.py.

`nv` is the module pynvml, `gpu` NVML's handle. A call returns one value a field, or raises.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[Any, Any], tuple[Any, ...]]

COMPUTE_MODES = ("default", "exclusive-thread", "prohibited", "exclusive-process")
FABRIC_STATES = ("not-supported", "not-started", "in-progress", "completed")
VIRTUALIZATION = ("none", "passthrough", "vgpu", "host-vgpu", "host-vsga")
THROTTLE_SAMPLES = 3
"""A reason that is no longer there a moment later came with a change of clocks, says nvml.h."""


def _of(words: tuple[str, ...], number: int) -> str:
    return words[number] if 0 <= number < len(words) else f"state {number}"


def one(function: str, *arguments: str, turn: Callable[[Any], Any] = lambda value: value) -> Call:
    """A call of one function, whose constants are named, and whose answer is turned into one value."""

    def call(nv: Any, gpu: Any) -> tuple[Any, ...]:
        return (turn(getattr(nv, function)(gpu, *(getattr(nv, name) for name in arguments))),)

    return call


def pci_address(nv: Any, gpu: Any) -> tuple[str]:
    """The address as sysfs writes it ("0000:01:00.0"); NVML writes "00000000:01:00.0"."""
    bus = nv.nvmlDeviceGetPciInfo(gpu).busId
    text = bus.decode("ascii", "replace") if isinstance(bus, bytes) else str(bus)
    return (re.sub(r"^0000(?=[0-9a-f]{4}:)", "", text.lower()),)


def memory(nv: Any, gpu: Any) -> tuple[int, int, int]:
    """Total, used and free bytes. What processes of ours hold just now counts as free."""
    try:
        # The second version does not count what the driver reserves for itself as used.
        told = nv.nvmlDeviceGetMemoryInfo(gpu, version=nv.nvmlMemory_v2)
    except (nv.NVMLError, AttributeError, TypeError):
        told = nv.nvmlDeviceGetMemoryInfo(gpu)
    own = 0
    with contextlib.suppress(nv.NVMLError):
        own = sum(one.usedGpuMemory or 0 for one in _processes(nv, gpu) if is_ours(one.pid))
    own = min(own, told.used)
    return told.total, told.used - own, told.free + own


def other_processes(nv: Any, gpu: Any) -> tuple[int, Any]:
    """How many processes compute on it, and with how many bytes; none that dlcheck started."""
    others = [one for one in _processes(nv, gpu) if not is_ours(one.pid)]
    sizes = [one.usedGpuMemory for one in others if one.usedGpuMemory is not None]
    if others and not sizes:
        return len(others), {"gap": "absent", "why": "this driver does not tell memory by process"}
    return len(others), sum(sizes)


def _processes(nv: Any, gpu: Any) -> list[Any]:
    return list(nv.nvmlDeviceGetComputeRunningProcesses(gpu))


@functools.lru_cache(maxsize=1024)
def is_ours(pid: int) -> bool:
    """Did dlcheck, which is this child's parent, start that process?"""
    if pid == os.getpid():
        return True
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        return any(parent.pid == os.getppid() for parent in psutil.Process(pid).parents())
    return False


def remapped_rows(nv: Any, gpu: Any) -> tuple[bool, bool]:
    """Is a row of memory to be replaced at the next reset; has replacing one failed?"""
    _, _, pending, failed = nv.nvmlDeviceGetRemappedRows(gpu)
    return bool(pending), bool(failed)


def mig_instances(nv: Any, gpu: Any) -> tuple[list[dict[str, Any]]]:
    """The slices of a GPU that is split; none of one that is not."""
    found: list[dict[str, Any]] = []
    if not nv.nvmlDeviceGetMigMode(gpu)[0]:
        return (found,)
    for index in range(nv.nvmlDeviceGetMaxMigDeviceCount(gpu)):
        with contextlib.suppress(nv.NVMLError):  # 6: there is no slice at this place
            part = nv.nvmlDeviceGetMigDeviceHandleByIndex(gpu, index)
            described = {"name": nv.nvmlDeviceGetName(part), "uuid": nv.nvmlDeviceGetUUID(part)}
            with contextlib.suppress(nv.NVMLError):
                described["memory_bytes"] = nv.nvmlDeviceGetMemoryInfo(part).total
            found.append(described)
    return (found,)


def throttle_bits(nv: Any, gpu: Any) -> tuple[int]:
    """The reasons that hold the clocks down, in every one of several looks."""
    try:
        ask = nv.nvmlDeviceGetCurrentClocksEventReasons
        bits = ask(gpu)
    except (AttributeError, nv.NVMLError) as error:
        if getattr(error, "value", 13) != 13:
            raise
        ask = nv.nvmlDeviceGetCurrentClocksThrottleReasons  # the call's name before driver 535
        bits = ask(gpu)
    for _ in range(THROTTLE_SAMPLES - 1):
        time.sleep(0.02)
        bits &= ask(gpu)
    return (int(bits),)


def fabric_state(nv: Any, gpu: Any) -> tuple[str]:
    """How far the GPU has come in joining the NVLink fabric that the fabric manager builds."""
    import ctypes

    told = nv.c_nvmlGpuFabricInfo_t()
    nv.nvmlDeviceGetGpuFabricInfo(gpu, ctypes.byref(told))
    # One byte in nvml.h, four in the Python structure.
    return (_of(FABRIC_STATES, told.state & 0xFF),)


def multiprocessors(nv: Any, gpu: Any) -> tuple[int]:
    """By NVML's own count where it has one, else by cores: how many make a multiprocessor, the architecture tells."""
    try:
        return (int(nv.nvmlDeviceGetAttributes(gpu).multiprocessorCount),)
    except (nv.NVMLError, AttributeError):
        cores = nv.nvmlDeviceGetNumGpuCores(gpu)
        return (cores // cores_per_multiprocessor(*nv.nvmlDeviceGetCudaComputeCapability(gpu)),)


def cores_per_multiprocessor(major: int, minor: int) -> int:
    """FP32 cores of one multiprocessor (CUDA C++ Programming Guide, "Compute Capabilities", 2026-11)."""
    return 64 if major == 7 or (major, minor) in ((6, 0), (8, 0)) else 128


def watts(milliwatts: int) -> float:
    """As NVML counts power in thousandths."""
    return milliwatts / 1000.0


USE: list[tuple[str, str, Call]] = [
    ("other_processes other_processes_bytes", "processes", other_processes),
    ("memory_total_bytes memory_used_bytes memory_free_bytes", "memory", memory),
]
"""Asked first, of every GPU."""

REST: list[tuple[str, str, Call]] = [
    ("name", "name", one("nvmlDeviceGetName")),
    ("uuid", "UUID", one("nvmlDeviceGetUUID")),
    ("pci_address", "PCI address", pci_address),
    ("compute_capability", "compute capability", one("nvmlDeviceGetCudaComputeCapability", turn=list)),
    ("compute_mode", "compute mode", one("nvmlDeviceGetComputeMode", turn=lambda mode: _of(COMPUTE_MODES, mode))),
    ("persistence_mode", "persistence mode", one("nvmlDeviceGetPersistenceMode", turn=bool)),
    ("pcie_generation", "PCIe generation", one("nvmlDeviceGetCurrPcieLinkGeneration")),
    ("pcie_generation_max", "highest PCIe generation", one("nvmlDeviceGetMaxPcieLinkGeneration")),
    ("pcie_width", "PCIe width", one("nvmlDeviceGetCurrPcieLinkWidth")),
    ("pcie_width_max", "greatest PCIe width", one("nvmlDeviceGetMaxPcieLinkWidth")),
    ("ecc_enabled", "ECC mode", one("nvmlDeviceGetEccMode", turn=lambda modes: bool(modes[0]))),
    (
        "ecc_uncorrected",
        "ECC errors",
        one("nvmlDeviceGetTotalEccErrors", "NVML_MEMORY_ERROR_TYPE_UNCORRECTED", "NVML_VOLATILE_ECC"),
    ),
    ("remap_pending remap_failed", "remapped rows", remapped_rows),
    ("mig_enabled", "MIG mode", one("nvmlDeviceGetMigMode", turn=lambda modes: bool(modes[0]))),
    ("mig_instances", "MIG instances", mig_instances),
    ("throttle_bits", "throttle reasons", throttle_bits),
    ("temperature_celsius", "temperature", one("nvmlDeviceGetTemperature", "NVML_TEMPERATURE_GPU")),
    (
        "temperature_slowdown_celsius",
        "slowdown temperature",
        one("nvmlDeviceGetTemperatureThreshold", "NVML_TEMPERATURE_THRESHOLD_SLOWDOWN"),
    ),
    ("power_watts", "power", one("nvmlDeviceGetPowerUsage", turn=watts)),
    ("power_limit_watts", "power limit", one("nvmlDeviceGetEnforcedPowerLimit", turn=watts)),
    ("power_limit_default_watts", "default power limit", one("nvmlDeviceGetPowerManagementDefaultLimit", turn=watts)),
    ("utilization_percent", "utilisation", one("nvmlDeviceGetUtilizationRates", turn=lambda rates: rates.gpu)),
    ("sm_clock_mhz", "clock", one("nvmlDeviceGetClockInfo", "NVML_CLOCK_SM")),
    ("sm_clock_max_mhz", "highest clock", one("nvmlDeviceGetMaxClockInfo", "NVML_CLOCK_SM")),
    ("multiprocessors", "multiprocessors", multiprocessors),
    ("fabric_state", "fabric state", fabric_state),
    ("display_active", "display", one("nvmlDeviceGetDisplayActive", turn=bool)),
    (
        "virtualization",
        "virtualisation mode",
        one("nvmlDeviceGetVirtualizationMode", turn=lambda mode: _of(VIRTUALIZATION, mode)),
    ),
]
