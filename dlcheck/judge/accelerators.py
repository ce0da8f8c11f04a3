"""Which accelerators are there, which compute, and which of them the profile counts on."""

from __future__ import annotations

from dlcheck.judge.knowledge.gpus import intel_family_of_pci
from dlcheck.judge.nvidia_facts import gave_up, gpu_is_there, gpus
from dlcheck.model.devices import ArrayDevice
from dlcheck.model.profile import Accelerator, Profile
from dlcheck.model.snapshot import Snapshot

FRAMEWORKS = ("torch", "tensorflow", "jax", "torch_xla")
KINDS: dict[str, tuple[str, ...]] = {
    "cuda": ("cuda",), "rocm": ("rocm",), "mps": ("mps",), "xpu": ("xpu",), "tpu": ("tpu", "xla"),
    "any": ("cuda", "rocm", "mps", "xpu", "tpu", "xla", "other"),
}  # fmt: skip


def is_expected(kind: Accelerator, profile: Profile, snapshot: Snapshot) -> bool:
    """Must this accelerator work? Where any will do: only while none works, and only if there may be one of this kind.

    A machine whose Apple GPU computes needs no NVIDIA driver, and one with an AMD card lacks no NVIDIA GPU.
    """
    if kind in profile.expects:
        return True
    if "any" not in profile.expects or hardware_of(kind, snapshot) is False:
        return False
    facts = [getattr(snapshot, name).value for name in FRAMEWORKS]
    return not any(computes(device, "any") for one in facts if one for device in one.devices)


def computes(device: ArrayDevice, kind: Accelerator) -> bool:
    """Did it compute the known product?"""
    return device.kind in KINDS[kind] and device.product_right is True


def hardware_of(kind: Accelerator, snapshot: Snapshot) -> bool | None:
    """Is such hardware there? False only where the bus, the device files and the driver all rule it out."""
    pci, os = snapshot.pci.value, snapshot.os.value
    if kind == "any":
        all_kinds = [hardware_of(one, snapshot) for one in ("cuda", "rocm", "mps", "xpu", "tpu")]
        if any(all_kinds):
            return True
        return False if all(one is False for one in all_kinds) else None
    if kind == "mps":
        return None if os is None else os.system == "darwin" and os.machine == "arm64"
    if kind == "tpu":
        missing = snapshot.tpu.missing
        return True if missing is None else False if missing.gap == "absent" else None
    if kind == "cuda":
        if gpu_is_there(snapshot) or gpus(snapshot.nvidia):
            return True
        if gave_up(snapshot.nvidia, snapshot.cuda_driver):
            return None
        looked = snapshot.nvidia.missing is None or snapshot.nvidia.missing.gap == "absent"
        return False if looked and (pci is not None or _no_bus(snapshot)) else None
    if pci is None:
        return False if _no_bus(snapshot) and os is not None and not os.wsl else None
    if kind == "rocm":
        return bool(pci.of("amd"))
    return any(intel_family_of_pci(card.device_id) for card in pci.of("intel"))


def _no_bus(snapshot: Snapshot) -> bool:
    return snapshot.pci.missing is not None and snapshot.pci.missing.gap == "absent"
