"""Facts about what a person works with on the machine: git, conda, Jupyter, the Pythons, the project."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, OwnName, Path, Url


class Git(msgspec.Struct, frozen=True, kw_only=True):
    """git and its set-up."""

    executable: Path
    version: str
    identity_name_set: Maybe[bool] = NOT_LOOKED
    identity_email_set: Maybe[bool] = NOT_LOOKED
    lfs_version: Maybe[str] = NOT_LOOKED
    autocrlf: str = ""
    trial_commit: Maybe[bool] = NOT_LOOKED
    """A commit in a scratch repository, with an identity of its own, worked."""


class CondaEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """One environment that conda knows."""

    name: OwnName
    prefix: Path


class Conda(msgspec.Struct, frozen=True, kw_only=True):
    """The conda family."""

    family: str
    """"Anaconda", "Miniconda", "Miniforge", "Mambaforge", "micromamba", "conda"."""
    executable: Maybe[Path] = NOT_LOOKED
    version: Maybe[str] = NOT_LOOKED
    root: Maybe[Path] = NOT_LOOKED
    active_prefix: Maybe[Path] = NOT_LOOKED
    active_name: Maybe[OwnName] = NOT_LOOKED
    base_active: bool = False
    solver: Maybe[str] = NOT_LOOKED
    channels: Maybe[tuple[Url, ...]] = NOT_LOOKED
    environments: tuple[CondaEnvironment, ...] = ()
    mamba: bool = False
    """mamba is there beside conda."""
    on_path: Maybe[bool] = NOT_LOOKED
    """Does the shell find `conda`, or mamba or micromamba?"""
    in_shell: Maybe[bool] = NOT_LOOKED
    """Is `conda activate` set up: in this session, or in a start-up file of a shell?"""
    odd_settings: tuple[str, ...] = ()
    """Settings that stand in the way, as "name: value": offline, ssl_verify, channel_priority."""
    terms_accepted: Maybe[bool] = NOT_LOOKED
    """The terms of Anaconda's own channels; absent where nothing asks for them: no plugin for them, other channels."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A program on PATH."""

    name: str
    path: Path
    version: Maybe[str] = NOT_LOOKED
    on_path: bool = True
    """False: PATH does not lead to it; nvcc of a CUDA toolkit that a variable or the usual folder names."""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Compilers, build tools and installers: those looked for that are there."""

    found: tuple[Tool, ...] = ()
    """gcc g++ clang cl cmake ninja make nvcc uv pipx mamba micromamba ubuntu-drivers mokutil docker …"""
    looked_for: tuple[str, ...] = ()

    def find(self, name: str) -> Tool | None:
        """The tool of that name, or None where it is not on PATH."""
        return next((tool for tool in self.found if tool.name == name), None)


class Kernel(msgspec.Struct, frozen=True, kw_only=True):
    """A registered Jupyter kernel and the interpreter that it starts."""

    name: OwnName
    display_name: OwnName = ""
    language: str = ""
    spec: Path = ""
    executable: Maybe[Path] = NOT_LOOKED
    """argv[0], resolved on PATH where it is a bare name."""
    exists: bool = False
    prefix: Maybe[Path] = NOT_LOOKED
    """sys.prefix of that interpreter, told by its files."""


class Jupyter(msgspec.Struct, frozen=True, kw_only=True):
    """Jupyter's kernels, and the `jupyter` command on PATH."""

    command: Maybe[Path] = NOT_LOOKED
    command_python: Maybe[Path] = NOT_LOOKED
    """The interpreter in the command's first line."""
    kernels: tuple[Kernel, ...] = ()
    runtime_folder: Path = ""
    """Where a running server and its kernels keep their connection files."""
    runtime_writable: Maybe[bool] = NOT_LOOKED
    loopback: Maybe[bool] = NOT_LOOKED
    """Two programs of this machine can speak to each other on 127.0.0.1, as a notebook and its kernel do; broken, with
    the system's words, where they cannot; absent where this session has no network at all, as in a sandbox."""
    loopback_proxies: tuple[str, ...] = ()
    """Variables of proxies from which no_proxy does not take this machine itself."""


class OtherPython(msgspec.Struct, frozen=True, kw_only=True):
    """What a Python command on PATH turns out to be."""

    command: str
    """As typed: "python3"; "" where it was found by another way (a virtual environment)."""
    path: Path
    executable: Maybe[Path] = NOT_LOOKED
    """Its own sys.executable, shims resolved."""
    prefix: Maybe[Path] = NOT_LOOKED
    version: Maybe[str] = NOT_LOOKED
    is_own: bool = False
    """It is the environment dlcheck itself runs in."""


class Pythons(msgspec.Struct, frozen=True, kw_only=True):
    """Which Pythons there are, what `python` and `pip` mean, and why one of them is judged."""

    judged: Maybe[Path] = NOT_LOOKED
    chosen_because: ForeignText = ""
    """For a person: "the active virtual environment", "python3 on PATH", "asked for by --python"."""
    found: tuple[OtherPython, ...] = ()
    pip: Maybe[Path] = NOT_LOOKED
    """`pip` on PATH."""
    pip_python: Maybe[Path] = NOT_LOOKED
    """The interpreter that `pip` belongs to."""
    store_aliases: tuple[str, ...] = ()
    """Windows: of `python` and `python3`, those that open the Store when they are typed."""


class OddFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the working folder that is not what its name says."""

    path: Path
    kind: Literal["lfs-pointer", "web-page", "windows-line-ends"]
    """lfs-pointer: what Git LFS leaves in the place of the data; web-page: HTML under the name of data or weights;
    windows-line-ends: a script whose first line ends with a carriage return."""


class OldName(msgspec.Struct, frozen=True, kw_only=True):
    """A name in a script or a notebook that its library once had."""

    path: Path
    name: str
    """"numpy.bool", "Image.ANTIALIAS", "load_boston"."""


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """The working folder, looked through to a small depth: names, sizes and the first bytes of data and scripts."""

    looked_at: int = 0
    """Files."""
    whole: bool = True
    """False: there was more than is looked through."""
    is_repository: bool = False
    """It, or a folder above it, is a git repository."""
    odd: tuple[OddFile, ...] = ()
    old_names: tuple[OldName, ...] = ()
    archive_folder: Path = ""
    """It is what a ZIP of a repository leaves, one folder in another of the same name: "course-main/course-main"."""
    uv_project: Path = ""
    """The nearest folder, this one or above it, with a uv.lock."""
    conda_file: Path = ""
    """environment.yml, where there is one."""
    conda_file_builds: int = 0
    """Packages that it pins to one build, as `conda env export` writes them."""
    conda_file_foreign: tuple[str, ...] = ()
    """Packages in it that exist for another operating system alone."""
    editor_python: Maybe[Path] = NOT_LOOKED
    """The interpreter that .vscode/settings.json names; absent where it names none."""
    editor_python_exists: bool = True
