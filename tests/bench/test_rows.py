"""Rows, pairs and crossovers of what a run brought."""

from __future__ import annotations

import msgspec
import pytest

from dlcheck.bench import document, pairs, plan, rows, taken
from dlcheck.bench import machine as machine_facts
from dlcheck.bench.crossover import crossing, crossovers
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing
from dlcheck.model.measured import Latency, Row, Times, Transfer
from tests.facts import NVIDIA, machine


def probe(number, device="cpu", dtype="fp32", n=512, threads=2, **more):
    return {"id": number, "device": device, "dtype": dtype, "n": n, "threads": threads, **more}


def block(row, number, seconds=0.001, *, at=None, wall=0.05, share=1.0, threads=2, waited=0.0, phase="rounds"):
    return {
        "row": row,
        "at": number if at is None else at,
        "wall": wall,
        "cpu": wall * threads * share,
        "waited": waited,
        "calls": 1,
        "timer": "wall",
        "samples": [seconds, seconds * 1.01, seconds * 1.02],
        "round": number,
        "phase": phase,
    }


def made(facts, interrupted=False):
    return rows.rows(taken.read({"threads": 2, **facts}), "randn", interrupted=interrupted)


def test_a_clean_row():
    (row,) = made({"rows": [probe(1)], "blocks": [block(1, number) for number in range(5)], "headlines": [1]})

    assert (row.quality, row.refused, row.headline, row.samples, row.blocks) == ("A", "", True, 15, 5)
    assert row.tflops is not None and row.tflops.best == pytest.approx(2 * 512**3 / 0.001 / 1e12)
    assert row.headline_tflops == row.tflops.best


@pytest.mark.parametrize(
    ("disturbed", "words"),
    [
        ({"waited": 0.03}, "waited"),
        ({"waited": None, "share": 0.5}, "got 50%"),
    ],
)
def test_threads_that_are_held_up_are_refused_with_their_figures(disturbed, words):
    blocks = [block(1, 0, waited=None if disturbed["waited"] is None else 0.0)]
    blocks += [block(1, number, 0.01, **disturbed) for number in range(1, 5)]
    (row,) = made({"rows": [probe(1)], "blocks": blocks})

    assert row.refused.startswith("contended: ") and words in row.refused and "4 of 5 blocks" in row.refused
    assert row.quality == "C"
    assert row.tflops is not None and row.tflops.best == pytest.approx(2 * 512**3 / 0.001 / 1e12)


def test_one_thread_that_is_disturbed_is_graded_c_and_kept():
    facts = {"rows": [probe(1, threads=1)], "blocks": [block(1, number, threads=1, waited=0.02) for number in range(5)]}
    (row,) = made(facts)

    assert (row.quality, row.refused) == ("C", "")


@pytest.mark.parametrize(
    ("threads", "window", "refused"),
    [
        (2, {"foreign": 0.5, "steal": 0.0}, "other processes used 50%"),
        (2, {"foreign": 0.0, "steal": 0.2}, "hypervisor"),
        (2, {"foreign": 0.05, "steal": 0.0}, ""),
    ],
)
def test_who_else_used_the_processors(threads, window, refused):
    facts = {
        "rows": [probe(1, threads=threads)],
        "blocks": [block(1, number, threads=threads) for number in range(5)],
        "windows": [{"from": -1.0, "to": 10.0, **window}],
    }
    (row,) = made(facts)

    assert (refused in row.refused) and bool(row.refused) == bool(refused)


def test_one_thread_is_not_disturbed_by_what_runs_on_the_other_core():
    facts = {
        "rows": [probe(1, threads=1)],
        "blocks": [block(1, number, threads=1) for number in range(5)],
        "windows": [{"from": -1.0, "to": 10.0, "foreign": 0.45, "steal": 0.0}],
    }
    assert made(facts)[0].quality == "A"


def test_a_library_that_uses_one_thread_of_two_is_not_disturbed():
    (row,) = made({"rows": [probe(1)], "blocks": [block(1, number, share=0.5) for number in range(5)]})

    assert (row.quality, row.refused) == ("A", "")


def test_a_few_disturbed_blocks_are_left_out_but_for_their_best():
    blocks = [block(1, number) for number in range(6)] + [
        block(1, 6, 0.0009, waited=0.05),
        block(1, 7, 0.5, waited=0.05),
    ]
    (row,) = made({"rows": [probe(1)], "blocks": blocks})

    assert row.time_s is not None
    assert (row.time_s.best, row.time_s.median) == (0.0009, pytest.approx(0.00101))
    assert (row.refused, row.tainted_blocks) == ("", 0.25)


