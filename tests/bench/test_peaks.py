"""Peaks by formula against the vendors' spec sheets, and what is not known stays unknown."""

import msgspec
import pytest

from dlcheck.bench.cpu_rates import cpu_rates, microarchitecture
from dlcheck.bench.gpu_rates import gpu_rates
from dlcheck.bench.peaks import device_peaks, usable_cores, with_peaks
from dlcheck.model.bench import Bench, BenchDevice, BenchHost, Budget
from dlcheck.model.gaps import ABSENT, Missing, seen
from dlcheck.model.host import Cpu
from dlcheck.model.measured import Rates, Row, Telemetry


def nvidia(cc, sms, mhz, name="NVIDIA X"):
    return BenchDevice(name="cuda:0", type="cuda", model=name, cc=cc, sm_count=sms, clock_max_mhz=mhz)


def amd(gfx, units, mhz):
    return BenchDevice(name="cuda:0", type="rocm", gcn_arch=gfx, sm_count=units, clock_max_mhz=mhz)


def xpu(ip, cores, mhz):
    return BenchDevice(name="xpu:0", type="xpu", architecture=ip, sm_count=cores, clock_max_mhz=mhz)


SPEC_SHEETS = {
    "T4": (nvidia((7, 5), 40, 1590, "Tesla T4"), {"fp16": 65, "int8": 130, "fp32": 8.1}),
    "V100 SXM2": (nvidia((7, 0), 80, 1530), {"fp16": 125, "fp32": 15.7, "fp64": 7.8}),
    "P100 SXM2": (nvidia((6, 0), 56, 1480), {"fp32": 10.6, "fp16": 21.2, "fp64": 5.3}),
    "A100 SXM": (nvidia((8, 0), 108, 1410), {"bf16": 312, "tf32": 156, "int8": 624, "fp32": 19.5, "fp64": 19.5}),
    "H100 SXM": (nvidia((9, 0), 132, 1980), {"bf16": 989.5, "fp8": 1979, "fp32": 67}),
    "H100 PCIe": (nvidia((9, 0), 114, 1755), {"bf16": 756.4, "fp32": 51.2}),
    "L4": (nvidia((8, 9), 58, 2040, "NVIDIA L4"), {"bf16": 121, "fp32": 30.3}),
    "L40S": (nvidia((8, 9), 142, 2520, "NVIDIA L40S"), {"bf16": 362, "fp32": 91.6}),
    "A10": (nvidia((8, 6), 72, 1695, "NVIDIA A10"), {"bf16": 125, "fp32": 31.2}),
    "RTX 3060": (nvidia((8, 6), 28, 1777, "NVIDIA GeForce RTX 3060"), {"fp32": 12.7, "bf16": 25.5}),
    "RTX 3090": (nvidia((8, 6), 82, 1695, "NVIDIA GeForce RTX 3090"), {"bf16": 71, "fp32": 35.6}),
    "RTX 4090": (nvidia((8, 9), 128, 2520, "NVIDIA GeForce RTX 4090"), {"bf16": 165.2, "int8": 660.6, "fp32": 82.6}),
    "RTX 5090": (nvidia((12, 0), 170, 2407, "NVIDIA GeForce RTX 5090"), {"bf16": 209.5, "fp32": 104.8}),
    "RTX PRO 6000": (nvidia((12, 0), 188, 2617, "NVIDIA RTX PRO 6000 Blackwell"), {"bf16": 503.8}),
    "B200": (nvidia((10, 0), 148, 1965), {"bf16": 2250, "fp8": 4500}),
    "MI250X, one die": (amd("gfx90a:sramecc+:xnack-", 110, 1700), {"fp16": 191.5, "fp32": 47.9}),
    "MI300X": (amd("gfx942:sramecc+:xnack-", 304, 2100), {"fp16": 1307.4, "fp8": 2614.9, "fp32": 163.4}),
    "MI355X": (amd("gfx950", 256, 2400), {"bf16": 2516.6, "fp8": 5033}),
    "RX 7900 XTX": (amd("gfx1100", 48, 2500), {"fp32": 61.4, "fp16": 122.9}),
    "Arc Pro B70": (xpu("20.2.0", 32, 2800), {"fp32": 22.9, "bf16": 183.5, "int8": 367}),
    "Max 1100": (xpu("12.60.7", 56, 1550), {"fp32": 22.2, "bf16": 355.5, "int8": 711}),
    "M1": (
        BenchDevice(name="mps", type="mps", architecture="apple7", sm_count=8, clock_max_mhz=1278),
        {"fp32": 2.617, "fp16": 2.617},
    ),
}


@pytest.mark.parametrize("name", SPEC_SHEETS)
def test_the_formula_gives_what_the_spec_sheet_says(name):
    device, official = SPEC_SHEETS[name]
    peaks, why = device_peaks(device, BenchHost())

    assert why == ""
    for dtype, tflops in official.items():
        assert peaks[dtype].tflops == pytest.approx(tflops, rel=0.013), dtype


