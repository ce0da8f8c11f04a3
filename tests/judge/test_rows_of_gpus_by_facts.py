"""Failures of the field as a machine shows them: the cause is the first root cause, whatever follows from it."""

import pytest

from dlcheck.model.devices import Amd, ArrayDevice, CudaDriver, Nvidia, Pci, PciDevice, Tpu, VisibleDevices
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing, unseen
from dlcheck.model.host import Container
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTERPRETER,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    TORCH_CPU,
    TORCH_CUDA,
    build,
    change,
    distribution,
    gpu_machine,
    machine,
    packages,
    report,
    roots,
)

NO_CUDA = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1])
DOCKER = Container(engine="docker", evidence="/.dockerenv")
KUBERNETES = Container(engine="kubernetes", evidence="KUBERNETES_SERVICE_HOST")
BROKEN, NO_FILE = Missing("broken"), Missing("absent", "there is no such file")
WINDOWS = change(
    OS, system="windows", name="Windows 11", distribution="", glibc=ABSENT, shell="powershell", machine="AMD64"
)
WINDOWS_PYTHON = change(INTERPRETER, platform_tag="win-amd64", machine="AMD64", executable=r"C:\env\Scripts\python.exe")
WSL = change(OS, wsl=2, kernel="5.15.153.1-microsoft-standard-WSL2", windows_build=22631)
ARM = {
    "os": change(OS, machine="aarch64"),
    "interpreter": change(INTERPRETER, machine="aarch64", platform_tag="linux-aarch64"),
    "pci": unseen("absent"),
}
NO_LIBRARY = {
    "nvml_library": NO_FILE,
    "nvml_code": NO_FILE,
    "driver_version": NO_FILE,
    "driver_cuda": NO_FILE,
    "gpus": NO_FILE,
}
NOT_LOADED = {
    **NO_LIBRARY, "kernel_module_version": ABSENT, "kernel_module_open": ABSENT, "modules_loaded": (), "device_nodes": (),
    "library_version": ABSENT, "kernel_module_files": (),
}  # fmt: skip


def cuda_12(version, **changes):
    """PyTorch for CUDA 12.x: its import and its packages."""
    tag = version.partition("+cu")[2]
    cuda = f"{tag[:2]}.{tag[2]}"
    plain = version.partition("+")[0]
    return {
        "torch": change(NO_CUDA, version=version, cuda=cuda, **changes),
        "packages": packages(distribution("torch", plain), builds=(build("torch", version, cuda=cuda),)),
    }


def fails_on_gpu(words, **changes):
    device = ArrayDevice(name="cuda:0", kind="cuda", product_right=Missing("broken", words))
    return change(TORCH_CUDA, devices=(TORCH_CPU.devices[0], device), **changes)


def rocm(**groups):
    card = PciDevice(address="0000:c5:00.0", vendor_id=0x1002, device_id=0x744C, vendor="amd", driver="amdgpu")
    torch = change(TORCH_CPU, version="2.13.0+rocm7.2", hip="7.2", arch_list=("gfx1030", "gfx1100"))
    installed = packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+rocm7.2", hip="7.2"),))
    return machine(**{"pci": Pci(devices=(card,)), "torch": torch, "packages": installed, **groups})


def cuda(code, **changes):
    return change(CUDA_DRIVER, init_code=code, device_count=BROKEN, **changes)


