"""git and the other programs that a course works with."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dlcheck.judge.advice.install import conda_command, conda_program
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip, unknown
from dlcheck.judge.presence import required_names
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Git, Tools

LAYER = "library"


@check(FAIL, pillar="system", since="0.1")
def git_missing(git: Probed[Git], snapshot: Snapshot, profile: Profile) -> Verdict:
    """git is not installed.

    Courses, frameworks and model hubs hand out their material as git repositories.

    How it is told: no `git` on PATH. On macOS the stub in /usr/bin that only offers to install the command line tools
    is no git.
    """
    if git.value is not None:
        return ok(f"git {git.value.version}")
    assert git.missing is not None
    if git.missing.gap == "not-looked":
        return skip(git.missing.words())
    if git.missing.gap != "absent":
        return unknown(f"git: {git.missing.words()}")
    if "git" not in profile.tools_required:
        return skip("this profile does not need git")
    return bad(git.missing.why or "there is no git on PATH", fixes=_install_git(snapshot))


GIT = SystemPackage(apt="git", dnf="git", pacman="git", zypper="git", apk="git", brew="git", winget="Git.Git")


def _install_git(snapshot: Snapshot) -> tuple[Fix, ...]:
    """git from the system's package manager; on a Mac without Homebrew with Apple's own tools; in conda from there."""
    os, tools, interpreter = snapshot.os.value, snapshot.tools.value, snapshot.interpreter.value
    fixes = []
    if os is not None and os.system == "darwin" and not (tools is not None and tools.find("brew")):
        step = command(snapshot, "xcode-select", "--install")
        fixes.append(Fix(title="install Apple's command line tools: agree in the window", commands=(step,)))
    elif steps := install_program(snapshot, GIT):
        fixes.append(Fix(title="install git", commands=steps, needs=admin_needs(snapshot)))
    if interpreter is not None and interpreter.environment == "conda" and conda_program(snapshot):
        step = conda_command(snapshot, "install", "git")
        title = "install git into this conda environment"
        fixes.append(Fix(title=title, commands=(step,), needs=("network",), changes_packages=True))
    if not fixes:
        fixes.append(Fix(title="install git by the system's package manager, or from git-scm.com"))
    verify = command(snapshot, "git", "--version")
    return tuple(msgspec.structs.replace(fix, verify=verify) for fix in fixes)


BINDINGS: dict[str, str] = {
    "graphviz": "dot", "pydot": "dot", "pydotplus": "dot", "pygraphviz": "dot", "ffmpeg-python": "ffmpeg",
    "pydub": "ffmpeg", "pypandoc": "pandoc",
}  # fmt: skip
"""Distribution → the program that it starts and does not bring."""
VERSION_FLAGS = {"dot": "-V", "ffmpeg": "-version", "pandoc": "--version"}
PROGRAMS: dict[str, SystemPackage] = {
    "dot": SystemPackage(
        apt="graphviz", dnf="graphviz", pacman="graphviz", zypper="graphviz", apk="graphviz", brew="graphviz",
        winget="Graphviz.Graphviz",
    ),
    "ffmpeg": SystemPackage(
        apt="ffmpeg", pacman="ffmpeg", zypper="ffmpeg", apk="ffmpeg", brew="ffmpeg", winget="Gyan.FFmpeg"
    ),
    "pandoc": SystemPackage(
        apt="pandoc", dnf="pandoc", pacman="pandoc-cli", zypper="pandoc", apk="pandoc", brew="pandoc",
        winget="JohnMacFarlane.Pandoc",
    ),
}  # fmt: skip


@check(WARN, pillar="python", since="0.1")
def program_behind_a_package_missing(
    packages: Packages, tools: Tools, snapshot: Snapshot, profile: Profile
) -> Iterator[Verdict]:
    """A package is installed, and the program that it starts is not.

    Some packages are only the way to a program: graphviz draws by `dot`, pydub reads sound by `ffmpeg`. Without it
    comes "failed to execute PosixPath('dot'), make sure the Graphviz executables are on your systems' PATH".

    How it is told: such a package among the installed ones, and no program of the name on PATH.

    Known false alarms: pypandoc-binary and imageio-ffmpeg bring the program with them; a package that the profile
    does not ask for is only told of.

    Sources: github.com/xflr6/graphviz/issues/68, github.com/leftthomas/ImageDeblurring/issues/31.
    """
    silent = True
    for name, program in BINDINGS.items():
        if packages.find(name) is None or program not in tools.looked_for or tools.find(program):
            continue
        silent = False
        steps = install_program(snapshot, PROGRAMS[program])
        verify = command(snapshot, program, VERSION_FLAGS[program])
        words = f"install {'Graphviz' if program == 'dot' else program}"
        fix = Fix(title=words, commands=steps, needs=admin_needs(snapshot) if steps else (), verify=verify)
        at_most: Grade = WARN if name in required_names(profile) else NOTE
        yield bad(f"{name} needs the program {program}", fixes=(fix,), subject=name, at_most=at_most)
    if silent:
        yield ok("no package lacks its program")
