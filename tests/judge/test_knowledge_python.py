import re

import pytest

from dlcheck.judge.knowledge import numpy2, partners, wheels


@pytest.mark.parametrize("table", [wheels.wheels(), partners.partners(), numpy2.numpy2()])
def test_every_table_names_its_source_and_its_day(table):
    assert len(table.source) > 20
    assert table.read.year >= 2026


def test_tables_are_sorted():
    rows = [(one.package, wheels.numbers(one.version)) for one in wheels.wheels().release]
    assert rows == sorted(rows)
    for lines in (partners.partners().torchvision, partners.partners().torchaudio):
        assert list(lines) == sorted(lines, key=wheels.numbers)
    assert list(numpy2.numpy2().first) == sorted(numpy2.numpy2().first)


def test_every_span_goes_forward():
    for one in wheels.wheels().release:
        for platform in ("linux_x86_64", "linux_aarch64", "windows_amd64", "macos_arm64", "macos_x86_64"):
            span = one.span(platform)
            assert span is None or wheels.numbers(span[0]) <= wheels.numbers(span[1]), one


@pytest.mark.parametrize(
    ("package", "platform", "python", "rest", "expected"),
    [
        ("torch", "linux_x86_64", "3.12.7", {}, "2.15.0"),
        ("torch", "linux_x86_64", "3.9.1", {}, "2.8.0"),
        ("torch", "linux_x86_64", "3.8.10", {}, "2.4.1"),
        ("torch", "linux_x86_64", "3.16.0", {}, ""),
        ("torch", "linux_x86_64", "3.12.7", {"glibc": "2.17"}, "2.6.0"),
        ("torch", "linux_x86_64", "3.14.0", {"glibc": "2.17"}, ""),
        ("torch", "macos_x86_64", "3.12.7", {}, "2.2.2"),
        ("torch", "macos_x86_64", "3.13.0", {}, ""),
        ("torch", "linux_aarch64", "3.12.7", {"glibc": "2.17"}, "2.5.1"),
        ("torch", "linux_aarch64", "3.13.1", {"glibc": "2.17"}, ""),
        ("torch", "macos_x86_64", "3.11.1", {"macos": "10.15"}, "2.2.2"),
        ("torch", "musl", "3.12.7", {}, ""),
        ("numba", "win_arm64", "3.12.7", {}, "0.68.1"),
        ("numba", "win_arm64", "3.11.7", {}, ""),
        ("torch", "win32", "3.12.7", {}, ""),
        ("torch", "", "3.12.7", {}, ""),
        ("numpy", "win32", "3.12.7", {}, "2.5.5"),
        ("numpy", "musl", "3.12.7", {}, "2.5.5"),
        ("tensorflow", "linux_x86_64", "3.14.0", {}, ""),
        ("tensorflow", "macos_x86_64", "3.12.7", {}, "2.16.2"),
        ("torch", "linux_x86_64", "3.13.1", {"free_threaded": True}, "2.11.0"),
        ("tensorflow", "linux_x86_64", "3.13.1", {"free_threaded": True}, ""),
        ("torchvision", "linux_x86_64", "3.14.1", {}, "0.25.0"),
        ("jax", "linux_x86_64", "3.12.1", {}, "0.12.0.1"),
        ("no-such-package", "linux_x86_64", "3.12.1", {}, ""),
    ],
)  # fmt: skip
def test_the_newest_release_that_a_machine_can_have(package, platform, python, rest, expected):
    assert wheels.newest(package, platform, python, **rest) == expected


@pytest.mark.parametrize(
    ("tag", "machine", "expected"),
    [
        ("linux-x86_64", "x86_64", "linux_x86_64"),
        ("linux-aarch64", "aarch64", "linux_aarch64"),
        ("linux-armv7l", "armv7l", ""),
        ("linux-i686", "x86_64", ""),
        ("macosx-11.0-arm64", "arm64", "macos_arm64"),
        ("macosx-10.9-universal2", "arm64", "macos_arm64"),
        ("macosx-10.9-universal2", "x86_64", "macos_x86_64"),
        ("macosx-10.9-x86_64", "x86_64", "macos_x86_64"),
        ("win-amd64", "AMD64", "windows_amd64"),
        ("win-arm64", "ARM64", "win_arm64"),
        ("win32", "AMD64", "win32"),
        ("", "", ""),
    ],
)
def test_the_platform_of_an_interpreter(tag, machine, expected):
    assert wheels.wheel_platform(tag, machine) == expected


@pytest.mark.parametrize(
    ("partner", "version", "torch", "expected"),
    [
        ("torchvision", "0.28.0+cpu", "2.13.0+cpu", True),
        ("torchvision", "0.28.0", "2.14.1", False),
        ("torchvision", "0.29.1", "2.14.1", True),
        ("torchvision", "0.29.1", "2.15.0", True),
        ("torchvision", "0.29.1", "2.13.0", False),
        ("torchvision", "0.31.0", "2.16.0", None),
        ("torchvision", "0.14.0", "1.14.0.dev20221116", False),
        ("torchvision", "0.2.2", "1.0.0", None),
        ("torchvision", "0.4.0", "1.2.0", True),
        ("torchvision", "0.4.2", "1.3.1", True),
        ("torchaudio", "0.3.0", "1.4.0a0", False),
        ("torchaudio", "2.11.0", "2.15.0", True),
        ("torchaudio", "2.10.0", "2.11.0", False),
        ("torchaudio", "2.10.0", "", None),
    ],
)
def test_which_partner_goes_with_which_torch(partner, version, torch, expected):
    assert partners.fits(partner, version, torch) is expected


@pytest.mark.parametrize(
    ("partner", "torch", "expected"),
    [
        ("torchvision", "2.13.0", "torchvision==0.28.*"),
        ("torchvision", "2.16.0", "torchvision>=0.29"),
        ("torchvision", "1.3.1", "torchvision==0.4.2"),
        ("torchaudio", "2.13.0", "torchaudio>=2.11"),
        ("torchvision", "0.4.1", ""),
    ],
)
def test_the_partner_to_install(partner, torch, expected):
    assert partners.partner_for(partner, torch) == expected


def test_numpy_2_came_later_on_windows():
    assert numpy2.too_old("torch", "2.4.0", windows=True)
    assert not numpy2.too_old("torch", "2.4.0")
    assert not numpy2.too_old("no-such-package", "0.1")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.2.6 as it may crash.", True),
        ("ImportError: numpy.core.multiarray failed to import", True),
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject", True),
        ("RuntimeWarning: numpy.ndarray size changed, may indicate binary incompatibility. Expected 16 from C header, got 96 from PyObject", False),
        ("ModuleNotFoundError: No module named 'numpy'", False),
    ],
)  # fmt: skip
def test_what_numpy_2_says_of_a_module_built_for_numpy_1(text, meant):
    assert bool(re.search(numpy2.COMPLAINT, text)) is meant
