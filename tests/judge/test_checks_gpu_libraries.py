"""Libraries beside PyTorch, by what is installed: each fault fires, and stays silent on its known false alarms."""

import pytest

from dlcheck.model.gaps import ABSENT
from dlcheck.model.tools import Tool
from tests.facts import (
    GPU,
    INTERPRETER,
    NVIDIA,
    OS,
    TOOLS,
    TORCH_CUDA,
    build,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    status,
)

TORCH = (distribution("torch", "2.13.0"), distribution("triton", "3.7.1"))


def beside(*extra, **groups):
    """The healthy workstation with further distributions."""
    return gpu_machine(
        packages=packages(*TORCH, *extra, builds=(build("torch", "2.13.0+cu130", cuda="13.0"),)), **groups
    )


def of_capability(*capability, name="NVIDIA Tesla T4"):
    return change(NVIDIA, gpus=(change(GPU, name=name, compute_capability=capability),))


def with_variables(**variables):
    return change(INTERPRETER, variables={**INTERPRETER.variables, **variables})


NO_COMPILER = change(TOOLS, found=(), looked_for=("gcc", "clang", "cc"))
T4 = of_capability(7, 5)
SPARK = of_capability(12, 1, name="NVIDIA GB10")
OLD_TRITON = packages(distribution("torch", "2.9.0"), distribution("triton", "3.5.0"),
                      builds=(build("torch", "2.9.0+cu130", cuda="13.0"),))  # fmt: skip
ORT = distribution("onnxruntime-gpu", "1.23.2")

FAULTS = {
    "c-compiler-missing": (lambda: beside(tools=NO_COMPILER), "note"),
    "python-headers-missing": (lambda: beside(interpreter=change(INTERPRETER, headers=ABSENT)), "note"),
    "gpu-too-old-for-triton": (lambda: beside(nvidia=of_capability(6, 1, name="NVIDIA GeForce GTX 1080")), "note"),
    "ptxas-older-than-gpu": (lambda: gpu_machine(packages=OLD_TRITON, nvidia=SPARK), "warn"),
    "cuda-libraries-of-another-major": (lambda: beside(ORT), "warn"),
    "bitsandbytes-without-its-cuda": (
        lambda: beside(distribution("bitsandbytes", "0.48.1"), interpreter=with_variables(BNB_CUDA_VERSION="124")),
        "warn",
    ),
    "gpu-too-old-for-flash-attention": (lambda: beside(distribution("flash-attn", "2.8.3"), nvidia=T4), "warn"),
    "torch-companion-of-another-release": (
        lambda: machine(packages=packages(distribution("torch", "2.13.0"), distribution("torch-xla", "2.9.0"),
                                          builds=(build("torch", "2.13.0+cpu"),))), "warn",
    ),
    "ascend-environment-not-set": (
        lambda: machine(packages=packages(distribution("torch", "2.5.1"), distribution("torch-npu", "2.5.1"),
                                          builds=(build("torch", "2.5.1+cpu"),))), "warn",
    ),
    "directml-of-the-past": (lambda: machine(packages=packages(distribution("torch-directml", "0.2.5"))), "note"),
}  # fmt: skip


@pytest.mark.parametrize("check", FAULTS)
def test_it_is_told(check):
    make, grade = FAULTS[check]

    assert status(check, make()) == grade
    (finding,) = findings(check, make())
    assert finding.evidence
    assert finding.fixes


