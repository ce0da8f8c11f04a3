"""The probes side by side: none holds up the others, and all of it is over in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from dlcheck.model.documents import decode_snapshot, encode
from dlcheck.model.gaps import LIMITED, Missing, Probed, seen, unseen
from dlcheck.model.snapshot import PROBES
from dlcheck.observe import child, examine
from dlcheck.observe.context import Context, Request
from tests.facts import CPU, GIT, MEMORY
from tests.observe.test_child import is_gone

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


def with_probes(monkeypatch, **probes: Any) -> None:
    """Probes that are written here instead of the real ones."""
    monkeypatch.setattr(examine, "_function", lambda name: probes[name])


def look(*probes: str, **request: Any):
    return examine.examine(Request(**{"probes": probes, "cwd": "/", "environ": {}, **request}))


def test_facts_gaps_and_what_was_not_asked_for(monkeypatch):
    with_probes(monkeypatch, cpu=lambda _: seen(CPU), git=lambda _: unseen("absent", "no git on PATH"))
    found = look("cpu", "git")
    assert found.cpu.value == CPU
    assert found.git.missing == Missing("absent", "no git on PATH")
    assert found.memory.missing == Missing("not-looked", "not asked for")
    assert decode_snapshot(encode(found)) == found


def test_quick_leaves_the_frameworks_out(monkeypatch):
    asked: list[str] = []

    def note(name: str):
        asked.append(name)
        return lambda _: unseen("absent")

    monkeypatch.setattr(examine, "_function", note)
    found = look(*PROBES, depth="quick")
    assert set(asked) == set(PROBES) - set(examine.FRAMEWORKS)
    assert found.torch.missing == Missing("not-looked", "left out by --quick")


def raises(error: BaseException):
    def probe(_: Context) -> Probed[Any]:
        raise error

    return probe


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (raises(ValueError("no")), "ValueError: no"),
        (raises(SystemExit(3)), "SystemExit: 3"),
        (raises(KeyboardInterrupt()), "KeyboardInterrupt: "),
        (raises(RecursionError("deep")), "RecursionError: deep"),
        (lambda _: None, "AttributeError"),
    ],
)
def test_a_probe_that_fails_is_a_gap_at_once_and_ends_no_other(monkeypatch, probe, words):
    def waits(context: Context) -> Probed[Any]:
        return unseen("absent", context.wait("cpu").missing.gap)  # type: ignore[union-attr]

    with_probes(monkeypatch, cpu=probe, git=waits, memory=lambda _: seen(MEMORY))
    began = time.monotonic()
    found = look("cpu", "git", "memory", deadline=20.0)
    assert time.monotonic() - began < 5
    assert found.cpu.missing is not None and found.cpu.missing.gap == "broken"
    assert found.cpu.missing.why.startswith(words)
    assert found.git.missing == Missing("absent", "broken") and found.memory.value == MEMORY


def test_a_thread_that_cannot_be_had_is_a_gap(monkeypatch):
    with_probes(monkeypatch, cpu=lambda _: seen(CPU))

    class Refused(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(examine.threading, "Thread", Refused)
    assert look("cpu").cpu.missing == Missing("broken", f"{LIMITED} (can't start new thread)")


def test_a_probe_is_started_when_another_waits_for_it(monkeypatch):
    with_probes(monkeypatch, cpu=lambda _: seen(CPU), git=lambda context: seen(context.wait("cpu").value and GIT))
    found = look("git")
    assert found.git.value == GIT and found.cpu.value == CPU


def test_probes_that_wait_for_each_other_end_with_the_deadline(monkeypatch):
    with_probes(
        monkeypatch,
        cpu=lambda context: context.wait("git"),
        git=lambda context: context.wait("cpu"),
    )
    began = time.monotonic()
    found = look("cpu", "git", deadline=0.5)
    assert time.monotonic() - began < 2
    assert found.cpu.missing is not None and found.cpu.missing.gap == "timed-out"


def test_many_hanging_children_keep_the_overall_deadline(monkeypatch):
    def hangs(context: Context) -> Probed[Any]:
        ended = child.run(SLEEP, seconds=context.seconds())
        return unseen(ended.missing.gap, ended.missing.why)

    monkeypatch.setattr(examine, "_function", lambda _: hangs)
    began = time.monotonic()
    found = look(*PROBES, deadline=2.0, timeout=60.0)
    took = time.monotonic() - began
    assert took < 2.0 + 1.0 + 0.5, f"{len(PROBES)} hanging children took {took:.1f} s"
    gaps = [getattr(found, name).missing for name in PROBES]
    assert {gap.gap for gap in gaps} == {"timed-out"}


def test_a_child_at_its_own_timeout_costs_the_others_nothing(monkeypatch):
    def hangs(context: Context) -> Probed[Any]:
        ended = child.run(SLEEP, seconds=context.seconds())
        return unseen(ended.missing.gap, ended.missing.why)

    with_probes(monkeypatch, cpu=hangs, git=lambda _: seen(GIT))
    began = time.monotonic()
    found = look("cpu", "git", timeout=1.0, deadline=60.0)
    assert time.monotonic() - began < 4
    assert found.git.value == GIT
    assert found.cpu.missing == Missing("timed-out", "no answer after 1 s (it was doing nothing)")


def test_probes_stuck_in_system_calls_are_left_behind_together(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(examine, "_function", lambda _: lambda _: over.wait(30) and unseen("absent"))
    began = time.monotonic()
    found = look(*PROBES, deadline=0.5)
    took = time.monotonic() - began
    over.set()
    assert took < 0.5 + 1.0 + examine.CLEANING_SECONDS + 0.5, f"took {took:.1f} s"
    assert found.cpu.missing == Missing("timed-out", "the time for everything was used up")


def test_what_was_seen_until_an_interruption_is_kept(monkeypatch):
    started = threading.Event()
    pids: list[int] = []

    def hangs(context: Context) -> Probed[Any]:
        started.set()
        ended = child.run([*SLEEP[:3], "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], seconds=60)
        pids.append(int(ended.stdout or 0))
        return unseen("broken")

    with_probes(monkeypatch, cpu=hangs, git=lambda _: seen(GIT))
    examination = examine.Examination(Request(probes=("cpu", "git"), cwd="/", environ={}))
    examination.start()
    assert started.wait(5) and not examination.wait(0.5)
    began = time.monotonic()
    found = examination.snapshot(interrupted=True)
    assert time.monotonic() - began < 2
    assert found.git.value == GIT and found.cpu.missing == Missing("not-looked", "interrupted")
    assert all(is_gone(pid) for pid in pids if pid)


@pytest.mark.skipif(os.name != "posix", reason="the folder's name holds bytes that are no text")
def test_names_that_are_no_text_do_not_spoil_the_document(monkeypatch):
    with_probes(monkeypatch, git=lambda _: unseen("broken", "caf\udce9"))
    found = look("git", cwd="/caf\udce9")
    assert b"caf" in encode(found) and found.working_folder == "/caf\\udce9"


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_ctrl_c_ends_every_child(tmp_path):
    """The whole examination in a process of its own, interrupted while three of its probes hang."""
    code = f"""
