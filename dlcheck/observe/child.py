"""Run a foreign program under a deadline: whatever it does, its end is told in words, in bounded time.

Each child has its own process group (on Windows: is ended with all its descendants). Both streams are drained and
kept up to a bound, so that megabytes of noise neither block it nor fill our memory. A child that cannot be killed
is abandoned, not awaited. Grandchildren that hold the pipes open do not delay us.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO, Literal, TypeVar

import msgspec

from dlcheck.model.gaps import LIMITED, Ending, Gap, Missing
from dlcheck.observe.endings import describe
from dlcheck.observe.streams import Stream

T = TypeVar("T")

TAIL_CHARACTERS = 2000
"""Of each stream, in an Ending."""
GRACE_SECONDS = 0.5
"""How long after a child's end its streams may stay open."""
UNKILLABLE_SECONDS = 2.0
"""How long the end of a killed child is awaited: one that waits for a device or a server may never end."""
BUSY_WINDOW_SECONDS = 1.0
"""Before its deadline a child is watched this long: is it slow or hung?"""

_WINDOWS_FLAGS = 0x08000200 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW and CREATE_NEW_PROCESS_GROUP."""

Outcome = Literal["done", "failed", "crashed", "timed-out", "not-found", "denied", "not-started"]

_GAPS: dict[Outcome, Gap] = {
    "crashed": "crashed",
    "timed-out": "timed-out",
    "not-found": "absent",
    "denied": "denied",
}

_NO_MORE_OF_IT = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)

_live: set[subprocess.Popen[bytes]] = set()
_live_lock = threading.RLock()
_no_more = threading.Event()
"""We were told to end: nothing is started any more."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a child."""

    outcome: Outcome
    """done: status 0 · failed: another status · crashed: a signal · timed-out: it was killed at its deadline ·
    not-found, denied, not-started: it never ran."""
    ending: Ending
    stdout: str = ""
    """Decoded as UTF-8, what is not is replaced; cut in the middle where it was long."""
    stderr: str = ""
    seconds: float = 0.0

    @property
    def missing(self) -> Missing:
        """The gap that stands for what it did not tell."""
        return Missing(_GAPS.get(self.outcome, "broken"), self.ending.words)


class Deadline:
    """A moment by which everything has to be over."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; never negative."""
        return max(0.0, self.at - time.monotonic())


def run(
    argv: Sequence[str],
    *,
    seconds: float,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    stdin_text: str | None = None,
) -> Ended:
    """Run a program to its end or to its deadline. Never raises for anything the program does.

    argv: the program and its words; no shell. seconds: after that it is killed, with its whole process group.
    env: its whole environment, by default ours. stdin_text: fed to it; by default its stdin is closed.
    """
    began = time.monotonic()
    if _no_more.is_set():
        return _never_ran("not-started", "dlcheck was told to end", began)
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if stdin_text is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            bufsize=0,
            start_new_session=sys.platform != "win32",
            creationflags=_WINDOWS_FLAGS,
        )
    except (OSError, ValueError) as error:
        return _never_ran(*_refused(argv[0], error, cwd), began)
    with _live_lock:
        _live.add(process)
    if _no_more.is_set():
        kill(process)
    try:
        assert process.stdout is not None and process.stderr is not None
        streams = Stream(process.stdout), Stream(process.stderr)
        if stdin_text is not None and process.stdin is not None:
            threading.Thread(target=_feed, args=(process.stdin, stdin_text), daemon=True).start()
        busy = _await(process, began + seconds)
    finally:
        # Also where the person interrupts, or no thread can be had for a stream.
        if process.returncode is None:
            kill(process)
        else:
            _kill_descendants(process)
        with _live_lock:
            _live.discard(process)
    _drain(streams)
    return _ended(process, streams, busy, seconds, time.monotonic() - began)


def run_all(
    commands: Sequence[Sequence[str]], *, seconds: float, env: Mapping[str, str] | None = None, cwd: str | None = None
) -> list[Ended]:
    """Run several programs side by side, each under the same deadline; their ends in the order of the commands."""
    return side_by_side([partial(run, argv, seconds=seconds, env=env, cwd=cwd) for argv in commands])


