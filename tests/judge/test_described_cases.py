"""Reports of real machines, told in words, as snapshots: the cause that the thread confirmed is named first.

Each holds the facts that the reporter gave; the address is where they stand.
"""

import pytest

from dlcheck.model.devices import Amd, Apple, ArrayDevice, Pci, PciDevice
from dlcheck.model.frameworks import TensorFlow
from dlcheck.model.gaps import ABSENT, Missing, seen, unseen
from dlcheck.model.host import Container, Memory
from tests import texts
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GIB,
    GPU,
    INTERPRETER,
    MEMORY,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    TORCH_CPU,
    TORCH_CUDA,
    build,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    roots,
)

NO_GPU_IN_TORCH = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1])


def torch_of(version, cuda, archs, **changes):
    """An imported torch of that version, and its packages."""
    return {
        "torch": change(NO_GPU_IN_TORCH, version=version, cuda=cuda, arch_list=archs, **changes),
        "packages": packages(
            distribution("torch", version.partition("+")[0]), builds=(build("torch", version, cuda=cuda),)
        ),
    }


def driver(version, cuda, **changes):
    """NVML's and libcuda's facts of a driver."""
    return {
        "nvidia": change(NVIDIA, driver_version=version, kernel_module_version=version, library_version=version,
                         driver_cuda=cuda, **changes),
        "cuda_driver": change(CUDA_DRIVER, version=cuda),
    }  # fmt: skip


RAISES = Missing("broken", "CUDA error: no kernel image is available for execution on the device")
RTX_5090 = change(GPU, name="NVIDIA GeForce RTX 5090", compute_capability=(12, 0))
RTX_2080 = change(GPU, name="NVIDIA GeForce RTX 2080 Ti", compute_capability=(7, 5))
UP_TO_HOPPER = ("sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90")

