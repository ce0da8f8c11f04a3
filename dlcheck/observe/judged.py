"""Which interpreter is judged: the one asked for, the active environment's, the first on PATH, or dlcheck's own.

No child is started where files tell enough; a shim (pyenv, mise, `py`) is asked for its own `sys.executable`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from dlcheck.model.gaps import Gap, Missing
from dlcheck.observe import child, search_path
from dlcheck.observe.named_environments import find_environment

RESOLVE_SECONDS = 15.0
"""A shim that takes longer is no Python."""

# Any Python since 2.6 runs it. Raw bytes: a path need not fit the encoding of stdout.
_ASK = (
    "import os, sys; f = getattr(os, 'fsencode', str); "
    "os.write(1, b'\\n'.join([b'dlcheck', f(sys.executable or ''), f(sys.prefix), "
    "('%d.%d.%d' % tuple(sys.version_info[:3])).encode()]))"
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a Python said of itself."""

    executable: str
    prefix: str
    version: str


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The interpreter to judge, or why there is none."""

    python: str = ""
    """What to start; "" where there is none."""
    because: str = ""
    """For a person: "the active virtual environment"."""
    command: str = ""
    """The program on PATH, or the one asked for, that led to it: a shim, perhaps."""
    asked: Asked | None = None
    """What it said of itself, where it had to be started to know."""
    missing: Missing | None = None
    """Why there is none."""


def choose(
    *, python: str, env: str, environ: Mapping[str, str], cwd: str, seconds: float, own_prefix: str = ""
) -> Choice:
    """The interpreter to judge.

    python, env: what --python and --env ask for, "" where nothing is asked for. seconds: for one child.
    own_prefix: dlcheck's own environment, by default this process's where that is a virtual one.
    """
    own = own_prefix or (sys.prefix if sys.prefix != sys.base_prefix else "")
    seconds = min(seconds, RESOLVE_SECONDS)
    if python:
        return _asked_for(python, environ, cwd, seconds)
    if env:
        return _of_environment(env, environ, cwd)
    active, stale = _active(environ, cwd)
    if active is not None:
        return active
    choice = _on_path(environ, cwd, seconds, own)
    return msgspec.structs.replace(choice, because=f"{choice.because}; {stale}") if stale else choice


def ask(argv: list[str], environ: Mapping[str, str], cwd: str, seconds: float) -> Asked | Missing:
    """Start a Python and ask what it is."""
    ended = child.run([*argv, "-E", "-B", "-c", _ASK], seconds=seconds, env=environ, cwd=cwd)
    head, _, said = ended.stdout.rpartition("dlcheck\n")
    lines = said.splitlines()
    if len(lines) == 3 and not head.strip() and lines[0]:
        return Asked(executable=lines[0], prefix=lines[1], version=lines[2])
    gap: Gap = "timed-out" if ended.outcome == "timed-out" else "crashed" if ended.outcome == "crashed" else "broken"
    complaint = (ended.stderr.strip() or ended.stdout.strip()).splitlines()[:1]
    words = f"{argv[0]} is no Python that answers: {ended.ending.words}"
    return Missing(gap, words + (f" ({complaint[0][:200]})" if complaint else ""))


def _asked_for(python: str, environ: Mapping[str, str], cwd: str, seconds: float) -> Choice:
    because = "asked for by --python"
    path = str(Path(cwd, Path(python).expanduser()))
    if os.sep not in python and not Path(path).exists():
        on_path = search_path.programs((python.removesuffix(".exe"),), environ, cwd)
        if not on_path:
            return Choice(because=because, missing=Missing("absent", f"there is no {python} on PATH"))
        path = on_path[0][1]
    wrong = _unusable(path)
    if wrong is not None:
        return Choice(because=because, missing=wrong)
    return _resolved(path, because, environ, cwd, seconds)


def _unusable(path: str) -> Missing | None:
    """Why a path cannot be an interpreter; None where it can."""
    try:
        if Path(path).is_dir():
            return Missing("broken", f"{path} is a folder, not a Python; to judge an environment use --env")
        if Path(path).is_symlink() and not Path(path).exists():
            return Missing("broken", f"{path} is a link to {os.path.realpath(path)}, which is not there")
        if not Path(path).exists():
            return Missing("absent", f"there is no file {path}")
    except (OSError, ValueError) as error:
        return Missing("broken", f"{path} cannot be looked at: {error}")
    if search_path.is_store_alias(path):
        return Missing("absent", f"{path} is the alias that opens the Microsoft Store, not a Python")
    if search_path.is_apple_stub(path):
        return Missing("absent", f"{path} only offers to install Apple's command line tools; no Python is behind it")
    if not os.access(path, os.X_OK):
        return Missing("denied", f"{path} may not be started by this user")
    return None


def _resolved(path: str, because: str, environ: Mapping[str, str], cwd: str, seconds: float) -> Choice:
    """The interpreter itself: a shim is asked, all others are taken as they are."""
    if not search_path.is_shim(path):
        return Choice(python=path, because=because)
    said = ask([path], environ, cwd, seconds)
    if isinstance(said, Missing):
        return Choice(because=because, missing=said)
    return Choice(python=said.executable, because=because, command=path, asked=said)


def _of_environment(name: str, environ: Mapping[str, str], cwd: str) -> Choice:
    because = "asked for by --env"
    prefix = find_environment(name, environ, cwd)
    if isinstance(prefix, Missing):
        return Choice(because=because, missing=prefix)
    path = search_path.python_in(prefix)
    if not path:
        return Choice(because=because, missing=Missing("absent", f"the environment {prefix} has no Python in it"))
    return _taken(path, because)


def _taken(path: str, because: str) -> Choice:
    """An environment's own interpreter, as it is, or why it cannot be started."""
    wrong = _unusable(path)
    return Choice(python=path, because=because) if wrong is None else Choice(because=because, missing=wrong)


