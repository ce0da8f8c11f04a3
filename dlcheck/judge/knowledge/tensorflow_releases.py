"""TensorFlow's releases: their Pythons and platforms, the CUDA they were built for, and the GPUs that code is for."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, numbers, spans


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A minor release, by its newest patch release. The columns are explained in tensorflow_releases.toml."""

    version: str
    pythons: dict[str, str] = {}
    glibc: str = ""
    macos: str = ""
    macos_intel: str = ""
    gpu: tuple[str, ...] = ()
    extra: str = ""
    extra_pythons: str = ""
    cuda: str
    cudnn: str
    real: tuple[str, ...] = ()
    ptx: tuple[str, ...] = ()
    numpy: str = ""
    basis: str
    without: tuple[str, ...] = ()
    note: str = ""

    @property
    def minor(self) -> Version:
        """(2, 21)."""
        return numbers(self.version)[:2]

    @property
    def machine_code(self) -> tuple[Capability, ...]:
        """The compute capabilities that its GPU build holds machine code for."""
        return tuple(capability_of(one) for one in self.real)

    def has_python(self, platform: str, python: Version) -> bool:
        """Are there wheels for this platform and this Python, told by its minor version?"""
        return platform not in self.without and spans(self.pythons.get(platform, ""), python)

    def extra_installs(self, python: Version) -> bool:
        """Has it an extra that brings the CUDA libraries, and can that be installed for this Python?"""
        return bool(self.extra) and (not self.extra_pythons or spans(self.extra_pythons, python))


class Releases(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """tensorflow_releases.toml, newest first."""

    release: tuple[Release, ...]


@cache
def releases() -> tuple[Release, ...]:
    """Every release, newest first."""
    return read_table("tensorflow_releases", Releases).release


def release_of(version: str) -> Release | None:
    """The release a version belongs to: "2.16.1" → that of 2.16. None for those before 1.0 and unknown ones."""
    return next((one for one in releases() if one.minor == numbers(version)[:2]), None)


def newer_than_table(version: str) -> str:
    """In words, that a release is newer than all that the table knows; "" where it is not."""
    table = read_table("tensorflow_releases", Releases)
    if numbers(version)[:2] <= table.release[0].minor:
        return ""
    return f"TensorFlow {version} is newer than dlcheck's table of {table.read}"


def tested_with(version: str) -> Release | None:
    """What says for which CUDA and cuDNN a release was built.

    None for those before 1.0, those newer than the table and what is no version.
    """
    line = numbers(version)[:2]
    return next((one for one in releases() if one.minor <= line), None) if line <= releases()[0].minor else None


def soname(library: Literal["cuda", "cudnn"], version: str) -> Version:
    """The version in the library's file name: libcudart.so.10.1, one for all of CUDA 11, libcudnn.so.8."""
    release = numbers(version)
    return release[:2] if library == "cuda" and release[:1] < (11,) else release[:1]
