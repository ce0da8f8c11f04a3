import pytest

from dlcheck.judge.knowledge import codes, cubin, gpus
from dlcheck.judge.knowledge.cuda_drivers import (
    cuda_drivers,
    cuda_of_driver,
    cuda_of_number,
    driver_compiles,
    driver_for,
    driver_runs,
    last_branch_for,
)
from dlcheck.judge.knowledge.versions import at_least, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [("2.13.0+cu130", (2, 13, 0)), ("570.124.06", (570, 124, 6)), ("v1.2", (1, 2)), ("unknown", ()), ("", ())],
)
def test_versions_are_read_as_numbers(text, found):
    assert numbers(text) == found


def test_missing_parts_of_a_version_count_as_zero():
    assert at_least((580,), (580, 0, 0))
    assert not at_least((580, 65), (580, 65, 6))


@pytest.mark.parametrize(
    ("driver", "cuda", "system", "runs"),
    [
        ("580.65.06", "13.0", "linux", True),
        ("580.126.09", "13.2", "linux", True),
        ("575.57.08", "13.0", "linux", False),
        ("525.60.13", "12.8", "linux", True),
        ("525.60.11", "12.1", "linux", False),
        ("470.86", "12.1", "linux", False),
        ("470.86", "11.8", "linux", True),
        ("450.80.02", "11.8", "linux", True),
        ("527.41", "12.6", "windows", True),
        ("527.27", "12.6", "windows", False),
        ("418.67", "10.2", "linux", False),
        ("440.33", "10.2", "linux", True),
        ("410.104", "10.1", "linux", False),
        ("580", "99.0", "linux", None),
        ("nonsense", "12.0", "linux", None),
    ],
)
def test_a_driver_runs_wheels_of_its_own_major_version(driver, cuda, system, runs):
    assert driver_runs(driver, cuda, system) is runs


def test_ptx_needs_the_driver_of_the_toolkit_itself():
    assert driver_runs("525.85.12", "12.8", "linux")
    assert not driver_compiles("525.85.12", "12.8", "linux")
    assert driver_compiles("570.133.20", "12.8", "linux")


def test_cuda_versions_out_of_drivers_and_numbers():
    assert cuda_of_driver("535.104.05", "linux") == (12, 2)
    assert cuda_of_driver("304.137", "linux") is None
    assert cuda_of_number(12040) == (12, 4)
    assert cuda_of_number(13000) == (13, 0)


def test_toolkits_stand_newest_first_and_each_has_a_floor():
    toolkits = [numbers(one.cuda) for one in cuda_drivers().toolkit]
    assert toolkits == sorted(toolkits, reverse=True)
    assert all(driver_for(one.cuda, "linux") for one in cuda_drivers().toolkit)


def test_old_gpus_end_with_a_driver_branch():
    assert last_branch_for((3, 7)) == "495"
    assert last_branch_for((6, 1)) == "590"
    assert last_branch_for((8, 6)) is None


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("NVIDIA GeForce RTX 5090", (12, 0)),
        ("NVIDIA GB10", (12, 1)),
        ("NVIDIA RTX Spark N1X (6144-core Blackwell RTX GPU)", (12, 1)),
        ("NVIDIA RTX 6000D", (12, 0)),
        ("NVIDIA H100L 94GB", (9, 0)),
        ("NVIDIA L30", (8, 9)),
        ("NVIDIA GeForce RTX 3050 A Laptop GPU", (8, 9)),
        ("NVIDIA GeForce RTX 3050 Laptop GPU", (8, 6)),
        ("NVIDIA CMP 70HX", (8, 6)),
        ("NVIDIA CMP 170HX", (8, 0)),
        ("NVIDIA CMP 100-210", (7, 0)),
        ("Quadro P1000", (6, 1)),
        ("Tesla P100-PCIE-16GB", (6, 0)),
        ("Quadro M2000M", (5, 0)),
        ("Quadro M2000", (5, 2)),
        ("GeForce GTX 780M", (3, 0)),
        ("GeForce GTX 780 Ti", (3, 5)),
        ("NVIDIA B300 SXM6", (10, 3)),
        ("NVIDIA H100 80GB HBM3", (9, 0)),
        ("NVIDIA RTX 6000 Ada Generation", (8, 9)),
        ("NVIDIA L4", (8, 9)),
        ("NVIDIA RTX A6000", (8, 6)),
        ("GRID A100D-4C", (8, 0)),
        ("Quadro RTX 6000", (7, 5)),
        ("GeForce GTX 1660 Ti", (7, 5)),
        ("GRID T4-8Q", (7, 5)),
        ("Tesla V100-SXM2-32GB", (7, 0)),
        ("Tesla P100-PCIE-16GB", (6, 0)),
        ("GeForce GTX 1080 Ti", (6, 1)),
        ("TITAN X (Pascal)", (6, 1)),
        ("GeForce GTX TITAN X", (5, 2)),
        ("GeForce 940MX", (5, 0)),
        ("Tesla K80", (3, 7)),
        ("Tesla K40m", (3, 5)),
        ("GeForce 210", (1, 2)),
        ("Orin (nvgpu)", (8, 7)),
        ("Intel(R) UHD Graphics 620", None),
        ("", None),
    ],
)
def test_gpus_are_known_by_name(name, capability):
    assert gpus.capability_of_name(name) == capability


