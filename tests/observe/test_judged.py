"""Which interpreter is judged."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from pathlib import Path

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe import judged, search_path
from dlcheck.observe.context import Context, Request
from dlcheck.observe.judged import Choice

posix = pytest.mark.skipif(sys.platform == "win32", reason="environments and programs are laid out as on POSIX")
pytestmark = posix


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A real virtual environment."""
    prefix = tmp_path_factory.mktemp("environments") / "course"
    venv.create(prefix, with_pip=False, symlinks=True)
    return prefix


def choose(tmp_path, path=(), python="", env="", own="no environment", **variables) -> Choice:
    environ = {
        "PATH": os.pathsep.join(map(str, path)),
        "HOME": str(tmp_path),
        **{k: str(v) for k, v in variables.items()},
    }
    return judged.choose(python=python, env=env, environ=environ, cwd=str(tmp_path), seconds=5, own_prefix=str(own))


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def fake_environment(prefix: Path, version: str = "3.12.1") -> Path:
    program(prefix / "bin", "python", "never started")
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    return prefix


def no_child(monkeypatch):
    monkeypatch.setattr(judged.child, "run", lambda *_, **__: pytest.fail("a child was started"))


def test_the_active_virtual_environment_needs_no_child(tmp_path, monkeypatch):
    no_child(monkeypatch)
    prefix = fake_environment(tmp_path / "dl")
    choice = choose(tmp_path, [prefix / "bin", "/usr/bin"], VIRTUAL_ENV=prefix)
    assert choice == Choice(python=str(prefix / "bin/python"), because="the active virtual environment")


@pytest.mark.parametrize("first", ["virtual", "conda"])
def test_of_two_active_environments_the_one_first_on_path(tmp_path, monkeypatch, first):
    no_child(monkeypatch)
    prefixes = {"virtual": fake_environment(tmp_path / "v"), "conda": tmp_path / "c"}
    program(prefixes["conda"] / "bin", "python", "never started")
    order = [first, *(set(prefixes) - {first})]
    choice = choose(
        tmp_path,
        [prefixes[name] / "bin" for name in order],
        VIRTUAL_ENV=prefixes["virtual"],
        CONDA_PREFIX=prefixes["conda"],
    )
    assert choice.python == str(prefixes[first] / "bin/python")
    assert choice.because == f"the active {first} environment"


def test_an_active_environment_that_is_off_path_yields_to_one_that_is_on_it(tmp_path):
    virtual, conda = fake_environment(tmp_path / "v"), tmp_path / "c"
    program(conda / "bin", "python", "never started")
    choice = choose(tmp_path, ["/usr/bin", conda / "bin"], VIRTUAL_ENV=virtual, CONDA_PREFIX=conda)
    assert choice.python == str(conda / "bin/python")


def test_an_active_environment_that_is_gone_is_told(tmp_path, environment):
    choice = choose(tmp_path, [environment / "bin"], VIRTUAL_ENV=tmp_path / "deleted")
    assert choice.python == str(environment / "bin/python3")
    assert f"VIRTUAL_ENV names {tmp_path / 'deleted'}" in choice.because


def test_an_active_environment_whose_base_is_gone_is_a_gap_in_words(tmp_path):
    (tmp_path / "dl/bin").mkdir(parents=True)
    (tmp_path / "dl/bin/python").symlink_to(tmp_path / "gone/python3.12")
    choice = choose(tmp_path, [tmp_path / "dl/bin"], VIRTUAL_ENV=tmp_path / "dl")
    assert choice.missing == Missing(
        "broken", f"{tmp_path}/dl/bin/python is a link to {tmp_path}/gone/python3.12, which is not there"
    )


