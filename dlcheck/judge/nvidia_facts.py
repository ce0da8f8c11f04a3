"""What all witnesses together say of NVIDIA's GPUs: the bus, the driver's files, NVML and libcuda.

The nearer witness wins: NVML or libcuda answering, even with an error, outweighs a bus that shows nothing, as in WSL,
in containers and on Jetson.
"""

from __future__ import annotations

from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.cuda_drivers import (
    DriverSystem,
    cuda_of_driver,
    cuda_of_number,
    driver_for,
    is_known,
    toolkit_driver,
)
from dlcheck.judge.knowledge.gpus import capability_of, capability_of_name, family_of_pci
from dlcheck.judge.knowledge.versions import Version, at_least, dotted, numbers
from dlcheck.judge.knowledge.visible_devices import cuda_visible
from dlcheck.model.devices import CudaDriver, Nvidia, NvidiaGpu, Pci, PciDevice
from dlcheck.model.gaps import Maybe, Missing, Probed, known
from dlcheck.model.snapshot import Snapshot

PASSED_ON = ("vfio-pci", "pci-stub", "xen-pciback")
"""Drivers that hold a GPU for a virtual machine, on purpose."""
NOT_NVIDIA = ("nouveau", "nova_core", "nova")
NO_ANSWER = (9, 12)
"""NVML codes that say that there is no driver to ask: DRIVER_NOT_LOADED, LIBRARY_NOT_FOUND."""


def cards(pci: Probed[Pci]) -> tuple[PciDevice, ...]:
    """NVIDIA GPUs on the bus that this system is to use: not those held for a virtual machine."""
    devices = pci.value.of("nvidia") if pci.value else ()
    return tuple(one for one in devices if known(one.driver) not in PASSED_ON)


def card_words(card: PciDevice) -> str:
    """A card for a person: "NVIDIA GeForce RTX 4090 (0000:01:00.0)"."""
    name = card.name or f"an NVIDIA GPU, PCI id 10de:{card.device_id:04x}"
    return f"{name} ({card.address})"


def code_of(fact: Maybe[int]) -> int | None:
    """A return code, None where none came back."""
    return known(fact)


def nvml_code(nvidia: Probed[Nvidia]) -> int | None:
    """NVML's return code, None where it gave none."""
    return code_of(nvidia.value.nvml_code) if nvidia.value else None


def init_code(cuda_driver: Probed[CudaDriver]) -> int | None:
    """cuInit's return code, None where it gave none."""
    return code_of(cuda_driver.value.init_code) if cuda_driver.value else None


def driver_works(nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver]) -> bool:
    """Does NVML or libcuda say that the driver works?"""
    return nvml_code(nvidia) == 0 or init_code(cuda_driver) == 0


def driver_answers(nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver]) -> bool:
    """Is there a driver that answers, be it with an error of its own?

    libcuda's 100 (no device) and 999 do not count: it gives them too where no kernel driver is loaded. Devices that it
    finds once no variable hides them do.
    """
    nvml, init = nvml_code(nvidia), init_code(cuda_driver)
    unhidden: int | None = known(cuda_driver.value.unhidden_count) if cuda_driver.value else None
    if unhidden:
        return True
    return (nvml is not None and nvml not in NO_ANSWER) or (init is not None and init not in (3, 34, 100, 101, 999))


def gave_up(nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver]) -> Missing | None:
    """The gap of a driver that did not answer in time or took its child with it; None where it did neither."""
    gaps: list[Maybe[object] | None] = [nvidia.missing, cuda_driver.missing]
    if nvidia.value is not None:
        gaps.append(nvidia.value.nvml_code)
    if cuda_driver.value is not None:
        gaps.append(cuda_driver.value.init_code)
    return next((gap for gap in gaps if isinstance(gap, Missing) and gap.gap in ("timed-out", "crashed")), None)


def module_is_loaded(nvidia: Probed[Nvidia]) -> bool:
    """Is NVIDIA's kernel module loaded?"""
    if nvidia.value is None:
        return False
    loaded = known(nvidia.value.modules_loaded) or ()
    return isinstance(nvidia.value.kernel_module_version, str) or "nvidia" in loaded


def gpus(nvidia: Probed[Nvidia]) -> tuple[NvidiaGpu, ...]:
    """The GPUs that NVML lists."""
    return (known(nvidia.value.gpus) or ()) if nvidia.value else ()


def visible_gpus(snapshot: Snapshot) -> tuple[NvidiaGpu, ...]:
    """Of NVML's GPUs those that CUDA_VISIBLE_DEVICES leaves to this person's programs, in the order they see them.

    Unless CUDA_DEVICE_ORDER says PCI_BUS_ID, CUDA numbers GPUs of several models by speed, not as NVML does; the
    compute capability stands in for the speed.
    """
    found = gpus(snapshot.nvidia)
    variables = snapshot.visible_devices.value.variables if snapshot.visible_devices.value else {}
    if variables.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
        found = tuple(sorted(found, key=lambda gpu: capability(gpu) or (0, 0), reverse=True))
    left = cuda_visible(variables.get("CUDA_VISIBLE_DEVICES"), len(found), [known(gpu.uuid) or "" for gpu in found])
    return found if left.slices else tuple(found[index] for index in left.devices)


