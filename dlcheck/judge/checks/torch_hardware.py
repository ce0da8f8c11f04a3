"""PyTorch's build: is it made for this machine's driver and GPUs?"""

from __future__ import annotations

from dlcheck.judge import text_witnesses
from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice.driver import install_driver, newer_driver
from dlcheck.judge.advice.torch_wheel import (
    driver_to_come,
    runs_here,
    torch_fixes,
    torch_otherwise,
    why_nothing_fits,
)
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip, unknown
from dlcheck.judge.knowledge.cubin import Capability, covers, machine_code, written
from dlcheck.judge.knowledge.cuda_drivers import (
    cuda_drivers,
    driver_compiles,
    driver_for,
    driver_runs,
)
from dlcheck.judge.knowledge.gpus import capability_words
from dlcheck.judge.knowledge.torch_releases import newer_than_table
from dlcheck.judge.knowledge.versions import Version, at_least, dotted, numbers
from dlcheck.judge.nvidia_facts import (
    capability,
    driver_system,
    driver_version,
    driver_works,
    gpu_is_there,
    gpu_names,
    has_tegra,
    init_code,
    served_cuda,
    serves,
    sure_cuda,
    visible_gpus,
)
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import TorchBuild, torch_build
from dlcheck.model.devices import CudaDriver, Nvidia, NvidiaGpu
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
JETSON_GUIDE = "https://docs.nvidia.com/deeplearning/frameworks/install-pytorch-jetson-platform/"
DRIVER_CHECKS = (
    "no-driver", "nouveau-in-use", "secure-boot-blocks-module", "driver-library-mismatch", "driver-finds-no-gpu",
    "nvidia-driver-hangs", "nvidia-driver-crashes", "gpu-lost", "container-without-gpu", "wsl1-no-gpu",
    "wsl2-windows-build-too-old", "linux-driver-in-wsl", "cuda-stub-library", "cuda-compat-not-usable",
    "torch-not-built-for-jetson", "torch-for-another-vendor",
)  # fmt: skip
NOT_COMPATIBLE = (
    r"(?i:CUDA capabilit(?:y|ies) sm_\w+ is not compatible with the current PyTorch)"
    r"|which is of compute capability \(CC\) [\d.]+"
    r"|If you want to use the .{3,60} GPU with PyTorch, please check the instructions|incompatible_device_warn\.format"
)
NO_KERNEL = "no kernel image is available for execution"
IN_FEW_BUILDS = (12, 0)
"""GPUs from here on are in builds for CUDA 12.8 and newer alone: where one gets no kernel, the build is older."""
CPU_BUILD = r"Torch not compiled with CUDA enabled|module 'torch\._C' has no attribute '_cuda_(?:set|get)Device"
"""What a build for the CPU answers to a program that wants CUDA."""
TOO_OLD = r"PyTorch no longer supports this GPU because it is too old|which is of cuda capability [\d.]+"
OLDEST_CUDNN_WITHOUT_OLD_GPUS = (9, 11)
"""From this cuDNN on PyTorch refuses cuDNN where any visible GPU is below 7.5 (torch/backends/cudnn/__init__.py)."""


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=DRIVER_CHECKS, since="0.1")
def driver_too_old_for_torch_cuda(
    nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], torch: Probed[Torch], snapshot: Snapshot
) -> Verdict:
    """The NVIDIA driver is older than PyTorch's CUDA needs.

    PyTorch then finds no GPU ("The NVIDIA driver on your system is too old") and computes on the CPU. Since 2.11 the
    package index serves PyTorch for CUDA 13, which needs driver 580; builds for CUDA 12 need 525.

    How it is told: the driver's version against the first driver of the CUDA major version that torch was built for;
    where the version is not known, the CUDA that libcuda says it serves. A libcuda that starts is the nearer witness.

    Known false alarms: a driver older than the toolkit's own is fine within a major version of CUDA; so is the toolkit
    (nvcc) that happens to be installed; on a data-centre GPU a forward-compatibility libcuda may stand in.

    Sources: https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html,
    https://github.com/pytorch/pytorch/issues/162531
    """
    build, system, version = torch_build(snapshot), driver_system(snapshot), driver_version(snapshot)
    if build is None or not build.cuda:
        complaint = text_witnesses.old_driver(snapshot)
        words = text_witnesses.driver_words(snapshot)
        return bad(complaint, words, fixes=(install_driver(snapshot),)) if complaint else skip("no PyTorch for CUDA")
    served = served_cuda(snapshot)
    if served is None and not version:
        return skip("there is no driver, or its version is not known")
    works = torch.value is not None and torch.value.cuda_available is True
    if works or (init_code(cuda_driver) == 0 and served is not None and _serves(served, build.cuda)):
        return ok(f"driver {version or 'of unknown version'} serves CUDA {build.cuda}")
    floor = driver_for(build.cuda, system)
    if floor is None:
        return _by_what_both_say(build, snapshot)
    fits = driver_runs(version, build.cuda, system) if version else _serves(served or (), build.cuda)
    if fits:
        complaint = text_witnesses.old_driver(snapshot)
        if complaint:
            # The text does not tell for which CUDA torch was built, and torch itself knows better than our guess.
            return bad(complaint, text_witnesses.driver_words(snapshot), fixes=(install_driver(snapshot),))
        return ok(f"driver {version or 'of unknown version'}; CUDA {build.cuda} needs {floor} or newer")
    evidence = [
        f"driver {version or 'of unknown version'}{f', which serves CUDA {dotted(served)}' if served else ''}",
        f"{build.words}: needs driver {floor} or newer",
    ]
    fixes = [*torch_fixes(snapshot, "cuda"), *newer_driver(snapshot, floor)]
    if not fixes:
        evidence.append(why_nothing_fits(snapshot, "cuda"))
        fixes += torch_otherwise(snapshot, "cuda")
    # A guess alone, of which nothing else in the text speaks, is no explanation.
    unavailable = torch.value is not None and torch.value.cuda_available is False
    alone = build.guessed and not unavailable and not text_witnesses.old_driver(snapshot)
    # A GPU for which no newer driver is made is itself the cause.
    after = () if fixes else ("gpu-arch-not-in-wheel-old",)
    return bad(*evidence, fixes=fixes, after=after, at_most=NOTE if alone else FAIL)


