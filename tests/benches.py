"""Benchmark documents written by hand: a laptop with a fast GPU, a CPU alone, a disturbed one, a wrong one, a hostile one."""

from dlcheck.bench.assess import assess
from dlcheck.bench.peaks import with_peaks
from dlcheck.model.bench import Bench, BenchDevice, BenchHost, Budget, Contention, Software
from dlcheck.model.gaps import ABSENT, Missing, seen
from dlcheck.model.host import Cpu
from dlcheck.model.measured import (
    Bandwidth,
    Crossover,
    Latency,
    Pair,
    Rates,
    Row,
    Telemetry,
    Throttle,
    Times,
    TrainingStep,
    Transfer,
    Verification,
)

SIZES = (128, 256, 512, 1024, 2048, 4096)
RIGHT = Verification(ok=True, method="freivalds fp64, 2 vectors", residual_u=12.1, limit_u=64, bitwise_repeat=True)


def row(device, dtype, n, tflops, *, threads=0, noise=0.02, **fields):
    """A measured row: its best rate is `tflops` on the CPU, its sustained rate on an accelerator."""
    best = 2e-12 * n**3 / tflops
    rates = Rates(
        best=tflops * (1 if threads else 1.03), median=tflops / (1 + noise), sustained=tflops, burst=tflops * 1.02
    )
    times = Times(
        best=best / (1 if threads else 1.03), median=best * (1 + noise), p5=best * 1.004, p95=best * (1 + 3 * noise), mean=best * (1 + noise),
        ci95=(best * (1 + 0.9 * noise), best * (1 + 1.1 * noise)), burst=best / 1.02, sustained=best,
    )  # fmt: skip
    quality = "A" if noise <= 0.05 else "B" if noise <= 0.15 else "C"
    defaults = {
        "samples": 300, "blocks": 12, "time_s": times, "tflops": rates, "noise": noise, "quality": quality, "converged": True,
        "bound": "compute", "first_call_s": best * 20, "compute_mode": "tf32" if dtype == "tf32" else "ieee",
        "timer": "wall" if threads else "events",
    }  # fmt: skip
    shape = {"m": n, "n": n, "k": n, "threads": threads}
    return Row(device=device, dtype=dtype, **{**shape, **defaults, **fields})


def sweep(device, dtype, rates, threads=0, **fields):
    """A row for each size of the sweep; the last is the headline, and verified."""
    sizes = SIZES[: len(rates)]
    return [
        row(
            device,
            dtype,
            n,
            rate,
            threads=threads,
            headline=n == sizes[-1],
            verify=RIGHT if n == sizes[-1] else None,
            **fields,
        )
        for n, rate in zip(sizes, rates, strict=True)
    ]


RYZEN = seen(
    Cpu(
        brand="AMD Ryzen 9 7950X 16-Core Processor", architecture="x86_64", physical_cores=16, logical_cores=32, usable_cores=32,
        affinity_cores=32, instruction_sets=("avx", "avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni"),
    )
)  # fmt: skip
CPU = BenchDevice(name="cpu", type="cpu", model="AMD Ryzen 9 7950X 16-Core Processor")
GPU = BenchDevice(
    name="cuda:0", type="cuda", model="NVIDIA GeForce RTX 4090", cc=(8, 9), sm_count=128, mem_total=24 * 2**30, mem_free=23 * 2**30,
    l2_bytes=72 * 2**20, clock_max_mhz=2520.0, power_limit_w=450.0, power_default_w=450.0, pcie_gen=4, pcie_gen_max=4, pcie_width=16,
    pcie_width_max=16,
)  # fmt: skip
HOST = BenchHost(
    os="Ubuntu 24.04.1 LTS", kernel="6.8.0", arch="x86_64", hypervisor=ABSENT, cpu=RYZEN, microarchitecture="Zen 4", cpu_family=25,
    cpu_model=97, clock_mhz=5000.0, clock_source="cpufreq", ram_bytes=64 * 2**30,
)  # fmt: skip
SOFTWARE = Software(
    python="3.12.3", torch="2.13.0+cu130", cuda="13.0", driver="580.95.05", mkl="2024.2", onednn="3.9.1", threads=16
)


def finished(*wanted, **fields):
    """A whole document, with peaks and assessment as the command makes them."""
    defaults = {
        "dlcheck": "0.1.0", "started_at": "2026-11-22T10:00:00Z", "duration_s": 21.4, "budget": Budget(seconds=20, used_s=19.2, import_s=1.9),
        "library": "torch", "host": HOST, "software": SOFTWARE, "contention": Contention(foreign_cpu=0.01, gpu_other_procs=0, gpu_util_before=0.0),
        "argv": ("dlcheck", "bench"),
    }  # fmt: skip
    return assess(with_peaks(Bench(**{**defaults, **fields})), wanted)


