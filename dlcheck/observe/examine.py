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
from dlcheck.model.gaps import Missing, Probed, unseen
from dlcheck.model.snapshot import PROBES, Snapshot
from dlcheck.observe import child
from dlcheck.observe.context import Context, Request
from dlcheck.observe.printable import printable
from dlcheck.observe.secrets import without_secrets

FRAMEWORKS = ("torch", "tensorflow", "jax", "torch_xla", "numerics", "libraries")
"""Probes that import something heavy: left out by `--quick`."""

INVENTORY = ("packages", "interpreter", "requirements")
"""Probes that one child answers, which reads what is installed."""
CLEANING_SECONDS = 0.5
LAST_WORDS_SECONDS = 0.5
GLANCE_SECONDS = 0.5
STUCK_SECONDS = 15.0
"""So long no probe may do nothing but wait for the operating system: none reads or counts for a second."""


def examine(request: Request) -> Snapshot:
    """Look at this machine. Bounded in time by `request.deadline`; a probe that fails is a gap in the Snapshot."""
    examination = Examination(request)
    examination.start()
    examination.wait()
    return examination.snapshot()


class Examination:
    """Probes that are under way. Starting one does not wait for it; a Snapshot can be had at any moment."""

    def __init__(self, request: Request) -> None:
        """Prepare it; nothing is started yet."""
        self._request = request
        self._began = time.monotonic()
        self._context = Context(request, demand=self._start)
        self._threads: dict[str, threading.Thread] = {}
        self._started: dict[str, float] = {}
        self._lock = threading.Lock()
        self._waiting, self._sign_of_life = 0, self._began
        for name in FRAMEWORKS if self._context.quick else ():
            self._context.put(name, unseen("not-looked", "left out by --quick"))

    def start(self) -> None:
        """Start every probe that is wanted. One that is not starts when another waits for it."""
        # What takes longest starts first: children compute beside us, everything else shares one interpreter lock.
        for name in sorted(self._request.probes, key=lambda name: name not in (*FRAMEWORKS, *INVENTORY)):
            self._start(name)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait, at most so long, until all have answered or all time is used up. Is it so?"""
        # The probes keep the deadline themselves; the moment more is for them to tell what their children said.
        over = self._began + self._request.deadline + LAST_WORDS_SECONDS
        until = over if seconds is None else min(over, time.monotonic() + seconds)
        while waiting := [thread for thread in list(self._threads.values()) if thread.is_alive()]:
            left = until - time.monotonic()
            if left <= 0 or self._is_stuck(len(waiting)):
                return left > 0 or time.monotonic() >= over
            waiting[0].join(min(left, GLANCE_SECONDS))
        return True

    def _is_stuck(self, waiting: int) -> bool:
        """Do probes wait for nothing that could still come? No child runs, and none of them has ended for a while.

        They are in a system call that does not return: a file on a network drive whose server is gone.
        """
        now = time.monotonic()
        if waiting != self._waiting or child.is_any_alive():
            self._waiting, self._sign_of_life = waiting, now
        return now - self._sign_of_life > min(self._request.timeout, STUCK_SECONDS)

    def seen(self, name: str) -> Any:
        """What a probe has brought so far; None where it has nothing (yet)."""
        return self._context.result(name).value if self._context.is_ready(name) else None

    def waiting(self) -> list[tuple[str, float]]:
        """The probes that have not answered, each with the moment (of time.monotonic) at which it started."""
        return [(name, began) for name, began in list(self._started.items()) if not self._context.is_ready(name)]

    def snapshot(self, interrupted: bool = False) -> Snapshot:
        """What was seen until now. A probe that has not answered is a gap; children that still run are ended."""
        results: dict[str, Probed[Any]] = {}
        for name in PROBES:
            if self._context.is_ready(name):
                results[name] = self._context.result(name)
            elif name not in self._started:
                results[name] = unseen("not-looked", "not asked for")
            elif interrupted:
                results[name] = unseen("not-looked", "interrupted")
            elif time.monotonic() < self._began + self._request.deadline:
                words = "a file or folder that it reads does not answer, as on a network drive whose server is gone"
                results[name] = unseen("timed-out", words, round(time.monotonic() - self._started[name], 4))
            else:
                results[name] = unseen("timed-out", "the time for everything was used up", self._request.deadline)
        self.end()
        empty = Snapshot(
            dlcheck=__version__,
            taken_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            depth=self._request.depth,
            working_folder=self._request.cwd,
            seconds=round(time.monotonic() - self._began, 3),
        )
        facts = printable(msgspec.structs.replace(empty, **results))
        return without_secrets(facts, self._request.environ)

    def end(self) -> None:
        """End the children that still run, and give their threads a moment to remove what they wrote."""
        self._context.deadline.at = 0.0
        until = time.monotonic() + CLEANING_SECONDS
        while time.monotonic() < until:
            # Again and again: a thread may have been about to start one.
            child.kill_all()
            alive = [thread for thread in list(self._threads.values()) if thread.is_alive()]
            if not alive:
                return
            alive[0].join(0.02)

    def _start(self, name: str) -> None:
        with self._lock:
            if name in self._started or self._context.is_ready(name):
                return
            thread = threading.Thread(target=self._probe, args=(name,), name=f"probe {name}", daemon=True)
            self._started[name] = time.monotonic()
            try:
                thread.start()
                self._threads[name] = thread
            except RuntimeError as error:
                # Login nodes allow a person only so many processes, and threads count as such.
                self._context.put(name, unseen("broken", child.limited(error) or str(error)))

    def _probe(self, name: str) -> None:
        began = time.monotonic()
        try:
            result = _function(name)(self._context)
            if not result.seconds:
                result = msgspec.structs.replace(result, seconds=round(time.monotonic() - began, 4))
        except BaseException as error:  # noqa: BLE001 (a probe's failure is data, and must not end the others)
            limit = child.limited(error)
            # What the operating system refuses is a fact; anything else we should have foreseen.
            kind = "" if limit or isinstance(error, OSError) else "defect"
            missing = Missing("broken", limit or f"{type(error).__name__}: {error}", kind)
            result = Probed(missing=missing, seconds=round(time.monotonic() - began, 4))
        self._context.put(name, result)


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
