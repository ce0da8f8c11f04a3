"""What a build of a framework has to run on, and what stands in the way where none does.

The choices of PyTorch, TensorFlow and JAX all begin with `Needs` and search their own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.cubin import Capability, written
from dlcheck.judge.knowledge.cuda_drivers import DriverSystem, driver_for, last_branch_for
from dlcheck.judge.knowledge.torch_releases import platform_of
from dlcheck.judge.knowledge.versions import Version, at_least, dotted, numbers
from dlcheck.judge.nvidia_facts import capabilities, driver_at_least, driver_system
from dlcheck.model.gaps import known
from dlcheck.model.snapshot import Snapshot

Backend = Literal["cpu", "cuda", "rocm", "xpu", "mps", "tpu"]

ANY = "9999"
"""A driver or a macOS that is newer than any floor."""
OTHER_PYTHONS: tuple[Version, ...] = ((3, 12), (3, 13), (3, 11), (3, 14), (3, 10), (3, 15), (3, 9), (3, 8))
"""Pythons to try in the place of one that does not serve, the recommended one first."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a build has to run on."""

    backend: Backend
    platform: str
    """"linux-x86_64"; "" where no wheels are made for it."""
    python: Version
    free_threaded: bool = False
    glibc: str = ""
    """"" where it does not matter or is not known."""
    macos: str = ""
    driver: str = ""
    driver_system: DriverSystem = "linux"
    capabilities: tuple[Capability, ...] = ()
    """Of every visible NVIDIA GPU: a build has to run on all."""
    gfx: tuple[str, ...] = ()
    """Of every visible AMD GPU."""
    avx: bool = True
    """False: an x86_64 processor that is known to lack AVX, which the wheels of TensorFlow and JAX need."""


class Solver(msgspec.Struct, frozen=True, kw_only=True):
    """One framework's search through its tables."""

    title: str
    """"PyTorch"."""
    fits: Callable[[Needs], bool]
    """Is there any release and build of it that runs on all of this?"""
    cudas: Callable[[], tuple[str, ...]]
    """The CUDA versions that its builds are made for."""


def needs_of(snapshot: Snapshot, backend: Backend) -> Needs | None:
    """What a build has to run on here; None where no wheel can be chosen: see `unserved`."""
    os, interpreter, amd = snapshot.os.value, snapshot.interpreter.value, snapshot.amd.value
    if os is None or interpreter is None or unserved(snapshot):
        return None
    return Needs(
        backend=backend,
        platform=_platform(snapshot),
        python=numbers(interpreter.version)[:2],
        free_threaded=interpreter.free_threaded,
        glibc=known(os.glibc) or "",
        macos=os.version if os.system == "darwin" else "",
        driver=driver_at_least(snapshot) if backend == "cuda" else "",
        driver_system=driver_system(snapshot),
        capabilities=capabilities(snapshot) if backend == "cuda" else (),
        gfx=tuple(known(amd.gfx) or ()) if amd and backend == "rocm" else (),
        avx=not _lacks_avx(snapshot),
    )


def _lacks_avx(snapshot: Snapshot) -> bool:
    cpu = snapshot.cpu.value
    sets = (known(cpu.instruction_sets) or ()) if cpu else ()
    return bool(sets) and cpu is not None and cpu.architecture == "x86_64" and "avx" not in sets


def unserved(snapshot: Snapshot) -> str:
    """Why no wheel of any framework can be chosen for this Python and system, in words; "" where one can."""
    os, interpreter = snapshot.os.value, snapshot.interpreter.value
    if os is None or interpreter is None:
        return "the system or the Python is not known"
    if interpreter.implementation.lower() != "cpython":
        return f"there are wheels for CPython alone, and this is {interpreter.implementation}"
    if not numbers(interpreter.version):
        return "the Python's version is not known"
    if interpreter.bits != 64:
        return f"there are no wheels for a Python of {interpreter.bits} bits"
    if os.musl:
        return "there are no wheels for musl (Alpine)"
    if not _platform(snapshot):
        return f"there are no wheels for {os.system} on {interpreter.machine or os.machine or 'this processor'}"
    return ""


def _platform(snapshot: Snapshot) -> str:
    """The platform by the tables' name. A text that does not tell is taken to come from where most of them do."""
    os, interpreter = snapshot.os.value, snapshot.interpreter.value
    machine = (interpreter.machine if interpreter else "") or (os.machine if os else "")
    usual = "arm64" if os is not None and os.system == "darwin" else "x86_64"
    return platform_of(os.system if os else "", machine or (usual if snapshot.depth == "pasted" else ""))


