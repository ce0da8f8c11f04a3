"""git: its version, whether it knows who commits, Git LFS, line endings. The identity itself is never recorded."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, seen, unseen
from dlcheck.model.tools import Git
from dlcheck.observe import child, trials
from dlcheck.observe.context import Context
from dlcheck.observe.host import command_line_tools

LEFT_OUT = Missing("not-looked", "left out by --quick")


def probe(context: Context) -> Probed[Git]:
    """git on PATH, as it is set up where the person stands."""
    executable = shutil.which("git", path=context.environ.get("PATH"))
    if executable is None:
        return unseen("absent", "no git on PATH")
    if command_line_tools.is_stub(context, executable):
        return unseen("absent", f"{executable} only offers to install the command line tools")
    # What git asks for on the terminal or in a pager would hang or be lost.
    environ = {**context.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "LC_ALL": "C"}
    # A damaged configuration stops even `git --version`: which git it is must be known all the same.
    bare = {**environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    seconds, cwd = context.seconds(), context.request.cwd if Path(context.request.cwd).is_dir() else None
    version, config, lfs = child.side_by_side(
        [
            partial(child.run, [executable, "--version"], seconds=seconds, env={**bare, "GIT_DIR": os.devnull}),
            partial(child.run, [executable, "config", "--list", "-z"], seconds=seconds, env=environ, cwd=cwd),
            partial(child.run, [executable, "lfs", "version"], seconds=seconds, env=bare),
        ]
    )
    number = parse_version(version.stdout)
    if not number:
        return unseen(version.missing.gap, f"git --version: {version.missing.why}", ending=version.ending)
    settings = parse_config(config.stdout) if config.outcome == "done" else _unreadable(config)
    return seen(
        Git(
            executable=executable,
            version=number,
            identity_name_set=identity_set("name", settings, context.environ),
            identity_email_set=identity_set("email", settings, context.environ),
            lfs_version=parse_lfs(lfs.stdout),
            autocrlf=settings.get("core.autocrlf", "") if not isinstance(settings, Missing) else "",
            trial_commit=LEFT_OUT if context.quick else trials.commit(executable, environ, context.seconds()),
        )
    )


def _unreadable(config: child.Ended) -> Missing:
    """Why git cannot read its configuration.

    Its words may quote a line of it, which may hold anything: only the file's name and the line's number are kept.
    """
    missing = config.missing
    line = re.search(r"bad config\b[^\n]*\bline (\d+)", config.stderr)
    file = re.search(
        r"bad config\b[^\n]* in file '?[^\n']*?([^/\\\n']+)'?(?: at line \d+)?$", config.stderr, re.MULTILINE
    )
    where = f": line {line.group(1)} of {file.group(1)} cannot be read" if line and file else ""
    return Missing(missing.gap, f"git config: {missing.why}{where}")


def parse_version(text: str) -> str:
    """The version in "git version 2.39.5 (Apple Git-154)"; "" where there is none."""
    found = re.search(r"^git version (\d+(?:\.\d+)+)", text, re.MULTILINE)
    return found.group(1) if found else ""


def parse_config(text: str) -> dict[str, str]:
    """The settings of `git config --list -z`, the last of each name, which is the one that holds."""
    found = {}
    for entry in text.split("\0"):
        name, _, value = entry.partition("\n")
        if name:
            found[name] = value
    return found


def identity_set(part: str, settings: Maybe[dict[str, str]], environ: Mapping[str, str]) -> Maybe[bool]:
    """Would a commit have this part ("name" or "email") of its author and committer without guessing?"""
    variables = [environ.get(f"GIT_{who}_{part.upper()}", "") for who in ("AUTHOR", "COMMITTER")]
    if all(variables) or (part == "email" and environ.get("EMAIL")):
        return True
    if isinstance(settings, Missing):
        return settings
    if settings.get(f"user.{part}", "").strip():
        return True
    return all(
        variable or settings.get(f"{who}.{part}", "").strip()
        for who, variable in zip(("author", "committer"), variables, strict=True)
    )


def parse_lfs(text: str) -> Maybe[str]:
    """The version in "git-lfs/3.4.1 (GitHub; linux amd64; go 1.22.2)"; absent where there is none."""
    found = re.search(r"^git-lfs/(\d+(?:\.\d+)+)", text, re.MULTILINE)
    return found.group(1) if found else ABSENT