import sys
from dlcheck.model.gaps import unseen
from dlcheck.observe import child, examine
from dlcheck.observe.context import Request

def hangs(context):
    code = "import os, sys, time; open(os.path.join({str(tmp_path)!r}, str(os.getpid())), 'w').close(); time.sleep(60)"
    child.run([sys.executable, "-S", "-c", code], seconds=context.seconds())
    return unseen("broken")

examine._function = lambda name: hangs
examination = examine.Examination(Request(probes=("cpu", "git", "memory"), cwd="/"))
examination.start()
try:
    examination.wait()
except KeyboardInterrupt:
    examination.snapshot(interrupted=True)
    sys.exit(130)
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 20
    while len(list(tmp_path.iterdir())) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert all(is_gone(int(path.name)) for path in tmp_path.iterdir())


def test_every_probe_of_the_snapshot_has_its_function():
    for name in PROBES:
        assert callable(examine._function(name)), name


def test_a_probe_that_fails_by_itself_is_a_defect_and_one_that_is_refused_is_not(monkeypatch):
    def typo(_: Context) -> Probed[Any]:
        raise TypeError("of ours")

    def refused(_: Context) -> Probed[Any]:
        raise OSError("not permitted")

    with_probes(monkeypatch, cpu=typo, git=refused)
    found = look("cpu", "git")
    assert found.cpu.missing == Missing("broken", "TypeError: of ours", "defect")
    assert found.git.missing == Missing("broken", "OSError: not permitted")


def test_probes_that_wait_for_a_file_system_cost_a_moment_and_not_the_deadline(monkeypatch):
    monkeypatch.setattr(examine, "STUCK_SECONDS", 0.3)
    gone = threading.Event()
    with_probes(monkeypatch, cpu=lambda _: gone.wait(30) and seen(CPU), git=lambda _: seen(GIT))
    began = time.monotonic()
    found = look("cpu", "git", deadline=25.0)
    gone.set()
    assert time.monotonic() - began < 5
    assert found.git.value == GIT
    assert found.cpu.missing is not None and found.cpu.missing.gap == "timed-out"
    assert "does not answer" in found.cpu.missing.why


def test_a_child_that_works_is_waited_for(monkeypatch):
    monkeypatch.setattr(examine, "STUCK_SECONDS", 0.1)

    def slow(_: Context) -> Probed[Any]:
        child.run([sys.executable, "-c", "import time; time.sleep(1.0)"], seconds=20.0)
        return seen(CPU)

    with_probes(monkeypatch, cpu=slow)
    assert look("cpu").cpu.value == CPU
