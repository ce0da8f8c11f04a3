"""A Comparison: what differs between benchmarks, the first of them against each of the others."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import OwnName
from dlcheck.model.measured import Dtype

COMPARISON_SCHEMA = "dlcheck.comparison/1"

Verdict = Literal["SAME", "FASTER", "SLOWER", "AMBIGUOUS"]
"""Of the second against the first, by the interval of the effect. SAME: all of it within the floor of 3 %. FASTER and
SLOWER: all of it beyond. AMBIGUOUS: it reaches over the floor, or one of both figures was disturbed."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One of the benchmarks that are compared."""

    label: OwnName
    """The file or name it was given by."""
    started_at: str = ""
    machine: str = ""
    """For a person: "AMD Ryzen 9 7950X, NVIDIA GeForce RTX 4090"."""
    software: str = ""
    mode: str = ""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What one device of one run reaches in one format, at the size that stands for it."""

    run: int
    """Index into `runs`."""
    device: str
    model: str = ""
    dtype: Dtype
    tflops: float
    approximate: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One row of both runs."""

    device: str
    """In the first run; `other_device` where the second names it otherwise."""
    other_device: str = ""
    dtype: Dtype
    size: str
    """"512", or "4096×4096×11008"."""
    threads: int = 0
    other_threads: int = 0
    headline: bool = False
    same_device: bool = True
    """Both ran on the same model of device: a difference is a change, not another machine."""
    tflops: tuple[float, float]
    """First and second."""
    effect: float
    """Second ÷ first: 1.1 is a tenth faster."""
    interval: tuple[float, float]
    verdict: Verdict
    why: str = ""
    """Why it is ambiguous."""


class Incomparable(msgspec.Struct, frozen=True, kw_only=True):
    """One row that is in both runs and must not be compared."""

    device: str
    dtype: Dtype
    size: str
    threads: int = 0
    why: str


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """The first run against one other."""

    run: int
    """Index into `runs`."""
    same_devices: bool
    """The same models of devices: a difference is a change. Else it compares machines."""
    warnings: tuple[str, ...] = ()
    """What else differs and may explain a difference."""
    differences: tuple[Difference, ...] = ()
    incomparable: tuple[Incomparable, ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs or more."""

    schema: str = COMPARISON_SCHEMA
    runs: tuple[Run, ...]
    reach: tuple[Reach, ...] = ()
    against: tuple[Against, ...] = ()
    """One for each run after the first."""
