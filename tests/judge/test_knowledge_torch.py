import pytest

from dlcheck.judge.knowledge.cubin import covers
from dlcheck.judge.knowledge.cuda_drivers import driver_for
from dlcheck.judge.knowledge.torch_releases import (
    code_in,
    cuda_of,
    drops_glibc,
    gfx_in,
    mps_floor,
    platform_of,
    release_of,
    releases,
    variant_of_cuda,
)
from dlcheck.judge.knowledge.versions import numbers


def test_releases_stand_newest_first_without_a_gap():
    minors = [one.minor for one in releases()]
    assert minors == sorted(minors, reverse=True)
    assert minors == [(2, number) for number in range(15, -1, -1)] + [(1, number) for number in range(13, -1, -1)]


def test_every_cuda_build_has_code_and_a_driver_and_every_rocm_build_its_gfx():
    for release in releases():
        builds = {*release.variants, release.default["linux-x86_64"]}
        for variant in builds - {"cpu", "xpu", "rocm7.14"}:
            if variant.startswith("rocm"):
                assert gfx_in(variant), variant
                continue
            assert code_in(release.version, variant, "linux-x86_64"), (release.version, variant)
            assert driver_for(cuda_of(variant), "linux"), variant


@pytest.mark.parametrize(
    ("version", "variant", "device", "runs"),
    [
        ("2.6.0", "cu124", (12, 0), False),
        ("2.7.1", "cu128", (12, 0), True),
        ("2.7.1", "cu128", (6, 1), False),
        ("2.8.0", "cu128", (7, 0), True),
        ("2.11.0", "cu128", (7, 0), False),
        ("2.14.1", "cu126", (6, 1), True),
        ("2.14.1", "cu130", (7, 0), False),
        ("2.14.1", "cu130", (7, 5), True),
        ("1.7.1", "cu102", (8, 6), False),
        ("1.3.1", "cu101", (3, 5), False),
        ("1.3.0", "cu101", (3, 5), True),
        ("1.8.0", "cu111", (6, 1), False),
        ("1.8.1", "cu111", (6, 1), True),
        ("2.3.1", "cu118", (3, 7), True),
        ("1.3.1", "cu101", (1, 2), False),
    ],
)
def test_what_runs_where(version, variant, device, runs):
    code = code_in(version, variant, "linux-x86_64")
    assert code is not None
    assert covers(code.machine_code, device) is runs


def test_what_is_not_in_the_table_is_not_guessed():
    assert code_in("2.99.0", "cu126", "linux-x86_64") is None
    assert code_in("2.14.1", "cu126", "macos-arm64") is None
    assert release_of("0.4.1") is None
    assert gfx_in("rocm1.0") is None
    assert mps_floor("nonsense") == ""


def test_a_release_is_found_by_any_of_its_versions():
    assert release_of("2.12.0+cu130") is release_of("2.12.1")
    assert release_of("2.15.0.dev20260901") is release_of("2.15.0")


def test_pythons():
    newest = release_of("2.14.1")
    assert newest is not None
    assert newest.has_python((3, 14, 2))
    assert not newest.has_python((3, 9))
    assert newest.has_python((3, 14), free_threaded=True)
    assert not newest.has_python((3, 13), free_threaded=True)


def test_floors():
    old, new = release_of("2.6.0"), release_of("2.7.0")
    assert old is not None and new is not None
    assert not drops_glibc(old, "cu124", "linux-x86_64", "2.17")
    assert drops_glibc(old, "cu126", "linux-x86_64", "2.17")
    assert drops_glibc(old, "cpu", "linux-aarch64", "2.27")
    assert not drops_glibc(old, "cpu", "linux-x86_64", "2.27")
    assert drops_glibc(new, "cpu", "linux-x86_64", "2.27")
    assert mps_floor("2.5.1") == "13.0"
    assert mps_floor("1.12.1") == "12.3"
    assert mps_floor("1.9.0") == ""


def test_names():
    assert cuda_of("cu126") == "12.6"
    assert cuda_of("cu92") == "9.2"
    assert cuda_of("rocm6.4") == ""
    assert variant_of_cuda("12.6") == "cu126"
    assert platform_of("linux", "aarch64") == "linux-aarch64"
    assert platform_of("windows", "AMD64") == "windows-x86_64"
    assert platform_of("windows", "ARM64") == ""
    assert platform_of("linux", "riscv64") == ""


def test_partners_rise_with_their_torch():
    visions = [numbers(one.vision) for one in releases()]
    assert visions == sorted(visions, reverse=True)
