"""A Bench: what was measured on one machine in one run, with all that is needed to compare it with another."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.assessed import Assessment, Outcome
from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, Path, Probed, Serial
from dlcheck.model.host import Cpu
from dlcheck.model.measured import Bandwidth, Crossover, Latency, Pair, Row, TrainingStep, Transfer

BENCH_SCHEMA = "dlcheck.bench/1"

Mode = Literal["quick", "default", "full", "custom"]
DeviceType = Literal["cpu", "cuda", "rocm", "mps", "xpu", "xla", "other"]


class Peak(msgspec.Struct, frozen=True, kw_only=True):
    """The theoretical peak of one device in one format."""

    tflops: float
    """Dense, 10^12 operations in a second."""
    clock_mhz: float
    formula: str
    """"58 SM × 2040 MHz × 1024"."""
    source: str = ""


class BenchDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device as torch and its driver describe it."""

    name: str
    """As in the rows: "cpu", "cuda:0"."""
    type: DeviceType
    index: int = 0
    model: Maybe[str] = NOT_LOOKED
    """"NVIDIA GeForce RTX 4090", the processor's name."""
    cc: Maybe[tuple[int, int]] = NOT_LOOKED
    """CUDA compute capability."""
    gcn_arch: Maybe[str] = NOT_LOOKED
    """"gfx942"."""
    architecture: Maybe[str] = NOT_LOOKED
    """Intel: the version of the graphics IP, "12.55"; Apple: the GPU's family, "apple8"."""
    sm_count: Maybe[int] = NOT_LOOKED
    """Streaming multiprocessors, compute units, Xe cores, GPU cores."""
    mem_total: Maybe[int] = NOT_LOOKED
    """Bytes."""
    mem_free: Maybe[int] = NOT_LOOKED
    """Bytes, before the run."""
    l2_bytes: Maybe[int] = NOT_LOOKED
    clock_max_mhz: Maybe[float] = NOT_LOOKED
    mem_clock_mhz: Maybe[float] = NOT_LOOKED
    bus_width_bits: Maybe[int] = NOT_LOOKED
    power_limit_w: Maybe[float] = NOT_LOOKED
    power_default_w: Maybe[float] = NOT_LOOKED
    ecc: Maybe[bool] = NOT_LOOKED
    mig: Maybe[bool] = NOT_LOOKED
    persistence: Maybe[bool] = NOT_LOOKED
    pcie_gen: Maybe[int] = NOT_LOOKED
    pcie_width: Maybe[int] = NOT_LOOKED
    pcie_gen_max: Maybe[int] = NOT_LOOKED
    pcie_width_max: Maybe[int] = NOT_LOOKED
    uuid: Maybe[Serial] = NOT_LOOKED
    """Only where the person asked for it."""
    peak: dict[str, Peak] = {}
    """By format; a format is left out where its peak is not known: no number is guessed from a product's name."""
    peak_unknown: str = ""
    """Why there is no peak, for a person: "clock unknown (hypervisor)"."""
    virtual: bool = False
    """It is the CPU under another name: torch_xla with PJRT_DEVICE=CPU."""


class BenchHost(msgspec.Struct, frozen=True, kw_only=True):
    """The machine, without anything that names it or its owner."""

    os: str = ""
    """"Ubuntu 24.04.1 LTS"."""
    kernel: str = ""
    arch: str = ""
    hypervisor: Maybe[str] = NOT_LOOKED
    """"kvm"; absent on bare metal."""
    container: Maybe[str] = NOT_LOOKED
    cpu: Probed[Cpu] = Probed(missing=NOT_LOOKED)
    """With cores, affinity, cgroup quota, instruction sets and clock."""
    microarchitecture: Maybe[str] = NOT_LOOKED
    """"Zen 4", "Neoverse V2": by the numbers below; a gap where the table does not have them."""
    cpu_family: Maybe[int] = NOT_LOOKED
    cpu_model: Maybe[int] = NOT_LOOKED
    """x86 family and model numbers, by which its pipes are known."""
    cpu_implementer: Maybe[int] = NOT_LOOKED
    cpu_part: Maybe[int] = NOT_LOOKED
    """Arm's numbers for the same; a gap, too, where cores of several kinds are together."""
    clock_mhz: Maybe[float] = NOT_LOOKED
    """The highest clock a core can have, where somebody who knows it tells; a gap in most virtual machines."""
    clock_source: str = ""
    """"cpufreq", "sysctl", "registry"."""
    caches_bytes: dict[str, int] = {}
    """"L1d", "L2", "L3": of one core's view."""
    ram_bytes: int = 0
    ram_limit_bytes: Maybe[int] = NOT_LOOKED
    """The cgroup's limit."""
    transparent_huge_pages: Maybe[str] = NOT_LOOKED
    governor: Maybe[str] = NOT_LOOKED
    """cpufreq's governor: "performance", "powersave"."""
    on_battery: Maybe[bool] = NOT_LOOKED


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """What multiplied."""

    python: str = ""
    executable: Path = ""
    torch: Maybe[str] = NOT_LOOKED
    torch_git: Maybe[str] = NOT_LOOKED
    torch_xla: Maybe[str] = NOT_LOOKED
    numpy: Maybe[str] = NOT_LOOKED
    cuda: Maybe[str] = NOT_LOOKED
    cudnn: Maybe[str] = NOT_LOOKED
    hip: Maybe[str] = NOT_LOOKED
    triton: Maybe[str] = NOT_LOOKED
    driver: Maybe[str] = NOT_LOOKED
    mkl: Maybe[str] = NOT_LOOKED
    onednn: Maybe[str] = NOT_LOOKED
    openblas: Maybe[str] = NOT_LOOKED
    blas_info: Maybe[str] = NOT_LOOKED
    threads: int = 0
    """What the library used before it was told anything."""
    interop_threads: Maybe[int] = NOT_LOOKED
    env: dict[str, str] = {}
    """Variables that change the figures, of an allow-list: OMP_*, MKL_*, OPENBLAS_*, CUDA_VISIBLE_DEVICES …"""


