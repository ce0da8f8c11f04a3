"""Parts of a benchmark as sentences that every format tells alike."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.model.assessed import Published, Reference
from dlcheck.model.bench import Bench, BenchDevice
from dlcheck.model.gaps import Missing, known
from dlcheck.model.measured import Bandwidth, Crossover, Row, TrainingStep
from dlcheck.model.quantities import amount, digits, duration, per_cent, rate, times

COLUMNS = (
    "size: N of N × N · best: the fastest product · now: the median (of an accelerator that of the second half) · "
    "±: how far the median is from the best · rated: of the theoretical peak, above 100 % where it runs faster than "
    "its rated clock · clock: of the peak at the clock that was measured · of best: of the highest rate measured here, "
    "where no peak is known · bound: what limits it, starting the work (launch), moving the data (memory) or the "
    "arithmetic (compute) · NT: the second matrix lies transposed in memory · cold: the caches were emptied before "
    "each product · graph: products captured in a CUDA graph, so that none is started alone"
)
"""What the heads of the table mean."""
ABOVE_PEAK = 103.0
"""Per cent of the rated peak from which the clock must have been another one."""
WORTH_A_WORD = 1.05
"""How much faster than what it keeps up a device must be at first."""


def devices(bench: Bench) -> list[tuple[str, str]]:
    """Each device's name and what is known of it."""
    return [(device.name, _device(bench, device)) for device in bench.devices]


def _device(bench: Bench, device: BenchDevice) -> str:
    words = [known(device.model) or "", *(_cores(bench) if device.type == "cpu" else [])]
    if count := known(device.sm_count):
        words.append(f"{count} multiprocessors")
    if memory := known(device.mem_total):
        words.append(amount(memory))
    if device.virtual:
        words.append("the CPU under another name")
    peak = device.peak.get("fp32")
    if peak is not None:
        words.append(f"peak {rate(peak.tflops)} in fp32 ({peak.formula})")
        shares = [(known(row.pct_peak_rated) or 0.0, row.dtype) for row in bench.measured if row.device == device.name]
        highest, dtype = max(shares, default=(0.0, ""))
        if highest > ABOVE_PEAK:
            words.append(f"{per_cent(highest)} of its peak in {dtype} was reached: its clock is higher than is told")
    elif device.peak_unknown:
        words.append(f"rated peak unknown: {device.peak_unknown}")
    return " · ".join(word for word in words if word)


def _cores(bench: Bench) -> list[str]:
    cpu = bench.host.cpu.value
    if cpu is None:
        return []
    physical = known(cpu.physical_cores)
    cores = f"{physical} cores" if physical else f"{cpu.logical_cores} processors"
    quota = known(cpu.quota_cores)
    return [cores, *([f"a quota of {digits(quota)}"] if quota else [])]


def crossover(one: Crossover) -> str:
    """From which size the device wins, in the three ways in which its data can come to it."""
    parts = []
    for words, fact in (
        ("kernel only", one.kernel_only_n),
        ("with copies from pinned memory", one.with_pinned_n),
        ("with copies from ordinary memory", one.with_pageable_n),
    ):
        size = known(fact)
        if size is not None:
            parts.append(f"{words}: from {size} × {size}")
        elif isinstance(fact, Missing) and fact.gap == "absent":
            parts.append(f"{words}: never, up to what was measured")
    return f"{one.device} overtakes the CPU in {one.dtype}; {'; '.join(parts)}" if parts else ""


def copies(bench: Bench) -> list[str]:
    """How fast data moves between host and device."""
    told = []
    for device in dict.fromkeys(one.device for one in bench.transfers):
        for direction, words in (("h2d", "to"), ("d2h", "from")):
            kinds = [one for one in bench.transfers if one.device == device and one.dir == direction]
            if kinds:
                rates = ", ".join(f"{digits(one.gbps)} GB/s {one.kind}" for one in kinds)
                told.append(f"{words} {device} {rates}")
    return told


def memory(bench: Bench) -> list[str]:
    """Memory bandwidth of each device."""
    return [
        f"{one.device}: {one.refused}"
        if one.refused
        else f"{one.device} {_about(one.quality)}{digits(one.gbps)} GB/s{_ridge(one)}"
        for one in bench.memory_bw
    ]


def _ridge(one: Bandwidth) -> str:
    """Where memory stops being the limit: by products of large matrices hardly ever, by adding two vectors always."""
    ridge = known(one.flop_per_byte)
    return f"; {digits(ridge)} operations in fp32 while a byte is moved (the roofline's ridge)" if ridge else ""


def latency(bench: Bench) -> list[str]:
    """What starting one small operation costs."""
    return [
        f"{one.device} {digits(one.launch_us)} µs to start an operation, {digits(one.roundtrip_us)} µs to have it done"
        for one in bench.latency
    ]


def first_calls(bench: Bench) -> list[str]:
    """The very first product against the ones after it: why naive timing lies."""
    rows = [(row, known(row.first_call_s)) for row in _headlines(bench) if row.dtype == "fp32"]
    return [
        f"{row.device} {duration(first)} at {row.n} × {row.n}, then {duration(row.headline_s)}"
        for row, first in rows
        if first is not None
    ]


def energy(bench: Bench) -> list[str]:
    """What a joule buys."""
    told = []
    for row in _headlines(bench):
        efficiency = known(row.telemetry.gflop_per_j) if row.telemetry is not None else None
        power = known(row.telemetry.power_w_mean) if row.telemetry is not None else None
        if efficiency is not None:
            watts = f" at {power:.0f} W" if power is not None else ""
            told.append(f"{row.device} {row.dtype} {digits(efficiency)} GFLOP per joule{watts}")
    return told


