"""Advice on which PyTorch to install: the choice for this snapshot, and the exact commands."""

from __future__ import annotations

import msgspec

from dlcheck.judge.advice.driver import TURING, coming_driver
from dlcheck.judge.advice.framework_plan import Plan, install_plan, otherwise
from dlcheck.judge.advice.install import conda_command, conda_program, installed_by_conda, run_python
from dlcheck.judge.advice.needs import Backend, Needs, needs_of, unserved, why_not, with_python
from dlcheck.judge.advice.torch_choice import TORCH, Choice, best, choices, driver_needed
from dlcheck.judge.knowledge.versions import Version, allowed, numbers
from dlcheck.judge.knowledge.wheels import first_that_leaves_out
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.model.gaps import known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

DEVICES: dict[Backend, str] = {"cuda": "cuda", "rocm": "cuda", "xpu": "xpu", "mps": "mps", "cpu": "cpu"}
"""What PyTorch calls each; AMD's GPUs go by the name of CUDA."""
CONDA_FORGE = "https://github.com/conda-forge/pytorch-cpu-feedstock/issues/187"
SOURCE = "https://pytorch.org/get-started/previous-versions/"


def torch_fixes(snapshot: Snapshot, backend: Backend, *, driver: str = "") -> tuple[Fix, ...]:
    """Alternatives that bring a PyTorch which runs here on that backend, best first; none where nothing fits.

    driver: the driver that is taken to be there, where one is still to be installed.
    """
    needs = needs_of(snapshot, backend)
    if needs is None:
        return ()
    if driver:
        needs = msgspec.structs.replace(needs, driver=driver)
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
    return (*fixes, *_by_conda(snapshot, needs)) if fixes else ()


def torch_otherwise(snapshot: Snapshot, backend: Backend) -> tuple[Fix, ...]:
    """What helps where no PyTorch runs here as things are: another Python, a newer driver, fewer GPUs."""
    needs = needs_of(snapshot, backend)
    return otherwise(snapshot, needs, TORCH, lambda one: _plan_for(snapshot, one)) if needs is not None else ()


def best_backend(snapshot: Snapshot, python: Version = ()) -> Backend:
    """What a new PyTorch is to compute on: the accelerator that is there and that a build runs on, else the CPU."""
    amd, os = snapshot.amd.value, snapshot.os.value
    if capabilities(snapshot) and runs_here(snapshot, "cuda", python):
        return "cuda"
    gfx = known(amd.gfx) if amd else None
    if gfx and runs_here(snapshot, "rocm", python):
        return "rocm"
    if os is not None and os.system == "darwin" and runs_here(snapshot, "mps", python):
        return "mps"
    return "cpu"


def torch_requirements(snapshot: Snapshot, python: Version = (), versions: str = "") -> tuple[tuple[str, ...], str]:
    """What to install for a new PyTorch on the best device here, and the index that has it, "" for the configured one.

    What was asked for where no build is known to fit. python: in an environment with that one. versions: ">=2.3".
    """
    needs = with_python(needs_of(snapshot, best_backend(snapshot, python)), python)
    fitting = choices(needs) if needs is not None else iter(())
    choice = next((one for one in fitting if allowed(one.release.version, versions)), None)
    return (_requirements(snapshot, choice), choice.index_url) if choice is not None else ((f"torch{versions}",), "")


def runs_here(snapshot: Snapshot, backend: Backend, python: Version = ()) -> bool:
    """Is there any PyTorch that runs here on that backend, with the driver there is?"""
    needs = with_python(needs_of(snapshot, backend), python)
    return needs is not None and TORCH.fits(needs)


def driver_for_all(snapshot: Snapshot) -> str | None:
    """The oldest driver with which a current PyTorch runs on every visible GPU; None where none would do."""
    needs = needs_of(snapshot, "cuda")
    return driver_needed(needs) if needs is not None and needs.capabilities else None


