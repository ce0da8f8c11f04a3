"""Looking itself: a child that crashed, hung or was refused, where no other check judges that group of facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from dlcheck.judge import check as writing
from dlcheck.judge.check import WARN, Verdict, bad, check, ok
from dlcheck.model.gaps import Probed, is_limited
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import PROBES, Snapshot

LAYER = "hardware"


@check(WARN, pillar="system", since="0.1")
def probe_crashes(snapshot: Snapshot) -> Iterator[Verdict]:
    """A program that was asked about this machine crashed.

    What it would have told is unknown, and so is every check that needs it. The program is a part of this machine, as
    git, conda or a driver's own tool: that it crashes is a fault worth mending, whatever else is well.

    Known false alarms: groups of facts whose crash has a check of its own, as `torch-import-crashes`.
    """
    yield from _ended(snapshot, "crashed")


@check(WARN, pillar="system", since="0.1")
def probe_hangs(snapshot: Snapshot) -> Iterator[Verdict]:
    """A program that was asked about this machine did not answer in time.

    What it would have told is unknown, and so is every check that needs it. It may wait for a network drive, for a
    lock that another process holds, or for a device that no longer answers.

    Known false alarms: groups of facts whose time-out has a check of its own, as `torch-import-hangs`.
    """
    yield from _ended(snapshot, "timed-out")


@check(
    WARN,
    pillar="system",
    after=("processes-limited", "open-files-limit-low", "address-space-limited"),
    since="0.1",
)
def probe_not_started(snapshot: Snapshot) -> Iterator[Verdict]:
    """This session's limits are too low to look at the machine.

    A program that was to be asked, or a thread that was to wait for it, was refused. What it would have told is
    unknown. Training needs far more processes, files and memory than that.

    How it is told: the operating system's refusal (EMFILE, ENFILE, EAGAIN, ENOMEM) when a child or a thread of
    dlcheck's own was to be started.

    Known false alarms: none; it is a warning, since nothing is known of what was to be looked at.

    Sources: setrlimit(2)
    """
    limited = {name: probed.missing for name in PROBES if is_limited((probed := getattr(snapshot, name)).missing)}
    raised = Fix(
        title="raise this session's limits (`ulimit -n 4096`, `ulimit -u 4096`, `ulimit -v unlimited`), or end other "
        "programs of yours, then run dlcheck again"
    )
    for name, missing in limited.items():
        yield bad(f"{name.replace('_', ' ')}: {missing.why}", subject=name, fixes=(raised,))
    if not limited:
        yield ok()


def _ended(snapshot: Snapshot, gap: Literal["crashed", "timed-out"]) -> Iterator[Verdict]:
    own = _with_own_check(gap)
    groups = [name for name in PROBES if name not in own]
    found = False
    for name in groups:
        probed: Probed[Any] = getattr(snapshot, name)
        why = bad_end(probed, gap)
        if why is not None:
            found = True
            inside = ("python-does-not-start",) if name in ("packages", "requirements") else ()
            yield bad(f"{name.replace('_', ' ')}: {why}", subject=name, after=inside)
    if not found:
        yield ok()


def bad_end(probed: Probed[Any], gap: Literal["crashed", "timed-out"]) -> str | None:
    """How the child that looked crashed or timed out, in words; None where it did not."""
    if probed.missing is not None and probed.missing.gap == gap:
        return probed.missing.why or probed.missing.words()
    ended = probed.ending
    if probed.value is None or ended is None:
        return None
    timed_out = ended.busy is not None
    if timed_out != (gap == "timed-out") or not (timed_out or ended.signal):
        return None
    return f"{ended.words} while {ended.stage}" if ended.stage else ended.words


def has_own_check(group: str, gap: Literal["crashed", "timed-out"]) -> bool:
    """Is there a check that judges this group's crash or time-out itself? By its name and its parameter."""
    return group in _with_own_check(gap)


def _with_own_check(gap: Literal["crashed", "timed-out"]) -> set[str]:
    """The groups whose crash or time-out has a check of its own."""
    ending = ("-crashes", "-crash") if gap == "crashed" else ("-hangs", "-hang")
    found = {"interpreter"} if "python-does-not-start" in writing.registry else set()
    for one in writing.registry.values():
        if one.id.endswith(ending):
            found |= {name for name, kind in one.parameters if kind.startswith("Probed[")}
    return found