def _by_what_both_say(build: TorchBuild, snapshot: Snapshot) -> Verdict:
    """Of a CUDA that no table knows: by the CUDA that the driver surely serves, and never by a guess."""
    told, version = sure_cuda(snapshot), driver_version(snapshot) or "of unknown version"
    newer = f"CUDA {build.cuda} is newer than dlcheck's table of {cuda_drivers().read}"
    if told is None:
        return unknown(f"which driver CUDA {build.cuda} needs is not known: {newer}")
    seen = f"driver {version} serves CUDA {dotted(told)}"
    if serves(snapshot, build.cuda):
        return ok(f"{seen}; {newer}")
    return bad(seen, build.words, newer, fixes=(*torch_fixes(snapshot, "cuda"), install_driver(snapshot)))


def _serves(served: Version, cuda: str) -> bool:
    """Does a driver that serves this CUDA run wheels of that one? From CUDA 11 on the major version decides."""
    wanted = numbers(cuda)
    return served[:1] >= wanted[:1] if wanted[0] >= 11 else at_least(served, wanted)


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=DRIVER_CHECKS, since="0.1")
def torch_cpu_build_on_gpu_machine(
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    packages: Packages,
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """PyTorch is built for the CPU only, and this machine has an NVIDIA GPU.

    It works, and never uses the GPU. Windows' wheels on the package index are CPU builds, and so were those for ARM
    Linux until 2.10; another package's installation may also have replaced a CUDA build.

    How it is told: torch's own version file names no CUDA, and a GPU is there by the driver or on the bus.

    Known false alarms: a GPU that no PyTorch build runs on, and one that is hidden on purpose: notes, unless a GPU is
    expected.

    Sources: https://github.com/Comfy-Org/ComfyUI/issues/2427,
    https://github.com/transformerlab/transformerlab-app/issues/1330
    """
    build = torch_build(snapshot)
    words = build.words if build else said(snapshot, CPU_BUILD)
    if not words:
        return skip("there is no PyTorch")
    if build is not None and not build.is_cpu:
        return ok(build.words)
    works = driver_works(nvidia, cuda_driver)
    asked = text_witnesses.cuda_asked_for(snapshot)
    if not gpu_is_there(snapshot) and not asked and not (snapshot.depth == "pasted" and works):
        return skip("there is no NVIDIA GPU")
    evidence = [words, asked or f"there is {gpu_names(snapshot) or 'an NVIDIA GPU'}"]
    newer = newer_than_table(build.version) if build else ""
    evidence += [f"{newer}: which builds of it there are is not known"] if newer else []
    if has_tegra(snapshot):
        jetson = Fix(title="install NVIDIA's build of PyTorch for this JetPack", source=JETSON_GUIDE)
        return bad(*evidence, "a Jetson needs NVIDIA's own build", fixes=(jetson,))
    coming = driver_to_come(snapshot)
    if runs_here(snapshot, "cuda"):
        return bad(*evidence, fixes=torch_fixes(snapshot, "cuda"))
    if not works and coming is not None:
        return bad(*evidence, fixes=torch_fixes(snapshot, "cuda", driver=coming))
    fixes = torch_otherwise(snapshot, "cuda")
    expected = is_expected("cuda", profile, snapshot)
    evidence.append(why_nothing_fits(snapshot, "cuda"))
    return bad(*evidence, fixes=fixes, at_most=FAIL if expected or (works and fixes) else NOTE)


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=DRIVER_CHECKS, since="0.1")
def gpu_arch_not_in_wheel_new(gpu: NvidiaGpu, profile: Profile, snapshot: Snapshot) -> Verdict:
    """The GPU is newer than this PyTorch has code for.

    torch.cuda.is_available() says True, and the first calculation ends with "no kernel image is available".

    How it is told: the GPU's compute capability against the architectures that torch was built for. Machine code runs
    within its major version; PTX runs on every newer GPU where the driver can compile it.

    Known false alarms: 8.9 (Ada) runs code for 8.0 and 8.6; 12.1 (GB10) that for 12.0; a GPU that is not visible.

    Sources: https://github.com/pytorch/pytorch/issues/167244, https://github.com/Hellod035/LeggedLab/issues/26 (fixed)
    """
    return _arch(gpu, profile, snapshot, newer=True)


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=DRIVER_CHECKS, since="0.1")
def gpu_arch_not_in_wheel_old(gpu: NvidiaGpu, profile: Profile, snapshot: Snapshot) -> Verdict:
    """The GPU is older than this PyTorch has code for.

    Builds for CUDA 12.8 and newer leave out Maxwell and Pascal, those for CUDA 13 Volta too; the build for CUDA 12.6 of
    the same release has them all. The first calculation ends with "no kernel image is available".

    How it is told: the GPU's compute capability against the architectures that torch was built for.

    Known false alarms: an old card beside a good one that only drives the screen: a warning at most, and a note where
    cuDNN does not mind it; a GPU that is not visible.

    Sources: https://github.com/Kaggle/kaggle-cli/issues/1151 (confirmed),
    https://dev-discuss.pytorch.org/t/cuda-toolkit-version-and-architecture-support-update-maxwell-and-pascal/3128
    """
    return _arch(gpu, profile, snapshot, newer=False)


