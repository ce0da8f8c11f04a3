"""Checks of what a profile asks for: hardware by its numbers, programs by their names."""

import pytest

from dlcheck.judge.profiles.require import require
from dlcheck.model.devices import Pci, PciDevice, Tpu
from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.profile import Hardware
from dlcheck.model.tools import Conda, Tool, Tools
from tests.facts import BEGINNER, CPU, GPU, NVIDIA, TOOLS, change, findings, gpu_machine, machine, report, status

H100 = change(GPU, name="NVIDIA H100 80GB HBM3", memory_total_bytes=81559 * 2**20, compute_capability=(9, 0))


def asks(**fields):
    return change(BEGINNER, minimum=Hardware(**fields))


def gpus(*found, **fields):
    return gpu_machine(nvidia=change(NVIDIA, gpus=tuple(change(one, index=n) for n, one in enumerate(found)), **fields))


@pytest.mark.parametrize(
    "identity",
    ["cores-below-minimum", "cpu-feature-missing", "gpus-below-minimum", "driver-below-minimum",
     "accelerator-of-another-vendor", "tpu-chips-below-minimum", "tool-missing", "recommended-tool-missing"],
)  # fmt: skip
def test_nothing_is_said_where_the_profile_asks_for_nothing(identity):
    assert status(identity, machine(), asks()) == "skip"
    assert status(identity, gpu_machine(), change(asks(), tools_required=())) == "skip"


@pytest.mark.parametrize(("wanted", "expected"), [(8, "pass"), (9, "warn")])
def test_cores(wanted, expected):
    assert status("cores-below-minimum", machine(), asks(cores=wanted)) == expected


def test_instruction_sets():
    assert status("cpu-feature-missing", machine(), asks(cpu_features=("avx2", "fma"))) == "pass"
    (fault,) = findings("cpu-feature-missing", machine(), asks(cpu_features=("avx2", "amx_bf16")))
    assert (fault.status, fault.evidence[0]) == ("fail", "missing: amx_bf16")
    denied = machine(cpu=change(CPU, instruction_sets=Missing("denied", "no")))
    assert status("cpu-feature-missing", denied, asks(cpu_features=("avx2",))) == "unknown"


@pytest.mark.parametrize(
    ("snapshot", "wanted", "expected"),
    [
        (gpus(H100, H100), {"gpu_count": 2, "gpu_memory_bytes": 80 * 2**30, "compute_capability": (9, 0)}, "pass"),
        (gpus(H100, H100), {"gpu_count": 3}, "fail"),
        (gpus(H100, GPU), {"gpu_count": 2, "gpu_memory_bytes": 80 * 2**30}, "fail"),
        (gpus(H100, GPU), {"gpu_memory_bytes": 80 * 2**30}, "pass"),
        (gpus(GPU), {"compute_capability": (9, 0)}, "fail"),
        (gpus(change(GPU, memory_total_bytes=Missing("broken"))), {"gpu_memory_bytes": 2**30}, "unknown"),
        (gpus(change(GPU, memory_total_bytes=Missing("broken"))), {"gpu_count": 1}, "pass"),
        (gpus(), {"gpu_count": 1}, "fail"),
        (machine(), {"gpu_count": 1}, "fail"),
        (machine(nvidia=unseen("timed-out"), torch=unseen("not-looked")), {"gpu_count": 1}, "unknown"),
    ],
)
def test_gpus(snapshot, wanted, expected):
    assert status("gpus-below-minimum", snapshot, asks(**wanted)) == expected


@pytest.mark.parametrize(
    ("snapshot", "wanted", "expected"),
    [
        (gpu_machine(), "560", "pass"), (gpu_machine(), "580.82.07", "pass"), (gpu_machine(), "580.99", "fail"),
        (gpu_machine(), "600", "fail"), (machine(), "560", "fail"), (machine(nvidia=unseen("timed-out")), "560", "unknown"),
        (gpus(GPU, driver_version=ABSENT, kernel_module_version=ABSENT), "560", "unknown"),
    ],
)  # fmt: skip
def test_the_driver(snapshot, wanted, expected):
    assert status("driver-below-minimum", snapshot, asks(driver=wanted)) == expected


@pytest.mark.parametrize(
    ("snapshot", "vendor", "expected"),
    [
        (gpu_machine(), "nvidia", "pass"), (machine(), "nvidia", "fail"), (machine(), "intel", "pass"),
        (machine(pci=unseen("denied")), "amd", "unknown"), (gpu_machine(pci=Pci()), "nvidia", "pass"),
        (machine(pci=Pci(devices=(PciDevice(address="0", vendor_id=0x1002, device_id=1, vendor="amd"),))), "amd", "pass"),
        (machine(), "apple", "fail"), (machine(tpu=Tpu(evidence=("x",))), "google", "pass"),
    ],
)  # fmt: skip
def test_the_vendor(snapshot, vendor, expected):
    assert status("accelerator-of-another-vendor", snapshot, asks(vendor=vendor)) == expected


@pytest.mark.parametrize(
    ("tpu", "expected"),
    [(Tpu(evidence=("x",), chips=8), "pass"), (Tpu(evidence=("x",), chips=4), "fail"), (Tpu(evidence=("x",)), "unknown"),
     (unseen("absent"), "fail"), (unseen("timed-out"), "unknown")],
)  # fmt: skip
def test_tpu_chips(tpu, expected):
    assert status("tpu-chips-below-minimum", machine(tpu=tpu), asks(tpu_chips=8)) == expected


def test_tools():
    wants = change(BEGINNER, tools_required=("git", "gcc", "cmake", "conda"), tools_recommended=("ninja", "gcc"))
    looked = change(TOOLS, looked_for=("gcc", "cmake", "ninja"))
    told = {
        one.subject: one
        for one in findings("tool-missing", machine(tools=looked, conda=Conda(family="Miniforge")), wants)
    }

    assert set(told) == {"cmake"}
    assert told["cmake"].fixes[0].commands[-1].text == "sudo apt-get install -y cmake"
    assert status("recommended-tool-missing", machine(tools=looked), wants) == "note"
    assert status("tool-missing", machine(tools=Tools(looked_for=())), wants) == "unknown"
    assert status("tool-missing", machine(tools=unseen("timed-out")), wants) == "unknown"
    there = Tools(found=(Tool(name="cmake", path="/usr/bin/cmake"),), looked_for=("cmake",))
    assert status("tool-missing", machine(tools=there), change(BEGINNER, tools_required=("cmake",))) == "pass"


def test_what_is_required_in_words_is_red_where_a_profile_only_warns():
    for text in ("ram>=64GiB", "cores>=64", "disk>=4TiB", "shm>=64GiB", "python>=3.13", "gpus>=1", "torch>=99", "cuda"):
        assert report(machine(), require(BEGINNER, text)).verdict == "not-ready", text
    for text in ("ram>=16GiB", "cores>=8", "disk>=100GiB", "shm>=8GiB", "python>=3.12", "avx2", "intel"):
        assert report(machine(), require(BEGINNER, text)).verdict == "ready", text
