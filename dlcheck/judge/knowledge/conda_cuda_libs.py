"""For which CUDA a library of conda's channels is, by its name and version."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table


class CudaLibrary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A library, or several that are numbered alike."""

    package: str
    cuda: dict[str, tuple[int, ...]]


class CondaCudaLibs(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """conda_cuda_libs.toml."""

    library: tuple[CudaLibrary, ...]


@cache
def _table() -> CondaCudaLibs:
    return read_table("conda_cuda_libs", CondaCudaLibs)


def newer_than_table(cuda: int) -> str:
    """In words, that a major version of CUDA is newer than all that the table knows; "" where it is not."""
    newest = max(major for one in _table().library for majors in one.cuda.values() for major in majors)
    return f"CUDA {cuda} is newer than dlcheck's table of {_table().read}" if cuda > newest else ""


def cuda_majors_of(package: str, version: str) -> tuple[int, ...]:
    """The major versions of CUDA that a conda package may be for; none where its version does not tell."""
    for one in _table().library:
        if re.fullmatch(one.package, package):
            return one.cuda.get(version.partition(".")[0], ())
    return ()