TELEMETRY = Telemetry(
    samples=9, sm_mhz_mean=2655.0, sm_mhz_min=2640.0, power_w_mean=411.0, power_w_max=448.0, temp_c_max=71.0, energy_j=380.0,
    gflop_per_j=402.0, event_reasons_or=4,
)  # fmt: skip
COOL = {"telemetry": TELEMETRY, "throttle": Throttle(verdict="info", reasons=("power cap",))}
CPU_ROWS = (
    *sweep("cpu", "fp32", (0.35, 0.9, 1.4, 1.62, 1.66, 1.61), threads=16),
    *sweep("cpu", "fp32", (0.1, 0.12, 0.125, 0.127, 0.126, 0.121), threads=1),
    *sweep("cpu", "bf16", (0.5, 1.6, 2.6, 3.1, 3.15, 3.0), threads=16),
    row("cpu", "fp16", 128, 0.004, threads=16, emulated_factor=95.0, emulated_against="fp32"),
)
GPU_ROWS = (
    *[row("cuda:0", "fp32", n, rate, bound="launch", **COOL) for n, rate in ((128, 0.6), (256, 4.6))],
    *[
        row("cuda:0", "fp32", n, rate, headline=n == 4096, verify=RIGHT if n == 4096 else None, **COOL)
        for n, rate in ((512, 21.0), (1024, 44.0), (2048, 53.0), (4096, 55.1))
    ],
    *[row("cuda:0", "fp32", n, rate, timer="graph", **COOL) for n, rate in ((128, 1.9), (256, 10.5), (512, 23.0))],
    row("cuda:0", "fp32", 11008, 54.0, m=4096, k=4096, **COOL),
    *sweep("cuda:0", "tf32", (0.6, 4.7, 25.0, 60.0, 80.0, 86.0), **COOL),
    *sweep("cuda:0", "fp16", (0.6, 4.8, 33.0, 110.0, 155.0, 168.0), **COOL),
    *sweep("cuda:0", "bf16", (0.6, 4.8, 33.0, 110.0, 154.0, 167.0), **COOL),
)
GPU_PARTS = {
    "devices": (CPU, GPU),
    "results": (*CPU_ROWS, *GPU_ROWS),
    "pairs": (
        Pair(a="cpu fp32 ×16", b="cuda:0 fp32", n=1024, ratio_median=27.2, ratio_iqr=(26.9, 27.5), blocks=12),
        Pair(a="cpu fp32 ×16", b="cuda:0 fp32", n=4096, ratio_median=34.2, ratio_iqr=(33.8, 34.6), blocks=12),
        Pair(a="cpu fp32 ×1", b="cpu fp32 ×16", n=4096, ratio_median=13.3, ratio_iqr=(13.1, 13.4), blocks=12, kind="threads"),
    ),
    "transfers": tuple(
        Transfer(device="cuda:0", dir=direction, kind=kind, bytes=64 * 2**20, gbps=rate, gbps_best=rate * 1.02, samples=20)
        for direction, kind, rate in (
            ("h2d", "pinned", 25.1), ("h2d", "pageable", 12.3), ("d2h", "pinned", 26.2), ("d2h", "pageable", 11.8),
        )
    ),
    "memory_bw": (
        Bandwidth(device="cpu", gbps=52.0, gbps_best=55.0, bytes=2**28, threads=16, quality="A"),
        Bandwidth(device="cuda:0", gbps=921.0, gbps_best=930.0, bytes=2**28, quality="A", flop_per_byte=59.8),
    ),
    "latency": (Latency(device="cuda:0", launch_us=3.9, roundtrip_us=11.2),),
    "crossover": (Crossover(device="cuda:0", dtype="fp32", kernel_only_n=149, with_pinned_n=388, with_pageable_n=530),),
}  # fmt: skip
FULL = {
    "mode": "full",
    "training": (
        TrainingStep(device="cpu", model="mlp", batch=256, parameters=1_300_000, samples_per_s=41000.0, step_s_best=0.0061, step_s_median=0.0062, steps=30, loss_first=2.31, loss_last=1.9),
        TrainingStep(device="cuda:0", model="mlp", batch=256, parameters=1_300_000, samples_per_s=610000.0, step_s_best=0.00041, step_s_median=0.00042, steps=60, loss_first=2.31, loss_last=1.9, loss_agrees=True, loss_difference=1e-6, loss_tolerance=1e-4),
        TrainingStep(device="cuda:0", model="transformer", batch=16, skipped_reason="its budget was used up"),
    ),
}  # fmt: skip

