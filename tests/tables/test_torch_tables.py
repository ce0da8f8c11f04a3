"""torch_releases.toml, torch_code.toml and partners.toml refreshed from an index that has newer releases."""

import msgspec
import pytest

from dlcheck.judge.knowledge.partners import Partners
from dlcheck.judge.knowledge.torch_releases import Codes, Releases
from scripts.refresh import partners, torch_builds, torch_code, torch_releases
from scripts.refresh.registry import file_of
from scripts.refresh.requirements import requirement_of
from scripts.refresh.web import Unreadable
from tests.tables.shelf import TODAY, Shelf

KNOWN = file_of("torch_releases").read_text()
CODES = file_of("torch_code").read_text()
NAMES = ("cp311-cp311", "cp315-cp315", "cp315-cp315t")
VERSION_FILE = (
    "from typing import Optional\n__version__ = '2.16.0'\ncuda: Optional[str] = {cuda}\nhip: Optional[str] = None\n"
)
LIBRARY = b"\x7fELF\0sm_70\0see sm_50 and others\0sm_80 sm_90 sm_100 sm_120 sm_130 compute_130\0\0"


def library(flags):
    return LIBRARY.replace(b"sm_80 sm_90 sm_100 sm_120 sm_130 compute_130", flags)


def torch_wheels(
    shelf, version, *, cuda="'14.1'", flags=b"sm_80 sm_90 sm_100 sm_120 sm_130 compute_130", floor="manylinux_2_34"
):
    """A release's wheels for three platforms, three Pythons each."""
    linux = {"torch/version.py": VERSION_FILE.format(cuda=cuda), "torch/lib/libtorch_python.so": library(flags)}
    windows = {"torch/version.py": VERSION_FILE.format(cuda="None")}
    found = []
    for tag, members in ((f"{floor}_x86_64", linux), ("win_amd64", windows), ("macosx_15_0_arm64", {"x": ""})):
        found += [shelf.wheel(f"torch-{version}-{name}-{tag}.whl", members=members) for name in NAMES]
    return found


def index(*torch, **changes):
    """An index with numpy's Pythons, these releases of torch, and the partners of the newest."""
    shelf = Shelf()
    shelf.project("numpy", shelf.wheel("numpy-2.6.0-cp315-cp315-win_amd64.whl"))
    shelf.project("torch", *(file for version in torch for file in torch_wheels(shelf, version, **changes)))
    shelf.project(
        "torchvision",
        shelf.wheel("torchvision-0.29.2-cp311-cp311-win_amd64.whl", requires=["numpy", "torch>=2.14"]),
        shelf.wheel("torchvision-0.30.0-cp311-cp311-win_amd64.whl", requires=["numpy", "torch==2.16.0"]),
    )
    shelf.project("torchaudio", shelf.wheel("torchaudio-2.11.0-cp311-cp311-win_amd64.whl", requires=["torch"]))
    return shelf


def refreshed(shelf, **changes):
    done = torch_releases.refresh(KNOWN, shelf.sources(**changes))
    return done, msgspec.toml.decode(done.text, type=Releases)


def test_a_new_release_gets_a_row_of_what_its_wheels_say():
    done, table = refreshed(index("2.16.0"))
    new = table.release[0]

    assert table.read == TODAY
    assert (new.version, new.released, new.python, new.free_threaded) == ("2.16.0", "2027-02", "3.11-3.15", ("3.15",))
    assert new.default == {"linux-x86_64": "cu141", "windows-x86_64": "cpu", "macos-arm64": "mps"}
    assert (new.glibc, new.macos, new.mps_macos, new.vision, new.audio) == ("2.34", "15.0", "", "0.30.0", "")
    assert (new.variants, new.python_basis) == ((), "index")
    assert new.variants_basis.startswith("unknown")
    assert any(one.startswith("variants: https://download.pytorch.org") for one in done.left)


