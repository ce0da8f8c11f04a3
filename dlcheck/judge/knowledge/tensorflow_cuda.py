"""Which CUDA and cuDNN a TensorFlow was built for, and which file names that means."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, numbers


class Tested(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From this release on: the CUDA and the cuDNN."""

    since: str
    cuda: str
    cudnn: str


class TensorflowCuda(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """tensorflow_cuda.toml, newest first."""

    release: tuple[Tested, ...]


@cache
def _releases() -> tuple[Tested, ...]:
    return read_table("tensorflow_cuda", TensorflowCuda).release


def tested_with(version: str) -> Tested | None:
    """What a release was built for; None for those before 1.0 and for what is no version."""
    return next((one for one in _releases() if numbers(one.since) <= numbers(version)[:2]), None)


def soname(library: Literal["cuda", "cudnn"], version: str) -> Version:
    """The version in the library's file name: libcudart.so.10.1, one for all of CUDA 11, libcudnn.so.8."""
    release = numbers(version)
    return release[:2] if library == "cuda" and release[:1] < (11,) else release[:1]
