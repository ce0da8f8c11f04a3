"""Every framework by its own choice: what to install of it for this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlcheck.judge.advice.install import distribution_name
from dlcheck.judge.advice.jax_choice import JAX
from dlcheck.judge.advice.jax_wheel import best_backend as best_jax_backend
from dlcheck.judge.advice.jax_wheel import jax_fixes, jax_requirements
from dlcheck.judge.advice.needs import Backend, needs_of, with_python
from dlcheck.judge.advice.tensorflow_choice import TENSORFLOW
from dlcheck.judge.advice.tensorflow_wheel import tensorflow_fixes, tensorflow_requirements, tensorflow_runs_here
from dlcheck.judge.advice.torch_choice import TORCH
from dlcheck.judge.advice.torch_wheel import best_backend, torch_fixes
from dlcheck.judge.knowledge.versions import Version
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.model.profile import Framework
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot


def framework_fixes(snapshot: Snapshot, framework: Framework) -> tuple[Fix, ...]:
    """Alternatives that bring a release of it that runs here, on the best device there is; none where nothing fits."""
    if framework == "torch":
        return torch_fixes(snapshot, best_backend(snapshot))
    if framework == "jax":
        return jax_fixes(snapshot, best_jax_backend(snapshot))
    on_gpu = bool(capabilities(snapshot)) and tensorflow_runs_here(snapshot, "cuda")
    backend: Backend = "cuda" if on_gpu else "cpu"
    return tensorflow_fixes(snapshot, backend)


def serves_gpus(snapshot: Snapshot, framework: Framework, python: Version) -> bool:
    """Has a release of it a build for that Python which runs on this machine's NVIDIA GPUs?"""
    needs = with_python(needs_of(snapshot, "cuda"), python)
    solver = {"torch": TORCH, "tensorflow": TENSORFLOW, "jax": JAX}[framework]
    return needs is not None and solver.fits(needs)


def with_builds(snapshot: Snapshot, wanted: Sequence[str], python: Version = ()) -> tuple[str, ...]:
    """The same with TensorFlow and JAX as builds that run on this machine's GPUs, in the versions that are asked for.

    A requirement with an extra, a marker or an address stays as it is, and so does one that no build here meets.
    python: in an environment with that one.
    """
    found: list[str] = []
    for one in wanted:
        name, versions = asked(one)
        if name == "tensorflow":
            found += tensorflow_requirements(snapshot, python, versions) or (one,)
        elif name == "jax":
            found += jax_requirements(snapshot, python, versions) or (one,)
        else:
            found.append(one)
    return tuple(dict.fromkeys(found))


def asked(requirement: str) -> tuple[str, str]:
    """Name and versions of a plain requirement: "JAX >= 0.4" → ("jax", ">=0.4"); ("", "") of one with more to it."""
    found = re.fullmatch(r"\s*([A-Za-z0-9][\w.-]*)\s*((?:[<>=!~]=?=?\s*[\w.*+]+\s*,?\s*)*)", requirement)
    if found is None:
        return "", ""
    return distribution_name(found.group(1)), "".join(found.group(2).split())
