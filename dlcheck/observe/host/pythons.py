"""The Pythons there are, what `python` and `pip` mean, and why one of them is judged."""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, known, seen
from dlcheck.model.tools import OtherPython, Pythons
from dlcheck.observe import judged, script_owner, search_path
from dlcheck.observe.context import Context

SIDE_BY_SIDE = 4
MAX_ASKED = 12
"""Of the Pythons on PATH, so many are asked; nobody reads of more."""
FOLDERS_ABOVE = 3
"""How far above the working folder a virtual environment is looked for."""


def probe(context: Context) -> Probed[Pythons]:
    """Every Python on PATH, in PATH's order, then virtual environments that are at hand but not active."""
    choice = context.judged()
    names = (*search_path.PYTHON_NAMES, "py") if search_path.WINDOWS else search_path.PYTHON_NAMES
    commands = search_path.programs(names, context.environ, context.request.cwd)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(lambda one: _python(one[0], one[1], context), commands[:MAX_ASKED]))
    found += _at_hand(context.request.cwd, found)
    pip = next(iter(search_path.programs(("pip",), context.environ, context.request.cwd)), ("", ""))[1]
    pip = pip or next(iter(search_path.programs(("pip3",), context.environ, context.request.cwd)), ("", ""))[1]
    pip_python = _pip_python(pip, found, context) if pip else ABSENT
    owner = known(pip_python)
    if owner and not any(owner in (one.path, known(one.executable)) for one in found):
        found.append(by_files("", owner))
    spelled = search_path.virtual_prefix(choice.python) if choice.python else ""
    return seen(
        Pythons(
            judged=choice.missing or choice.python,
            chosen_because=choice.because,
            found=tuple(_spelled(one, spelled) for one in found),
            pip=pip or Missing("absent", "no pip on PATH"),
            pip_python=pip_python,
            store_aliases=_store_aliases(context) if search_path.WINDOWS else (),
        )
    )


def _store_aliases(context: Context) -> tuple[str, ...]:
    return search_path.store_aliases(search_path.PYTHON_NAMES, context.environ, context.request.cwd)


def by_files(command: str, path: str) -> OtherPython:
    """What files tell of an interpreter, without starting it; all of it of a virtual environment."""
    if search_path.is_shim(path):
        return OtherPython(command=command, path=path)
    prefix = search_path.prefix_of(path)
    return OtherPython(
        command=command,
        path=path,
        executable=path,
        prefix=prefix or NOT_LOOKED,
        version=search_path.version_by_files(path) or NOT_LOOKED,
        is_own=_is_own(prefix),
    )


def _python(command: str, path: str, context: Context) -> OtherPython:
    """One Python on PATH; a child is started only where files do not tell all of it."""
    told = by_files(command, path)
    if _is_whole(told):
        return told
    choice = context.judged()
    said: judged.Asked | Missing
    if choice.asked is not None and path == choice.command:
        said = choice.asked
    elif context.quick:
        return told
    else:
        said = context.once(f"python {_identity(path)}", lambda: _ask(command, path, context))
    if isinstance(said, Missing):
        return OtherPython(command=command, path=path, executable=said, prefix=said, version=said)
    return OtherPython(
        command=command,
        path=path,
        executable=said.executable,
        prefix=said.prefix,
        version=said.version,
        is_own=_is_own(said.prefix),
    )


def _identity(path: str) -> str:
    """`python` and `python3` of one folder are mostly one file; a shim's name matters, since it chooses by it."""
    return path if search_path.is_shim(path) else os.path.realpath(path) + str(Path(path).parent)


def _ask(command: str, path: str, context: Context) -> judged.Asked | Missing:
    argv = [path, "-3"] if command == "py" else [path]
    seconds = min(context.seconds(), judged.RESOLVE_SECONDS)
    return judged.ask(argv, context.environ, context.request.cwd, seconds)


def _is_whole(told: OtherPython) -> bool:
    version = known(told.version) or ""
    return isinstance(told.prefix, str) and version.count(".") >= 2


def _is_own(prefix: str) -> bool:
    return bool(prefix) and os.path.realpath(prefix) == os.path.realpath(sys.prefix)


def _spelled(one: OtherPython, prefix: str) -> OtherPython:
    """The judged prefix is written in one way, through whichever link it was found."""
    if isinstance(one.prefix, str):
        return msgspec.structs.replace(one, prefix=search_path.spelled_as(one.prefix, prefix))
    return one


def _at_hand(cwd: str, found: list[OtherPython]) -> list[OtherPython]:
    """Virtual environments in the working folder and above it that PATH does not name."""
    prefixes = {os.path.realpath(one.prefix) for one in found if isinstance(one.prefix, str)}
    others = []
    for folder in [Path(cwd), *Path(cwd).parents][: FOLDERS_ABOVE + 1]:
        for name in (".venv", "venv"):
            path = search_path.python_in(folder / name)
            if path and search_path.virtual_prefix(path) and os.path.realpath(folder / name) not in prefixes:
                others.append(by_files("", path))
    return others


def _pip_python(pip: str, found: list[OtherPython], context: Context) -> Maybe[str]:
    """The interpreter that `pip` belongs to. A shim for it chooses as the shim for `python` beside it does."""
    said = script_owner.owner(pip, context.environ, context.request.cwd)
    if isinstance(said, str):
        return said
    folder = os.path.realpath(Path(pip).parent)
    beside = [one for one in found if os.path.realpath(Path(one.path).parent) == folder]
    for one in beside:
        if search_path.is_shim(one.path) or re.fullmatch(r"pip3?(\.\d+)?(\.exe)?", Path(os.path.realpath(pip)).name):
            return one.executable
    return said
