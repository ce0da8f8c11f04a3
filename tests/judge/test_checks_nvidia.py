"""NVIDIA's driver, GPUs and CUDA: the cause is named first, and healthy machines that look ill are left alone."""

import os
import shutil
import subprocess

import pytest

from dlcheck.model.devices import Nvidia, Pci, VisibleDevices
from dlcheck.model.gaps import ABSENT, Ending, Missing, seen, unseen
from dlcheck.model.host import Cloud, Container
from tests.facts import (
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTEL_GPU,
    INTERPRETER,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    TORCH_CUDA,
    change,
    findings,
    gpu_machine,
    machine,
    report,
    roots,
    status,
)

NO_CUDA = change(
    TORCH_CUDA,
    cuda_available=False,
    cuda_reason="Found no NVIDIA driver on your system.",
    devices=TORCH_CUDA.devices[:1],
)
UNBOUND = change(NVIDIA_GPU, driver=ABSENT)
BARE = Nvidia(
    kernel_module_version=ABSENT, kernel_module_files=(), device_nodes=(), modules_loaded=(), nvml_library=ABSENT,
    nvml_code=ABSENT, driver_version=ABSENT, gpus=ABSENT,
)  # fmt: skip
STUCK_IN_CUDA = Ending(words="ended at its deadline", busy=False, stage="asking CUDA whether it is available")
DOCKER = Container(engine="docker", evidence="/.dockerenv")


def broken(**groups):
    """A GPU machine whose torch found no CUDA."""
    return gpu_machine(**{"torch": NO_CUDA, **groups})


def bus(*devices):
    return Pci(devices=devices, source="/sys/bus/pci")


def cuda(code, **changes):
    return change(CUDA_DRIVER, init_code=code, device_count=Missing("broken"), **changes)


def nvml(code, **changes):
    return change(NVIDIA, nvml_code=code, gpus=Missing("broken"), driver_version=Missing("broken"), **changes)


