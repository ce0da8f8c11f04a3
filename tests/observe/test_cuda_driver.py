import os
import sys
from pathlib import Path

import pytest

from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import cuda_driver
from dlcheck.observe.host.loaded_files import parse_maps
from tests import standins

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-ins are ELF libraries")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return standins.build(tmp_path_factory.mktemp("cuda"), "libcuda.so.1")


def ask(folder, timeout=30.0, **variables):
    """The real probe where the loader finds the stand-in."""
    environ = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
    return cuda_driver.probe(
        Context(Request(timeout=timeout, environ={**environ, "LD_LIBRARY_PATH": str(folder), **variables}))
    )


def test_a_good_libcuda(folder):
    found = ask(folder, STANDIN_CUDA_VERSION="12080", STANDIN_CUDA_DEVICES="2").value

    assert found.library == str(folder / "libcuda.so.1")
    assert (found.version, found.init_code, found.device_count, found.is_stub) == ((12, 8), 0, 2, False)
    assert found.unhidden_count.gap == "not-looked"


@pytest.mark.parametrize("code", [802, 803, 804, 999])
def test_an_error_of_cuinit_is_told_by_its_code(folder, code):
    found = ask(folder, STANDIN_CUDA_INIT=str(code)).value

    assert (found.version, found.init_code) == ((13, 0), code)
    assert (found.device_count.gap, found.device_count.why) == ("broken", f"cuInit: error {code}")


def test_no_device_is_a_count_of_none(folder):
    assert ask(folder, STANDIN_CUDA_INIT="100").value.device_count == 0


def test_a_stub_gives_itself_away_by_its_code_or_its_folder(folder, tmp_path):
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    (stubs / "libcuda.so.1").write_bytes((folder / "libcuda.so.1").read_bytes())

    assert ask(folder, STANDIN_CUDA_INIT="34").value.is_stub
    assert ask(stubs).value.is_stub


def test_a_variable_that_hides_is_taken_away_for_a_second_look(folder):
    found = ask(folder, CUDA_VISIBLE_DEVICES="", STANDIN_CUDA_DEVICES="3").value

    assert found.unhidden_count == 3


def test_cuinit_that_never_answers_is_named_and_not_asked_twice(folder):
    probed = ask(folder, timeout=2.5, STANDIN_CUDA_ACT="sleep", CUDA_VISIBLE_DEVICES="0")

    assert (probed.value.version, probed.value.init_code.gap) == ((13, 0), "timed-out")
    assert probed.ending.stage == "starting libcuda (cuInit)"
    assert probed.seconds < 10


def test_cuinit_that_crashes_is_named(folder):
    probed = ask(folder, STANDIN_CUDA_ACT="segfault")

    assert probed.value.init_code.gap == "crashed"
    assert (probed.ending.signal, probed.ending.stage) == ("SIGSEGV", "starting libcuda (cuInit)")


def test_a_file_that_is_no_library_is_a_gap_with_the_loaders_words(tmp_path):
    (tmp_path / "libcuda.so.1").write_bytes(Path(sys.executable).read_bytes()[:64])

    missing = ask(tmp_path).missing

    assert missing.gap == "broken"
    assert "libcuda cannot be loaded" in missing.why


def test_a_library_of_another_name_is_no_libcuda(tmp_path):
    (tmp_path / "libcuda.so.1").write_bytes(
        standins.build(tmp_path, "libnvidia-ml.so.1").joinpath("libnvidia-ml.so.1").read_bytes()
    )

    assert ask(tmp_path).missing.gap == "broken"


def test_the_mapped_file_is_read_from_the_process_map():
    maps = "7f00-7f01 r--p 0 08:01 1  /usr/lib/x/libc.so.6\n7f02-7f03 r--p 0 08:01 2  /a b/libcuda.so.570.1 (deleted)\n7f04 rw-p 0 0:0 0 \n"

    assert parse_maps(maps, "libcuda") == "/a b/libcuda.so.570.1"
    assert parse_maps(maps, "libnvidia-ml") == ""