def test_all_else_of_the_table_stays_as_it_was():
    done, table = refreshed(index("2.16.0"))
    old = msgspec.toml.decode(KNOWN, type=Releases)

    assert table.release[1:] == old.release
    assert done.text.endswith(KNOWN[KNOWN.index("[[release]]") :])
    assert done.text.startswith(KNOWN[: KNOWN.index("read =")])


def test_a_new_patch_release_changes_its_row_and_keeps_what_a_hand_wrote():
    _, table = refreshed(index("2.15.1", cuda="'13.2'", floor="manylinux_2_28"))
    old = msgspec.toml.decode(KNOWN, type=Releases).release[0]

    assert len(table.release) == len(msgspec.toml.decode(KNOWN, type=Releases).release)
    assert table.release[0].version == "2.15.1"
    assert table.release[0].mps_macos == old.mps_macos
    assert table.release[0].variants == old.variants


def test_what_only_a_hand_knows_is_not_touched_by_the_index():
    """The rows before 2.0 were read from pages, and their wheels are on the index too."""
    _, table = refreshed(index("1.5.1", "2.16.0"))

    assert table.release[1:] == msgspec.toml.decode(KNOWN, type=Releases).release


def test_builds_of_pytorchs_own_index(tmp_path):
    page = tmp_path / "torch.html"
    labels = ("cu132", "cpu", "rocm7.14", "cu126", "xpu", "cu117.with.pypi.cudnn", "cpu.cxx11.abi", "rocm7.2")
    page.write_text(
        "".join(
            f'<a href="/whl/{one}/torch-2.16.0%2B{one}-cp311-cp311-linux_x86_64.whl#sha256=0">x</a>\n' for one in labels
        )
    )

    done, table = refreshed(index("2.16.0"), saved=page)

    assert table.release[0].variants == ("cpu", "cu126", "cu132", "rocm7.2", "rocm7.14", "xpu")
    assert table.release[0].variants_basis == "PyTorch's wheel index"
    assert not any(one.startswith("variants") for one in done.left)


@pytest.mark.parametrize("page", [b"", b"<html>torch-2.16.0</html>", b"\xff\xfe" * 1000])
def test_a_page_that_names_no_wheel_changes_nothing(tmp_path, page):
    saved = tmp_path / "torch.html"
    saved.write_bytes(page)

    done, table = refreshed(index("2.16.0"), saved=saved)

    assert table.release[0].variants == ()
    assert any("names no wheel" in one for one in done.left)


def test_a_wheel_that_cannot_be_opened_leaves_its_build_out_and_says_so():
    shelf = index("2.16.0")
    for address in [one for one in shelf.pages if "manylinux" in one and not one.endswith(".metadata")]:
        shelf.put(address, b"cut")

    done, table = refreshed(shelf)

    assert "linux-x86_64" not in table.release[0].default
    assert any("default of torch 2.16.0 on linux-x86_64" in one for one in done.left)


def test_an_index_without_torch_is_no_index_to_write_from():
    with pytest.raises(Unreadable, match="no wheel"):
        refreshed(index())


def test_what_the_table_lacks():
    found = torch_releases.look(index("2.15.0", "2.16.0").sources())

    assert "torch 2.16.0" in found.lacks
    assert found.shown == "torch 2.16.0"


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("cuda: Optional[str] = '13.2'\nhip: Optional[str] = None\n", "cu132"),
        ("cuda = '9.2'\n", "cu92"),
        ('cuda: str | None = None\nhip: str | None = "7.2.41133"\n', "rocm7.2"),
        ("cuda = None\nhip = None\nxpu = '20250300'\n", "xpu"),
        ("cuda: Optional[str] = None\n", "cpu"),
        ("", "cpu"),
    ],
)
def test_the_build_by_the_wheels_own_version_file(text, build):
    assert torch_builds.build_of(text) == build


def test_the_list_of_architectures_in_a_library():
    assert torch_builds.architectures(LIBRARY) == ("sm_80", "sm_90", "sm_100", "sm_120", "sm_130", "compute_130")
    assert torch_builds.architectures(b"sm_80 without an end") == ()


def codes(text):
    return msgspec.toml.decode(text, type=Codes)