CASES = {
    "no driver at all": (
        broken(pci=bus(UNBOUND), nvidia=unseen("absent"), cuda_driver=unseen("absent")), "no-driver"
    ),
    "no driver, the probe found its files missing": (
        broken(pci=bus(UNBOUND), nvidia=BARE, cuda_driver=unseen("absent")), "no-driver"
    ),
    "module built for another kernel": (
        broken(
            pci=bus(UNBOUND),
            nvidia=change(BARE, nvml_code=9, kernel_module_files=("6.8.0-31-generic",)),
            cuda_driver=cuda(100),
        ),
        "no-driver",
    ),
    "nouveau": (
        broken(
            pci=bus(change(NVIDIA_GPU, driver="nouveau")), nvidia=change(BARE, modules_loaded=("nouveau",)),
            cuda_driver=unseen("absent"),
        ),
        "nouveau-in-use",
    ),
    "secure boot": (
        broken(
            os=change(OS, secure_boot=True), pci=bus(UNBOUND),
            nvidia=change(BARE, nvml_code=9, kernel_module_files=(OS.kernel,)), cuda_driver=cuda(100),
        ),
        "secure-boot-blocks-module",
    ),
    "versions differ, NVML says so": (
        broken(nvidia=nvml(18, library_version="580.95.05"), cuda_driver=cuda(803)), "driver-library-mismatch"
    ),
    "versions differ, NVML did not load": (
        broken(nvidia=nvml(Missing("broken", "no symbol"), library_version="580.95.05"), cuda_driver=cuda(999)),
        "driver-library-mismatch",
    ),
    "the driver lists no GPU": (
        broken(nvidia=change(NVIDIA, gpus=()), cuda_driver=cuda(100)), "driver-finds-no-gpu"
    ),
    "NVML hangs": (
        broken(
            nvidia=seen(
                nvml(Missing("timed-out", "no answer after 60 s")), 60.0,
                Ending(words="ended at its deadline", busy=False, stage="starting NVML"),
            ),
            cuda_driver=unseen("timed-out", "no answer after 60 s"),
            torch=seen(change(NO_CUDA, cuda_available=Missing("timed-out")), 60.0, STUCK_IN_CUDA),
        ),
        "nvidia-driver-hangs",
    ),
    "libcuda crashes": (broken(cuda_driver=unseen("crashed", "killed by SIGSEGV")), "nvidia-driver-crashes"),
    "GPU lost, by NVML": (
        broken(nvidia=change(NVIDIA, gpus=(change(GPU, handle_code=15, compute_capability=Missing("broken")),)),
               cuda_driver=cuda(999)),
        "gpu-lost",
    ),
    "GPU lost, by the bus": (
        broken(pci=bus(change(NVIDIA_GPU, config_all_ones=True)), nvidia=nvml(999), cuda_driver=cuda(999)), "gpu-lost"
    ),
    "GPU lost, by the log": (
        broken(nvidia=nvml(999, xids=(79,)), cuda_driver=cuda(999)), "gpu-lost"
    ),
    "device files may not be opened": (
        broken(nvidia=nvml(4, unreadable_nodes=("/dev/nvidiactl",)), cuda_driver=cuda(100)), "gpu-access-denied"
    ),
    "no nvidia-uvm": (
        broken(nvidia=change(NVIDIA, device_nodes=("/dev/nvidia0", "/dev/nvidiactl")), cuda_driver=cuda(999)),
        "nvidia-uvm-missing",
    ),
    "hidden by a number of another machine": (
        broken(visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "3"}), cuda_driver=cuda(100)),
        "gpu-hidden-by-environment",
    ),
    "hidden, as only libcuda tells": (
        broken(
            visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": ""}), pci=bus(INTEL_GPU),
            nvidia=change(NVIDIA, gpus=Missing("absent"), nvml_code=Missing("absent")),
            cuda_driver=cuda(100, unhidden_count=1),
        ),
        "gpu-hidden-by-environment",
    ),
    "stub library": (
        broken(cuda_driver=cuda(34, is_stub=True, library="/usr/local/cuda/lib64/stubs/libcuda.so")), "cuda-stub-library"
    ),
    "compat on a GeForce": (
        broken(cuda_driver=cuda(804, library="/usr/local/cuda/compat/libcuda.so.575.57.08")), "cuda-compat-not-usable"
    ),
    "an old compat in front": (
        broken(cuda_driver=cuda(803, library="/usr/local/cuda/compat/libcuda.so.550.54.14")), "cuda-compat-not-usable"
    ),
    "fabric manager": (
        broken(
            nvidia=change(NVIDIA, nvswitch=True, fabric_manager="not running",
                          gpus=(change(GPU, name="NVIDIA H100 80GB HBM3", compute_capability=(9, 0),
                                       fabric_state="in-progress"),)),
            cuda_driver=cuda(802),
        ),
        "fabric-manager-not-running",
    ),
    "999 and nothing explains it": (broken(cuda_driver=cuda(999)), "cuda-unknown-error"),
    "999 of a libcuda where nothing else is seen": (
        broken(cuda_driver=cuda(999), nvidia=BARE, pci=bus()), "cuda-unknown-error"
    ),
    "all GPUs busy": (
        broken(cuda_driver=cuda(46), nvidia=change(NVIDIA, gpus=(change(GPU, compute_mode="exclusive-process"),))),
        "cuda-does-not-start",
    ),
    "MIG without an instance": (
        broken(cuda_driver=cuda(100),
               nvidia=change(NVIDIA, gpus=(change(GPU, mig_enabled=True, mig_instances=()),))),
        "cuda-does-not-start",
    ),
    "container without the GPU": (
        broken(container=DOCKER, nvidia=change(BARE, kernel_module_version="580.82.07"), cuda_driver=unseen("absent")),
        "container-without-gpu",
    ),
    "WSL 1": (
        broken(os=change(OS, wsl=1, kernel="4.4.0-19041-Microsoft"), pci=unseen("absent"), nvidia=unseen("absent"),
               cuda_driver=unseen("absent")),
        "wsl1-no-gpu",
    ),
    "Windows too old for WSL 2": (
        broken(os=change(OS, wsl=2, kernel="5.4.72-microsoft-standard-WSL2", windows_build=19042), pci=unseen("absent"),
               nvidia=unseen("absent"), cuda_driver=unseen("absent")),
        "wsl2-windows-build-too-old",
    ),
    "a Linux driver inside WSL": (
        broken(
            os=change(OS, wsl=2, windows_build=22631, kernel="5.15.153.1-microsoft-standard-WSL2"), pci=unseen("absent"),
            nvidia=nvml(Missing("broken"), device_nodes=("/dev/dxg",), kernel_module_version=ABSENT),
            cuda_driver=cuda(100),
        ),
        "linux-driver-in-wsl",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_the_only_root(name):
    snapshot, cause = CASES[name]
    assert roots(snapshot, EXPECTS_CUDA) == [cause]
    assert report(snapshot, EXPECTS_CUDA).verdict == "not-ready"


@pytest.mark.parametrize("name", CASES)
def test_a_cause_names_what_was_seen_and_a_way_out(name):
    snapshot, cause = CASES[name]
    first = next(one for one in findings(cause, snapshot, EXPECTS_CUDA) if one.status == "fail")
    assert first.evidence
    assert first.fixes
    assert all(fix.commands or fix.title for fix in first.fixes)


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"NVML hangs"}))
def test_without_a_gpu_expected_nothing_fails(name):
    snapshot, cause = CASES[name]
    found = report(snapshot)
    assert found.verdict in ("ready", "ready-with-warnings")
    assert found.root_causes in ((), (cause,))


