"""What samples mean: pure functions of seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dlcheck.model.measured import Quality, Rates, Times

Z = 0.98
"""Half of 1.96: the median's 95 % interval spans the ranks n/2 ± 0.98 √n."""
CLEAN, FAIR = 0.05, 0.15
"""Noise up to which the quality is A, and B."""
FEWEST, FEWEST_FOR_A = 3, 10
"""Samples below which the quality is C, and not A."""


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of ordered values the one below which that share of them lies, by linear interpolation."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    return quantile(sorted(values), 0.5)


def median_interval(ordered: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median of ordered values, by order statistics (ranks n/2 ± 0.98 √n, from 1)."""
    count = len(ordered)
    reach = Z * math.sqrt(count)
    low = max(1, math.floor(count / 2 - reach))
    high = min(count, math.ceil(1 + count / 2 + reach))
    return ordered[low - 1], ordered[high - 1]


def times(samples: Sequence[float], *, best_of: Sequence[float] = ()) -> Times:
    """The statistics of samples in the order in which they were taken.

    best_of: further samples of which only the best counts: those of disturbed blocks, for nothing that disturbs makes
    a product faster. Raises ValueError where there is no sample.
    """
    if not samples:
        raise ValueError("there are no samples")
    ordered = sorted(samples)
    tenth = max(1, len(samples) // 10)
    return Times(
        best=min(ordered[0], *best_of) if best_of else ordered[0],
        median=quantile(ordered, 0.5),
        p5=quantile(ordered, 0.05),
        p95=quantile(ordered, 0.95),
        mean=math.fsum(samples) / len(samples),
        ci95=median_interval(ordered),
        burst=median(samples[:tenth]),
        sustained=median(samples[len(samples) // 2 :]),
    )


def rates(m: int, n: int, k: int, taken: Times) -> Rates:
    """The same as 10^12 operations in a second, 2·m·n·k of them in a product."""
    work = 2.0 * m * n * k / 1e12
    return Rates(
        best=work / taken.best, median=work / taken.median, sustained=work / taken.sustained, burst=work / taken.burst
    )


def noise(taken: Times) -> float:
    """How far the usual time is above the best one, as a share."""
    return taken.median / taken.best - 1


def quality(spread: float, samples: int, *, disturbed: bool) -> Quality:
    """The grade of a row of that noise; of a few samples the noise is not known."""
    if disturbed or not spread <= FAIR or samples < FEWEST:
        return "C"
    return "A" if spread <= CLEAN and samples >= FEWEST_FOR_A else "B"


def ratio(pairs: Sequence[tuple[float, float]]) -> tuple[float, tuple[float, float]]:
    """Median and quartiles of first ÷ second, pair by pair. Raises ValueError where there is no pair."""
    if not pairs:
        raise ValueError("there are no pairs")
    ordered = sorted(first / second for first, second in pairs)
    return quantile(ordered, 0.5), (quantile(ordered, 0.25), quantile(ordered, 0.75))
