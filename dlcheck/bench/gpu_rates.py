"""What one multiprocessor, compute unit, Xe core or GPU core can do in one clock, by what the driver tells of it."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from dlcheck.bench.tables import Table, read_table
from dlcheck.model.bench import BenchDevice
from dlcheck.model.gaps import known


class NvidiaRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A compute capability, of one class of products."""

    cc: tuple[int, int]
    rates: dict[str, int]
    class_: str = msgspec.field(default="", name="class")
    """A regular expression on the name; "" fits all."""


class AmdRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An AMD architecture."""

    gfx: str
    unit: str
    rates: dict[str, int]


class IntelRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Intel graphics architecture."""

    ip: str
    rates: dict[str, int]


class AppleRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family of Apple's GPUs."""

    family: str
    rates: dict[str, int]


class TensorClock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tensor cores that run slower than the highest clock."""

    cc: tuple[int, int]
    sms: int
    clock_mhz: float
    tensor_mhz: float


class GpuRates(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """gpu_rates.toml."""

    nvidia: tuple[NvidiaRates, ...]
    amd: tuple[AmdRates, ...]
    intel: tuple[IntelRates, ...]
    apple: tuple[AppleRates, ...]
    tensor_clock: tuple[TensorClock, ...]


WITHOUT_TENSOR_CORES = ("fp32", "fp64")
"""Formats that run at the ordinary clock on every NVIDIA GPU of `tensor_clock`."""


@cache
def gpu_rates() -> GpuRates:
    """The table."""
    return read_table("gpu_rates", GpuRates)


def unit_rates(device: BenchDevice) -> tuple[dict[str, int], str]:
    """Operations in one clock of one unit, by format, and the unit's name; empty where that is not known."""
    table = gpu_rates()
    cc, gfx, other = known(device.cc), known(device.gcn_arch) or "", known(device.architecture) or ""
    if cc is not None:
        name = known(device.model) or ""
        of_it = (row for row in table.nvidia if row.cc == cc)
        return next((row.rates for row in of_it if re.search(row.class_, name)), {}), "SM"
    for amd in table.amd:
        if re.search(amd.gfx, gfx):
            return amd.rates, amd.unit
    for intel in table.intel:
        if device.type == "xpu" and re.search(intel.ip, other):
            return intel.rates, "Xe core"
    for apple in table.apple:
        if device.type == "mps" and re.search(apple.family, other):
            return apple.rates, "GPU core"
    return {}, ""


def clock_mhz(device: BenchDevice, dtype: str) -> float | None:
    """The highest clock at which the device multiplies in this format; None where nobody tells it."""
    highest = known(device.clock_max_mhz)
    if highest is None or dtype in WITHOUT_TENSOR_CORES:
        return highest
    for row in gpu_rates().tensor_clock:
        if row.cc == known(device.cc) and row.sms == known(device.sm_count) and row.clock_mhz == highest:
            return row.tensor_mhz
    return highest
