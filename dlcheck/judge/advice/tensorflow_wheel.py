"""Advice on which TensorFlow to install: the choice for this snapshot, and the exact commands."""

from __future__ import annotations

from dlcheck.judge.advice.framework_plan import Plan, install_plan, otherwise
from dlcheck.judge.advice.install import conda_command, conda_program, installed_by_conda
from dlcheck.judge.advice.needs import Backend, Needs, needs_of, unserved, why_not, with_python
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.advice.tensorflow_choice import TENSORFLOW, Choice, best, choices
from dlcheck.judge.knowledge.cubin import runs
from dlcheck.judge.knowledge.tensorflow_releases import releases
from dlcheck.judge.knowledge.versions import Version, allowed, is_pin, numbers
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.model.python import Distribution
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

SOURCE = "https://www.tensorflow.org/install/pip"
BLACKWELL = "https://github.com/tensorflow/tensorflow/issues/99592"
BACKENDS: tuple[Backend, ...] = ("cuda", "cpu")
DISTRIBUTIONS = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tensorflow-gpu")
_PRODUCT = "x = tf.ones((8, 8)); assert float(tf.reduce_sum(x @ x)) == 512; print('works')"
ON_CPU = f"import tensorflow as tf; {_PRODUCT}"
ON_GPU = f"import tensorflow as tf; assert tf.config.list_physical_devices('GPU'); {_PRODUCT}"
"""Code that multiplies two matrices on the device, and fails where there is none or the product is wrong."""


def tensorflow_fixes(snapshot: Snapshot, backend: Backend = "cuda") -> tuple[Fix, ...]:
    """Alternatives that bring a TensorFlow which runs here on that backend, best first; none where nothing fits.

    The release line that is there comes first where it can be kept: code for Keras 2 does not run with Keras 3.
    """
    needs = needs_of(snapshot, backend)
    if needs is None:
        return ()
    installed = installed_line(snapshot)
    same = best(needs, minor=installed) if installed else None
    newest = best(needs)
    fixes: list[Fix] = []
    for choice in (same, newest if newest != same else None):
        if choice is None:
            continue
        plan = _plan(snapshot, choice, backend)
        title = f"keep this TensorFlow, and bring {_what(choice)}" if choice is same else ""
        fixes += install_plan(snapshot, plan, title=title)
    return tuple(fixes)


def tensorflow_otherwise(snapshot: Snapshot, backend: Backend = "cuda") -> tuple[Fix, ...]:
    """What helps where no TensorFlow runs here on that backend as things are; none where nothing known would."""
    if backend == "cuda" and on_windows(snapshot):
        return (*_with_conda_s_cuda(snapshot), in_wsl(snapshot, "tensorflow[and-cuda]", SOURCE))
    needs = needs_of(snapshot, backend)
    fixes = otherwise(snapshot, needs, TENSORFLOW, lambda one: _plan_for(snapshot, one)) if needs is not None else ()
    if backend == "cuda" and gpus_are_too_new(snapshot):
        title = (
            "use NVIDIA's container nvcr.io/nvidia/tensorflow, whose build has code for these GPUs, or PyTorch or JAX"
        )
        return (*fixes, Fix(title=title, needs=("network",), source=BLACKWELL))
    return fixes


def tensorflow_runs_here(snapshot: Snapshot, backend: Backend) -> bool:
    """Is there any TensorFlow that runs here on that backend, with the driver there is?"""
    needs = needs_of(snapshot, backend)
    return needs is not None and TENSORFLOW.fits(needs)


def why_no_tensorflow(snapshot: Snapshot, backend: Backend = "cuda") -> str:
    """One sentence: what the machine has that no TensorFlow fits together, and what of it stands in the way."""
    if backend == "cuda" and on_windows(snapshot):
        return "TensorFlow has no GPU build for native Windows since 2.11"
    needs = needs_of(snapshot, backend)
    return why_not(needs, TENSORFLOW) if needs is not None else f"no TensorFlow can be chosen: {unserved(snapshot)}"


def tensorflow_requirements(snapshot: Snapshot, python: Version = (), versions: str = "") -> tuple[str, ...]:
    """What to install for a new TensorFlow on the best device here; a plain "tensorflow" where that does it.

    python: in an environment with that one. versions: what is asked for, ">=2.15"; () where no release meets that.
    """
    for backend in BACKENDS if capabilities(snapshot) else BACKENDS[1:]:
        needs = with_python(needs_of(snapshot, backend), python)
        fitting = choices(needs) if needs is not None else iter(())
        choice = next((one for one in fitting if allowed(one.release.version, versions)), None)
        # What is the newest here, an installer finds itself; an older one with its NumPy is named.
        if choice is not None and (choice.gpu or (choice.release.numpy and not versions)):
            wanted, *rest = choice.requirements
            return (wanted.partition("==")[0] + versions if is_pin(versions) else wanted, *rest)
    return () if versions else ("tensorflow",)


