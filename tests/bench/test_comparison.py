"""Which rows may be compared, and what the interval of the effect says."""

import msgspec
import pytest

from dlcheck.bench.comparison import against_baseline, compare, difference, interval, verdict
from dlcheck.bench.pairing import incomparable, matched, warnings
from dlcheck.model.gaps import ABSENT
from dlcheck.model.measured import Verification
from tests.benches import (
    CONTENDED,
    CPU,
    CPU_BENCH,
    EMPTY,
    EPYC,
    FULL_BENCH,
    GPU,
    GPU_BENCH,
    GPU_PARTS,
    SOFTWARE,
    VM_HOST,
    WRONG,
    finished,
    row,
)

VERDICTS = [
    (0.99, 1.01, "SAME"), (0.971, 1.03, "SAME"), (1.0, 1.0, "SAME"),
    (1.031, 1.2, "FASTER"), (2.0, 3.0, "FASTER"), (0.8, 0.97, "SLOWER"), (0.1, 0.5, "SLOWER"),
    (0.98, 1.05, "AMBIGUOUS"), (1.02, 1.04, "AMBIGUOUS"), (0.95, 0.99, "AMBIGUOUS"), (0.5, 2.0, "AMBIGUOUS"), (1.03, 1.2, "AMBIGUOUS"),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high", "word"), VERDICTS)
def test_the_whole_interval_decides(low, high, word):
    assert verdict(low, high) == word


def changed(one, factor):
    """The same row, so many times as fast."""
    times = {
        name: getattr(one.time_s, name) / factor
        for name in ("best", "median", "p5", "p95", "mean", "burst", "sustained")
    }
    rates = {name: getattr(one.tflops, name) * factor for name in ("best", "median", "sustained", "burst")}
    ci95 = tuple(bound / factor for bound in one.time_s.ci95)
    return msgspec.structs.replace(
        one,
        time_s=msgspec.structs.replace(one.time_s, ci95=ci95, **times),
        tflops=msgspec.structs.replace(one.tflops, **rates),
    )


ON_CPU, ON_GPU = row("cpu", "fp32", 512, 1.0, threads=4, noise=0.01), row("cuda:0", "fp32", 512, 20.0, noise=0.01)


@pytest.mark.parametrize("one", [ON_CPU, ON_GPU], ids=["cpu", "gpu"])
@pytest.mark.parametrize(
    ("factor", "word"),
    [
        (1.0, "SAME"),
        (1.01, "SAME"),
        (1.03, "AMBIGUOUS"),
        (1.1, "FASTER"),
        (0.97, "AMBIGUOUS"),
        (0.9, "SLOWER"),
        (30.0, "FASTER"),
    ],
)
def test_a_row_against_itself_made_faster(one, factor, word):
    found = difference(one, changed(one, factor))

    assert found.verdict == word
    assert found.effect == pytest.approx(factor)
    assert found.interval[0] <= found.effect <= found.interval[1]


def test_a_disturbed_row_is_never_faster_or_slower():
    noisy = row("cpu", "fp32", 512, 10.0, threads=4, noise=0.4)
    found = difference(ON_CPU, noisy)

    assert (found.verdict, found.why) == ("AMBIGUOUS", "disturbed in the second run")


def test_a_cpu_stands_for_its_best_and_an_accelerator_for_what_it_keeps_up():
    low, high = interval(ON_CPU)
    assert (low, high) == (pytest.approx(ON_CPU.tflops.best / 1.004), ON_CPU.tflops.best)
    low, high = interval(ON_GPU)
    assert low < ON_GPU.tflops.sustained < high


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"data": "zeros"}, "data randn against zeros"),
        ({"compute_mode": "tf32"}, "mode ieee against tf32"),
        ({"timer": "events"}, "timer wall against events"),
        ({"out_preallocated": False}, "output True against False"),
        ({"refused": "contended", "quality": "C"}, "the second run has no figure that can be believed: contended"),
        (
            {"tflops": None, "time_s": None, "skipped_reason": "no memory"},
            "the second run has no figure that can be believed: no memory",
        ),
        (
            {"verify": Verification(ok=False, method="", residual_u=1, limit_u=0, bitwise_repeat=False)},
            "the second run's product was wrong",
        ),
    ],
)
def test_why_rows_must_not_be_compared(change, why):
    assert incomparable(ON_CPU, msgspec.structs.replace(ON_CPU, **change)) == why


def test_a_run_against_itself_is_the_same_throughout():
    found = compare([("a", GPU_BENCH), ("b", GPU_BENCH)]).against[0]

    assert found.same_devices
    assert {one.verdict for one in found.differences} == {"SAME"}
    assert found.warnings == ()
    # One row differs from all others: it is emulated, and measured at one size.
    assert len(found.differences) == len(GPU_BENCH.measured)