class Contention(msgspec.Struct, frozen=True, kw_only=True):
    """Who else used the machine: before the run, and in its blocks."""

    foreign_cpu: Maybe[float] = NOT_LOOKED
    """Share of all cores that other processes used in the half second before; 0 to 1."""
    psi_some_avg10: Maybe[float] = NOT_LOOKED
    """Linux pressure stall information: per cent of the last 10 s in which something waited for a CPU."""
    steal: Maybe[float] = NOT_LOOKED
    """Share of the time that the hypervisor gave to other machines; 0 to 1."""
    loadavg_1: Maybe[float] = NOT_LOOKED
    tainted_blocks_frac: float = 0.0
    """Share of the CPU's blocks that were disturbed."""
    gpu_other_procs: Maybe[int] = NOT_LOOKED
    gpu_util_before: Maybe[float] = NOT_LOOKED
    """Per cent."""
    words: str = ""
    """One sentence for a person; "" where nobody disturbs."""


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What the run was allowed and what it took; the import of the library not counted."""

    seconds: float
    used_s: float = 0.0
    import_s: float = 0.0
    kept: bool = True
    """Not more than a tenth over."""


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the benchmark."""

    schema: str = BENCH_SCHEMA
    dlcheck: str = ""
    """The version of dlcheck that measured."""
    started_at: str = ""
    """UTC, ISO 8601."""
    duration_s: float = 0.0
    """Of everything, the import too."""
    mode: Mode = "default"
    budget: Budget
    seed: int = 0
    data: str = "randn"
    argv: tuple[Path, ...] = ()
    """What the person typed."""
    library: Maybe[str] = NOT_LOOKED
    """"torch" or "numpy"; the gap says why nothing could be measured at all."""
    interrupted: bool = False
    """The person ended it: what was measured until then is here."""
    ended: Maybe[ForeignText] = NOT_LOOKED
    """How the measuring process ended, where it did not end well: killed, out of memory, past its deadline."""
    notes: tuple[ForeignText, ...] = ()
    """Sentences for a person: what was left out and how to get it."""
    host: BenchHost = BenchHost()
    software: Software = Software()
    contention: Contention = Contention()
    devices: tuple[BenchDevice, ...] = ()
    results: tuple[Row, ...] = ()
    """For every device, format and thread count a row for every N of the doubling sweep."""
    pairs: tuple[Pair, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    memory_bw: tuple[Bandwidth, ...] = ()
    latency: tuple[Latency, ...] = ()
    crossover: tuple[Crossover, ...] = ()
    training: tuple[TrainingStep, ...] = ()
    verdict: Outcome = Outcome()
    assessment: Assessment = Assessment()
    """What the figures mean."""

    def device(self, name: str) -> BenchDevice | None:
        """The device of that name."""
        return next((device for device in self.devices if device.name == name), None)

    @property
    def wrong(self) -> tuple[Row, ...]:
        """Rows whose product was wrong."""
        return tuple(row for row in self.results if row.verify is not None and not row.verify.ok)

    @property
    def measured(self) -> tuple[Row, ...]:
        """Rows with figures that may be believed."""
        return tuple(row for row in self.results if row.tflops is not None and not row.refused)
