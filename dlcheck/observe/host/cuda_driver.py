"""libcuda, asked by ctypes in a child of its own: which file it is, its CUDA version, and whether it starts.

No context is made and no memory taken. Signatures and codes: cuda.h of CUDA 13.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

import msgspec

from dlcheck.model.devices import CudaDriver
from dlcheck.model.gaps import Maybe, Missing, Probed
from dlcheck.observe import ask
from dlcheck.observe.context import Context
from dlcheck.observe.host import nvidia_files
from dlcheck.observe.host.loaded_files import loaded_file

PROGRAM = "dlcheck.observe.host.cuda_driver"
HIDES = "CUDA_VISIBLE_DEVICES"
NO_DEVICE, STUB = 100, 34
"""CUDA_ERROR_NO_DEVICE, CUDA_ERROR_STUB_LIBRARY."""


def probe(context: Context) -> Probed[CudaDriver]:
    """Where the files name a libcuda, ask it; where they do not, no child is started."""
    library = find(context.environ)
    if isinstance(library, Missing):
        return Probed(missing=library)
    found = _ask(context, library, context.environ)
    if HIDES in context.environ and found.value is not None and isinstance(found.value.init_code, int):
        # Asked again without the variable: is there a device that it hides?
        environ = {name: value for name, value in context.environ.items() if name != HIDES}
        unhidden = _ask(context, library, environ)
        count = unhidden.value.device_count if unhidden.value else Missing("broken", "no answer")
        found = msgspec.structs.replace(found, value=msgspec.structs.replace(found.value, unhidden_count=count))
    return found


def find(environ: Mapping[str, str]) -> Maybe[str]:
    """The library's file, by files alone."""
    if sys.platform == "win32":
        return nvidia_files.windows_libcuda(environ)
    if not sys.platform.startswith("linux"):
        return Missing("absent", "there is no CUDA for this system")
    library = nvidia_files.libcuda(Path("/"), environ)
    return library.path if library else Missing("absent", f"no {nvidia_files.LIBCUDA} where the loader looks")


def _ask(context: Context, library: str, environ: Mapping[str, str]) -> Probed[CudaDriver]:
    answered = ask.ask_own(PROGRAM, {"library": library}, seconds=context.seconds(), env=environ)
    return ask.probed(answered, CudaDriver)


def work(answer: Any, asked: dict[str, Any]) -> None:
    """In the child: load libcuda by its name as every program does, or else the file that was found; then ask it."""
    answer.stage("loading libcuda")
    library = _load(answer, asked["library"])
    if library is None:
        return
    path = loaded_file("libcuda") or asked["library"]
    stub = "stubs" in PurePath(path).parts
    answer.facts(library=path, is_stub=stub)
    number = ctypes.c_int(0)
    _field(answer, "version", "cuDriverGetVersion", lambda: library.cuDriverGetVersion(ctypes.byref(number)))
    if number.value:
        answer.facts(version=[number.value // 1000, number.value % 1000 // 10])
    answer.stage("starting libcuda (cuInit)")
    try:
        code = int(library.cuInit(0))
    except AttributeError:
        answer.missing("broken", f"{path} has no cuInit: it is no libcuda")
        return
    answer.facts(init_code=code, is_stub=stub or code == STUB)
    if code == 0:
        count = ctypes.c_int(0)
        if _field(answer, "device_count", "cuDeviceGetCount", lambda: library.cuDeviceGetCount(ctypes.byref(count))):
            answer.facts(device_count=count.value)
    elif code == NO_DEVICE:
        answer.facts(device_count=0)
    else:
        answer.gap("device_count", "broken", f"cuInit: error {code}")


def _load(answer: Any, path: str) -> Any:
    names = [nvidia_files.LIBCUDA, path] if sys.platform != "win32" else [path]
    error = ""
    for name in names:
        try:
            if sys.platform == "win32":
                return ctypes.WinDLL(name)
            return ctypes.CDLL(name)
        except OSError as failed:
            error = str(failed)
    answer.missing("broken", f"libcuda cannot be loaded: {error}")
    return None


def _field(answer: Any, field: str, function: str, call: Any) -> bool:
    """Call one function that returns a CUresult; a code that is not 0 is the field's gap."""
    answer.stage(f"asking libcuda ({function})")
    try:
        code = int(call())
    except AttributeError:
        answer.gap(field, "absent", f"this libcuda has no {function}")
        return False
    if code:
        answer.gap(field, "broken", f"{function}: error {code}")
    return code == 0
