"""NVIDIA's GPUs that are there and do not serve, or serve slowly: each fires, and stays silent on its false alarms."""

import pytest

from dlcheck.model.devices import Amd, ArrayDevice, CudaDriver, Pci, PciDevice, Tpu, VisibleDevices
from dlcheck.model.gaps import Missing
from dlcheck.model.host import Container
from dlcheck.model.tools import Tool
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTERPRETER,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    TOOLS,
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
    status,
)

NO_CUDA = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1])
ANY = change(BEGINNER, name="any", expects=("any",))
EXPECTS_ROCM = change(BEGINNER, name="rocm", expects=("rocm",))
DOCKER = Container(engine="docker", evidence="/.dockerenv")
OTHER = change(NVIDIA_GPU, address="0000:02:00.0", name="NVIDIA GeForce GTX 1080", device_id=0x1B80)
KEPLER = change(NVIDIA_GPU, address="0000:02:00.0", name="NVIDIA GeForce GT 710", device_id=0x128B)
ROCM_TORCH = change(
    TORCH_CPU, version="2.13.0+rocm7.2", hip="7.2", arch_list=("gfx1030", "gfx1100"), cuda_available=True
)
ROCM = {
    "torch": ROCM_TORCH,
    "packages": packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+rocm7.2", hip="7.2"),)),
    "pci": Pci(devices=(PciDevice(address="0000:c5:00.0", vendor_id=0x1002, device_id=0x744C, vendor="amd",
                                  driver="amdgpu"),)),
}  # fmt: skip


def gpu(**changes):
    return gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, **changes),)))


def amd(gfx, **changes):
    facts = Amd(module_loaded=True, kfd=True, kfd_accessible=True, render_accessible=True, gfx=gfx)
    return machine(amd=change(facts, **changes), **ROCM)


def left_out(*cards, listed=(GPU,), **changes):
    """NVML works and lists fewer GPUs than these cards."""
    torch = {} if listed else {"torch": NO_CUDA, "cuda_driver": change(CUDA_DRIVER, init_code=100, device_count=0)}
    return gpu_machine(pci=Pci(devices=cards), nvidia=change(NVIDIA, gpus=listed, **changes), **torch)


def tpu(**changes):
    return machine(tpu=Tpu(**{"evidence": ("PCI device 1ae0:0063 (TPU v5e)",), "chips": 1, **changes}))


