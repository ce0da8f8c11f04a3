import subprocess
import sys
from pathlib import Path

import pytest

from dlcheck.observe.host import shared_libraries

CACHE = Path("/etc/ld.so.cache")


@pytest.mark.skipif(not CACHE.is_file(), reason="this system's loader keeps no cache")
def test_the_cache_is_read_as_ldconfig_reads_it():
    try:
        printed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no ldconfig")
    lines = [line.split() for line in printed.splitlines() if " => " in line]
    expected: dict[str, list[str]] = {}
    for words in lines:
        expected.setdefault(words[0], []).append(words[-1])
    data = CACHE.read_bytes()

    assert len(expected) > 5
    assert {name: shared_libraries.parse_cache(data, name) for name in expected} == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"glibc-ld.so.cache1.1",
        b"glibc-ld.so.cache1.1\xff\xff\xff\xfflibcuda.so.1\0",
        b"ld.so-1.7.0\0libcuda.so.1\0",
    ],
)
def test_a_damaged_cache_holds_nothing(data):
    assert shared_libraries.parse_cache(data, "libcuda.so.1") == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux")
def test_a_library_of_this_machine_is_found_where_the_loader_finds_it():
    found = shared_libraries.find("libc.so.6", Path("/"), {})
    if found is None:
        pytest.skip("no glibc")

    assert found.found_by == "loader"
    assert Path(found.real).is_file()


@pytest.mark.parametrize(
    ("real", "version"),
    [
        ("/x/libcuda.so.570.124.06", "570.124.06"),
        ("/x/libcuda.so.470.82", "470.82"),
        ("/x/libcuda.so.1", ""),
        ("/x/libcuda.so.1.1", ""),
    ],
)
def test_a_drivers_version_stands_in_the_files_name(real, version):
    assert shared_libraries.version_in_name(real) == version


def test_empty_entries_of_the_search_path_are_the_working_folder():
    assert shared_libraries.library_path({"LD_LIBRARY_PATH": "/a::/b;/c"}) == ["/a", ".", "/b", "/c"]
    assert shared_libraries.library_path({"LD_LIBRARY_PATH": ""}) == shared_libraries.library_path({}) == []