def test_a_driver_that_hangs_takes_pytorch_with_it():
    assert report(CASES["NVML hangs"][0]).summary == "Not ready: NVIDIA's driver does not answer in time."


ASLEEP = change(NVIDIA_GPU, power_state="D3cold", config_all_ones=Missing("not-looked", "the device is asleep"))
OLD_CARD = change(NVIDIA_GPU, address="0000:02:00.0", device_id=0x128B, name="NVIDIA GeForce GT 710", driver="nouveau")

HEALTHY = {
    "a laptop's GPU is asleep": gpu_machine(pci=bus(INTEL_GPU, ASLEEP)),
    "WSL 2: nothing on the bus": gpu_machine(
        os=change(OS, wsl=2, windows_build=22631, kernel="5.15.153.1-microsoft-standard-WSL2"), pci=unseen("absent"),
        nvidia=change(NVIDIA, kernel_module_version=ABSENT, device_nodes=("/dev/dxg",), library_version="580.95.05"),
        cuda_driver=change(CUDA_DRIVER, library="/usr/lib/wsl/lib/libcuda.so.1"),
    ),
    "WSL 2 on an Insider build": gpu_machine(
        os=change(OS, wsl=2, windows_build=19042), pci=unseen("absent"),
        cuda_driver=change(CUDA_DRIVER, library="/usr/lib/wsl/lib/libcuda.so.1"),
    ),
    "a container with its GPU and a silent bus": gpu_machine(container=DOCKER, pci=unseen("absent")),
    "a container for the CPU on a host without a GPU": machine(container=DOCKER),
    "a GPU kept for a virtual machine": machine(pci=bus(INTEL_GPU, change(NVIDIA_GPU, driver="vfio-pci"))),
    "one of two GPUs chosen": gpu_machine(
        nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1, uuid="GPU-77"))),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "1"}),
    ),
    "Secure Boot with a signed module": gpu_machine(os=change(OS, secure_boot=True)),
    "no nvidia-uvm yet, and CUDA starts": gpu_machine(
        nvidia=change(NVIDIA, device_nodes=("/dev/nvidia0", "/dev/nvidiactl"))
    ),
    "NVML missing, CUDA works": gpu_machine(
        nvidia=change(NVIDIA, nvml_library=ABSENT, nvml_code=ABSENT, gpus=ABSENT, driver_version=ABSENT)
    ),
    "an Xid of a GPU that answers again": gpu_machine(nvidia=change(NVIDIA, xids=(79, 13))),
    "data-centre GPU with compat in front": gpu_machine(
        cuda_driver=change(CUDA_DRIVER, library="/usr/local/cuda/compat/libcuda.so.580.82.07"),
        nvidia=change(NVIDIA, kernel_module_version="535.183.01", driver_version="535.183.01",
                      compat_libraries=("/usr/local/cuda/compat",)),
    ),
    "NVSwitch and a fabric that is up": gpu_machine(
        nvidia=change(NVIDIA, nvswitch=True, fabric_manager=Missing("not-looked"),
                      gpus=(change(GPU, fabric_state="completed"),))
    ),
    "MIG with an instance named": gpu_machine(
        nvidia=change(NVIDIA, gpus=(change(GPU, mig_enabled=True),)),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "MIG-4b9d"}),
    ),
    "an old card for the screen under nouveau": gpu_machine(pci=bus(NVIDIA_GPU, OLD_CARD)),
    "a toolkit and no GPU": machine(nvidia=unseen("absent")),
    "an idle GPU at low clocks": gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, throttle_bits=0x1 | 0x8),))),
    "a GPU at its power limit": gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, throttle_bits=0x4),))),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_machines_get_no_warning(name):
    found = report(HEALTHY[name])
    assert [(one.id, one.evidence) for one in found.findings if one.status in ("fail", "warn", "unknown")] == []
    assert found.verdict == "ready"


