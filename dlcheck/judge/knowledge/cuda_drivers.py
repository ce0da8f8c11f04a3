"""Which driver a CUDA version needs, and which CUDA a driver brings."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, at_least, numbers

DriverSystem = Literal["linux", "windows"]
"""Whose driver it is: under WSL it is Windows'."""


class MajorFloor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The oldest driver for wheels of one CUDA major version."""

    cuda: int
    linux: str
    windows: str
    note: str = ""


class Toolkit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A toolkit and the driver that was released with it."""

    cuda: str
    linux: str
    windows: str
    note: str = ""


class Branch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From this driver on, GPUs older than `oldest` are no longer driven; `last` is the branch that still does."""

    since: str
    last: str
    oldest: tuple[int, int]
    note: str = ""


class CudaDrivers(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """cuda_drivers.toml."""

    major: tuple[MajorFloor, ...]
    toolkit: tuple[Toolkit, ...]
    branch: tuple[Branch, ...]


@cache
def cuda_drivers() -> CudaDrivers:
    """The table, toolkits newest first."""
    return read_table("cuda_drivers", CudaDrivers)


def driver_for(cuda: str, system: DriverSystem) -> str | None:
    """The oldest driver on which a prebuilt wheel of this CUDA runs: "13.0" → "580". None where nobody knows."""
    version = numbers(cuda)
    for floor in cuda_drivers().major:
        if version[:1] == (floor.cuda,):
            return floor.linux if system == "linux" else floor.windows
    return toolkit_driver(cuda, system)


def toolkit_driver(cuda: str, system: DriverSystem) -> str | None:
    """The driver that was released with this toolkit: what compiling its PTX needs. None where none is stated."""
    for toolkit in cuda_drivers().toolkit:
        if numbers(toolkit.cuda) == numbers(cuda)[:2]:
            return (toolkit.linux if system == "linux" else toolkit.windows) or None
    return None


def driver_runs(driver: str, cuda: str, system: DriverSystem) -> bool | None:
    """Does a prebuilt wheel of this CUDA run on this driver? None where nobody knows."""
    floor = driver_for(cuda, system)
    if floor is None or not numbers(driver):
        return None
    return at_least(numbers(driver), numbers(floor))


def driver_compiles(driver: str, cuda: str, system: DriverSystem) -> bool:
    """Can this driver compile PTX of this toolkit? Minor-version compatibility does not reach that far."""
    floor = toolkit_driver(cuda, system)
    return floor is not None and bool(numbers(driver)) and at_least(numbers(driver), numbers(floor))


def cuda_of_driver(driver: str, system: DriverSystem) -> Version | None:
    """The newest CUDA whose own driver this one is at least: "535.104.05" → (12, 2). None below CUDA 8."""
    for toolkit in cuda_drivers().toolkit:
        floor = toolkit.linux if system == "linux" else toolkit.windows
        if floor and numbers(driver) and at_least(numbers(driver), numbers(floor)):
            return numbers(toolkit.cuda)
    return None


def is_known(driver: str, system: DriverSystem) -> bool:
    """Is it older than the newest driver in the table, so that the CUDA it brings is known and no lower bound?"""
    floors = [floor for one in cuda_drivers().toolkit if (floor := one.linux if system == "linux" else one.windows)]
    return bool(numbers(driver)) and not at_least(numbers(driver), max(map(numbers, floors)))


def cuda_of_number(number: int) -> Version:
    """CUDA's version out of its number, as cuDriverGetVersion and torch's message write it: 12040 → (12, 4)."""
    return (number // 1000, number % 1000 // 10)


def last_branch_for(capability: tuple[int, int]) -> str | None:
    """The driver branch from which on this GPU is no longer driven, where there is one: (6, 1) → "590"."""
    end = _end_for(capability)
    return end.since if end else None


def legacy_branch_for(capability: tuple[int, int]) -> str | None:
    """The last driver branch for a GPU that newer ones no longer drive: (6, 1) → "580"; None where all drive it."""
    end = _end_for(capability)
    return end.last if end else None


def _end_for(capability: tuple[int, int]) -> Branch | None:
    ending = [one for one in cuda_drivers().branch if capability < one.oldest]
    return min(ending, key=lambda one: numbers(one.since)) if ending else None