def _arch(gpu: NvidiaGpu, profile: Profile, snapshot: Snapshot, *, newer: bool) -> Verdict:
    build, device = torch_build(snapshot), capability(gpu)
    if build is None or not build.cuda or build.codes is None:
        return _arch_by_words(gpu, snapshot, newer=newer)
    if gpu.index not in [one.index for one in visible_gpus(snapshot)]:
        return skip("it is not visible to programs here")
    if device is None:
        return skip("the GPU's compute capability is not known")
    name = known(gpu.name) or "the GPU"
    seen = f"{name} has {capability_words(device)}"
    jit = build.ptx if driver_compiles(driver_version(snapshot), build.cuda, driver_system(snapshot)) else ()
    newer_release = newer_than_table(build.version)
    judged_by = (f"{newer_release}: judged by {build.told_by}",) if newer_release else ()
    if covers(build.codes, device, ptx=jit, cuda=numbers(build.cuda)):
        return ok(seen, *judged_by)
    if (device > max(build.codes, default=(0, 0))) != newer:
        return ok(seen) if newer else skip("it is newer, not older")
    has = ", ".join(written(one) for one in build.codes)
    evidence = [seen, f"{build.words}, has code for {has} ({build.told_by})", *judged_by]
    if has_tegra(snapshot):
        jetson = Fix(title="install NVIDIA's build of PyTorch for this JetPack", source=JETSON_GUIDE)
        return bad(*evidence, fixes=(jetson,))
    fixes = list(torch_fixes(snapshot, "cuda"))
    at_most, words = _beside_others(gpu, device, build, profile, snapshot)
    evidence += words
    if not fixes:
        evidence.append(why_nothing_fits(snapshot, "cuda"))
        fixes += torch_otherwise(snapshot, "cuda")
    return bad(*evidence, fixes=fixes, at_most=at_most)