@pytest.mark.parametrize(
    ("identity", "changes"),
    [
        (
            "gpu-memory-in-use",
            {"memory_used_bytes": 20 * 2**30, "other_processes": 2, "other_processes_bytes": 19 * 2**30},
        ),
        ("gpu-memory-in-use", {"memory_used_bytes": 22 * 2**30, "other_processes": 0}),
        ("gpu-throttled", {"throttle_bits": 0x20, "temperature_celsius": 92}),
        ("gpu-throttled", {"throttle_bits": 0x80}),
        ("gpu-throttled", {"throttle_bits": 0x8, "utilization_percent": 97}),
        ("gpu-memory-faulty", {"remap_pending": True}),
        ("gpu-memory-faulty", {"remap_failed": True, "ecc_uncorrected": 3}),
    ],
)
def test_a_gpu_that_is_not_at_its_best_is_a_warning(identity, changes):
    ill = gpu_machine(nvidia=change(NVIDIA, gpus=(change(GPU, **changes),)))
    assert roots(ill, EXPECTS_CUDA) == [identity]
    assert status(identity, ill, EXPECTS_CUDA) == "warn"
    assert findings(identity, ill)[0].subject == "gpu 0"


def test_memory_held_on_a_gpu_that_is_not_visible_is_no_matter():
    busy = change(GPU, index=1, uuid="GPU-77", memory_used_bytes=23 * 2**30)
    two = gpu_machine(
        nvidia=change(NVIDIA, gpus=(GPU, busy)),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "0"}),
    )
    assert roots(two) == []


def test_blackwell_with_the_proprietary_module_is_told_so_and_with_the_open_one_it_is_not():
    card = change(NVIDIA_GPU, device_id=0x2B85, name="")
    shut = broken(pci=bus(card), nvidia=change(NVIDIA, gpus=(), kernel_module_open=False), cuda_driver=cuda(100))
    open_ = broken(pci=bus(card), nvidia=change(NVIDIA, gpus=(), kernel_module_open=True), cuda_driver=cuda(100))

    assert "open kernel module" in " ".join(findings("driver-finds-no-gpu", shut)[0].evidence)
    told = " ".join(findings("driver-finds-no-gpu", open_)[0].evidence)
    assert "possible" in told and "needs the open" not in told


def test_a_pascal_card_under_the_open_module_gets_the_last_branch_that_drives_it():
    card = change(NVIDIA_GPU, device_id=0x1B80, name="GeForce GTX 1080")
    found = broken(pci=bus(card), nvidia=change(NVIDIA, gpus=(), kernel_module_open=True), cuda_driver=cuda(100))
    (finding,) = findings("driver-finds-no-gpu", found)
    assert "580 branch" in finding.fixes[0].title


