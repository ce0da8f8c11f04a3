"""Compilers, build tools, installers and package managers on PATH."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from dlcheck.model.gaps import Maybe, Missing, Probed, seen
from dlcheck.model.tools import Tool, Tools
from dlcheck.observe import child
from dlcheck.observe.context import Context
from dlcheck.observe.host import command_line_tools, mounts
from dlcheck.observe.host.system import system

VERSIONED = (
    "gcc", "g++", "clang", "clang++", "cmake", "ninja", "make", "nvcc", "uv", "pixi", "micromamba", "docker", "podman",
)  # fmt: skip
"""Small programs whose `--version` answers at once. Those written in Python (pipx, mamba, meson) take a second."""

PATH_ONLY = (
    "cc", "c++", "cl", "conda", "mamba", "pipx", "poetry", "ubuntu-drivers", "mokutil", "sudo", "curl", "wget", "tmux",
    "apptainer", "singularity", "nvidia-ctk", "dot", "ffmpeg", "pandoc",
)  # fmt: skip
PACKAGE_MANAGERS: dict[str, tuple[str, ...]] = {
    "linux": ("apt-get", "dnf", "yum", "pacman", "zypper", "apk", "rpm-ostree", "nix", "brew", "snap"),
    "darwin": ("brew", "port"),
    "windows": ("winget", "choco", "scoop"),
}
CUDA_FOLDERS = ("CUDA_HOME", "CUDA_PATH")
"""Variables that name a CUDA toolkit. Its compiler is found there too where PATH does not lead to it."""


def probe(context: Context) -> Probed[Tools]:
    """Which of them are there; their versions, but under --quick, which starts none of them."""
    usual = (*VERSIONED, *PATH_ONLY, *PACKAGE_MANAGERS.get(system(), ()))
    names = tuple(dict.fromkeys((*usual, *context.request.tools)))
    mounted = context.once("mounts", lambda: mounts.read(context.root)) if system() == "linux" else ()
    path = without_windows(context.environ.get("PATH", ""), mounted)
    found = found_on(path, names, context.environ, context.root)
    found = [tool for tool in found if not command_line_tools.is_stub(context, tool.path)]
    if not context.quick:
        found = _with_versions(found, context)
    return seen(Tools(found=tuple(found), looked_for=names))


def without_windows(path: str, mounted: tuple[mounts.Mount, ...]) -> str:
    """PATH without the drives of Windows, which WSL puts there.

    Their programs are none of this Linux, and asking for forty names in thirty such folders takes seconds.
    """
    if not any(mount.of_windows for mount in mounted):
        return path

    def of_windows(folder: str) -> bool:
        mount = mounts.of(folder, mounted)
        return mount is not None and mount.of_windows

    return ":".join(folder for folder in path.split(":") if not of_windows(folder))


def found_on(path: str, names: tuple[str, ...], environ: Mapping[str, str], root: Path) -> list[Tool]:
    """Those on PATH, the first of each; nvcc also in the CUDA toolkit that a variable or the usual folder names."""
    found = []
    for name in names:
        program = shutil.which(name, path=path)
        if program:
            found.append(Tool(name=name, path=program))
        elif name == "nvcc":
            homes = [environ[variable] for variable in CUDA_FOLDERS if environ.get(variable)]
            for home in (*homes, str(root / "usr/local/cuda")):
                beside = shutil.which("nvcc", path=str(Path(home) / "bin"))
                if beside:
                    found.append(Tool(name=name, path=beside, on_path=False))
                    break
    return found


def _with_versions(found: list[Tool], context: Context) -> list[Tool]:
    asked = [tool for tool in found if tool.name in VERSIONED]
    endings = child.run_all(
        [[tool.path, "--version"] for tool in asked],
        seconds=min(10.0, context.seconds()),
        env={**context.environ, "LC_ALL": "C"},
    )
    versions = {tool.name: version_of(tool.name, ended) for tool, ended in zip(asked, endings, strict=True)}
    return [
        Tool(name=tool.name, path=tool.path, version=versions.get(tool.name, tool.version), on_path=tool.on_path)
        for tool in found
    ]


def version_of(name: str, ended: child.Ended) -> Maybe[str]:
    """The version that a program told, or why it told none."""
    parse: Callable[[str], str] = parse_nvcc if name == "nvcc" else parse_version
    version = parse(ended.stdout or ended.stderr)
    if version:
        return version
    return Missing(ended.missing.gap, f"--version: {ended.missing.why}")


def parse_version(text: str) -> str:
    """The first thing on the first lines that looks like a version: "13.2.0" of "gcc (Ubuntu 13.2.0-23) 13.2.0".

    What stands in brackets is the distribution's and comes second.
    """
    for line in text.splitlines()[:2]:
        for words in (re.sub(r"\([^()]*\)", " ", line), line):
            found = re.search(r"(?<![\w.])v?(\d+\.\d+(?:\.\d+)*)", words)
            if found:
                return found.group(1)
    return ""


def parse_nvcc(text: str) -> str:
    """The version in "Cuda compilation tools, release 12.4, V12.4.131"; "" where there is none."""
    found = re.search(r"release [\d.]+, V(\d+\.\d+\.\d+)", text) or re.search(r"release (\d+\.\d+)", text)
    return found.group(1) if found else ""
