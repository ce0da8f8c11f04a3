"""Programs that the profile asks for, beside git, which has a check of its own."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import FAIL, NOTE, Verdict, bad, check, not_asked, ok, unknown
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Conda, Tools

LAYER = "library"

PACKAGES: dict[str, SystemPackage] = {
    "gcc": SystemPackage(apt="gcc", dnf="gcc", pacman="gcc", zypper="gcc", apk="gcc", brew="gcc"),
    "g++": SystemPackage(apt="g++", dnf="gcc-c++", pacman="gcc", zypper="gcc-c++", apk="g++", brew="gcc"),
    "clang": SystemPackage(apt="clang", dnf="clang", pacman="clang", zypper="clang", apk="clang", brew="llvm"),
    "make": SystemPackage(apt="make", dnf="make", pacman="make", zypper="make", apk="make", brew="make"),
    "cmake": SystemPackage(
        apt="cmake", dnf="cmake", pacman="cmake", zypper="cmake", apk="cmake", brew="cmake", winget="Kitware.CMake"
    ),
    "ninja": SystemPackage(
        apt="ninja-build", dnf="ninja-build", pacman="ninja", zypper="ninja", apk="ninja", brew="ninja",
        winget="Ninja-build.Ninja",
    ),
    "curl": SystemPackage(apt="curl", dnf="curl", pacman="curl", zypper="curl", apk="curl", brew="curl"),
    "wget": SystemPackage(apt="wget", dnf="wget", pacman="wget", zypper="wget", apk="wget", brew="wget"),
    "tmux": SystemPackage(apt="tmux", dnf="tmux", pacman="tmux", zypper="tmux", apk="tmux", brew="tmux"),
}  # fmt: skip
"""What each package manager calls it."""


@check(FAIL, pillar="system", since="0.1")
def tool_missing(tools: Probed[Tools], conda: Probed[Conda], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """A program that the profile asks for is not there.

    How it is told: no such program on PATH; conda also where it is installed and PATH does not lead to it.

    Known false alarms: git has a check of its own.
    """
    yield from _missing(profile.tools_required, tools, conda, snapshot)


@check(NOTE, pillar="system", since="0.1")
def recommended_tool_missing(
    tools: Probed[Tools], conda: Probed[Conda], profile: Profile, snapshot: Snapshot
) -> Iterator[Verdict]:
    """A program that the profile recommends is not there.

    How it is told: no such program on PATH; conda also where it is installed and PATH does not lead to it.
    """
    yield from _missing(profile.tools_recommended, tools, conda, snapshot)


def _missing(
    wanted: tuple[str, ...], tools: Probed[Tools], conda: Probed[Conda], snapshot: Snapshot
) -> Iterator[Verdict]:
    wanted = tuple(one for one in wanted if one != "git")
    if not wanted:
        yield not_asked("the profile asks for none")
        return
    there = []
    for name in wanted:
        if name == "conda" and conda.value is not None:
            there.append(conda.value.family)
        elif tools.value is None:
            assert tools.missing is not None
            yield unknown(f"{name}: {tools.missing.words()}", subject=name)
        elif tool := tools.value.find(name):
            there.append(name if tool.on_path else f"{name} (not on PATH)")
        elif name not in tools.value.looked_for:
            yield unknown(f"nobody looked for {name}", subject=name)
        else:
            steps = install_program(snapshot, PACKAGES[name]) if name in PACKAGES else ()
            fix = Fix(title=f"install {name}", commands=steps, needs=admin_needs(snapshot) if steps else ())
            yield bad(f"there is no {name} on PATH", fixes=(fix,), subject=name)
    if len(there) == len(wanted):
        yield ok(", ".join(there))
