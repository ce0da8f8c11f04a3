"""TensorFlow's and JAX's tables, and what real answers of a package index (tests/data/index, recorded 2026-11) tell."""

from pathlib import Path

import msgspec
import pytest

from dlcheck.judge.knowledge import jax_releases as jax_table
from dlcheck.judge.knowledge import tensorflow_releases as tensorflow_table
from dlcheck.judge.knowledge import torch_releases as torch_table
from scripts.refresh import jax_releases, tensorflow_releases, torch_builds, torch_releases
from scripts.refresh.package_index import JSON, named
from scripts.refresh.registry import file_of
from scripts.refresh.release_columns import columns, differences
from scripts.refresh.requirements import requirement_of
from scripts.refresh.wheel_tags import built_for
from tests.tables.shelf import INDEX, TODAY, Shelf

RECORDED = Path(__file__).parent.parent / "data" / "index"
TENSORFLOW, JAX = file_of("tensorflow_releases").read_text(), file_of("jax_releases").read_text()
NUMPY = "numpy-2.5.5-cp315-cp315-win_amd64.whl"
BUILD_INFO = "import collections\n\nbuild_info = collections.OrderedDict([('cpu_compiler', 'clang'), {more}('is_rocm_build', False)])\n"
CUDA = (
    "('cuda_compute_capabilities', ['sm_80', 'sm_90', 'sm_120', 'compute_130']), ('cuda_version', '14.1.2'), "
    "('cudnn_version', '10'), ('is_cuda_build', True), "
)


def recorded(*projects):
    shelf = Shelf()
    shelf.project("numpy", shelf.wheel(NUMPY))
    for name in projects:
        shelf.put(f"{INDEX}{name}/", (RECORDED / f"{name}.json").read_bytes(), JSON)
    return shelf


def test_the_recorded_releases_of_torch_are_in_the_table_as_they_are():
    found = torch_releases.seen(recorded("torch").sources().index)
    known = {one.minor: msgspec.to_builtins(one) for one in torch_table.releases()}

    assert [str(one.version) for one in found.values()] == ["2.10.0", "2.14.1", "2.15.0"]
    for line in ((2, 14), (2, 15)):
        assert [
            one for one in differences(known[line], torch_releases.columns(found[line])) if "python" not in one
        ] == []


def test_a_recorded_release_that_is_for_any_python():
    (files,) = [
        one
        for version, one in recorded("torchvision").sources().index.project("torchvision").wheels().items()
        if str(version) == "0.29.2"
    ]
    built = built_for(named(files), (3, 15))

    assert columns(built)["pythons"] == dict.fromkeys(
        ("linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64"), "3.10-3.15"
    )


def test_the_recorded_release_of_jaxlib():
    found = recorded("jaxlib").sources().index.project("jaxlib").wheels()
    shown = {str(version): columns(built_for(named(files), (3, 15))) for version, files in found.items()}
    known = {one.version: msgspec.to_builtins(one) for one in jax_table.releases()}

    assert set(shown) == {"0.11.2", "0.12.0.1"}
    for version, values in shown.items():
        assert differences(known[version], values) == []


def test_recorded_words_of_the_wheels_themselves():
    build = tensorflow_releases.build_info((RECORDED / "tensorflow_build_info.py.txt").read_text())
    assert (build.is_cuda, build.cuda, build.cudnn, build.archs[-1]) == (True, "12.5.1", "9", "compute_90")
    assert tensorflow_releases.of_extra((RECORDED / "tensorflow.METADATA").read_text()) == {
        "cuda": "12.5",
        "cudnn": "9.3",
    }
    assert torch_builds.build_of((RECORDED / "torch_version.py.txt").read_text()) == "cu132"
    jax = (RECORDED / "jax.METADATA").read_text()
    assert str(requirement_of(jax, "libtpu", extra="tpu")).startswith("libtpu==0.0.50.*")
    assert requirement_of(jax, "libtpu") is None


def tensorflows(version="2.30.0", more=CUDA, requires=("nvidia-cudnn-cu14<11,>=10.2.0; extra == 'and-cuda'",)):
    shelf = recorded()
    files = []
    for tag, info in (("manylinux_2_34_x86_64", more), ("win_amd64", "('is_cuda_build', False), ")):
        members = {"tensorflow/python/platform/build_info.py": BUILD_INFO.format(more=info)}
        files.append(shelf.wheel(f"tensorflow-{version}-cp314-cp314-{tag}.whl", members=members, requires=requires))
    shelf.project("tensorflow", *files)
    return shelf


