"""Whether the judged Python is whole: the parts of its standard library that a build may lack."""

from __future__ import annotations

from dlcheck.judge.advice.missing import fresh_environment, missing_requirements
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, note, ok
from dlcheck.judge.presence import enough_works
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

NEEDED_BY: dict[str, str] = {
    "_ssl": "pip, and every download", "_hashlib": "checksums of downloads", "zlib": "installing any wheel",
    "_ctypes": "NumPy, PyTorch and most compiled libraries", "_lzma": "pandas and torchvision",
    "_bz2": "pandas, and compressed data sets", "_sqlite3": "Jupyter's history and many tools of machine learning",
}  # fmt: skip
GRAVE = frozenset({"_ssl", "zlib", "_ctypes"})
"""Without these nothing is installed, or nothing compiled is imported."""
HEADERS = SystemPackage(
    apt="build-essential libssl-dev zlib1g-dev libbz2-dev libreadline-dev libsqlite3-dev libffi-dev liblzma-dev",
    dnf="gcc make openssl-devel zlib-devel bzip2-devel readline-devel sqlite-devel libffi-devel xz-devel",
    pacman="base-devel openssl zlib xz", zypper="gcc make libopenssl-devel zlib-devel libbz2-devel sqlite3-devel "
    "readline-devel libffi-devel xz-devel", brew="openssl readline sqlite3 xz zlib",
)  # fmt: skip
"""What a Python is compiled with (github.com/pyenv/pyenv/wiki, "Suggested build environment", read 2026-11-22)."""


@check(FAIL, pillar="python", after=("python-does-not-start",), since="0.1")
def standard_library_incomplete(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python was built without a part of its standard library.

    A Python that was compiled on a machine without the headers of OpenSSL, libffi, xz, bzip2 or SQLite builds without
    a complaint and lacks the modules: pip then says that the SSL module is not available, NumPy misses `_ctypes`,
    pandas `_lzma` or `_bz2`.

    How it is told: the interpreter itself finds no module of the name. Without `_ssl`, `zlib` or `_ctypes` it is a
    failure unless a framework was imported all the same; otherwise a warning.

    Known false alarms: tkinter, venv and ensurepip, which Debian and Ubuntu keep in packages of their own and a
    notebook does without, do not count here.

    Sources: github.com/pandas-dev/pandas/issues/27532, github.com/pyenv/pyenv/issues/2008.
    """
    lacking = [name for name in NEEDED_BY if name in interpreter.missing_stdlib]
    if not lacking:
        return ok("nothing that is needed is missing")
    evidence = [f"no module {name}, which is needed by {NEEDED_BY[name]}" for name in lacking]
    grave = bool(GRAVE & set(lacking)) and not enough_works(snapshot, profile)
    at_most: Grade = FAIL if grave else WARN
    return bad(*evidence, fixes=_complete(interpreter, snapshot, profile), at_most=at_most)


def _complete(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> tuple[Fix, ...]:
    """An environment with a whole Python; or pyenv's Python built once more, with the headers there."""
    fixes = list(fresh_environment(snapshot, profile, why=", by a Python that is complete"))
    if interpreter.environment == "pyenv" and (headers := install_program(snapshot, HEADERS)):
        again = command(snapshot, "pyenv", "install", "--force", interpreter.version)
        modules = ", ".join(name for name in NEEDED_BY if name in interpreter.missing_stdlib)
        fixes.append(
            Fix(
                title="install the headers and build this Python again",
                commands=(*headers, again),
                needs=admin_needs(snapshot),
                verify=command(snapshot, interpreter.executable, "-c", f"import {modules}; print('imported')"),
                source="https://github.com/pyenv/pyenv/wiki#suggested-build-environment",
            )
        )
    return tuple(fixes)


@check(WARN, pillar="python", only_on=("windows",), since="0.1")
def store_python(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python comes from the Microsoft Store.

    Its packages go into a folder whose name alone takes 120 characters, so that the files of PyTorch or TensorFlow
    pass the limit of 260; its commands are aliases, and its own folder is read-only.

    How it is told: the interpreter lies in WindowsApps, or among the Store's packages.

    Known false alarms: where all that is required is there, it works, and this is a note.

    Sources: github.com/pytorch/pytorch/issues/23823, github.com/microsoft/vscode-jupyter/issues/7522.
    """
    if not interpreter.store_python:
        return ok("not the Store's")
    evidence = f"{interpreter.executable}: packages go to {interpreter.user_site or 'a long path'}"
    if enough_works(snapshot, profile) and not missing_requirements(snapshot, profile):
        return note(evidence)
    return bad(evidence, fixes=fresh_environment(snapshot, profile, why=" in a short path"))
