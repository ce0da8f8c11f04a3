"""Statistics of samples, on samples that were recorded and on those whose answer is known."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dlcheck.bench import statistics

# fp32, N = 256, 2 threads, two vCPUs of a busy machine, 50 ms: seconds of single products, as they came.
RECORDED = (
    0.000098, 0.000097, 0.000099, 0.000101, 0.000098, 0.000097, 0.0001, 0.004021, 0.000099, 0.000098, 0.000103,
    0.000099, 0.000098, 0.003998, 0.000104, 0.000101, 0.000099, 0.000098, 0.0001, 0.000099, 0.008012, 0.00011,
    0.000102, 0.000099, 0.000098, 0.000097, 0.000098, 0.000099, 0.0001, 0.000098,
)  # fmt: skip


def test_what_a_busy_machine_does_to_each_statistic():
    taken = statistics.times(RECORDED)

    assert taken.best == 0.000097
    assert taken.median == pytest.approx(0.000099)
    assert taken.p95 > 30 * taken.best
    assert taken.mean > 5 * taken.median
    low, high = taken.ci95
    assert 0.000097 <= low <= taken.median <= high <= 0.000102


def test_rates_are_two_n_cubed_by_the_time():
    taken = statistics.times([0.002, 0.001, 0.004])
    rates = statistics.rates(1000, 1000, 1000, taken)

    assert rates.best == pytest.approx(2.0)
    assert rates.median == pytest.approx(1.0)


def test_a_device_that_slows_down_is_slower_at_the_end_than_at_the_start():
    samples = [0.001] * 10 + [0.001 + 0.00001 * step for step in range(40)] + [0.0014] * 50
    taken = statistics.times(samples)

    assert taken.burst == 0.001
    assert taken.sustained == 0.0014


def test_the_best_of_disturbed_blocks_counts_and_nothing_else_of_them():
    taken = statistics.times([0.002, 0.003, 0.004], best_of=[0.001])

    assert (taken.best, taken.median) == (0.001, 0.003)


@pytest.mark.parametrize(
    ("noise", "samples", "disturbed", "grade"),
    [(0.0, 30, False, "A"), (0.05, 30, False, "A"), (0.051, 30, False, "B"), (0.15, 30, False, "B"),
     (0.16, 30, False, "C"), (0.0, 30, True, "C"), (float("nan"), 30, False, "C"), (float("inf"), 30, False, "C"),
     (0.0, 1, False, "C"), (0.0, 4, False, "B")],
)  # fmt: skip
def test_grades(noise, samples, disturbed, grade):
    assert statistics.quality(noise, samples, disturbed=disturbed) == grade


def test_the_interval_of_the_median_holds_it_in_19_of_20_cases():
    dice = random.Random(1)
    held = 0
    for _ in range(500):
        low, high = statistics.median_interval(sorted(dice.lognormvariate(0, 1) for _ in range(41)))
        held += low <= 1.0 <= high
    assert 0.92 <= held / 500 <= 1.0


@given(some.lists(some.floats(1e-7, 1e3), min_size=1, max_size=200))
def test_the_order_of_the_statistics(samples):
    taken = statistics.times(samples)

    assert taken.best <= taken.p5 <= taken.median <= taken.p95 <= max(samples)
    assert taken.ci95[0] <= taken.median * (1 + 1e-12) and taken.median <= taken.ci95[1] * (1 + 1e-12)
    assert statistics.noise(taken) >= 0


def test_a_ratio_of_pairs_is_untouched_by_what_slows_both():
    pairs = [(2.0, 1.0), (20.0, 10.0), (2.2, 1.1), (2.0, 1.0)]

    assert statistics.ratio(pairs) == (pytest.approx(2.0), (pytest.approx(2.0), pytest.approx(2.0)))


@pytest.mark.parametrize("function", [statistics.times, statistics.ratio])
def test_of_nothing_there_is_no_statistic(function):
    with pytest.raises(ValueError):
        function([])
