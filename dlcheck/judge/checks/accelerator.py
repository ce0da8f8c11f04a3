"""Accelerators as a whole: is one there, did it compute, and rightly?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.accelerators import FRAMEWORKS, KINDS, computes, hardware_of, is_expected
from dlcheck.judge.advice.way_to_a_gpu import held_for_machines, ways_to_a_gpu
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip, unknown
from dlcheck.judge.checks.cuda import NOT_BEFORE
from dlcheck.judge.nvidia_facts import gave_up, gpu_is_there, gpu_names, init_code, nvml_code
from dlcheck.judge.text_witnesses import cuda_asked_for
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.devices import ArrayDevice, CudaDriver, Nvidia, Pci
from dlcheck.model.frameworks import Jax, TensorFlow, Torch, TorchXla
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Accelerator, Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
TITLES: dict[str, str] = {
    "cuda": "NVIDIA GPU (CUDA)", "rocm": "AMD GPU (ROCm)", "mps": "Apple GPU (MPS)", "xpu": "Intel GPU (XPU)",
    "tpu": "TPU", "any": "accelerator",
}  # fmt: skip
CAUSES = (
    *NOT_BEFORE, "secure-boot-blocks-module", "nvidia-driver-hangs", "nvidia-driver-crashes", "cuda-unknown-error",
    "cuda-does-not-start", "driver-too-old-for-torch-cuda", "torch-cpu-build-on-gpu-machine", "no-nvidia-gpu",
    "gpu-arch-not-in-wheel-new", "gpu-arch-not-in-wheel-old", "cuda-libs-shadowed-by-ld-library-path",
    "torch-not-installed", "torch-leftover", "torch-import-fails", "torch-import-crashes", "torch-import-hangs",
    "torch-cuda-init-crashes", "torch-cuda-init-hangs", "torch-computing-crashes", "torch-computing-hangs",
    "rocm-gfx-not-in-wheel", "amd-gpu-not-accessible", "amdgpu-not-loaded", "torch-without-rocm", "torch-without-xpu",
    "intel-gpu-not-accessible", "level-zero-missing", "macos-too-old-for-mps", "mps-unavailable", "rosetta-python",
    "tf-no-native-windows-gpu", "tf-cuda-version-mismatch", "tensorflow-cpu-build-on-gpu-machine",
    "gpu-arch-not-in-tensorflow", "jax-cpu-build-on-gpu-machine", "jax-plugin-mismatch", "driver-too-old-for-jax-cuda",
    "gpu-not-served-by-jax-plugin", "tpu-access-denied", "tpu-in-use", "libtpu-missing",
    "python-missing", "python-does-not-start",
    "no-accelerator", "container-without-cuda-library", "gpu-closed-to-this-program", "gpu-reports-a-fault",
    "torch-not-built-for-jetson", "torch-for-another-vendor", "tpu-device-files-missing", "gpu-hardware-errors",
)  # fmt: skip
"""Every check that can explain why an accelerator does not compute."""


@check(
    FAIL,
    pillar="system",
    wanted="cuda",
    otherwise=NOTE,
    after=("container-without-gpu", "wsl1-no-gpu", "wsl2-windows-build-too-old", "linux-driver-in-wsl"),
    since="0.1",
)
def no_nvidia_gpu(
    pci: Probed[Pci],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    os: Os,
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """There is no NVIDIA GPU in this machine.

    PyTorch then computes on the CPU, which is enough to learn with.

    How it is told: no NVIDIA GPU on the PCI bus, no device file, no driver that answers.

    In Colab and Kaggle a notebook runs without a GPU until one is chosen.

    Known false alarms: a build for CUDA alone expects no GPU: it is what the package index serves on Linux. WSL, some
    virtual machines and containers show no bus; a driver that answers outweighs it. A GPU that is kept for a virtual
    machine, or that a laptop has switched off, is there and cannot be used: it is told as such.

    Sources: the branches of device_count in c10/cuda/CUDAFunctions.cpp of PyTorch;
    github.com/googlecolab/colabtools/issues/930.
    """
    build = torch_build(snapshot)
    expected = is_expected("cuda", profile, snapshot)
    if gpu_is_there(snapshot):
        return ok(gpu_names(snapshot) or "an NVIDIA GPU answers")
    if not expected and (build is None or not build.cuda):
        return skip("nothing here asks for an NVIDIA GPU")
    if nvml_code(nvidia) not in (None, 9, 12) or init_code(cuda_driver) not in (None, 100):
        return skip("an NVIDIA driver answers")
    if gave_up(nvidia, cuda_driver):
        return skip("there is an NVIDIA driver, and it does not answer")
    if pci.missing is not None and pci.missing.gap not in ("absent", "not-looked") and not os.wsl:
        return unknown(f"the devices on the bus: {pci.missing.words()}")
    if snapshot.depth == "pasted":
        if nvidia.missing is None or nvidia.missing.gap != "absent":
            return skip("the text does not say that there is none")
        if build is not None and build.guessed and not cuda_asked_for(snapshot):
            return skip("the text does not say that PyTorch is meant for one")
        evidence = [nvidia.missing.why]
    elif pci.missing is not None and pci.missing.gap == "not-looked":
        return skip(pci.missing.words())
    else:
        evidence = [_where_it_is_not(pci, snapshot)]
    if nvidia.value is not None and nvidia.value.blacklisted_in:
        evidence.append(f"{nvidia.value.blacklisted_in[0]} forbids its driver: a laptop's GPU may be switched off so")
    if build is not None:
        evidence.append(build.words)
    hosted = snapshot.cloud.value is not None and snapshot.cloud.value.platform in ("colab", "kaggle")
    return bad(*evidence, fixes=ways_to_a_gpu(snapshot) if expected or hosted else ())


def _where_it_is_not(pci: Probed[Pci], snapshot: Snapshot) -> str:
    held = held_for_machines(snapshot)
    if held:
        return f"it is kept for a virtual machine, on purpose: {held}"
    where = "the PCI bus shows none" if pci.value else "there is no PCI bus to look at"
    return f"{where}, there is no device file, and no driver answers"


@check(FAIL, pillar="linear-algebra-calculus", after=CAUSES, since="0.1")
def gpu_compute_wrong(
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    jax: Probed[Jax],
    torch_xla: Probed[TorchXla],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """An accelerator does not compute a known product.

    A small matrix product of whole numbers has one right answer on every device. A wrong one means faulty memory, an
    unsteady card, or a broken driver or library; an error means that nothing can be computed on it.

    How it is told: each framework multiplies the two matrices on each of its devices; all sums are exact in float32.

    Known false alarms: an error is a warning where no accelerator is expected: the CPU does the work then. A wrong
    number is always a failure.

    Sources: none needed
    """
    found = False
    for framework in FRAMEWORKS:
        facts = getattr(snapshot, framework).value
        for device in facts.devices if facts else ():
            if device.kind == "cpu" or (isinstance(device.product_right, Missing) and _left_out(device)):
                continue
            found = True
            yield _product(framework, device, profile)
    if not found:
        yield skip("no framework offers an accelerator, or none was asked")


def _left_out(device: ArrayDevice) -> bool:
    return isinstance(device.product_right, Missing) and device.product_right.gap in ("not-looked", "absent")


def _product(framework: str, device: ArrayDevice, profile: Profile) -> Verdict:
    name = f"{framework.replace('_', '-')} {device.name}"
    words = f"{known(device.model) or device.name}"
    right = device.product_right
    if right is True:
        return ok(f"{words}: the product is right", subject=name)
    if right is False:
        return bad(f"{words}: the product is wrong: {device.product_detail}", subject=name)
    assert isinstance(right, Missing)
    expected = any(device.kind in KINDS[kind] for kind in profile.expects)
    evidence = f"{words}: {right.why or right.words()}"
    return bad(evidence, subject=name, at_most=FAIL if expected else WARN)


@check(FAIL, pillar="linear-algebra-calculus", after=(*CAUSES, "gpu-compute-wrong"), since="0.1")
def accelerator_not_working(
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    jax: Probed[Jax],
    torch_xla: Probed[TorchXla],
    pci: Probed[Pci],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """An accelerator that has to work did not compute.

    The profile expects it. Without this check a program that quietly falls back to the CPU would pass.

    How it is told: no framework computed the known product on such a device. Where a framework was asked and offers
    none, or the bus, the device files and the driver rule it out, that is a failure; where no framework was asked, as
    under `--quick`, and the hardware is there, it is unknown. Nothing passes because nobody looked.

    Known false alarms: none; a profile that expects nothing skips it.
    """
    if not profile.expects:
        yield skip("this profile expects no accelerator")
    if snapshot.depth == "pasted":
        yield skip("not in the text")
        return
    for kind in profile.expects:
        yield _expected(kind, snapshot)


def _expected(kind: Accelerator, snapshot: Snapshot) -> Verdict:
    computed, asked = [], []
    for framework in FRAMEWORKS:
        facts = getattr(snapshot, framework).value
        if facts is None:
            continue
        asked.append(framework.replace("_", "-"))
        computed += [known(one.model) or one.name for one in facts.devices if computes(one, kind)]
    if computed:
        return ok(f"{computed[0]} computed the known product", subject=kind)
    if asked and not _unfinished(snapshot):
        return bad(f"{', '.join(asked)}: no {TITLES[kind]} computed", *_reasons(snapshot), subject=kind)
    hardware = hardware_of(kind, snapshot)
    if hardware is False:
        return bad(f"no {TITLES[kind]} is there, by the bus, the device files and the driver", subject=kind)
    words = "the hardware is there" if hardware else "whether the hardware is there is not known"
    return unknown(f"{TITLES[kind]}: {words}, and no framework was asked to compute on it", subject=kind)


def _reasons(snapshot: Snapshot) -> list[str]:
    """Why not, in the frameworks' own words."""
    torch, tensorflow, jax = snapshot.torch.value, snapshot.tensorflow.value, snapshot.jax.value
    told = (
        ("torch", torch.cuda_reason or torch.xpu_reason if torch else ""),
        ("tensorflow", tensorflow.gpu_reason if tensorflow else ""),
        ("jax", jax.reason if jax else ""),
    )
    return [f"{name}: {reason}" for name, reason in told if reason]


def _unfinished(snapshot: Snapshot) -> bool:
    """Did a framework begin, and not come to say whether it has accelerators?"""
    torch = snapshot.torch
    return torch.value is not None and torch.ending is not None and not isinstance(torch.value.cuda_available, bool)
