"""The real program at a real terminal, in pipes and in poor surroundings; its screen is read back."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dlcheck
from tests.facts import GIT, change

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import fcntl
import pty
import struct
import termios

import pyte

ROOT = Path(dlcheck.__file__).parent.parent
UNSET = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "LC_ALL",
    "LANG",
    "LC_CTYPE",
    "JPY_PARENT_PID",
    "MPLBACKEND",
    "PYTHONIOENCODING",
)


def surroundings(**changes):
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    wanted = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LANG": "C.UTF-8", **changes}
    return {name: str(value) for name, value in wanted.items() if value is not None}


class Terminal:
    """A program in a terminal of so many columns."""

    def __init__(self, *arguments, columns=80, **environ):
        self.raw = b""
        self._columns = columns
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 300, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlcheck", *map(str, arguments)],
            stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings(**environ), start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 (a child of the test's own)
        )  # fmt: skip
        os.close(theirs)

    def read_until(self, words, seconds=20.0):
        end = time.monotonic() + seconds
        while words.encode() not in self.raw and time.monotonic() < end and self._read():
            pass
        assert words.encode() in self.raw, self.raw

    def type(self, text):
        os.write(self._ours, text.encode())

    def end(self):
        """Wait for its end; the lines that are left on the screen."""
        while self._read():
            pass
        self.status = self.process.wait(timeout=20)
        os.close(self._ours)
        screen = pyte.Screen(self._columns, 300)
        pyte.ByteStream(screen).feed(self.raw)
        lines = [line.rstrip() for line in screen.display]
        return lines[: max((number for number, line in enumerate(lines, 1) if line), default=0)]

    def _read(self):
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            return False
        self.raw += data
        return bool(data)


def tool(folder, name, script):
    """A program of that name, first on PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("columns", [40, 60, 80, 140])
def test_the_screen_holds_the_report_and_nothing_else(columns, tmp_path):
    lines = Terminal(
        "doctor", "--only", "git-missing", columns=columns, PATH=tool(tmp_path / "bin", "git", "echo git version 2.9.9")
    ).end()

    assert not lines[0].startswith("Looking")
    assert any("git 2.9.9" in line for line in lines)
    assert lines[-1].strip().startswith("$ ") or columns < 140


def test_a_hidden_name_stays_text_on_a_real_terminal(recorded):
    named = recorded(git=change(GIT, version="2.9\x1b[2J\x1b]0;title\x07[red]"))

    lines = Terminal("doctor", "--snapshot", named, "--only", "git-missing").end()

    assert any("git 2.9␛[2J␛]0;title␇[red]" in line for line in lines)


def test_colour_on_a_terminal_and_none_under_no_color(without_git):
    coloured, plain = (
        Terminal("doctor", "--snapshot", without_git),
        Terminal("doctor", "--snapshot", without_git, NO_COLOR=1),
    )

    assert coloured.end() == plain.end()
    assert b"\x1b[" in coloured.raw
    assert b"\x1b" not in plain.raw


@pytest.mark.parametrize("environ", [{"NO_COLOR": 1}, {"TERM": "dumb"}])
def test_no_escape_code_at_all_while_probing_either(environ, tmp_path):
    terminal = Terminal(
        "doctor",
        "--only",
        "git-missing",
        PATH=tool(tmp_path / "bin", "git", "sleep 0.1; echo git version 2.9.9"),
        **environ,
    )
    lines = terminal.end()

    assert b"\x1b" not in terminal.raw
    assert (b"Looking at" in terminal.raw) == ("NO_COLOR" in environ)
    assert not any("Looking at" in line for line in lines)


def test_columns_is_obeyed_and_so_is_a_notebook(without_git):
    narrow = Terminal("doctor", "--snapshot", without_git, columns=140, COLUMNS=40).end()
    notebook = Terminal("doctor", "--only", "git-missing", JPY_PARENT_PID=1)

    assert max(len(line) for line in narrow if "$ " not in line) <= 40
    assert any(line.strip().startswith("!") for line in notebook.end())
    assert b"Looking" not in notebook.raw


def test_while_it_looks_it_shows_what_it_awaits(tmp_path):
    terminal = Terminal(
        "doctor", "--only", "git-missing", PATH=tool(tmp_path / "bin", "git", "sleep 0.2; echo git version 2.9.9")
    )
    terminal.read_until("\n  git")

    assert not any("Looking" in line for line in terminal.end())
    assert terminal.raw.count(b"\x1b[?25h") == terminal.raw.count(b"\x1b[?25l") == 1  # the cursor is given back


