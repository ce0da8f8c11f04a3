"""Three sentences for somebody who measures for the first time."""

from __future__ import annotations

from dlcheck.bench.ladder import advice, pair_label, standing_row
from dlcheck.model.assessed import Published, Rung
from dlcheck.model.bench import Bench, BenchDevice
from dlcheck.model.gaps import known
from dlcheck.model.measured import Crossover, Pair, Row
from dlcheck.model.quantities import rate, times

KINDS = {"cuda": "GPU", "rocm": "GPU", "mps": "GPU", "xpu": "GPU", "xla": "XLA device", "other": "accelerator"}


def main_device(bench: Bench) -> BenchDevice | None:
    """The accelerator that the sentences are about: the fastest in fp32 of those that are none by name alone."""
    real = [device for device in bench.devices if device.type != "cpu" and not device.virtual]
    return max(real, key=lambda device: _fp32(bench, device.name), default=None)


def sentences(bench: Bench, rungs: tuple[Rung, ...], borrowed: tuple[Published, ...]) -> tuple[str, ...]:
    """At most three; fewer where less is known."""
    device = main_device(bench)
    wrong = dict.fromkeys(f"{row.device} multiplies {row.dtype} wrongly" for row in bench.wrong)
    if wrong:
        found = [f"{' and '.join(wrong)}: trust nothing that was computed there."]
    elif device is not None:
        found = [_speed_up(bench, device), _pays_off(bench, device), advice(bench, rungs, device.name)]
    else:
        found = [_cpu_alone(bench), _borrowed(borrowed), advice(bench, rungs, "cpu")]
    return tuple(one for one in found if one)


def speed_up(bench: Bench, device: str) -> Pair | None:
    """The pair that tells how much faster a device is than the CPU: fp32, the largest size, nothing refused."""
    refused = {pair_label(row) for row in bench.results if row.refused}
    pairs = [
        pair
        for pair in bench.pairs
        if pair.kind == "device"
        and pair.a.startswith("cpu fp32")
        and pair.b.split(" ")[:2] == [device, "fp32"]
        and pair.a not in refused
    ]
    return max(pairs, key=lambda pair: (pair.n, threads_of(pair.a)), default=None)


def threads_of(name: str) -> int:
    """The threads in a pair's name; 0 where it has none."""
    number = name.rpartition("×")[2]
    return int(number) if number.isdigit() else 0


def _fp32(bench: Bench, device: str) -> float:
    row = standing_row(bench, device, "fp32")
    return row.headline_tflops if row is not None else 0.0


def _speed_up(bench: Bench, device: BenchDevice) -> str:
    kind = KINDS.get(device.type, "accelerator")
    pair = speed_up(bench, device.name)
    if pair is None:
        row = standing_row(bench, device.name, "fp32")
        return f"Your {kind} multiplies matrices at {_rate(row)} in fp32." if row is not None else ""
    cpu, there = (standing_row(bench, name, "fp32", pair.n) for name in ("cpu", device.name))
    about, ratio = "", pair.ratio_median
    if cpu is not None and there is not None and "C" in (cpu.quality, there.quality):
        # Of blocks that were disturbed the best are compared: the longer product is interrupted more often.
        about, ratio = "about ", there.headline_tflops / cpu.headline_tflops
    against = "your CPU" if threads_of(pair.a) != 1 or _cores(bench) == 1 else "one core of your CPU"
    if ratio >= 1:
        return f"Your {kind} multiplies matrices {about}{times(ratio)} × faster than {against}."
    return f"Your {kind} multiplies matrices {about}{times(1 / ratio)} × slower than {against}."


def _pays_off(bench: Bench, device: BenchDevice) -> str:
    found = [one for one in bench.crossover if one.device == device.name and one.dtype == "fp32"]
    if not found:
        return ""
    one = found[0]
    size = known(one.kernel_only_n)
    if size is None:
        never = getattr(one.kernel_only_n, "gap", "") == "absent"
        return "It does not pay off at any size that was measured." if never else ""
    start = f"It pays off from {size} × {size}"
    if one.from_smallest:
        start = f"It pays off at every size that was measured, from {size} × {size} on"
    return f"{start}{_with_copies(one)}."


def _with_copies(one: Crossover) -> str:
    size = known(one.with_pageable_n)
    if size is None or size == known(one.kernel_only_n):
        return ""
    return f" ({size} × {size} where each matrix is copied first)"


def _cpu_alone(bench: Bench) -> str:
    row = standing_row(bench, "cpu", "fp32")
    if row is None:
        return ""
    threads = f" with {row.threads} threads" if row.threads > 1 else " with one thread"
    virtual = next((device.name for device in bench.devices if device.virtual), "")
    who = f"{virtual} is your CPU under another name" if virtual else "torch found no accelerator"
    if known(bench.library) == "numpy":
        who = "NumPy computes on the CPU alone"
    return f"Your CPU multiplies matrices at {_rate(row)} in fp32{threads}; {who}."


def _borrowed(borrowed: tuple[Published, ...]) -> str:
    """What a borrowed accelerator gives in the format in which it is fast, against fp32 here."""
    told = []
    for product in dict.fromkeys(one.product for one in borrowed):
        fp32 = next(
            (one for one in borrowed if one.product == product and one.dtype == "fp32" and one.times_here), None
        )
        if fp32 is not None:
            place = f" ({fp32.where})" if fp32.where else ""
            told.append(f"{_article(product)}{place} gives {times(fp32.times_here)} × that")
    return f"By published measurements {' and '.join(told)}." if told else ""


def _article(product: str) -> str:
    return f"an {product}" if product[0] in "AEFHILMNORSX" else f"a {product}"


def _rate(row: Row | None) -> str:
    if row is None:
        return "?"
    return f"{'about ' if row.quality == 'C' else ''}{rate(row.headline_tflops, row.dtype)}"


def _cores(bench: Bench) -> int:
    return max((row.threads for row in bench.results if row.device == "cpu"), default=0)
