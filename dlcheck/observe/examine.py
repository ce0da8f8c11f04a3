"""The probes side by side → a Snapshot. Each in a thread of its own; none can hold up the others or the whole."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import msgspec

from dlcheck import __version__
from dlcheck.model.gaps import Probed, unseen
from dlcheck.model.snapshot import PROBES, Snapshot
from dlcheck.observe.context import Context, Request

FRAMEWORKS = ("torch", "tensorflow", "jax", "torch_xla", "numerics", "libraries")
"""Probes that import something heavy: left out by `--quick`."""

OnEvent = Callable[[str, str], None]
"""Called with a probe's name and "started" or "done", from the probe's own thread."""


def examine(request: Request, on_event: OnEvent | None = None) -> Snapshot:
    """Look at this machine. Bounded in time by `request.deadline`; a probe that fails is a gap in the Snapshot."""
    context = Context(request)
    names = [name for name in PROBES if name in request.probes and not (context.quick and name in FRAMEWORKS)]
    for name in PROBES:
        if name not in names:
            why = "left out by --quick" if name in request.probes else "not asked for"
            context.put(name, unseen("not-looked", why))
    threads = [
        threading.Thread(target=_probe, args=(name, context, on_event), name=f"probe {name}", daemon=True)
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        # The probes keep the deadline themselves; the second more is for one that is stuck in a system call.
        thread.join(context.deadline.left() + 1.0)
    for name in names:
        if not context.is_ready(name):
            context.put(name, unseen("timed-out", "the time for everything was used up", request.deadline))
    empty = Snapshot(
        dlcheck=__version__,
        taken_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        depth=request.depth,
        working_folder=request.cwd,
    )
    return msgspec.structs.replace(empty, **{name: context.result(name) for name in PROBES})


def _probe(name: str, context: Context, on_event: OnEvent | None) -> None:
    began = time.monotonic()
    if on_event:
        on_event(name, "started")
    try:
        result = _function(name)(context)
    except Exception as error:  # noqa: BLE001 (a probe's failure is data, and must not end the others)
        result = unseen("broken", f"{type(error).__name__}: {error}")
    if not result.seconds:
        result = msgspec.structs.replace(result, seconds=round(time.monotonic() - began, 4))
    context.put(name, result)
    if on_event:
        on_event(name, "done")


def _function(name: str) -> Callable[[Context], Probed[Any]]:
    """The probe of that name: a function of observe/{frameworks,inside}.py, or `probe` of observe/host/<name>.py."""
    for place in ("frameworks", "inside"):
        module = importlib.import_module(f"dlcheck.observe.{place}")
        if hasattr(module, name):
            found: Callable[[Context], Probed[Any]] = getattr(module, name)
            return found
    module = importlib.import_module(f"dlcheck.observe.host.{name}")
    probe: Callable[[Context], Probed[Any]] = module.probe
    return probe
