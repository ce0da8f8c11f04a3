"""Every framework by its own choice: what to install of it for this machine."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.judge.advice.jax_wheel import best_backend as best_jax_backend
from dlcheck.judge.advice.jax_wheel import jax_fixes, jax_requirements
from dlcheck.judge.advice.needs import Backend
from dlcheck.judge.advice.tensorflow_wheel import tensorflow_fixes, tensorflow_requirements, tensorflow_runs_here
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


def with_builds(snapshot: Snapshot, wanted: Sequence[str], python: Version = ()) -> tuple[str, ...]:
    """The same with TensorFlow and JAX, where no version is asked for, as builds that run on this machine's GPUs.

    python: in an environment with that one.
    """
    found: list[str] = []
    for one in wanted:
        if one == "tensorflow":
            found += tensorflow_requirements(snapshot, python)
        elif one == "jax":
            found += jax_requirements(snapshot, python)
        else:
            found.append(one)
    return tuple(dict.fromkeys(found))
