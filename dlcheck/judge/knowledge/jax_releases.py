"""JAX's releases: their Pythons and platforms, and the plugins that bring each kind of accelerator."""

from __future__ import annotations

from functools import cache

import msgspec

from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, numbers, spans


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A minor release, by its newest patch release. The columns are explained in jax_releases.toml."""

    version: str
    released: str = ""
    pythons: dict[str, str]
    free_threaded: tuple[str, ...] = ()
    glibc: str
    macos: str = ""
    macos_intel: str = ""
    libtpu: str = ""
    libtpu_glibc: str = ""
    basis: str

    @property
    def minor(self) -> Version:
        """(0, 11)."""
        return numbers(self.version)[:2]

    def has_python(self, platform: str, python: Version, *, free_threaded: bool = False) -> bool:
        """Are there wheels for this platform and this Python, told by its minor version?"""
        if free_threaded and not any(numbers(one) == python[:2] for one in self.free_threaded):
            return False
        return spans(self.pythons.get(platform, ""), python)


class Plugin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What brings one kind of GPU, over a range of releases. The columns are explained in jax_releases.toml."""

    extra: str
    since: str
    until: str
    pythons: dict[str, str]
    free_threaded: tuple[str, ...] = ()
    glibc: str
    libraries_glibc: str = ""
    cuda: str = ""
    oldest: str = ""
    real: tuple[str, ...] = ()
    ptx: tuple[str, ...] = ()
    gfx: tuple[str, ...] = ()
    basis: str
    note: str = ""

    @property
    def machine_code(self) -> tuple[Capability, ...]:
        """The compute capabilities that it holds machine code for."""
        return tuple(capability_of(one) for one in self.real)

    @property
    def oldest_glibc(self) -> str:
        """The oldest C library on which it and all that its extra brings can be installed."""
        return max(self.glibc, self.libraries_glibc, key=numbers)

    def serves(self, release: Release) -> bool:
        """Does it belong to this release?"""
        return numbers(self.since) <= release.minor <= numbers(self.until)

    def has_python(self, platform: str, python: Version, *, free_threaded: bool = False) -> bool:
        """Are there wheels for this platform and this Python, told by its minor version?"""
        if free_threaded and not any(numbers(one) == python[:2] for one in self.free_threaded):
            return False
        return spans(self.pythons.get(platform, ""), python)


class Releases(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """jax_releases.toml, newest first."""

    release: tuple[Release, ...]
    plugin: tuple[Plugin, ...]


@cache
def _table() -> Releases:
    return read_table("jax_releases", Releases)


def releases() -> tuple[Release, ...]:
    """Every release, newest first."""
    return _table().release


def release_of(version: str) -> Release | None:
    """The release a version belongs to: "0.6.1" → that of 0.6; None where the table does not know it."""
    return next((one for one in releases() if one.minor == numbers(version)[:2]), None)


def newer_than_table(version: str) -> str:
    """In words, that a release is newer than all that the table knows; "" where it is not."""
    if numbers(version)[:2] <= releases()[0].minor:
        return ""
    return f"JAX {version} is newer than dlcheck's table of {_table().read}"


def plugins(release: Release) -> tuple[Plugin, ...]:
    """What brings a GPU to this release, the newest CUDA first."""
    return tuple(one for one in _table().plugin if one.serves(release))