VM_HOST = BenchHost(
    os="Ubuntu 24.04.1 LTS", arch="x86_64", hypervisor="kvm", microarchitecture="Zen 4", cpu_family=25, cpu_model=17, clock_mhz=Missing("absent", "the hypervisor does not tell"),
    ram_bytes=24 * 2**30,
    cpu=seen(Cpu(brand="AMD EPYC Processor", architecture="x86_64", physical_cores=2, logical_cores=2, usable_cores=2, affinity_cores=2, instruction_sets=("avx2", "fma", "avx512f", "avx512_bf16"))),
)  # fmt: skip
EPYC = BenchDevice(name="cpu", type="cpu", model="AMD EPYC Processor")
VM_ROWS = (
    *sweep("cpu", "fp32", (0.168, 0.187, 0.204, 0.19, 0.168), threads=2, noise=0.04),
    *sweep("cpu", "fp32", (0.097, 0.103, 0.1, 0.095, 0.082), threads=1, parallel_efficiency=0.99),
    *sweep("cpu", "bf16", (0.144, 0.353, 0.438, 0.398, 0.387), threads=2, noise=0.08),
    row("cpu", "fp16", 128, 0.0043, threads=2, emulated_factor=39.0, emulated_against="fp32"),
    Row(device="cpu", dtype="fp16", m=256, n=256, k=256, threads=2, skipped_reason="fp16 has no fast kernel on this CPU: emulated, 39 × slower than fp32"),
)  # fmt: skip
REFUSED = "the CPU was contended: other programs took 46 % of it while 2 threads multiplied"


def refused(one):
    import msgspec

    return (
        msgspec.structs.replace(one, refused=REFUSED, quality="C", tainted_blocks=0.8)
        if one.threads == 2 and one.tflops
        else one
    )


ESC = "\x1b[31mred\x1b[0m"
HOSTILE_NAME = f"=cmd|' /C calc'!A0 [red]x[/] {ESC} <script>alert(1)</script> `|` \u202egnp.exe &amp; \n::error::x"

GPU_BENCH = finished(**GPU_PARTS)
FULL_BENCH = finished(**GPU_PARTS, **FULL)
CPU_BENCH = finished(
    host=VM_HOST, devices=(EPYC,), results=VM_ROWS, software=Software(python="3.11.9", torch="2.13.0+cpu", threads=2)
)
CONTENDED = finished(
    host=VM_HOST, devices=(EPYC,), results=tuple(refused(one) for one in VM_ROWS), software=Software(python="3.11.9", torch="2.13.0+cpu", threads=2),
    contention=Contention(foreign_cpu=0.46, tainted_blocks_frac=0.8, words="other programs use 46 % of the processors"),
)  # fmt: skip
WRONG = finished(
    **{
        **GPU_PARTS,
        "results": (
            *CPU_ROWS,
            *sweep("cuda:0", "fp32", (0.6, 4.6, 21.0, 44.0, 53.0, 35.1), noise=0.2, throttle=Throttle(verdict="warn", reasons=("thermal (software)",))),
            row("cuda:0", "bf16", 4096, 101.0, headline=True, throttle=Throttle(verdict="fail", reasons=("thermal (hardware)", "sustained 0.71 of burst")),
                verify=Verification(ok=False, method="freivalds fp64, 2 vectors", residual_u=8100.0, limit_u=8, bitwise_repeat=False, fault="sporadic", repeats=20)),
        ),
    }
)  # fmt: skip
HOSTILE = finished(
    host=BenchHost(os=HOSTILE_NAME, cpu=seen(Cpu(brand=HOSTILE_NAME))),
    devices=(BenchDevice(name="cpu", type="cpu", model=HOSTILE_NAME), BenchDevice(name=f"cuda:0{ESC}<b>", type="cuda", model=HOSTILE_NAME, cc=(99, 0))),
    software=Software(python=HOSTILE_NAME, torch=HOSTILE_NAME, executable=HOSTILE_NAME, env={HOSTILE_NAME: HOSTILE_NAME}),
    results=(
        row("cpu", "fp32", 512, 1.0, threads=4, verify=Verification(ok=False, method=HOSTILE_NAME, residual_u=1e300, limit_u=1, bitwise_repeat=False, words=HOSTILE_NAME)),
        row(f"cuda:0{ESC}<b>", "fp32", 512, 1e9, noise=9.9, bound="unknown", refused=HOSTILE_NAME),
        Row(device=f"cuda:0{ESC}<b>", dtype="bf16", m=512, n=512, k=512, threads=0, skipped_reason=HOSTILE_NAME),
    ),
    notes=(HOSTILE_NAME,), contention=Contention(words=HOSTILE_NAME), ended=HOSTILE_NAME, argv=("dlcheck", HOSTILE_NAME),
)  # fmt: skip
EMPTY = finished(
    library=Missing("absent", "neither torch nor NumPy is installed for this Python"),
    software=Software(python="3.12.3"),
)
INTERRUPTED = finished(host=VM_HOST, devices=(EPYC,), results=VM_ROWS[:3], interrupted=True)

BENCHES = {
    "gpu": GPU_BENCH, "full": FULL_BENCH, "cpu": CPU_BENCH, "contended": CONTENDED, "wrong": WRONG, "hostile": HOSTILE, "empty": EMPTY,
    "interrupted": INTERRUPTED,
}  # fmt: skip