def burst(bench: Bench) -> list[str]:
    """Where an accelerator's first moments were faster than what it keeps up."""
    rows = [(row, row.tflops) for row in _headlines(bench) if row.device != "cpu"]
    return [
        f"{row.device} {row.dtype} {rate(rates.burst)} at first, {rate(rates.sustained)} kept up"
        for row, rates in rows
        if rates is not None and rates.burst > WORTH_A_WORD * rates.sustained
    ]


def training(one: TrainingStep) -> str:
    """One small network on one device."""
    if one.skipped_reason:
        return f"{one.model} on {one.device}: not measured, {one.skipped_reason}"
    agrees = known(one.loss_agrees)
    words = {True: ", the loss agrees with the CPU's", False: ", THE LOSS DIFFERS from the CPU's", None: ""}[agrees]
    return (
        f"{one.model} on {one.device}: {digits(one.samples_per_s)} samples/s ({one.dtype}, batch of {one.batch}){words}"
    )


def verified(bench: Bench) -> str:
    """What was checked of the products."""
    checked = [row for row in bench.results if row.verify is not None]
    if not checked:
        return "no product was checked"
    wrong = len(bench.wrong)
    if wrong:
        return f"{wrong} of {len(checked)} products that were checked are wrong"
    which = ", ".join(dict.fromkeys(f"{row.device} {row.dtype}" for row in checked))
    varying = [row for row in checked if row.verify is not None and not row.verify.deterministic]
    products = "one product" if len(checked) == 1 else f"{len(checked)} products"
    told = f"no error seen in {products} (Freivalds' test, repeated bit for bit): {which}"
    if varying:
        names = ", ".join(dict.fromkeys(f"{row.device} {row.dtype}" for row in varying))
        told += (
            f"; {names} gave slightly other products of the same matrices: it adds in varying order, which is no fault"
        )
    return told


def references(found: Sequence[Reference]) -> list[str]:
    """The figures beside the usual ones: for each device one sentence on all that are normal, one on each other."""
    told = []
    for device in dict.fromkeys(one.device for one in found):
        normal = [one for one in found if one.device == device and one.standing == "normal"]
        if normal:
            figures = ", ".join(f"{_usual(one)} in {one.dtype}" for one in normal)
            told.append(
                f"{_a(normal[0].product)} usually gives {figures} TFLOP/s ({_reports(normal[0])}): yours is normal."
            )
        told += [_unusual(one) for one in found if one.device == device and one.standing != "normal"]
    return told


def _unusual(one: Reference) -> str:
    """For example: An RTX 4090 usually gives 165 to 179 TFLOP/s in bf16: yours is 30 % low, because throttled."""
    off = per_cent(abs(100 - one.per_cent))
    because = f", because {one.because}" if one.because else ""
    standing = {
        "low": f"yours is {off} low ({digits(one.measured)}){because}",
        "high": f"yours is {off} above it ({digits(one.measured)})",
    }.get(one.standing, f"yours gave about {digits(one.measured)}, too disturbed to compare")
    return f"{_a(one.product)} usually gives {_usual(one)} TFLOP/s in {one.dtype} ({_reports(one)}): {standing}."


def _usual(one: Reference | Published) -> str:
    return digits(one.low) if one.low == one.high else f"{digits(one.low)} to {digits(one.high)}"


def _reports(one: Reference) -> str:
    return "one report" if one.reports == 1 else f"{one.reports} reports"


def _a(product: str) -> str:
    return f"An {product}" if product[0] in "AEFHILMNORSX" else f"A {product}"


def published(found: Sequence[Published]) -> list[str]:
    """What devices that are not here give: a sentence for each."""
    told = []
    for product in dict.fromkeys(one.product for one in found):
        of_it = [one for one in found if one.product == product]
        figures = ", ".join(f"{_usual(one)} in {one.dtype}" for one in of_it)
        factor = next((one.times_here for one in of_it if one.dtype == "fp32" and one.times_here), 0.0)
        against = f"; {times(factor)} × what was measured here in fp32" if factor else ""
        place = f" ({of_it[0].where})" if of_it[0].where else ""
        told.append(f"{product}{place}: {figures} TFLOP/s{against}")
    return told


def measured_with(bench: Bench) -> str:
    """The library and what it multiplies with."""
    software = bench.software
    parts = [
        f"Python {software.python}" if software.python else "",
        *(f"{name} {value}" for name, value in _libraries(bench) if value),
        f"driver {known(software.driver)}" if known(software.driver) else "",
    ]
    return ", ".join(part for part in parts if part)


def budget(bench: Bench) -> str:
    """How long it took, and of what it was allowed."""
    used = bench.budget
    late = "" if used.kept else ", which is more than it was allowed"
    took = f"{digits(used.used_s)} s of {digits(used.seconds)} s{late}"
    return f"{took}; importing the library {digits(used.import_s)} s more" if used.import_s else took


def _libraries(bench: Bench) -> list[tuple[str, str | None]]:
    software = bench.software
    names = ("torch", "torch_xla", "numpy", "cuda", "hip", "mkl", "onednn", "openblas")
    return [(name, known(getattr(software, name))) for name in names]


def _headlines(bench: Bench) -> list[Row]:
    rows = [row for row in bench.measured if row.headline]
    most: dict[tuple[str, str], int] = {}
    for row in rows:
        most[row.device, row.dtype] = max(most.get((row.device, row.dtype), 0), row.threads)
    return [row for row in rows if row.threads == most[row.device, row.dtype]]


def _about(quality: str) -> str:
    return "≈" if quality == "C" else ""