def test_a_gpu_switched_off_by_prime_select_is_a_note_unless_it_is_expected():
    off = change(BARE, blacklisted_in=("/lib/modprobe.d/blacklist-nvidia.conf",))
    laptop = broken(pci=bus(INTEL_GPU, UNBOUND), nvidia=off, cuda_driver=unseen("absent"))
    assert status("no-driver", laptop) == "note"
    assert status("no-driver", laptop, EXPECTS_CUDA) == "fail"


def test_a_kepler_card_without_a_driver_is_a_note():
    laptop = broken(
        pci=bus(INTEL_GPU, change(UNBOUND, device_id=0x0FF6, name="Quadro K1100M")), nvidia=unseen("absent"),
        cuda_driver=unseen("absent"),
    )  # fmt: skip
    assert status("no-driver", laptop) == "note"


def test_a_slurm_task_without_a_gpu_is_no_fault():
    task = gpu_machine(
        torch=NO_CUDA,
        cloud=Cloud(platform="slurm", name="Slurm", evidence="SLURM_JOB_ID"),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": ""}),
        cuda_driver=cuda(100, unhidden_count=4),
    )
    assert status("gpu-hidden-by-environment", task) == "note"
    assert roots(task) == []


def test_a_fabric_that_is_still_starting_is_no_fault_yet():
    starting = broken(
        os=change(OS, uptime_seconds=60.0),
        nvidia=change(NVIDIA, nvswitch=True, gpus=(change(GPU, fabric_state="in-progress"),)),
        cuda_driver=cuda(802),
    )
    assert status("fabric-manager-not-running", starting) == "note"


def test_a_container_gets_no_advice_to_install_a_driver_in_it():
    snapshot, _ = CASES["container without the GPU"]
    commands = [
        step.text
        for one in report(snapshot, EXPECTS_CUDA).findings
        if one.status == "fail" and not one.caused_by
        for fix in one.fixes
        for step in fix.commands
    ]
    assert commands and not any("apt" in text or "ubuntu-drivers" in text for text in commands)


STUBS = "/usr/local/cuda/lib64/stubs"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_folder_is_taken_off_the_path_by_a_line_that_does_it():
    interpreter = change(INTERPRETER, variables={"LD_LIBRARY_PATH": f"/opt/a b:{STUBS}/:/opt/lib"})
    stub = cuda(34, is_stub=True, library=f"{STUBS}/libcuda.so")
    (finding,) = findings("cuda-stub-library", broken(interpreter=interpreter, cuda_driver=stub))
    line = finding.fixes[0].commands[0].text
    done = subprocess.run(
        ["bash", "-c", f'{line}; printf %s "$LD_LIBRARY_PATH"'],
        env={"LD_LIBRARY_PATH": f"/opt/a b:{STUBS}/:/opt/lib", "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "/opt/a b:/opt/lib"


def test_a_folder_of_the_loaders_configuration_is_looked_for_there():
    snapshot, cause = CASES["stub library"]
    (finding,) = findings(cause, snapshot)
    assert "ld.so.conf.d" in finding.fixes[0].title


@pytest.mark.parametrize(
    ("driver_version", "advised"), [("450.102.04", ["NVIDIA driver 460.27.03 or newer"]), ("580.82.07", [])]
)
def test_a_compat_library_is_a_reason_for_a_newer_driver_only_where_the_driver_is_older(driver_version, advised):
    compat = cuda(804, library="/usr/local/cuda-11.2/compat/libcuda.so.460.32.03", version=(11, 2))
    found = broken(nvidia=change(NVIDIA, driver_version=driver_version), cuda_driver=compat)
    (finding,) = findings("cuda-compat-not-usable", found)
    titles = [fix.title for fix in finding.fixes if "driver" in fix.title]
    assert [one.split("the ")[1].split(",")[0] for one in titles] == advised
