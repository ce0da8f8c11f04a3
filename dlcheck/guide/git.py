"""The page of git: its commands in the order in which a beginner meets them, and what this machine has of it."""

from __future__ import annotations

import re

from dlcheck.guide.tasks import here, sections
from dlcheck.model.pages import Line, Page, Section
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Git

SWITCH_SINCE = (2, 23)
"""Since then there are `switch` and `restore`: release notes of git 2.23, 2019-08-16."""
INSTALL = {
    "linux": "your package manager has it (Debian and Ubuntu: apt, Fedora: dnf, Arch: pacman)",
    "darwin": "xcode-select --install brings it with Apple's command line tools",
    "windows": "the installer of git-scm.com, or winget install --id Git.Git",
}


def page(snapshot: Snapshot) -> Page:
    """The page for this machine."""
    git = snapshot.git.value
    done: frozenset[str] = frozenset()
    if git is not None:
        done = frozenset(
            name
            for name, fact in (("there", True), ("name", git.identity_name_set), ("email", git.identity_email_set))
            if fact is True
        )
    old = git is not None and _version(git.version) < SWITCH_SINCE
    return Page(
        name="git",
        title="git",
        here=f"git {git.version}" if git is not None else "",
        sections=(
            Section(title="What it is", blocks=_lines(git, here(snapshot).system, old=old)),
            *sections("git", snapshot, old=old, done=done),
        ),
    )


def _lines(git: Git | None, system: str, *, old: bool) -> tuple[Line, ...]:
    lines = [
        Line(
            words="git keeps every version of a folder. A commit is one version with a sentence on it; a branch is a "
            "line of commits of your own; a clone is a whole copy of a repository, with all its versions."
        )
    ]
    if git is None:
        words = f"git was not found here: {INSTALL[system]}. `dlcheck explain git-missing` tells more."
        return (*lines, Line(words=words, mark="warn"))
    if git.trial_commit is True:
        lines.append(Line(words="This machine has shown that a commit works.", mark="pass"))
    if old:
        lines.append(
            Line(
                words=f"git {git.version} is older than 2.23: the commands below are those that it knows.", mark="note"
            )
        )
    if isinstance(git.lfs_version, str):
        lines.append(Line(words=f"git LFS {git.lfs_version} is there, for repositories with large files.", mark="pass"))
    return tuple(lines)


def _version(text: str) -> tuple[int, ...]:
    """The first two numbers; a version that cannot be read counts as new."""
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else SWITCH_SINCE
