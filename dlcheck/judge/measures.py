"""Your hardware against the profile's minimum and recommended."""

from __future__ import annotations

from typing import Literal

from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.report import Measure
from dlcheck.model.snapshot import Snapshot

Standing = Literal["recommended", "minimum", "below", "unknown", "not-needed"]


def measures(snapshot: Snapshot, profile: Profile) -> tuple[Measure, ...]:
    """One row for each number that the profile asks for."""
    memory, cpu, storage = snapshot.memory.value, snapshot.cpu.value, snapshot.storage.value
    low, high = profile.minimum, profile.comfortable
    free = None
    if storage is not None:
        place = next((place for place in storage.places if place.role == "environment"), None)
        free = known(place.free_bytes) if place else None
    return (
        _size("RAM", memory.usable_bytes if memory else None, low.ram_bytes, high.ram_bytes),
        _size("free disk", free, low.disk_free_bytes, high.disk_free_bytes),
        _count("CPU cores", cpu.usable_cores if cpu else None, low.cores, high.cores),
    )


def standing(have: float | None, minimum: float, recommended: float) -> Standing:
    """Where a number stands between minimum and recommended; 0 asks for nothing."""
    if not minimum and not recommended:
        return "not-needed"
    if have is None:
        return "unknown"
    if have >= max(minimum, recommended):
        return "recommended"
    return "minimum" if have >= minimum else "below"


def gigabytes(count: float) -> str:
    """A size for a person, in GB of 2^30 bytes: "15.6 GB", "24 GB"."""
    amount = count / 2**30
    return f"{amount:.0f} GB" if amount >= 20 or amount == int(amount) else f"{amount:.1f} GB"


def _size(name: str, have: int | None, minimum: int, recommended: int) -> Measure:
    return Measure(
        name=name,
        have="unknown" if have is None else gigabytes(have),
        minimum=gigabytes(minimum) if minimum else "",
        recommended=gigabytes(recommended) if recommended else "",
        # Firmware and graphics keep a part of what was bought: a machine sold with 8 GB reports 7.4 to 7.8.
        status=standing(None if have is None else have / 0.9 if name == "RAM" else have, minimum, recommended),
    )


def _count(name: str, have: float | None, minimum: int, recommended: int) -> Measure:
    return Measure(
        name=name,
        have="unknown" if have is None else f"{have:g}",
        minimum=str(minimum) if minimum else "",
        recommended=str(recommended) if recommended else "",
        status=standing(have, minimum, recommended),
    )
