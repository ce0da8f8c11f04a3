"""Advice on which JAX to install: the choice for this snapshot, and the exact commands."""

from __future__ import annotations

from dlcheck.judge.advice.framework_plan import Plan, install_plan, otherwise
from dlcheck.judge.advice.install import conda_command, conda_program, install, installed_by_conda
from dlcheck.judge.advice.jax_choice import JAX, Choice, best, choices, fits_plugin
from dlcheck.judge.advice.needs import Backend, Needs, needs_of, unserved, why_not, with_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.advice.tensorflow_wheel import in_wsl
from dlcheck.judge.knowledge.jax_releases import plugins, releases
from dlcheck.judge.knowledge.versions import Version, allowed, is_pin, numbers
from dlcheck.judge.nvidia_facts import capabilities, driver_at_least, driver_system
from dlcheck.model.gaps import known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

SOURCE = "https://docs.jax.dev/en/latest/installation.html"
PLATFORMS: dict[Backend, str] = {"cpu": "cpu", "cuda": "gpu", "rocm": "gpu", "tpu": "tpu"}
"""What JAX calls each."""


def jax_fixes(snapshot: Snapshot, backend: Backend) -> tuple[Fix, ...]:
    """Alternatives that bring a JAX which runs here on that backend, best first; none where nothing fits.

    Where conda brought JAX, its own CUDA build comes first: conda itself sees that it fits the driver.
    """
    needs = needs_of(snapshot, backend)
    if needs is None:
        return ()
    newest, line = best(needs), installed_line(snapshot)
    same = best(needs, minor=line) if line else None
    if newest is None:
        return ()
    fixes: list[Fix] = [*_by_conda(snapshot, backend)]
    for choice in (newest, same if same != newest else None):
        if choice is None:
            continue
        keeps = choice.release.minor == line
        title = f"keep this JAX, and bring {_what(choice)}" if keeps and choice.extra else ""
        fixes += install_plan(snapshot, _plan(snapshot, choice, backend), title=title)
    return tuple(fixes)


def upgrade_by_name(snapshot: Snapshot) -> tuple[Fix, ...]:
    """Of a text that tells neither Python nor system: the newest release, with the plugin for this driver and GPU."""
    newest = releases()[0]
    for plugin in plugins(newest):
        needs = Needs(
            backend="cuda",
            platform="linux-x86_64",
            python=numbers(plugin.pythons["linux-x86_64"])[:2],
            driver=driver_at_least(snapshot),
            driver_system=driver_system(snapshot),
            capabilities=capabilities(snapshot),
        )
        if plugin.cuda and fits_plugin(plugin, needs):
            title = f"install JAX with {_what(Choice(release=newest, extra=plugin.extra, plugin=plugin))}"
            wanted = [f"jax[{plugin.extra}]"]
            return install(snapshot, wanted, title=title, upgrade=True, verify=verify_code("cuda"), source=SOURCE)
    title = 'install "jax[cuda13]" (driver 580 or newer, GPUs from Turing on) or "jax[cuda12]" (525, from Maxwell on)'
    return (Fix(title=title, needs=("network",), source=SOURCE),)


def jax_otherwise(snapshot: Snapshot, backend: Backend) -> tuple[Fix, ...]:
    """What helps where no JAX runs here on that backend as things are; none where nothing known would."""
    if backend == "cuda" and on_windows(snapshot):
        return (in_wsl(snapshot, "jax[cuda13]", SOURCE),)
    needs = needs_of(snapshot, backend)
    return otherwise(snapshot, needs, JAX, lambda one: _plan_for(snapshot, one)) if needs is not None else ()


def jax_runs_here(snapshot: Snapshot, backend: Backend) -> bool:
    """Is there any JAX that runs here on that backend, with the driver there is?"""
    needs = needs_of(snapshot, backend)
    return needs is not None and JAX.fits(needs)


def why_no_jax(snapshot: Snapshot, backend: Backend) -> str:
    """One sentence: what the machine has that no JAX fits together, and what of it stands in the way."""
    if backend == "cuda" and on_windows(snapshot):
        return "JAX has no GPU build for native Windows"
    needs = needs_of(snapshot, backend)
    return why_not(needs, JAX) if needs is not None else f"no JAX can be chosen: {unserved(snapshot)}"


