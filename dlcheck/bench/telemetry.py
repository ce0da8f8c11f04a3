"""What the driver told of a GPU while a row was sampled, and whether it was slowed down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from dlcheck.bench.taken import Block, Taken
from dlcheck.model.bench import BenchDevice
from dlcheck.model.gaps import NOT_LOOKED, Maybe, known
from dlcheck.model.measured import Row, Telemetry, Throttle

POWER_CAP = 0x04
REASONS = {
    0x08: "hardware slowdown",
    0x20: "thermal (software)",
    0x40: "thermal (hardware)",
    0x80: "power brake",
}
"""Clock event reasons that hold the clocks down for want of cooling or power (nvml.h, nvmlClocksEventReasons)."""
HELD_DOWN = 0x08 | 0x20 | 0x40 | 0x80
THERMAL = 0x08 | 0x20 | 0x40
WORTH_TELLING = 0.01
"""Share of the time below which the driver's counter of heat is no slowing down."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One look at one GPU; a moment by the monotonic clock."""

    gpu: int
    at: float
    sm_mhz: float | None = None
    power_w: float | None = None
    temp_c: float | None = None
    energy_j: float | None = None
    """Since the driver was loaded."""
    reasons: int | None = None
    power_held_ns: int | None = None
    heat_held_ns: int | None = None
    """For how long power, and heat, held the clocks down, since the driver was loaded."""


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """All that was told while the run lasted."""

    gpus: dict[str, int] = {}
    """PCI address → NVML's number."""
    samples: tuple[Sample, ...] = ()


def read(facts: dict[str, Any]) -> Followed:
    """The answer of the following child; nothing where it is not what it should be."""
    gpus = facts.get("gpus")
    try:
        return Followed(
            gpus={str(one["pci_address"]): int(one["index"]) for one in gpus} if isinstance(gpus, list) else {},
            samples=msgspec.convert(facts.get("telemetry", ()), tuple[Sample, ...]),
        )
    except (msgspec.ValidationError, KeyError, TypeError, ValueError):
        return Followed()


def with_telemetry(row: Row, blocks: Sequence[Block], device: BenchDevice | None, taken: Taken, told: Followed) -> Row:
    """The row of an accelerator, but for the CPU under another name, with what was told in its blocks and a verdict."""
    if row.time_s is None or row.threads or device is None or device.virtual:
        return row
    steady = [block for block in blocks if block.phase == "steady"] or list(blocks)
    address = next((one.get("pci_address") for one in taken.items("devices") if one.get("name") == row.device), None)
    number = told.gpus.get(str(address))
    if address is None and device.type == "cuda" and len(told.gpus) == 1:
        number = next(iter(told.gpus.values()))  # an older torch does not tell where it is
    mine = [
        one
        for one in told.samples
        if one.gpu == number and any(block.at <= one.at <= block.at + block.wall for block in steady)
    ]
    telemetry = summary(mine, steady, row) if mine else None
    held = known(telemetry.violation_ns_thermal) if telemetry is not None else None
    share = (held or 0) / 1e9 / (mine[-1].at - mine[0].at) if held else 0.0
    return msgspec.structs.replace(row, telemetry=telemetry, throttle=throttle(row, mine, device, share))


def summary(samples: Sequence[Sample], blocks: Sequence[Block], row: Row) -> Telemetry:
    """Means and extremes of the samples; the energy of the blocks by their mean power."""
    clocks = [one.sm_mhz for one in samples if one.sm_mhz is not None]
    powers = [one.power_w for one in samples if one.power_w is not None]
    temperatures = [one.temp_c for one in samples if one.temp_c is not None]
    reasons = [one.reasons for one in samples if one.reasons is not None]
    joules = _energy(samples, blocks)
    products = sum(len(block.samples) * block.calls for block in blocks)
    work = 2.0 * row.m * row.n * row.k * products / 1e9
    return Telemetry(
        samples=len(samples),
        sm_mhz_mean=sum(clocks) / len(clocks) if clocks else NOT_LOOKED,
        sm_mhz_min=min(clocks) if clocks else NOT_LOOKED,
        power_w_mean=sum(powers) / len(powers) if powers else NOT_LOOKED,
        power_w_max=max(powers) if powers else NOT_LOOKED,
        temp_c_max=max(temperatures) if temperatures else NOT_LOOKED,
        energy_j=joules if joules else NOT_LOOKED,
        gflop_per_j=work / joules if joules else NOT_LOOKED,
        event_reasons_or=_or(reasons) if reasons else NOT_LOOKED,
        violation_ns_power=_held(samples, blocks, "power_held_ns"),
        violation_ns_thermal=_held(samples, blocks, "heat_held_ns"),
    )


