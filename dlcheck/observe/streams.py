"""One output stream of a child: drained for as long as it is open, kept up to a bound."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import IO

KEEP_BYTES = 64 * 1024
"""Of each stream: the first and the last half of this are kept."""


class Stream(threading.Thread):
    """Drains one pipe; keeps the head and the tail of what came."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._head = b""
        self._tail = b""
        self._dropped = 0
        self.start()

    def run(self) -> None:
        half = KEEP_BYTES // 2
        # Closed by this thread alone, whenever that is: a number that is given away while it reads would be another's.
        with contextlib.suppress(OSError, ValueError), self._pipe:
            while chunk := os.read(self._pipe.fileno(), 65536):
                room = half - len(self._head)
                if room > 0:
                    self._head += chunk[:room]
                    chunk = chunk[room:]
                self._tail += chunk
                if len(self._tail) > half:
                    self._dropped += len(self._tail) - half
                    self._tail = self._tail[-half:]

    def text(self) -> str:
        middle = f"\n[… {self._dropped} bytes left out …]\n".encode() if self._dropped else b""
        return (self._head + middle + self._tail).decode("utf-8", "replace")
