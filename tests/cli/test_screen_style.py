import io
import sys

import pytest

from dlcheck.cli.screen import again, in_notebook, style_of


def stream(encoding="utf-8", is_terminal=False):
    text = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    text.isatty = lambda: is_terminal
    return text


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour(environ, terminal, colour):
    if sys.platform == "win32" and terminal:
        environ = {**environ, "WT_SESSION": "1"}

    assert style_of(stream(is_terminal=terminal), verbose=False, environ=environ).colour is colour


@pytest.mark.parametrize(
    ("environ", "encoding", "unicode"),
    [
        ({}, "utf-8", True),
        ({"LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({"LANG": "C.UTF-8"}, "utf-8", True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "utf-8", False),
        ({"LANG": "POSIX"}, "utf-8", False),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, "utf-8", True),
        ({"TERM": "dumb"}, "utf-8", False),
        ({}, "ascii", False),
        ({}, "cp1252", False),
        ({}, "no-such-encoding", False),
    ],
)
def test_glyphs(environ, encoding, unicode):
    if encoding == "no-such-encoding":
        pretended = io.StringIO()
        assert style_of(pretended, verbose=False, environ=environ).unicode is False
    else:
        assert style_of(stream(encoding), verbose=False, environ=environ).unicode is unicode


@pytest.mark.parametrize(
    ("columns", "width"),
    [("140", 140), ("10", 40), ("0", 80), ("-5", 80), ("wide", 80), ("", 80), ("9" * 30, 1000), ("²", 80)],
)
def test_width(columns, width):
    assert style_of(stream(), verbose=False, environ={"COLUMNS": columns}).width == width


def test_a_notebook_is_known_by_its_kernel():
    assert in_notebook({"JPY_PARENT_PID": "1"})
    assert in_notebook({"MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    assert not in_notebook({"MPLBACKEND": "agg"})


@pytest.mark.skipif(sys.platform == "win32", reason="quoted for a POSIX shell")
@pytest.mark.parametrize(
    ("argv", "environ", "line"),
    [
        (["/home/ada/.cache/uv/archive-v0/x/bin/dlcheck", "doctor"], {}, "uvx dlcheck doctor"),
        (["/home/ada/.local/pipx/.cache/1f/bin/dlcheck", "doctor"], {}, "pipx run dlcheck doctor"),
        (["/opt/own place/dlcheck", "doctor", "--env", "a b"], {}, "'/opt/own place/dlcheck' doctor --env 'a b'"),
        (["/checkout/dlcheck/__main__.py", "doctor"], {}, f"{sys.executable} -m dlcheck doctor"),
        (["/opt/dlcheck", "doctor"], {"JPY_PARENT_PID": "1"}, "!/opt/dlcheck doctor"),
    ],
)
def test_the_command_to_run_again(argv, environ, line):
    assert again(argv, {"PATH": "", **environ}) == line


def test_a_command_on_path_is_named_by_its_name(tmp_path):
    (tmp_path / "dlcheck").write_text("#!/bin/sh\n")
    (tmp_path / "dlcheck").chmod(0o755)

    assert again([str(tmp_path / "dlcheck"), "doctor"], {"PATH": str(tmp_path)}) == "dlcheck doctor"
