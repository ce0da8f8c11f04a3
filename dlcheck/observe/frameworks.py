"""Frameworks and libraries, imported for real in children. A function is the probe of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from dlcheck.model.frameworks import Jax, Libraries, LibraryImport, TensorFlow, Torch, TorchXla
from dlcheck.model.gaps import ForeignText, Missing, Probed, seen
from dlcheck.observe import ask
from dlcheck.observe.context import Context
from dlcheck.observe.inside import OFTEN_ABSENT, ask_judged, is_absent
from dlcheck.observe.numerics import numerics  # noqa: F401 (a probe like those below)
from dlcheck.observe.requirements import distribution_of

T = TypeVar("T", bound=msgspec.Struct)

SIDE_BY_SIDE = 2
"""How many libraries are imported at once under `--deep`."""


def torch(context: Context) -> Probed[Torch]:
    """PyTorch as its worker tells it."""
    return _ask(context, "torch", Torch)


def tensorflow(context: Context) -> Probed[TensorFlow]:
    """TensorFlow as its worker tells it, and why it uses no GPU as it logs it."""
    answered = _asked(context, "tensorflow")
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    reason = tensorflow_gpu_reason(answered.ended.stderr)
    if reason and not answered.facts.get("gpu_reason"):
        answered = msgspec.structs.replace(answered, facts={**answered.facts, "gpu_reason": reason})
    return _probed(answered, TensorFlow)


def jax(context: Context) -> Probed[Jax]:
    """JAX as its worker tells it."""
    return _ask(context, "jax", Jax)


def torch_xla(context: Context) -> Probed[TorchXla]:
    """torch_xla as its worker tells it."""
    return _ask(context, "torch_xla", TorchXla)


def libraries(context: Context) -> Probed[Libraries]:
    """Every library that is asked for, imported in a child of its own; only under `--deep`."""
    if not context.deep:
        return Probed(missing=Missing("not-looked", "only with --deep"))
    names = library_names(context.request.requirements)
    python = context.python()
    if isinstance(python, Missing):
        return Probed(missing=python)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = pool.map(lambda name: _library(context, name), names)
        return seen(Libraries(imported=tuple(found)))


def library_names(requirements: Iterable[str]) -> list[str]:
    """The normalised distribution names of requirements (PEP 508), each once; those of frameworks left out.

    A framework has a probe of its own, and importing it twice costs seconds.
    """
    names: list[str] = []
    for requirement in requirements:
        name = distribution_of(requirement)
        if name and name not in names and name not in ("torch", "tensorflow", "tensorflow-cpu", "jax", "torch-xla"):
            names.append(name)
    return names


def tensorflow_gpu_reason(log: str) -> ForeignText:
    """What TensorFlow's log says of GPUs it does not use, without time stamps and source lines; "" where nothing."""
    reasons: list[str] = []
    for line in log.splitlines():
        text = _LOG_PREFIX.sub("", line).strip()
        if _GPU_REASON.search(text) and text not in reasons:
            reasons.append(text)
    return " ".join(reasons)[:2000]


_LOG_PREFIX = re.compile(r"^(?:[IWEF]\d{4} |\d{4}-\d\d-\d\d )?[\d:.]+:?\s+(?:\d+ )?(?:[IWEF] )?\S+\.cc:\d+\] ")
_GPU_REASON = re.compile(
    r"failed call to cuInit|Could not find cuda drivers|Cannot dlopen some GPU libraries|Could not load dynamic library"
    r"|kernel version .* does not match DSO|Skipping registering GPU devices|Ignoring visible gpu device"
    r"|CUDA_ERROR_|Could not find cuda|driver version is insufficient|hipErro|Loaded runtime CuDNN library"
)


def _asked(context: Context, program: str) -> ask.Answered | Missing:
    """What a framework's worker answers; no child is started for one that is surely not there."""
    if program in OFTEN_ABSENT and is_absent(context, program):
        return Missing("absent")
    return ask_judged(context, program, {"exercises": True})


def _ask(context: Context, program: str, kind: type[T]) -> Probed[T]:
    answered = _asked(context, program)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    return _probed(answered, kind)


def _probed(answered: ask.Answered, kind: type[T]) -> Probed[T]:
    """The facts as a group; a device whose product the child did not live to tell holds the gap of its end."""
    devices = answered.facts.get("devices")
    if answered.finished or not isinstance(devices, list):
        return ask.probed(answered, kind)
    gap = msgspec.to_builtins(answered.gap)
    completed = [{"product_right": gap, **device} if isinstance(device, dict) else device for device in devices]
    return ask.probed(msgspec.structs.replace(answered, facts={**answered.facts, "devices": completed}), kind)


def _library(context: Context, name: str) -> LibraryImport:
    answered = ask_judged(context, "library", {"name": name})
    if isinstance(answered, Missing):
        return LibraryImport(name=name, module="", error=answered)
    facts: dict[str, Any] = {"module": "", **answered.facts, "name": name}
    if not answered.finished:
        # The crash or the hang of its child is this library's error, in words.
        stack = answered.ended.ending.stderr_tail.strip().splitlines()[-1:]
        facts["error"] = ": ".join((answered.gap.words(), *stack))
    try:
        return msgspec.convert(facts, LibraryImport)
    except msgspec.ValidationError as error:
        return LibraryImport(name=name, module="", error=Missing("broken", f"its answer cannot be read: {error}"))
