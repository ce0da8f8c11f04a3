"""What makes NVIDIA's GPUs slower than they could be, or one of several to be another: slot, models, number formats."""

from __future__ import annotations

from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, need, note, ok, skip
from dlcheck.judge.knowledge.cubin import written
from dlcheck.judge.measures import gigabytes
from dlcheck.judge.nvidia_facts import capability, visible_gpus
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.devices import Nvidia, NvidiaGpu, VisibleDevices
from dlcheck.model.gaps import Probed, known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
AMPERE = (8, 0)
HARDLY_A_LINK = 2
"""Laptops and Thunderbolt boxes are made with four lanes; no card is meant for fewer."""


@check(WARN, pillar="system", since="0.1")
def gpu_link_narrow(gpu: NvidiaGpu) -> Verdict:
    """The GPU's link to the computer has fewer lanes than card and slot could have.

    A card that is not seated well, a riser, or a slot whose lanes another card takes: copying data to the GPU is then
    slow, and so is training on several.

    How it is told: the lanes in use against those that card and slot have, both by NVML. One or two are a warning, more
    are a note.

    Known false alarms: the link's speed, which falls while the GPU is idle, is not judged; a slot of x8 counts as x8. A
    laptop or a Thunderbolt box has four by its make.

    Sources: nvml.h (nvmlDeviceGetCurrPcieLinkWidth, nvmlDeviceGetMaxPcieLinkWidth),
    https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1010
    """
    width, most = need(gpu.pcie_width, "the link's lanes"), need(gpu.pcie_width_max, "the lanes it could have")
    seen = f"{width} of {most} lanes"
    if not width or width >= most:
        return ok(seen)
    title = "switch the computer off, seat the card again in the board's first long slot, without a riser"
    fix = Fix(title=title, source="https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1010")
    return bad(seen, fixes=(fix,), at_most=WARN if width <= HARDLY_A_LINK else NOTE)


@check(NOTE, pillar="system", since="0.1")
def gpus_differ(nvidia: Nvidia, visible_devices: Probed[VisibleDevices], snapshot: Snapshot) -> Verdict:
    """The GPUs are of different models, and programs number them otherwise than nvidia-smi.

    CUDA numbers GPUs of several models by their speed, nvidia-smi by their place on the bus, so "GPU 1" may mean two
    cards. Training on all of them at once goes as fast as the slowest, and holds as much as the smallest.

    How it is told: the names of the visible GPUs, and CUDA_DEVICE_ORDER.

    Known false alarms: GPUs of one model; it is never more than a note.

    Sources: CUDA C++ programming guide, "CUDA environment variables" (CUDA_DEVICE_ORDER)
    """
    found = visible_gpus(snapshot)
    names = list(dict.fromkeys(known(gpu.name) or "" for gpu in found))
    if len(names) < 2 or "" in names:
        return ok(f"{len(found)} of one model") if found else skip("there is no GPU")
    words = [
        f"{known(gpu.name)}{f', {gigabytes(size)}' if (size := known(gpu.memory_total_bytes)) else ''}" for gpu in found
    ]
    variables = visible_devices.value.variables if visible_devices.value else {}
    if variables.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID":
        return ok(*words, "CUDA_DEVICE_ORDER=PCI_BUS_ID: numbered as in nvidia-smi")
    title = "set CUDA_DEVICE_ORDER=PCI_BUS_ID, so that both number them alike, and choose by CUDA_VISIBLE_DEVICES"
    return note(*words, fixes=(Fix(title=title, source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/"),))


@check(NOTE, pillar="system", since="0.1")
def bfloat16_emulated(nvidia: Nvidia, snapshot: Snapshot) -> Verdict:
    """This GPU has no bfloat16 of its own: PyTorch emulates it, slowly.

    Ampere (compute capability 8.0) and newer compute with bfloat16. On older ones torch.cuda.is_bf16_supported() still
    says True, because PyTorch can emulate it.

    How it is told: the compute capability of every visible GPU, where PyTorch is built for CUDA.

    Known false alarms: float16 and float32 are not concerned.

    Sources: torch/cuda/__init__.py (is_bf16_supported, including_emulation)
    """
    build, devices = torch_build(snapshot), [capability(gpu) for gpu in visible_gpus(snapshot)]
    told = [one for one in devices if one is not None]
    if build is None or not build.cuda or not told or None in devices:
        return skip("there is no PyTorch for CUDA, or no GPU for it")
    if max(told) >= AMPERE:
        return ok(f"compute capability {written(max(told))}")
    title = "use float16 with gradient scaling (torch.amp), or float32"
    return note(f"compute capability {written(max(told))}; bfloat16 needs 8.0", fixes=(Fix(title=title),))
