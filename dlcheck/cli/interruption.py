"""^C, also in the moments in which Python loses it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

SWALLOWING = ("cb", "__del__")
"""Functions out of which nothing can be raised: what importlib does when a module's lock goes, and what ends objects.
An exception there is printed and forgotten, a KeyboardInterrupt, too."""
AGAIN_SECONDS = 0.02


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """While it lasts, ^C raises KeyboardInterrupt where that has an effect: at once, or a moment later."""
    try:
        is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if is_ours:
            signal.signal(signal.SIGINT, interrupted)
    except ValueError:  # not in the main thread
        is_ours = False
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupted(number: int, frame: FrameType | None) -> None:
    """A signal came while this frame ran."""
    at = frame
    while at is not None:
        if at.f_code.co_name in SWALLOWING:
            import threading

            again = threading.Timer(AGAIN_SECONDS, signal.raise_signal, (number,))
            again.daemon = True
            again.start()
            return
        at = at.f_back
    raise KeyboardInterrupt
