"""Every command that the guide shows: run in bash from top to bottom where it can be, parsed for the other shells."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from dlcheck.guide.tasks import Place, table
from tests.uv import UV

NAMES = ("shell", "git", "python")
KNOWN = [(name, section, task) for name in NAMES for section in table(name).section for task in section.task]
LINUX, MAC = Place("linux", "bash"), Place("darwin", "zsh")


def of(name, needs=""):
    return [task.bash for known, section, task in KNOWN if known == name and section.needs == needs]


def typed(shell, system):
    return [task.text(system, shell) for _, _, task in KNOWN]


def run(commands, folder, **environment):
    """All commands in one bash, as a person would type them; the first that fails ends it."""
    script = "set -e\n" + "\n".join(f"echo '>>> {number}'\n{line}" for number, line in enumerate(commands))
    (folder / "home").mkdir(exist_ok=True)
    (folder / "bin").mkdir(exist_ok=True)
    python = folder / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec "{getattr(sys, "_base_executable", sys.executable)}" "$@"\n', "utf-8")
    python.chmod(0o755)
    environ = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder / "home"), "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", **environment,
    }  # fmt: skip
    ended = subprocess.run(
        ["bash", "-c", script], check=False, cwd=folder / "home", env=environ, capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    last = re.findall(r">>> (\d+)", ended.stdout)
    assert ended.returncode == 0, f"{commands[int(last[-1])]}: {ended.stderr}"
    return ended.stdout


bash = pytest.mark.skipif(shutil.which("bash") is None or sys.platform != "linux", reason="needs bash on Linux")


@bash
def test_the_shell_s_commands_run_from_top_to_bottom(tmp_path):
    out = run(of("shell"), tmp_path)

    assert "hello" in out
    assert "\n4\n" in out
    assert (tmp_path / "home" / "course" / "notes.txt").exists()
    assert not (tmp_path / "home" / "course" / "data").exists()


@bash
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("old", [False, True])
def test_git_s_commands_run_from_top_to_bottom(tmp_path, old):
    server = tmp_path / "server" / "course.git"
    subprocess.run(["git", "init", "-q", "--bare", server], check=True)
    subprocess.run(["git", "-C", server, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    first = tmp_path / "first"
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "clone", "-q", server, first], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["git", "-C", first, "checkout", "-q", "-B", "main"], check=True)
    (first / "README.md").write_text("a course\n", "utf-8")
    subprocess.run(["git", "-C", first, "add", "."], check=True)
    subprocess.run(["git", "-C", first, *author, "commit", "-q", "-m", "begin"], check=True)
    subprocess.run(["git", "-C", first, "push", "-q", "origin", "main"], check=True)
    commands = [task.text("linux", "bash", old=old) for name, _, task in KNOWN if name == "git"]

    run(commands, tmp_path, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0=f"url.{tmp_path / 'server'}/.insteadOf",
        GIT_CONFIG_VALUE_0="https://example.org/")  # fmt: skip
    log = subprocess.run(
        ["git", "-C", tmp_path / "home" / "course", "log", "--format=%s"], check=True, capture_output=True, text=True
    ).stdout.split("\n")

    assert log[:2] == ['Revert "Add my notes"', "Add my notes"]
    branches = subprocess.run(["git", "-C", server, "branch"], check=True, capture_output=True, text=True).stdout
    assert "my-work" in branches


def wheels(folder):
    """Small packages of the names that the page installs."""
    folder.mkdir()
    for name in ("numpy", "pandas", "matplotlib", "scikit_learn", "jupyterlab"):
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            info = f"{name}-1.0.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
    return str(folder)


@bash
def test_python_s_commands_run_from_top_to_bottom(tmp_path):
    if subprocess.run([sys.executable, "-c", "import ensurepip"], check=False, capture_output=True).returncode:
        pytest.skip("this Python has no ensurepip")
    commands = [one for one in of("python") if one != "jupyter lab"]
    out = run(
        commands,
        tmp_path,
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=wheels(tmp_path / "wheels"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
    )

    assert str(tmp_path / "home" / ".venv") in out
    assert "scikit" in (tmp_path / "home" / "requirements.txt").read_text("utf-8")


@bash
@pytest.mark.skipif(not UV, reason="needs uv")
def test_uv_s_commands_run_from_top_to_bottom(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").symlink_to(UV)
    run(of("python", "uv"), tmp_path, UV_OFFLINE="1", UV_NO_INDEX="1", UV_FIND_LINKS=wheels(tmp_path / "wheels"),
        UV_CACHE_DIR=str(tmp_path / "cache"), UV_PYTHON_DOWNLOADS="never")  # fmt: skip

    assert list(tmp_path.rglob("pyvenv.cfg")), "the environment that the commands make"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_every_command_can_be_parsed_by_the_shell(shell, system):
    program = shutil.which(shell) or shutil.which("bash")
    if program is None or (shell == "fish" and shutil.which("fish") is None):
        pytest.skip(f"no {shell} here")
    text = "\n".join(typed(shell, system))

    assert subprocess.run([program, "-n"], check=False, input=text, text=True, capture_output=True).stderr == ""


CMDLETS = {
    "Get-Location": set(), "Set-Location": set(), "Get-ChildItem": {"-Force", "-Recurse", "-Filter"},
    "New-Item": {"-ItemType"}, "Set-Content": set(), "Add-Content": set(), "Get-Content": {"-TotalCount"},
    "Copy-Item": set(), "Move-Item": set(), "Remove-Item": {"-Recurse"}, "Select-String": {"-Path", "-Pattern"},
    "Get-Command": set(), "Get-Help": set(), "Get-PSDrive": {"-PSProvider"}, "Get-CimInstance": set(),
}  # fmt: skip
PROGRAMS = {"git", "python", "conda", "uv", "jupyter", "deactivate"}
CMD = {
    "cd",
    "dir",
    "mkdir",
    "echo",
    "type",
    "more",
    "copy",
    "move",
    "del",
    "findstr",
    "rmdir",
    "where",
    "set",
    "help",
    "systeminfo",
}


@pytest.mark.parametrize("text", sorted(set(typed("powershell", "windows"))))
def test_every_powershell_command_is_one(text):
    words = re.findall(r'"[^"]*"|[^\s()]+', text)

    assert text.count('"') % 2 == 0
    assert text.count("(") == text.count(")")
    if words[0] in CMDLETS:
        assert {word for word in words[1:] if re.match(r"-[A-Za-z]", word)} <= CMDLETS[words[0]]
    else:
        assert words[0] in PROGRAMS or words[0].startswith(("$env:", ".venv\\"))
    assert not re.search(r"(^|\s)(export|printenv|head|grep|mkdir -p|&&)", text)


@pytest.mark.parametrize("text", sorted(set(typed("cmd", "windows"))))
def test_every_command_of_the_command_prompt_is_one(text):
    first = text.split()[0]

    assert first in CMD | PROGRAMS or first.startswith(".venv\\")
    assert "'" not in text
    assert text.count('"') % 2 == 0
    assert text.count("%") % 2 == 0


def test_a_mac_has_no_command_of_linux_alone():
    for text in typed("zsh", "darwin"):
        assert not re.search(r"/proc|nproc|--help|\bfree\b|apt", text)


def test_pwsh_agrees_where_it_is_there(tmp_path):
    program = shutil.which("pwsh")
    if program is None:
        pytest.skip("no PowerShell here")
    script = tmp_path / "all.ps1"
    script.write_text("\n".join(typed("powershell", "windows")), "utf-8")
    parse = f"$e=$null;[void][System.Management.Automation.Language.Parser]::ParseFile('{script}',[ref]$null,[ref]$e);$e.Count"

    assert (
        subprocess.run(
            [program, "-NoProfile", "-Command", parse], check=True, capture_output=True, text=True
        ).stdout.strip()
        == "0"
    )


def test_tables_name_their_source_and_day():
    assert all(table(name).source and table(name).read.year >= 2026 for name in NAMES)