def test_interrupted_it_tells_what_it_found_and_ends_its_children(tmp_path):
    pid = tmp_path / "pid"
    terminal = Terminal(
        "doctor", "--only", "git-missing", PATH=tool(tmp_path / "bin", "git", f"echo $$ >> {pid}; exec sleep 60")
    )
    terminal.read_until("\n  git")
    while not pid.exists() or not pid.read_text():
        time.sleep(0.02)
    began = time.monotonic()
    terminal.type("\x03")
    lines = terminal.end()

    assert time.monotonic() - began < 5
    assert terminal.status == 130
    assert lines[0].startswith("^C") or "Interrupted after" in lines[0]
    assert any("Interrupted after" in line for line in lines)
    assert all(is_gone(int(one)) for one in pid.read_text().split())


def test_ended_from_outside_it_gives_the_cursor_back(tmp_path):
    terminal = Terminal("doctor", "--only", "git-missing", PATH=tool(tmp_path / "bin", "git", "exec sleep 60"))
    terminal.read_until("\n  git")
    terminal.process.terminate()
    terminal.end()

    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_ended_from_outside_it_takes_its_children_with_it(tmp_path, name):
    pid = tmp_path / "pid"
    path = tool(tmp_path / "bin", "git", f"echo $$ >> {pid}; exec sleep 60")
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcheck", "doctor", "--only", "git-missing"], env=surroundings(PATH=path)
    )
    while not pid.exists() or not pid.read_text():
        time.sleep(0.02)
    process.send_signal(getattr(signal, name))

    assert process.wait(timeout=10) == -getattr(signal, name)
    assert all(is_gone(int(one)) for one in pid.read_text().split())


def is_gone(pid):
    for _ in range(100):
        with contextlib.suppress(FileNotFoundError):
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def run(*arguments, **environ):
    return subprocess.run(
        [sys.executable, "-m", "dlcheck", *map(str, arguments)],
        check=False, capture_output=True, timeout=60, env=surroundings(**environ), stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "LANG": None},
        {"TERM": "dumb"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
@pytest.mark.parametrize("command", [["doctor"], ["checks"], ["explain", "git-missing"]])
def test_in_ascii_surroundings_all_is_ascii(environ, command, without_git):
    arguments = [*command, "--snapshot", without_git] if command == ["doctor"] else command
    ended = run(*arguments, **environ)

    assert ended.stdout.isascii()
    assert ended.stderr == b""
    assert b"Traceback" not in ended.stdout


def test_json_is_utf_8_wherever_it_goes(recorded):
    named = recorded(git=change(GIT, version="2.9é"))
    ended = run("doctor", "--snapshot", named, "--format", "json", LC_ALL="C", PYTHONIOENCODING="ascii")

    assert ended.returncode == 0
    assert "git 2.9é".encode() in ended.stdout


@pytest.mark.parametrize("columns", [40, 80, 140])
def test_in_a_pipe_there_is_no_colour_and_no_progress_and_commands_stay_whole(columns, without_git):
    ended = run("doctor", "--snapshot", without_git, COLUMNS=columns)

    assert ended.returncode == 1
    assert b"\x1b" not in ended.stdout
    assert ended.stderr == b""
    assert f"doctor --snapshot {without_git}\n".encode() in ended.stdout


def test_force_color_colours_a_pipe_and_no_color_outweighs_it(without_git):
    assert b"\x1b[" in run("doctor", "--snapshot", without_git, FORCE_COLOR=1).stdout
    assert b"\x1b" not in run("doctor", "--snapshot", without_git, FORCE_COLOR=1, NO_COLOR=1).stdout


@pytest.mark.parametrize(
    "arguments", [["checks"], ["--help"], ["explain", "git-missing"], ["doctor", "--only", "git-missing"]]
)
def test_a_closed_pipe_is_a_quiet_end(arguments):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "dlcheck", *arguments]
    ended = subprocess.run(command, check=False, stdout=write, stderr=subprocess.PIPE, timeout=60, env=surroundings())
    os.close(write)

    assert ended.stderr == b""
    assert ended.returncode in (0, 1)


def test_stdout_that_is_closed_before_it_begins_is_no_defect(without_git):
    command = f'"{sys.executable}" -m dlcheck doctor --snapshot {without_git} >&- 2>&-'

    assert subprocess.run(["sh", "-c", command], check=False, timeout=60, env=surroundings()).returncode == 1


@pytest.mark.parametrize("home", [None, "/nonexistent", "/proc"])
def test_a_home_that_is_missing_or_may_not_be_written_makes_no_difference(home):
    ended = run("doctor", "--only", "git-missing", "--quick", HOME=home)

    assert ended.returncode in (0, 1)
    assert ended.stderr == b""
