import os
import sys
from pathlib import Path

import pytest

from dlcheck.model.devices import Nvidia, Pci, PciDevice
from dlcheck.model.gaps import Missing, seen, unseen
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import kernel_log, nvidia, nvidia_files, pci

OPEN = """NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (dvs-builder@U16-I1)  Wed Feb 26 02:09:46 UTC 2025
GCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)
"""
CLOSED = (
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version: gcc 12\n"
)
TEGRA = (
    "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.4.0  Release Build  (buildbrain@mobile-u64)  Wed\n"
)
L4T = "# R36 (release), REVISION: 4.0, GCID: 37537400, BOARD: generic, EABI: aarch64, DATE: Fri Sep 13 04:36:44 UTC 2024\n"


def put(root, path, text=""):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def library(folder, real, name):
    """A file that the loader would take, and the link to it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / real).write_bytes(Path(sys.executable).read_bytes()[:64])
    if real != name:
        (folder / name).symlink_to(real)


@pytest.fixture
def driver(tmp_path):
    """The files of a working driver."""
    put(tmp_path, "proc/driver/nvidia/version", OPEN)
    put(tmp_path, "proc/modules", "nvidia_uvm 1 0 - Live 0x0\nnvidia 2 1 nvidia_uvm, Live 0x0\nsnd 1 0 - Live 0x0\n")
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm", "null"):
        put(tmp_path, f"dev/{name}")
    (tmp_path / "dev/nvidia-caps").mkdir()
    put(tmp_path, "lib/modules/6.8.0-49-generic/modules.dep", "kernel/nvidia-570/nvidia.ko.zst: kernel/x.ko\n")
    put(
        tmp_path,
        "lib/modules/6.8.0-50-generic/modules.dep",
        "kernel/drivers/platform/x86/nvidia-wmi-ec-backlight.ko:\n",
    )
    library(tmp_path / "usr/lib/x86_64-linux-gnu", "libnvidia-ml.so.570.124.06", "libnvidia-ml.so.1")
    library(tmp_path / "usr/lib/x86_64-linux-gnu", "libcuda.so.570.124.06", "libcuda.so.1")
    return tmp_path


def test_a_working_driver_by_its_files(driver):
    found = nvidia_files.linux(driver, {})

    assert (found.kernel_module_version, found.kernel_module_open) == ("570.124.06", True)
    assert found.library_version == "570.124.06"
    assert found.device_nodes == ("/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl")
    assert found.modules_loaded == ("nvidia", "nvidia_uvm")
    assert found.kernel_module_files == ("6.8.0-49-generic",)
    assert found.nvml_library.endswith("usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1")
    assert (found.compat_libraries, found.blacklisted_in, found.unreadable_nodes, found.tegra) == ((), (), (), "")
    assert nvidia.is_there(found)


def test_nothing_of_nvidia_is_nothing(tmp_path):
    found = nvidia_files.linux(tmp_path, {})

    assert not nvidia.is_there(found)
    assert found.kernel_module_version.gap == found.nvml_library.gap == found.kernel_module_files.gap == "absent"


@pytest.mark.parametrize(
    ("text", "version"),
    [(OPEN, "570.124.06"), (CLOSED, "535.183.01"), (TEGRA, "540.4.0"), ("NVRM version: ?", ""), ("", "")],
)
def test_the_modules_version_is_read(text, version):
    assert nvidia_files.parse_module_version(text) == version


def test_the_closed_module_is_told_from_the_open_one_and_garbage_is_a_gap(tmp_path):
    put(tmp_path, "proc/driver/nvidia/version", CLOSED)
    assert nvidia_files.linux(tmp_path, {}).kernel_module_open is False

    put(tmp_path, "proc/driver/nvidia/version", "\x00\x01")
    assert nvidia_files.linux(tmp_path, {}).kernel_module_version.gap == "broken"


def test_without_proc_the_version_stands_in_sys(tmp_path):
    put(tmp_path, "sys/module/nvidia/version", "535.183.01\n")

    assert nvidia_files.linux(tmp_path, {}).kernel_module_version == "535.183.01"


@pytest.mark.parametrize(
    ("line", "has"),
    [
        ("updates/dkms/nvidia.ko:", True),
        ("extra/nvidia.ko.xz: kernel/x.ko.xz", True),
        ("updates/dkms/nvidia-current-open.ko.zst:", True),
        ("updates/dkms/nvidia-current-uvm.ko: updates/dkms/x.ko", False),
        ("kernel/drivers/video/fbdev/nvidia/nvidiafb.ko:", False),
        ("kernel/drivers/usb/x.ko: /nvidia-uvm.ko", False),
    ],
)
def test_modprobes_index_tells_whether_a_kernel_has_the_module(tmp_path, line, has):
    put(tmp_path, "lib/modules/6.1/modules.dep", line + "\n")

    assert nvidia_files.linux(tmp_path, {}).kernel_module_files == (("6.1",) if has else ())


def test_without_the_index_the_folders_of_added_modules_are_looked_through(tmp_path):
    put(tmp_path, "lib/modules/6.1/updates/dkms/nvidia.ko.zst")

    assert nvidia_files.linux(tmp_path, {}).kernel_module_files == ("6.1",)


def test_dkms_and_blacklists(tmp_path):
    put(tmp_path, "var/lib/dkms/nvidia/570.124.06/source")
    put(tmp_path, "etc/modprobe.d/a.conf", "# blacklist nvidia\nblacklist nouveau\nblacklist nvidiafb\n")
    put(tmp_path, "etc/modprobe.d/b.conf", "  blacklist nvidia\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/modprobe.d").symlink_to("../etc/modprobe.d")

    found = nvidia_files.linux(tmp_path, {})

    assert (found.dkms_versions, found.blacklisted_in) == (("570.124.06",), ("/etc/modprobe.d/b.conf",))


def test_a_compat_library_does_not_pass_for_the_drivers(driver):
    compat = driver / "usr/local/cuda-12.8/compat"
    library(compat, "libcuda.so.575.51.03", "libcuda.so.1")

    found = nvidia_files.linux(driver, {"LD_LIBRARY_PATH": f"/nowhere:{compat}"})

    assert found.library_version == "570.124.06"
    assert found.compat_libraries == (str(compat),)


def test_a_library_for_another_processor_is_passed_over(driver):
    other = driver / "other"
    other.mkdir()
    head = bytearray(Path(sys.executable).read_bytes()[:64])
    head[4] ^= 3
    (other / "libnvidia-ml.so.1").write_bytes(head)

    found = nvidia_files.linux(driver, {"LD_LIBRARY_PATH": str(other)})

    assert found.library_version == "570.124.06"


def test_wsl_has_libraries_without_version_and_one_node(tmp_path):
    put(tmp_path, "dev/dxg")
    assert not nvidia.is_there(nvidia_files.linux(tmp_path, {}))

    library(tmp_path / "usr/lib/wsl/lib", "libnvidia-ml.so.1", "libnvidia-ml.so.1")
    library(tmp_path / "usr/lib/wsl/lib", "libcuda.so.1.1", "libcuda.so.1")
    found = nvidia_files.linux(tmp_path, {})

    assert nvidia.is_there(found)
    assert found.device_nodes == ("/dev/dxg",)
    assert found.library_version == Missing("absent", "the file's name tells none")


def test_a_jetson_is_a_tegra_board(tmp_path):
    put(tmp_path, "etc/nv_tegra_release", L4T)
    put(tmp_path, "dev/nvhost-gpu")

    found = nvidia_files.linux(tmp_path, {})

    assert (found.tegra, found.device_nodes) == ("R36.4.0", ("/dev/nvhost-gpu",))
    assert nvidia.is_there(found)
    assert nvidia_files.tegra_release("", "nvidia,p3737-0000+p3701-0000\0nvidia,tegra234\0") == "yes"


def test_a_node_this_user_may_not_open_is_told(driver, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: "nvidia0" not in str(path))

    assert nvidia_files.linux(driver, {}).unreadable_nodes == ("/dev/nvidia0",)


def test_windows_names_its_driver_by_dll(tmp_path):
    put(tmp_path, "Windows/System32/nvml.dll")
    found = nvidia_files.windows({"SystemRoot": str(tmp_path / "Windows"), "ProgramFiles": str(tmp_path)})

    assert found.nvml_library == str(tmp_path / "Windows/System32/nvml.dll")
    assert nvidia.is_there(found)
    assert not nvidia.is_there(nvidia_files.windows({"SystemRoot": str(tmp_path), "ProgramFiles": str(tmp_path)}))


@pytest.mark.parametrize(
    ("windows", "nvidias"),
    [("32.0.15.6603", "566.03"), ("31.0.15.6094", "560.94"), ("27.21.14.5671", "456.71"), ("1", "")],
)
def test_windows_numbers_hold_nvidias(windows, nvidias):
    assert nvidia.driver_version(windows) == nvidias


CARD = PciDevice(address="0000:01:00.0", vendor_id=0x10DE, device_id=0x2684, vendor="nvidia", driver="nouveau")


def context(*cards, **environ):
    made = Context(Request(environ=environ))
    made.put("pci", seen(Pci(devices=cards)))
    return made


def test_a_card_without_any_driver_is_seen_and_no_child_is_started():
    probed = nvidia.examine(
        context(CARD), Nvidia(nvml_library=Missing("absent", "no library")), seen(Pci(devices=(CARD,)))
    )

    assert probed.value.nvml_code == probed.value.gpus == Missing("absent", "no library")


def test_a_windows_card_without_nvml_still_tells_its_driver():
    card = PciDevice(address="x", vendor_id=0x10DE, device_id=1, vendor="nvidia", driver_version="32.0.15.6603")
    gap = Missing("absent", "no nvml.dll")

    assert (
        nvidia.examine(context(), Nvidia(nvml_library=gap), seen(Pci(devices=(card,)))).value.driver_version == "566.03"
    )


def test_a_card_of_another_vendor_is_no_nvidia():
    intel = PciDevice(address="x", vendor_id=0x8086, device_id=1, vendor="intel")

    assert nvidia.examine(context(), Nvidia(), seen(Pci(devices=(intel,)))).missing.gap == "absent"


def test_a_bus_that_could_not_be_read_does_not_make_a_driver_absent(driver):
    made = Context(Request(environ={}))
    made.put("pci", unseen("denied"))

    found = nvidia_files.linux(driver, {})

    assert nvidia.examine(made, Nvidia(device_nodes=found.device_nodes), pci.on_bus(made)).value is not None


def test_where_the_bus_could_not_be_read_nothing_found_is_not_nothing_there():
    probed = nvidia.examine(context(), Nvidia(nvml_library=Missing("absent")), unseen("broken", "PowerShell: no"))

    assert probed.missing == Missing("broken", "the list of devices: PowerShell: no")


def test_the_fabric_manager_is_looked_for_among_the_processes(tmp_path):
    put(tmp_path, "proc/1/comm", "systemd\n")
    assert nvidia.fabric_manager(tmp_path) == "not running"

    put(tmp_path, "proc/77/comm", "nv-fabricmanage\n")
    assert nvidia.fabric_manager(tmp_path) == "running"


def test_a_container_cannot_tell_that_the_fabric_manager_does_not_run(tmp_path):
    put(tmp_path, "proc/1/comm", "bash\n")

    assert nvidia.fabric_manager(tmp_path).gap == "not-looked"


RECORDS = [
    "4,1201,998877,-;NVRM: Xid (PCI:0000:01:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n SUBSYSTEM=pci\n",
    "6,1202,998878,-;usb 1-1: new device",
    "4,1203,998879,c;NVRM: Xid (0000:3b:00.0): 31, Ch 00000008",
    "4,1204,998880,-;NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.",
    "garbage",
]


def test_xids_are_read_from_the_kernels_records():
    lines = kernel_log.pick(kernel_log.parse_record(record) for record in RECORDS)

    assert len(lines) == 3
    assert kernel_log.parse_xids(lines) == (79, 31)


def test_a_log_that_may_not_be_read_is_a_gap_and_not_none(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_log, "KMSG", str(put(tmp_path, "kmsg", "6,1,1,-;all is well\n")))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert kernel_log.nvidia_lines(2.0) == kernel_log.DENIED


@pytest.mark.parametrize(
    ("firmware", "there"),
    [
        ("lib/firmware/nvidia/570.124.06/gsp_ga10x.bin", True),
        ("lib/firmware/nvidia/550.54.14/gsp_ga10x.bin", False),
        ("lib/firmware/nvidia/570.124.06/readme", False),
    ],
)
def test_firmware_of_the_loaded_module_alone_counts(driver, firmware, there):
    put(driver, firmware)

    assert nvidia_files.linux(driver, {}).gsp_firmware is there


def test_without_a_loaded_module_nobody_knows_which_firmware_it_takes(tmp_path):
    assert nvidia_files.linux(tmp_path, {}).gsp_firmware == Missing("absent")
