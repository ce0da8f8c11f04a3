"""The Pythons on PATH, and whose `pip` it is."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

import pytest

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing
from dlcheck.model.tools import Pythons
from dlcheck.observe import judged, search_path
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import pythons
from dlcheck.observe.script_owner import owner, parse_launcher, parse_script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are laid out as on POSIX")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("environments") / "course"
    venv.create(prefix, with_pip=False, symlinks=True)
    return prefix


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def look(cwd: Path, *path: Path, depth="default", **variables) -> Pythons:
    environ = {"PATH": os.pathsep.join(map(str, path)), "HOME": str(cwd), **{k: str(v) for k, v in variables.items()}}
    probed = pythons.probe(Context(Request(environ=environ, cwd=str(cwd), depth=depth, timeout=5)))
    assert probed.value is not None
    return probed.value


def test_each_python_on_path_is_told_by_its_files_or_by_itself(tmp_path, course):
    shim = program(tmp_path / "shims", "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    broken = program(tmp_path / "broken", "python", "#!/bin/sh\nexit 3\n")
    seen = look(tmp_path, course / "bin", shim.parent, broken.parent, VIRTUAL_ENV=course)
    assert (seen.judged, seen.chosen_because) == (str(course / "bin/python"), "the active virtual environment")
    by_path = {one.path: one for one in seen.found}
    assert set(by_path) == {str(course / "bin/python3"), str(course / "bin/python"), str(shim), str(broken)}
    assert by_path[str(course / "bin/python")].prefix == str(course)
    own = by_path[str(shim)]
    assert (own.executable, own.prefix, own.is_own) == (sys.executable, sys.prefix, True)
    assert own.version == ".".join(map(str, sys.version_info[:3]))
    gap = by_path[str(broken)].executable
    assert isinstance(gap, Missing)
    assert gap.gap == "broken"


def test_quick_starts_no_child_where_an_environment_is_active(tmp_path, course, monkeypatch):
    monkeypatch.setattr(judged.child, "run", lambda *_, **__: pytest.fail("a child was started"))
    shim = program(tmp_path / "shims", "python", "#!/bin/sh\n")
    seen = look(tmp_path, course / "bin", shim.parent, depth="quick", VIRTUAL_ENV=course)
    assert [one.executable for one in seen.found] == [
        str(course / "bin/python3"), str(course / "bin/python"), NOT_LOOKED,
    ]  # fmt: skip


def test_a_shim_that_was_asked_once_is_not_asked_again(tmp_path, monkeypatch):
    asked = []
    run = judged.child.run
    monkeypatch.setattr(judged.child, "run", lambda argv, **kw: asked.append(argv[0]) or run(argv, **kw))
    program(tmp_path / "shims", "python3", f'#!/bin/sh\nexec "{sys.base_prefix}/bin/python3" "$@"\n')
    seen = look(tmp_path, tmp_path / "shims", depth="quick")
    assert seen.found[0].prefix == sys.base_prefix
    assert len(asked) == 1


def test_an_environment_at_hand_is_told_though_path_does_not_name_it(tmp_path, course):
    venv.create(tmp_path / "project/.venv", with_pip=False, symlinks=True)
    (tmp_path / "project/notebooks").mkdir()
    seen = look(tmp_path / "project/notebooks", course / "bin")
    assert [(one.command, one.prefix) for one in seen.found][-1] == ("", str(tmp_path / "project/.venv"))


def test_pip_belongs_to_the_interpreter_in_its_first_line(tmp_path, course):
    program(tmp_path / "local", "pip", "#!/opt/other/bin/python3.9\nimport pip\n")
    seen = look(tmp_path, tmp_path / "local", course / "bin")
    assert (seen.pip, seen.pip_python) == (str(tmp_path / "local/pip"), "/opt/other/bin/python3.9")


def test_the_pip_of_an_environment_is_known_with_its_prefix(tmp_path, course):
    program(tmp_path / "scripts", "pip", f"#!{course}/bin/python3\n")
    seen = look(tmp_path, tmp_path / "scripts")
    assert seen.pip_python == f"{course}/bin/python3"
    assert [one.prefix for one in seen.found if one.path == seen.pip_python] == [str(course)]


def test_the_shim_of_pip_chooses_as_the_one_of_python(tmp_path):
    program(tmp_path / "shims", "python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program(tmp_path / "shims", "pip", '#!/usr/bin/env bash\nexec pyenv exec pip "$@"\n')
    assert look(tmp_path, tmp_path / "shims").pip_python == sys.executable


def test_without_a_pip_there_is_none(tmp_path, course):
    seen = look(tmp_path, course / "bin")
    assert isinstance(seen.pip, Missing)
    assert seen.pip_python == ABSENT


SCRIPTS = {
    "#!/home/ada/dl/bin/python\nimport sys": "/home/ada/dl/bin/python",
    "#! /usr/bin/python3 -E\n": "/usr/bin/python3",
    "#!/usr/bin/env python3\n": "python3",
    "#!/usr/bin/env -S PYTHONUTF8=1 python3.12 -s\n": "python3.12",
    '#!"/Users/Ada L/dl/bin/python3"\n': "/Users/Ada L/dl/bin/python3",
    "#!/bin/sh\n'''exec' /very/long/path/bin/python3.11 \"$0\" \"$@\"\n' '''\n": "/very/long/path/bin/python3.11",
    "#!/bin/sh\n'''exec' \"/Users/Ada L/dl/bin/python\" \"$0\" \"$@\"\n' '''\n": "/Users/Ada L/dl/bin/python",
    '#!/bin/sh\n\'\'\'exec\' "$(dirname -- "$(realpath -- "$0")")"/\'python3\' "$0" "$@"\n': "./python3",
    "#!/usr/bin/env bash\nexec pyenv exec pip\n": "",
    "#!/bin/sh\nexec something": "",
    "import sys": "",
    "#!": "",
    "": "",
    "\x7fELF\x02": "",
}


@pytest.mark.parametrize("text", SCRIPTS)
def test_first_lines_of_scripts(text):
    assert parse_script(text) == SCRIPTS[text]


LAUNCHERS = {
    b"MZ\x90 stub #!launcher text\0 ... #!C:\\Users\\Ada\\dl\\Scripts\\python.exe\r\nPK\x03\x04zip": "C:\\Users\\Ada\\dl\\Scripts\\python.exe",
    b'MZ stub #!"C:\\Program Files\\Python312\\python.exe"\r\n\r\nPK\x03\x04': "C:\\Program Files\\Python312\\python.exe",
    b"MZ stub PK\x03\x04zip C:\\dl\\.venv\\Scripts\\python.exe\x1d\0\0\0UVSC": "C:\\dl\\.venv\\Scripts\\python.exe",
    b"MZ" + "\0C:\\dl\\Scripts\\python.exe\0".encode("utf-16-le"): "C:\\dl\\Scripts\\python.exe",
    b"MZ nothing of the kind": "",
}


@pytest.mark.parametrize("data", LAUNCHERS)
def test_launchers_of_windows(data):
    assert parse_launcher(data) == LAUNCHERS[data]


def test_a_script_that_may_be_moved_belongs_to_the_python_beside_it(tmp_path):
    text = '#!/bin/sh\n\'\'\'exec\' "$(dirname -- "$(realpath -- "$0")")"/\'python\' "$0" "$@"\n'
    script = program(tmp_path / "bin", "pip", text)
    (tmp_path / "link").symlink_to(script)
    assert owner(str(tmp_path / "link"), {}, str(tmp_path)) == str(tmp_path / "bin/python")


def test_a_script_that_cannot_be_read_is_a_gap(tmp_path):
    missing = owner(str(tmp_path), {}, str(tmp_path))
    assert isinstance(missing, Missing)
    wants = program(tmp_path, "pip", "#!/usr/bin/env python3\n")
    assert owner(str(wants), {"PATH": "/nowhere"}, str(tmp_path)) == Missing(
        "absent", f"{wants} asks for python3, which is not on PATH"
    )


def test_the_alias_of_the_store_is_no_python(tmp_path):
    alias = program(tmp_path / "Microsoft/WindowsApps", "python.exe", "")
    assert search_path.is_store_alias(str(alias))
    (alias.parent / "PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0").mkdir()
    assert not search_path.is_store_alias(str(alias)), "a Python that came from the Store is behind it"
    assert not search_path.is_store_alias(str(program(tmp_path / "Python312", "python.exe", "")))


def test_the_stub_of_apple_is_no_python(tmp_path):
    tool = program(tmp_path, "python3", "")
    assert search_path.is_apple_stub("/usr/bin/python3", "darwin", [str(tmp_path / "not there")])
    assert not search_path.is_apple_stub("/usr/bin/python3", "darwin", [str(tool)])
    assert not search_path.is_apple_stub("/opt/homebrew/bin/python3", "darwin", [])
    assert not search_path.is_apple_stub("/usr/bin/python3", "linux", [])


def test_versions_that_files_tell(tmp_path):
    (tmp_path / "v/bin").mkdir(parents=True)
    (tmp_path / "v/pyvenv.cfg").write_text("home = /x\nversion_info = 3.12.4.final.0\n")
    (tmp_path / "w").mkdir()
    for name in ("python3.dll", "python312.dll"):
        (tmp_path / "w" / name).touch()
    cases = {"v/bin/python": "3.12.4", "p/bin/python3.10": "3.10", "w/python.exe": "3.12", "q/bin/python": ""}
    assert {path: search_path.version_by_files(str(tmp_path / path)) for path in cases} == cases


def test_the_stores_alias_before_a_real_python(tmp_path):
    aliases, real = tmp_path / "Microsoft" / "WindowsApps", tmp_path / "Python312"
    for folder, text in ((aliases, ""), (real, "MZ")):
        folder.mkdir(parents=True)
        (folder / "python.exe").write_text(text)
    (aliases / "python3.exe").write_text("")
    names = ("python3", "python")

    assert search_path.store_aliases(names, {"PATH": os.pathsep.join([str(aliases), str(real)])}, "/") == names
    assert search_path.store_aliases(names, {"PATH": os.pathsep.join([str(real), str(aliases)])}, "/") == ("python3",)
    assert search_path.store_aliases(names, {"PATH": str(real)}, "/") == ()