CASES = {
    "numba/numba/issues/8985": (
        gpu_machine(
            torch=NO_GPU_IN_TORCH,
            cuda_driver=change(CUDA_DRIVER, library="/scratch/u/opt/cuda-12.1/lib64/stubs/libcuda.so", is_stub=True,
                               init_code=34, device_count=Missing("broken")),
        ),
        "cuda-stub-library",
    ),
    "tensorflow/tensorflow/issues/38090": (
        gpu_machine(
            os=change(OS, system="windows", name="Windows 10", distribution="", glibc=ABSENT, shell="cmd"),
            torch=unseen("absent"),
            packages=packages(distribution("tensorflow", "2.1.0")),
            tensorflow=TensorFlow(
                version="2.1.0", cuda="10.1", cudnn="7", gpu_build=True,
                gpu_reason="Could not load dynamic library 'cudart64_101.dll'; dlerror: cudart64_101.dll not found",
                devices=(ArrayDevice(name="cpu", kind="cpu", product_right=True),),
            ),
            **driver("441.22", (10, 2), gpus=(change(GPU, name="GeForce GTX 1650", compute_capability=(7, 5)),)),
        ),
        "tf-cuda-version-mismatch",
    ),
    "Hellod035/LeggedLab/issues/26": (
        gpu_machine(
            **torch_of("2.6.0+cu124", "12.4", UP_TO_HOPPER, cuda_available=True,
                       devices=(TORCH_CPU.devices[0], ArrayDevice(name="cuda:0", kind="cuda", product_right=RAISES))),
            **driver("570.124.06", (12, 8), gpus=(RTX_5090,)),
        ),
        "gpu-arch-not-in-wheel-new",
    ),
    "pytorch/pytorch/issues/164346": (
        machine(
            pci=Pci(devices=(PciDevice(address="0000:c5:00.0", vendor_id=0x1002, device_id=0x1586, vendor="amd",
                                       driver="amdgpu"),)),
            amd=Amd(module_loaded=True, kfd=True, kfd_accessible=True, render_accessible=True, gfx=("gfx1151",)),
            torch=change(
                TORCH_CPU, version="2.10.0.dev20250929+rocm7.0", hip="7.0", cuda_available=True,
                arch_list=("gfx900", "gfx90a", "gfx942", "gfx1030", "gfx1100"),
                devices=(TORCH_CPU.devices[0],
                         ArrayDevice(name="cuda:0", kind="rocm", gfx="gfx1151",
                                     product_right=Missing("broken", "HIP error: invalid device function"))),
            ),
            packages=packages(distribution("torch", "2.10.0.dev20250929"),
                              builds=(build("torch", "2.10.0.dev20250929+rocm7.0", hip="7.0"),)),
        ),
        "rocm-gfx-not-in-wheel",
    ),
    "pytorch/pytorch/issues/88639": (
        gpu_machine(torch=NO_GPU_IN_TORCH,
                    cuda_driver=change(CUDA_DRIVER, init_code=999, device_count=Missing("broken"))),
        "cuda-unknown-error",
    ),
    "pytorch/pytorch/issues/139425": (
        machine(
            os=change(OS, system="darwin", name="macOS 12.7.6", version="12.7.6", machine="arm64", distribution="",
                      glibc=ABSENT, shell="zsh"),
            interpreter=change(INTERPRETER, machine="arm64", platform_tag="macosx-11.0-arm64", translated=False),
            pci=unseen("absent"), apple=Apple(chip="Apple M1", rosetta=False),
            torch=change(TORCH_CPU, version="2.5.1", mps_built=True, mps_available=False),
            packages=packages(distribution("torch", "2.5.1"), builds=(build("torch", "2.5.1"),)),
        ),
        "macos-too-old-for-mps",
    ),
    "NVIDIA/nvidia-docker/issues/1515": (
        gpu_machine(
            container=Container(engine="docker", evidence="/.dockerenv"), torch=NO_GPU_IN_TORCH,
            nvidia=change(NVIDIA, kernel_module_version="450.102.04", driver_version="450.102.04", driver_cuda=(11, 2),
                          gpus=(RTX_2080,), compat_libraries=("/usr/local/cuda-11.2/compat",)),
            cuda_driver=change(CUDA_DRIVER, library="/usr/local/cuda-11.2/compat/libcuda.so.460.32.03", version=(11, 2),
                               init_code=804, device_count=Missing("broken")),
        ),
        "cuda-compat-not-usable",
    ),
    "canonical/lxd/issues/5618": (
        gpu_machine(
            container=Container(engine="lxc", evidence="container=lxc"), torch=NO_GPU_IN_TORCH, pci=unseen("absent"),
            nvidia=change(NVIDIA, device_nodes=("/dev/nvidia0", "/dev/nvidiactl")),
            cuda_driver=change(CUDA_DRIVER, init_code=999, device_count=Missing("broken")),
        ),
        "nvidia-uvm-missing",
    ),
    "IEIT-Yuan/Yuan-2.0/issues/65": (
        gpu_machine(
            container=Container(engine="docker", evidence="/.dockerenv"),
            **torch_of("2.1.0a0+fe05266f", "12.1", ("sm_80", "sm_86", "sm_90")),
            **driver("450.119.03", (11, 0),
                     gpus=(change(GPU, name="NVIDIA A100-SXM4-40GB", compute_capability=(8, 0)),)),
        ),
        "driver-too-old-for-torch-cuda",
    ),
    "transformerlab/transformerlab-app/issues/1330": (
        gpu_machine(
            os=change(OS, machine="aarch64"),
            interpreter=change(INTERPRETER, machine="aarch64", platform_tag="linux-aarch64"),
            torch=change(TORCH_CPU, version="2.9.1+cpu"),
            packages=packages(distribution("torch", "2.9.1"), builds=(build("torch", "2.9.1+cpu"),)),
            nvidia=change(NVIDIA, gpus=(change(GPU, name="NVIDIA GB10", compute_capability=(12, 1)),)),
        ),
        "torch-cpu-build-on-gpu-machine",
    ),
    "huggingface/huggingface_hub/issues/4134": (
        gpu_machine(
            container=Container(engine="kubernetes", evidence="KUBERNETES_SERVICE_HOST"), torch=NO_GPU_IN_TORCH,
            nvidia=change(NVIDIA, gpus=(change(GPU, name="NVIDIA H200", compute_capability=(9, 0),
                                               fabric_state="in-progress"),)),
            cuda_driver=change(CUDA_DRIVER, init_code=802, device_count=Missing("broken")),
        ),
        "fabric-manager-not-running",
    ),
    "JosephKJ/OWOD/issues/81": (
        gpu_machine(
            torch=NO_GPU_IN_TORCH,
            nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1, uuid="GPU-02", handle_code=15,
                                                    compute_capability=Missing("broken"), throttle_bits=Missing("broken"),
                                                    memory_total_bytes=Missing("broken")))),
        ),
        "gpu-lost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("thread", CASES)
def test_the_confirmed_cause_is_named_first(thread):
    snapshot, cause = CASES[thread]
    kinds = {"rocm-gfx-not-in-wheel": ("rocm",), "macos-too-old-for-mps": ("mps",)}
    profile = change(BEGINNER, name="gpu", expects=kinds[cause]) if cause in kinds else EXPECTS_CUDA
    assert roots(snapshot, profile)[0] == cause


@pytest.mark.parametrize("thread", CASES)
def test_the_confirmed_cause_is_seen_by_a_beginner_too(thread):
    snapshot, cause = CASES[thread]
    assert any(one.status in ("warn", "fail") for one in findings(cause, snapshot))


