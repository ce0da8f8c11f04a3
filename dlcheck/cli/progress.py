"""While the probes run: what was seen, what is awaited, for how long. On stderr, for a person at a terminal only."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from dlcheck.cli import screen
from dlcheck.model.snapshot import PROBES
from dlcheck.tell.glimpse import glimpse, waiting_for
from dlcheck.tell.visible import visible

if TYPE_CHECKING:
    from dlcheck.observe.examine import Examination

TICK_SECONDS = 0.1
SLOW_SECONDS = 5.0
"""After this long a probe is said to be still working."""
UP, ERASE_BELOW = "\x1b[{}A\r", "\r\x1b[J"


class Progress:
    """Three lines on stderr that are drawn over and over, and erased at the end."""

    def __init__(self) -> None:
        environ = os.environ
        self.shown = (
            sys.stderr is not None
            and screen.is_terminal(sys.stderr)
            and not screen.is_dumb(environ)
            and not screen.in_notebook(environ)
            and (sys.platform != "win32" or "WT_SESSION" in environ)
        )
        if not self.shown:
            return
        self._style = screen.style_of(sys.stderr, verbose=False)
        self._began = time.monotonic()
        self._drawn = 0

    def started(self) -> None:
        """Say at once that something is happening."""
        if self.shown:
            self._put([f"Looking at this machine {self._dots}"])

    def follow(self, examination: Examination) -> None:
        """Wait until every probe has answered or all time is used up; draw meanwhile."""
        while not examination.wait(TICK_SECONDS if self.shown else None):
            self._draw(examination)

    def _draw(self, examination: Examination) -> None:
        """What was seen, and what is awaited."""
        elapsed = time.monotonic() - self._began
        seen = [glimpse(name, examination.seen(name)) for name in PROBES]
        waiting = examination.waiting()
        separator = " · " if self._style.unicode else ", "
        lines = [f"Looking at this machine {self._dots} {elapsed:.0f} s"]
        lines += [f"  {separator.join(phrase for phrase in seen if phrase)}"] if any(seen) else []
        lines += [f"  {separator.join(self._awaited(name, since) for name, since in waiting)}"] if waiting else []
        self._put(lines)

    def erase(self) -> None:
        """Leave nothing behind."""
        if self.shown:
            self._put([])

    @property
    def _dots(self) -> str:
        return "…" if self._style.unicode else "..."

    def _awaited(self, name: str, since: float) -> str:
        lasted = time.monotonic() - since
        slow = f" {self._dots} still working, {lasted:.0f} s" if lasted > SLOW_SECONDS else ""
        return waiting_for(name) + slow

    def _put(self, lines: list[str]) -> None:
        cut = [self._cut(visible(line, self._style.unicode)) for line in lines]
        text = (UP.format(self._drawn) if self._drawn else "") + ERASE_BELOW + "".join(f"{line}\n" for line in cut)
        self._drawn = len(cut)
        with contextlib.suppress(OSError, ValueError, UnicodeError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def _cut(self, line: str) -> str:
        room = self._style.width - 1
        return line if len(line) <= room else line[: room - len(self._dots)] + self._dots
