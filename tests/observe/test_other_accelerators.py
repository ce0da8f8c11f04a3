"""AMD, Intel, Apple and TPU, by trees of files and recorded output."""

import json
import os
import sys
from pathlib import Path

import pytest

from dlcheck.model.devices import Pci, PciDevice
from dlcheck.model.gaps import Missing, seen, unseen
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import amd, apple, display_lists, intel, tpu

DATA = Path(__file__).parent.parent / "data" / "displays"
GROUPS = "root:x:0:\nvideo:x:44:ada\nrender:x:109:ada,grace\nada:x:1000:\nbroken\n"
CPU_NODE = "cpu_cores_count 16\nsimd_count 0\ngfx_target_version 0\n"
GPU_NODE = "cpu_cores_count 0\nsimd_count 192\ngfx_target_version {}\nunique_id 1234567890\nlocal_mem_size 0\n"


def put(root, path, text=""):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.fixture
def radeon(tmp_path):
    """A machine with an AMD GPU, its driver and ROCm."""
    put(tmp_path, "sys/module/amdgpu/version", "6.8.5\n")
    put(tmp_path, "dev/kfd")
    put(tmp_path, "dev/dri/renderD128")
    put(tmp_path, "sys/class/drm/renderD128/device/vendor", "0x1002\n")
    put(tmp_path, "sys/class/drm/renderD129/device/vendor", "0x8086\n")
    for number, text in enumerate((CPU_NODE, GPU_NODE.format(110000), GPU_NODE.format(90010))):
        put(tmp_path, f"sys/class/kfd/kfd/topology/nodes/{number}/properties", text)
    put(tmp_path, "opt/rocm/.info/version", "6.2.4-116\n")
    put(tmp_path, "etc/group", GROUPS)
    put(tmp_path, "etc/passwd", "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/bash\n")
    return tmp_path


def test_an_amd_gpu_with_its_driver(radeon):
    found = amd.read(radeon, {"HSA_OVERRIDE_GFX_VERSION": "11.0.0"}, (1000, 109, 4711), 1000)

    assert (found.module_loaded, found.module_version, found.rocm_version) == (True, "6.8.5", "6.2.4")
    assert (found.kfd, found.kfd_accessible, found.render_accessible) == (True, True, True)
    assert found.gfx == ("gfx1100", "gfx90a")
    assert found.user_groups == ("ada", "render", "4711")
    assert (found.closed_groups, found.pending_groups, found.gfx_override) == ((), (), "11.0.0")


def test_a_user_without_the_group_and_one_who_must_log_in_again(radeon, monkeypatch):
    owner = (radeon / "dev/kfd").stat().st_gid
    put(radeon, "etc/group", f"owners:x:{owner}:ada\nada:x:4711:\n")
    monkeypatch.setattr(os, "access", lambda path, mode: "kfd" not in str(path))

    told = amd.read(radeon, {}, (4711,), 1000)
    stranger = amd.read(radeon, {}, (4711,), 2000)

    assert (told.kfd_accessible, told.render_accessible, told.closed_groups) == (False, True, ("owners",))
    assert (told.pending_groups, stranger.pending_groups) == (("owners",), ())


def test_a_container_sees_the_hosts_gpu_in_sysfs_and_has_no_nodes(radeon):
    (radeon / "dev/kfd").unlink()
    (radeon / "dev/dri/renderD128").unlink()

    found = amd.read(radeon, {}, (), 0)

    assert found.kfd is False
    assert found.kfd_accessible == Missing("absent", "no /dev/kfd here")
    assert found.render_accessible == Missing("absent", "no /dev/dri/renderD128 here")


def test_garbage_in_the_topology_costs_that_node(radeon):
    put(radeon, "sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count banana\n\x00\xff gfx\n")

    assert amd.read(radeon, {}, (), 0).gfx == ("gfx90a",)


def test_rocm_is_found_by_its_variable_or_by_its_folders_version(tmp_path):
    put(tmp_path, "opt/rocm-5.7.1/.info/version", "5.7.1-98")
    put(tmp_path, "elsewhere/.info/version", "7.0.0")

    assert amd.read(tmp_path, {}, (), 0).rocm_version == "5.7.1"
    assert amd.read(tmp_path, {"ROCM_PATH": str(tmp_path / "elsewhere")}, (), 0).rocm_version == "7.0.0"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (110000, "gfx1100"),
        (100302, "gfx1032"),
        (90010, "gfx90a"),
        (90402, "gfx942"),
        (80003, "gfx803"),
        (110501, "gfx1151"),
    ],
)
def test_targets_are_named_as_compilers_name_them(target, name):
    assert amd.gfx_name(target) == name


def context(*cards, **environ):
    made = Context(Request(environ=environ))
    made.put("pci", seen(Pci(devices=cards)))
    return made


def card(vendor_id, vendor, **changes):
    return PciDevice(
        **{
            "address": "0000:00:02.0",
            "vendor_id": vendor_id,
            "device_id": 1,
            "class_code": 0x030000,
            "vendor": vendor,
            **changes,
        }
    )


@pytest.mark.parametrize("probe", [intel.probe, apple.probe, tpu.probe])
def test_absent_where_nothing_is_there(probe):
    if sys.platform == "darwin" and probe is apple.probe:
        pytest.skip("this is a Mac")
    assert probe(context(card(0x10DE, "nvidia"))).missing.gap == "absent"