def test_what_was_not_measured_says_why_and_has_no_figures():
    facts = {
        "rows": [probe(1, skipped_reason="out of memory"), probe(2), probe(3)],
        "unsampled": [{"row": 2, "skipped_reason": "--quick measures one size"}],
    }
    assert [row.skipped_reason for row in made(facts)] == [
        "out of memory",
        "--quick measures one size",
        "there was no time left in this run",
    ]
    assert made(facts, interrupted=True)[2].skipped_reason == "the run was ended before it came to this"
    assert all(row.tflops is None for row in made(facts))


def test_an_accelerator_is_told_by_its_run_without_a_pause():
    blocks = [block(1, number, 0.001, threads=0) for number in range(4)]
    blocks += [block(1, number, 0.0012 + 0.0001 * number, threads=0, phase="steady") for number in range(4)]
    facts = {"rows": [probe(1, "cuda:0", threads=0)], "blocks": blocks, "devices": [{"name": "cuda:0", "type": "cuda"}]}
    (row,) = made(facts)

    assert row.time_s is not None
    assert row.time_s.best == 0.001
    assert row.time_s.burst == pytest.approx(0.0012)
    assert row.time_s.sustained == pytest.approx(0.00147, rel=0.05)
    assert row.headline_s == row.time_s.sustained


def test_how_well_threads_run_in_parallel():
    facts = {
        "rows": [probe(1, threads=1), probe(2, threads=2)],
        "blocks": [block(1, n, 0.002, threads=1) for n in range(4)] + [block(2, n, 0.0019) for n in range(4)],
        "headlines": [1, 2],
    }
    one, two = made(facts)

    assert one.parallel_efficiency == NOT_LOOKED
    assert two.parallel_efficiency == pytest.approx(2.0 / 1.9 / 2)
    assert "2 threads do the work of 1.1" in rows.efficiency_words([one, two])
    assert rows.efficiency_words([one]) == ""


def test_pairs_are_of_the_same_rounds():
    facts = {
        "threads": 2,
        "rows": [probe(1), probe(2, "cuda:0", threads=0), probe(3, "cuda:0", "bf16", threads=0)],
        # The machine slows down round by round; both rows with it.
        "blocks": [block(1, n, 0.01 * (1 + n)) for n in range(6)]
        + [block(2, n, 0.001 * (1 + n), threads=0) for n in range(6)]
        + [block(3, n, 0.0005 * (1 + n), threads=0) for n in range(1, 6)],
        "headlines": [1, 2, 3],
    }
    read = taken.read(facts)
    found = pairs.pairs(read, rows.rows(read, "randn", interrupted=False))

    ratios = {(pair.a, pair.b, pair.kind): (round(pair.ratio_median, 2), pair.blocks) for pair in found}
    assert ratios == {
        ("cpu fp32 ×2", "cuda:0 fp32", "device"): (9.9, 6),
        ("cuda:0 fp32", "cuda:0 bf16", "dtype"): (2.0, 5),
    }


def test_refused_rows_are_in_no_pair():
    facts = {
        "threads": 2,
        "rows": [probe(1), probe(2, "cuda:0", threads=0)],
        "blocks": [block(1, n, waited=0.05) for n in range(6)] + [block(2, n, threads=0) for n in range(6)],
    }
    read = taken.read(facts)
    assert pairs.pairs(read, rows.rows(read, "randn", interrupted=False)) == ()


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(128, 1, 4), (256, 8, 8), (512, 64, 16)], 256),
        ([(128, 1, 10), (256, 10, 1)], 181),
        ([(128, 2, 1), (256, 2, 1)], 128),
        ([(128, 2, 1), (256, 1, 2), (512, 4, 1)], 323),
        ([(128, 1, 2), (256, 1, 2)], ABSENT),
        ([], ABSENT),
    ],
)
def test_where_two_curves_cross(sizes, expected):
    assert crossing(sizes) == expected


def row(device, n, seconds, dtype="fp32", threads=0, **more):
    times = Times(
        best=seconds, median=seconds, p5=seconds, p95=seconds, mean=seconds, ci95=(seconds, seconds), burst=seconds,
        sustained=seconds,
    )  # fmt: skip
    return Row(device=device, dtype=dtype, m=n, n=n, k=n, threads=threads, time_s=times, **more)


def test_copies_move_the_crossover_up():
    cpu = [row("cpu", n, 2 * n**3 / 2e11, threads=4) for n in (128, 256, 512, 1024, 2048)]
    gpu = [row("cuda:0", n, 2 * n**3 / 2e13 + 2e-5) for n in (128, 256, 512, 1024, 2048)]
    copies = [
        Transfer(device="cuda:0", dir=way, kind=kind, bytes=1, gbps=speed, gbps_best=speed)
        for kind, speed in (("pinned", 12.0), ("pageable", 4.0))
        for way in ("h2d", "d2h")
    ]
    (found,) = crossovers([*cpu, *gpu], copies, [Latency(device="cuda:0", launch_us=5, roundtrip_us=10)])

    assert (found.kernel_only_n, found.from_smallest, found.against) == (128, True, "cpu fp32 ×4")
    assert isinstance(found.with_pinned_n, int) and isinstance(found.with_pageable_n, int)
    assert 128 < found.with_pinned_n < found.with_pageable_n < 1024


