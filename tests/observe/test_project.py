"""The working folder, looked through."""

import os
import sys
from pathlib import Path

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe.conda_export import parse_conda
from dlcheck.observe.host import project
from tests.observe.trees import context, lay

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
PAGE = "\n<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>"


def kinds(folder):
    return {Path(one.path).name: one.kind for one in project.read(folder).odd}


def test_data_that_are_none(tmp_path):
    lay(
        tmp_path,
        {
            "weights.pt": POINTER, "data/cats/1.jpg": POINTER, "model.pth": PAGE, "table.csv": "<html>quota</html>",
            "real.csv": "a,b\n1,2\n", "real.pt": b"PK\x03\x04" + b"\0" * 3000, "page.html": PAGE, "notes.md": POINTER,
            "empty.pt": "", "long.bin": POINTER + "x" * 2000, "xml.csv": "<?xml version='1.0'?>",
        },
    )  # fmt: skip

    assert kinds(tmp_path) == {
        "weights.pt": "lfs-pointer", "1.jpg": "lfs-pointer", "model.pth": "web-page", "table.csv": "web-page",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not read the first line")
def test_scripts_with_the_line_ends_of_windows(tmp_path):
    windows = b"#!/usr/bin/env python3\r\nprint()\r\n"
    lay(
        tmp_path,
        {"run.sh": b"#!/bin/bash\r\necho\r\n", "tool.py": windows, "module.py": windows, "fine.sh": "#!/bin/sh\necho '\r'\n",
         "plain.sh": b"echo\r\n"},
    )  # fmt: skip
    (tmp_path / "tool.py").chmod(0o755)

    assert kinds(tmp_path) == {"run.sh": "windows-line-ends", "tool.py": "windows-line-ends"}


def test_what_is_passed_over(tmp_path):
    lay(
        tmp_path,
        {".hidden/a.pt": POINTER, "node_modules/a.pt": POINTER, "mine/pyvenv.cfg": "", "mine/lib/a.pt": POINTER,
         "1/2/3/a.pt": POINTER, "1/2/3/4/b.pt": POINTER},
    )  # fmt: skip
    if hasattr(os, "symlink"):
        (tmp_path / "loop").symlink_to(tmp_path)

    assert kinds(tmp_path) == {"a.pt": "lfs-pointer"}


def test_a_huge_folder_is_not_looked_through_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "MAX_FILES", 5)
    lay(tmp_path, {f"{number}.txt": "" for number in range(9)})

    found = project.read(tmp_path)

    assert (found.looked_at, found.whole) == (5, False)


def test_a_home_folder_and_the_root_are_nobodys_project(tmp_path):
    environ = {"HOME": str(tmp_path)}

    assert project.probe(context(environ=environ, cwd=str(tmp_path))).missing.gap == "not-looked"
    assert project.probe(context(environ=environ, cwd=tmp_path.anchor)).missing.gap == "not-looked"
    course = lay(tmp_path / "course", {".git/HEAD": "", "sub/a.txt": ""})
    assert project.probe(context(environ=environ, cwd=str(course / "sub"))).value.is_repository
    assert project.probe(context(environ=environ, cwd=str(tmp_path / "gone"))).missing.gap == "broken"


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are read on Linux")
def test_a_network_is_not_touched(tmp_path):
    mounts = f"36 35 98:0 / {tmp_path} rw,noatime - nfs4 server:/x rw\n"
    root = lay(tmp_path / "root", {"proc/self/mountinfo": mounts})

    found = project.probe(context(root, cwd=str(tmp_path / "course"), environ={"HOME": "/home/ada"}))

    assert found.missing == Missing("not-looked", "the working folder is on a network")


EXPORTED = """\
name: dl
channels:
  - conda-forge
dependencies:
  - python=3.10.4=h12debd9_0
  - numpy=1.22  # one number
  - vc=14.2=h21ff451_1
  - "appnope==0.1"
  - pip:
    - torch==2.1.0
"""