def test_the_formula_can_be_checked_by_hand():
    peaks, _ = device_peaks(SPEC_SHEETS["RTX 4090"][0], BenchHost())

    assert peaks["bf16"].formula == "128 SM × 2520 MHz × 512"
    assert peaks["bf16"].source


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (nvidia((13, 0), 200, 2500), "it is not known what this architecture does in one clock"),
        (nvidia((8, 9), 128, ABSENT), "clock unknown"),
        (nvidia((8, 9), ABSENT, 2500), "the driver does not tell how many SMs there are"),
        (amd("gfx1030", 40, 2500), "it is not known what this architecture does in one clock"),
        (BenchDevice(name="other:0", type="other", model="NVIDIA GeForce RTX 4090"), "it is not known what this architecture does in one clock"),
    ],
)  # fmt: skip
def test_what_is_not_known_stays_unknown_whatever_the_product_is_called(device, why):
    assert device_peaks(device, BenchHost()) == ({}, why)


def test_gtx_16_and_small_turing_have_no_tensor_cores():
    for name in ("NVIDIA GeForce GTX 1650", "NVIDIA T1000", "NVIDIA GeForce MX450", "Quadro T2000"):
        assert device_peaks(nvidia((7, 5), 14, 1700, name), BenchHost())[0]["fp16"].formula.endswith("× 256")
    for name, rate in (
        ("NVIDIA GeForce RTX 2080 Ti", 512),
        ("Tesla T4", 1024),
        ("TITAN RTX", 1024),
        ("Quadro RTX 8000", 1024),
    ):
        assert device_peaks(nvidia((7, 5), 14, 1700, name), BenchHost())[0]["fp16"].formula.endswith(f"× {rate}")


def test_an_h100_at_another_limit_is_not_taken_for_the_one_that_is_known():
    assert device_peaks(nvidia((9, 0), 132, 1755), BenchHost())[0]["bf16"].clock_mhz == 1755


CPU = BenchDevice(name="cpu", type="cpu")
AVX2 = ("avx", "avx2", "fma")
AVX512 = (*AVX2, "avx512f", "avx512_vnni", "avx512_bf16")


def host(family, model, sets, mhz=1000.0, brand="", **cpu):
    facts = Cpu(
        **{
            "brand": brand,
            "physical_cores": 1,
            "logical_cores": 2,
            "affinity_cores": 2,
            "instruction_sets": sets,
            **cpu,
        }
    )
    name = microarchitecture({"cpu_family": family, "cpu_model": model})
    return BenchHost(cpu=seen(facts), microarchitecture=name or ABSENT, clock_mhz=mhz)


@pytest.mark.parametrize(
    ("family", "model", "sets", "rates"),
    [
        (25, 17, AVX512, {"fp64": 16, "fp32": 32, "bf16": 64, "int8": 128}),  # Zen 4, as measured
        (25, 17, AVX2, {"fp64": 16, "fp32": 32}),  # the hypervisor hides AVX-512
        (6, 60, AVX2, {"fp64": 16, "fp32": 32}),  # Haswell
        (6, 85, AVX512, {"fp64": 32, "fp32": 64, "bf16": 128, "int8": 256}),
        (6, 125, (*AVX2, "avx512f", "avx512_vnni"), {"fp64": 16, "fp32": 32, "int8": 128}),  # Ice Lake client
        (6, 143, (*AVX512, "avx512_fp16", "amx_bf16", "amx_int8"), {"fp64": 32, "fp32": 64, "fp16": 128, "bf16": 1024, "int8": 2048}),
        (26, 68, AVX512, {"fp64": 32, "fp32": 64, "bf16": 128, "int8": 256}),  # Zen 5
        (26, 36, AVX512, {"fp64": 16, "fp32": 32, "bf16": 64, "int8": 128}),  # Zen 5, mobile
        (23, 1, AVX2, {"fp64": 8, "fp32": 16}),  # Zen
        (6, 60, ("sse4_2",), {}),
        (6, 60, AVX512, {}),  # a hypervisor says Haswell, and it is none
        (6, 167, (*AVX512, "amx_bf16"), {}),
        (6, 151, AVX2, {}),  # Alder Lake: two kinds of cores
        (6, 999, AVX512, {}),
    ],
)  # fmt: skip
def test_operations_in_a_clock_of_a_processor(family, model, sets, rates):
    peaks, why = device_peaks(CPU, host(family, model, sets))

    assert {name: round(peak.tflops * 1000) for name, peak in peaks.items()} == rates
    assert bool(why) == (not rates)


def test_a_xeon_silver_has_one_wide_pipe():
    facts = host(6, 85, AVX512, brand="Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz")

    assert device_peaks(CPU, facts)[0]["fp32"].formula == "1 cores × 1000 MHz × 32"


def test_an_arm_core_is_known_by_its_name():
    facts = msgspec.structs.replace(
        host(ABSENT, ABSENT, ("asimd", "asimdhp", "asimddp", "bf16", "i8mm")),
        microarchitecture=microarchitecture({"cpu_implementer": 0x41, "cpu_part": 0xD4F}),
    )
    peaks, _ = device_peaks(CPU, facts)

    assert {name: round(peak.tflops * 1000) for name, peak in peaks.items()} == {
        "fp64": 16,
        "fp32": 32,
        "fp16": 64,
        "bf16": 128,
        "int8": 256,
    }


