"""PyTorch's releases: which builds there are, for which Pythons and platforms, and what code they hold."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, at_least, numbers


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A minor release, by its newest patch release. The columns are explained in torch_releases.toml."""

    version: str
    released: str
    python: str
    default: dict[str, str]
    variants: tuple[str, ...]
    vision: str
    python_basis: str
    variants_basis: str
    glibc: str
    glibc_of: dict[str, str] = {}
    glibc_aarch64: str = ""
    free_threaded: tuple[str, ...] = ()
    macos: str = ""
    macos_intel: str = ""
    mps_macos: str = ""
    audio: str = ""

    @property
    def minor(self) -> Version:
        """(2, 13)."""
        return numbers(self.version)[:2]

    def has_python(self, python: Version, *, free_threaded: bool = False) -> bool:
        """Are there wheels for this Python, told by its minor version?"""
        if free_threaded:
            return any(numbers(one) == python[:2] for one in self.free_threaded)
        oldest, _, newest = self.python.partition("-")
        return numbers(oldest) <= python[:2] <= numbers(newest)


class Releases(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """torch_releases.toml, newest first."""

    release: tuple[Release, ...]


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code in one CUDA build on one platform, over a range of releases."""

    variant: str
    platform: str
    since: str
    until: str
    real: tuple[str, ...]
    ptx: tuple[str, ...] = ()
    note: str = ""

    @property
    def machine_code(self) -> tuple[Capability, ...]:
        """Compute capabilities with machine code."""
        return tuple(capability_of(one) for one in self.real)

    @property
    def ptx_code(self) -> tuple[Capability, ...]:
        """Compute capabilities with PTX."""
        return tuple(capability_of(one) for one in self.ptx)


class GfxCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code in ROCm builds."""

    variants: tuple[str, ...]
    gfx: tuple[str, ...]
    note: str = ""


class Codes(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """torch_code.toml. Rows of an exact release come before those of its minor release."""

    code: tuple[Code, ...]
    gfx: tuple[GfxCode, ...]


@cache
def releases() -> tuple[Release, ...]:
    """Every release, newest first."""
    return _table().release


@lru_cache(maxsize=256)
def release_of(version: str) -> Release | None:
    """The release a version belongs to: "2.12.0+cu130" → that of 2.12. None for those before 1.0 and unknown ones."""
    return next((one for one in releases() if one.minor == numbers(version)[:2]), None)


def newer_than_table(version: str) -> str:
    """In words, that a release is newer than all that the table knows; "" where it is not."""
    if numbers(version)[:2] <= releases()[0].minor:
        return ""
    return f"PyTorch {version} is newer than dlcheck's table of {_table().read}"


@lru_cache(maxsize=256)
def code_in(version: str, variant: str, platform: str) -> Code | None:
    """What a CUDA build holds: ("2.6.0", "cu124", "linux-x86_64"). None where the table does not know."""
    wanted = numbers(version)
    for row in _codes().code:
        if (row.variant, row.platform) != (variant, platform):
            continue
        since, until = numbers(row.since), numbers(row.until)
        if since <= wanted[: len(since)] and wanted[: len(until)] <= until:
            return row
    return None


def gfx_in(variant: str) -> tuple[str, ...] | None:
    """The gfx targets in a ROCm build. None where the table does not know."""
    return next((row.gfx for row in _codes().gfx if variant in row.variants), None)


def cuda_of(variant: str) -> str:
    """The CUDA of a build: "cu126" → "12.6", "cu92" → "9.2"; "" where it is none of CUDA."""
    found = re.fullmatch(r"cu(\d{1,2})(\d)", variant)
    return f"{found.group(1)}.{found.group(2)}" if found else ""


def variant_of_cuda(cuda: str) -> str:
    """The build's name by its CUDA: "12.6" → "cu126"."""
    return "cu" + "".join(str(part) for part in numbers(cuda)[:2])


def index_url(variant: str) -> str:
    """Where the wheels of a build lie."""
    return f"https://download.pytorch.org/whl/{variant}"


def platform_of(system: str, machine: str) -> str:
    """The name that the tables give a platform: ("linux", "x86_64") → "linux-x86_64"; "" where none has wheels."""
    kind = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}.get(machine.lower(), "")
    if system == "linux":
        kind = "aarch64" if kind == "arm64" else kind
    name = {"linux": "linux", "darwin": "macos", "windows": "windows"}.get(system, "")
    return f"{name}-{kind}" if name and kind and (name, kind) != ("windows", "arm64") else ""


def mps_floor(version: str) -> str:
    """The oldest macOS on which this release's MPS works; "" where it has no MPS or is not known."""
    release = release_of(version)
    return release.mps_macos if release else ""


def drops_glibc(release: Release, variant: str, platform: str, glibc: str) -> bool:
    """Is this C library too old for the wheels of that build on that platform?"""
    on_arm = release.glibc_aarch64 if platform == "linux-aarch64" else ""
    floor = on_arm or release.glibc_of.get(variant, release.glibc)
    return bool(numbers(glibc)) and not at_least(numbers(glibc), numbers(floor))


@cache
def _table() -> Releases:
    return read_table("torch_releases", Releases)


@cache
def _codes() -> Codes:
    return read_table("torch_code", Codes)
