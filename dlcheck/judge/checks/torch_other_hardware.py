"""A PyTorch that is built for other hardware than this machine's: another maker's GPU, or not for a Jetson."""

from __future__ import annotations

from dlcheck.judge.advice.torch_wheel import runs_here, torch_fixes, why_nothing_fits
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.checks.torch_hardware import DRIVER_CHECKS, JETSON_GUIDE
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import gpu_is_there, gpu_names, has_tegra
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.devices import Nvidia, Pci
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
_DRIVER = tuple(one for one in DRIVER_CHECKS if not one.startswith("torch-"))
FIRST_OF_ALL_WHEELS = 38
"""The release of Jetson Linux (JetPack 7) from which on the usual wheels for ARM servers run."""


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=_DRIVER, since="0.1")
def torch_for_another_vendor(pci: Probed[Pci], snapshot: Snapshot) -> Verdict:
    """PyTorch is built for AMD's or Intel's GPUs, and this machine has one of NVIDIA's.

    It works, and computes on the CPU.

    How it is told: torch's own version file names ROCm or XPU, the bus has no GPU of that maker, and one of NVIDIA's is
    there.

    Known false alarms: a machine that has GPUs of both makers.

    Sources: https://pytorch.org/get-started/locally/, https://github.com/DrewThomasson/ebook2audiobook/issues/2055
    """
    build = torch_build(snapshot)
    if build is None or not (build.hip or build.xpu) or not gpu_is_there(snapshot):
        return skip("there is no PyTorch for another maker's GPU, or no NVIDIA GPU")
    if pci.value is None or pci.value.of("amd" if build.hip else "intel"):
        return ok(build.words)
    evidence = [build.words, f"there is {gpu_names(snapshot) or 'an NVIDIA GPU'}"]
    if not runs_here(snapshot, "cuda"):
        return bad(*evidence, why_nothing_fits(snapshot, "cuda"))
    return bad(*evidence, fixes=torch_fixes(snapshot, "cuda"))


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, since="0.1")
def torch_not_built_for_jetson(nvidia: Nvidia, torch: Torch, snapshot: Snapshot) -> Verdict:
    """PyTorch is built for ARM servers, and this is a Jetson.

    Up to JetPack 6 a Jetson's GPU has a driver of its own, which the usual wheels do not use: they find no GPU, or hold
    no code for it. NVIDIA builds PyTorch for each JetPack.

    How it is told: a Tegra board by its own files, a PyTorch for CUDA, and no product that came out right on the GPU.

    Known false alarms: JetPack 7 (Jetson Linux 38), where the usual wheels run; wheels of NVIDIA's for Jetson that
    carry no mark of it: where they compute, all is well.

    Sources: https://docs.nvidia.com/deeplearning/frameworks/install-pytorch-jetson-platform/,
    https://github.com/dusty-nv/jetson-containers/issues/1495
    """
    build = torch_build(snapshot)
    if not has_tegra(snapshot) or build is None or not build.cuda:
        return skip("this is no Jetson with a PyTorch for CUDA")
    if any(one.kind == "cuda" and one.product_right is True for one in torch.devices):
        return ok(f"{build.words}, computes")
    release = numbers(nvidia.tegra.lstrip("R"))
    if release[:1] >= (FIRST_OF_ALL_WHEELS,) or ".nv" in build.version or "+nv" in build.version:
        return skip("this build may run here, and other checks judge why it does not")
    words = nvidia.tegra if nvidia.tegra != "yes" else "by its device tree"
    title = "install NVIDIA's build of PyTorch for this JetPack, or its container nvcr.io/nvidia/l4t-pytorch"
    fix = Fix(title=title, source=JETSON_GUIDE)
    reason = [torch.cuda_reason] if torch.cuda_reason else []
    return bad(build.words, f"this is a Jetson ({words})", *reason, fixes=(fix,))