def test_a_shim_is_asked_for_its_own_executable(tmp_path):
    program(tmp_path / "shims", "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    choice = choose(tmp_path, [tmp_path / "shims"])
    assert (choice.python, choice.because) == (sys.executable, "python3 on PATH")
    assert choice.command == str(tmp_path / "shims/python3")


def test_a_shim_for_a_version_that_is_not_installed_is_passed_over(tmp_path, environment):
    program(tmp_path / "shims", "python3", "#!/bin/sh\necho 'pyenv: python3: command not found' >&2; exit 127\n")
    choice = choose(tmp_path, [tmp_path / "shims", environment / "bin"])
    assert choice.python == str(environment / "bin/python3")


def test_a_noisy_shim_is_understood(tmp_path):
    program(tmp_path / "shims", "python3", f'#!/bin/sh\necho welcome >&2\nexec "{sys.executable}" "$@"\n')
    assert choose(tmp_path, [tmp_path / "shims"]).python == sys.executable


def test_own_environment_is_passed_over(tmp_path, environment):
    other = fake_environment(tmp_path / "other")
    program(other / "bin", "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    choice = choose(tmp_path, [environment / "bin", other / "bin"], own=environment)
    assert choice.python == sys.executable


def test_own_environment_is_judged_where_it_is_active_or_the_only_one(tmp_path, environment):
    active = choose(tmp_path, [environment / "bin"], own=environment, VIRTUAL_ENV=environment)
    assert active.because == "the active virtual environment"
    alone = choose(tmp_path, [environment / "bin"], own=environment)
    assert alone.python == sys.executable
    assert "dlcheck's own" in alone.because


def test_a_python_3_is_preferred_to_a_python_2_before_it(tmp_path, environment):
    fake = program(tmp_path / "old", "python2.7", "never started")
    (tmp_path / "old/python").symlink_to(fake)
    choice = choose(tmp_path, [tmp_path / "old", environment / "bin"])
    assert choice.python == str(environment / "bin/python3")
    alone = choose(tmp_path, [tmp_path / "old"])
    assert alone.python == str(tmp_path / "old/python"), "the worker says that it is too old"


def test_a_python_3_that_is_too_old_is_still_what_the_person_types(tmp_path, environment):
    fake = program(tmp_path / "old", "python3.6", "never started")
    (tmp_path / "old/python3").symlink_to(fake)
    assert choose(tmp_path, [tmp_path / "old", environment / "bin"]).python == str(tmp_path / "old/python3")


SHIMS = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "shims"


@pytest.mark.skipif(not (SHIMS / "python3").is_file(), reason="pyenv is not here")
@pytest.mark.parametrize("version", ["3.12", "3.8", "2.7"])
def test_real_shims_of_pyenv(tmp_path, version):
    installed = next(iter(sorted((SHIMS.parent / "versions").glob(f"{version}.*"))), None)
    if installed is None:
        pytest.skip(f"pyenv has no Python {version}")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "env", "sed", "sort", "head", "tail", "cat", "grep", "dirname", "basename", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or pytest.skip(f"no {name}"))
    choice = choose(tmp_path, [SHIMS, tools], HOME=Path.home(), PYENV_VERSION=installed.name)
    assert Path(choice.python).parent == installed / "bin"
    assert choice.asked is not None
    assert choice.asked.version == installed.name


def test_an_empty_entry_of_path_is_the_working_folder(tmp_path):
    program(tmp_path, "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    assert choose(tmp_path, [""]).because == "python3 on PATH"


BROKEN = {
    "missing": ("nothing", "absent", "there is no file"),
    "a folder": (".", "broken", "is a folder"),
    "not executable": ("text", "denied", "may not be started"),
    "not a Python": ("/bin/ls", "broken", "no Python that answers"),
    "hangs": ("hangs", "timed-out", "no answer after"),
    "dies": ("dies", "crashed", "SIGSEGV"),
    "a loop of links": ("loop", "broken", "loop"),
    "not on PATH": ("python9.9", "absent", "there is no python9.9 on PATH"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_python_asked_for_that_is_none_is_a_gap_in_words(tmp_path, monkeypatch, case):
    monkeypatch.setattr(judged, "RESOLVE_SECONDS", 1.5)
    (tmp_path / "text").write_text("print(1)")
    program(tmp_path, "hangs", "#!/bin/sh\nexec sleep 60\n")
    program(tmp_path, "dies", "#!/bin/sh\nkill -SEGV $$\n")
    (tmp_path / "loop").symlink_to("loop")
    name, gap, words = BROKEN[case]
    choice = choose(tmp_path, ["/usr/bin"], python=name if name == "python9.9" else str(tmp_path / name))
    assert choice.python == ""
    assert choice.missing is not None
    assert (choice.missing.gap, words in choice.missing.why) == (gap, True), choice.missing


def test_a_python_is_asked_for_by_path_by_name_and_from_the_working_folder(tmp_path, environment, monkeypatch):
    no_child(monkeypatch)
    assert choose(tmp_path, python=str(environment / "bin/python")).python == str(environment / "bin/python")
    assert choose(tmp_path, [environment / "bin"], python="python3").python == str(environment / "bin/python3")
    (tmp_path / "here").symlink_to(environment)
    assert choose(tmp_path, python="here/bin/python").python == str(tmp_path / "here/bin/python")


def test_an_environment_is_found_by_folder_and_by_name(tmp_path, monkeypatch):
    no_child(monkeypatch)
    for place in ("envs-of-mine/a", "miniforge3/envs/b", ".virtualenvs/c", "d", ".pyenv/versions/e"):
        fake_environment(tmp_path / place)
    (tmp_path / "miniforge3/conda-meta").mkdir()
    program(tmp_path / "miniforge3/bin", "python", "never started")
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda/environments.txt").write_text(f"{tmp_path}/envs-of-mine/a\n{tmp_path}/gone/a\n")
    places = {
        "./d": "d", "a": "envs-of-mine/a", "b": "miniforge3/envs/b", "c": ".virtualenvs/c", "d": "d",
        "e": ".pyenv/versions/e", "base": "miniforge3",
    }  # fmt: skip
    for name, place in places.items():
        choice = choose(tmp_path, env=name)
        assert Path(choice.python) == tmp_path / place / "bin/python", (name, choice)


@pytest.mark.parametrize(
    ("name", "words"), [("nope", "no environment is named nope"), ("./nope", "there is no folder")]
)
def test_an_environment_that_is_not_there_is_a_gap_in_words(tmp_path, name, words):
    missing = choose(tmp_path, env=name).missing
    assert missing is not None
    assert missing.gap == "absent"
    assert words in missing.why


def test_an_environment_without_a_python_is_a_gap_in_words(tmp_path):
    (tmp_path / "empty").mkdir()
    missing = choose(tmp_path, env="./empty").missing
    assert missing is not None
    assert "has no Python in it" in missing.why


def test_the_choice_is_made_once_for_all_probes(tmp_path, environment):
    context = Context(Request(environ={"PATH": str(environment / "bin")}, cwd=str(tmp_path)))
    assert context.python() == str(environment / "bin/python3")
    assert context.judged() is context.judged()


@pytest.fixture
def windows(monkeypatch):
    """Names and folders as Windows has them; the programs are shell scripts all the same."""
    monkeypatch.setattr(search_path, "WINDOWS", True)


@pytest.mark.usefixtures("windows")
def test_on_windows_the_alias_of_the_store_is_passed_over_and_py_is_asked(tmp_path):
    program(tmp_path / "Microsoft/WindowsApps", "python.exe", "")
    program(tmp_path / "Microsoft/WindowsApps", "python3.exe", "")
    program(tmp_path / "Windows", "py.exe", f'#!/bin/sh\n[ "$1" = -3 ] && shift && exec "{sys.executable}" "$@"\n')
    choice = choose(tmp_path, [tmp_path / "Microsoft/WindowsApps", tmp_path / "Windows"])
    assert (choice.python, choice.because) == (sys.executable, "py -3")
    alone = choose(tmp_path, [tmp_path / "Microsoft/WindowsApps"])
    assert "dlcheck's own" in alone.because
    asked_for = choose(tmp_path, python=str(tmp_path / "Microsoft/WindowsApps/python.exe")).missing
    assert asked_for is not None
    assert "opens the Microsoft Store" in asked_for.why


@pytest.mark.usefixtures("windows")
def test_on_windows_environments_of_venv_and_of_conda(tmp_path, monkeypatch):
    no_child(monkeypatch)
    program(tmp_path / "dl/Scripts", "python.exe", "never started")
    program(tmp_path / "miniconda3/envs/course", "python.exe", "never started")
    venv_choice = choose(tmp_path, [tmp_path / "dl/Scripts"], VIRTUAL_ENV=tmp_path / "dl")
    assert venv_choice.python == str(tmp_path / "dl/Scripts/python.exe")
    conda_choice = choose(tmp_path, USERPROFILE=tmp_path, env="course")
    assert conda_choice.python == str(tmp_path / "miniconda3/envs/course/python.exe")
