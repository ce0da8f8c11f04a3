"""What a benchmark's figures mean: the sentences for a person, the published figures beside them, the floors asked for.

Rates are TFLOP/s (10^12 operations in a second; TOP/s of whole numbers).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, Maybe, Path
from dlcheck.model.measured import Dtype

BenchVerdict = Literal["measured", "wrong", "below", "unknown"]
"""measured  there are figures, and every floor that was asked for is met
wrong     a product was wrong: no figure of that device is worth anything
below     a floor was missed
unknown   nothing could be measured, or too much disturbed it to judge what was asked
"""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One format of a device's precision ladder, at the size that stands for it."""

    device: str
    dtype: Dtype
    n: int
    tflops: float
    times_fp32: float = 0.0
    """How many times as fast as fp32 on the same device; 0 where fp32 was not measured."""
    emulated: float = 0.0
    """So many times slower than `emulated_against`, because there is no fast kernel; 0 where there is one."""
    emulated_against: str = ""
    pct_peak: Maybe[float] = NOT_LOOKED
    """Per cent of the rated peak; where that is not known, of the peak at the measured clock."""
    approximate: bool = False
    """Quality C: written with "≈"."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What others measured on the same product, and where this device stands."""

    device: str
    dtype: Dtype
    product: str
    """"RTX 4090"."""
    low: float
    high: float
    """The lowest and the highest published figure."""
    expected: tuple[float, float]
    """Within these it is normal: 0.80 to 1.15 of the median of two reports or more, 0.65 to 1.30 of one."""
    reports: int
    """How many people's measurements the figures rest on."""
    sources: tuple[str, ...]
    measured: float
    standing: Literal["normal", "low", "high", "unknown"]
    """unknown: the measurement was disturbed."""
    per_cent: float
    """Of the median of the published figures."""
    because: str = ""
    """Why it is low, where that was seen: "throttled (thermal)"."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a device that is not here gives by published measurements: nothing of it was measured here."""

    product: str
    where: str
    """"free on Colab and Kaggle"."""
    dtype: Dtype
    low: float
    high: float
    reports: int
    sources: tuple[str, ...]
    times_here: float = 0.0
    """How many times as fast as the best that was measured here in this format; 0 where nothing was."""


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was asked of the figures."""

    asked: Path
    """As it was typed: "--min-tflops fp32=1.5", "--baseline last-month.json"."""
    standing: Literal["met", "missed", "unknown"]
    words: str
    """What was measured against it, in a sentence; where it could not be judged, why."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a run, and the exit status that tells it."""

    word: BenchVerdict = "unknown"
    exit_code: int = 3
    """0 measured, 1 wrong or below, 3 unknown, 130 interrupted."""
    problems: tuple[str, ...] = ()
    """Why it is none better: wrong products, missed floors, why nothing was measured."""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of one run."""

    summary: tuple[str, ...] = ()
    """At most three sentences for somebody who measures for the first time."""
    advice: str = ""
    """Which format to use on the fastest device, in one sentence."""
    limits: tuple[str, ...] = ()
    """What holds this machine back, and what disturbed the measurement."""
    ladder: tuple[Rung, ...] = ()
    references: tuple[Reference, ...] = ()
    published: tuple[Published, ...] = ()
    """Where there is no accelerator."""
    floors: tuple[Floor, ...] = ()