def _held(samples: Sequence[Sample], blocks: Sequence[Block], counter: str) -> Maybe[int]:
    """By how much a counter rose over an unbroken run; in a broken one other rows' time is in it, too."""
    counted: list[tuple[float, int]] = [
        (one.at, value) for one in samples if (value := getattr(one, counter)) is not None
    ]
    if len(counted) < 2 or any(block.phase != "steady" for block in blocks):
        return NOT_LOOKED
    return max(0, counted[-1][1] - counted[0][1])


def _energy(samples: Sequence[Sample], blocks: Sequence[Block]) -> float:
    """Joules of the blocks: the counter's mean power over at least a second of them, else that of the samples."""
    wall = sum(block.wall for block in blocks)
    counted = [one for one in samples if one.energy_j is not None]
    if len(counted) >= 2 and counted[-1].at - counted[0].at >= 1.0:
        first, last = counted[0], counted[-1]
        assert first.energy_j is not None and last.energy_j is not None
        rest = wall / (last.at - first.at)
        if 0.8 <= rest <= 1.5:  # an unbroken run: else other rows' energy is in the counter
            return (last.energy_j - first.energy_j) * rest
    powers = [one.power_w for one in samples if one.power_w is not None]
    return sum(powers) / len(powers) * wall if powers else 0.0


def throttle(row: Row, samples: Sequence[Sample], device: BenchDevice, heat: float) -> Throttle:
    """Was it slowed down? A reason counts in two looks in a row: one alone comes with a change of clocks.

    heat: share of the time in which heat held the clocks down, by the driver's own counter; 0 where it does not tell.
    """
    assert row.time_s is not None
    kept = row.time_s.burst / row.time_s.sustained
    bits = [one.reasons for one in samples if one.reasons is not None]
    lasting = [first & second for first, second in pairwise(bits)]
    reasons = [words for bit, words in REASONS.items() if any(one & bit for one in lasting)]
    if kept < 0.9:
        reasons.append(f"sustained {kept:.2f} of burst")
    clocks = [one.sm_mhz for one in samples if one.sm_mhz is not None]
    highest = known(device.clock_max_mhz)
    if clocks and highest and sum(clocks) / len(clocks) < 0.75 * highest:
        reasons.append(f"mean clock {sum(clocks) / len(clocks):.0f} of {highest:.0f} MHz")
    hot = sum(1 for one in bits if one & THERMAL)
    if heat > WORTH_TELLING:
        reasons.append(f"held down by heat for {heat:.0%} of the time")
    if kept < 0.75 or heat > 0.5 or (bits and hot > len(bits) / 2):
        return Throttle(verdict="fail", reasons=tuple(reasons) or ("thermal",))
    if reasons:
        return Throttle(verdict="warn", reasons=tuple(reasons))
    if any(one & POWER_CAP for one in bits):
        limit, usual = known(device.power_limit_w), known(device.power_default_w)
        if limit and usual and limit < usual:
            return Throttle(verdict="warn", reasons=(f"power limit {limit:.0f} W, {usual:.0f} W is usual",))
        return Throttle(verdict="info", reasons=("power cap",))
    return Throttle(verdict="none" if bits else "unknown")


def _or(values: Sequence[int]) -> int:
    together = 0
    for value in values:
        together |= value
    return together