FAULTS = {
    "its power cables are loose": (lambda: gpu(handle_code=8), "gpu-reports-a-fault", "warn"),
    "its infoROM is damaged": (lambda: gpu(handle_code=14), "gpu-reports-a-fault", "warn"),
    "the log tells of memory errors": (
        lambda: gpu_machine(nvidia=change(NVIDIA, xids=(13, 48))), "gpu-hardware-errors", "warn"),
    "nobody may compute": (lambda: gpu(compute_mode="prohibited"), "gpu-closed-to-this-program", "warn"),
    "one at a time may compute": (lambda: gpu(compute_mode="exclusive-process"), "gpu-closed-to-this-program", "note"),
    "a server's GPU is let go": (lambda: gpu(display_active=False), "persistence-mode-off", "note"),
    "one lane of sixteen": (lambda: gpu(pcie_width=1), "gpu-link-narrow", "warn"),
    "four lanes, as in a Thunderbolt box": (lambda: gpu(pcie_width=4), "gpu-link-narrow", "note"),
    "half of the lanes": (lambda: gpu(pcie_width=8), "gpu-link-narrow", "note"),
    "GPUs of two models": (
        lambda: gpu_machine(nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1, uuid="GPU-2", name="NVIDIA T4",
                                                                    compute_capability=(7, 5))))), "gpus-differ", "note"),
    "no bfloat16": (lambda: gpu(name="NVIDIA T4", compute_capability=(7, 5)), "bfloat16-emulated", "note"),
    "one of two cards is left out": (lambda: left_out(NVIDIA_GPU, OTHER), "driver-finds-no-gpu", "warn"),
    "an old card for the screen is left out": (lambda: left_out(NVIDIA_GPU, KEPLER), "driver-finds-no-gpu", "note"),
    "only what watches is in the container": (
        lambda: gpu_machine(container=DOCKER, cuda_driver=CudaDriver(library=Missing("absent", "no libcuda.so.1")),
                            torch=NO_CUDA), "container-without-cuda-library", "note"),
    "a snap of Docker": (
        lambda: gpu_machine(tools=change(TOOLS, found=(Tool(name="docker", path="/snap/bin/docker"),))),
        "docker-from-snap", "note"),
    "Docker without the toolkit": (
        lambda: gpu_machine(tools=change(TOOLS, found=(Tool(name="docker", path="/usr/bin/docker"),),
                                         looked_for=("docker", "nvidia-ctk"))), "container-toolkit-missing", "note"),
    "ROCm's PyTorch, NVIDIA's GPU": (
        lambda: gpu_machine(torch=ROCM_TORCH, packages=ROCM["packages"]), "torch-for-another-vendor", "warn"),
    "a server's wheel on a Jetson": (
        lambda: machine(nvidia=change(NVIDIA, tegra="R36.4.0", gpus=()), torch=NO_CUDA,
                        os=change(OS, machine="aarch64"), interpreter=change(INTERPRETER, machine="aarch64")),
        "torch-not-built-for-jetson", "warn"),
    "another family's code": (lambda: amd(("gfx1030",), gfx_override="11.0.0"), "hsa-override-of-another-family", "warn"),
    "a disguise for nothing": (lambda: amd(("gfx1030",), gfx_override="10.3.1"), "hsa-override-of-another-family", "warn"),
    "the processor's GPU is the first": (lambda: amd(("gfx1036", "gfx1100")), "processor-gpu-comes-first", "warn"),
    "a TPU without device files": (tpu, "tpu-device-files-missing", "warn"),
    "old words for Colab's TPU": (
        lambda: tpu(device_files=("/dev/vfio/0",), variables={"XRT_TPU_CONFIG": "(set)"}), "colab-tpu-of-the-old-kind",
        "warn"),
    "torch_xla is sent to the CPU": (
        lambda: machine(tpu=Tpu(evidence=("/dev/accel0",), chips=1, device_files=("/dev/accel0",),
                                variables={"PJRT_DEVICE": "CPU"}),
                        packages=packages(distribution("torch", "2.9.0"), distribution("torch-xla", "2.9.0"))),
        "pjrt-device-not-tpu", "note"),
}  # fmt: skip


@pytest.mark.parametrize("why", FAULTS)
def test_it_is_told(why):
    make, check, grade = FAULTS[why]

    assert status(check, make()) == grade, findings(check, make())