def test_an_environment_file_of_windows():
    builds, foreign = parse_conda(EXPORTED, "linux")

    assert builds == 2
    assert foreign == ("vc",)
    assert parse_conda(EXPORTED, "windows")[1] == ()
    assert parse_conda("garbage: [", "linux") == (0, ())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('{\n  // mine\n  "python.defaultInterpreterPath": "${workspaceFolder}/.venv/bin/python",\n}', "{folder}/.venv/bin/python"),
        ('{"python.pythonPath": "/opt/gone/python"}', "/opt/gone/python"), ('{"python.pythonPath": "python3"}', ABSENT),
        ('{\n// "python.defaultInterpreterPath": "/x/python"\n}', ABSENT), ('{"editor.tabSize": 4}', ABSENT),
        ('{"python.defaultInterpreterPath": "${env:HOME}/x"}', ABSENT), ("not json", ABSENT),
    ],
)  # fmt: skip
def test_the_python_of_the_editor(tmp_path, settings, expected):
    lay(tmp_path, {".vscode/settings.json": settings})

    found = project.editor_python(tmp_path)

    assert found == (expected.replace("{folder}", str(tmp_path)) if isinstance(expected, str) else expected)
    assert project.read(tmp_path).editor_python_exists == (expected == ABSENT)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_what_is_no_plain_file_is_not_opened(tmp_path):
    (tmp_path / ".vscode").mkdir()
    for name in ("weights.pt", "run.sh", "environment.yml", ".vscode/settings.json"):
        os.mkfifo(tmp_path / name)
    (tmp_path / b"caf\xe9.pt".decode("utf-8", "surrogateescape")).write_text(POINTER)

    found = project.read(tmp_path)

    assert [one.kind for one in found.odd] == ["lfs-pointer"]
    assert (found.conda_file, found.editor_python) == ("", ABSENT)


def test_what_a_zip_of_a_repository_leaves(tmp_path):
    inner = tmp_path / "course-main" / "course-main"
    (inner / "notebooks").mkdir(parents=True)

    assert project.read(tmp_path / "course-main").archive_folder == str(inner)
    assert project.read(inner).archive_folder == str(inner)
    assert project.read(inner / "notebooks").archive_folder == ""


def test_a_repository_or_a_single_folder_is_no_archive(tmp_path):
    clone = tmp_path / "course-main" / "course-main"
    (clone / ".git").mkdir(parents=True)
    single = tmp_path / "other-master"
    single.mkdir()

    assert project.read(clone).archive_folder == ""
    assert project.read(single).archive_folder == ""


def test_a_project_of_uv_is_found_from_below(tmp_path):
    (tmp_path / "uv.lock").write_text("version = 1\n")
    (tmp_path / "src").mkdir()

    assert project.read(tmp_path / "src").uv_project == str(tmp_path)
    assert project.read(tmp_path).uv_project == str(tmp_path)


def test_names_that_libraries_once_had(tmp_path):
    lay(
        tmp_path,
        {
            "a.py": "x = np.bool(1)\ny = np.bool_(1) + np.float64(2)\nim.resize(s, Image.ANTIALIAS)\n",
            "b.ipynb": '{"source": ["from sklearn.datasets import load_boston\\n", "df.ix[0]\\n"]}',
            "c.py": "# np.int is gone\nprint('`np.float` is gone')\nmy_np.int\n",
            "d.py": "try:\n    np.float\nexcept AttributeError:\n    pass\n",
            "notes.txt": "np.int",
            "e.py": "import tensorflow.compat.v1 as tf\ntf.placeholder\n",
        },
    )  # fmt: skip
    found = {(Path(one.path).name, one.name) for one in project.read(tmp_path).old_names}

    assert found == {
        ("a.py", "numpy.bool"), ("a.py", "Image.ANTIALIAS"), ("b.ipynb", "load_boston"), ("b.ipynb", "DataFrame.ix"),
    }  # fmt: skip
