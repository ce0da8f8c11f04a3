"""What figures mean: sentences, formats, limits, usual figures, floors and the verdict."""

import msgspec
import pytest

from dlcheck.bench.assess import assess
from dlcheck.bench.floors import judge, parse
from dlcheck.bench.references import References, product_of, references
from dlcheck.model.bench import BenchDevice
from dlcheck.model.gaps import Missing
from dlcheck.model.measured import Crossover, Pair, Throttle
from dlcheck.model.quantities import digits, duration, per_cent, rate, times
from tests.benches import (
    CONTENDED,
    CPU,
    CPU_BENCH,
    CPU_ROWS,
    EMPTY,
    EPYC,
    GPU,
    GPU_BENCH,
    GPU_PARTS,
    GPU_ROWS,
    INTERRUPTED,
    VM_HOST,
    WRONG,
    finished,
    row,
    sweep,
)  # fmt: skip


def test_three_sentences_of_a_fast_gpu():
    assert GPU_BENCH.assessment.summary == (
        "Your GPU multiplies matrices 34 × faster than your CPU.",
        "It pays off from 149 × 149 (530 × 530 where each matrix is copied first).",
        "Use bf16: 3.0 × the speed of fp32.",
    )


def test_three_sentences_where_there_is_no_gpu():
    assert CPU_BENCH.assessment.summary == (
        "Your CPU multiplies matrices at 168 GFLOP/s in fp32 with 2 threads; torch found no accelerator.",
        "By published measurements a T4 (free on Colab and Kaggle) gives 20 × that and an A100 SXM (to rent, also on Colab) gives 94 × that.",
        "Use bf16: 2.3 × the speed of fp32; fp16 is emulated here, 39 × slower than fp32.",
    )
    assert {one.product for one in CPU_BENCH.assessment.published} == {"T4", "A100 SXM"}
    assert all(one.sources for one in CPU_BENCH.assessment.published)


def without(parts, **changes):
    return finished(**{**parts, **changes})


def crossed(**fields):
    return (Crossover(device="cuda:0", dtype="fp32", **fields),)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"pairs": (Pair(a="cpu fp32 ×16", b="cuda:0 fp32", n=512, ratio_median=0.4, ratio_iqr=(0.4, 0.4), blocks=9),)}, "Your GPU multiplies matrices 2.5 × slower than your CPU."),
        ({"pairs": (Pair(a="cpu fp32 ×1", b="cuda:0 fp32", n=512, ratio_median=160, ratio_iqr=(1, 2), blocks=9),)}, "Your GPU multiplies matrices 160 × faster than one core of your CPU."),
        ({"pairs": ()}, "Your GPU multiplies matrices at 55.1 TFLOP/s in fp32."),
        ({"crossover": crossed(kernel_only_n=Missing("absent"))}, "It does not pay off at any size that was measured."),
        ({"crossover": crossed(kernel_only_n=128, from_smallest=True)}, "It pays off at every size that was measured, from 128 × 128 on."),
        ({"crossover": crossed(kernel_only_n=300)}, "It pays off from 300 × 300."),
        ({"results": (*CPU_ROWS, *[one for one in GPU_ROWS if one.dtype in ("fp32", "tf32")])}, "Allow TF32: 1.6 × the speed of fp32."),
        ({"results": (*CPU_ROWS, *[one for one in GPU_ROWS if one.dtype == "fp32"], *sweep("cuda:0", "fp16", (1, 9, 40, 90, 100, 110)))}, "Use fp16: twice the speed of fp32."),
        ({"results": (*CPU_ROWS, *[one for one in GPU_ROWS if one.dtype != "bf16"], row("cuda:0", "bf16", 128, 0.9, emulated_factor=190.0, emulated_against="fp16"))},
         "Use fp16: 3.0 × the speed of fp32; bf16 is emulated here, 190 × slower than fp16."),
        ({"results": (*CPU_ROWS, *[one for one in GPU_ROWS if one.dtype == "fp32"], *sweep("cuda:0", "bf16", (1, 9, 40, 50, 54, 56)))}, "Stay with fp32: bf16 is no faster here."),
    ],
)  # fmt: skip
def test_sentences(parts, sentence):
    assert sentence in without(GPU_PARTS, **parts).assessment.summary


def test_formats_are_compared_by_the_blocks_that_ran_next_to_each_other():
    pair = Pair(
        a="cuda:0 fp32", b="cuda:0 bf16", n=4096, ratio_median=2.5, ratio_iqr=(2.4, 2.6), blocks=9, kind="dtype"
    )
    bench = without(GPU_PARTS, pairs=(*GPU_PARTS["pairs"], pair))

    assert bench.assessment.advice == "Use bf16: 2.5 × the speed of fp32."
    assert {rung.dtype: rung.times_fp32 for rung in bench.assessment.ladder if rung.device == "cuda:0"}["bf16"] == 2.5


