"""Theoretical peaks by formula: units × clock × operations per clock. What is not known stays unknown."""

from __future__ import annotations

import math

import msgspec

from dlcheck.bench.cpu_rates import core_rates, cpu_rates, is_disguised
from dlcheck.bench.gpu_rates import clock_mhz, gpu_rates, unit_rates
from dlcheck.model.bench import Bench, BenchDevice, BenchHost, Peak
from dlcheck.model.gaps import Missing, known
from dlcheck.model.host import Cpu
from dlcheck.model.measured import Row


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """What a device computes with."""

    rates: dict[str, int]
    """Operations in one clock of one unit, by format."""
    units: float
    unit: str
    source: str

    def tflops(self, dtype: str, mhz: float, units: float | None = None) -> float:
        """10^12 operations in a second of so many units (else all) at this clock; 0 where the rate is unknown."""
        return self.rates.get(dtype, 0) * mhz * (self.units if units is None else min(units, self.units)) * 1e-6


def with_peaks(bench: Bench) -> Bench:
    """The same with every device's peaks, and every row's share of them."""
    devices = []
    for device in bench.devices:
        peaks, why = device_peaks(device, bench.host)
        devices.append(msgspec.structs.replace(device, peak=peaks, peak_unknown=why))
    by_name = {device.name: device for device in devices}
    engines = {device.name: engine(device, bench.host) for device in devices}
    rows = [_with_shares(row, by_name.get(row.device), engines.get(row.device)) for row in bench.results]
    return msgspec.structs.replace(bench, devices=tuple(devices), results=tuple(rows))


def device_peaks(device: BenchDevice, host: BenchHost) -> tuple[dict[str, Peak], str]:
    """Its peaks by format; where there are none, why."""
    found = engine(device, host)
    if _is_cpu(device) and is_disguised(host):
        return {}, "the hypervisor gives this processor the number of another"
    if found is None or not found.rates:
        return {}, "it is not known what this architecture does in one clock"
    if not found.units:
        return {}, f"the driver does not tell how many {found.unit.removesuffix('s')}s there are"
    peaks = {}
    for dtype, rate in found.rates.items():
        mhz = known(host.clock_mhz) if _is_cpu(device) else clock_mhz(device, dtype)
        if mhz is not None and math.isfinite(mhz) and mhz > 0:
            formula = f"{_number(found.units)} {found.unit} × {_number(mhz)} MHz × {rate}"
            tflops = found.tflops(dtype, mhz)
            peaks[dtype] = Peak(tflops=tflops, clock_mhz=mhz, formula=formula, source=found.source)
    return peaks, "" if peaks else _why_no_clock(device, host)


def engine(device: BenchDevice, host: BenchHost) -> Engine | None:
    """What it computes with; None where its architecture is not known. Units are 0 where their number is not."""
    if _is_cpu(device):
        rates = core_rates(host)
        cpu = host.cpu.value
        if not rates or cpu is None:
            return None
        return Engine(rates=rates, units=usable_cores(cpu), unit="cores", source=cpu_rates().source)
    rates, unit = unit_rates(device)
    if not rates:
        return None
    return Engine(rates=rates, units=known(device.sm_count) or 0, unit=unit, source=gpu_rates().source)


def usable_cores(cpu: Cpu) -> float:
    """Cores that can compute for us at once: two threads of one core share its pipes.

    The least of physical cores, those of the affinity mask, and the cgroup's quota.
    """
    cores = [float(cpu.affinity_cores or cpu.logical_cores)]
    cores += [float(fact) for fact in (known(cpu.physical_cores), known(cpu.quota_cores)) if fact]
    return min(cores)


def _with_shares(row: Row, device: BenchDevice | None, found: Engine | None) -> Row:
    """The row with its share of the rated peak, and of the peak at the clock that was measured."""
    if row.tflops is None or device is None or found is None or row.dtype not in found.rates:
        return row
    units = float(row.threads) if row.threads else None
    changes: dict[str, float] = {}
    peak = device.peak.get(row.dtype)
    if peak is not None:
        changes["pct_peak_rated"] = 100 * row.headline_tflops / found.tflops(row.dtype, peak.clock_mhz, units)
    mhz = known(row.telemetry.sm_mhz_mean) if row.telemetry is not None else None
    if mhz and found.units:
        changes["pct_peak_at_clock"] = 100 * row.headline_tflops / found.tflops(row.dtype, mhz, units)
    return msgspec.structs.replace(row, **changes)


def _is_cpu(device: BenchDevice) -> bool:
    return device.type == "cpu" or device.virtual


def _why_no_clock(device: BenchDevice, host: BenchHost) -> str:
    if _is_cpu(device) and not isinstance(host.hypervisor, Missing):
        return "clock unknown (hypervisor)"
    return "clock unknown"


def _number(value: float) -> str:
    return f"{value:.10g}"
