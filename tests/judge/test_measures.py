import pytest

from dlcheck.judge.measures import enough_ram, gigabytes, gpu_memory, measures, standing
from dlcheck.model.devices import Amd, Apple, Nvidia, Pci, PciDevice
from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.profile import Hardware
from tests.facts import (
    BEGINNER,
    CPU,
    GIB,
    GPU,
    MEMORY,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    STORAGE,
    TORCH_CUDA,
    change,
    gpu_machine,
    machine,
)


def row(name, snapshot, profile=BEGINNER):
    (found,) = [one for one in measures(snapshot, profile) if one.name == name]
    return found.have, found.minimum, found.recommended, found.status


def ram(total_gib, **more):
    return change(MEMORY, total_bytes=int(total_gib * GIB), **more)


def test_a_healthy_laptop_without_a_gpu():
    assert row("RAM", machine()) == ("16 GB", "8 GB", "16 GB", "recommended")
    assert row("free disk", machine()) == ("200 GB", "10 GB", "30 GB", "recommended")
    assert row("CPU cores", machine()) == ("8", "2", "4", "recommended")
    assert row("GPU memory", machine()) == ("no GPU", "", "8 GB", "minimum")


@pytest.mark.parametrize(
    ("total", "status"),
    [
        (7.4, "minimum"),
        (7.8, "minimum"),
        (7.21, "minimum"),
        (7.1, "below"),
        (5.7, "below"),
        (15.3, "recommended"),
        (14.0, "minimum"),
    ],
)
def test_a_machine_sold_with_8_gb_reports_less(total, status):
    assert row("RAM", machine(memory=ram(total)))[3] == status


@pytest.mark.parametrize(
    ("limit", "have", "status"),
    [
        (4.0, "4 GB of 15.5 GB", "below"),
        (7.0, "7 GB of 15.5 GB", "below"),
        (7.5, "7.5 GB of 15.5 GB", "minimum"),
        (8.0, "8 GB of 15.5 GB", "minimum"),
        (64.0, "15.5 GB", "recommended"),
    ],
)
def test_a_limit_below_the_machines_ram_counts(limit, have, status):
    found = row("RAM", machine(memory=ram(15.5, cgroup_limit_bytes=int(limit * GIB))))
    assert (found[0], found[3]) == (have, status)


def test_a_limit_just_below_a_small_machine_does_not_excuse_it():
    assert not enough_ram(ram(4, cgroup_limit_bytes=16 * GIB), 8 * GIB)
    assert enough_ram(ram(7.5, cgroup_limit_bytes=16 * GIB), 8 * GIB)
    assert enough_ram(ram(1, cgroup_limit_bytes=ABSENT), 0)


@pytest.mark.parametrize(
    ("have", "minimum", "recommended", "expected"),
    [
        (None, 1, 2, "unknown"),
        (None, 0, 0, "not-needed"),
        (5, 0, 0, "not-needed"),
        (1, 2, 4, "below"),
        (2, 2, 4, "minimum"),
        (4, 2, 4, "recommended"),
        (0, 0, 4, "minimum"),
        (3, 3, 0, "recommended"),
        (3, 4, 2, "below"),
    ],
)
def test_standing(have, minimum, recommended, expected):
    assert standing(have, minimum, recommended) == expected


def test_what_nobody_saw_is_unknown_and_not_below():
    blind = machine(memory=unseen("denied"), storage=unseen("timed-out"), cpu=unseen("broken"), pci=unseen("denied"))
    assert [one.status for one in measures(blind, BEGINNER)] == ["unknown"] * 4


def test_a_quota_below_the_cores_counts():
    assert row("CPU cores", machine(cpu=change(CPU, usable_cores=1.5)))[::3] == ("1.5", "below")


def test_disk_of_the_home_folder_where_the_environments_is_not_known():
    environment, *rest = STORAGE.places
    lost = change(environment, free_bytes=Missing("timed-out"))
    home = change(environment, role="home", free_bytes=5 * GIB)
    assert row("free disk", machine(storage=change(STORAGE, places=(lost, home, *rest))))[::3] == ("5 GB", "below")
    assert row("free disk", machine(storage=change(STORAGE, places=(lost,))))[::3] == ("unknown", "unknown")
    full = change(environment, free_bytes=0)
    assert row("free disk", machine(storage=change(STORAGE, places=(full, home))))[::3] == ("0 GB", "below")


def card(gib):
    return change(NVIDIA, gpus=(change(GPU, memory_total_bytes=int(gib * GIB)),))


@pytest.mark.parametrize(
    ("gib", "have", "status"),
    [(24, "24 GB", "recommended"), (7.75, "7.8 GB", "recommended"), (6, "6 GB", "minimum"), (4, "4 GB", "minimum")],
)
def test_gpu_memory_by_the_driver(gib, have, status):
    assert row("GPU memory", gpu_machine(nvidia=card(gib)))[::3] == (have, status)


def test_the_largest_card_counts_and_a_profile_may_ask_for_more():
    two = change(
        NVIDIA, gpus=(change(GPU, memory_total_bytes=8 * GIB), change(GPU, index=1, memory_total_bytes=24 * GIB))
    )
    wants = change(BEGINNER, minimum=Hardware(gpu_memory_bytes=40 * GIB, gpu_count=2, shm_bytes=GIB))
    assert row("GPU memory", gpu_machine(nvidia=two), wants)[::3] == ("24 GB", "below")
    assert row("GPUs", gpu_machine(nvidia=two), wants)[::3] == ("2", "recommended")
    assert row("shared memory (/dev/shm)", gpu_machine(nvidia=two), wants)[::3] == ("8 GB", "recommended")
    small = change(MEMORY, shm_total_bytes=64 * 2**20)
    assert row("shared memory (/dev/shm)", machine(memory=small), wants)[3] == "below"
    assert row("GPU memory", machine(), wants)[::3] == ("no GPU", "below")


def test_gpu_memory_by_the_framework_where_the_driver_does_not_tell():
    assert gpu_memory(gpu_machine(nvidia=unseen("timed-out"))) == (24 * GIB,)


def test_a_gpu_on_the_bus_that_nobody_answers_for_is_unknown():
    broken = gpu_machine(nvidia=Nvidia(), torch=unseen("crashed"))
    assert row("GPU memory", broken)[::3] == ("unknown", "unknown")
    without_driver = machine(pci=Pci(devices=(NVIDIA_GPU,)))
    assert gpu_memory(without_driver) is None
    silent = change(NVIDIA, gpus=(change(GPU, memory_total_bytes=Missing("broken")),))
    assert gpu_memory(gpu_machine(nvidia=silent, torch=TORCH_CUDA)) is None


def test_an_amd_gpu_without_numbers_is_unknown():
    radeon = PciDevice(address="0000:03:00.0", vendor_id=0x1002, device_id=0x744C, vendor="amd", driver="amdgpu")
    assert gpu_memory(machine(pci=Pci(devices=(radeon,)), amd=Amd(kfd=True))) is None


def test_apple_silicon_shares_the_ram():
    mac = machine(os=change(OS, system="darwin", machine="arm64"), apple=Apple(chip="Apple M2"), memory=ram(16))
    assert row("GPU memory", mac)[::3] == ("shares the RAM", "recommended")


@pytest.mark.parametrize(
    ("count", "text"), [(16 * GIB, "16 GB"), (7.75 * GIB, "7.8 GB"), (23.4 * GIB, "23 GB"), (0, "0 GB")]
)
def test_gigabytes(count, text):
    assert gigabytes(count) == text