@pytest.mark.parametrize("probe", [intel.probe, tpu.probe])
def test_a_bus_that_could_not_be_read_leaves_it_open(probe):
    made = Context(Request(environ={}))
    made.put("pci", unseen("denied", "not allowed"))

    assert probe(made).missing.gap == "denied"


def test_intels_driver_and_level_zero_by_files(tmp_path):
    (tmp_path / "usr/lib64").mkdir(parents=True)
    (tmp_path / "usr/lib64/libze_loader.so.1").write_bytes(Path(sys.executable).read_bytes()[:64])
    put(tmp_path, "sys/class/drm/renderD128/device/vendor", "0x8086\n")
    put(tmp_path, "dev/dri/renderD128")

    found = intel.read(
        tmp_path, {}, [card(0x8086, "intel", driver=Missing("absent")), card(0x8086, "intel", driver="xe")]
    )

    assert (found.driver, found.level_zero, found.level_zero_gpu, found.render_accessible) == ("xe", True, False, True)


def test_intel_on_windows_by_its_dll(tmp_path):
    put(tmp_path, "System32/ze_loader.dll")

    found = intel.windows({"SystemRoot": str(tmp_path)}, [card(0x8086, "intel", driver_version="31.0.101.5186")])

    assert (found.driver, found.level_zero) == ("31.0.101.5186", True)


def test_an_npu_is_no_gpu():
    assert intel.probe(context(card(0x8086, "intel", class_code=0x120000))).missing.gap == "absent"


def cards_of(name):
    return display_lists.parse_system_profiler((DATA / name).read_text())


def test_an_apple_chip_from_a_native_process():
    told = {"machdep.cpu.brand_string": "Apple M1", "hw.optional.arm64": "1", "sysctl.proc_translated": "0"}

    found = apple.facts(told, cards_of("macbook_m1.json"), True)

    assert (found.chip, found.gpu_cores, found.metal, found.rosetta, found.command_line_tools) == (
        "Apple M1",
        7,
        "Metal 3",
        False,
        True,
    )


def test_a_translated_process_is_told_of_a_virtual_chip():
    told = apple.parse_sysctl((DATA / "sysctl_m1_rosetta.txt").read_text())

    found = apple.facts(told, cards_of("macbook_m1.json"), False)

    assert (found.chip, found.rosetta) == ("Apple M1", True)


def test_an_intel_mac_translates_nothing_and_tells_no_cores():
    told = {"machdep.cpu.brand_string": "Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz"}

    found = apple.facts(told, cards_of("macbook_intel.json"), True)

    assert (found.rosetta.gap, found.gpu_cores.gap, found.metal) == ("absent", "absent", "Metal")


def test_a_list_of_displays_that_was_not_got_costs_its_fields_alone():
    found = apple.facts({"machdep.cpu.brand_string": "Apple M4"}, Missing("timed-out", "no answer"), True)

    assert (found.chip, found.metal.gap, found.gpu_cores.gap) == ("Apple M4", "timed-out", "timed-out")
    assert apple.facts({}, [], True).metal == Missing("absent", "no graphics card is listed")
    assert apple.facts({}, [], True).chip.gap == "broken"


def test_a_tpu_on_the_bus_with_its_nodes(tmp_path):
    for name in ("vfio/0", "vfio/vfio", "accel/accel0"):
        put(tmp_path, f"dev/{name}")
    put(tmp_path, "tmp/libtpu_lockfile")
    chip = card(0x1AE0, "google", device_id=0x0063)

    found = tpu.read(tmp_path, {"TPU_NAME": "grpc://10.0.0.2:8470", "PJRT_DEVICE": "TPU"}, (chip,))

    assert found.evidence == ("PCI device 1ae0:0063 (TPU v5e)", "/dev/vfio/0")
    assert (found.chips, found.version, found.device_files, found.lock_file) == (1, "TPU v5e", ("/dev/vfio/0",), True)
    assert found.variables == {"TPU_NAME": "(set)", "PJRT_DEVICE": "TPU"}
    assert "10.0.0.2" not in json.dumps(found.variables)


def test_older_tpus_have_nodes_of_their_own(tmp_path):
    for number in range(4):
        put(tmp_path, f"dev/accel{number}")

    found = tpu.read(tmp_path, {"TPU_ACCELERATOR_TYPE": "v3-8"}, ())

    assert (found.chips, found.version, len(found.device_files)) == (4, "v3-8", 4)


@pytest.mark.parametrize(
    "variables", [{"PJRT_DEVICE": "TPU"}, {"JAX_PLATFORMS": "tpu"}, {"TPU_NAME": "old"}, {"COLAB_TPU_ADDR": ""}]
)
def test_a_wish_or_a_leftover_is_no_tpu(tmp_path, variables):
    put(tmp_path, "dev/vfio/12")
    put(tmp_path, "dev/accel/accel0")

    assert tpu.read(tmp_path, variables, ()).evidence == ()


def test_libtpu_by_its_variable_or_the_systems_folder(tmp_path):
    put(tmp_path, "usr/lib/libtpu.so")
    named = str(put(tmp_path, "x/libtpu.so"))

    assert tpu.read(tmp_path, {}, ()).library == "/usr/lib/libtpu.so"
    assert tpu.read(tmp_path, {"TPU_LIBRARY_PATH": named}, ()).library == named
    assert tpu.read(tmp_path, {"TPU_LIBRARY_PATH": "/gone"}, ()).library.gap == "broken"
