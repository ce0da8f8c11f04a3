"""JAX and the GPU: is there a plugin for it, does it belong to this JAX, and is it made for this driver and GPU?"""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.jax_wheel import jax_fixes, jax_otherwise, upgrade_by_name, verify_code, why_no_jax
from dlcheck.judge.advice.needs import needs_of
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip, unknown
from dlcheck.judge.checks.cuda import NOT_BEFORE
from dlcheck.judge.complaints import stands_alone
from dlcheck.judge.knowledge.cuda_drivers import cuda_drivers, driver_for, driver_runs
from dlcheck.judge.knowledge.gpus import capability_of, capability_words
from dlcheck.judge.knowledge.jax_releases import Plugin, newer_than_table, plugins, release_of
from dlcheck.judge.knowledge.versions import dotted, numbers
from dlcheck.judge.nvidia_facts import (
    capability,
    driver_system,
    driver_version,
    driver_works,
    gpu_is_there,
    gpu_names,
    serves,
    sure_cuda,
    visible_gpus,
)
from dlcheck.judge.presence import installed, named_frameworks
from dlcheck.judge.said import said
from dlcheck.model.devices import CudaDriver, Nvidia, NvidiaGpu
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Distribution, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
SAW_ONE = r"a CUDA-enabled jaxlib is not installed"
"""What JAX says only where it saw an NVIDIA GPU."""
FELL_BACK = r"No GPU/TPU found, falling back to CPU"
"""What older releases say on every machine that they use the CPU of, with a GPU and without."""
ASKED_FOR = "no platforms that are instances of (?:gpu|cuda) are present"
CUDA_PLUGIN = re.compile(r"jax-cuda(\d+)-plugin")


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=NOT_BEFORE, since="0.1")
def jax_cpu_build_on_gpu_machine(
    packages: Probed[Packages],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """JAX has no plugin for the GPU, and this machine has an NVIDIA GPU.

    It works, and never uses the GPU: "An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is not
    installed. Falling back to cpu", in older releases "No GPU/TPU found, falling back to CPU". A plain `pip install
    jax` brings the CPU's part alone; native Windows has no other.

    How it is told: jax is installed and none of its CUDA plugins is, while a driver shows an NVIDIA GPU; or its words.

    Known false alarms: older releases say that they fall back on every machine without a GPU: these words count where
    a GPU is told of, or nothing else is. A JAX that another package brought beside PyTorch or TensorFlow, and a GPU
    that no JAX runs on: notes.

    Sources: https://docs.jax.dev/en/latest/installation.html, jax/_src/xla_bridge.py,
    https://github.com/ziatdinovmax/gpax/issues/63, https://github.com/danijar/dreamerv3/issues/18
    """
    words = f"{SAW_ONE}|{FELL_BACK}|{ASKED_FOR}" if gpu_is_there(snapshot) else SAW_ONE
    words = f"{words}|{FELL_BACK}" if stands_alone(snapshot) else words
    complaint = said(snapshot, words) if snapshot.depth == "pasted" else ""
    installed_ones = packages.value
    # JAX says the same where its plugin is there and cannot be loaded, and on a Mac.
    mac = snapshot.os.value is not None and snapshot.os.value.system == "darwin"
    other = mac or (installed_ones is not None and cuda_plugin(installed_ones) is not None)
    if complaint and not other:
        return bad(complaint, *filter(None, [gpu_names(snapshot)]), fixes=_fixes_or_otherwise(snapshot))
    jax = installed_ones.find("jax") if installed_ones is not None else None
    if installed_ones is None or jax is None:
        return skip("JAX is not installed")
    found, build = cuda_plugin(installed_ones), installed_ones.build("jax")
    of_files: str | None = known(build.cuda) if build is not None else None
    if found is not None or of_files:
        return ok(f"{found.name} {found.version}" if found else "JAX finds a CUDA plugin")
    jaxlib = installed_ones.find("jaxlib")
    if jaxlib is not None and (jaxlib.installer == "conda" or "+cuda" in jaxlib.version):
        return skip("what this jaxlib is built for is not known")
    if not gpu_is_there(snapshot):
        return skip("there is no NVIDIA GPU")
    if not driver_works(nvidia, cuda_driver):
        return skip("the GPU's driver does not work, or nobody asked it")
    evidence = [f"JAX {jax.version}, without a CUDA plugin", f"there is {gpu_names(snapshot) or 'an NVIDIA GPU'}"]
    fixes = jax_fixes(snapshot, "cuda")
    if not fixes:
        evidence.append(why_no_jax(snapshot, "cuda"))
    others = any(installed(snapshot, name) for name in ("torch", "tensorflow"))
    main = "jax" in named_frameworks(profile) or not others
    return bad(*evidence, fixes=fixes or jax_otherwise(snapshot, "cuda"), at_most=FAIL if main and fixes else NOTE)


@check(FAIL, pillar="python", wanted="jax", otherwise=WARN, since="0.1")
def jax_plugin_mismatch(packages: Packages, snapshot: Snapshot) -> Verdict:
    """JAX's CUDA plugin is of another version than jaxlib.

    JAX then does without it, and computes on the CPU: "JAX plugin … is installed, but it is not compatible with the
    installed jaxlib version …, so it will not be used".

    How it is told: the numbers in the versions of jaxlib and of the plugin with its PJRT part, as JAX compares them.

    Known false alarms: jax may be newer than jaxlib; the plugins for ROCm have numbers of their own.

    Sources: jaxlib/plugin_support.py; https://github.com/jax-ml/jax/issues/29068
    """
    jaxlib, plugin = packages.find("jaxlib"), cuda_plugin(packages)
    if jaxlib is None or plugin is None:
        return skip("jaxlib and a CUDA plugin of it are not both installed")
    pjrt = packages.find(plugin.name.replace("-plugin", "-pjrt"))
    parts = [one for one in (plugin, pjrt) if one is not None]
    seen = f"jaxlib {jaxlib.version}; {', '.join(f'{one.name} {one.version}' for one in parts)}"
    if all(numbers(one.version) == numbers(jaxlib.version) for one in parts):
        return ok(seen)
    fixes = jax_fixes(snapshot, "cuda")
    if not fixes:
        extra = plugin.name.removeprefix("jax-").removesuffix("-plugin")
        wanted = [f"jax[{extra}]"]
        title = "install JAX and its plugin anew, in one step"
        fixes = install(snapshot, wanted, title=title, upgrade=True, verify=verify_code("cuda"))
    return bad(seen, fixes=fixes)


@check(FAIL, pillar="system", wanted="jax", otherwise=WARN, after=NOT_BEFORE, since="0.1")
def driver_too_old_for_jax_cuda(packages: Packages, nvidia: Nvidia, snapshot: Snapshot) -> Verdict:
    """The NVIDIA driver is older than JAX's CUDA plugin needs.

    JAX then computes on the CPU, after "CUDA backend failed to initialize". The plugin for CUDA 13 needs driver 580,
    the one for CUDA 12 driver 525; the same JAX has both.

    How it is told: the driver's version against the first driver of the plugin's CUDA.

    Known false alarms: where JAX computed on the GPU, it is served, by a forward-compatibility libcuda for one.

    Sources: https://docs.jax.dev/en/latest/installation.html
    """
    plugin, version, system = cuda_plugin(packages), driver_version(snapshot), driver_system(snapshot)
    if plugin is None or not version:
        return skip("JAX has no CUDA plugin, or the driver's version is not known")
    if _computes(snapshot):
        return ok(f"JAX computes on the GPU with driver {version}")
    cuda = plugin.name.removeprefix("jax-cuda").removesuffix("-plugin")
    floor = driver_for(cuda, system)
    if floor is None:
        return _by_what_the_driver_says(plugin, cuda, snapshot)
    needed = f"{plugin.name} {plugin.version} needs driver {floor} or newer"
    if driver_runs(version, cuda, system) is not False:
        return ok(f"driver {version}; {needed}")
    return bad(f"driver {version}", needed, fixes=_fixes_or_otherwise(snapshot))


@check(
    FAIL, pillar="python", wanted="jax", otherwise=WARN, after=(*NOT_BEFORE, "driver-too-old-for-jax-cuda"), since="0.1"
)
def gpu_not_served_by_jax_plugin(gpu: NvidiaGpu, packages: Packages, snapshot: Snapshot) -> Verdict:
    """The GPU is older than JAX's CUDA plugin serves.

    The plugin for CUDA 13 serves Turing (7.5) and newer GPUs, the one for CUDA 12 Maxwell (5.2) and newer; the same JAX
    has both.

    How it is told: the GPU's compute capability against what JAX's documentation states for the plugin.

    Known false alarms: a GPU on which JAX computed, one that is not visible, and one beside another that is served.

    Sources: https://docs.jax.dev/en/latest/installation.html
    """
    jax, found, device = packages.find("jax"), cuda_plugin(packages), capability(gpu)
    if jax is None or found is None or device is None:
        return skip("JAX has no CUDA plugin, or the GPU's compute capability is not known")
    visible = visible_gpus(snapshot)
    if gpu.index not in [one.index for one in visible]:
        return skip("it is not visible to programs here")
    row = _row(jax, found)
    if row is None:
        words = newer_than_table(jax.version) or "it is not in dlcheck's table"
        return skip(f"which GPUs {found.name} {found.version} serves is not known: {words}")
    seen = f"{known(gpu.name) or 'the GPU'} has {capability_words(device)}"
    oldest = capability_of(row.oldest)
    if device >= oldest or _computes(snapshot):
        return ok(seen)
    others = [one for one in map(capability, visible) if one is not None]
    evidence = [seen, f"{found.name} {found.version} serves {row.oldest} and newer"]
    if any(one >= oldest for one in others):
        return bad(*evidence, "another GPU is served", at_most=NOTE)
    return bad(*evidence, fixes=_fixes_or_otherwise(snapshot))


def _by_what_the_driver_says(plugin: Distribution, cuda: str, snapshot: Snapshot) -> Verdict:
    """Of a CUDA that no table knows."""
    newer = f"CUDA {cuda} is newer than dlcheck's table of {cuda_drivers().read}"
    told = sure_cuda(snapshot)
    if told is None:
        return unknown(f"which driver {plugin.name} {plugin.version} needs is not known: {newer}")
    seen = f"driver {driver_version(snapshot)} serves CUDA {dotted(told)}"
    if serves(snapshot, cuda):
        return ok(f"{seen}; {newer}")
    return bad(seen, f"{plugin.name} {plugin.version}", newer, fixes=_fixes_or_otherwise(snapshot))


def cuda_plugin(packages: Packages) -> Distribution | None:
    """JAX's plugin for CUDA, the newer one first, as JAX itself looks for them; None where there is none."""
    found = {int(name[1]): one for one in packages.distributions if (name := CUDA_PLUGIN.fullmatch(one.name))}
    return found[max(found)] if found else None


def _row(jax: Distribution, plugin: Distribution) -> Plugin | None:
    release = release_of(jax.version)
    extra = plugin.name.removeprefix("jax-").removesuffix("-plugin")
    return next((one for one in plugins(release) if one.extra == extra), None) if release is not None else None


def _computes(snapshot: Snapshot) -> bool:
    """Did JAX compute the known product on a GPU?"""
    jax = snapshot.jax.value
    return jax is not None and any(one.kind == "cuda" and one.product_right is True for one in jax.devices)


def _fixes_or_otherwise(snapshot: Snapshot) -> tuple[Fix, ...]:
    """A JAX that runs here as things are; where none does, what else helps."""
    needs = needs_of(snapshot, "cuda")
    if snapshot.depth == "pasted" and (needs is None or not needs.driver):
        return upgrade_by_name(snapshot)
    return jax_fixes(snapshot, "cuda") or jax_otherwise(snapshot, "cuda")
