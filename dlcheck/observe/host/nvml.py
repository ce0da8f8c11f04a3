"""NVML, asked in a child of its own: it may hang on a sick GPU, and crash. Every field stands or falls alone.

`work` runs in the child (`ask.ask_own`). What it answers: `nvml_library`, `nvml_version`, `nvml_code`,
`driver_version`, `driver_cuda`, `blocked_nodes`, `gpu_count`, and of each GPU "gpu.0.name" and so on, named as the
fields of NvidiaGpu. Codes and meanings: nvml.h of NVML 13.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from dlcheck.observe.host import nvml_fields
from dlcheck.observe.host.loaded_files import loaded_file

WORDS = {
    1: "not initialised",
    2: "invalid argument",
    3: "not supported",
    4: "no permission",
    6: "not found",
    8: "a GPU lacks its external power",
    9: "the driver is not loaded",
    10: "time-out",
    11: "a GPU's interrupts do not work",
    12: "a library was not found",
    13: "this driver does not know the call",
    14: "the infoROM is damaged",
    15: "the GPU is lost",
    16: "the GPU needs a reset",
    17: "the operating system blocked it",
    18: "driver and library have different versions",
    20: "out of memory",
    25: "another version of the structure is wanted",
    27: "not ready",
    28: "the GPU was not found",
    29: "invalid state",
    999: "unknown error",
}
GAPS = {3: "absent", 4: "denied", 13: "absent"}
"""Codes by which a field is no fault of the machine's; every other one is broken."""

LOST = (15, 16)


def work(answer: Any, asked: dict[str, Any]) -> None:
    """Ask NVML everything. asked: `library`, the file where the loader's name might not lead there; `nodes`."""
    _open_nodes(answer, asked.get("nodes") or [])
    answer.stage("loading NVML")
    import pynvml

    if not load(answer, pynvml, asked.get("library")):
        return
    answer.facts(nvml_library=loaded_file("libnvidia-ml") or asked.get("library") or "")
    _field(answer, "nvml_version", "its own version (nvmlSystemGetNVMLVersion)", lambda: _own_version(pynvml))
    answer.stage("starting NVML (nvmlInit)")
    code = start(pynvml)
    answer.facts(nvml_code=code)
    if code:
        for field in ("driver_version", "driver_cuda", "gpus"):
            answer.gap(field, "broken", words_of(code))
        return
    _field(answer, "driver_version", "the driver's version", pynvml.nvmlSystemGetDriverVersion)
    _field(answer, "driver_cuda", "the driver's CUDA version", lambda: _cuda(pynvml.nvmlSystemGetCudaDriverVersion()))
    _gpus(answer, pynvml)


def _open_nodes(answer: Any, nodes: list[str]) -> None:
    """Open device nodes whose mode allows it, as NVML is about to: a container's rules may still forbid it."""
    blocked = []
    for node in nodes:
        answer.stage(f"opening {node}")
        try:
            os.close(os.open(node, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)))
        except OSError as error:
            if error.errno == errno.EPERM:
                blocked.append(node)
    answer.facts(blocked_nodes=blocked)


def load(answer: Any, pynvml: Any, library: str | None) -> bool:
    """Load the library by its name as every program does, or else the file that was found."""
    names = ["libnvidia-ml.so.1", library] if sys.platform != "win32" else [library]
    error = "not found"
    for name in names:
        if name:
            try:
                pynvml.nvmlLib = ctypes.CDLL(name)
                return True
            except OSError as failed:
                error = str(failed)
    for field in ("nvml_code", "driver_version", "driver_cuda", "gpus"):
        answer.gap(field, "broken", f"NVML cannot be loaded: {error}")
    return False


def start(pynvml: Any) -> int:
    """nvmlInit's return code. Drivers before 396 know only the older call."""
    try:
        pynvml.nvmlInitWithFlags(0)
    except pynvml.NVMLError as error:
        if error.value != 13:
            return int(error.value)
        with contextlib.suppress(AttributeError):
            return int(pynvml.nvmlLib.nvmlInit_v2())
        return 13
    return 0


def _own_version(pynvml: Any) -> str:
    """The library's version: "570.124.06" of "12.570.124.06", where CUDA's major number stands first."""
    told = _text(pynvml.nvmlSystemGetNVMLVersion)
    return re.sub(r"^\d{1,2}\.(?=\d{3})", "", told)


def _gpus(answer: Any, pynvml: Any) -> None:
    answer.stage("counting GPUs (nvmlDeviceGetCount)")
    try:
        count = int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError as error:
        answer.gap("gpus", GAPS.get(error.value, "broken"), words_of(error.value))
        return
    handles: dict[int, Any] = {}
    answer.facts(gpu_count=min(count, 64))
    for index in range(min(count, 64)):
        answer.stage(f"asking for GPU {index} (nvmlDeviceGetHandleByIndex)")
        try:
            handles[index] = pynvml.nvmlDeviceGetHandleByIndex(index)
        except pynvml.NVMLError as error:
            _give_up(answer, index, int(error.value))
    # First of all who uses them: a framework that another probe starts would soon be among those.
    for calls in (nvml_fields.USE, nvml_fields.REST):
        for index in sorted(handles):
            if not _ask_gpu(answer, pynvml, index, handles[index], calls):
                del handles[index]


def _ask_gpu(answer: Any, pynvml: Any, index: int, handle: Any, calls: list[tuple[str, str, nvml_fields.Call]]) -> bool:
    """Ask one GPU for some of its fields; False once it is found to be lost."""
    for fields, words, call in calls:
        names = [f"gpu.{index}.{field}" for field in fields.split()]
        code = _field(answer, names, f"GPU {index}'s {words}", partial(call, pynvml, handle))
        if code in LOST:
            _give_up(answer, index, code)
            return False
    return True


def _give_up(answer: Any, index: int, code: int) -> None:
    answer.facts(**{f"gpu.{index}.handle_code": code})


def _field(answer: Any, names: str | list[str], words: str, call: Callable[[], Any]) -> int:
    """Answer one call's field, or its fields, or for each the gap; NVML's code comes back, 0 where it went well."""
    answer.stage(f"asking NVML for {words}")
    fields = [names] if isinstance(names, str) else names
    code = 0
    try:
        found = call()
        values = found if isinstance(names, list) else (found,)
        answer.facts(**dict(zip(fields, values, strict=True)))
    except UnicodeDecodeError as error:
        answer.facts(**dict.fromkeys(fields, error.object.decode("utf-8", "replace")))
    except Exception as error:  # noqa: BLE001 (one call that fails costs its fields, whatever failed)
        code = int(getattr(error, "value", 0) or 0)
        gap, why = GAPS.get(code, "broken"), words_of(code) if code else f"{type(error).__name__}: {error}"
        if isinstance(error, AttributeError):
            gap, why = "absent", f"this nvidia-ml-py does not know the call ({error})"
        for field in fields:
            answer.gap(field, gap, why)
    return code


def words_of(code: int) -> str:
    """The code with its meaning: "NVML 15: the GPU is lost"."""
    return f"NVML {code}: {WORDS.get(code, 'an error without a name')}"


def _text(call: Callable[[], str]) -> str:
    try:
        return call()
    except UnicodeDecodeError as error:
        return bytes(error.object).decode("utf-8", "replace")


def _cuda(number: int) -> tuple[int, int]:
    return number // 1000, number % 1000 // 10
