"""The newest TensorFlow that runs on all of a machine: platform, Python, C library, driver, GPUs.

A pure search through the tables: nothing here knows of a snapshot or of commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from dlcheck.judge.advice.needs import Needs, Solver
from dlcheck.judge.knowledge.cubin import runs
from dlcheck.judge.knowledge.cuda_drivers import driver_runs
from dlcheck.judge.knowledge.tensorflow_releases import Release, releases
from dlcheck.judge.knowledge.versions import Version, at_least, numbers

UNSURE = "general knowledge"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A release, with or without what the GPU needs."""

    release: Release
    gpu: bool

    @property
    def requirements(self) -> tuple[str, ...]:
        """Requirements that name exactly this release, and a NumPy it can use where its own metadata names none."""
        extra = f"[{self.release.extra}]" if self.gpu and self.release.extra else ""
        wanted = f"tensorflow{extra}=={self.release.version}"
        return (wanted, self.release.numpy) if self.release.numpy else (wanted,)


def choices(needs: Needs, *, minor: Version = (), system_cuda: bool = False) -> Iterator[Choice]:
    """Every release that runs on all of it, the newest first.

    minor: only that release line. system_cuda: also those whose GPU build finds its CUDA in the system alone; otherwise
    only those whose wheels can bring it. Rows that no page and no wheel stands behind are never proposed.
    """
    for release in releases():
        if UNSURE in release.basis or minor not in ((), release.minor):
            continue
        if not fits_system(release, needs):
            continue
        if needs.backend == "cpu":
            yield Choice(release=release, gpu=False)
        elif (
            needs.backend == "cuda"
            and (release.extra_installs(needs.python) or system_cuda)
            and fits_gpus(release, needs)
        ):
            yield Choice(release=release, gpu=True)


def best(needs: Needs, *, minor: Version = (), system_cuda: bool = False) -> Choice | None:
    """The first of `choices`, None where nothing fits."""
    return next(choices(needs, minor=minor, system_cuda=system_cuda), None)


def fits_system(release: Release, needs: Needs) -> bool:
    """Are there wheels for this platform, Python, C library, macOS and processor?"""
    if needs.free_threaded or not release.has_python(needs.platform, needs.python):
        return False
    if needs.platform.endswith("x86_64") and not needs.avx:
        return False
    if needs.platform.startswith("linux"):
        return not numbers(needs.glibc) or at_least(numbers(needs.glibc), numbers(release.glibc))
    floor = {"macos-arm64": release.macos, "macos-x86_64": release.macos_intel}.get(needs.platform, "")
    return not floor or (bool(numbers(needs.macos)) and at_least(numbers(needs.macos), numbers(floor)))


def fits_gpus(release: Release, needs: Needs) -> bool:
    """Has it a GPU build here, a driver that runs its CUDA, and machine code for every GPU?

    PTX does not count: compiled by the driver, TensorFlow's fails on GPUs newer than its machine code with
    CUDA_ERROR_INVALID_PTX or INVALID_HANDLE (https://github.com/tensorflow/tensorflow/issues/99592, 101746).
    """
    if needs.platform not in release.gpu or driver_runs(needs.driver, release.cuda, needs.driver_system) is not True:
        return False
    cuda = numbers(release.cuda)
    return all(any(runs(one, device, cuda) for one in release.machine_code) for device in needs.capabilities)


@cache
def _cudas() -> tuple[str, ...]:
    return tuple(sorted({one.cuda for one in releases() if one.extra and one.cuda}))


TENSORFLOW = Solver(title="TensorFlow", fits=lambda needs: best(needs) is not None, cudas=_cudas)
