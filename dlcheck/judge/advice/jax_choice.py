"""The newest JAX, and the plugin of it, that runs on all of a machine: platform, Python, C library, driver, GPUs.

A pure search through the tables: nothing here knows of a snapshot or of commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from dlcheck.judge.advice.needs import Needs, Solver
from dlcheck.judge.knowledge.cubin import runs
from dlcheck.judge.knowledge.cuda_drivers import driver_runs
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.jax_releases import Plugin, Release, plugins, releases
from dlcheck.judge.knowledge.versions import Version, at_least, numbers

UNSURE = "general knowledge"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A release, and the extra that brings the accelerator."""

    release: Release
    extra: str = ""
    """"cuda13", "rocm7-local", "tpu"; "" for the CPU."""
    plugin: Plugin | None = None

    @property
    def requirement(self) -> str:
        """A requirement that names exactly this release."""
        extra = f"[{self.extra}]" if self.extra else ""
        return f"jax{extra}=={self.release.version}"


def choices(needs: Needs, *, minor: Version = ()) -> Iterator[Choice]:
    """Every release and plugin that runs on all of it, best first: the newest release, of it the newer CUDA.

    minor: only that release line. Rows that no page and no wheel stands behind are never proposed.
    """
    for release in releases():
        if UNSURE in release.basis or minor not in ((), release.minor):
            continue
        if not fits_system(release, needs):
            continue
        if needs.backend == "cpu":
            yield Choice(release=release)
        elif needs.backend == "tpu":
            if release.libtpu and needs.platform == "linux-x86_64" and _glibc_is_new(needs, release.libtpu_glibc):
                yield Choice(release=release, extra="tpu")
        elif needs.backend in ("cuda", "rocm"):
            for plugin in plugins(release):
                if UNSURE not in plugin.basis and fits_plugin(plugin, needs):
                    yield Choice(release=release, extra=plugin.extra, plugin=plugin)


def best(needs: Needs, *, minor: Version = ()) -> Choice | None:
    """The first of `choices`, None where nothing fits."""
    return next(choices(needs, minor=minor), None)


def fits_system(release: Release, needs: Needs) -> bool:
    """Are there wheels for this platform, Python, C library, macOS and processor?"""
    if not release.has_python(needs.platform, needs.python, free_threaded=needs.free_threaded):
        return False
    if needs.platform.endswith("x86_64") and not needs.avx:
        return False
    if needs.platform.startswith("linux"):
        return _glibc_is_new(needs, release.glibc)
    floor = {"macos-arm64": release.macos, "macos-x86_64": release.macos_intel}.get(needs.platform, "")
    return not floor or (bool(numbers(needs.macos)) and at_least(numbers(needs.macos), numbers(floor)))


def fits_plugin(plugin: Plugin, needs: Needs) -> bool:
    """Does the plugin run on this platform and Python, the driver, and every GPU?

    PTX does not count: whether XLA itself knows a GPU that is newer than its own machine code, no page says.
    """
    if not plugin.has_python(needs.platform, needs.python, free_threaded=needs.free_threaded):
        return False
    if not _glibc_is_new(needs, plugin.oldest_glibc):
        return False
    if needs.backend == "rocm":
        return bool(plugin.gfx) and bool(needs.gfx) and all(gfx in plugin.gfx for gfx in needs.gfx)
    if not plugin.cuda or driver_runs(needs.driver, plugin.cuda, needs.driver_system) is not True:
        return False
    cuda, oldest = numbers(plugin.cuda), capability_of(plugin.oldest)
    return all(
        device >= oldest and any(runs(one, device, cuda) for one in plugin.machine_code)
        for device in needs.capabilities
    )


def _glibc_is_new(needs: Needs, floor: str) -> bool:
    return not numbers(needs.glibc) or at_least(numbers(needs.glibc), numbers(floor))


@cache
def _cudas() -> tuple[str, ...]:
    return tuple(sorted({one.cuda for release in releases() for one in plugins(release) if one.cuda}))


JAX = Solver(title="JAX", fits=lambda needs: best(needs) is not None, cudas=_cudas)
