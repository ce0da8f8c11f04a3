import os

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe.host import mounts, tools
from tests.observe.trees import context, lay

posix_only = pytest.mark.skipif(os.name != "posix", reason="a stand-in program is a shell script")

GCC = """gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0
Copyright (C) 2023 Free Software Foundation, Inc.
"""
GCC_DEBIAN = "gcc (Debian 12.2.0-14+deb12u1) 12.2.0\n"
RED_HAT = "gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)\n"
APPLE = """Apple clang version 15.0.0 (clang-1500.3.9.4)
Target: arm64-apple-darwin23.5.0
"""
CMAKE = "cmake version 3.28.3\n\nCMake suite maintained and supported by Kitware (kitware.com/cmake).\n"
DOCKER = "Docker version 27.3.1, build ce12230\n"
NVCC = """nvcc: NVIDIA (R) Cuda compiler driver
Copyright (c) 2005-2024 NVIDIA Corporation
Built on Thu_Mar_28_02:18:24_PDT_2024
Cuda compilation tools, release 12.4, V12.4.131
Build cuda_12.4.r12.4/compiler.34097967_0
"""


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (GCC, "13.2.0"),
        (GCC_DEBIAN, "12.2.0"),
        (RED_HAT, "11.4.1"),
        (APPLE, "15.0.0"),
        (CMAKE, "3.28.3"),
        (DOCKER, "27.3.1"),
        ("uv 0.5.4 (c62c83c37 2024-11-20)\n", "0.5.4"),
        ("GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu\n", "4.3"),
        ("1.11.1\n", "1.11.1"),
        ("micromamba: 2.0.4", "2.0.4"),
        ("clang: error while loading shared libraries: libtinfo.so.6", ""),
        ("", ""),
    ],
)
def test_versions(text, version):
    assert tools.parse_version(text) == version


def test_nvcc():
    assert tools.parse_nvcc(NVCC) == "12.4.131"
    assert tools.parse_nvcc("Cuda compilation tools, release 9.0\n") == "9.0"
    assert tools.parse_nvcc("nvcc fatal: something") == ""


def stand_in(folder, **scripts):
    lay(folder, {name: f"#!/bin/sh\n{script}\n" for name, script in scripts.items()})
    for name in scripts:
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


@posix_only
def test_versions_are_asked_side_by_side_and_one_that_fails_costs_itself(tmp_path):
    environ = stand_in(
        tmp_path,
        gcc="echo 'gcc (x) 13.2.0'",
        cmake="exit 9",
        ninja="kill -9 $$",
        uv="exec /bin/sleep 30",
        make="echo no",
    )
    found = tools.probe(context(tmp_path / "root", environ, timeout=1.5)).value

    assert found is not None
    version = {tool.name: tool.version for tool in found.found}
    assert version["gcc"] == "13.2.0"
    assert {name: gap.gap for name, gap in version.items() if isinstance(gap, Missing)} == {
        "cmake": "broken", "ninja": "crashed", "uv": "timed-out", "make": "broken",
    }  # fmt: skip
    assert found.find("clang") is None and "clang" in found.looked_for


@posix_only
def test_quick_starts_none_of_them(tmp_path):
    environ = stand_in(tmp_path, gcc=f"touch {tmp_path}/started")
    found = tools.probe(context(tmp_path / "root", environ, depth="quick")).value
    gcc = found.find("gcc") if found else None
    assert gcc is not None and gcc.path == f"{tmp_path}/gcc" and isinstance(gcc.version, Missing)
    assert not (tmp_path / "started").exists()


@posix_only
def test_nvcc_beside_path(tmp_path):
    stand_in(tmp_path / "usr/local/cuda/bin", nvcc="exit 0")
    stand_in(tmp_path / "own/bin", nvcc="exit 0")
    usual = tools.found_on("/nowhere", ("nvcc",), {}, tmp_path)
    named = tools.found_on("/nowhere", ("nvcc",), {"CUDA_HOME": str(tmp_path / "own")}, tmp_path)
    on_path = tools.found_on(str(tmp_path / "own/bin"), ("nvcc",), {}, tmp_path)
    assert [(one.path, one.on_path) for one in (*usual, *named, *on_path)] == [
        (f"{tmp_path}/usr/local/cuda/bin/nvcc", False),
        (f"{tmp_path}/own/bin/nvcc", False),
        (f"{tmp_path}/own/bin/nvcc", True),
    ]


@posix_only
def test_a_file_that_may_not_be_run_and_a_folder_are_no_tools(tmp_path):
    lay(tmp_path, {"gcc": "text", "cmake/": ""})
    assert tools.found_on(str(tmp_path), ("gcc", "cmake"), {}, tmp_path) == []


def test_windows_programs_are_no_tools_of_wsl():
    mounted = mounts.parse(
        "70 60 0:50 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs;path=C:\\134,trans=fd\n71 60 8:32 / / rw - ext4 /dev/sdc rw\n"
    )
    path = "/usr/bin:/mnt/c/Windows/system32:/mnt/c/Program Files/Git/cmd:/usr/lib/wsl/lib"
    assert tools.without_windows(path, mounted) == "/usr/bin:/usr/lib/wsl/lib"
    assert tools.without_windows(path, mounted[1:]) == path
