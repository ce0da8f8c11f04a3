"""Look at this machine, and show that it is being looked at."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from dlcheck.cli.progress import Progress
from dlcheck.model.snapshot import Snapshot

if TYPE_CHECKING:
    from dlcheck.observe.context import Request
    from dlcheck.observe.examine import Examination


def look(request: Request, meanwhile: Callable[[], None]) -> tuple[Snapshot, bool]:
    """The Snapshot, and whether the person interrupted it; it then holds what was seen until then.

    meanwhile: done while the probes run, such as importing what judging needs.
    """
    from dlcheck.observe.examine import Examination

    display = Progress()
    with no_orphans(display.erase) as started:
        examination = Examination(request)
        started.append(examination)
        try:
            examination.start()
            display.started()
            meanwhile()
            display.follow(examination)
        except KeyboardInterrupt:
            return examination.snapshot(interrupted=True), True
        except BaseException:
            examination.snapshot()  # ends the children
            raise
        finally:
            display.erase()
        return examination.snapshot(), False


@contextlib.contextmanager
def no_orphans(erase: Callable[[], None]) -> Iterator[list[Examination]]:
    """Children live in process groups of their own: ended from outside, we take them and their traces with us.

    erase: clears what is drawn on the terminal, and gives its cursor back.
    """
    from dlcheck.observe import child

    started: list[Examination] = []

    def end(number: int, _frame: FrameType | None) -> None:
        erase()
        child.end_for_good()
        for examination in started:
            examination.end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    try:
        for number in ours:
            signal.signal(number, end)
        yield started
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
