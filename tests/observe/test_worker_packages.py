"""The worker that reads the judged interpreter and its packages, run in real interpreters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import msgspec
import pytest

from dlcheck.model.gaps import ABSENT, Missing, known
from dlcheck.model.python import Interpreter, Packages
from dlcheck.observe import inside
from dlcheck.observe.context import Context, Request
from dlcheck.observe.printable import printable

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments are laid out as on POSIX")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("template") / "course"
    venv.create(prefix, with_pip=False, symlinks=True)
    return prefix


@pytest.fixture
def course(tmp_path, template):
    """A virtual environment without pip, of this Python."""
    shutil.copytree(template, tmp_path / "course", symlinks=True)
    return tmp_path / "course"


def site(prefix: Path) -> Path:
    return prefix / "lib" / VERSION / "site-packages"


def dist(folder: Path, name: str, version: str, metadata: bytes | str = b"", **files: str) -> Path:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    (info / "METADATA").write_bytes(head + (metadata if isinstance(metadata, bytes) else metadata.encode()))
    for file, text in files.items():
        (info / file.replace("_json", ".json").replace("_txt", ".txt")).write_text(text)
    return info


def package(folder: Path, name: str, **files: str) -> Path:
    where = folder / name
    where.mkdir(parents=True)
    (where / "__init__.py").write_text("raise SystemExit('imported!')")
    for file, text in files.items():
        (where / f"{file}.py").write_text(text)
    return where


def look(prefix: Path, cwd: Path | None = None, seconds: float = 20, requirements=(), **variables) -> Context:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "UV_"))}
    environ.update({"HOME": str(prefix.parent), **{name: str(value) for name, value in variables.items()}})
    return Context(
        Request(
            python=str(prefix if prefix.is_file() else prefix / "bin/python"), environ=environ, timeout=seconds,
            cwd=str(cwd or prefix), requirements=requirements,
        )
    )  # fmt: skip


def interpreter(*args, **kwargs) -> Interpreter:
    probed = inside.interpreter(look(*args, **kwargs))
    assert probed.value is not None, probed
    return probed.value


def packages(*args, **kwargs) -> Packages:
    probed = inside.packages(look(*args, **kwargs))
    assert probed.value is not None, probed
    return probed.value


def test_a_virtual_environment_tells_what_it_is(course, tmp_path):
    seen = interpreter(course, PYTHONNOUSERSITE="1", AWS_SECRET_ACCESS_KEY="never recorded")
    assert seen.executable == str(course / "bin/python")
    assert seen.version.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.")
    assert (seen.prefix, seen.base_prefix) == (str(course), sys.base_prefix)
    assert (seen.environment, seen.environment_name, seen.has_pip) == ("venv", "course", False)
    assert (seen.bits, seen.encoding) == (64, "utf-8")
    assert seen.site_packages == (str(site(course)),)
    assert (seen.externally_managed, seen.shadows, seen.user_site_enabled) == (ABSENT, (), False)
    assert seen.variables["PYTHONNOUSERSITE"] == "1"
    assert "AWS_SECRET_ACCESS_KEY" not in seen.variables
    origins = [(entry.path, entry.origin) for entry in seen.path]
    assert origins[0] == (str(course), "working-folder")
    assert origins[-1] == (str(site(course)), "site-packages")
    assert {origin for _, origin in origins[1:-1]} == {"standard-library"}


def test_an_environment_without_packages_has_none(course):
    seen = packages(course)
    assert (seen.distributions, seen.leftovers, seen.builds, seen.unsatisfied) == ((), (), (), ())
    assert seen.pip_index_url == ABSENT


def test_pip_is_told_by_its_files(course):
    dist(site(course), "pip", "24.2")
    assert not interpreter(course).has_pip
    package(site(course), "pip", __main__="")
    seen = interpreter(course)
    assert (seen.has_pip, seen.pip_version) == (True, "24.2")


def test_an_environment_made_by_uv_is_told(course):
    with (course / "pyvenv.cfg").open("a") as file:
        file.write("uv = 0.9.1\nprompt = 'lesson'\n")
    seen = interpreter(course)
    assert (seen.created_by_uv, seen.environment_name) == (True, "lesson")


def test_where_path_entries_come_from(course, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "source").mkdir()
    (site(course) / "dev.pth").write_text(f"{tmp_path / 'source'}\n")
    seen = interpreter(course, PYTHONPATH=f"{tmp_path / 'mine'}{os.pathsep}{tmp_path / 'absent'}")
    origins = {entry.path: entry.origin for entry in seen.path}
    assert origins[str(tmp_path / "mine")] == origins[str(tmp_path / "absent")] == "PYTHONPATH"
    assert origins[str(tmp_path / "source")] == "pth"


def test_distributions_are_read(course):
    folder = site(course)
    dist(
        folder, "Foo.Bar", "1.2", "Requires-Python: >=3.9\n\nName: not this\n", INSTALLER="uv\n",
        WHEEL="Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\nTag: other\n",
    )  # fmt: skip
    url = {"url": "https://me:pa@ss@host/x.git?token=secret#egg", "vcs_info": {"vcs": "git"}}
    dist(folder, "vcs", "1", direct_url_json=json.dumps(url))
    dist(folder, "here", "1", direct_url_json='{"url": "file:///home/me/here", "dir_info": {"editable": true}}')
    dist(folder, "odd", "1", direct_url_json="[1")
    seen = {one.name: one for one in packages(course).distributions}
    assert set(seen) == {"foo-bar", "vcs", "here", "odd"}
    first = seen["foo-bar"]
    assert (first.version, first.installer, first.requires_python) == ("1.2", "uv", ">=3.9")
    assert (first.tag, first.location) == ("cp311-cp311-linux_x86_64", str(folder))
    assert (seen["vcs"].index_url, seen["here"].editable) == ("https://host/x.git", True)


def test_eggs_of_old_tools_are_read(course, tmp_path):
    folder = site(course)
    egg = folder / "old-1.0-py3.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Name: old\nVersion: 1.0\n")
    (egg / "requires.txt").write_text("needed>=2\n\n[dev]\npytest\n\n[:sys_platform == 'nowhere']\nother\n")
    (folder / "flat-2.0.egg-info").write_text("Name: flat\nVersion: 2.0\n")
    source = tmp_path / "source"
    (source / "linked.egg-info").mkdir(parents=True)
    (source / "linked.egg-info/PKG-INFO").write_text("Name: linked\nVersion: 3.0\n")
    (folder / "easy-install.pth").write_text(f"{source}\n")
    seen = packages(course)
    assert {(one.name, one.version, one.editable) for one in seen.distributions} == {
        ("old", "1.0", False), ("flat", "2.0", False), ("linked", "3.0", True),
    }  # fmt: skip
    assert [(one.distribution, one.requirement) for one in seen.unsatisfied] == [("old", "needed>=2")]


def test_only_the_head_of_a_large_metadata_is_read_and_any_bytes_are_borne(course):
    folder = site(course)
    dist(folder, "large", "1", b"Requires-Dist: gone\n\n" + b"Requires-Dist: text\n" * 1_000_000)
    dist(folder, "latin", "1", "Author: Jürgen Größe\nRequires-Python: >=3\n\n".encode("latin-1"))
    dist(folder, "folded", "1", "License: MIT\n    Name: trap\n\tVersion: 9\nRequires-Python: >=3.8\n\n")
    dist(folder, "windows", "1", b"Requires-Python: >=3.7\r\n\r\nRequires-Python: no\r\n")
    seen = packages(course)
    assert {one.name: one.requires_python for one in seen.distributions} == {
        "large": "", "latin": ">=3", "folded": ">=3.8", "windows": ">=3.7",
    }  # fmt: skip
    assert [one.requirement for one in seen.unsatisfied] == ["gone"]


def test_a_name_that_is_not_utf_8_is_borne(course):
    try:
        (site(course) / os.fsdecode(b"~t\xffrch")).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    seen = printable(packages(course))
    assert [(one.kind, one.path) for one in seen.leftovers] == [("tilde", f"{site(course)}/~t\\udcffrch")]
    assert msgspec.json.encode(seen)


def test_leftovers_are_told(course):
    folder = site(course)
    (folder / "~orch").mkdir()
    (folder / "-umpy-1.0.dist-info").mkdir()
    (folder / "pandas-2.0.dist-info").mkdir()
    dist(folder, "empty", "1").joinpath("METADATA").write_bytes(b"")
    dist(folder, "gone", "1", top_level_txt="gone\n")
    dist(folder, "vanished", "1", RECORD="vanished/__init__.py,,\nvanished-1.dist-info/METADATA,,\n")
    (folder / "torch/__pycache__").mkdir(parents=True)
    seen = packages(course)
    assert {(one.kind, one.name) for one in seen.leftovers} == {
        ("tilde", "~orch"), ("invalid-name", "-umpy-1.0.dist-info"), ("no-metadata", "pandas"), ("no-metadata", "empty"),
        ("no-record-files", "gone"), ("no-record-files", "vanished"), ("empty-package", "torch"),
    }  # fmt: skip
    torch = seen.build("torch")
    assert torch is not None
    assert (torch.has_code, torch.location) == (False, str(folder / "torch"))


def test_what_only_looks_like_a_leftover_is_none(course):
    folder = site(course)
    dist(folder, "nested", "1", top_level_txt="nvidia/cusparselt\n")
    (folder / "nvidia").mkdir()
    dist(folder, "compiled", "1", top_level_txt="_compiled\n")
    (folder / "_compiled.cpython-311-x86_64-linux-gnu.so").touch()
    dist(folder, "scripts-only", "1", RECORD="../../../bin/tool,,\nscripts_only-1.dist-info/METADATA,,\n")
    dist(folder, "nothing", "1", top_level_txt="\n")
    dist(folder, "editable", "1", RECORD="__editable__.editable-1.pth,,\neditable-1.dist-info/METADATA,,\n")
    (folder / "__editable__.editable-1.pth").write_text("")
    dist(folder, "mine", "1", top_level_txt="mine\n", RECORD="__editable__.mine-1.pth,,\nmine-1.dist-info/METADATA,,\n")
    (folder / "__editable__.mine-1.pth").write_text("")
    dist(
        folder,
        "linked",
        "1",
        top_level_txt="linked\n",
        direct_url_json='{"url": "file:///x", "dir_info": {"editable": true}}',
    )
    (folder / "google").mkdir()
    seen = packages(course)
    assert (seen.leftovers, seen.duplicates) == ((), {})


def test_duplicates_are_told_with_their_folders(course, tmp_path):
    folder, other = site(course), tmp_path / "other"
    dist(folder, "twice", "1.0")
    dist(folder, "twice", "2.0")
    dist(other, "elsewhere", "5")
    dist(folder, "elsewhere", "4")
    dist(folder, "once", "1")
    seen = packages(course, PYTHONPATH=other)
    assert seen.duplicates == {
        "elsewhere": (f"5 in {other}", f"4 in {folder}"),
        "twice": (f"1.0 in {folder}", f"2.0 in {folder}"),
    }
    first = seen.find("elsewhere")
    assert first is not None
    assert first.version == "5"


TORCH = """from typing import Optional
__all__ = ['__version__', 'cuda']
__version__ = '2.13.0+cu130'
debug = False
cuda: Optional[str] = '13.0'
git_version = 'cf30153c4c131c8164ee7798e5022d810682e2cb'
hip: Optional[str] = None
"""
TORCH_1 = "__version__ = '1.13.1'\ndebug = False\ncuda = '11.7'\ngit_version = 'x'\nhip = None\n"
TORCH_ROCM = (
    "__version__ = '2.9.0+rocm6.4'\ndebug = False\ncuda: Optional[str] = None\nhip: Optional[str] = '6.4.43482'\n"
)
TORCH_XPU = "__version__ = '2.9.0+xpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\nxpu: Optional[str] = '20250101'\n"
TORCHVISION = (
    "__version__ = '0.28.0+cpu'\nfrom torchvision.extension import _check\nif _check() > 0:\n    cuda = _check()\n"
)
BUILDS = [
    ("torch", TORCH, "2.13.0+cu130", "13.0", None, None),
    ("torch", TORCH_1, "1.13.1", "11.7", None, None),
    ("torch", TORCH_ROCM, "2.9.0+rocm6.4", None, "6.4.43482", None),
    ("torch", TORCH_XPU, "2.9.0+xpu", None, None, "20250101"),
    ("torchvision", TORCHVISION, "0.28.0+cpu", None, None, None),
    ("torchaudio", "__version__ = '2.8.0+cu129'\n", "2.8.0+cu129", "12.9", None, None),
    ("jaxlib", '_version = "0.7.1"\n__version__ = _get()\n', "0.7.1", None, None, None),
]


@pytest.mark.parametrize(("name", "text", "version", "cuda", "hip", "xpu"), BUILDS)
def test_builds_are_read_as_text(course, name, text, version, cuda, hip, xpu):
    package(site(course), name, version=text)
    dist(site(course), name, version.partition("+")[0])
    build = packages(course).build(name)
    assert build is not None
    assert (build.version, known(build.cuda), known(build.hip), known(build.xpu)) == (version, cuda, hip, xpu)
    assert (build.has_code, build.metadata_version) == (True, version.partition("+")[0])
    assert build.cuda == (cuda or ABSENT)


def test_the_cuda_of_a_wheel_without_a_tag_is_not_guessed(course):
    package(site(course), "torchvision", version="__version__ = '0.28.0'\n")
    build = packages(course).build("torchvision")
    assert build is not None
    assert build.cuda == Missing("not-looked")


def test_tensorflow_and_jax_tell_their_cuda(course):
    info = "build_info = collections.OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True), ('is_rocm_build', False)])"
    platform = package(site(course), "tensorflow") / "python/platform"
    platform.mkdir(parents=True)
    (platform / "build_info.py").write_text(info)
    dist(site(course), "tensorflow-intel", "2.18.0")
    package(site(course), "jax", version="_version = '0.7.1'\n")
    package(site(course), "jax_cuda12_plugin")
    seen = packages(course)
    tensorflow, jax = seen.build("tensorflow"), seen.build("jax")
    assert tensorflow is not None
    assert (tensorflow.version, tensorflow.cuda, tensorflow.cudnn) == ("2.18.0", "12.5.1", "9")
    assert jax is not None
    assert (jax.version, jax.cuda) == ("0.7.1", "12")


def test_a_torch_without_its_version_file_is_broken(course):
    package(site(course), "torch")
    build = packages(course).build("torch")
    assert build is not None
    assert isinstance(build.version, Missing)
    assert build.version.gap == "broken"


def test_the_copy_that_an_import_takes_is_told_and_the_others(course, tmp_path):
    package(site(course), "torch", version=TORCH)
    package(tmp_path / "first", "torch", version=TORCH_1)
    (tmp_path / "namespace/torch").mkdir(parents=True)
    seen = packages(course, PYTHONPATH=f"{tmp_path / 'namespace'}{os.pathsep}{tmp_path / 'first'}")
    build = seen.build("torch")
    assert build is not None
    assert (build.location, build.version) == (str(tmp_path / "first/torch"), "1.13.1")
    assert build.other_locations == (str(site(course) / "torch"),), "a folder without code never wins"
    assert seen.leftovers == ()


def test_local_files_that_shadow_are_told(course, tmp_path):
    work = tmp_path / "work"
    for name in ("random.py", "json.py", "torch.py", "notebook_1.py", "utils.py", "sys.py", "numpy.ipynb"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("raise SystemExit('imported!')")
    (work / "statistics").mkdir()
    package(work, "pandas")
    (work / "test").mkdir()
    (work / "test/__init__.py").touch()
    package(site(course), "torch", version=TORCH)
    context = look(course, cwd=work)
    probed = inside.interpreter(context)
    assert probed.value is not None, probed
    assert {(one.module, one.standard_library) for one in probed.value.shadows} == {
        ("random", True), ("json", True), ("torch", False), ("pandas", False),
    }  # fmt: skip
    seen = inside.packages(context).value
    assert seen is not None
    build = seen.build("torch")
    assert build is not None
    assert build.location == str(work / "torch.py")
    assert isinstance(build.version, Missing)
    assert build.other_locations == (str(site(course) / "torch"),)


def test_a_project_may_have_packages_of_its_own(course, tmp_path):
    package(tmp_path / "project", "mine")
    (tmp_path / "project/pyproject.toml").touch()
    package(site(course), "mine")
    assert interpreter(course, cwd=tmp_path / "project").shadows == ()


def test_a_working_folder_inside_the_library_shadows_nothing(course):
    package(site(course), "torch")
    assert interpreter(course, cwd=site(course)).shadows == ()
    assert interpreter(course, cwd=Path(os.__file__).parent).shadows == ()


def test_the_user_site_is_told_where_it_counts(tmp_path):
    python = Path(sys.base_prefix) / "bin" / VERSION
    if not python.exists():
        pytest.skip(f"there is no {python}")
    folder = tmp_path / "lib" / VERSION / "site-packages"
    package(folder, "torch", version=TORCH)
    dist(folder, "torch", "2.13.0")
    seen = packages(python, cwd=tmp_path, PYTHONUSERBASE=tmp_path)
    one, build = seen.find("torch"), seen.build("torch")
    assert one is not None
    assert build is not None
    assert (one.in_user_site, build.in_user_site) == (True, True)


def test_conda_environments_are_told_by_their_files(course):
    meta = course / "conda-meta"
    meta.mkdir()
    record = {"arch": "x86_64", "channel": "https://me:pw@host/t/to-ken/conda-forge/linux-64", "name": "mkl"}
    (meta / "mkl-2024.1.0-h1_2.json").write_text(json.dumps(record))
    (meta / "history").touch()
    seen = packages(course).conda
    assert [(one.name, one.version, one.build, one.channel) for one in seen] == [
        ("mkl", "2024.1.0", "h1_2", "https://host/conda-forge/linux-64")
    ]


def test_folders_and_files_that_may_not_be_read_are_told(course, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may read everything")
    dist(site(course), "secret", "1").joinpath("METADATA").chmod(0)
    seen = packages(course, PYTHONPATH=closed)
    assert seen.unreadable == (str(closed),)
    assert [(one.name, one.version) for one in seen.distributions] == [("secret", "1")]


def test_loops_of_links_and_files_in_the_place_of_folders_are_borne(course):
    folder = site(course)
    (folder / "loop").symlink_to("loop")
    (folder / "loop.dist-info").symlink_to("loop.dist-info")
    (folder / "torch").symlink_to(folder)
    (folder / "me.pth").write_text(f"{folder}\n{folder}/loop\n")
    (folder / "file-1.dist-info").write_text("Name: x")
    seen = packages(course)
    assert [one.kind for one in seen.leftovers] == ["no-metadata", "no-metadata", "empty-package"]


def test_an_interpreter_that_cannot_start_is_a_gap_with_its_words(course, tmp_path):
    (tmp_path / "nowhere").mkdir()
    context = look(course, PYTHONHOME=tmp_path / "nowhere")
    probed = inside.interpreter(context)
    assert probed.missing is not None
    assert probed.missing.why.startswith(f"{course}/bin/python: exited with status 1")
    assert "encodings" in probed.missing.why
    assert f"PYTHONHOME is set to {tmp_path / 'nowhere'}" in probed.missing.why
    assert inside.packages(context).missing == probed.missing
    assert inside.requirements(context).missing == probed.missing


def test_an_interpreter_that_hangs_is_a_gap_in_time(course):
    (site(course) / "sitecustomize.py").write_text("import time; time.sleep(60)")
    context = look(course, seconds=1.5)
    missing = inside.packages(context).missing
    assert missing is not None
    assert missing.gap == "timed-out"
    assert inside.interpreter(context).missing == missing


def test_what_prints_at_start_does_not_spoil_the_answer(course):
    (site(course) / "sitecustomize.py").write_text("print('{}' * 100000)")
    assert interpreter(course).prefix == str(course)


def old_pythons():
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    return sorted(root.glob("*/bin/python"))


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.12", "3.13"])
def test_every_python_answers_or_says_that_it_is_too_old(tmp_path, version):
    python = next((one for one in old_pythons() if one.parts[-3].startswith(f"{version}.")), None)
    if python is None:
        pytest.skip(f"no Python {version} of pyenv's")
    if subprocess.run([python, "-c", ""], check=False).returncode:
        pytest.skip(f"Python {version} does not start")
    probed = inside.interpreter(look(python, cwd=tmp_path))
    if version in ("2.7", "3.6", "3.7"):
        assert probed.missing is not None
        assert probed.missing.why == f"Python {python.parts[-3]} is too old to be looked into"
        assert inside.packages(look(python, cwd=tmp_path)).missing == probed.missing
    else:
        assert probed.value is not None
        assert (probed.value.version, probed.value.environment) == (python.parts[-3], "pyenv")


def test_requirements_are_looked_up_in_the_judged_environment(course):
    package(site(course), "numpy")
    dist(site(course), "numpy", "2.1")
    wanted = ("numpy>=2", "pandas", "sphinx; python_version < '3'")
    probed = inside.requirements(look(course, requirements=wanted))
    assert probed.value is not None
    assert [(one.name, one.found, one.satisfied, one.applies) for one in probed.value] == [
        ("numpy", "2.1", True, True), ("pandas", "", False, True), ("sphinx", "", False, False),
    ]  # fmt: skip


def test_files_of_the_person_do_not_stop_the_worker(course, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    for name in ("json", "importlib", "site", "faulthandler", "re", "queue", "sysconfig", "enum"):
        (work / f"{name}.py").write_text("raise SystemExit('imported!')")
    (site(course) / "json.py").write_text("raise SystemExit('imported!')")
    assert interpreter(course, cwd=work).prefix == str(course)


def test_a_python_in_a_folder_named_like_a_package_folder_answers(tmp_path):
    base = tmp_path / "hpc-packages/python"
    base.parent.mkdir()
    base.symlink_to(sys.base_prefix)
    python = next(one for one in (base / "bin" / VERSION, base / "bin/python3") if one.exists())
    assert interpreter(python, cwd=tmp_path, PYTHONHOME=base).prefix == str(base)


def test_files_of_conda_that_are_gone_are_counted(course):
    meta = course / "conda-meta"
    meta.mkdir(exist_ok=True)
    (course / "lib").mkdir(exist_ok=True)
    (course / "lib" / "here.so").write_text("")
    files = ["lib/here.so", *(f"lib/gone{number}.so" for number in range(5)), "lib/__pycache__/x.pyc"]
    (meta / "libtiff-4.6.0-h0_0.json").write_text(json.dumps({"channel": "conda-forge", "files": files}, indent=2))
    (meta / "tzdata-2024-h0_0.json").write_text(json.dumps({"channel": "conda-forge", "files": []}))
    (meta / "odd-1-0.json").write_text('{"files": [')

    gone = {one.name: one.files_gone for one in packages(course).conda if one.name in ("libtiff", "tzdata", "odd")}

    assert gone == {"libtiff": 5, "tzdata": 0, "odd": 0}


@pytest.mark.skipif(sys.platform != "linux", reason="header files are looked for on Linux alone")
def test_headers_are_where_sysconfig_says(course):
    """The worker does not import sysconfig, which is slow; here it may tell whether its path is right."""
    expected = (Path(sysconfig.get_path("include")) / "Python.h").is_file()

    told = interpreter(course).headers

    assert told is True if expected else told == Missing("absent")