def test_a_contended_cpu_is_no_yardstick():
    refused = tuple(msgspec.structs.replace(one, refused="contended") if one.threads == 16 else one for one in CPU_ROWS)
    bench = without(GPU_PARTS, results=(*refused, *GPU_ROWS))

    assert not any("34 ×" in sentence for sentence in bench.assessment.summary)


def test_the_cpu_under_another_name_is_no_accelerator():
    xla = BenchDevice(name="xla:0", type="xla", virtual=True)
    bench = finished(host=VM_HOST, devices=(EPYC, xla), results=(*CPU_BENCH.results, row("xla:0", "fp32", 512, 0.2)))

    assert bench.assessment.summary[0].endswith("xla:0 is your CPU under another name.")
    assert bench.assessment.published


@pytest.mark.parametrize(
    ("bench", "verdict"),
    [
        (GPU_BENCH, "measured"),
        (CPU_BENCH, "measured"),
        (CONTENDED, "measured"),
        (WRONG, "wrong"),
        (EMPTY, "unknown"),
        (INTERRUPTED, "measured"),
    ],
)
def test_verdicts(bench, verdict):
    assert bench.verdict.word == verdict
    assert bool(bench.verdict.problems) == (verdict != "measured")


def test_nothing_to_believe_is_unknown():
    rows = tuple(msgspec.structs.replace(one, refused="contended") for one in CPU_BENCH.results if one.tflops)
    bench = finished(host=VM_HOST, devices=(EPYC,), results=rows)

    assert bench.verdict.word == "unknown"
    assert bench.verdict.problems == ("Nothing was measured that can be believed: contended.",)


def test_a_page_of_an_error_is_told_by_its_beginning_and_its_end():
    page = (
        "ImportError: \n\nIMPORTANT: PLEASE READ THIS\n"
        + "advice\n" * 200
        + "failed to map segment from shared object\n."
    )
    bench = finished(library=Missing("broken", page))
    (problem,) = bench.verdict.problems

    assert problem.startswith("Nothing was measured that can be believed: ImportError: IMPORTANT: PLEASE READ THIS")
    assert problem.endswith("failed to map segment from shared object .")
    assert len(problem) < 400 and "\n" not in problem


FLOORS = [
    ("--min-tflops", "fp32=50", GPU_BENCH, "met"),
    ("--min-tflops", "fp32=60", GPU_BENCH, "missed"),
    ("--min-tflops", "cpu:fp32=1.5", GPU_BENCH, "met"),
    ("--min-tflops", "cuda:0:bf16=160", GPU_BENCH, "met"),
    ("--min-tflops", "int8=1", GPU_BENCH, "unknown"),
    ("--min-tflops", "cuda:7:fp32=1", GPU_BENCH, "unknown"),
    ("--min-tflops", "fp32=50", CPU_BENCH, "missed"),
    ("--min-tflops", "bf16=0.1", CONTENDED, "unknown"),
    ("--min-tflops", "fp32=30", WRONG, "unknown"),
    ("--min-tflops", "bf16=1", WRONG, "met"),
    ("--min-ratio", "20", GPU_BENCH, "met"),
    ("--min-ratio", "fp32=40", GPU_BENCH, "missed"),
    ("--min-ratio", "bf16=40", GPU_BENCH, "met"),
    ("--min-ratio", "20", CPU_BENCH, "missed"),
    ("--min-ratio", "int8=20", GPU_BENCH, "unknown"),
    ("--min-of-peak", "60", GPU_BENCH, "met"),
    ("--min-of-peak", "cuda:0:fp32=70", GPU_BENCH, "missed"),
    ("--min-of-peak", "bf16=95", GPU_BENCH, "met"),
    ("--min-of-peak", "60", CPU_BENCH, "unknown"),
]


@pytest.mark.parametrize(
    ("kind", "text", "bench", "standing"), FLOORS, ids=[f"{kind} {text}" for kind, text, *_ in FLOORS]
)
def test_floors(kind, text, bench, standing):
    floor = judge(bench, parse(kind, text))

    assert (floor.standing, floor.asked) == (standing, f"{kind} {text}")
    assert floor.words


@pytest.mark.parametrize(
    ("kind", "text"),
    [("--min-tflops", "fp32"), ("--min-tflops", "1.5"), ("--min-tflops", "fp31=2"), ("--min-tflops", "fp32=-1"), ("--min-tflops", "fp32=nan"),
     ("--min-tflops", "=1"), ("--min-ratio", "x"), ("--min-ratio", "inf"), ("--min-of-peak", "bf16="), ("--min-of-peak", "")],
)  # fmt: skip
def test_what_is_no_floor_is_refused(kind, text):
    with pytest.raises(ValueError, match=kind):
        parse(kind, text)