def test_a_laptop_against_a_virtual_machine_compares_machines():
    found = compare([("laptop", GPU_BENCH), ("vm", CPU_BENCH)])
    only = found.against[0]

    assert not only.same_devices
    assert "cpu: AMD Ryzen 9 7950X 16-Core Processor against AMD EPYC Processor" in only.warnings
    assert "cuda:0 is in the first run alone" in only.warnings
    assert {one.device for one in only.differences} == {"cpu"}
    assert {(one.threads, one.other_threads) for one in only.differences} == {(16, 2), (1, 1)}
    assert {(one.run, one.device) for one in found.reach} == {(0, "cpu"), (0, "cuda:0"), (1, "cpu")}


def test_an_accelerator_meets_one_of_another_name():
    mps = msgspec.structs.replace(GPU, name="mps", type="mps", model="Apple M1")
    laptop = finished(
        devices=(CPU, mps), results=(row("mps", "fp32", 512, 1.0), row("cpu", "fp32", 512, 0.5, threads=8))
    )
    desktop = finished(
        devices=(CPU, GPU), results=(row("cuda:0", "fp32", 512, 20.0), row("cpu", "fp32", 512, 0.5, threads=16))
    )
    pairs, same = matched(laptop, desktop)

    assert {(pair.one.device, pair.other.device) for pair in pairs} == {("mps", "cuda:0"), ("cpu", "cpu")}
    assert not same


def test_three_runs_are_each_compared_with_the_first():
    assert [one.run for one in compare([("a", GPU_BENCH), ("b", FULL_BENCH), ("c", CPU_BENCH)]).against] == [1, 2]


def test_the_same_processor_with_other_threads_made_another_measurement():
    fewer = tuple(msgspec.structs.replace(one, threads=4) if one.threads == 16 else one for one in GPU_BENCH.results)
    only = compare([("all", GPU_BENCH), ("quota", finished(**{**GPU_PARTS, "results": fewer}))]).against[0]

    assert {one.threads for one in only.differences} == {0, 1}
    assert {(one.threads, one.why) for one in only.incomparable} == {(16, "16 threads against 4")}


def test_a_document_without_sense_is_compared_without_harm():
    zero = msgspec.structs.replace(ON_CPU.time_s, p5=0.0, ci95=(0.0, 0.0))
    senseless = finished(devices=(CPU,), results=(msgspec.structs.replace(ON_CPU, time_s=zero),))
    only = compare([("a", senseless), ("b", finished(devices=(CPU,), results=(ON_CPU,)))]).against[0]

    assert [one.why for one in only.incomparable] == ["the first run's figure is none"]


def test_what_was_refused_is_told_and_not_compared():
    found = compare([("quiet", CPU_BENCH), ("loaded", CONTENDED)]).against[0]

    assert {one.threads for one in found.differences} == {1}
    assert any(
        "the second run has no figure that can be believed: the CPU was contended" in one.why
        for one in found.incomparable
    )


def test_other_versions_power_limits_and_modes_are_warned_of():
    other = finished(
        **{**GPU_PARTS, "devices": (CPU, msgspec.structs.replace(GPU, power_limit_w=300.0))},
        mode="quick",
        software=msgspec.structs.replace(SOFTWARE, torch="2.15.0+cu130", driver=ABSENT, env={"OMP_NUM_THREADS": "2"}),
    )

    assert set(warnings(GPU_BENCH, other)) == {
        "torch 2.13.0+cu130 against 2.15.0+cu130",
        "driver 580.95.05 against none",
        "cuda:0: a power limit of 450 W against 300 W",
        "default against --quick: one of both took fewer samples",
        "OMP_NUM_THREADS= against 2",
    }


def faster(factor):
    rows = tuple(changed(one, factor) if one.tflops else one for one in CPU_BENCH.results)
    return finished(host=VM_HOST, devices=(EPYC,), results=rows)


@pytest.mark.parametrize(
    ("other", "standings"),
    [
        (CPU_BENCH, {"met"}),
        (faster(1.5), {"met"}),
        (faster(0.8), {"missed"}),
        (faster(0.971), {"unknown"}),
        (CONTENDED, {"met"}),
        (EMPTY, {"unknown"}),
        (WRONG, {"unknown"}),
    ],
)
def test_a_baseline_is_met_missed_or_cannot_be_judged(other, standings):
    floors = against_baseline(CPU_BENCH, other, "--baseline x")

    assert {floor.standing for floor in floors} == standings
    assert {floor.asked for floor in floors} == {"--baseline x"}


def test_nothing_in_common_cannot_be_judged():
    only = against_baseline(GPU_BENCH, EMPTY, "--baseline x")

    assert [(floor.standing, floor.words) for floor in only] == [
        ("unknown", "nothing in it is comparable: no device and format was measured in both")
    ]
