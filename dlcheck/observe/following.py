"""Read a worker's answer while it is being written."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

EVERY_SECONDS = 0.2
"""How often the file is looked at: seldom enough to disturb no measurement."""


class Follower:
    """A thread that hands on each whole line of a growing file of JSON lines."""

    def __init__(self, path: Path, follow: Callable[[dict[str, Any]], None]) -> None:
        """Begin to read. follow: called with one line at a time, in order; what it raises, `end` raises."""
        self._path = path
        self._follow = follow
        self._read = 0
        self._over = threading.Event()
        self._raised: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Hand on what is left and stop. The file must still be there."""
        self._over.set()
        self._thread.join()
        if self._raised is not None:
            raise self._raised

    def _run(self) -> None:
        try:
            while not self._over.wait(EVERY_SECONDS):
                self._hand_on()
            self._hand_on()
        except Exception as error:  # noqa: BLE001 (raised again in the thread that asked)
            self._raised = error

    def _hand_on(self) -> None:
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
            self._read += len(whole) + len(newline)
            for raw in whole.split(b"\n"):
                line: Any = None
                with contextlib.suppress(ValueError, RecursionError):
                    line = json.loads(raw)
                if isinstance(line, dict):
                    self._follow(line)