@pytest.mark.parametrize(
    ("standing", "verdict"), [("fp32=50", "measured"), ("fp32=60", "below"), ("int8=1", "unknown")]
)
def test_a_missed_floor_is_below_and_one_that_cannot_be_judged_unknown(standing, verdict):
    assert assess(GPU_BENCH, [parse("--min-tflops", standing)]).verdict.word == verdict
    assert assess(WRONG, [parse("--min-tflops", standing)]).verdict.word == "wrong"


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("Tesla T4", "T4"), ("NVIDIA A100-SXM4-80GB", "A100 SXM"), ("NVIDIA A100 80GB PCIe", "A100 PCIe"), ("NVIDIA H100 80GB HBM3", "H100 SXM"),
        ("NVIDIA H100 PCIe", "H100 PCIe"), ("NVIDIA H200", "H200"), ("NVIDIA L4", "L4"), ("NVIDIA L40S", "L40S"), ("NVIDIA L40", None),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"), ("NVIDIA GeForce RTX 4090 Laptop GPU", None), ("NVIDIA GeForce RTX 4090 D", None),
        ("NVIDIA T400 4GB", None), ("NVIDIA A10", "A10"), ("NVIDIA A10G", None), ("AMD Instinct MI300X", "MI300X"), ("Tesla V100-SXM2-16GB", "V100 SXM2"),
        ("NVIDIA H200 NVL", None), ("Apple M1", "Apple M1"), ("Apple M1 Pro", None),
    ],
)  # fmt: skip
def test_a_product_is_known_by_the_name_its_driver_gives(name, product):
    found = product_of(BenchDevice(name="cuda:0", type="cuda", model=name))

    assert (found.product if found else None) == product


def test_a_slice_of_a_gpu_is_not_compared_with_a_whole_one():
    assert product_of(BenchDevice(name="cuda:0", type="cuda", model="NVIDIA A100-SXM4-80GB", mig=True)) is None


@pytest.mark.parametrize(
    ("tflops", "fields", "standing", "because"),
    [
        (167, {}, "normal", ""),
        (115, {}, "low", ""),
        (115, {"throttle": Throttle(verdict="warn", reasons=("thermal",))}, "low", "throttled (thermal)"),
        (115, {"noise": 0.5, "throttle": Throttle(verdict="fail", reasons=("thermal",))}, "low", "throttled (thermal)"),
        (115, {"noise": 0.5}, "unknown", ""),
        (230, {}, "high", ""),
    ],
)
def test_where_a_4090_stands(tflops, fields, standing, because):
    bench = finished(devices=(CPU, GPU), results=(row("cuda:0", "bf16", 4096, tflops, headline=True, **fields),))
    only = bench.assessment.references[0]

    assert (only.standing, only.because, only.product, only.reports) == (standing, because, "RTX 4090", 11)


def test_one_report_allows_a_wider_band():
    device = msgspec.structs.replace(GPU, model="NVIDIA GeForce RTX 4060")
    bench = finished(devices=(device,), results=(row("cuda:0", "bf16", 4096, 31.2 * 0.7, headline=True),))

    assert bench.assessment.references[0].standing == "normal"
    assert bench.assessment.references[0].expected == pytest.approx((31.2 * 0.65, 31.2 * 1.30))


def test_every_published_figure_has_its_page():
    table = references()

    assert isinstance(table, References)
    for product in table.products:
        assert all(page.startswith("https://") for page in table.pages_of(product))
        assert product.fp32


def test_limits_are_said_only_where_they_were_seen():
    assert CPU_BENCH.assessment.limits == ()
    assert "Other programs use 46 % of the processors." in CONTENDED.assessment.limits
    assert WRONG.assessment.limits[0].startswith("cuda:0 was throttled: thermal (software)")
    slow = finished(
        devices=(CPU,), results=(row("cpu", "fp32", 512, 1.0, threads=8, headline=True, parallel_efficiency=0.3),)
    )
    assert slow.assessment.limits[0].startswith("8 threads are only 2.4 × as fast as one (fp32)")
    lanes = msgspec.structs.replace(GPU, pcie_width=4, power_limit_w=300.0)
    limited = without(GPU_PARTS, devices=(CPU, lanes)).assessment.limits
    assert "cuda:0 is connected by 4 of its 16 PCIe lanes: copies are slower for it." in limited
    assert "cuda:0's power limit is set to 300 W, 450 W is its default." in limited


