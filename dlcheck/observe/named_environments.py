"""Environments by name: conda's, virtualenvwrapper's, pyenv's, and virtual environments in the working folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dlcheck.model.gaps import Missing
from dlcheck.observe import files, search_path

MAX_LIST_BYTES = 1024 * 1024

_ROOT_NAMES = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba", "miniconda", "anaconda")


def home(environ: Mapping[str, str]) -> Path:
    """The person's home folder."""
    named = environ.get("USERPROFILE" if search_path.WINDOWS else "HOME")
    return Path(named or Path("~").expanduser())


def find_environment(name: str, environ: Mapping[str, str], cwd: str) -> str | Missing:
    """The prefix of an environment given by name or by folder."""
    looks_like_path = os.sep in name or "/" in name or name.startswith("~") or name in (".", "..")
    if looks_like_path:
        folder = Path(cwd, Path(name).expanduser())
        if _is_folder(folder):
            return str(folder)
        if search_path.is_file(folder):
            return Missing("broken", f"{folder} is a file, not an environment's folder; to judge a Python use --python")
        return Missing("absent", f"there is no folder {folder}")
    first = ""
    for prefix in _candidates(name, environ, cwd):
        if search_path.python_in(prefix):
            return str(prefix)
        if not first and _is_folder(prefix):
            first = str(prefix)
    if first:
        return first
    return Missing("absent", f"no environment is named {name}: neither conda's, nor a folder of virtual environments")


def _candidates(name: str, environ: Mapping[str, str], cwd: str) -> Iterator[Path]:
    if environ.get("CONDA_DEFAULT_ENV") == name and environ.get("CONDA_PREFIX"):
        yield Path(environ["CONDA_PREFIX"])
    roots = conda_roots(environ)
    if name in ("base", "root"):
        yield from roots
    yield from (prefix for prefix in listed_environments(environ) if prefix.name == name and prefix not in roots)
    folders = [Path(one) for one in _split(environ.get("CONDA_ENVS_PATH")) + _split(environ.get("CONDA_ENVS_DIRS"))]
    folders += [root / "envs" for root in roots]
    folders.append(home(environ) / ".conda" / "envs")
    yield from (folder / name for folder in folders)
    yield Path(cwd, name)
    yield Path(environ.get("WORKON_HOME") or home(environ) / ".virtualenvs", name)
    yield Path(environ.get("PYENV_ROOT") or home(environ) / ".pyenv", "versions", name)


def conda_roots(environ: Mapping[str, str]) -> list[Path]:
    """Folders that hold a conda, mamba or micromamba installation, the one in use first."""
    places = [Path(environ[name]) for name in ("CONDA_ROOT", "MAMBA_ROOT_PREFIX") if environ.get(name)]
    for name in ("CONDA_EXE", "MAMBA_EXE"):
        if environ.get(name):
            places.insert(0, Path(environ[name]).parent.parent)
    active = environ.get("CONDA_PREFIX")
    if active:
        places.append(Path(active).parent.parent if Path(active).parent.name == "envs" else Path(active))
    base = home(environ)
    places += [base / name for name in _ROOT_NAMES] + [base / "opt" / name for name in _ROOT_NAMES]
    if search_path.WINDOWS:
        tops = [environ.get("LOCALAPPDATA"), environ.get("PROGRAMDATA", "C:\\ProgramData"), "C:\\", "C:\\tools"]
        places += [Path(top, name) for top in tops if top for name in _ROOT_NAMES]
    else:
        places += [Path("/opt/conda"), *(Path("/opt", name) for name in _ROOT_NAMES)]
        places += [Path("/usr/local", name) for name in _ROOT_NAMES]
        places += [Path("/opt/homebrew/Caskroom", name.rstrip("3"), "base") for name in _ROOT_NAMES]
    return [place for place in dict.fromkeys(places) if _is_folder(place / "conda-meta") or _is_folder(place / "envs")]


def listed_environments(environ: Mapping[str, str]) -> list[Path]:
    """What ~/.conda/environments.txt lists, and is still there."""
    try:
        with files.binary(home(environ) / ".conda" / "environments.txt") as file:
            text = file.read(MAX_LIST_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    prefixes = (Path(line.strip()) for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [prefix for prefix in dict.fromkeys(prefixes) if _is_folder(prefix)]


def _split(value: str | None) -> list[str]:
    return [one for one in (value or "").split(os.pathsep) if one]


def _is_folder(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return path.is_dir()
    return False