def _active(environ: Mapping[str, str], cwd: str) -> tuple[Choice | None, str]:
    """The active environment's interpreter; of two, the one first on PATH. And words on one that is gone."""
    folders = [os.path.realpath(folder) for folder in search_path.folders(environ, cwd)]
    found: list[tuple[int, Choice]] = []
    stale = ""
    for variable, kind in (("VIRTUAL_ENV", "virtual"), ("CONDA_PREFIX", "conda")):
        prefix = environ.get(variable, "")
        if not prefix:
            continue
        path = search_path.python_in(prefix)
        if not path:
            stale = f"{variable} names {prefix}, which has no Python"
            continue
        real = os.path.realpath(Path(path).parent)
        place = folders.index(real) if real in folders else len(folders)
        found.append((place, _taken(path, f"the active {kind} environment")))
    return (min(found, key=lambda one: one[0])[1] if found else None), stale


def _on_path(environ: Mapping[str, str], cwd: str, seconds: float, own: str) -> Choice:
    """The first Python 3 on PATH that is not ours; else a Python 2, to be told so; else our own."""
    python_2: Choice | None = None
    for name, path in search_path.programs(search_path.PYTHON_NAMES, environ, cwd):
        choice = _resolved(path, f"{name} on PATH", environ, cwd, seconds)
        if choice.missing is not None or _is_own(choice.python, own):
            continue
        choice = msgspec.structs.replace(choice, command=path)
        version = choice.asked.version if choice.asked else search_path.version_by_files(choice.python)
        if not version.startswith("2."):
            return choice
        python_2 = python_2 or choice
    for _, path in search_path.programs(("py",), environ, cwd) if search_path.WINDOWS else ():
        said = ask([path, "-3"], environ, cwd, seconds)
        if isinstance(said, Asked) and not _is_own(said.executable, own):
            return Choice(python=said.executable, because="py -3")
    return python_2 or Choice(python=sys.executable, because="dlcheck's own, since there is no other Python on PATH")


def _is_own(executable: str, own: str) -> bool:
    """Does it belong to the environment that dlcheck itself runs in?"""
    prefix = search_path.virtual_prefix(executable)
    return bool(own and prefix) and os.path.realpath(prefix) == os.path.realpath(own)