def _arch_by_words(gpu: NvidiaGpu, snapshot: Snapshot, *, newer: bool) -> Verdict:
    """Where nobody told what the build holds: by torch's own words on this GPU."""
    name, device, pasted = known(gpu.name) or "the GPU", capability(gpu), snapshot.pasted.value
    refused = said(snapshot, NOT_COMPATIBLE) or said(snapshot, TOO_OLD)
    several, build = len(visible_gpus(snapshot)) > 1, torch_build(snapshot)
    if newer and device is not None and device >= IN_FEW_BUILDS and (build is None or not build.version):
        refused = refused or said(snapshot, NO_KERNEL)
    if not refused or (several and name.lower() not in refused.lower()):
        newer_release = newer_than_table(build.version) if build is not None and build.cuda else ""
        words = "for which GPUs PyTorch is built is not known"
        return skip(f"{newer_release}, and did not say for which GPUs it is built" if newer_release else words)
    codes = machine_code(pasted.torch_architectures) if pasted else ()
    old = bool(said(snapshot, TOO_OLD)) or (device is not None and bool(codes) and device < max(codes))
    if old is newer:
        return skip("it is older, not newer" if newer else "it is newer, not older")
    seen = [f"{name} has {capability_words(device)}"] if device else []
    has = [f"PyTorch has code for {', '.join(map(written, codes))}"] if codes else []
    return bad(*seen, *has, refused, fixes=torch_fixes(snapshot, "cuda"))


def _beside_others(
    gpu: NvidiaGpu, device: Capability, build: TorchBuild, profile: Profile, snapshot: Snapshot
) -> tuple[Grade, list[str]]:
    """How grave it is where another visible GPU is served by this build, or where no build would serve this one."""
    others = [capability(one) for one in visible_gpus(snapshot) if one.index != gpu.index]
    served = [one for one in others if one and covers(build.codes or (), one, ptx=build.ptx, cuda=numbers(build.cuda))]
    if served:
        cudnn = _cudnn(snapshot)
        if device < (7, 5) and cudnn >= OLDEST_CUDNN_WITHOUT_OLD_GPUS:
            return WARN, [f"another GPU is served, but cuDNN {dotted(cudnn)} refuses to work while this one is visible"]
        return NOTE, ["another GPU is served by this build"]
    if not runs_here(snapshot, "cuda") and not torch_otherwise(snapshot, "cuda"):
        return (FAIL if is_expected("cuda", profile, snapshot) else NOTE), []
    return FAIL, []


def _cudnn(snapshot: Snapshot) -> tuple[int, ...]:
    packages = snapshot.packages.value
    found = [one for one in packages.distributions if one.name.startswith("nvidia-cudnn-")] if packages else []
    return numbers(found[0].version)[:2] if found else ()
