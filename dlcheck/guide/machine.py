"""What this machine has, in the few numbers and words that the pages need. Sizes are bytes."""

from __future__ import annotations

import msgspec

from dlcheck.model.gaps import Missing, known
from dlcheck.model.quantities import amount
from dlcheck.model.snapshot import Snapshot

GIB = 2**30
KEPT_SHARE = 0.1
"""Of the memory a machine or a card is sold with, what firmware, kernel and ECC may keep for themselves."""


class Accelerator(msgspec.Struct, frozen=True):
    """One GPU or TPU."""

    name: str
    kind: str
    """"cuda", "rocm", "mps", "xpu", "tpu"."""
    memory: int = 0
    works: bool | Missing = Missing("not-looked")
    """Did a product on it come out right?"""

    @property
    def words(self) -> str:
        """For a person."""
        return f"{self.name}, {amount(self.memory)}" if self.memory else self.name


def accelerators(snapshot: Snapshot) -> tuple[Accelerator, ...]:
    """Those that a driver or a framework tells of."""
    nvidia, torch = snapshot.nvidia.value, snapshot.torch.value
    devices = [one for one in torch.devices if one.kind in KINDS] if torch is not None else []
    if devices:
        return tuple(
            Accelerator(
                known(one.model) or one.name, KINDS[one.kind], known(one.memory_total_bytes) or 0, one.product_right
            )
            for one in devices
        )
    if nvidia is not None and not isinstance(nvidia.gpus, Missing) and nvidia.gpus:
        return tuple(
            Accelerator(known(one.name) or "NVIDIA GPU", "cuda", known(one.memory_total_bytes) or 0)
            for one in nvidia.gpus
        )
    apple, tpu = snapshot.apple.value, snapshot.tpu.value
    if apple is not None and not isinstance(apple.chip, Missing):
        return (Accelerator(apple.chip, "mps", _ram(snapshot)),)
    return (Accelerator(f"TPU {known(tpu.version) or ''}".strip(), "tpu"),) if tpu is not None else ()


KINDS = {"cuda": "cuda", "rocm": "rocm", "mps": "mps", "xpu": "xpu", "xla": "tpu", "tpu": "tpu"}


class Numbers(msgspec.Struct, frozen=True):
    """What courses ask for, as this machine has it, in GB of 2^30 bytes; 0 where it is not known."""

    ram: float
    disk: float
    cores: float
    gpu_memory: float


def numbers(snapshot: Snapshot) -> Numbers:
    """RAM and GPU memory count as what was sold: a laptop of 8 GB reports 7.5."""
    cpu, storage = snapshot.cpu.value, snapshot.storage.value
    free = {place.role: known(place.free_bytes) or 0 for place in storage.places} if storage is not None else {}
    gpus = [one.memory for one in accelerators(snapshot) if one.kind != "mps"]
    return Numbers(
        ram=_ram(snapshot) / GIB,
        disk=(free.get("environment") or free.get("home") or 0) / GIB,
        cores=cpu.usable_cores if cpu is not None else 0.0,
        gpu_memory=max(gpus, default=0) / GIB,
    )


def _ram(snapshot: Snapshot) -> int:
    memory = snapshot.memory.value
    return memory.usable_bytes if memory is not None else 0


def enough(have: float, wanted: float) -> bool:
    """Is a memory of so many GB what is sold as the other?"""
    return have / (1 - KEPT_SHARE) >= wanted
