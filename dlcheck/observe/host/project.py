"""The working folder: data that are none, scripts with Windows' line ends, and files for another system.

Names, sizes and a few first bytes; to a small depth, and for a fraction of a second.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, known, seen, unseen
from dlcheck.model.tools import OddFile, OldName, Project
from dlcheck.observe import files, search_path
from dlcheck.observe.conda_export import parse_conda
from dlcheck.observe.context import Context
from dlcheck.observe.host import mounts, old_names
from dlcheck.observe.host.system import system
from dlcheck.observe.named_environments import home

Kind = Literal["lfs-pointer", "web-page", "windows-line-ends"]
MAX_FILES, MAX_DEPTH, MAX_SECONDS, MAX_ODD = 2000, 3, 0.1, 40
MAX_SOURCES, MAX_SOURCE_SECONDS = 200, 0.03
DATA = frozenset(
    {
        ".pt",
        ".pth",
        ".bin",
        ".ckpt",
        ".safetensors",
        ".pkl",
        ".h5",
        ".hdf5",
        ".npy",
        ".npz",
        ".onnx",
        ".zip",
        ".gz",
        ".tgz",
        ".tar",
        ".csv",
        ".parquet",
        ".gguf",
        ".joblib",
        ".tflite",
        ".pb",
    }
)
"""Endings of weights, archives and tables: their first bytes are looked at."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".mp4", ".wav", ".flac", ".mp3"})
"""These are looked at only where they are as small as a pointer."""
POINTER = b"version https://git-lfs.github.com/spec/v1"
POINTER_BYTES = 1024
"""The most that a pointer may hold (git-lfs, docs/spec.md)."""
PASSED_OVER = frozenset(
    {"node_modules", "__pycache__", "site-packages", "venv", "env", "dist", "build", "wandb", "runs"}
)


def probe(context: Context) -> Probed[Project]:
    """The folder the person works in. A home folder as a whole is nobody's project, and a network may not answer."""
    folder = Path(context.request.cwd)
    try:
        if folder == Path(folder.anchor) or folder == home(context.environ):
            return unseen("not-looked", "the working folder is no project's")
        if system() == "linux" and _is_remote(folder, context):
            return unseen("not-looked", "the working folder is on a network")
        return seen(read(folder))
    except OSError as error:
        return unseen("denied" if isinstance(error, PermissionError) else "broken", str(error))


def read(folder: Path) -> Project:
    """What is odd in a folder. Raises OSError where it cannot be listed."""
    odd: list[OddFile] = []
    sources: list[str] = []
    count = 0
    for entry in _files(folder):
        count += 1
        kind = _oddness(entry)
        if kind and len(odd) < MAX_ODD:
            odd.append(OddFile(path=entry.path, kind=kind))
        if Path(entry.name).suffix.lower() in old_names.ENDINGS and len(sources) < MAX_SOURCES:
            sources.append(entry.path)
    conda_file = next(
        (folder / name for name in ("environment.yml", "environment.yaml") if (folder / name).is_file()), None
    )
    builds, foreign = parse_conda(known(files.read(conda_file)) or "", system()) if conda_file else (0, ())
    python = editor_python(folder)
    return Project(
        looked_at=count,
        whole=count < MAX_FILES,
        is_repository=any((one / ".git").exists() for one in (folder, *folder.parents)),
        odd=tuple(sorted(odd, key=lambda one: one.path)),
        old_names=_old_names(sources),
        archive_folder=archive_folder(folder),
        uv_project=next((str(one) for one in (folder, *folder.parents) if (one / "uv.lock").is_file()), ""),
        conda_file=str(conda_file) if conda_file else "",
        conda_file_builds=builds,
        conda_file_foreign=foreign,
        editor_python=python,
        editor_python_exists=not isinstance(python, str) or search_path.is_file(python),
    )


def archive_folder(folder: Path) -> str:
    """The inner folder of what GitHub's ZIP of a repository unpacks to, where this is it or lies around it; else ""."""
    if not re.search(r"-(?:main|master)$", folder.name):
        return ""
    inner = folder / folder.name
    around = folder.parent.name == folder.name
    if any((one / ".git").exists() for one in (folder, inner, *folder.parents)):
        return ""
    return str(inner if inner.is_dir() else folder) if inner.is_dir() or around else ""