def test_gpus_are_known_by_pci_id_and_gfx():
    ada = gpus.family_of_pci(0x2684)
    assert ada is not None
    assert (ada.architecture, ada.capability) == ("Ada Lovelace", "8.9")
    assert gpus.family_of_pci(0xFFFF) is None
    assert gpus.intel_family_of_pci(0x56A0) is not None
    assert gpus.intel_family_of_pci(0x3E9B) is None
    assert gpus.gfx_of_version(100302) == "gfx1032"
    assert gpus.gfx_of_version(90010) == "gfx90a"
    assert gpus.gfx_of_name("AMD Radeon RX 7900 XTX") == "gfx1100"
    assert gpus.gfx_of_name("Matrox G200") is None


@pytest.mark.parametrize(
    ("code", "device", "cuda", "runs"),
    [
        ((8, 6), (8, 6), (), True),
        ((8, 0), (8, 9), (), True),
        ((8, 6), (8, 0), (), False),
        ((6, 0), (6, 1), (), True),
        ((9, 0), (12, 0), (), False),
        ((12, 0), (12, 1), (), True),
        ((8, 0), (8, 7), (12, 6), False),
        ((8, 0), (8, 7), (13, 2), True),
        ((8, 7), (8, 7), (), True),
        ((8, 7), (8, 9), (), False),
        ((10, 0), (10, 3), (), True),
        ((10, 1), (11, 0), (), True),
        ((11, 0), (10, 1), (), True),
        ((10, 0), (10, 1), (), False),
        ((5, 0), (5, 3), (), False),
    ],
)
def test_machine_code_runs_on_its_own_major_version(code, device, cuda, runs):
    assert cubin.runs(code, device, cuda) is runs


def test_the_rule_gives_what_torch_lists_for_its_builds():
    """As torch 2.13's own function answered for the lists of its release table."""
    devices = [(5, 0), (5, 2), (5, 3), (6, 0), (6, 1), (7, 0), (7, 2), (7, 5), (8, 0), (8, 6), (8, 7), (8, 9), (9, 0),
               (10, 0), (10, 3), (11, 0), (12, 0), (12, 1)]  # fmt: skip
    cu126 = [(5, 0), (6, 0), (7, 0), (7, 5), (8, 0), (8, 6), (9, 0)]
    cu130_arm = [(8, 0), (9, 0), (10, 0), (11, 0), (12, 0)]

    assert [one for one in devices if cubin.covers(cu126, one)] == [
        (5, 0), (5, 2), (6, 0), (6, 1), (7, 0), (7, 5), (8, 0), (8, 6), (8, 9), (9, 0)
    ]  # fmt: skip
    assert [one for one in devices if cubin.covers(cu130_arm, one)] == [
        (8, 0), (8, 6), (8, 9), (9, 0), (10, 0), (10, 3), (11, 0), (12, 0), (12, 1)
    ]  # fmt: skip


def test_arch_lists_hold_machine_code_and_ptx():
    archs = ["sm_50", "sm_90a", "sm_120", "compute_120", "gfx942", ""]
    assert cubin.machine_code(archs) == ((5, 0), (9, 0), (12, 0))
    assert cubin.ptx(archs) == ((12, 0),)
    assert cubin.covers((), (12, 1), ptx=[(12, 0)])
    assert not cubin.covers((), (9, 0), ptx=[(12, 0)])


def test_codes_have_words():
    assert codes.nvml_code(18).name == "LIB_RM_VERSION_MISMATCH"
    assert not codes.nvml_code(3).problem
    assert "does not know" in codes.nvml_code(4711).words
    assert "fabric manager" in codes.cuda_code(802).words
    lost = codes.xid(79)
    assert lost is not None and lost.lost
    assert codes.xid(1) is None
    assert [one.name for one in codes.slowing_reasons(0x1 | 0x4 | 0x40)] == ["HwThermalSlowdown"]
    assert codes.slowing_reasons(0x1) == ()