NVML_REFUSES = {"gpus": BROKEN, "driver_version": BROKEN, "driver_cuda": BROKEN}
A100 = change(GPU, name="NVIDIA A100-SXM4-40GB", compute_capability=(8, 0))
AMD = Amd(module_loaded=True, kfd=True, kfd_accessible=True, render_accessible=True, gfx=("gfx1100",))
CASES = {
    "Windows without a driver": (
        gpu_machine(os=WINDOWS, interpreter=WINDOWS_PYTHON, nvidia=Nvidia(**NO_LIBRARY), cuda_driver=unseen("absent"),
                    torch=NO_CUDA, pci=Pci(devices=(change(NVIDIA_GPU, driver=NOT_LOOKED),))), "no-driver"),
    "Linux without a driver": (
        gpu_machine(nvidia=Nvidia(**NOT_LOADED), cuda_driver=unseen("absent"), torch=NO_CUDA,
                    pci=Pci(devices=(change(NVIDIA_GPU, driver=ABSENT),))), "no-driver"),
    "a module for another kernel": (
        gpu_machine(nvidia=Nvidia(**{**NOT_LOADED, "kernel_module_files": ("6.8.0-45-generic",), "nvml_code": 9,
                                     "nvml_library": "/usr/lib/libnvidia-ml.so.1", "dkms_versions": ("580.82.07",)}),
                    cuda_driver=cuda(100), torch=NO_CUDA, pci=Pci(devices=(change(NVIDIA_GPU, driver=ABSENT),))),
        "no-driver"),
    "nouveau": (
        gpu_machine(nvidia=Nvidia(**NOT_LOADED), cuda_driver=unseen("absent"), torch=NO_CUDA,
                    pci=Pci(devices=(change(NVIDIA_GPU, driver="nouveau"),))), "nouveau-in-use"),
    "Secure Boot": (
        gpu_machine(os=change(OS, secure_boot=True), cuda_driver=cuda(100), torch=NO_CUDA,
                    nvidia=Nvidia(**{**NOT_LOADED, "kernel_module_files": (OS.kernel,), "nvml_code": 9}),
                    pci=Pci(devices=(change(NVIDIA_GPU, driver=ABSENT),))), "secure-boot-blocks-module"),
    "a GPU for virtual machines": (
        machine(pci=Pci(devices=(change(NVIDIA_GPU, driver="vfio-pci"),)), torch=NO_CUDA), "no-nvidia-gpu"),
    "two versions": (
        gpu_machine(nvidia=change(NVIDIA, nvml_code=18, library_version="580.95.05", **NVML_REFUSES), cuda_driver=cuda(803),
                    torch=NO_CUDA), "driver-library-mismatch"),
    "off the bus": (
        gpu_machine(pci=Pci(devices=(change(NVIDIA_GPU, config_all_ones=True),)), torch=NO_CUDA, cuda_driver=cuda(999),
                    nvidia=change(NVIDIA, gpus=(change(GPU, handle_code=15),), xids=(79,))), "gpu-lost"),
    "loose power cables": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, handle_code=8),)), cuda_driver=cuda(100), torch=NO_CUDA),
        "gpu-reports-a-fault"),
    "a memory that failed": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(A100, remap_failed=True, remap_pending=False),)),
                    torch=fails_on_gpu("CUDA error: uncorrectable ECC error encountered")), "gpu-memory-faulty"),
    "no /dev/nvidia-uvm": (
        gpu_machine(nvidia=change(NVIDIA, device_nodes=("/dev/nvidia0", "/dev/nvidiactl")), cuda_driver=cuda(999),
                    torch=NO_CUDA), "nvidia-uvm-missing"),
    "no permission": (
        gpu_machine(nvidia=change(NVIDIA, nvml_code=4, unreadable_nodes=("/dev/nvidia0", "/dev/nvidiactl"), **NVML_REFUSES),
                    cuda_driver=cuda(100), torch=NO_CUDA), "gpu-access-denied"),
    "device rules lost": (
        gpu_machine(container=DOCKER, nvidia=change(NVIDIA, nvml_code=999, blocked_nodes=("/dev/nvidiactl",), **NVML_REFUSES),
                    cuda_driver=cuda(999), torch=NO_CUDA), "gpu-access-denied"),
    "closed to all": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, compute_mode="prohibited"),)),
                    torch=fails_on_gpu("CUDA error: all CUDA-capable devices are busy or unavailable")),
        "gpu-closed-to-this-program"),
    "MIG without a slice, error 100": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(A100, mig_enabled=True, mig_instances=()),)), cuda_driver=cuda(100),
                    torch=NO_CUDA), "cuda-does-not-start"),
    "MIG without a slice, no error": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(A100, mig_enabled=True, mig_instances=()),)), torch=NO_CUDA,
                    cuda_driver=change(CUDA_DRIVER, device_count=0)), "cuda-does-not-start"),
    "NVSwitch without its manager": (
        gpu_machine(nvidia=change(NVIDIA, nvswitch=True, fabric_manager="not running",
                                  gpus=(change(A100, fabric_state="not-started"),)), cuda_driver=cuda(802), torch=NO_CUDA),
        "fabric-manager-not-running"),
    "a driver for CUDA 12, PyTorch for CUDA 13": (
        gpu_machine(nvidia=change(NVIDIA, driver_version="550.54.15", kernel_module_version="550.54.15",
                                  library_version="550.54.15", driver_cuda=(12, 4)),
                    cuda_driver=change(CUDA_DRIVER, version=(12, 4)), torch=NO_CUDA), "driver-too-old-for-torch-cuda"),
    "compat on a GeForce": (
        gpu_machine(container=DOCKER, nvidia=change(NVIDIA, compat_libraries=("/usr/local/cuda/compat",)),
                    cuda_driver=cuda(804, library="/usr/local/cuda/compat/libcuda.so.1"), torch=NO_CUDA),
        "cuda-compat-not-usable"),
    "the stub": (gpu_machine(cuda_driver=cuda(34, is_stub=True, library="/usr/local/cuda/lib64/stubs/libcuda.so"),
                             torch=NO_CUDA), "cuda-stub-library"),
    "too little memory in WSL": (
        gpu_machine(os=WSL, pci=unseen("absent"), cuda_driver=cuda(2, library="/usr/lib/wsl/lib/libcuda.so.1"), torch=NO_CUDA,
                    nvidia=change(NVIDIA, device_nodes=("/dev/dxg",), modules_loaded=(), kernel_module_version=ABSENT)),
        "cuda-does-not-start"),
    "a Linux driver in WSL": (
        gpu_machine(os=WSL, pci=unseen("absent"), torch=NO_CUDA, cuda_driver=cuda(100),
                    nvidia=change(NVIDIA, device_nodes=("/dev/dxg",), modules_loaded=(), kernel_module_version=ABSENT)),
        "linux-driver-in-wsl"),
    "WSL 1": (machine(os=change(OS, wsl=1, kernel="4.4.0-22621-Microsoft"), pci=unseen("absent")), "wsl1-no-gpu"),
    "a CPU build": (
        gpu_machine(torch=TORCH_CPU, packages=packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),))),
        "torch-cpu-build-on-gpu-machine"),
    "JetPack 5, a wheel for servers": (
        machine(nvidia=Nvidia(**{**NO_LIBRARY, "tegra": "R35.4.1", "device_nodes": ("/dev/nvhost-gpu",)}),
                cuda_driver=CudaDriver(library="/usr/lib/aarch64-linux-gnu/tegra/libcuda.so.1", version=(11, 4), init_code=0,
                                       device_count=1), **ARM, **cuda_12("2.8.0+cu126")), "torch-not-built-for-jetson"),
    "JetPack 6, a wheel for servers": (
        machine(nvidia=change(NVIDIA, tegra="R36.4.0", driver_version="540.4.0", kernel_module_version="540.4.0",
                              library_version="540.4.0", gpus=(change(GPU, name="Orin (nvgpu)", compute_capability=(8, 7)),)),
                cuda_driver=CudaDriver(library="/x/libcuda.so.1", version=(12, 6), init_code=0, device_count=1), **ARM,
                **cuda_12("2.8.0+cu126", arch_list=("sm_80", "sm_90"), cuda_available=True)), "torch-not-built-for-jetson"),
    "a new GPU": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, name="NVIDIA GeForce RTX 5090", compute_capability=(12, 0)),)),
                    **cuda_12("2.6.0+cu124", arch_list=("sm_50", "sm_80", "sm_90"), cuda_available=True)),
        "gpu-arch-not-in-wheel-new"),
    "an old GPU": (
        gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, name="Tesla V100-SXM2-16GB", compute_capability=(7, 0)),)),
                    torch=fails_on_gpu("no kernel image is available")), "gpu-arch-not-in-wheel-old"),
    "another maker's build": (
        gpu_machine(torch=change(TORCH_CPU, version="2.13.0+rocm7.2", hip="7.2", arch_list=("gfx1100",)),
                    packages=packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+rocm7.2", hip="7.2"),))),
        "torch-for-another-vendor"),
    "hidden by -1": (
        gpu_machine(visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "-1"}), torch=NO_CUDA,
                    cuda_driver=change(CUDA_DRIVER, init_code=100, device_count=0, unhidden_count=1)),
        "gpu-hidden-by-environment"),
    "a name of another machine": (
        gpu_machine(visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "GPU-ffff"}), torch=NO_CUDA,
                    cuda_driver=change(CUDA_DRIVER, init_code=100, device_count=0, unhidden_count=1)),
        "gpu-hidden-by-environment"),
    "older CUDA libraries in front": (
        gpu_machine(interpreter=change(INTERPRETER, variables={"LD_LIBRARY_PATH": "/usr/local/cuda-12.1/lib64"}),
                    torch=unseen("broken", "libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version "
                                 "libnvJitLink.so.12")), "cuda-libs-shadowed-by-ld-library-path"),
    "a container without the GPU": (
        gpu_machine(container=KUBERNETES, cuda_driver=unseen("absent"), torch=NO_CUDA,
                    nvidia=change(NVIDIA, device_nodes=(), library_version=ABSENT, **NO_LIBRARY)), "container-without-gpu"),
    "a container without libcuda": (
        gpu_machine(container=DOCKER, cuda_driver=unseen("absent", "no libcuda.so.1"), torch=NO_CUDA),
        "container-without-cuda-library"),
    "amdgpu is not loaded": (rocm(pci=Pci(devices=(PciDevice(address="0000:c5:00.0", vendor_id=0x1002, device_id=0x744C,
                                                            vendor="amd", driver=ABSENT),)),
                                  amd=change(AMD, module_loaded=False, kfd=False, gfx=())), "amdgpu-not-loaded"),
    "an AMD GPU too old": (rocm(amd=change(AMD, gfx=())), "amdgpu-not-loaded"),
    "not in the group render": (rocm(amd=change(AMD, kfd_accessible=False, closed_groups=("render",))),
                                "amd-gpu-not-accessible"),
    "a container without /dev/kfd's group": (
        rocm(container=DOCKER, amd=change(AMD, kfd_accessible=False, render_accessible=False, closed_groups=("109",))),
        "amd-gpu-not-accessible"),
    "a TPU without device files": (
        machine(tpu=Tpu(evidence=("PCI device 1ae0:0063 (TPU v5e)",), chips=1),
                packages=packages(distribution("torch", "2.13.0"), distribution("libtpu", "0.0.44"),
                                  builds=(build("torch", "2.13.0+cpu"),))), "tpu-device-files-missing"),
    "a TPU without libtpu": (
        machine(tpu=Tpu(evidence=("/dev/vfio/0",), chips=1, device_files=("/dev/vfio/0",), lock_file=False)), "libtpu-missing"),
}  # fmt: skip
PROFILES = {"amd": "rocm", "tpu": "tpu", "libtpu": "tpu"}


