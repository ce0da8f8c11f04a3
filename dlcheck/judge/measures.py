"""Your hardware against the profile's minimum and recommended."""

from __future__ import annotations

from typing import Literal

from dlcheck.model.gaps import Missing, known
from dlcheck.model.host import Memory
from dlcheck.model.profile import Profile
from dlcheck.model.report import Measure
from dlcheck.model.snapshot import Snapshot

Standing = Literal["recommended", "minimum", "below", "unknown", "not-needed"]

KEPT_SHARE = 0.1
"""Of the memory a machine or a card is sold with, what firmware, kernel, built-in graphics and ECC may keep for
themselves. A laptop sold with 8 GB reports 7.4 to 7.8 GB (2^30); a Tesla T4 sold with 16 GB has 15360 MiB, an A10G sold
with 24 GB has 23028 MiB in nvidia-smi (outputs in public issues and notebooks, read 2026-11-22)."""


def measures(snapshot: Snapshot, profile: Profile) -> tuple[Measure, ...]:
    """One row for RAM, disk and processor, and for whatever else the profile asks a number of."""
    low, high = profile.minimum, profile.comfortable
    cpu = snapshot.cpu.value
    rows = [
        _ram(snapshot.memory.value, low.ram_bytes, high.ram_bytes),
        _size("free disk", free_disk(snapshot), low.disk_free_bytes, high.disk_free_bytes),
        _count("CPU cores", cpu.usable_cores if cpu else None, low.cores, high.cores),
    ]
    if low.gpu_memory_bytes or high.gpu_memory_bytes:
        rows.append(_gpu_memory(snapshot, low.gpu_memory_bytes, high.gpu_memory_bytes))
    if low.gpu_count or high.gpu_count:
        sizes = gpu_memory(snapshot)
        rows.append(_count("GPUs", None if sizes is None else len(sizes), low.gpu_count, high.gpu_count))
    if low.shm_bytes or high.shm_bytes:
        memory = snapshot.memory.value
        shm = known(memory.shm_total_bytes) if memory else None
        rows.append(_size("shared memory (/dev/shm)", shm, low.shm_bytes, high.shm_bytes))
    return tuple(rows)


def standing(have: float | None, minimum: float, recommended: float) -> Standing:
    """Where a number stands between minimum and recommended; 0 asks for nothing."""
    if not minimum and not recommended:
        return "not-needed"
    if have is None:
        return "unknown"
    if have >= max(minimum, recommended):
        return "recommended"
    return "minimum" if have >= minimum else "below"


def enough_ram(memory: Memory, wanted: int) -> bool:
    """Is this a machine of that much RAM, by what this process may use of it?

    The same is allowed for a control group's limit: a container that may use 7.5 GB has more than a laptop of 8 GB.
    """
    return as_sold(memory.usable_bytes) >= wanted


def as_sold(reported: int) -> float:
    """The largest size under which a machine or a card that reports this much may have been sold."""
    return reported / (1 - KEPT_SHARE)


def free_disk(snapshot: Snapshot) -> int | None:
    """Free bytes where the judged environment lives, else where the home folder does; None where neither is known."""
    storage = snapshot.storage.value
    by_role = {place.role: known(place.free_bytes) for place in storage.places} if storage else {}
    environment = by_role.get("environment")
    return by_role.get("home") if environment is None else environment


def gpu_memory(snapshot: Snapshot) -> tuple[int, ...] | None:
    """Bytes of each GPU with a memory of its own, as its driver or a framework tells; None where nobody could tell.

    Empty where there is none. A GPU on the bus that no driver answers for is not none: it is unknown.
    """
    nvidia = snapshot.nvidia.value
    if nvidia is not None and not isinstance(nvidia.gpus, Missing) and nvidia.gpus:
        told = [known(gpu.memory_total_bytes) for gpu in nvidia.gpus]
        return None if None in told else tuple(size for size in told if size is not None)
    torch = snapshot.torch.value
    devices = [device for device in torch.devices if device.kind in ("cuda", "rocm", "xpu")] if torch else []
    sizes = [size for device in devices if (size := known(device.memory_total_bytes)) is not None]
    if sizes:
        return tuple(sizes)
    pci = snapshot.pci.value
    if pci is None or pci.of("nvidia") or snapshot.nvidia.missing is None or snapshot.nvidia.missing.gap != "absent":
        return None
    # An AMD or Intel GPU may be a part of the processor or a card: the bus alone does not tell.
    return None if pci.of("amd") and snapshot.amd.value is not None else ()


def gigabytes(count: float) -> str:
    """A size for a person, in GB of 2^30 bytes: "15.6 GB", "24 GB"."""
    amount = count / 2**30
    return f"{amount:.0f} GB" if amount >= 20 or amount == int(amount) else f"{amount:.1f} GB"


def _ram(memory: Memory | None, minimum: int, recommended: int) -> Measure:
    if memory is None:
        return _size("RAM", None, minimum, recommended)
    status: Standing = "below"
    if not minimum and not recommended:
        status = "not-needed"
    elif enough_ram(memory, max(minimum, recommended)):
        status = "recommended"
    elif enough_ram(memory, minimum):
        status = "minimum"
    limit = known(memory.cgroup_limit_bytes)
    limited = limit is not None and limit < memory.total_bytes
    have = gigabytes(memory.usable_bytes) + (f" of {gigabytes(memory.total_bytes)}" if limited else "")
    return _row("RAM", have, minimum, recommended, status)


def _gpu_memory(snapshot: Snapshot, minimum: int, recommended: int) -> Measure:
    """The largest GPU's memory. Apple's GPUs use the machine's own."""
    os, apple = snapshot.os.value, snapshot.apple.value
    if os is not None and os.system == "darwin" and os.machine == "arm64" and apple is not None:
        memory = snapshot.memory.value
        status = standing(as_sold(memory.total_bytes) if memory else None, minimum, recommended)
        return _row("GPU memory", "shares the RAM", minimum, recommended, status)
    sizes = gpu_memory(snapshot)
    if sizes is None:
        return _size("GPU memory", None, minimum, recommended)
    largest = max(sizes, default=0)
    have = gigabytes(largest) if largest else "no GPU"
    return _row("GPU memory", have, minimum, recommended, standing(as_sold(largest), minimum, recommended))


def _size(name: str, have: int | None, minimum: int, recommended: int) -> Measure:
    text = "unknown" if have is None else gigabytes(have)
    return _row(name, text, minimum, recommended, standing(have, minimum, recommended))


def _row(name: str, have: str, minimum: int, recommended: int, status: Standing) -> Measure:
    return Measure(
        name=name,
        have=have,
        minimum=gigabytes(minimum) if minimum else "",
        recommended=gigabytes(recommended) if recommended else "",
        status=status,
    )


def _count(name: str, have: float | None, minimum: int, recommended: int) -> Measure:
    return Measure(
        name=name,
        have="unknown" if have is None else f"{have:g}",
        minimum=str(minimum) if minimum else "",
        recommended=str(recommended) if recommended else "",
        status=standing(have, minimum, recommended),
    )
