"""conda and the shell: is it found, can it activate, and are the terms of Anaconda's channels accepted?"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, known
from dlcheck.observe import condarc, files, search_path
from dlcheck.observe.named_environments import home

PROGRAMS = ("conda", "mamba", "micromamba")
START_UP = (
    ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", ".zshenv", ".tcshrc", ".xonshrc",
    ".config/fish/config.fish", ".config/powershell/profile.ps1", "Documents/PowerShell/profile.ps1",
    "Documents/WindowsPowerShell/profile.ps1",
)  # fmt: skip
"""Files that `conda init` and `mamba shell init` write to (conda/core/initialize.py), and those people write to."""
_SET_UP = re.compile(
    r">>> (?:conda|mamba) initialize >>>|\bconda\.(?:sh|fish|csh)\b|shell\.\w+ hook|micromamba shell hook"
    r"|\bcondabin\b|(?:conda|mamba|forge)\d*/bin"
)
TERMS = ("tos/*/*.json", "tos/*.json")
DEFAULTS = re.compile(r"^defaults$|repo\.anaconda\.com|^pkgs/|^(?:main|r|msys2|anaconda)$")


def on_path(environ: Mapping[str, str]) -> bool:
    """Does the shell find one of them?"""
    return any(shutil.which(name, path=environ.get("PATH")) for name in PROGRAMS)


def is_set_up(environ: Mapping[str, str]) -> Maybe[bool]:
    """Can the shell activate environments: is it so in this session, or do its start-up files see to it?

    Not told on Windows, where Anaconda's own prompt does it.
    """
    if environ.get("CONDA_SHLVL") or environ.get("MAMBA_SHLVL"):
        return True
    if search_path.WINDOWS:
        return ABSENT
    base = home(environ)
    return any(_SET_UP.search(known(files.read(base / name)) or "") for name in START_UP)


def terms_accepted(
    root: str, packages: Mapping[str, str], settings: Mapping[str, condarc.Value], environ: Mapping[str, str]
) -> Maybe[bool]:
    """The terms of Anaconda's own channels, by the files of its plugin; absent where nothing asks for them."""
    if "conda-anaconda-tos" not in packages or environ.get("CONDA_PLUGINS_AUTO_ACCEPT_TOS"):
        return ABSENT
    named = environ.get("CONDA_CHANNELS", "").split(",") if environ.get("CONDA_CHANNELS") else settings.get("channels")
    channels = [named] if isinstance(named, str) else named or ["defaults"]
    if not any(DEFAULTS.search(one.strip()) for one in channels) or settings.get("default_channels"):
        return ABSENT
    return any(
        re.search(r'"tos_accepted":\s*true', known(files.read(path)) or "")
        for folder in _folders(root, environ)
        for pattern in TERMS
        for path in folder.glob(pattern)
    )


def _folders(root: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Where the plugin keeps what was accepted (conda_anaconda_tos/path.py, SEARCH_PATH)."""
    base = home(environ)
    yield base / ".conda"
    yield Path(environ.get("XDG_CONFIG_HOME") or base / ".config", "conda")
    yield base / ".config" / "conda"
    if root:
        yield Path(root, "conda-meta")
    if environ.get("CONDA_PREFIX"):
        yield Path(environ["CONDA_PREFIX"], "conda-meta")
    if environ.get("CONDATOS"):
        yield Path(environ["CONDATOS"]).parent
    if os.name == "nt":
        yield Path(environ.get("PROGRAMDATA") or "C:/ProgramData", "conda")
    else:
        yield from (Path("/etc/conda"), Path("/var/lib/conda"))