@pytest.mark.parametrize(
    ("facts", "cores"),
    [
        ({"physical_cores": 8, "logical_cores": 16, "affinity_cores": 16}, 8),
        ({"physical_cores": 8, "logical_cores": 16, "affinity_cores": 4}, 4),
        ({"physical_cores": 8, "logical_cores": 16, "affinity_cores": 16, "quota_cores": 1.5}, 1.5),
        ({"physical_cores": Missing("broken"), "logical_cores": 16, "affinity_cores": 0}, 16),
    ],
)
def test_only_cores_that_may_be_used_count(facts, cores):
    assert usable_cores(Cpu(**facts)) == cores


@pytest.mark.parametrize(("hypervisor", "why"), [("kvm", "clock unknown (hypervisor)"), (ABSENT, "clock unknown")])
def test_without_a_clock_there_is_no_peak(hypervisor, why):
    facts = msgspec.structs.replace(host(25, 17, AVX512, mhz=ABSENT), hypervisor=hypervisor)

    assert device_peaks(CPU, facts) == ({}, why)


def row(device, dtype, tflops, threads=0, mhz=ABSENT):
    return Row(
        device=device, dtype=dtype, m=512, n=512, k=512, threads=threads,
        tflops=Rates(best=tflops, median=tflops, sustained=tflops, burst=tflops), telemetry=Telemetry(sm_mhz_mean=mhz),
    )  # fmt: skip


def test_a_row_is_measured_against_the_threads_it_had_and_the_clock_it_ran_at():
    facts = host(25, 17, AVX512, physical_cores=2, logical_cores=4, affinity_cores=4)
    rows = (
        row("cpu", "fp32", 0.016, 1),
        row("cpu", "fp32", 0.032, 2),
        row("cpu", "fp32", 0.032, 4),
        row("cpu", "fp16", 0.032, 4),
        row("cuda:0", "bf16", 82.575, mhz=1260.0),
        row("gone", "bf16", 1.0),
    )
    bench = Bench(budget=Budget(seconds=1), host=facts, devices=(CPU, SPEC_SHEETS["RTX 4090"][0]), results=rows)
    shares = [(one.pct_peak_rated, one.pct_peak_at_clock) for one in with_peaks(bench).results]

    unknown = Missing("not-looked")
    assert shares[:3] == [(pytest.approx(50), unknown)] * 3
    assert shares[3] == (unknown, unknown)
    assert shares[4] == (pytest.approx(50, rel=1e-3), pytest.approx(100, rel=1e-3))
    assert shares[5] == (unknown, unknown)


def test_at_the_measured_clock_there_is_a_share_also_where_no_clock_is_rated():
    device = nvidia((8, 9), 128, ABSENT, "NVIDIA GeForce RTX 4090")
    bench = Bench(budget=Budget(seconds=1), devices=(device,), results=(row("cuda:0", "bf16", 82.575, mhz=1260.0),))

    only = with_peaks(bench).results[0]
    assert isinstance(only.pct_peak_rated, Missing)
    assert only.pct_peak_at_clock == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ({"cpu_family": 25, "cpu_model": 17}, "Zen 4"),
        ({"cpu_family": 6, "cpu_model": 1000}, ""),
        ({"cpu_implementer": 0x41, "cpu_part": 0xD0C}, "Neoverse N1"),
        ({"cpu_implementer": 0x6D, "cpu_part": 0xD49}, "Neoverse N2"),
        ({"cpu_implementer": 0x61, "cpu_part": 0x22}, ""),  # Apple's: its matrix unit's rate is not told
        ({"cpu_implementer": 0x41}, ""),
        ({}, ""),
    ],
)
def test_microarchitectures_have_names(numbers, name):
    assert microarchitecture(numbers) == name


def test_a_number_that_a_hypervisor_made_up_is_no_name():
    rocket_lake = {"cpu_family": 6, "cpu_model": 167}

    assert microarchitecture(rocket_lake, AVX512) == "Rocket Lake"
    assert microarchitecture(rocket_lake, (*AVX512, "amx_bf16")) == ""
    told = msgspec.structs.replace(host(6, 167, (*AVX512, "amx_bf16")), cpu_family=6, cpu_model=167)
    assert device_peaks(CPU, told) == ({}, "the hypervisor gives this processor the number of another")


def test_no_model_belongs_to_two_rows():
    taken = [
        (row.family, model) for row in cpu_rates().x86 for first, last in row.models for model in range(first, last + 1)
    ]

    assert len(taken) == len(set(taken))
    parts = [(row.implementer, row.part) for row in cpu_rates().arm]
    assert len(parts) == len(set(parts))


def test_the_formats_of_the_tables_are_formats():
    from dlcheck.model.measured import DTYPES

    table = gpu_rates()
    for one in (*table.nvidia, *table.amd, *table.intel, *table.apple):
        assert set(one.rates) <= set(DTYPES)