def capability(gpu: NvidiaGpu) -> Capability | None:
    """The compute capability, by NVML or by the GPU's name."""
    told = known(gpu.compute_capability)
    return told if told is not None else capability_of_name(known(gpu.name) or "")


def probable_capability(card: PciDevice) -> Capability | None:
    """The compute capability of a card whose driver does not answer, by its name or its PCI id: probably."""
    by_name = capability_of_name(card.name) if card.name else None
    family = family_of_pci(card.device_id)
    return by_name or (capability_of(family.capability) if family else None)


def capabilities(snapshot: Snapshot) -> tuple[Capability, ...]:
    """Of all visible GPUs; where no driver answers, of the cards on the bus."""
    if gpus(snapshot.nvidia):
        told = [capability(gpu) for gpu in visible_gpus(snapshot)]
    else:
        told = [probable_capability(card) for card in cards(snapshot.pci)]
    return tuple(sorted({one for one in told if one is not None}))


def driver_system(snapshot: Snapshot) -> DriverSystem:
    """Whose driver it is: under WSL it is Windows'."""
    os = snapshot.os.value
    return "windows" if os is not None and (os.system == "windows" or os.wsl) else "linux"


def driver_version(snapshot: Snapshot) -> str:
    """The driver's version, "" where it is not known."""
    return (snapshot.nvidia.value.driver or "") if snapshot.nvidia.value else ""


def told_cuda(snapshot: Snapshot) -> Version | None:
    """The newest CUDA that the driver says it serves, to libcuda, NVML or torch; None where it was not asked."""
    cuda, nvidia, torch = snapshot.cuda_driver.value, snapshot.nvidia.value, snapshot.torch.value
    told = (known(cuda.version) if cuda else None) or (known(nvidia.driver_cuda) if nvidia else None)
    number = known(torch.cuda_driver_version) if torch and torch.cuda else None
    return told or (cuda_of_number(number) if number else None)


def sure_cuda(snapshot: Snapshot) -> Version | None:
    """The newest CUDA that the driver serves, where that is no guess: it says so, or its version is in the table."""
    version, system = driver_version(snapshot), driver_system(snapshot)
    return told_cuda(snapshot) or (cuda_of_driver(version, system) if is_known(version, system) else None)


def serves(snapshot: Snapshot, cuda: str) -> bool | None:
    """Does the driver surely serve this CUDA? From CUDA 11 on the major version decides. None: nobody knows."""
    told, wanted = sure_cuda(snapshot), numbers(cuda)
    if told is None or not wanted:
        return None
    return told[:1] >= wanted[:1] if wanted[0] >= 11 else at_least(told, wanted)


def served_cuda(snapshot: Snapshot) -> Version | None:
    """The newest CUDA that the driver serves, as it says or by its version; None where neither tells."""
    told, version = told_cuda(snapshot), driver_version(snapshot)
    if told is not None:
        return told
    return cuda_of_driver(version, driver_system(snapshot)) if version else None


def driver_at_least(snapshot: Snapshot) -> str:
    """The driver's version or, where it is not known, the oldest that serves its CUDA; "" where neither is known."""
    version, cuda = driver_version(snapshot), served_cuda(snapshot)
    if version or cuda is None:
        return version
    system = driver_system(snapshot)
    return toolkit_driver(dotted(cuda), system) or driver_for(dotted(cuda), system) or ""


def has_tegra(snapshot: Snapshot) -> bool:
    """Is this a Jetson or another Tegra board?"""
    return snapshot.nvidia.value is not None and bool(snapshot.nvidia.value.tegra)


def in_container(snapshot: Snapshot) -> bool:
    """Does this run in a container?"""
    return snapshot.container.value is not None


def gpu_names(snapshot: Snapshot) -> str:
    """The GPUs in words, by the nearest witness: "NVIDIA GeForce RTX 4090"; "" where none tells of one."""
    by_driver = [known(gpu.name) or f"GPU {gpu.index}" for gpu in gpus(snapshot.nvidia)]
    names = by_driver or [card_words(card) for card in cards(snapshot.pci)]
    return ", ".join(dict.fromkeys(names))


def gpu_is_there(snapshot: Snapshot) -> bool:
    """Does any witness tell of an NVIDIA GPU that this system is to use?"""
    cuda = snapshot.cuda_driver.value
    counts = [known(cuda.device_count), known(cuda.unhidden_count)] if cuda else []
    return bool(
        cards(snapshot.pci) or gpus(snapshot.nvidia) or has_tegra(snapshot) or any(count for count in counts if count)
    )
