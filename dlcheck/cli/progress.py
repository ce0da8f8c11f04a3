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
from dlcheck.tell.visible import columns, visible

if TYPE_CHECKING:
    from rich.live import Live

    from dlcheck.observe.examine import Examination

TICK_SECONDS = 0.1
SLOW_SECONDS = 5.0
"""After this long a probe is said to be still working."""
SEEN_LINES = 2


class Progress:
    """A few lines on stderr that are drawn over and over (by rich), and erased at the end.

    Under NO_COLOR it is one line, and no escape code is written.
    """

    def __init__(self) -> None:
        environ = os.environ
        self.shown = (
            screen.is_terminal(sys.stderr)
            and not screen.is_dumb(environ)
            and not screen.in_notebook(environ)
            and (sys.platform != "win32" or "WT_SESSION" in environ)
        )
        style = screen.style_of(sys.stderr, verbose=False)
        self._unicode = style.unicode
        self._room = style.width - 1
        self._one_line = bool(environ.get("NO_COLOR"))
        self._began = time.monotonic()
        self._live: Live | None = None

    def started(self) -> None:
        """Say at once that something is happening."""
        self._put(["Looking at this machine …"])

    def follow(self, examination: Examination) -> None:
        """Wait until every probe has answered or all time is used up; draw meanwhile."""
        while not examination.wait(TICK_SECONDS if self.shown else None):
            self._put(self.lines(examination, time.monotonic()))

    def lines(self, examination: Examination, now: float) -> list[str]:
        """What is drawn at this moment (of time.monotonic): how long, what was seen, what is awaited."""
        first = f"Looking at this machine … {now - self._began:.0f} s"
        awaited = " · ".join(_awaited(name, now - since) for name, since in examination.waiting())
        if self._one_line:
            return [f"{first}: {awaited}" if awaited else first]
        seen = [phrase for phrase in (glimpse(name, examination.seen(name)) for name in PROBES) if phrase]
        return [first, *self._filled(seen), *([f"  {awaited}"] if awaited else [])]

    def erase(self) -> None:
        """Leave nothing behind."""
        self._put([])

    def _filled(self, phrases: list[str]) -> list[str]:
        """The phrases in as many lines as there may be."""
        lines = [""]
        for phrase in phrases:
            longer = f"{lines[-1]} · {phrase}" if lines[-1] else f"  {phrase}"
            if columns(longer) <= self._room or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(f"  {phrase}")
        return [line for line in lines[:SEEN_LINES] if line]

    def _put(self, lines: list[str]) -> None:
        if not self.shown:
            return
        cut = [self._cut(visible(line, self._unicode)) for line in lines]
        with contextlib.suppress(OSError, ValueError, UnicodeError):
            if self._one_line:
                sys.stderr.write(f"\r{(cut or [''])[0]:{self._room}}" + ("" if cut else "\r"))
                sys.stderr.flush()
            else:
                self._draw("\n".join(cut))

    def _draw(self, text: str) -> None:
        """Draw over what was drawn; "" erases it."""
        if not text:
            live, self._live = self._live, None
            if live is not None:
                live.stop()
            return
        from rich.text import Text

        if self._live is None:
            self._live = _live(self._room + 1)
            self._live.start()
        self._live.update(Text(text, no_wrap=True), refresh=True)

    def _cut(self, line: str) -> str:
        if columns(line) <= self._room:
            return line
        dots = visible("…", self._unicode)
        while columns(line + dots) > self._room:
            line = line[:-1]
        return line + dots


def _live(width: int) -> Live:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, width=width, color_system=None, highlight=False, markup=False, emoji=False)
    return Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)


def _awaited(name: str, lasted: float) -> str:
    return waiting_for(name) + (f" … still working, {lasted:.0f} s" if lasted > SLOW_SECONDS else "")