def test_what_starting_small_products_costs_is_said_where_both_ways_were_measured():
    told = [one for one in GPU_BENCH.assessment.limits if "graph" in one]
    assert told == [
        'At 256 × 256, 3.20 µs of 7.29 µs are computing: a CUDA graph, or torch.compile(mode="reduce-overhead"), saves '
        "the rest."
    ]
    plain = tuple(one for one in GPU_ROWS if one.timer != "graph")
    assert not any("graph" in one for one in without(GPU_PARTS, results=(*CPU_ROWS, *plain)).assessment.limits)


def test_no_format_is_ruled_out_by_figures_that_were_disturbed():
    busy = "Which number format is fastest could not be told: the machine was too busy."
    fp32, bf16 = row("cpu", "fp32", 512, 1.0, threads=8), row("cpu", "bf16", 512, 1.0, threads=8)
    noisy = msgspec.structs.replace(bf16, quality="C")
    refused = msgspec.structs.replace(bf16, quality="C", refused="contended")

    def advised(*rows):
        return finished(devices=(CPU,), results=rows).assessment.advice

    assert advised(fp32, bf16) == "Stay with fp32: bf16 is no faster here."
    assert advised(fp32, noisy) == advised(fp32, refused) == busy
    assert advised(msgspec.structs.replace(fp32, quality="C")) == ""  # NumPy has no other format
    assert (
        advised(fp32, row("cpu", "bf16", 512, 4.0, threads=8, noise=0.3)) == "Use bf16: about 4.0 × the speed of fp32."
    )


def test_blocks_that_were_disturbed_are_no_pairs():
    pair = Pair(a="cpu fp32 ×8", b="cpu bf16 ×8", n=512, ratio_median=11.0, ratio_iqr=(9, 12), blocks=5, kind="dtype")
    fp32, bf16 = row("cpu", "fp32", 512, 1.0, threads=8), row("cpu", "bf16", 512, 4.0, threads=8)
    noisy = msgspec.structs.replace(fp32, quality="C")

    def factor(one):
        rungs = finished(devices=(CPU,), results=(one, bf16), pairs=(pair,)).assessment.ladder
        return {rung.dtype: rung.times_fp32 for rung in rungs}["bf16"]

    assert (factor(fp32), factor(noisy)) == (11.0, 4.0)


def test_a_speed_up_against_a_disturbed_cpu_is_that_of_the_best_figures():
    noisy = tuple(msgspec.structs.replace(one, quality="C") if one.threads == 16 else one for one in CPU_ROWS)
    pairs = (Pair(a="cpu fp32 ×16", b="cuda:0 fp32", n=4096, ratio_median=300.0, ratio_iqr=(200, 400), blocks=9),)
    bench = without(GPU_PARTS, results=(*noisy, *GPU_ROWS), pairs=pairs)

    assert bench.assessment.summary[0] == "Your GPU multiplies matrices about 34 × faster than your CPU."


def test_of_a_cpu_that_was_disturbed_its_fastest_row_stands_for_it():
    small, head = row("cpu", "fp32", 256, 0.18, threads=1), row("cpu", "fp32", 1024, 0.05, threads=1, headline=True)
    told = finished(devices=(CPU,), results=(small, head)).assessment.ladder
    disturbed = finished(devices=(CPU,), results=(small, msgspec.structs.replace(head, quality="C"))).assessment.ladder

    assert ([rung.n for rung in told], [rung.n for rung in disturbed]) == ([1024], [256])


def test_neither_a_graph_nor_a_layer_stands_for_a_device():
    rows = (row("cuda:0", "fp32", 4096, 50.0), row("cuda:0", "fp32", 128, 90.0, timer="graph", headline=True),
            row("cuda:0", "fp32", 11008, 95.0, m=4096, k=4096))  # fmt: skip
    bench = finished(devices=(CPU, GPU), results=rows)

    assert [(rung.n, rung.tflops) for rung in bench.assessment.ladder] == [(4096, 50.0)]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (digits(0), "0"), (digits(0.01234), "0.0123"), (digits(9.999), "10.0"), (digits(165.4), "165"), (digits(1741), "1740"), (digits(float("inf")), "-"),
        (rate(0.1872), "187 GFLOP/s"), (rate(165.2), "165 TFLOP/s"), (rate(1741), "1.74 PFLOP/s"), (rate(0.0000012), "1.20 MFLOP/s"), (rate(0.66, "int8"), "660 GOP/s"),
        (duration(1.5), "1.50 s"), (duration(0.00123), "1.23 ms"), (duration(1.2e-5), "12.0 µs"), (duration(4e-8), "40.0 ns"),
        (times(84.3), "84"), (times(2.06), "2.1"), (times(0.999), "1.0"), (times(0.42), "0.42"), (per_cent(92.4), "92 %"), (per_cent(0.63), "0.6 %"),
    ],
)  # fmt: skip
def test_quantities_are_written_with_three_digits(written, text):
    assert written == text
