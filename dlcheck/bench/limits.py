"""What holds a machine back, and what disturbed its measurement: sentences, the gravest first."""

from __future__ import annotations

from dlcheck.model.bench import Bench, BenchDevice
from dlcheck.model.gaps import known
from dlcheck.model.quantities import digits, duration, times

IN_PARALLEL = 0.6
"""Below this efficiency threads do not run in parallel."""
WORTH_A_GRAPH = 0.67
"""A graph is worth a word where the products in it take less than this of what they take started one by one."""
SLOW_COPIES = 0.75
"""Copies from ordinary memory are worth a word where they reach less than this of those from pinned memory."""


def limits(bench: Bench) -> tuple[str, ...]:
    """Each a sentence of its own; none where nothing is known to hold the machine back."""
    found = [
        f"{device.name} was throttled: {reasons}."
        for device in bench.devices
        if (reasons := _throttled(bench, device.name))
    ]
    found += [_sentence(bench.contention.words)] if bench.contention.words else []
    found += _cpu(bench)
    for device in bench.devices:
        if device.type != "cpu":
            found += _device(bench, device)
    return tuple(dict.fromkeys(found))


def _throttled(bench: Bench, device: str) -> str:
    reasons = [
        reason
        for row in bench.results
        if row.device == device and row.throttle.verdict in ("warn", "fail")
        for reason in row.throttle.reasons or ("its clocks were held down",)
    ]
    return ", ".join(dict.fromkeys(reasons))


def _cpu(bench: Bench) -> list[str]:
    host, found = bench.host, []
    cpu = host.cpu.value
    quota = known(cpu.quota_cores) if cpu is not None else None
    if quota and cpu is not None and quota < cpu.logical_cores:
        found.append(f"A cgroup quota lets this process use {digits(quota)} of {cpu.logical_cores} processors.")
    for row in bench.measured:
        efficiency = known(row.parallel_efficiency)
        if row.device == "cpu" and row.headline and efficiency is not None and efficiency < IN_PARALLEL:
            found.append(
                f"{row.threads} threads are only {times(efficiency * row.threads)} × as fast as one ({row.dtype}): "
                "they do not run in parallel (two share a core, a quota, or other programs)."
            )
    if known(host.on_battery):
        found.append("The machine runs on its battery, which usually lowers the clocks.")
    return found


def _device(bench: Bench, device: BenchDevice) -> list[str]:
    found = []
    limit, default = known(device.power_limit_w), known(device.power_default_w)
    if limit is not None and default is not None and limit < default:
        found.append(f"{device.name}'s power limit is set to {limit:.0f} W, {default:.0f} W is its default.")
    width, widest = known(device.pcie_width), known(device.pcie_width_max)
    if width is not None and widest is not None and width < widest:
        found.append(f"{device.name} is connected by {width} of its {widest} PCIe lanes: copies are slower for it.")
    found += _launch_bound(bench, device.name)
    for direction, words in (("h2d", "to"), ("d2h", "from")):
        rates = {one.kind: one.gbps for one in bench.transfers if one.device == device.name and one.dir == direction}
        pinned, pageable = rates.get("pinned"), rates.get("pageable")
        if pinned and pageable and pageable < SLOW_COPIES * pinned:
            found.append(
                f"Copies {words} {device.name} reach {digits(pageable)} GB/s with ordinary memory and "
                f"{digits(pinned)} GB/s with pinned memory: pin_memory=True in the DataLoader is worth it."
            )
            break
    return found


def _launch_bound(bench: Bench, device: str) -> list[str]:
    """Up to which size starting the kernel costs more than the arithmetic."""
    rows = [row for row in bench.measured if row.device == device and row.dtype == "fp32"]
    largest = max((row.n for row in rows if row.bound == "launch"), default=0)
    if not largest:
        return []
    size = f"{largest} × {largest}"
    found = [f"Up to {size}, {device} spends its time on starting the work, not on computing: use larger batches."]
    started = {row.n: row.headline_s for row in rows if row.is_plain}
    alone = {row.n: row.headline_s for row in rows if row.timer == "graph"}
    both = [n for n in alone if n in started and alone[n] < WORTH_A_GRAPH * started[n]]
    if both:
        n = max(both)
        found.append(
            f"At {n} × {n}, {duration(alone[n])} of {duration(started[n])} are computing: a CUDA graph, or "
            'torch.compile(mode="reduce-overhead"), saves the rest.'
        )
    return found


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"
