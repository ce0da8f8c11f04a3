"""git: its version."""

from __future__ import annotations

import re
import shutil

from dlcheck.model.gaps import Probed, seen, unseen
from dlcheck.model.host import Git
from dlcheck.observe import child
from dlcheck.observe.context import Context


def probe(context: Context) -> Probed[Git]:
    """git on PATH."""
    executable = shutil.which("git", path=context.environ.get("PATH"))
    if executable is None:
        return unseen("absent", "no git on PATH")
    ended = child.run([executable, "--version"], seconds=context.seconds())
    version = parse_version(ended.stdout)
    if not version:
        return unseen("broken", f"git --version: {ended.ending.words}")
    return seen(Git(executable=executable, version=version))


def parse_version(text: str) -> str:
    """The version in "git version 2.39.5 (Apple Git-154)"; "" where there is none."""
    found = re.search(r"^git version (\d+(?:\.\d+)+)", text, re.MULTILINE)
    return found.group(1) if found else ""
