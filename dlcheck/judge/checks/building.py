"""Compilers: whether a package is built here at all, and what it is built with."""

from __future__ import annotations

from dlcheck.judge.advice.shell import command
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.devices import Apple
from dlcheck.model.gaps import known
from dlcheck.model.pasted import Pasted
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"


@check(FAIL, pillar="system", after=("python-unsupported", "python-32bit", "platform-without-wheels"), since="0.1")
def compiler_missing(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """A package was to be compiled, and there is no compiler or no header for it.

    As a rule the compiler is not what is missing: there is no wheel of that release for this Python or this platform,
    and pip falls back to the source. Another Python or a newer release then needs no compiler.

    How it is told: the words of setuptools, gcc or a Rust build in the text.

    Known false alarms: courses that write extensions of their own need a compiler indeed.

    Sources: github.com/microsoft/Codex-CLI/issues/128, github.com/PIC4SeR/AcT/issues/14,
    github.com/libgit2/pygit2/issues/1094.
    """
    return told_by_text(snapshot, "compiler-missing")


@check(WARN, pillar="system", only_on=("darwin",), since="0.1")
def command_line_tools_missing(apple: Apple, snapshot: Snapshot) -> Verdict:
    """Apple's command line tools are not installed, or an upgrade of macOS took them away.

    git, clang and python3 of /usr/bin are then stubs that open a window or end with "xcrun: error: invalid active
    developer path".

    How it is told: the folder that xcode-select names is not there; no stub is started to find out.

    Known false alarms: whoever has git of Homebrew needs them for compiling alone, so it is a note there.

    Sources: github.com/dwyl/dev-setup/issues/51, github.com/NCAR/ncar-python-tutorial/issues/85.
    """
    there = known(apple.command_line_tools)
    if there is None:
        return skip("not looked at")
    if there:
        return ok("installed")
    step = command(snapshot, "xcode-select", "--install")
    fix = Fix(
        title="install them", commands=(step,), needs=("network",), verify=command(snapshot, "xcode-select", "-p")
    )
    return bad("xcode-select names none", fixes=(fix,), at_most=NOTE if snapshot.git.value is not None else WARN)
