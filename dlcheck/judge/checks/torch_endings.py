"""PyTorch, imported: does it start CUDA and compute without dying or getting stuck?"""

from __future__ import annotations

from dlcheck.judge.check import FAIL, WARN, Verdict, check
from dlcheck.judge.checks.torch_import import TORCH
from dlcheck.judge.imports import work_crashed, work_hung
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
_DRIVER = (
    "nvidia-driver-hangs", "nvidia-driver-crashes", "gpu-lost", "driver-library-mismatch", "cuda-compat-not-usable",
    "cuda-stub-library", "cuda-libs-shadowed-by-ld-library-path",
)  # fmt: skip


@check(FAIL, pillar="system", wanted="torch", otherwise=WARN, after=_DRIVER, since="0.1")
def torch_cuda_init_crashes(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """PyTorch can be imported, and dies when CUDA is asked for.

    As a rule the driver's library (libcuda) crashes while it starts: a damaged or half-updated driver, a library of
    another driver in front of it, a GPU that fell off the bus.

    How it is told: the child had said that it was asking CUDA when a signal ended it.
    """
    return work_crashed(TORCH, torch, snapshot, cuda=True)


@check(FAIL, pillar="system", wanted="torch", otherwise=WARN, after=_DRIVER, since="0.1")
def torch_cuda_init_hangs(torch: Probed[Torch]) -> Verdict:
    """PyTorch can be imported, and does not come back when CUDA is asked for.

    As a rule the driver waits for a GPU that no longer answers, or for a fabric manager that is still starting.
    """
    return work_hung(torch, cuda=True)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, after=_DRIVER, since="0.1")
def torch_computing_crashes(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """PyTorch dies while it computes.

    It can be imported, and a small calculation ends the process: an instruction that the processor lacks, a GPU's
    driver that crashes, compiled parts that do not fit each other.
    """
    return work_crashed(TORCH, torch, snapshot, cuda=False)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, after=_DRIVER, since="0.1")
def torch_computing_hangs(torch: Probed[Torch]) -> Verdict:
    """PyTorch does not come back from a small calculation.

    It can be imported, so the first real program would stop here. What it was doing when its time was up is told; a
    driver that does not answer has a check of its own and comes before.
    """
    return work_hung(torch, cuda=False)
