"""Advice on which PyTorch to install: the choice for this snapshot, and the exact commands."""

from __future__ import annotations

import msgspec

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.torch_choice import Backend, Choice, Needs, best, driver_needed
from dlcheck.judge.knowledge.cubin import written
from dlcheck.judge.knowledge.torch_releases import platform_of
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from dlcheck.judge.nvidia_facts import capabilities, driver_at_least, driver_system
from dlcheck.model.gaps import known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

DEVICES: dict[Backend, str] = {"cuda": "cuda", "rocm": "cuda", "xpu": "xpu", "mps": "mps", "cpu": "cpu"}
"""What PyTorch calls each; AMD's GPUs go by the name of CUDA."""
SOURCE = "https://pytorch.org/get-started/previous-versions/"


def needs_of(snapshot: Snapshot, backend: Backend) -> Needs | None:
    """What a build has to run on here; None where the platform or the Python is not known."""
    os, interpreter, amd = snapshot.os.value, snapshot.interpreter.value, snapshot.amd.value
    if os is None or interpreter is None or os.musl or interpreter.bits != 64:
        return None
    if interpreter.implementation != "cpython" or not numbers(interpreter.version):
        return None
    return Needs(
        backend=backend,
        platform=platform_of(os.system, interpreter.machine or os.machine),
        python=numbers(interpreter.version)[:2],
        free_threaded=interpreter.free_threaded,
        glibc=known(os.glibc) or "",
        macos=os.version if os.system == "darwin" else "",
        driver=driver_at_least(snapshot),
        driver_system=driver_system(snapshot),
        capabilities=capabilities(snapshot) if backend == "cuda" else (),
        gfx=tuple(known(amd.gfx) or ()) if amd and backend == "rocm" else (),
    )


def torch_fixes(snapshot: Snapshot, backend: Backend, *, driver: str = "") -> tuple[Fix, ...]:
    """Alternatives that bring a PyTorch which runs here on that backend, best first; none where nothing fits.

    driver: the driver that is taken to be there, where one is still to be installed.
    """
    needs = _with_driver(needs_of(snapshot, backend), driver)
    if needs is None:
        return ()
    found: list[Choice] = []
    installed = _installed(snapshot)
    newest = best(needs)
    # The wheel index that is advised may be out of reach: what the configured one has comes second.
    reachable = best(needs, only_default=True)
    same = best(needs, minor=installed) if installed else None
    for choice in (newest, reachable, same):
        if choice is not None and choice not in found:
            found.append(choice)
    fixes: list[Fix] = []
    for choice in found:
        fixes += _fixes(snapshot, choice, backend, second=choice is not newest)
    return tuple(fixes)


def best_backend(snapshot: Snapshot) -> Backend:
    """What a new PyTorch is to compute on: the accelerator that is there and that a build runs on, else the CPU."""
    amd, os = snapshot.amd.value, snapshot.os.value
    if capabilities(snapshot) and runs_here(snapshot, "cuda"):
        return "cuda"
    gfx = known(amd.gfx) if amd else None
    if gfx and runs_here(snapshot, "rocm"):
        return "rocm"
    if os is not None and os.system == "darwin" and runs_here(snapshot, "mps"):
        return "mps"
    return "cpu"


def torch_requirements(snapshot: Snapshot) -> tuple[tuple[str, ...], str]:
    """What to install for a new PyTorch on the best device here, and the index that has it, "" for the configured one.

    A plain "torch" where no build is known to fit.
    """
    needs = needs_of(snapshot, best_backend(snapshot))
    choice = best(needs) if needs is not None else None
    return (_requirements(snapshot, choice), choice.index_url) if choice is not None else (("torch",), "")


def runs_here(snapshot: Snapshot, backend: Backend) -> bool:
    """Is there any PyTorch that runs here on that backend, with the driver there is?"""
    needs = needs_of(snapshot, backend)
    return needs is not None and best(needs) is not None


def driver_for_all(snapshot: Snapshot) -> str | None:
    """The oldest driver with which a current PyTorch runs on every visible GPU; None where none would do."""
    needs = needs_of(snapshot, "cuda")
    return driver_needed(needs) if needs is not None and needs.capabilities else None


def why_nothing_fits(snapshot: Snapshot, backend: Backend) -> str:
    """One sentence: what the machine has that no build fits together."""
    needs = needs_of(snapshot, backend)
    if needs is None or not needs.platform:
        return "there are no PyTorch wheels for this platform"
    parts = [f"Python {dotted(needs.python)}"]
    if needs.glibc:
        parts.append(f"glibc {needs.glibc}")
    if needs.macos:
        parts.append(f"macOS {needs.macos}")
    if backend == "cuda":
        parts.append(f"NVIDIA driver {needs.driver or '(none)'}")
        parts += [f"compute capability {written(one)}" for one in needs.capabilities]
    parts += list(needs.gfx)
    return f"no PyTorch build runs with {', '.join(parts)}"


def _with_driver(needs: Needs | None, driver: str) -> Needs | None:
    return msgspec.structs.replace(needs, driver=driver) if needs is not None and driver else needs


def _fixes(snapshot: Snapshot, choice: Choice, backend: Backend, *, second: bool) -> tuple[Fix, ...]:
    packages = snapshot.packages.value
    version = choice.release.version
    build = f"for CUDA {choice.cuda}" if choice.cuda else f"({choice.variant})"
    if backend == "mps":
        build = "for macOS"
    keeps = choice.release.minor == _installed(snapshot)
    verb = "keep this PyTorch, and take its build" if keeps else f"install PyTorch {version}"
    requirements = _requirements(snapshot, choice)
    # An installer is content with another build of the same version where the wanted one has no label of its own.
    found = packages.find("torch") if packages else None
    label_free = choice.requirement() == f"torch=={version}"
    again = found is not None and label_free and found.version.partition("+")[0] == version
    where = ", from the configured package index" if second and not choice.index_url else ""
    return install(
        snapshot,
        requirements,
        title=f"{verb} {build}{where}",
        index_url=choice.index_url,
        reinstall=again,
        verify=verify_code(backend),
        source=SOURCE,
    )


def _requirements(snapshot: Snapshot, choice: Choice) -> tuple[str, ...]:
    """torch, and the partners that are installed; torchvision too where torch is not there yet."""
    packages = snapshot.packages.value
    wanted = ["torch"]
    has_torch = packages is not None and packages.find("torch") is not None
    if not has_torch or (packages and packages.find("torchvision")):
        wanted.append("torchvision")
    if packages and packages.find("torchaudio"):
        wanted.append("torchaudio")
    return tuple(one for one in (choice.requirement(library) for library in wanted) if one)


def verify_code(backend: Backend) -> str:
    """Code that multiplies two matrices on the device and fails where the product is wrong."""
    device = DEVICES[backend]
    return f"import torch; x = torch.ones(8, 8, device='{device}'); assert (x @ x).sum().item() == 512; print('works')"


def _installed(snapshot: Snapshot) -> Version:
    """The release line of the torch that is installed: (2, 13); empty where there is none."""
    packages = snapshot.packages.value
    found = packages.find("torch") if packages else None
    return numbers(found.version)[:2] if found else ()