def gpus_are_too_new(snapshot: Snapshot) -> bool:
    """Is any visible GPU newer than the machine code of every TensorFlow?"""
    codes = {code for release in releases() for code in release.machine_code}
    newer = [one for one in capabilities(snapshot) if not any(runs(code, one) for code in codes)]
    return any(one > max(codes) for one in newer)


def installed(snapshot: Snapshot) -> Distribution | None:
    """The distribution that brought TensorFlow, None where there is none."""
    packages = snapshot.packages.value
    found = (packages.find(name) for name in DISTRIBUTIONS) if packages else iter(())
    return next((one for one in found if one is not None), None)


def installed_line(snapshot: Snapshot) -> Version:
    """The release line of the TensorFlow that is there: (2, 16); empty where there is none."""
    found = installed(snapshot)
    version = found.version if found else (snapshot.tensorflow.value.version if snapshot.tensorflow.value else "")
    return numbers(version)[:2]


def in_wsl(snapshot: Snapshot, requirement: str, source: str) -> Fix:
    """Linux's wheels in WSL 2, where native Windows has none for the GPU."""
    step = Command(argv=("wsl", "--install"), text="wsl --install", shell="powershell")
    name = requirement.partition("[")[0]
    title = {"tensorflow": "TensorFlow", "jax": "JAX"}.get(name, name)
    return Fix(
        title=f'use {title} in WSL 2: install WSL, and in it "{requirement}"',
        commands=(step,),
        needs=("admin", "network", "reboot"),
        source=source,
    )


def _with_conda_s_cuda(snapshot: Snapshot) -> tuple[Fix, ...]:
    """The last TensorFlow with CUDA on native Windows, with conda-forge's CUDA and cuDNN, in a conda environment."""
    interpreter, needs = snapshot.interpreter.value, needs_of(snapshot, "cuda")
    if interpreter is None or needs is None or interpreter.environment != "conda" or not conda_program(snapshot):
        return ()
    choice = best(needs, system_cuda=True)
    if choice is None:
        return ()
    libraries = (f"cudatoolkit={choice.release.cuda}", f"cudnn={choice.release.cudnn}.0")
    step = conda_command(snapshot, "install", "-c", "conda-forge", *libraries)
    plan = _plan(snapshot, choice, "cuda")
    title = f"install TensorFlow {choice.release.version}, the last with CUDA on native Windows, and its CUDA by conda"
    fixes = install_plan(snapshot, plan, title=title)
    return tuple(_after(step, fix) for fix in fixes)


def _after(step: Command, fix: Fix) -> Fix:
    return Fix(
        title=fix.title,
        commands=(step, *fix.commands),
        needs=fix.needs,
        changes_packages=True,
        verify=fix.verify,
        source=fix.source,
    )


def _plan_for(snapshot: Snapshot, needs: Needs) -> Plan | None:
    choice = best(needs)
    return _plan(snapshot, choice, needs.backend) if choice is not None else None


def _plan(snapshot: Snapshot, choice: Choice, backend: Backend) -> Plan:
    found = installed(snapshot)
    # tensorflow-cpu and tensorflow are two names of one module: the one has to go before the other comes.
    other = found is not None and (found.name != "tensorflow" or installed_by_conda(snapshot, found.name))
    packages = snapshot.packages.value
    # conda's package of that name is empty; the files belong to another, and go with it.
    in_conda = [one.name for one in packages.conda if one.name == "tensorflow-base"] if packages is not None else []
    words = f"TensorFlow {choice.release.version}"
    return Plan(
        words=f"{words} with {_what(choice)}" if choice.gpu else words,
        requirements=choice.requirements,
        remove_first=tuple(in_conda) or ((found.name,) if found is not None and other else ()),
        verify=ON_GPU if backend == "cuda" else ON_CPU,
        source=SOURCE,
    )


def _what(choice: Choice) -> str:
    major = choice.release.cuda.partition(".")[0]
    return f"the CUDA {major} libraries that it needs" if choice.gpu else "its CPU build"