def driver_to_come(snapshot: Snapshot) -> str | None:
    """The driver to choose for where none works yet: the one that advice would install, where a PyTorch runs with it.

    Else the oldest with which one would; None where none would do.
    """
    needs = needs_of(snapshot, "cuda")
    if needs is None or not needs.capabilities:
        return None
    coming = coming_driver(snapshot)
    if coming and TORCH.fits(msgspec.structs.replace(needs, driver=coming)):
        return coming
    return driver_needed(msgspec.structs.replace(needs, driver=""))


def why_nothing_fits(snapshot: Snapshot, backend: Backend) -> str:
    """One sentence: what the machine has that no build fits together, and what of it stands in the way."""
    needs = needs_of(snapshot, backend)
    return why_not(needs, TORCH) if needs is not None else f"no PyTorch can be chosen: {unserved(snapshot)}"


def _fixes(snapshot: Snapshot, choice: Choice, backend: Backend, *, second: bool) -> tuple[Fix, ...]:
    packages = snapshot.packages.value
    version = choice.release.version
    plan = _plan(snapshot, choice, backend)
    keeps = choice.release.minor == _installed(snapshot)
    verb = "keep this PyTorch, and take its build" if keeps else f"install PyTorch {version}"
    # An installer is content with another build of the same version where the wanted one has no label of its own.
    found = packages.find("torch") if packages else None
    label_free = choice.requirement() == f"torch=={version}"
    again = found is not None and label_free and found.version.partition("+")[0] == version
    where = ", from the configured package index" if second and not choice.index_url else ""
    title = f"{verb} {_build_words(choice, backend)}{where}"
    return install_plan(snapshot, plan, title=title, reinstall=again)


def _by_conda(snapshot: Snapshot, needs: Needs) -> tuple[Fix, ...]:
    """conda-forge's build for GPUs, where conda brought the torch that is there; conda itself fits it to the driver.

    Its builds for CUDA 13 leave out GPUs before Turing, so it is not offered where there is one.
    """
    old = [one for one in needs.capabilities if one < TURING]
    if needs.backend != "cuda" or old or not installed_by_conda(snapshot, "torch") or not conda_program(snapshot):
        return ()
    return (
        Fix(
            title="or install conda-forge's PyTorch for GPUs",
            commands=(conda_command(snapshot, "install", "-c", "conda-forge", "pytorch-gpu"),),
            needs=("network",),
            changes_packages=True,
            verify=run_python(snapshot, verify_code("cuda")),
            source=CONDA_FORGE,
        ),
    )


def _plan_for(snapshot: Snapshot, needs: Needs) -> Plan | None:
    choice = best(needs)
    return _plan(snapshot, choice, needs.backend) if choice is not None else None


def _plan(snapshot: Snapshot, choice: Choice, backend: Backend) -> Plan:
    return Plan(
        words=f"PyTorch {choice.release.version} {_build_words(choice, backend)}",
        requirements=_requirements(snapshot, choice),
        index_url=choice.index_url,
        remove_first=("torch",) if installed_by_conda(snapshot, "torch") else (),
        verify=verify_code(backend),
        source=SOURCE,
    )


def _build_words(choice: Choice, backend: Backend) -> str:
    if backend == "mps":
        return "for macOS"
    if backend == "cpu" and choice.cuda:
        return "(a build for CUDA, which computes on the CPU too)"
    return f"for CUDA {choice.cuda}" if choice.cuda else f"({choice.variant})"


def _requirements(snapshot: Snapshot, choice: Choice) -> tuple[str, ...]:
    """torch, and the partners that are installed; torchvision too where torch is not there yet."""
    packages = snapshot.packages.value
    wanted = ["torch"]
    has_torch = packages is not None and packages.find("torch") is not None
    interpreter = snapshot.interpreter.value
    left_out = interpreter is not None and first_that_leaves_out("torchvision", interpreter.version)
    if not left_out and (not has_torch or (packages and packages.find("torchvision"))):
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