def test_without_copies_nothing_is_said_of_them_and_refused_rows_are_not_compared():
    cpu = [row("cpu", n, n**3 / 1e11, threads=1) for n in (128, 256)]
    cpu += [row("cpu", n, 9.0, threads=4, refused="contended") for n in (128, 256)]
    gpu = [row("cuda:0", n, n**3 / 1e12) for n in (128, 256)]
    (found,) = crossovers([*cpu, *gpu], [], [])

    assert (found.with_pinned_n, found.against) == (NOT_LOOKED, "cpu fp32 ×1")


def test_a_format_that_the_cpu_emulates_is_compared_with_its_fp32():
    cpu = [row("cpu", n, n**3 / 1e11, threads=2) for n in (128, 256)]
    cpu += [row("cpu", n, 1.0, "fp16", threads=2, emulated_against="fp32") for n in (128, 256)]
    gpu = [row("cuda:0", n, n**3 / 1e12, "fp16") for n in (128, 256)]
    (found,) = crossovers([*cpu, *gpu], [], [])

    assert (found.dtype, found.against) == ("fp16", "cpu fp32 ×2")


def test_an_answer_that_cannot_be_read_is_a_document_all_the_same():
    run = document.Run(options=plan.Options(), facts={"library": "torch", "rows": [{"id": "none"}]})
    bench = document.make(run, machine(), started_at="2026-11-22T10:00:00Z", spent=3.0)

    assert bench.results == ()
    assert "cannot be read" in str(bench.ended)


def test_nothing_to_multiply_with_is_a_gap():
    run = document.Run(options=plan.Options(), facts={}, missing=Missing("absent", "neither PyTorch nor NumPy"))
    bench = document.make(run, machine(), started_at="", spent=1.0)

    assert bench.library == Missing("absent", "neither PyTorch nor NumPy")


def test_a_rectangular_product_counts_its_own_operations_and_a_graph_is_no_row_of_the_sweep():
    layer = probe(1, m=1024, n=2752, k=1024)
    replayed = {**probe(2, device="cuda:0", threads=0, n=128), "graph": True}
    facts = {"rows": [layer, replayed], "blocks": [block(1, 0), {**block(2, 0), "timer": "graph"}]}
    wide, graph = made(facts)

    assert (wide.m, wide.n, wide.k, wide.is_plain) == (1024, 2752, 1024, False)
    assert wide.tflops is not None and wide.tflops.best == pytest.approx(2 * 1024 * 2752 * 1024 / 0.001 / 1e12)
    assert (graph.timer, graph.is_plain) == ("graph", False)


def test_a_gpu_that_is_busy_before_the_run_is_named():
    idle, *_ = NVIDIA.gpus
    busy = msgspec.structs.replace(idle, name="NVIDIA L4", utilization_percent=37, other_processes=2)
    found = machine_facts.contention(taken.read({}), msgspec.structs.replace(NVIDIA, gpus=(idle, busy)))

    assert found.words == "NVIDIA L4 was 37 % busy before the run: other programs use it, too."
    assert (found.gpu_util_before, found.gpu_other_procs) == (37, 2)
    assert machine_facts.contention(taken.read({}), NVIDIA).words == ""
    hot = msgspec.structs.replace(idle, name="NVIDIA L4", throttle_bits=0x20 | 0x04, temperature_celsius=88)
    assert machine_facts.contention(taken.read({}), msgspec.structs.replace(NVIDIA, gpus=(hot,))).words == (
        "NVIDIA L4's clocks were held down before the run at 88 °C: thermal (software)."
    )


def test_the_ridge_is_what_is_computed_while_a_byte_is_moved():
    told = {
        "device": "cpu",
        "gbps": 20.0,
        "gbps_best": 21.0,
        "bytes": 1 << 27,
        "threads": 2,
        "noise": 0.01,
        "samples": 30,
    }
    facts = {
        "library": "torch", "threads": 2, "rows": [probe(1)], "blocks": [block(1, number) for number in range(5)],
        "headlines": [1], "memory_bw": [told, {**told, "device": "gone"}],
    }  # fmt: skip
    bench = document.make(
        document.Run(options=plan.Options(), facts=facts), machine(), started_at="2026-11-22T10:00:00Z", spent=3.0
    )

    assert bench.memory_bw[0].flop_per_byte == pytest.approx(2 * 512**3 / 0.001 / 20e9)
    assert bench.memory_bw[1].flop_per_byte == NOT_LOOKED