def profile_for(cause):
    kind = PROFILES.get(cause.partition("-")[0], PROFILES.get(cause.partition("gpu")[0], ""))
    return change(BEGINNER, name=kind, expects=(kind,)) if kind else EXPECTS_CUDA


@pytest.mark.parametrize("why", CASES)
def test_the_cause_is_named_first(why):
    snapshot, cause = CASES[why]

    found = roots(snapshot, profile_for(cause))

    assert found[:1] == [cause], found
    assert set(found) <= {cause, "gpu-hardware-errors"}, "what follows from it is no problem of its own"


@pytest.mark.parametrize("why", CASES)
def test_the_cause_says_what_to_do(why):
    snapshot, cause = CASES[why]

    finding = next(
        one for one in report(snapshot, profile_for(cause)).findings if one.id == cause and one.status == "fail"
    )

    assert finding.evidence
    assert finding.fixes


HEALTHY = {
    "a driver without NVML": gpu_machine(container=DOCKER, pci=unseen("absent"), nvidia=change(NVIDIA, **NO_LIBRARY)),
    "a second card for a virtual machine": gpu_machine(
        pci=Pci(devices=(NVIDIA_GPU, change(NVIDIA_GPU, address="0000:02:00.0", driver="vfio-pci")))),
    "Secure Boot with the distribution's module": gpu_machine(os=change(OS, secure_boot=True)),
    "a laptop's GPU asleep": gpu_machine(
        pci=Pci(devices=(change(NVIDIA_GPU, power_state="D3cold", config_all_ones=True),))),
    "an older driver of the same major version": gpu_machine(
        **{**cuda_12("2.8.0+cu128"), "torch": change(TORCH_CUDA, version="2.8.0+cu128", cuda="12.8")},
        nvidia=change(NVIDIA, driver_version="535.183.01", kernel_module_version="535.183.01", library_version="535.183.01",
                      driver_cuda=(12, 2)), cuda_driver=change(CUDA_DRIVER, version=(12, 2))),
    "compat on a data centre's GPU": gpu_machine(
        container=DOCKER, nvidia=change(NVIDIA, gpus=(A100,), compat_libraries=("/usr/local/cuda/compat",)),
        cuda_driver=change(CUDA_DRIVER, library="/usr/local/cuda/compat/libcuda.so.1")),
    "MIG with a slice in use": gpu_machine(nvidia=change(NVIDIA, gpus=(change(A100, mig_enabled=True),))),
    "a GPU of two is chosen": gpu_machine(
        nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1, uuid="GPU-2"))),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "1"})),
    "WSL 2": gpu_machine(
        os=WSL, pci=unseen("absent"), cuda_driver=change(CUDA_DRIVER, library="/usr/lib/wsl/lib/libcuda.so.1"),
        nvidia=change(NVIDIA, device_nodes=("/dev/dxg",), modules_loaded=(), kernel_module_version=ABSENT,
                      kernel_module_open=ABSENT, kernel_module_files=(), library_version="560.35.02")),
}  # fmt: skip


@pytest.mark.parametrize("why", HEALTHY)
def test_it_is_no_fault(why):
    assert [one for one in roots(HEALTHY[why], EXPECTS_CUDA) if one != "shm-too-small"] == []
