"""The newest PyTorch, and the build of it, that runs on all of a machine: platform, Python, C library, driver, GPUs.

A pure search through the tables: nothing here knows of a snapshot or of commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from dlcheck.judge.advice import needs as machines
from dlcheck.judge.advice.needs import ANY, Needs, Solver
from dlcheck.judge.knowledge.cubin import runs
from dlcheck.judge.knowledge.cuda_drivers import driver_compiles, driver_runs
from dlcheck.judge.knowledge.torch_releases import (
    Release,
    code_in,
    cuda_of,
    drops_glibc,
    gfx_in,
    index_url,
    releases,
)
from dlcheck.judge.knowledge.versions import Version, at_least, numbers


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A release and the build of it."""

    release: Release
    variant: str
    is_default: bool
    """It is what the package index serves for this platform."""

    @property
    def index_url(self) -> str:
        """The index that has it; "" for the configured one."""
        return "" if self.is_default else index_url(self.variant)

    @property
    def cuda(self) -> str:
        """Its CUDA, "" where it has none."""
        return cuda_of(self.variant)

    def requirement(self, library: str = "torch") -> str:
        """A requirement that names exactly this build; "" where this release has no such library."""
        found = {"torch": self.release.version, "torchvision": self.release.vision, "torchaudio": self.release.audio}
        version = found[library]
        # The label keeps an installer from being content with another build of the same version.
        label = "" if self.is_default else f"+{self.variant}"
        return f"{library}=={version}{label}" if version else ""


def choices(needs: Needs, *, minor: Version = (), only_default: bool = False) -> Iterator[Choice]:
    """Every build that runs on all of it, best first: the newest release, of it the default build, then newer CUDA.

    minor: only builds of that release. only_default: only what the package index serves. Rows of the tables that no
    page stands behind are never proposed.
    """
    for release in releases():
        unsure = "general knowledge" in release.python_basis + release.variants_basis
        if unsure or minor not in ((), release.minor):
            continue
        if not fits_system(release, needs):
            continue
        default = release.default.get(needs.platform, "")
        builds = [default] if default else []
        if not only_default and needs.platform.startswith(("linux", "windows")):
            rest = (one for one in release.variants if one != default)
            builds += sorted(rest, key=lambda one: numbers(cuda_of(one)), reverse=True)
        for variant in builds:
            # A CUDA build computes on the CPU too: where the index serves nothing smaller, it does.
            on_cpu = only_default and needs.backend == "cpu" and bool(cuda_of(variant))
            fitting = msgspec.structs.replace(needs, backend="cuda", driver=ANY, capabilities=()) if on_cpu else needs
            if fits_build(release, variant, fitting):
                yield Choice(release=release, variant=variant, is_default=variant == default)


def best(needs: Needs, *, minor: Version = (), only_default: bool = False) -> Choice | None:
    """The first of `choices`, None where nothing fits."""
    return next(choices(needs, minor=minor, only_default=only_default), None)


def fits_system(release: Release, needs: Needs) -> bool:
    """Are there wheels for this platform, Python and macOS?"""
    if needs.platform not in release.default or not release.has_python(needs.python, free_threaded=needs.free_threaded):
        return False
    floor = {"macos-arm64": release.macos, "macos-x86_64": release.macos_intel}.get(needs.platform, "")
    if needs.backend == "mps":
        floor = max(floor, release.mps_macos, key=numbers) if release.mps_macos else "unknown"
    if not floor:
        return True
    return bool(numbers(floor) and numbers(needs.macos)) and at_least(numbers(needs.macos), numbers(floor))


def fits_build(release: Release, variant: str, needs: Needs) -> bool:
    """Does this build run on the C library, the driver and every GPU?"""
    if needs.platform.startswith("linux") and drops_glibc(release, variant, needs.platform, needs.glibc):
        return False
    if needs.backend in ("cpu", "mps"):
        return variant == needs.backend or (variant == "mps" and needs.backend == "cpu")
    if needs.backend == "xpu":
        return variant == "xpu" and needs.platform in ("linux-x86_64", "windows-x86_64")
    if needs.backend == "rocm":
        known = gfx_in(variant) if variant.startswith("rocm") and needs.platform == "linux-x86_64" else None
        return known is not None and all(gfx in known for gfx in needs.gfx)
    return needs.backend == "cuda" and _fits_cuda(release, variant, needs)


def _fits_cuda(release: Release, variant: str, needs: Needs) -> bool:
    cuda = cuda_of(variant)
    code = code_in(release.version, variant, needs.platform) if cuda else None
    if code is None or driver_runs(needs.driver, cuda, needs.driver_system) is not True:
        return False
    ptx = code.ptx_code if driver_compiles(needs.driver, cuda, needs.driver_system) else ()
    return all(
        any(runs(one, device, numbers(cuda)) for one in code.machine_code) or any(one <= device for one in ptx)
        for device in needs.capabilities
    )


def driver_needed(needs: Needs) -> str | None:
    """The oldest driver with which some build would run on all of it; None where no driver would help."""
    return machines.driver_needed(needs, TORCH)


@cache
def _cudas() -> tuple[str, ...]:
    variants = {one for release in releases() for one in (*release.variants, *release.default.values())}
    return tuple(sorted(cuda for one in variants if (cuda := cuda_of(one))))


TORCH = Solver(title="PyTorch", fits=lambda needs: best(needs) is not None, cudas=_cudas)