def test_a_build_nobody_knew_gets_a_row():
    done = torch_code.refresh(CODES, index("2.16.0").sources())
    new = next(one for one in codes(done.text).code if one.variant == "cu141")

    assert (new.platform, new.since, new.until) == ("linux-x86_64", "2.16", "2.16")
    assert (new.real, new.ptx) == (("8.0", "9.0", "10.0", "12.0", "13.0"), ("13.0",))
    assert len(codes(done.text).code) == len(codes(CODES).code) + 1
    assert codes(done.text).gfx == codes(CODES).gfx


def test_a_build_with_the_same_code_as_the_release_before_reaches_further():
    same = b"sm_75 sm_80 sm_86 sm_90 sm_100 sm_120"
    done = torch_code.refresh(CODES, index("2.16.0", cuda="'13.2'", flags=same).sources())
    row = next(one for one in codes(done.text).code if (one.variant, one.platform) == ("cu132", "linux-x86_64"))

    assert row.until == "2.16"
    assert len(codes(done.text).code) == len(codes(CODES).code)


def test_a_patch_release_with_other_code_gets_a_row_of_its_own_before_that_of_the_line():
    done = torch_code.refresh(CODES, index("2.15.1", cuda="'13.2'", flags=b"sm_80 sm_90").sources())
    rows = [one for one in codes(done.text).code if (one.variant, one.platform) == ("cu132", "linux-x86_64")]

    assert (rows[0].since, rows[0].until, rows[0].real) == ("2.15.1", "2.15.1", ("8.0", "9.0"))
    assert rows[1:] == [one for one in codes(CODES).code if (one.variant, one.platform) == ("cu132", "linux-x86_64")]


def test_a_library_that_says_nothing_is_not_taken_for_one_without_code():
    with pytest.raises(Unreadable, match="no architectures"):
        torch_code.refresh(CODES, index("2.16.0", flags=b"nothing").sources())


def test_an_interpreter_is_asked_what_its_build_holds(tmp_path):
    answer = '{"version": "2.14.1+cu126", "cuda": "12.6", "archs": ["sm_50", "sm_90a", "compute_90"], "system": "linux", "machine": "x86_64"}'
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho noise\necho '{answer}'\n")
    python.chmod(0o755)

    held = torch_code.asked(str(python))

    assert (held.version, held.variant, held.platform) == ("2.14.1", "cu126", "linux-x86_64")
    assert (held.real, held.ptx) == (("5.0", "9.0"), ("9.0",))


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo",
        "echo []",
        "echo '{}'",
        'echo \'{"cuda": null, "archs": 1, "system": "linux", "machine": "x"}\'',
    ],
)
def test_an_interpreter_without_such_a_build_is_told(tmp_path, script):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)

    with pytest.raises(Unreadable):
        torch_code.asked(str(python))


def test_partners_by_what_they_ask_for():
    done = partners.refresh(file_of("partners").read_text(), index("2.16.0").sources())
    table = msgspec.toml.decode(done.text, type=Partners)

    assert table.torchvision["0.30"] == "2.16"
    assert table.torchvision["0.29"] == ">=2.14"
    assert table.torchvision["0.3"] == "1.1"
    assert table.torchaudio["2.11"] == ">=2.11"
    assert table.read == TODAY
    assert any("torchaudio 2.11" in one for one in done.left)
    assert partners.look(index("2.16.0").sources()).lacks == ("torchvision 0.30 (of torch 2.16)",)


@pytest.mark.parametrize(
    ("requires", "line"),
    [
        ("torch==2.13.0", "2.13"), ("torch (==2.0.1)", "2.0"), ("torch>=2.14", ">=2.14"), ("torch", ""), ("numpy", ""),
        ("torch<2.17,>=2.16", ""), ("torch!=2.3", ""), ("torch ==", ""), ('torch==2.1; platform_system == "Windows"', ""),
    ],
)  # fmt: skip
def test_a_line_of_torch(requires, line):
    assert partners.torch_line(requirement_of(f"Requires-Dist: {requires}\n", "torch")) == line
