"""Which rows of two runs did the same work, and what else differs between the runs."""

from __future__ import annotations

import msgspec

from dlcheck.model.bench import Bench, BenchDevice
from dlcheck.model.gaps import known
from dlcheck.model.measured import Row

MEMORY_SLACK = 0.05
"""Drivers tell the same device's memory a little differently."""


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """Two rows of the same work."""

    one: Row
    other: Row
    same_device: bool

    @property
    def reason(self) -> str:
        """Why they must not be compared; "" where they may."""
        return incomparable(self.one, self.other, same_device=self.same_device)


def matched(first: Bench, other: Bench) -> tuple[list[Matched], bool]:
    """Pairs of rows of the same device, format, size and kind of thread count; and whether all devices are the same.

    A device's counterpart has its name, else it is the next accelerator in order: a laptop's mps meets a cuda.
    """
    counterparts = _counterparts(first, other)
    same = all(is_same(one, two) for one, two in counterparts)
    pairs: list[Matched] = []
    for one, two in counterparts:
        theirs = {_work(row): row for row in reversed(other.results) if row.device == two.name}
        ours = [row for row in first.results if row.device == one.name]
        alike = is_same(one, two)
        pairs += [Matched(one=row, other=theirs[_work(row)], same_device=alike) for row in ours if _work(row) in theirs]
    return pairs, same and bool(counterparts)


def is_same(one: BenchDevice, other: BenchDevice) -> bool:
    """The same model of device with the same memory and as many units."""
    facts = ("type", "model", "cc", "gcn_arch", "sm_count", "virtual")
    if any(getattr(one, fact) != getattr(other, fact) for fact in facts):
        return False
    memory, theirs = known(one.mem_total), known(other.mem_total)
    return memory is None or theirs is None or abs(memory - theirs) <= MEMORY_SLACK * max(memory, theirs)


def incomparable(one: Row, other: Row, *, same_device: bool = False) -> str:
    """Why two rows of the same work must not be compared; "" where they may.

    same_device: both ran on the same model, so that as many threads make the same measurement.
    """
    if same_device and one.threads != other.threads:
        return f"{one.threads} threads against {other.threads}"
    for row, which in ((one, "first"), (other, "second")):
        if row.refused or row.tflops is None or row.time_s is None:
            return f"the {which} run has no figure that can be believed: {row.refused or row.skipped_reason or 'none'}"
        if row.verify is not None and not row.verify.ok:
            return f"the {which} run's product was wrong"
        time = row.time_s
        if min(row.headline_tflops, time.best, time.p5, time.median, *time.ci95) <= 0:
            return f"the {which} run's figure is none"
    for words, ours, theirs in (
        ("data", one.data, other.data),
        ("mode", one.compute_mode, other.compute_mode),
        ("timer", one.timer, other.timer),
        ("output", one.out_preallocated, other.out_preallocated),
    ):
        if ours != theirs:
            return f"{words} {ours} against {theirs}"
    return ""


def warnings(first: Bench, other: Bench) -> list[str]:
    """What differs besides, and may explain a difference."""
    told = [
        f"{one.name}: {_model(one)} against {_model(two)}"
        for one, two in _counterparts(first, other)
        if not is_same(one, two)
    ]
    missing = [
        device.name for device in first.devices if not any(one is device for one, _ in _counterparts(first, other))
    ]
    told += [f"{name} is in the first run alone" for name in missing]
    ours, theirs = first.software, other.software
    for name in ("python", "torch", "numpy", "cuda", "hip", "driver", "mkl", "onednn", "openblas"):
        before, after = (_known_text(getattr(software, name)) for software in (ours, theirs))
        if before != after and (before or after):
            told.append(f"{name} {before or 'none'} against {after or 'none'}")
    if known(first.library) != known(other.library):
        told.append(f"measured with {known(first.library) or 'nothing'} against {known(other.library) or 'nothing'}")
    for one, two in _counterparts(first, other):
        limits = known(one.power_limit_w), known(two.power_limit_w)
        if is_same(one, two) and limits[0] != limits[1] and None not in limits:
            told.append(f"{one.name}: a power limit of {limits[0]:.0f} W against {limits[1]:.0f} W")
    if first.mode != other.mode:
        told.append(
            f"--{first.mode} against --{other.mode}: one of both took fewer samples".replace("--default", "default")
        )
    changed = {name for name in ours.env.keys() | theirs.env.keys() if ours.env.get(name) != theirs.env.get(name)}
    told += [f"{name}={ours.env.get(name, '')!s} against {theirs.env.get(name, '')!s}" for name in sorted(changed)]
    return told


def size_of(row: Row) -> str:
    """The size of a product: "512" of a square one."""
    return str(row.n) if row.m == row.n == row.k else f"{row.m}×{row.k}×{row.n}"


def _counterparts(first: Bench, other: Bench) -> list[tuple[BenchDevice, BenchDevice]]:
    left = list(other.devices)
    found: list[tuple[BenchDevice, BenchDevice]] = []
    for is_exact in (True, False):
        for device in first.devices:
            if any(device is one for one, _ in found):
                continue
            fits = (two for two in left if (two.name == device.name if is_exact else _is_alike(device, two)))
            counterpart = next(fits, None)
            if counterpart is not None:
                left.remove(counterpart)
                found.append((device, counterpart))
    return found


def _is_alike(one: BenchDevice, other: BenchDevice) -> bool:
    return (one.type == "cpu") == (other.type == "cpu")


def _work(row: Row) -> tuple[object, ...]:
    """What was to be done; of threads only whether it was one or all."""
    return row.dtype, row.m, row.n, row.k, row.layout, row.l2, row.timer == "graph", min(row.threads, 2)


def _model(device: BenchDevice) -> str:
    return known(device.model) or device.name


def _known_text(value: object) -> str:
    return value if isinstance(value, str) else ""
