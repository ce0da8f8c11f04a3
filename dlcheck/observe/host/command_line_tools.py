"""macOS' command line tools: without them git, clang and make in /usr/bin are stubs that open a window.

A stub is never started before `xcode-select -p` has named a folder that is there.
"""

from __future__ import annotations

from pathlib import Path

from dlcheck.observe import child
from dlcheck.observe.context import Context
from dlcheck.observe.host.system import system

STUBS = ("git", "clang", "clang++", "gcc", "g++", "cc", "c++", "make", "python3", "pip3", "ld", "swift")


def is_stub(context: Context, program: str) -> bool:
    """Is this program one of Apple's stubs, and nothing behind it?"""
    if system() != "darwin" or not names_a_stub(program):
        return False
    return not context.once("command line tools", lambda: _installed(context.seconds()))


def names_a_stub(program: str) -> bool:
    """Is this one of the programs in /usr/bin that hand on to the command line tools?"""
    path = Path(program)
    return str(path.parent) == "/usr/bin" and path.name in STUBS


def _installed(seconds: float) -> bool:
    ended = child.run(["/usr/bin/xcode-select", "-p"], seconds=seconds)
    return ended.outcome == "done" and names_a_folder(ended.stdout)


def names_a_folder(text: str) -> bool:
    """Is what `xcode-select -p` answered a folder that is there? An upgrade of macOS may have removed it."""
    folder = text.strip()
    return bool(folder) and (Path(folder) / "usr/bin").is_dir()
