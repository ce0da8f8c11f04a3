"""AMD's GPUs, several or disguised: which of them is the first, and for what does it pass?"""

from __future__ import annotations

import re

from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.said import complained
from dlcheck.judge.torch_build import is_asked_for, torch_build
from dlcheck.model.devices import Amd, VisibleDevices
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
OF_PROCESSORS = frozenset(
    (
        "gfx902",
        "gfx90c",
        "gfx1013",
        "gfx1033",
        "gfx1035",
        "gfx1036",
        "gfx1037",
        "gfx1103",
        "gfx1150",
        "gfx1151",
        "gfx1152",
    )
)
"""GPUs that are part of a processor (LLVM's list of AMD GPUs, "APU")."""
HANGS = "gfx1103"
"""As gfx1100 it stops the whole system (ROCm/TheRock#1184)."""
CODE = "import torch; x = torch.ones(2, 2, device='cuda'); print((x @ x).cpu())"


def _as_gfx(override: str) -> str:
    """The target that a version stands for: "10.3.0" → "gfx1030"; "" for what is no version."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{1,2})", override.strip())
    return f"gfx{int(found[1])}{int(found[2]):x}{int(found[3]):x}" if found else ""


@check(WARN, pillar="system", since="0.1")
def hsa_override_of_another_family(amd: Amd, profile: Profile, snapshot: Snapshot) -> Verdict:
    """HSA_OVERRIDE_GFX_VERSION lets the AMD GPU pass for one of another family, or for no reason.

    The variable makes ROCm run the code of a relative. Code of another family is not that of a relative: the program
    crashes, computes wrongly or stops the system. Where PyTorch has code for the GPU itself, the variable only harms.

    How it is told: the family (the number before the last two digits) of the GPU by the kernel's compute nodes against
    the variable's; the targets that torch was built for.

    Known false alarms: a relative of the same family, for a GPU that the build lacks, is what it is for.

    Sources: https://github.com/ROCm/TheRock/issues/1184 (gfx1103 as gfx1100 stops the system)
    """
    if not amd.gfx_override or not is_asked_for("rocm", profile, snapshot):
        return skip("HSA_OVERRIDE_GFX_VERSION is not set, or nothing asks for ROCm")
    devices, passes = known(amd.gfx) or (), _as_gfx(amd.gfx_override)
    if not devices:
        return skip("the GPU's gfx target is not known")
    build = torch_build(snapshot)
    other = [gfx for gfx in devices if gfx[:-2] != passes[:-2]]
    hangs = HANGS in devices and passes == "gfx1100"
    needless = build is not None and build.gfx is not None and all(gfx in build.gfx for gfx in devices)
    if not (other or hangs or needless) or tuple(devices) == (passes,):
        return ok(f"{', '.join(devices)} passes for {passes}")
    evidence = [
        f"HSA_OVERRIDE_GFX_VERSION={amd.gfx_override} ({passes or 'no version'}); the GPU is {', '.join(devices)}"
    ]
    evidence += ["gfx1103 as gfx1100 is known to stop the whole system"] if hangs else []
    evidence += ["this PyTorch has code for it as it is"] if needless else []
    return bad(*evidence, fixes=(without_variables(snapshot, ["HSA_OVERRIDE_GFX_VERSION"], CODE),))


@check(WARN, pillar="system", since="0.1")
def processor_gpu_comes_first(
    amd: Amd, visible_devices: Probed[VisibleDevices], profile: Profile, snapshot: Snapshot
) -> Verdict:
    """The first AMD GPU is the one in the processor, and programs take it in the place of the card.

    "cuda:0" is then the small GPU of the processor: slow, out of memory, or "invalid device function".

    How it is told: the kernel's compute nodes in their order, where several are there and nothing chooses among them.

    Known false alarms: where the processor's GPU is the only one; where HIP_VISIBLE_DEVICES or ROCR_VISIBLE_DEVICES is
    set.

    Sources: https://github.com/lamikr/rocm_sdk_builder/issues/185 (such a list); ROCm's page on GPU isolation
    """
    devices = known(amd.gfx) or ()
    variables = visible_devices.value.variables if visible_devices.value else {}
    chosen = [
        name for name in ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES") if name in variables
    ]
    if len(devices) < 2 or not is_asked_for("rocm", profile, snapshot):
        return skip("there are not several AMD GPUs, or nothing asks for ROCm")
    cards = [at for at, gfx in enumerate(devices) if gfx not in OF_PROCESSORS]
    if chosen or not cards or devices[0] not in OF_PROCESSORS:
        return ok(", ".join(devices))
    title = f"let programs see the card alone: set HIP_VISIBLE_DEVICES={cards[0]} before the program starts"
    page = "https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html"
    return bad(
        f"in this order: {', '.join(devices)}; {devices[0]} is part of a processor",
        fixes=(Fix(title=title, source=page),),
    )


@check(WARN, pillar="system", since="0.1")
def iommu_in_the_way_of_gpus(snapshot: Snapshot) -> Verdict:
    """The IOMMU translates what the GPUs send each other, so that training on several may hang.

    RCCL and NCCL let GPUs write into each other's memory. Where the kernel's IOMMU translates every such access, the
    start of training on several GPUs hangs, or goes by way of the processor's memory.

    How it is told: RCCL's own words on the kernel's command line.

    Known false alarms: one GPU alone; hosts of virtual machines need the translation.

    Sources: https://github.com/ROCm/vllm/issues/390, https://github.com/NVIDIA/nccl/issues/2079 (confirmed for NVIDIA)
    """
    complaint = complained(snapshot, "iommu-in-the-way-of-gpus")
    if not complaint:
        return skip("nothing complains of it")
    title = (
        "add iommu=pt to the kernel's command line (GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub or "
        "grub2-mkconfig), and restart; NCCL_P2P_DISABLE=1 shows before whether that is it"
    )
    return bad(
        complaint,
        fixes=(Fix(title=title, needs=("admin", "reboot"), source="https://github.com/NVIDIA/nccl/issues/2079"),),
    )