def with_python(needs: Needs | None, python: Version) -> Needs | None:
    """The same machine with another Python; with its own where none is named."""
    if needs is None or not python:
        return needs
    return msgspec.structs.replace(needs, python=python[:2], free_threaded=False)


def driver_needed(needs: Needs, solver: Solver) -> str | None:
    """The oldest driver with which some build would run on all of it; None where no driver would help.

    Asked where nothing fits the driver there is. The GPUs must still be driven by so new a driver, and a driver older
    than the present one is never an answer.
    """
    if solver.fits(needs):
        return None
    floors = {floor for cuda in solver.cudas() if (floor := driver_for(cuda, needs.driver_system))}
    ends = [end for one in needs.capabilities if (end := last_branch_for(one))]
    for floor in sorted(floors, key=numbers):
        if any(at_least(numbers(floor), numbers(end)) for end in ends):
            continue
        if needs.driver and at_least(numbers(needs.driver), numbers(floor)):
            continue
        if solver.fits(msgspec.structs.replace(needs, driver=floor)):
            return floor
    return None


def other_python(needs: Needs, solver: Solver) -> str:
    """The Python with which a build would run on all the rest: "3.12"; "" where none would."""
    for python in OTHER_PYTHONS:
        other = python != needs.python or needs.free_threaded
        if other and solver.fits(msgspec.structs.replace(needs, python=python, free_threaded=False)):
            return dotted(python)
    return ""


def without_some_gpus(needs: Needs, solver: Solver) -> tuple[Capability, ...]:
    """The most of the GPUs, the newest first, that some build runs on together; () where it is all or none."""
    several = sorted(set(needs.capabilities), reverse=True)
    for count in range(len(several) - 1, 0, -1):
        # Leaving out the oldest is tried before leaving out the newest.
        for start in range(len(several) - count + 1):
            left = tuple(several[start : start + count])
            if solver.fits(msgspec.structs.replace(needs, capabilities=left)):
                return left
    return ()


def why_not(needs: Needs, solver: Solver) -> str:
    """One sentence: what no build fits together, and what of it stands in the way."""
    sentence = f"no {solver.title} build runs with {', '.join(_words(needs))}"
    alone = _obstacles(needs, solver)
    if not alone:
        return sentence
    return f"{sentence}; what stands in the way is {' or '.join(alone)}"


def _words(needs: Needs) -> list[str]:
    parts = [f"Python {dotted(needs.python)}{' without the global lock' if needs.free_threaded else ''}"]
    if needs.glibc and needs.platform.startswith("linux"):
        parts.append(f"glibc {needs.glibc}")
    if needs.macos:
        parts.append(f"macOS {needs.macos}")
    if not needs.avx:
        parts.append("a processor without AVX")
    if needs.backend == "cuda":
        parts.append(f"NVIDIA driver {needs.driver}" if needs.driver else "no NVIDIA driver that is known of")
        parts += [f"compute capability {written(one)}" for one in needs.capabilities]
    parts += list(needs.gfx)
    return parts


def _obstacles(needs: Needs, solver: Solver) -> list[str]:
    """Each thing that alone stands in the way: with another one in its place a build would run."""
    found = []
    plain = msgspec.structs.replace(needs, free_threaded=False)
    if needs.free_threaded and solver.fits(plain):
        found.append("the Python without the global lock")
    elif python := other_python(needs, solver):
        found.append(f"Python {dotted(needs.python)} ({python} would do)")
    if needs.glibc and solver.fits(msgspec.structs.replace(needs, glibc="")):
        found.append(f"glibc {needs.glibc}")
    if not needs.avx and solver.fits(msgspec.structs.replace(needs, avx=True)):
        found.append("the processor without AVX")
    if needs.macos and solver.fits(msgspec.structs.replace(needs, macos=ANY)):
        found.append(f"macOS {needs.macos}")
    if needs.backend == "cuda" and (floor := driver_needed(needs, solver)):
        found.append(f"the driver {needs.driver} ({floor} would do)" if needs.driver else "the missing driver")
    if len(needs.capabilities) > 1 and (left := without_some_gpus(needs, solver)):
        others = [written(one) for one in needs.capabilities if one not in left]
        found.append(f"the GPU of compute capability {', '.join(others)}")
    return found
