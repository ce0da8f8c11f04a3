"""Start-up: what --help imports, Pythons that are too old, dependencies of our own that are missing or broken."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dlcheck
from dlcheck.cli.installation import DEPENDENCIES

ROOT = Path(dlcheck.__file__).parent.parent
HEAVY = ("rich", "psutil", "msgspec", "pydantic", "packaging", "cpuinfo", "pynvml", "platformdirs", "asyncio")
PRINT_IMPORTS = (
    "import sys, atexit; sys.argv[:] = ['dlcheck', *sys.argv[1:]]; "
    "atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr)); "
    "from dlcheck.__main__ import main; main()"
)


def run(*words, path=(), **environ):
    return subprocess.run(
        words,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*path, ROOT))), **environ},
    )


@pytest.mark.parametrize("argument", ["--help", "--version", "-h"])
def test_help_and_version_import_nothing_heavy(argument):
    ended = run(sys.executable, "-c", PRINT_IMPORTS, argument)

    assert ended.returncode == 0
    imported = ended.stderr.split()
    assert "dlcheck" in imported
    assert [name for name in imported if name.split(".")[0] in HEAVY] == []
    assert [name for name in imported if name.startswith("dlcheck.") and not name.startswith("dlcheck.cli")] in (
        [],
        ["dlcheck.__main__"],
    )


def test_a_command_needs_no_validator_of_typers():
    ended = run(
        sys.executable, "-c", PRINT_IMPORTS, "doctor", "--only", "git-missing", "--timeout", "9", "--format", "json"
    )

    assert '"verdict"' in ended.stdout
    assert [name for name in ended.stderr.split() if name.startswith("pydantic")] == []


def test_a_pasted_text_is_judged_without_what_is_slow_to_import(tmp_path):
    (tmp_path / "report.txt").write_text("PyTorch version: 2.5.1+cu121\nNvidia driver version: 450.80.02\n")

    ended = run(sys.executable, "-c", PRINT_IMPORTS, "diagnose", str(tmp_path / "report.txt"))

    assert ended.stdout.startswith("Not ready: ")
    slow = ("pydantic", "rich", "psutil", "asyncio", "importlib.metadata", "importlib.resources")
    assert [name for name in ended.stderr.split() if name.startswith(slow)] == []


def test_an_argument_that_is_not_given_is_asked_for():
    ended = run(sys.executable, "-m", "dlcheck", "diagnose")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "dlcheck: Missing argument 'FILE'; see `dlcheck diagnose --help`\n"


def test_the_first_file_can_be_read_by_any_python():
    source = (ROOT / "dlcheck" / "__main__.py").read_text()

    ast.parse(source, feature_version=(3, 4))
    assert "f'" not in source
    assert 'f"' not in source
    assert source.isascii()
    assert (ROOT / "dlcheck" / "__init__.py").read_text().isascii()


def old_pythons():
    found = []
    for version in ("2.7", "3.6", "3.7", "3.8", "3.9"):
        installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        on_path = shutil.which(f"python{version}")
        found += [str(installed[0])] if installed else [on_path] if on_path else []
    return found


@pytest.mark.parametrize(
    "python", old_pythons() or [pytest.param("", marks=pytest.mark.skip(reason="no old Python here"))]
)
def test_a_python_that_is_too_old_ends_in_a_sentence(python):
    ended = run(python, "-B", "-m", "dlcheck", "doctor")
    if ended.returncode == 127:
        pytest.skip("a shim without a Python behind it")

    assert ended.returncode == 2
    assert ended.stdout == ""
    sentence, command, rest = ended.stderr.split("\n")
    assert sentence.startswith("dlcheck runs on Python 3.10 or newer, and this is Python ")
    assert command == f"  dlcheck doctor --python {python}" or Path(command.split()[-1]).samefile(python)
    assert rest == ""


def test_the_dependencies_are_those_of_the_project():
    import msgspec
    from packaging.requirements import Requirement

    project = msgspec.toml.decode((ROOT / "pyproject.toml").read_bytes())["project"]
    wanted = [Requirement(text) for text in project["dependencies"]]
    assert {one.name for one in wanted if one.marker is None or one.marker.evaluate()} == set(DEPENDENCIES.values())


HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Hide())
"""


@pytest.mark.parametrize("module", DEPENDENCIES)
def test_a_missing_dependency_ends_in_a_sentence_with_what_mends_it(module, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(HIDE.format(module=module))

    ended = run(sys.executable, "-m", "dlcheck", "doctor", "--only", "git-missing", path=[tmp_path])

    assert (ended.returncode, ended.stdout) == (2, "")
    sentence, command = ended.stderr.splitlines()
    assert sentence == f"dlcheck cannot run, because its dependency {DEPENDENCIES[module]} is missing; mend it with:"
    assert DEPENDENCIES[module] in command or "dlcheck" in command


@pytest.mark.parametrize("module", ["typer", "msgspec", "psutil"])
@pytest.mark.parametrize(
    "does",
    [
        "raise ImportError('_core.so: undefined symbol')",
        "raise RuntimeError('broken')",
        "import sys; sys.exit(0)",
        "x = (",
    ],
)
def test_a_broken_dependency_ends_in_a_sentence_with_what_mends_it(module, does, tmp_path):
    (tmp_path / module).mkdir()
    (tmp_path / module / "__init__.py").write_text(does)

    ended = run(sys.executable, "-m", "dlcheck", "doctor", "--only", "git-missing", path=[tmp_path])

    assert (ended.returncode, ended.stdout) == (2, "")
    sentence, _command = ended.stderr.splitlines()
    assert sentence.startswith(
        f"dlcheck cannot run, because its dependency {DEPENDENCIES[module]} cannot be imported ("
    )


def test_a_dependency_whose_compiled_part_is_gone(tmp_path):
    import msgspec

    shutil.copytree(Path(msgspec.__file__).parent, tmp_path / "msgspec")
    for compiled in (tmp_path / "msgspec").glob("_core*"):
        compiled.unlink()

    ended = run(sys.executable, "-m", "dlcheck", "checks", path=[tmp_path])

    assert ended.returncode == 2
    assert ended.stderr.startswith("dlcheck cannot run, because its dependency msgspec cannot be imported (")


def test_files_in_the_working_folder_are_not_imported_into_dlcheck(tmp_path, monkeypatch):
    for name in ("random", "queue", "json", "statistics", "typer", "msgspec", "torch"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported!')")
    monkeypatch.chdir(tmp_path)
    ended = run(sys.executable, "-m", "dlcheck", "doctor", "--quick", "--format", "json", "--python", sys.executable)
    assert "imported!" not in ended.stderr
    shadows = json.loads(ended.stdout)["snapshot"]["interpreter"]["value"]["shadows"]
    assert {"random", "torch"} <= {one["module"] for one in shadows}


@pytest.mark.parametrize("level", ["0", "1", "2"])
def test_titles_are_there_whatever_python_leaves_out(level):
    ended = run(sys.executable, "-m", "dlcheck", "explain", "git-missing", PYTHONOPTIMIZE=level)

    assert ended.returncode == 0
    assert "git is not installed" in ended.stdout
    assert "How it is told" in ended.stdout