def editor_python(folder: Path) -> Maybe[str]:
    """The interpreter that VS Code's settings of this folder name; they may hold comments."""
    settings = folder / ".vscode" / "settings.json"
    text = files.read(settings) if settings.is_file() else ABSENT
    if isinstance(text, Missing):
        return ABSENT if text.gap == "absent" else text
    named = re.search(
        r'^[^\n/]*"python\.(?:defaultInterpreterPath|pythonPath)"\s*:\s*("(?:[^"\\\n]|\\.)*")', text, re.MULTILINE
    )
    if named is None:
        return ABSENT
    try:
        path = str(json.loads(named[1]))
    except ValueError as error:
        return Missing("broken", f".vscode/settings.json: {error}")
    path = path.replace("${workspaceFolder}", str(folder)).replace("${workspaceRoot}", str(folder))
    if "${" in path or not path or not re.search(r"[/\\]", path):
        return ABSENT  # a variable of the editor's, or a command on its PATH
    return str(folder / Path(path).expanduser())


def _is_remote(folder: Path, context: Context) -> bool:
    mount = mounts.of(str(folder), context.once("mounts", lambda: mounts.read(context.root)))
    return mount is not None and mount.network


def _files(top: Path) -> Iterator[os.DirEntry[str]]:
    """Files below a folder, the near ones first; hidden folders, environments and what builds leave are passed over."""
    until, count = time.monotonic() + MAX_SECONDS, 0
    folders = [(str(top), 0)]
    while folders:
        folder, depth = folders.pop(0)
        try:
            with os.scandir(folder) as listed:
                entries = sorted(itertools.islice(listed, MAX_FILES), key=lambda entry: entry.name)
        except OSError:
            if depth == 0:
                raise
            continue
        for entry in entries:
            if count >= MAX_FILES or time.monotonic() > until:
                return
            if entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                own = entry.name.startswith(".") or entry.name in PASSED_OVER
                if depth < MAX_DEPTH and not own and not Path(entry.path, "pyvenv.cfg").exists():
                    folders.append((entry.path, depth + 1))
                continue
            count += 1
            yield entry


def _oddness(entry: os.DirEntry[str]) -> Kind | None:
    """What kind of odd file this is; None where it is none."""
    ending = Path(entry.name).suffix.lower()
    is_script = ending == ".sh" or (ending in (".py", "") and os.name != "nt")
    if ending not in DATA and ending not in PICTURES and not is_script:
        return None
    try:
        told = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(told.st_mode) or not told.st_size:
            return None
        small = told.st_size <= POINTER_BYTES
        if is_script:
            runs = ending == ".sh" or bool(told.st_mode & stat.S_IXUSR)
            return "windows-line-ends" if os.name != "nt" and runs and _has_windows_shebang(entry.path) else None
        if ending in PICTURES and not small:
            return None
        head = _head(entry.path, 64)
    except OSError:
        return None
    if small and head.startswith(POINTER):
        return "lfs-pointer"
    is_page = re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", head, re.IGNORECASE)
    return "web-page" if is_page else None


def _old_names(sources: list[str]) -> tuple[OldName, ...]:
    """Names that libraries once had in these scripts and notebooks, as many of them as there is time for."""
    until, found = time.monotonic() + MAX_SOURCE_SECONDS, list[OldName]()
    for path in sources:
        if time.monotonic() > until or len(found) >= MAX_ODD:
            break
        try:
            names = old_names.in_source(_head(path, old_names.MOST_BYTES))
        except OSError:
            continue
        found += [OldName(path=path, name=name) for name in names]
    return tuple(sorted(found[:MAX_ODD], key=lambda one: (one.path, one.name)))


def _has_windows_shebang(path: str) -> bool:
    head = _head(path, 256)
    return head.startswith(b"#!") and head.partition(b"\n")[0].endswith(b"\r")


def _head(path: str, size: int) -> bytes:
    with files.binary(path) as file:
        return file.read(size)