def side_by_side(calls: Sequence[Callable[[], T]]) -> list[T]:
    """The results of calls that wait for children, each in a thread of its own; in the order of the calls.

    Raises what the first of them raised, after all are over.
    """
    results: dict[int, T] = {}
    raised: dict[int, Exception] = {}

    def one(number: int) -> None:
        try:
            results[number] = calls[number]()
        except Exception as error:  # noqa: BLE001 (it is raised again, in the thread that asked)
            raised[number] = error

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in sorted(raised):
        raise raised[number]
    return [results[number] for number in range(len(calls))]


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a child with all its descendants; wait a moment for it, not for ever."""
    _strike(process)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=UNKILLABLE_SECONDS)


def _strike(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        _kill_tree(process.pid)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()


def _kill_descendants(process: subprocess.Popen[bytes]) -> None:
    """End what a child that came to its own end has left running in its group, and which may hold its pipes open."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def is_any_alive() -> bool:
    """Is a child under way?"""
    with _live_lock:
        return bool(_live)


def kill_all() -> None:
    """End every child that is still running: when the person interrupts, or when all time is used up."""
    with _live_lock:
        left = list(_live)
    for process in left:
        _strike(process)
    until = time.monotonic() + UNKILLABLE_SECONDS
    for process in left:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, until - time.monotonic()))


def end_for_good() -> None:
    """End every child, and start none any more: this process is about to end."""
    _no_more.set()
    kill_all()


def _kill_tree(pid: int) -> None:
    import psutil

    with contextlib.suppress(psutil.Error):
        for descendant in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                descendant.kill()


def _feed(pipe: IO[bytes], text: str) -> None:
    with contextlib.suppress(OSError), pipe:
        pipe.write(text.encode("utf-8", "replace"))


def _await(process: subprocess.Popen[bytes], end: float) -> bool | None:
    """Wait for the child. None: it ended; else whether it was still busy when its time was up."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=max(0.0, end - BUSY_WINDOW_SECONDS - time.monotonic()))
        return None
    before = _work_done(process.pid)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=max(0.0, end - time.monotonic()))
        return None
    return _work_done(process.pid) > before


def _work_done(pid: int) -> float:
    """CPU time in steps of 50 ms, so that idle threads do not count, plus megabytes moved; with all descendants."""
    import psutil

    done = 0.0
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error, OSError, AttributeError):
                # What a descendant used goes over to its parent when it ends: the sum never falls.
                done += int(sum(one.cpu_times()[:4]) * 20)
                counters = one.io_counters()
                done += (counters.read_bytes + counters.write_bytes) // 1_000_000
    return done


def _drain(streams: tuple[Stream, Stream]) -> None:
    """Give the streams a moment, then let go: a grandchild may hold them open for ever."""
    until = time.monotonic() + GRACE_SECONDS
    for stream in streams:
        stream.join(max(0.0, until - time.monotonic()))


def _ended(
    process: subprocess.Popen[bytes],
    streams: tuple[Stream, Stream],
    busy: bool | None,
    allowed: float,
    seconds: float,
) -> Ended:
    stdout, stderr = (stream.text() for stream in streams)
    code = process.returncode
    outcome: Outcome
    if busy is not None:
        outcome, name = "timed-out", ""
        state = "it was still working" if busy else "it was doing nothing"
        words = f"no answer after {allowed:.0f} s ({state})"
        if code is None:
            words += "; it could not be killed and was left behind"
    else:
        name, words = describe(code, sys.platform)
        outcome = "crashed" if name else ("done" if code == 0 else "failed")
    ending = Ending(
        words=words,
        exit_status=code if not name and busy is None else None,
        signal=name,
        busy=busy,
        stdout_tail=stdout[-TAIL_CHARACTERS:],
        stderr_tail=stderr[-TAIL_CHARACTERS:],
    )
    return Ended(outcome=outcome, ending=ending, stdout=stdout, stderr=stderr, seconds=seconds)


def _refused(program: str, error: OSError | ValueError, cwd: str | None) -> tuple[Outcome, str]:
    """Why the operating system did not start it."""
    if isinstance(error, OSError) and cwd is not None and error.filename == cwd:
        return "not-started", f"{program} could not be started in {cwd}: {error.strerror}"
    # A folder of PATH that may not be looked into is told as a program that may not be run.
    searched = isinstance(error, PermissionError) and shutil.which(program) is None
    if isinstance(error, FileNotFoundError) or (searched and os.sep not in program):
        return "not-found", f"{program} was not found"
    if isinstance(error, PermissionError):
        return "denied", f"{program} may not be run"
    return "not-started", f"{program} could not be started: {limited(error) or error}"


def limited(error: BaseException) -> str:
    """The words for an error that says that this session may have no more of something; "" for any other."""
    refused = isinstance(error, OSError) and error.errno in _NO_MORE_OF_IT
    if refused or isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "new thread" in str(error)):
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"{LIMITED} ({said})"
    return ""


def _never_ran(outcome: Outcome, words: str, began: float) -> Ended:
    return Ended(outcome=outcome, ending=Ending(words=words), seconds=time.monotonic() - began)
