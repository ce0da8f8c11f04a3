"""NVML while something else runs: clocks, power, temperature and what holds the clocks down, ten times a second.

Runs in a child of our own (`ask.ask_own`) until a file appears or its parent is gone. What it answers: `gpus`, a list
of {index, pci_address}, and `telemetry`, a list of samples; moments by the monotonic clock.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlcheck.observe.host.nvml import GAPS, load, start, words_of
from dlcheck.observe.host.nvml_fields import pci_address

EVERY_SECONDS = 0.1


def work(answer: Any, asked: dict[str, Any]) -> None:
    """Follow all GPUs. asked: `library`, a file; `until`, the file that ends it; `most_seconds`."""
    import pynvml

    if not load(answer, pynvml, asked.get("library")):
        return
    code = start(pynvml)
    if code:
        answer.gap("gpus", GAPS.get(code, "broken"), words_of(code))
        return
    handles = {}
    for index in range(min(int(pynvml.nvmlDeviceGetCount()), 64)):
        with contextlib.suppress(pynvml.NVMLError):
            handles[index] = pynvml.nvmlDeviceGetHandleByIndex(index)
            answer.add("gpus", {"index": index, "pci_address": pci_address(pynvml, handles[index])[0]})
    parent, end = os.getppid(), time.monotonic() + float(asked["most_seconds"])
    until = Path(asked["until"])
    while time.monotonic() < end and os.getppid() == parent and not until.exists():
        for index, handle in handles.items():
            answer.add("telemetry", {"gpu": index, "at": time.monotonic(), **sample(pynvml, handle)})
        time.sleep(EVERY_SECONDS)


def sample(nv: Any, gpu: Any) -> dict[str, Any]:
    """What NVML tells of one GPU now; what it does not tell is left out."""
    calls: dict[str, Callable[[], Any]] = {
        "sm_mhz": lambda: nv.nvmlDeviceGetClockInfo(gpu, nv.NVML_CLOCK_SM),
        "power_w": lambda: nv.nvmlDeviceGetPowerUsage(gpu) / 1e3,
        "temp_c": lambda: nv.nvmlDeviceGetTemperature(gpu, nv.NVML_TEMPERATURE_GPU),
        "energy_j": lambda: nv.nvmlDeviceGetTotalEnergyConsumption(gpu) / 1e3,
        "reasons": lambda: _reasons(nv, gpu),
        "power_held_ns": lambda: int(nv.nvmlDeviceGetViolationStatus(gpu, nv.NVML_PERF_POLICY_POWER).violationTime),
        "heat_held_ns": lambda: int(nv.nvmlDeviceGetViolationStatus(gpu, nv.NVML_PERF_POLICY_THERMAL).violationTime),
    }
    told = {}
    for name, call in calls.items():
        with contextlib.suppress(nv.NVMLError, AttributeError):
            told[name] = call()
    return told


def _reasons(nv: Any, gpu: Any) -> int:
    """The bits of clock event reasons, by the call's name before and since driver 535."""
    with contextlib.suppress(nv.NVMLError, AttributeError):
        return int(nv.nvmlDeviceGetCurrentClocksEventReasons(gpu))
    return int(nv.nvmlDeviceGetCurrentClocksThrottleReasons(gpu))
