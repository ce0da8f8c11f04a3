"""Facts about the judged interpreter and the packages that it finds."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, OwnName, Path, Url


class PathEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of sys.path."""

    path: Path
    origin: Literal["working-folder", "PYTHONPATH", "standard-library", "site-packages", "user-site", "pth", "other"]


class Shadow(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that is imported in the place of a library or of the standard library."""

    module: str
    path: Path
    standard_library: bool = False


class Interpreter(msgspec.Struct, frozen=True, kw_only=True):
    """The judged interpreter, told by itself."""

    executable: Path
    version: str
    """"3.12.1"."""
    implementation: str = "cpython"
    prefix: Path = ""
    base_prefix: Path = ""
    bits: int = 64
    machine: str = ""
    """What it was built for: "x86_64", "arm64"; differs from the hardware under Rosetta."""
    platform_tag: str = ""
    """sysconfig.get_platform(): "linux-x86_64", "macosx-11.0-arm64", "win-amd64"."""
    free_threaded: bool = False
    debug: bool = False
    store_python: bool = False
    """Microsoft Store's."""
    translated: Maybe[bool] = NOT_LOOKED
    """This process runs under Rosetta."""
    environment: Literal["venv", "conda", "system", "pyenv", "uv-managed", "store", "framework", "other"] = "other"
    environment_name: OwnName = ""
    externally_managed: Maybe[Path] = NOT_LOOKED
    """The EXTERNALLY-MANAGED file (PEP 668); absent where there is none."""
    base_missing: bool = False
    """A virtual environment whose base interpreter is gone."""
    has_pip: bool = False
    pip_version: str = ""
    created_by_uv: bool = False
    site_packages: tuple[Path, ...] = ()
    user_site: Path = ""
    user_site_enabled: bool = False
    path: tuple[PathEntry, ...] = ()
    variables: dict[str, Path] = {}
    """PYTHONPATH, PYTHONHOME, PYTHONNOUSERSITE, LD_LIBRARY_PATH, OMP_NUM_THREADS and others of the allow-list."""
    shadows: tuple[Shadow, ...] = ()
    missing_stdlib: tuple[str, ...] = ()
    """Modules of the standard library that this build lacks: _ssl, _ctypes, _lzma, _sqlite3, tkinter, ensurepip."""
    headers: Maybe[bool] = NOT_LOOKED
    """Linux: Python.h, which compiling takes, is where this Python expects it; absent where it is not."""
    encoding: str = ""
    """What open() takes where none is named: "utf-8", "cp1252"."""
    unknown_locale: str = ""
    """What the variables of the locale ask for and the C library does not have: "de_DE.UTF-8"; "" where it has it."""
    openssl: Maybe[str] = NOT_LOOKED
    """The library behind `import ssl`: "OpenSSL 3.0.15", "LibreSSL 2.8.3"; a gap with the words where it cannot be
    loaded, absent where this build has no such module."""
    certificates: Maybe[Path] = NOT_LOOKED
    """The file or folder of trusted certificates that Python's own downloads use; absent where it is not there."""
    lost_certificates: dict[str, Path] = {}
    """Variables that name a file of certificates which is not there: REQUESTS_CA_BUNDLE, SSL_CERT_FILE …"""


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """An installed distribution, by its own metadata."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    installer: str = ""
    """"pip", "uv", "conda"."""
    location: Path = ""
    requires_python: str = ""
    editable: bool = False
    in_user_site: bool = False
    tag: str = ""
    """The wheel's first tag: "cp311-cp311-manylinux_2_28_x86_64"."""
    index_url: Url = ""
    """Of direct_url.json, where it was not installed from an index; credentials removed."""


class Unsatisfied(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement of an installed distribution that the environment does not meet."""

    distribution: str
    requirement: ForeignText
    found: str = ""
    """The version that is installed; "" where it is missing."""


class Leftover(msgspec.Struct, frozen=True, kw_only=True):
    """A damaged entry among the installed distributions."""

    path: Path
    kind: Literal["tilde", "no-metadata", "empty-package", "no-record-files", "invalid-name"]
    """tilde: `~orch`, what pip leaves when it is interrupted; empty-package: a folder named like a library, without
    code; no-metadata: a dist-info without METADATA; no-record-files: listed files that are gone."""
    name: str = ""


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """A framework's build, read as text, nothing imported."""

    name: str
    """"torch", "torchvision", "torchaudio", "tensorflow", "jax" …"""
    location: Path
    """The folder that an import would take."""
    version: Maybe[str] = NOT_LOOKED
    """As its version.py writes it: "2.13.0+cpu"."""
    cuda: Maybe[str] = NOT_LOOKED
    """"13.0"; absent in a build without CUDA."""
    cudnn: Maybe[str] = NOT_LOOKED
    hip: Maybe[str] = NOT_LOOKED
    xpu: Maybe[str] = NOT_LOOKED
    has_code: bool = True
    """False: a folder without __init__, what a failed uninstall leaves."""
    metadata_version: str = ""
    """What the distribution list says; "" where no distribution claims it."""
    other_locations: tuple[Path, ...] = ()
    """Further copies on sys.path that are not imported."""
    in_user_site: bool = False


class ExtraRequirement(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement of a profile or requirements file, looked up in the judged environment."""

    requirement: ForeignText
    """As written: "pandas>=2"."""
    name: ForeignText
    found: str = ""
    satisfied: bool = False
    importable: Maybe[bool] = NOT_LOOKED
    applies: bool = True
    """False where its environment marker rules it out here, or where it cannot be looked up (see `problem`)."""
    problem: ForeignText = ""
    """Why it cannot be looked up: no PEP 508 requirement, a path, an address without a name."""


class CondaPackage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package that conda installed, by its record in conda-meta."""

    name: str
    version: str
    build: str = ""
    channel: Url = ""
    """"https://conda.anaconda.org/conda-forge/linux-64"; credentials removed."""
    files_gone: int = 0
    """Of the first of its files that were looked for, those that are not there."""


class PipOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option of pip's configuration that changes where packages come from or go to."""

    name: str
    """"target", "prefix", "user", "no-index", "require-virtualenv", "index-url"."""
    value: Path = ""
    """As it is written, without credentials."""
    source: Path
    """The variable, or the file."""
    section: str = ""
    """Of a file: "global" or "install"."""


class Packages(msgspec.Struct, frozen=True, kw_only=True):
    """What is installed for the judged interpreter, by importlib.metadata of that interpreter; never by pip."""

    distributions: tuple[Distribution, ...] = ()
    """In the order of sys.path; of a name that is listed more than once, the first is the one in use."""
    duplicates: dict[str, tuple[Path, ...]] = {}
    """Names that are listed more than once: "VERSION in FOLDER", in the order of sys.path. Two in one folder are a
    damaged environment; in two folders the first hides the other."""
    leftovers: tuple[Leftover, ...] = ()
    unsatisfied: tuple[Unsatisfied, ...] = ()
    builds: tuple[Build, ...] = ()
    pip_index_url: Maybe[Url] = NOT_LOOKED
    """The configured package index where it is not the default; credentials removed. Absent: the default is used."""
    pip_options: tuple[PipOption, ...] = ()
    """Those of pip's configuration that are in force, the nearest to the person of each name."""
    conda: tuple[CondaPackage, ...] = ()
    """What conda installed into the judged prefix, Python or not; empty outside conda's environments."""
    unreadable: tuple[Path, ...] = ()
    """Folders of sys.path that this user may not list: what is in them can neither be told nor imported."""

    def find(self, name: str) -> Distribution | None:
        """The distribution of that normalised name, or None."""
        return next((one for one in self.distributions if one.name == name), None)

    def build(self, name: str) -> Build | None:
        """The build of that framework as an import would take it, or None where there is none."""
        return next((one for one in self.builds if one.name == name), None)
