"""What was measured on a device: products, transfers, bandwidth, latency, training steps.

Units stand in the names: `_s` seconds, `_us` microseconds, `gbps` 10^9 bytes in a second, `tflops` 10^12 operations in
a second (a multiply and an add are two; of int8 and other whole numbers the same count, TOP/s), `_u` units of a number
format's rounding error.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe

Dtype = Literal["fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8"]
"""fp32 is the IEEE mode; tf32 is fp32 data multiplied in TensorFloat-32. fp8 is E4M3."""
DTYPES: tuple[Dtype, ...] = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8")

Quality = Literal["A", "B", "C"]
"""A: the noise is at most 5 % and nothing disturbed it. B: at most 15 %. C: more, or it was disturbed; written with
"≈" and never used to pass or fail anything. Only A and B are clean."""

Bound = Literal["launch", "memory", "compute", "unknown"]
"""What limits a row: starting the kernel, moving the data, or the arithmetic."""


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of one product, over all samples that were kept."""

    best: float
    median: float
    p5: float
    p95: float
    mean: float
    ci95: tuple[float, float]
    """95 % interval of the median by order statistics (ranks n/2 ± 0.98 √n): no distribution is assumed."""
    burst: float
    """Median of the first tenth."""
    sustained: float
    """Median of the last half."""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """The same as 10^12 operations in a second: 2·m·n·k over the time."""

    best: float
    median: float
    sustained: float
    burst: float


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Was the product right? By Freivalds' test, and by repeating it bit for bit."""

    ok: bool
    method: str
    """"freivalds fp64, 2 vectors", "rows fp64, 16", "exact"."""
    residual_u: float
    """Largest |A·(B·x) − C·x| of a row over ‖row of C‖₂, in rounding errors u of the format; 1e300 where C holds NaN.
    0 where only repeats were compared (`method` says so)."""
    limit_u: float
    """What was allowed of it."""
    bitwise_repeat: bool
    """The first product and the last, and all repeats between, are equal bit for bit."""
    repeats: int = 2
    """How many products were compared bit for bit."""
    fault: Literal["", "not-written", "not-finite", "residual", "sporadic", "raised"] = ""
    """not-written: the output still held what it was filled with. not-finite: NaN or infinity. residual: a wrong
    product. sporadic: equal input gave different output now and then, silent data corruption is suspected."""
    deterministic: bool = True
    """False: repeats differ, and differ again in the same way, a kernel that adds in varying order. No fault."""
    words: ForeignText = ""

    @property
    def fault_words(self) -> str:
        """What was wrong, for a person."""
        seen = {
            "not-written": "it was not written",
            "not-finite": "it holds NaN or infinity",
            "residual": f"its error is {self.residual_u:.3g} rounding errors, {self.limit_u:.3g} are allowed",
            "sporadic": "the same factors gave another product now and then, so silent data corruption is suspected",
            "raised": "the check of it failed",
        }.get(self.fault, "it is not the product")
        return f"{seen} ({self.words})" if self.words else seen


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """What NVML (or its like) told of the device while the row was sampled."""

    samples: int = 0
    sm_mhz_mean: Maybe[float] = NOT_LOOKED
    sm_mhz_min: Maybe[float] = NOT_LOOKED
    power_w_mean: Maybe[float] = NOT_LOOKED
    power_w_max: Maybe[float] = NOT_LOOKED
    temp_c_max: Maybe[float] = NOT_LOOKED
    energy_j: Maybe[float] = NOT_LOOKED
    """Of the blocks that belong to this row, by the counter where the device has one, else power times time."""
    gflop_per_j: Maybe[float] = NOT_LOOKED
    event_reasons_or: Maybe[int] = NOT_LOOKED
    """All clock event (throttle) reason bits that were seen, or-ed."""
    violation_ns_power: Maybe[int] = NOT_LOOKED
    violation_ns_thermal: Maybe[int] = NOT_LOOKED
    """For how long power, and heat, held the clocks down while the device was run without a pause, nanoseconds."""