SILENT = {
    "a GPU without fault": ("gpu-reports-a-fault", gpu_machine),
    "errors that programs cause": ("gpu-hardware-errors", lambda: gpu_machine(nvidia=change(NVIDIA, xids=(13, 31, 43)))),
    "nobody may read the log": (
        "gpu-hardware-errors", lambda: gpu_machine(nvidia=change(NVIDIA, xids=Missing("denied")))),
    "a desktop's GPU": ("persistence-mode-off", lambda: gpu(display_active=True)),
    "a server that keeps its GPU": ("persistence-mode-off", lambda: gpu(display_active=False, persistence_mode=True)),
    "a slot of x8": ("gpu-link-narrow", lambda: gpu(pcie_width=8, pcie_width_max=8)),
    "numbered by the bus": (
        "gpus-differ",
        lambda: gpu_machine(visible_devices=VisibleDevices(variables={"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
                            nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1, uuid="GPU-2", name="NVIDIA T4"))))),
    "two of one model": ("gpus-differ", lambda: gpu_machine(nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1))))),
    "a virtual function is no card": (
        "driver-finds-no-gpu", lambda: left_out(NVIDIA_GPU, change(OTHER, virtual_function=True))),
    "a card that nouveau holds, which is told elsewhere": (
        "driver-finds-no-gpu",
        lambda: left_out(NVIDIA_GPU, change(OTHER, driver="nouveau")),
    ),
    "a card held for a virtual machine": (
        "driver-finds-no-gpu", lambda: left_out(NVIDIA_GPU, change(OTHER, driver="vfio-pci"))),
    "a container was given one of two": (
        "driver-finds-no-gpu",
        lambda: gpu_machine(pci=Pci(devices=(NVIDIA_GPU, OTHER)), container=DOCKER)),
    "a container with all libraries": ("container-without-cuda-library", lambda: gpu_machine(container=DOCKER)),
    "Docker's own packages": (
        "docker-from-snap", lambda: gpu_machine(tools=change(TOOLS, found=(Tool(name="docker", path="/usr/bin/docker"),)))),
    "Docker in WSL": (
        "container-toolkit-missing",
        lambda: gpu_machine(os=change(OS, wsl=2), tools=change(TOOLS, found=(Tool(name="docker", path="/usr/bin/docker"),),
                                                               looked_for=("docker", "nvidia-ctk")))),
    "GPUs of both makers": (
        "torch-for-another-vendor",
        lambda: gpu_machine(torch=ROCM_TORCH, packages=ROCM["packages"],
                            pci=Pci(devices=(NVIDIA_GPU, *ROCM["pci"].devices)))),
    "a Jetson that computes": (
        "torch-not-built-for-jetson",
        lambda: machine(nvidia=change(NVIDIA, tegra="R36.4.0", gpus=()),
                        torch=change(TORCH_CUDA, devices=(ArrayDevice(name="cuda:0", kind="cuda", product_right=True),)))),
    "JetPack 7": (
        "torch-not-built-for-jetson", lambda: machine(nvidia=change(NVIDIA, tegra="R38.2.0", gpus=()), torch=NO_CUDA)),
    "a relative of the same family": (
        "hsa-override-of-another-family", lambda: amd(("gfx1032",), gfx_override="10.3.0")),
    "a card is chosen": (
        "processor-gpu-comes-first",
        lambda: machine(amd=Amd(gfx=("gfx1036", "gfx1100")),
                        visible_devices=VisibleDevices(variables={"HIP_VISIBLE_DEVICES": "1"}), **ROCM)),
    "the processor's GPU alone": ("processor-gpu-comes-first", lambda: amd(("gfx1151",))),
    "a TPU with its file": ("tpu-device-files-missing", lambda: tpu(device_files=("/dev/vfio/0",))),
    "Colab's variable is no chip": ("tpu-device-files-missing", lambda: tpu(evidence=("the variable COLAB_TPU_ADDR",))),
}  # fmt: skip


@pytest.mark.parametrize("why", SILENT)
def test_it_is_silent(why):
    check, make = SILENT[why]

    assert status(check, make()) in ("pass", "skip"), findings(check, make())


NONE_LISTED = {
    "Pascal and driver 590": (
        {"cards": (OTHER,), "driver_version": "590.48.01", "kernel_module_version": "590.48.01",
         "kernel_module_open": False}, "no longer drives this GPU"),
    "Pascal and the open module": ({"cards": (OTHER,), "kernel_module_open": True}, "from Turing on only"),
    "Blackwell and the other module": (
        {"cards": (change(NVIDIA_GPU, name="NVIDIA GeForce RTX 5090", device_id=0x2B85),), "kernel_module_open": False},
        "needs the open kernel module"),
    "no room in memory": ({"cards": (change(NVIDIA_GPU, bar_unassigned=True),)}, "no room in memory"),
    "no firmware": ({"cards": (NVIDIA_GPU,), "gsp_firmware": False}, "/lib/firmware/nvidia/580.82.07"),
    "nothing tells": ({"cards": (NVIDIA_GPU,), "gsp_firmware": True}, "possible:"),
}  # fmt: skip


@pytest.mark.parametrize("why", NONE_LISTED)
def test_why_the_driver_lists_none(why):
    changes, words = NONE_LISTED[why]
    changes = dict(changes)
    found = left_out(*changes.pop("cards"), listed=(), **changes)

    assert roots(found, EXPECTS_CUDA) == ["driver-finds-no-gpu"]
    (finding,) = findings("driver-finds-no-gpu", found, EXPECTS_CUDA)
    assert any(words in line for line in finding.evidence)
    assert finding.fixes


def test_a_card_that_is_left_out_is_named_and_not_its_neighbour():
    (finding,) = findings("driver-finds-no-gpu", left_out(NVIDIA_GPU, OTHER))

    assert "GTX 1080" in finding.evidence[0] and "4090" not in finding.evidence[0]


def test_an_amd_gpu_too_old_to_compute():
    (finding,) = findings("amdgpu-not-loaded", amd(()), EXPECTS_ROCM)

    assert finding.status == "fail"
    assert "too old" in finding.evidence[0]