SILENT = {
    "a compiler is there": ("c-compiler-missing", beside),
    "no Triton, nothing compiles": ("c-compiler-missing", lambda: machine(tools=NO_COMPILER)),
    "Windows, whose Triton brings a compiler": (
        "c-compiler-missing", lambda: beside(tools=NO_COMPILER, os=change(OS, system="windows"))),
    "headers are there": ("python-headers-missing", lambda: beside(interpreter=change(INTERPRETER, headers=True))),
    "headers are missing, and nothing compiles": (
        "python-headers-missing", lambda: machine(interpreter=change(INTERPRETER, headers=ABSENT))),
    "another assembler is named": (
        "ptxas-older-than-gpu",
        lambda: gpu_machine(packages=OLD_TRITON, nvidia=SPARK, interpreter=with_variables(TRITON_PTXAS_PATH="/x/ptxas"))),
    "a Triton that knows the GPU": ("ptxas-older-than-gpu", lambda: beside(nvidia=SPARK)),
    "CUDA 12 by packages": (
        "cuda-libraries-of-another-major", lambda: beside(ORT, distribution("nvidia-cublas-cu12", "12.8.4.1"))),
    "CUDA 12 in the system": (
        "cuda-libraries-of-another-major",
        lambda: beside(ORT, tools=change(TOOLS, found=(Tool(name="nvcc", path="/usr/local/cuda/bin/nvcc", version="12.8"),)))),
    "a release of which nobody knows": (
        "cuda-libraries-of-another-major", lambda: beside(distribution("onnxruntime-gpu", "1.27.0"))),
    "PyTorch for CUDA 12": (
        "cuda-libraries-of-another-major",
        lambda: gpu_machine(
            packages=packages(distribution("torch", "2.13.0"), ORT, builds=(build("torch", "2.13.0+cu126", cuda="12.6"),)),
            torch=change(TORCH_CUDA, version="2.13.0+cu126", cuda="12.6"))),
    "BNB_CUDA_VERSION of this CUDA": (
        "bitsandbytes-without-its-cuda",
        lambda: beside(distribution("bitsandbytes", "0.48.1"), interpreter=with_variables(BNB_CUDA_VERSION="130"))),
    "a new bitsandbytes": ("bitsandbytes-without-its-cuda", lambda: beside(distribution("bitsandbytes", "0.48.1"))),
    "an old bitsandbytes for the CPU": (
        "bitsandbytes-without-its-cuda", lambda: machine(packages=packages(distribution("bitsandbytes", "0.41.0")))),
    "Ampere and FlashAttention": ("gpu-too-old-for-flash-attention", lambda: beside(distribution("flash-attn", "2.8.3"))),
    "CANN's folder is named": (
        "ascend-environment-not-set",
        lambda: machine(packages=packages(distribution("torch-npu", "2.5.1")),
                        interpreter=with_variables(ASCEND_TOOLKIT_HOME="/usr/local/Ascend/ascend-toolkit/latest"))),
    "torch_xla of this torch": (
        "torch-companion-of-another-release",
        lambda: machine(packages=packages(distribution("torch", "2.13.0"), distribution("torch-xla", "2.13.1")))),
}  # fmt: skip


@pytest.mark.parametrize("why", SILENT)
def test_it_is_silent(why):
    check, make = SILENT[why]

    assert status(check, make()) in ("pass", "skip"), findings(check, make())


def test_a_torch_for_cuda_12_of_the_same_release_serves_both():
    (finding,) = findings("cuda-libraries-of-another-major", beside(ORT))

    words = finding.fixes[0].commands[-1].text
    assert "torch==2.13.0" in words and "whl/cu126" in words


def test_intels_extension_is_removed_and_not_matched():
    installed = packages(
        distribution("torch", "2.13.0"), distribution("intel-extension-for-pytorch", "2.8.0"),
        builds=(build("torch", "2.13.0+cpu"),),
    )  # fmt: skip
    (finding,) = findings("torch-companion-of-another-release", machine(packages=installed))

    assert "uninstall" in finding.fixes[0].commands[-1].argv


def test_tensorflow_on_a_mac_is_told_of_its_plugin():
    mac = change(OS, system="darwin", machine="arm64", name="macOS 15.1", version="15.1")
    installed = packages(distribution("tensorflow", "2.18.0"))

    assert status("tensorflow-without-metal", machine(os=mac, packages=installed)) == "note"
    both = packages(distribution("tensorflow", "2.18.0"), distribution("tensorflow-metal", "1.2.0"))
    assert status("tensorflow-without-metal", machine(os=mac, packages=both)) == "pass"
    assert status("tensorflow-without-metal", machine(packages=installed)) == "skip"


def test_a_mac_that_asks_an_index_without_wheels_for_it():
    mac = change(OS, system="darwin", machine="arm64", name="macOS 15.1", version="15.1")
    cuda = change(packages(), pip_index_url="https://download.pytorch.org/whl/cu126")
    (finding,) = findings("wheel-index-of-another-system", machine(os=mac, packages=cuda))

    assert finding.status == "fail"
    assert "unset" in finding.fixes[0].title
    plain = change(packages(), pip_index_url="https://download.pytorch.org/whl/cpu")
    assert status("wheel-index-of-another-system", machine(os=mac, packages=plain)) == "pass"
    assert status("wheel-index-of-another-system", machine(packages=cuda)) == "skip", "Linux has such wheels"