def best_backend(snapshot: Snapshot, python: Version = ()) -> Backend:
    """What a new JAX is to compute on: the accelerator that is there and that a build runs on, else the CPU."""
    tpu, amd = snapshot.tpu.value, snapshot.amd.value
    chips: int | None = known(tpu.chips) if tpu is not None else None
    gfx: tuple[str, ...] | None = known(amd.gfx) if amd is not None else None
    rocm: str | None = known(amd.rocm_version) if amd is not None else None
    candidates: list[Backend] = []
    if tpu is not None and (tpu.device_files or chips):
        candidates.append("tpu")
    if capabilities(snapshot):
        candidates.append("cuda")
    # The plugin brings no ROCm: the one that it was built for must be there.
    if gfx and numbers(rocm or "")[:1] == (7,):
        candidates.append("rocm")
    for backend in candidates:
        needs = with_python(needs_of(snapshot, backend), python)
        if needs is not None and JAX.fits(needs):
            return backend
    return "cpu"


def jax_requirements(snapshot: Snapshot, python: Version = (), versions: str = "") -> tuple[str, ...]:
    """What to install for a new JAX on the best device here; a plain "jax" where that does it.

    python: in an environment with that one. versions: what is asked for, ">=0.4"; () where no release meets that.
    """
    needs = with_python(needs_of(snapshot, best_backend(snapshot, python)), python)
    fitting = choices(needs) if needs is not None else iter(())
    choice = next((one for one in fitting if allowed(one.release.version, versions)), None)
    if choice is None or not choice.extra:
        return () if versions else ("jax",)
    return (f"jax[{choice.extra}]{versions}" if is_pin(versions) else choice.requirement,)


def installed_line(snapshot: Snapshot) -> Version:
    """The release line of the JAX that is there: (0, 6); empty where there is none."""
    packages = snapshot.packages.value
    found = packages.find("jax") if packages else None
    version = found.version if found else (snapshot.jax.value.version if snapshot.jax.value else "")
    return numbers(version)[:2]


def verify_code(backend: Backend) -> str:
    """Code that multiplies two matrices on the device and fails where there is none or the product is wrong."""
    platform = PLATFORMS[backend]
    product = "x = jax.numpy.ones((8, 8)); assert float((x @ x).sum()) == 512; print('works')"
    return f"import jax, jax.numpy; assert jax.devices()[0].platform == '{platform}'; {product}"


def _by_conda(snapshot: Snapshot, backend: Backend) -> tuple[Fix, ...]:
    """conda-forge's CUDA build, where conda brought the JAX that is there."""
    interpreter = snapshot.interpreter.value
    if backend != "cuda" or not installed_by_conda(snapshot, "jaxlib") or not conda_program(snapshot):
        return ()
    step = conda_command(snapshot, "install", "-c", "conda-forge", "jaxlib=*=*cuda*", "jax")
    python = interpreter.executable if interpreter else "python"
    return (
        Fix(
            title="install conda-forge's CUDA build of JAX",
            commands=(step,),
            needs=("network",),
            changes_packages=True,
            verify=command(snapshot, python, "-c", verify_code(backend)),
            source=SOURCE,
        ),
    )


def _plan_for(snapshot: Snapshot, needs: Needs) -> Plan | None:
    choice = best(needs)
    return _plan(snapshot, choice, needs.backend) if choice is not None else None


def _plan(snapshot: Snapshot, choice: Choice, backend: Backend) -> Plan:
    by_conda = tuple(name for name in ("jax", "jaxlib") if installed_by_conda(snapshot, name))
    words = f"JAX {choice.release.version}"
    return Plan(
        words=f"{words} with {_what(choice)}" if choice.extra else words,
        requirements=(choice.requirement,),
        remove_first=by_conda if choice.extra else (),
        verify=verify_code(backend),
        source=SOURCE,
    )


def _what(choice: Choice) -> str:
    if choice.extra == "tpu":
        return "its TPU library"
    if choice.extra.startswith("rocm"):
        return "its ROCm plugin (ROCm itself must be installed)"
    return f"its CUDA {choice.extra.removeprefix('cuda')} libraries"
