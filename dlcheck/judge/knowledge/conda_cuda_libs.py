"""For which CUDA a library of conda's channels is, by its name and version."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table


class CudaLibrary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A library, or several that are numbered alike."""

    package: str
    cuda: dict[str, int]


class CondaCudaLibs(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """conda_cuda_libs.toml."""

    library: tuple[CudaLibrary, ...]


@cache
def _table() -> CondaCudaLibs:
    return read_table("conda_cuda_libs", CondaCudaLibs)


def cuda_major_of(package: str, version: str) -> int | None:
    """The major version of CUDA that a conda package is for; None where its version does not tell."""
    for one in _table().library:
        if re.fullmatch(one.package, package):
            return one.cuda.get(version.partition(".")[0])
    return None
