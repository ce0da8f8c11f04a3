"""What the terminal, pipe or notebook that we write to can show. Imported also where a dependency of ours is broken."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from dlcheck.tell.style import Style

NARROWEST, WIDEST = 40, 1000
PLAIN_WIDTH = 80
"""Columns of a document that goes to a file or a pipe."""
THROW_AWAY = {"/archive-v0/": "uvx", "/pipx/.cache/": "pipx run", "/pipx/cache/": "pipx run"}
"""Where `uvx` and `pipx run` keep the environment of one run, which is gone later, and how they are typed."""
GLYPHS = "✓✗·–…“”␛"


def style_of(stream: TextIO | None, *, verbose: bool, environ: Mapping[str, str] = os.environ) -> Style:
    """How a text for this stream is to look: NO_COLOR, FORCE_COLOR, COLUMNS, TERM and the locale are obeyed."""
    from dlcheck.tell.style import Style

    return Style(
        width=_width(stream, environ),
        colour=_colour(stream, environ),
        unicode=can_show_unicode(stream, environ),
        verbose=verbose,
        again=again(sys.argv, environ),
        program=again(sys.argv[:1], environ),
        prompt="" if in_notebook(environ) else "> " if sys.platform == "win32" else "$ ",
    )


def file_style(*, verbose: bool) -> Style:
    """How a text for a file is to look."""
    from dlcheck.tell.style import Style

    return Style(width=PLAIN_WIDTH, verbose=verbose, again=again(sys.argv, os.environ))


def is_terminal(stream: TextIO | None) -> bool:
    """Is there a person's terminal behind it?"""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def is_dumb(environ: Mapping[str, str]) -> bool:
    """A terminal that knows no escape codes."""
    return environ.get("TERM", "").lower() in ("dumb", "unknown")


def in_notebook(environ: Mapping[str, str]) -> bool:
    """Is this `!dlcheck` in a cell? Jupyter's kernels set the first variable, hosted notebooks one of the others."""
    return "JPY_PARENT_PID" in environ or "inline" in environ.get("MPLBACKEND", "")


def can_show_unicode(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Our glyphs can be encoded, and neither TERM nor the locale forbids them.

    In the C locale Python itself writes UTF-8 (PEP 540), which the terminal may not read.
    """
    if is_dumb(environ):
        return False
    locale = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    if locale in ("C", "POSIX") and not environ.get("PYTHONIOENCODING") and environ.get("PYTHONUTF8") != "1":
        return False
    try:
        GLYPHS.encode(getattr(stream, "encoding", "") or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def again(argv: list[str], environ: Mapping[str, str]) -> str:
    """The command line as it was typed, quoted for the shell."""
    import shlex
    import subprocess

    program = os.path.basename(argv[0]) if argv else "dlcheck"  # noqa: PTH119 (text, not a file)
    words = [program.removesuffix(".exe"), *argv[1:]]
    if program == "__main__.py":
        on_path = shutil.which("python", path=environ.get("PATH"))
        words = ["python" if on_path == sys.executable else sys.executable, "-m", "dlcheck", *argv[1:]]
    elif runner := next((name for place, name in THROW_AWAY.items() if place in argv[0].replace("\\", "/")), ""):
        words = [*runner.split(), *words]
    elif not _is_first_on_path(argv[0], environ):
        words = [argv[0], *argv[1:]]
    line = subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
    return f"!{line}" if in_notebook(environ) else line


def _is_first_on_path(program: str, environ: Mapping[str, str]) -> bool:
    """Does the program's bare name start this very program?"""
    found = shutil.which(os.path.basename(program), path=environ.get("PATH"))  # noqa: PTH119 (text, not a file)
    try:
        return found is not None and Path(found).samefile(program)
    except OSError:
        return found is not None


def _width(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """COLUMNS, else the terminal's, else 80."""
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return max(NARROWEST, min(int(columns), WIDEST))
    try:
        width = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
    except (OSError, ValueError):
        width = 0
    return max(NARROWEST, width or PLAIN_WIDTH)


def _colour(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """NO_COLOR wins over FORCE_COLOR, both over what the stream is (no-color.org, force-color.org)."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    return is_terminal(stream) and not is_dumb(environ) and (sys.platform != "win32" or "WT_SESSION" in environ)
