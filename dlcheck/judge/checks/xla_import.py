"""JAX and torch_xla, where they are installed: can they be imported, and do they compute without a TPU?"""

from __future__ import annotations

from dlcheck.judge.check import FAIL, WARN, Verdict, check
from dlcheck.judge.imports import Library, import_crashed, import_failed, import_hung, work_crashed, work_hung
from dlcheck.model.frameworks import Jax, TorchXla
from dlcheck.model.gaps import Probed
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
JAX = Library(distribution="jax", title="JAX", module="jax")
TORCH_XLA = Library(distribution="torch-xla", title="torch_xla", module="torch_xla")


@check(FAIL, pillar="python", wanted="jax", otherwise=WARN, since="0.1")
def jax_import_fails(jax: Probed[Jax], snapshot: Snapshot) -> Verdict:
    """Importing JAX fails.

    As a rule jax, jaxlib and their plugins are of versions that do not fit each other.
    """
    return import_failed(JAX, jax, snapshot)


@check(FAIL, pillar="python", wanted="jax", otherwise=WARN, since="0.1")
def jax_crashes(jax: Probed[Jax], snapshot: Snapshot) -> Verdict:
    """JAX kills the process, on its import or at its first calculation.

    jaxlib's builds use AVX instructions, which old processors and some virtual machines lack; otherwise a plugin's
    driver or compiled parts do not fit.
    """
    return import_crashed(JAX, jax, snapshot) if jax.value is None else work_crashed(JAX, jax, snapshot)


@check(FAIL, pillar="python", wanted="jax", otherwise=WARN, since="0.1")
def jax_hangs(jax: Probed[Jax], snapshot: Snapshot) -> Verdict:
    """JAX does not come back in time, from its import or from its first calculation.

    Its devices were asked for without a TPU: a TPU belongs to one process at a time and is never touched.
    """
    return import_hung(JAX, jax, snapshot) if jax.value is None else work_hung(jax)


@check(FAIL, pillar="python", wanted="tpu", otherwise=WARN, since="0.1")
def torch_xla_import_fails(torch_xla: Probed[TorchXla], snapshot: Snapshot) -> Verdict:
    """Importing torch_xla fails.

    It fits one release of PyTorch alone: torch_xla 2.9 needs torch 2.9. With another the import ends in "undefined
    symbol".
    """
    return import_failed(TORCH_XLA, torch_xla, snapshot)


@check(FAIL, pillar="python", wanted="tpu", otherwise=WARN, since="0.1")
def torch_xla_crashes(torch_xla: Probed[TorchXla], snapshot: Snapshot) -> Verdict:
    """torch_xla kills the process, on its import or at its first calculation.

    torch_xla is how PyTorch reaches a TPU. It was asked to compute by XLA on the CPU, so the fault is in its own
    libraries or in how they fit this PyTorch; no TPU was touched.
    """
    if torch_xla.value is None:
        return import_crashed(TORCH_XLA, torch_xla, snapshot)
    return work_crashed(TORCH_XLA, torch_xla, snapshot)


@check(FAIL, pillar="python", wanted="tpu", otherwise=WARN, since="0.1")
def torch_xla_hangs(torch_xla: Probed[TorchXla], snapshot: Snapshot) -> Verdict:
    """torch_xla does not come back in time, from its import or from its first calculation.

    torch_xla is how PyTorch reaches a TPU. It was asked to compute by XLA on the CPU, so the fault is in its own
    libraries or in how they fit this PyTorch; no TPU was touched.
    """
    return import_hung(TORCH_XLA, torch_xla, snapshot) if torch_xla.value is None else work_hung(torch_xla)
