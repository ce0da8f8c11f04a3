"""What the names of wheels tell: real names of real releases."""

import pytest

from scripts.refresh.wheel_tags import built_for, platforms_of

TORCH = (
    "torch-2.5.1-cp312-cp312-manylinux1_x86_64.whl", "torch-2.5.1-cp39-cp39-manylinux1_x86_64.whl",
    "torch-2.5.1-cp312-cp312-manylinux2014_aarch64.whl", "torch-2.5.1-cp312-cp312-win_amd64.whl",
    "torch-2.5.1-cp312-none-macosx_11_0_arm64.whl", "torch-2.5.1-cp39-none-macosx_11_0_arm64.whl",
)  # fmt: skip
NUMPY = (
    "numpy-2.3.5-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "numpy-2.3.5-cp313-cp313t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "numpy-2.3.5-cp313-cp313-musllinux_1_2_x86_64.whl", "numpy-2.3.5-cp313-cp313-win32.whl",
    "numpy-2.3.5-cp313-cp313-macosx_10_13_x86_64.whl", "numpy-2.3.5-cp313-cp313-macosx_14_0_arm64.whl",
    "numpy-2.3.5-cp313-cp313-macosx_11_0_arm64.whl", "numpy-2.3.5-pp311-pypy311_pp73-win_amd64.whl",
    "numpy-2.3.5-cp313-cp313-manylinux_2_28_ppc64le.whl", "numpy-2.3.5-cp313-cp313-linux_armv7l.whl",
)  # fmt: skip


def named(names, requires_python=""):
    return [(name, requires_python) for name in names]


def test_a_release_of_pytorch():
    built = built_for(named(TORCH), (3, 15))

    assert built.span("linux_x86_64") == ("3.9", "3.12")
    assert built.span("linux_aarch64") == built.span("windows_amd64") == ("3.12", "3.12")
    assert built.span("macos_arm64") == ("3.9", "3.12")
    assert built.span("macos_x86_64") is None
    assert built.glibc == {"linux_x86_64": "2.5", "linux_aarch64": "2.17"}
    assert built.macos == {"macos_arm64": "11.0"}


def test_a_release_of_numpy():
    built = built_for(named(NUMPY), (3, 15))

    assert set(built.pythons) == {"linux_x86_64", "musl", "win32", "macos_x86_64", "macos_arm64"}
    assert built.free_threaded == ((3, 13),)
    assert built.glibc == {"linux_x86_64": "2.27"}, "of several names of one wheel the easiest counts"
    assert built.macos["macos_x86_64"] == "10.13"


def test_of_two_wheels_of_one_python_the_easier_counts():
    assert built_for(named(NUMPY), (3, 15)).macos["macos_arm64"] == "11.0"


def test_a_build_without_the_global_lock_serves_no_other_python():
    names = ["torch-2.9.0-cp314-cp314t-win_amd64.whl", "torch-2.9.0-cp313-cp313-win_amd64.whl"]
    built = built_for(named(names), (3, 15))

    assert built.span("windows_amd64") == ("3.13", "3.13")
    assert built.free_threaded == ((3, 14),)


def test_a_wheel_of_the_stable_abi_serves_all_that_follow():
    assert built_for(named(["x-1.0-cp39-abi3-win_amd64.whl"]), (3, 14)).span("windows_amd64") == ("3.9", "3.14")
    assert built_for(named(["x-1.0-cp39-abi3-win_amd64.whl"]), (0, 0)).span("windows_amd64") == ("3.9", "3.9")


@pytest.mark.parametrize(
    ("requires_python", "span"),
    [
        (">=3.10,!=3.14.1", ("3.10", "3.15")), ("<3.13", ("3.6", "3.12")), ("", ("3.6", "3.15")), ("nonsense", ("3.6", "3.15")),
        (">=4", None),
    ],
)  # fmt: skip
def test_a_wheel_for_any_python_serves_those_that_it_asks_for(requires_python, span):
    """torchvision 0.29.2 is of this kind."""
    built = built_for(named(["torchvision-0.29.2-py3-none-win_amd64.whl"], requires_python), (3, 15))

    assert built.span("windows_amd64") == span
    assert set(built.free_threaded) == ({(3, 13), (3, 14), (3, 15)} if span and span[1] == "3.15" else set())


@pytest.mark.parametrize(
    ("filename", "platforms"),
    [
        ("x-1.0-cp312-cp312-macosx_10_9_universal2.whl", {"macos_arm64", "macos_x86_64"}),
        ("x-1.0-cp312-cp312-linux_x86_64.whl", {"linux_x86_64"}),
        ("x-1.0-cp312-cp312-win_arm64.whl", {"win_arm64"}),
        ("x-1.0-py3-none-any.whl", set()),
        ("x-1.0.tar.gz", set()),
        ("x.whl", set()),
        ("", set()),
        ("x-1.0-cp312-cp312-manylinux_99999999999_1_x86_64.whl", {"linux_x86_64"}),
        ("-".join(["x"] * 40) + ".whl", set()),
    ],
)
def test_the_platforms_of_one_wheel(filename, platforms):
    assert platforms_of(filename) == platforms


def test_nothing_is_built_for_nothing():
    assert (
        built_for(named(["x-1.0-py3-none-any.whl", "nonsense", "x-1-cp312-cp311-win_amd64.whl"]), (3, 15)).pythons == {}
    )
