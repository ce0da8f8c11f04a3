"""What is asked of an examination, and what its probes may know of each other."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dlcheck.model.gaps import Maybe, Probed, unseen
from dlcheck.model.snapshot import PROBES, Depth
from dlcheck.observe import child
from dlcheck.observe.judged import Choice, choose

T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked at, and how long it may take."""

    depth: Depth = "default"
    python: str = ""
    """The interpreter asked for by --python; "" to choose one."""
    env: str = ""
    """The environment asked for by --env."""
    timeout: float = 60.0
    """Seconds for one child."""
    deadline: float = 180.0
    """Seconds for all."""
    probes: tuple[str, ...] = PROBES
    """Those that are wanted; the others stay gaps."""
    requirements: tuple[str, ...] = ()
    """PEP 508 requirements to look up in the judged environment."""
    tools: tuple[str, ...] = ()
    """Programs to look for on PATH beside the usual ones."""
    environ: Mapping[str, str] = msgspec.field(default_factory=lambda: dict(os.environ))
    cwd: str = msgspec.field(default_factory=os.getcwd)
    root: str = "/"
    """Where the machine's files are read: /proc, /sys, /etc … Tests lay out a tree of their own."""


class Context:
    """What a probe may know: the request, the time that is left, and what other probes found."""

    def __init__(self, request: Request, demand: Callable[[str], None] | None = None) -> None:
        """Prepare an examination. demand: starts a probe that another one waits for."""
        self.request = request
        self._demand = demand
        self.environ = request.environ
        self.root = Path(request.root)
        self.quick = request.depth == "quick"
        self.deep = request.depth == "deep"
        self.deadline = child.Deadline(request.deadline)
        self._results: dict[str, Probed[Any]] = {}
        self._ready: dict[str, threading.Event] = {name: threading.Event() for name in PROBES}
        self._once: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """What one child may take now."""
        return max(0.1, min(self.request.timeout, self.deadline.left()))

    def wait(self, name: str) -> Probed[Any]:
        """Another probe's result; started now where nobody asked for it. A gap where it has none in time."""
        if self._demand is not None:
            self._demand(name)
        if not self._ready[name].wait(self.deadline.left()):
            return unseen("timed-out", "the time for everything was used up")
        return self._results[name]

    def result(self, name: str) -> Probed[Any]:
        """A probe's result, which must be there."""
        return self._results[name]

    def is_ready(self, name: str) -> bool:
        """Has this probe a result?"""
        return self._ready[name].is_set()

    def put(self, name: str, result: Probed[Any]) -> None:
        """Record a probe's result and wake who waits for it."""
        self._results[name] = result
        self._ready[name].set()

    def once(self, key: str, find: Callable[[], T]) -> T:
        """What several probes share: found by the first that asks, the others wait for it."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._once:
                self._once[key] = find()
            found: T = self._once[key]
            return found

    def judged(self) -> Choice:
        """The interpreter that is judged and why it is that one; blocks until it is chosen."""
        request = self.request
        return self.once(
            "judged",
            lambda: choose(
                python=request.python, env=request.env, environ=self.environ, cwd=request.cwd, seconds=self.seconds()
            ),
        )

    def python(self) -> Maybe[str]:
        """The path of the interpreter that is judged, or why there is none; blocks until it is chosen."""
        choice = self.judged()
        return choice.missing or choice.python