def test_no_devices_were_found_under_an_open_module_asserts_nothing():
    """https://github.com/NVIDIA/open-gpu-kernel-modules/issues/872, which was never resolved: the module was open."""
    found = gpu_machine(
        pci=Pci(devices=(change(NVIDIA_GPU, device_id=0x2B85, name="NVIDIA GeForce RTX 5090"),)),
        nvidia=change(NVIDIA, kernel_module_version="575.51.03", driver_version="575.51.03", kernel_module_open=True,
                      gpus=()),
        cuda_driver=change(CUDA_DRIVER, init_code=100, device_count=0), torch=NO_GPU_IN_TORCH,
    )  # fmt: skip
    assert roots(found, EXPECTS_CUDA) == ["driver-finds-no-gpu"]
    (finding,) = findings("driver-finds-no-gpu", found, EXPECTS_CUDA)
    text = " ".join(finding.evidence)
    assert "possible" in text and "needs the open kernel module" not in text
    assert "NVRM" in finding.fixes[0].title


def test_a_small_shm_is_not_blamed_on_the_gpus():
    """https://github.com/NVIDIA/nccl/issues/473: 64 MB of /dev/shm in a container, the GPUs are well."""
    gpus = tuple(change(RTX_2080, index=index, uuid=f"GPU-{index}") for index in range(4))
    small: Memory = change(MEMORY, shm_total_bytes=64 * 2**20, shm_free_bytes=64 * 2**20, total_bytes=64 * GIB)
    found = gpu_machine(
        container=Container(engine="docker", evidence="/.dockerenv"), memory=small, nvidia=change(NVIDIA, gpus=gpus)
    )
    assert roots(found, EXPECTS_CUDA) == ["shm-too-small"]


TEXTS = {
    "open-r1#684": (
        "Linux, miniconda Python 3.11, torch 2.6.0, vllm 0.8.4, flash_attn 2.8.0.post2\nImportError: /x/site-packages/"
        "flash_attn_2_cuda.cpython-311-x86_64-linux-gnu.so: undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx11"
        "12basic_stringIcSt11char_traitsIcESaIcEEE", ["extension-abi-mismatch"]),
    "colabtools#4300": (
        "Google Colab, V100, Python 3.10, triton 2.1\nAssertionError: libcuda.so cannot found!", ["triton-finds-no-libcuda"]),
    "trak#68": (
        "nvcc 11.8 (V11.8.89), driver 460.91.03, torch extension fast_jl\nRuntimeError: CUDA error: the provided PTX was "
        "compiled with an unsupported toolchain.", ["driver-older-than-toolkit-ptx"]),
    "ragflow#17030": (
        "RTX 3070, Ubuntu 26.04, Docker; onnxruntime-gpu 1.22.0, torch 2.11.0+cu130\n[W:onnxruntime:Default, "
        "onnxruntime_pybind_state.cc:861 CreateExecutionProviderInstance] Failed to create CUDAExecutionProvider. Require "
        "cuDNN 9.* and CUDA 12.*", ["cuda-libraries-of-another-major"]),
    "jax#6517": (
        "jaxlib 0.1.65+cuda112, CUDA 11.2, cuDNN 8.0.5\nLoaded runtime CuDNN library: 8.0.5 but source was compiled with: "
        "8.1.0.\nRuntimeError: Unimplemented: DNN library is not found.", ["jax-cudnn-too-old"]),
    "whisper-diarization#259": (
        "RunPod instance, torch 2.5.0+cu121, ctranslate2 4.5.0\nUnable to load any of {libcudnn_ops.so.9.1.0, "
        "libcudnn_ops.so.9.1, libcudnn_ops.so.9, libcudnn_ops.so}\nInvalid handle. Cannot load symbol "
        "cudnnCreateTensorDescriptor", ["cudnn-not-found"]),
    "nccl#473": (
        "4x GeForce RTX 2080 Ti in a docker container, libnccl2 2.8.4-1+cuda11.2\nTest NCCL failure common.cu:777 'unhandled "
        "system error'\nNCCL Error 2: unhandled system error", ["shm-too-small"]),
}  # fmt: skip


@pytest.mark.parametrize("thread", TEXTS)
def test_the_confirmed_cause_is_named_alone_by_the_text(thread):
    text, causes = TEXTS[thread]

    assert texts.roots(text) == causes


def test_two_onnxruntimes_beside_a_gpu_without_code_are_told_second():
    """https://github.com/pytorch/pytorch/issues/164346"""
    snapshot, cause = CASES["pytorch/pytorch/issues/164346"]
    installed = snapshot.packages.value
    both = change(
        installed,
        distributions=(
            *installed.distributions, distribution("onnxruntime", "1.23.0"), distribution("onnxruntime-gpu", "1.23.0"),
        ),
    )  # fmt: skip
    found = roots(change(snapshot, packages=seen(both)), change(BEGINNER, name="gpu", expects=("rocm",)))

    assert found == [cause, "module-of-two-distributions"]