def test_a_new_tensorflow_gets_a_row_of_what_it_says_of_itself():
    done = tensorflow_releases.refresh(TENSORFLOW, tensorflows().sources())
    table = msgspec.toml.decode(done.text, type=tensorflow_table.Releases)
    new = table.release[0]

    assert (table.read, new.version, new.basis) == (TODAY, "2.30.0", "index, wheel")
    assert new.pythons == {"linux-x86_64": "3.14-3.14", "windows-x86_64": "3.14-3.14"}
    assert (new.gpu, new.extra, new.cuda, new.cudnn) == (("linux-x86_64",), "and-cuda", "14.1", "10.2")
    assert (new.real, new.ptx) == (("8.0", "9.0", "12.0", "13.0"), ("13.0",))
    assert table.release[1:] == tensorflow_table.releases()
    assert any("works was not tried" in one for one in done.left)
    assert tensorflow_releases.look(tensorflows().sources()).lacks == ("TensorFlow 2.30.0",)


def test_a_new_tensorflow_without_cuda_is_no_gpu_build():
    done = tensorflow_releases.refresh(
        TENSORFLOW, tensorflows(more="('is_cuda_build', False), ", requires=()).sources()
    )
    new = msgspec.toml.decode(done.text, type=tensorflow_table.Releases).release[0]

    assert (new.gpu, new.extra, new.real, new.cuda) == ((), "", (), "")
    assert any("no wheel says that it is built for CUDA" in one for one in done.left)


def test_a_new_patch_of_tensorflow_keeps_what_a_hand_wrote():
    done = tensorflow_releases.refresh(TENSORFLOW, tensorflows("2.17.9").sources())
    rows = msgspec.toml.decode(done.text, type=tensorflow_table.Releases).release
    row = next(one for one in rows if one.minor == (2, 17))

    assert (row.version, row.glibc, row.cuda) == ("2.17.9", "2.34", "14.1")
    assert row.note == tensorflow_table.release_of("2.17.1").note
    assert len(rows) == len(tensorflow_table.releases())


@pytest.mark.parametrize(
    "text", ["", "build_info = 1", "build_info = collections.OrderedDict([('is_cuda_build', 'yes'"]
)
def test_build_information_that_says_nothing(text):
    assert tensorflow_releases.build_info(text) == tensorflow_releases.Build(is_cuda=False)


def jaxes(version="0.20.0", tpu="libtpu==0.1.3.*; extra == 'tpu'"):
    shelf = recorded()
    shelf.project("jax", shelf.wheel(f"jax-{version}-py3-none-any.whl", requires=["numpy", tpu]))
    shelf.project(
        "jaxlib",
        *(
            shelf.wheel(f"jaxlib-{version}-cp{tag}-manylinux_2_31_x86_64.whl")
            for tag in ("313-cp313", "315-cp315", "315-cp315t")
        ),
    )
    shelf.project("libtpu", shelf.wheel("libtpu-0.1.3.2-cp315-cp315-manylinux_2_35_x86_64.whl"))
    for name in ("jax-cuda13-plugin", "jax-cuda12-plugin", "jax-rocm7-plugin"):
        shelf.project(name)
    return shelf


def test_a_new_jax_gets_a_row_and_no_plugin_until_a_hand_says_so():
    done = jax_releases.refresh(JAX, jaxes().sources())
    table = msgspec.toml.decode(done.text, type=jax_table.Releases)
    new = table.release[0]

    assert (table.read, new.version, new.released, new.basis) == (TODAY, "0.20.0", "2027-02", "index")
    assert (new.pythons, new.free_threaded, new.glibc) == ({"linux-x86_64": "3.13-3.15"}, ("3.15",), "2.31")
    assert (new.libtpu, new.libtpu_glibc) == ("0.1.3", "2.35")
    assert table.release[1:] == jax_table.releases()
    assert table.plugin == msgspec.toml.decode(JAX, type=jax_table.Releases).plugin
    assert not [one for one in table.plugin if one.serves(new)]
    assert any("no plugin serves it" in one for one in done.left)


def test_an_extra_for_tpus_that_cannot_be_installed_is_none():
    done = jax_releases.refresh(JAX, jaxes(tpu="libtpu==9.9.*; extra == 'tpu'").sources())

    assert msgspec.toml.decode(done.text, type=jax_table.Releases).release[0].libtpu == ""


def test_a_plugin_of_which_newer_wheels_serve_more_pythons():
    shelf = jaxes("0.12.1", tpu="numpy")
    shelf.project(
        "jax-cuda13-plugin",
        *(
            shelf.wheel(f"jax_cuda13_plugin-0.12.1-cp{tag}-manylinux_2_34_x86_64.whl")
            for tag in ("312-cp312", "316-cp316")
        ),
    )
    done = jax_releases.refresh(JAX, shelf.sources())
    row = next(one for one in msgspec.toml.decode(done.text, type=jax_table.Releases).plugin if one.extra == "cuda13")

    assert (row.pythons, row.glibc, row.until) == ({"linux-x86_64": "3.12-3.16"}, "2.34", "0.12")
    assert any(
        one.startswith("plugin cuda13 0.11 to 0.12: pythons") for one in jax_releases.look(shelf.sources()).lacks
    )