class Throttle(msgspec.Struct, frozen=True, kw_only=True):
    """Was the device slowed down while it was measured?"""

    verdict: Literal["none", "info", "warn", "fail", "unknown"] = "unknown"
    """info: the power cap, normal at full load. warn: heat or hardware held the clocks down, or sustained < 0.90 of
    burst, or the mean clock < 75 % of the highest. fail: sustained < 0.75 of burst, or heat for over half the time.
    unknown: the device does not tell."""
    reasons: tuple[str, ...] = ()
    """"thermal (software)", "sustained 0.82 of burst" …"""


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One size of the sweep on one device in one format: measured, or `skipped_reason` says why not.

    A refused row keeps its figures, with quality C and `refused` saying why they are not to be believed.
    """

    device: str
    """"cpu", "cuda:0", "mps", "xpu:0", "xla:0"."""
    dtype: Dtype
    m: int
    n: int
    k: int
    threads: int
    """Of the CPU; 0 on an accelerator."""
    compute_mode: str = "ieee"
    """"ieee", "tf32", "bf16" (fp32 data multiplied in less), "xla"."""
    accumulate: str = ""
    """"fp32", "int32", "fp64"; "" where the library does not promise one."""
    layout: Literal["NN", "NT"] = "NN"
    """NN: both row-major. NT: the second operand transposed in memory."""
    out_preallocated: bool = True
    data: str = "randn"
    l2: Literal["warm", "cold"] = "warm"
    timer: Literal["wall", "events", "graph"] = "wall"
    """events: device time between two events in the stream; wall: the host's monotonic clock around a synchronise;
    graph: events around products that were captured in a graph, so that none has to be started alone."""
    headline: bool = False
    """The size whose figures stand for this device and format."""
    calls_per_sample: int = 1
    samples: int = 0
    blocks: int = 0
    """Round-robin blocks that the samples come from."""
    time_s: Times | None = None
    tflops: Rates | None = None
    first_call_s: Maybe[float] = NOT_LOOKED
    """The very first product of this size and format: with the loading and choosing of kernels."""
    noise: float = 0.0
    """median ÷ best − 1."""
    quality: Quality = "C"
    converged: bool = False
    """The stopping rule was met before its time was used up."""
    tainted_blocks: float = 0.0
    """Share of the blocks in which something else disturbed the measurement; 0 to 1."""
    parallel_efficiency: Maybe[float] = NOT_LOOKED
    """CPU: best rate with t threads ÷ (t × best rate with one); below 0.6 the threads do not run in parallel."""
    cpu_share: Maybe[float] = NOT_LOOKED
    """CPU: processor time ÷ (wall time × threads), median of the blocks: 1 where nobody took the cores away."""
    emulated_factor: Maybe[float] = NOT_LOOKED
    """The format has no fast kernel here: so many times slower than `emulated_against` of the same size."""
    emulated_against: str = ""
    bound: Bound = "unknown"
    pct_peak_rated: Maybe[float] = NOT_LOOKED
    """Per cent of the theoretical peak at the rated clock."""
    pct_peak_at_clock: Maybe[float] = NOT_LOOKED
    """Per cent of the theoretical peak at the clock that was measured meanwhile."""
    telemetry: Telemetry | None = None
    """Where the device tells anything."""
    throttle: Throttle = Throttle()
    verify: Verification | None = None
    """At the sizes that are verified for this device and format."""
    refused: ForeignText = ""
    """Why the figures are not to be believed, for a person; "" where they may be."""
    skipped_reason: ForeignText = ""
    """Why nothing was measured, for a person."""

    @property
    def is_plain(self) -> bool:
        """One of the sweep: square, row-major, with the caches as they are, each product started alone."""
        square = self.m == self.n == self.k
        return square and self.layout == "NN" and self.l2 == "warm" and self.timer != "graph"

    @property
    def headline_tflops(self) -> float:
        """The one figure that stands for the row: best of a CPU (what it can), sustained of an accelerator."""
        if self.tflops is None:
            return 0.0
        return self.tflops.best if self.device == "cpu" else self.tflops.sustained

    @property
    def headline_s(self) -> float:
        """Seconds of one product, by the same choice."""
        if self.time_s is None:
            return float("inf")
        return self.time_s.best if self.device == "cpu" else self.time_s.sustained


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """How many times faster `b` is than `a`: from blocks that ran next to each other, not from two separate runs."""

    a: str
    """"cpu fp32 ×8" (device, format and threads)."""
    b: str
    n: int
    ratio_median: float
    ratio_iqr: tuple[float, float]
    """First and third quartile."""
    blocks: int
    kind: Literal["device", "dtype", "threads"] = "device"


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Copying between the host's memory and a device's."""

    device: str
    dir: Literal["h2d", "d2h"]
    """Host to device, device to host."""
    kind: Literal["pinned", "pageable"]
    bytes: int
    gbps: float
    """By the median copy."""
    gbps_best: float
    samples: int = 0


class Bandwidth(msgspec.Struct, frozen=True, kw_only=True):
    """Memory bandwidth of a device: c = a + s·b over arrays far larger than its caches; three times their bytes."""

    device: str
    gbps: float
    gbps_best: float
    bytes: int
    """Of one array."""
    threads: int = 0
    quality: Quality = "C"
    refused: ForeignText = ""
    flop_per_byte: Maybe[float] = NOT_LOOKED
    """The ridge point of the roofline: fp32 operations that the device does, as measured, while it moves one byte."""


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """What a single small operation costs."""

    device: str
    launch_us: float
    """Enqueueing one element-wise operation without waiting for it."""
    roundtrip_us: float
    """The same with waiting for its end."""


class TrainingStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A few training steps of a small network: forward, loss, backward, hand-written update. `--full` alone."""

    device: str
    model: Literal["mlp", "convnet", "transformer"]
    dtype: Dtype = "fp32"
    batch: int
    parameters: int = 0
    samples_per_s: float = 0.0
    """By the median step; a sequence is one sample."""
    step_s_best: float = 0.0
    step_s_median: float = 0.0
    steps: int = 0
    loss_first: Maybe[float] = NOT_LOOKED
    loss_last: Maybe[float] = NOT_LOOKED
    loss_agrees: Maybe[bool] = NOT_LOOKED
    """The losses of the first steps agree with the CPU's within `loss_tolerance`, relatively."""
    loss_difference: Maybe[float] = NOT_LOOKED
    loss_tolerance: float = 0.0
    skipped_reason: ForeignText = ""


class Crossover(msgspec.Struct, frozen=True, kw_only=True):
    """From which N a product of N × N is faster on the device than on the CPU.

    By log-log interpolation between measured sizes. "absent" where the device never wins in what was measured; the
    smallest size that was measured where it always does (`from_smallest`).
    """

    device: str
    dtype: Dtype
    against: str = "cpu"
    kernel_only_n: Maybe[int] = NOT_LOOKED
    """The operands are on the device already."""
    with_pinned_n: Maybe[int] = NOT_LOOKED
    """Both operands copied there and the product back, from pinned memory."""
    with_pageable_n: Maybe[int] = NOT_LOOKED
    """The same from ordinary memory."""
    from_smallest: bool = False
    """It wins, kernel only, at every size that was measured."""
