"""Run the measuring program in the judged interpreter and make one document of what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from dlcheck.bench.plan import Options
from dlcheck.model.bench import Bench
from dlcheck.model.snapshot import Snapshot


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come: for a line on the screen, at most a few times in a second."""

    fraction: float
    """Of the budget, 0 to 1; 0 while the library is imported."""
    words: str
    """"importing torch", "cpu fp32 1024 × 1024: 187 GFLOP/s"."""


def measure(
    python: str,
    options: Options,
    snapshot: Snapshot,
    *,
    began: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Bench:
    """Measure with the library of one interpreter. Never raises for what happens in it, nor for ^C: what came is told.

    python: the interpreter. snapshot: facts of this machine, at least `os`, `cpu`, `memory`; `nvidia` where there is
    one. began: time.time() at which the budget began to run; by default now.
    """
    raise NotImplementedError
