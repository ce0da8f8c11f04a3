"""Disk space where the environment and the model caches live."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from dlcheck.model.gaps import Maybe, Missing, Probed, seen
from dlcheck.model.host import Place, Storage
from dlcheck.observe import ask, child, trials
from dlcheck.observe.context import Context
from dlcheck.observe.host import mounts, windows
from dlcheck.observe.host.mounts import Mount

NETWORK_SECONDS = 10.0
"""How long the server of a network file system may take to answer."""
MAX_LINKS = 40


def probe(context: Context) -> Probed[Storage]:
    """The places that matter. What lies on a network is touched only in a child: its server may be gone."""
    interpreter = context.wait("interpreter").value
    wanted = places(context.environ, context.request.cwd, interpreter.prefix if interpreter else "")
    mounted = context.once("mounts", lambda: _mounts(context))
    found, remote = [], []
    for role, path in wanted.items():
        there, mount = resolve(path, mounted)
        place = Place(
            role=role,
            path=path,
            filesystem=mount.kind if mount else "",
            network=mount.network if mount else False,
            noexec="noexec" in mount.options if mount else False,
        )
        if place.network:
            remote.append((place, mount.point if mount else ""))
        else:
            found.append(measured(place, there))
    found += _ask_remote(remote, context.seconds())
    written, took = _trial(found, context)
    ordered = tuple(sorted(found, key=lambda place: list(wanted).index(place.role)))
    return seen(Storage(places=ordered, trial_write=written, trial_seconds=took))


def _trial(found: list[Place], context: Context) -> tuple[Maybe[int], float]:
    """The trial file where the caches of models and data sets live."""
    if context.quick:
        return Missing("not-looked", "left out by --quick"), 0.0
    caches = next(place for place in found if place.role == "hugging-face")
    seconds = min(context.seconds(), NETWORK_SECONDS) if caches.network else context.seconds()
    return trials.write(caches.path, caches.filesystem, seconds)


def _mounts(context: Context) -> tuple[Mount, ...]:
    if sys.platform == "win32":
        return windows.drives()
    if sys.platform == "darwin":
        return mounts.ask_macos(context.seconds())
    return mounts.read(context.root)


def places(environ: Mapping[str, str], cwd: str, prefix: str) -> dict[str, str]:
    """Role → folder, whether it exists or not, by the variables that move it."""
    home = environ.get("HOME") or environ.get("USERPROFILE") or str(Path("~").expanduser())
    cache = environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    hugging_face = environ.get("HF_HOME") or f"{cache}/huggingface"
    found = {
        "environment": prefix,
        "home": home,
        "temporary": next((environ[name] for name in ("TMPDIR", "TEMP", "TMP") if environ.get(name)), "/tmp"),
        "hugging-face": environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE") or hugging_face,
        "torch-hub": environ.get("TORCH_HOME") or f"{cache}/torch",
        "pip-cache": environ.get("PIP_CACHE_DIR") or _pip_cache(environ, home, cache),
        "conda-packages": _conda_packages(environ),
        "working": cwd,
    }
    return {role: _expanded(path, home) for role, path in found.items() if path}


def _conda_packages(environ: Mapping[str, str]) -> str:
    """Where conda unpacks: by variable, else below the installation that the shell knows; "" where there is none."""
    if environ.get("CONDA_PKGS_DIRS"):
        return environ["CONDA_PKGS_DIRS"].split(os.pathsep)[0]
    if environ.get("CONDA_EXE"):
        return str(Path(environ["CONDA_EXE"]).parent.parent / "pkgs")
    return str(Path(environ["MAMBA_ROOT_PREFIX"]) / "pkgs") if environ.get("MAMBA_ROOT_PREFIX") else ""


def _pip_cache(environ: Mapping[str, str], home: str, cache: str) -> str:
    if sys.platform == "darwin":
        return f"{home}/Library/Caches/pip"
    if sys.platform == "win32":
        return f"{environ.get('LOCALAPPDATA') or home}\\pip\\Cache"
    return f"{cache}/pip"


def _expanded(path: str, home: str) -> str:
    return str(Path(home + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path))


def resolve(path: str, mounted: tuple[Mount, ...]) -> tuple[str, Mount | None]:
    """The nearest folder that exists, links followed, and its mount. Never touches a network file system.

    Where the way leads onto one, the path as far as it is known and that mount are the answer.
    """
    steps = [step for step in os.path.abspath(path).split(os.sep) if step]  # noqa: PTH100, PTH206 (Path.resolve would touch it)
    drive = f"{steps.pop(0)}{os.sep}" if os.name == "nt" and steps else os.sep
    at, links = drive, 0
    while steps:
        next_at = os.path.join(at, steps[0])  # noqa: PTH118
        mount = mounts.of(next_at, mounted)
        if mount is not None and mount.network:
            return os.path.join(next_at, *steps[1:]), mount  # noqa: PTH118
        try:
            target = os.readlink(next_at)  # noqa: PTH115
        except FileNotFoundError:
            break
        except OSError:
            # No link: a folder, or one that may not be looked into.
            at = next_at
            steps.pop(0)
            continue
        links += 1
        if links > MAX_LINKS:
            break
        whole = os.path.normpath(os.path.join(at, target, *steps[1:]))  # noqa: PTH118
        steps = [step for step in whole.split(os.sep) if step]  # noqa: PTH206
        at = f"{steps.pop(0)}{os.sep}" if os.name == "nt" and steps else os.sep
    return at, mounts.of(at, mounted)


def measured(place: Place, there: str) -> Place:
    """The place with the numbers of its file system, for this user."""
    total, free = space(there)
    return msgspec.structs.replace(place, total_bytes=total, free_bytes=free, writable=os.access(there, os.W_OK))


def space(folder: str) -> tuple[Maybe[int], Maybe[int]]:
    """Size of the file system and what of it this user may still fill: not what is kept for root."""
    import shutil

    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        gap = Missing("denied" if isinstance(error, PermissionError) else "broken", f"{folder}: {error.strerror}")
        return gap, gap
    return usage.total, usage.free


def _ask_remote(remote: list[tuple[Place, str]], seconds: float) -> list[Place]:
    """The places on network file systems, each file system in a child of its own, side by side."""
    by_point: dict[str, list[Place]] = {}
    for place, point in remote:
        by_point.setdefault(point, []).append(place)
    answers = child.side_by_side([partial(_ask_one, here, min(seconds, NETWORK_SECONDS)) for here in by_point.values()])
    return [place for answer in answers for place in answer]


def _ask_one(here: list[Place], seconds: float) -> list[Place]:
    """The places on one file system; a gap in each number that its server did not tell in time."""
    answered = ask.ask_own(
        "dlcheck.observe.host.storage", {"places": [msgspec.to_builtins(place) for place in here]}, seconds=seconds
    )
    done = {str(one["role"]): msgspec.convert(one, Place) for one in answered.facts.get("places", [])}
    gap = answered.gap
    return [
        done.get(place.role) or msgspec.structs.replace(place, total_bytes=gap, free_bytes=gap, writable=gap)
        for place in here
    ]


def work(answer: Any, asked: dict[str, Any]) -> None:
    """In a child of our own: touch file systems whose server may never answer."""
    for one in asked["places"]:
        place = msgspec.convert(one, Place)
        answer.stage(f"looking at {place.path}")
        there = Path(os.path.realpath(place.path))
        while not there.exists() and there != there.parent:
            there = there.parent
        answer.add("places", msgspec.to_builtins(measured(place, str(there))))
