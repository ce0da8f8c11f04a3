"""Children that do their worst: each ends in words and in bounded time, and nothing of it stays behind."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from dlcheck.model.gaps import LIMITED
from dlcheck.observe import child, streams
from dlcheck.observe.endings import describe

posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are those of POSIX")


def run(code: str, seconds: float = 20.0, **more) -> child.Ended:
    return child.run([sys.executable, "-c", code], seconds=seconds, **more)


def is_gone(pid: int, within: float = 3.0) -> bool:
    """Has the process ended? One that ended and is not yet reaped counts."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


def test_a_child_that_ends_well():
    ended = run("import sys; print('out'); print('err', file=sys.stderr)")
    assert (ended.outcome, ended.stdout, ended.stderr) == ("done", "out\n", "err\n")
    assert ended.ending.words == "exited with status 0"


def test_a_child_that_raises_keeps_its_traceback():
    ended = run("raise ValueError('no')")
    assert (ended.outcome, ended.ending.exit_status) == ("failed", 1)
    assert ended.ending.stderr_tail.rstrip().endswith("ValueError: no")


def test_a_child_that_exits_with_a_status():
    ended = run("raise SystemExit(7)")
    assert (ended.outcome, ended.ending.exit_status, ended.ending.words) == ("failed", 7, "exited with status 7")


@posix
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGILL", "SIGBUS", "SIGFPE", "SIGKILL", "SIGTERM"])
def test_a_child_that_dies_of_a_signal(name):
    ended = run(f"import os, signal; os.kill(os.getpid(), signal.{name})")
    assert (ended.outcome, ended.ending.signal, ended.ending.exit_status) == ("crashed", name, None)
    assert ended.ending.words.startswith(f"killed by {name} (")
    assert ended.missing.gap == "crashed"


@posix
def test_a_real_segmentation_fault():
    assert run("import ctypes; ctypes.string_at(8)").ending.signal == "SIGSEGV"


@posix
def test_a_child_that_does_not_mind_being_asked_to_end():
    ignores = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15, 1)]; time.sleep(60)"
    began = time.monotonic()
    ended = run(ignores, seconds=1.0)
    assert ended.outcome == "timed-out" and time.monotonic() - began < 3
    assert ended.missing.gap == "timed-out"


def test_a_hung_child_is_told_from_a_slow_one():
    # Both need their start-up behind them when they are watched, in the last second of their time.
    hung = run("import time; time.sleep(60)", seconds=2.5)
    slow = run("while True: pass", seconds=2.5)
    assert (hung.outcome, hung.ending.busy) == ("timed-out", False)
    assert hung.ending.words.endswith("(it was doing nothing)")
    assert (slow.outcome, slow.ending.busy) == ("timed-out", True)
    assert slow.ending.words.endswith("(it was still working)")


@posix
def test_work_that_grandchildren_do_counts_as_work():
    source = "import subprocess, sys\nwhile True: subprocess.run([sys.executable, '-S', '-c', 'sum(range(10**6))'])"
    assert run(source, seconds=2.5).ending.busy is True


def test_a_flood_on_both_streams_blocks_nothing_and_is_cut_in_the_middle():
    code = """
import os, threading
def flood(fd):
    os.write(fd, b"first ")
    for _ in range(320):
        left = b"x" * 65536
        while left: left = left[os.write(fd, left):]
    os.write(fd, b" last")
threads = [threading.Thread(target=flood, args=(fd,)) for fd in (1, 2)]
[t.start() for t in threads]; [t.join() for t in threads]
"""
    ended = run(code)
    assert ended.outcome == "done"
    for text in (ended.stdout, ended.stderr):
        assert text.startswith("first ") and text.endswith(" last") and "bytes left out" in text
        assert len(text) <= streams.KEEP_BYTES + 100


def test_bytes_that_are_no_text():
    assert run(r"import os; os.write(1, b'caf\xe9 \xff\xfe\x00 ok')").stdout == "caf\ufffd \ufffd\ufffd\0 ok"


@posix
def test_a_grandchild_that_holds_the_pipe_neither_delays_us_nor_stays():
    code = """
import subprocess, sys
p = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(p.pid)
"""
    began = time.monotonic()
    ended = run(code)
    assert ended.outcome == "done" and time.monotonic() - began < 10
    assert is_gone(int(ended.stdout))


@posix
def test_a_grandchild_that_left_the_group_does_not_delay_us():
    code = """
import subprocess, sys
p = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(5)"], start_new_session=True)
print(p.pid, flush=True)
"""
    began = time.monotonic()
    ended = run(code)
    assert ended.outcome == "done" and time.monotonic() - began < 4
    os.kill(int(ended.stdout), signal.SIGKILL)


def test_a_child_that_closes_its_streams_is_still_awaited():
    ended = run("import os, time; os.close(1); os.close(2); time.sleep(0.3); os._exit(5)")
    assert (ended.outcome, ended.ending.exit_status) == ("failed", 5) and ended.seconds >= 0.3


def test_stdin_is_closed_and_may_be_fed():
    assert run("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"
    assert run("import sys; print(len(sys.stdin.read()))", stdin_text="x" * 300_000).stdout == "300000\n"
    assert run("pass", stdin_text="x" * 300_000).outcome == "done"


def test_a_program_that_is_not_there():
    ended = child.run(["no-such-program-anywhere"], seconds=5)
    assert (ended.outcome, ended.ending.words) == ("not-found", "no-such-program-anywhere was not found")
    assert ended.missing.gap == "absent"


@posix
def test_a_program_that_may_not_be_run(tmp_path):
    (tmp_path / "text").write_text("hello")
    ended = child.run([str(tmp_path / "text")], seconds=5)
    assert (ended.outcome, ended.missing.gap) == ("denied", "denied")
    (tmp_path / "text").chmod(0o755)
    (tmp_path / "text").write_bytes(b"\x7fELF\0garbage")
    assert child.run([str(tmp_path / "text")], seconds=5).outcome == "not-started"
    assert child.run([str(tmp_path)], seconds=5).outcome == "denied"


@pytest.mark.parametrize("word", ["a\0b", "x" * 10_000_000])
def test_words_that_no_program_can_be_given(word):
    assert child.run([sys.executable, "-c", "pass", word], seconds=5).outcome in ("not-started", "done")


def test_a_working_folder_that_is_gone_is_not_a_missing_program(tmp_path):
    ended = run("pass", cwd=str(tmp_path / "gone"))
    assert ended.outcome == "not-started" and "gone" in ended.ending.words and ended.missing.gap == "broken"


def test_the_environment_is_the_one_given():
    assert run("import os; print(os.environ.get('ONLY'))", env={**os.environ, "ONLY": "this"}).stdout == "this\n"


def test_many_hanging_children_side_by_side_cost_their_deadline_once():
    began = time.monotonic()
    ended = child.run_all([[sys.executable, "-S", "-c", "import time; time.sleep(60)"]] * 12, seconds=1.5)
    assert {one.outcome for one in ended} == {"timed-out"}
    assert time.monotonic() - began < 6


def test_results_come_in_the_order_of_the_calls_and_a_defect_is_raised_where_it_was_asked_for():
    assert child.side_by_side([lambda: time.sleep(0.1) or 1, lambda: 2]) == [1, 2]
    assert child.side_by_side([]) == []
    with pytest.raises(ZeroDivisionError):
        child.side_by_side([lambda: 1, lambda: 1 // 0])


@posix
def test_all_that_still_run_can_be_ended_at_once():
    pids: list[int] = []
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"

    def one() -> None:
        pids.append(int(run(code).stdout))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    # Each must have come far enough to have written its number.
    until = time.monotonic() + 10
    while time.monotonic() < until and sum(process.status() == "sleeping" for process in _children()) < 4:
        time.sleep(0.05)
    time.sleep(0.3)
    child.kill_all()
    for thread in threads:
        thread.join(5)
    assert len(pids) == 4 and all(is_gone(pid) for pid in pids)


def _children() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "time.sleep(60)" in " ".join(process.cmdline()):
                found.append(process)
    return found


@posix
def test_an_interruption_takes_the_child_with_it(tmp_path):
    code = f"""
import sys
from dlcheck.model.gaps import LIMITED
from dlcheck.observe import child, streams
child.run([sys.executable, "-c", "import os, time; open({str(tmp_path / "pid")!r}, 'w').write(str(os.getpid())); time.sleep(60)"], seconds=60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    until = time.monotonic() + 15
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert b"KeyboardInterrupt" in stderr
    assert is_gone(int((tmp_path / "pid").read_text()))


@posix
def test_a_thread_that_cannot_be_had_leaves_no_child(monkeypatch):
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def remember(*words, **more):
        started.append(real(*words, **more))
        return started[0]

    def refuse(*_words):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(child.subprocess, "Popen", remember)
    monkeypatch.setattr(child, "Stream", refuse)
    with pytest.raises(RuntimeError):
        run("import time; time.sleep(60)")
    assert started[0].returncode is not None
    for pipe in (started[0].stdout, started[0].stderr):
        pipe.close()


@pytest.mark.parametrize(
    ("code", "system", "name", "words"),
    [
        (0, "linux", "", "exited with status 0"),
        (134, "linux", "", "exited with status 134"),
        (-11, "linux", "SIGSEGV", "killed by SIGSEGV (invalid memory access)"),
        (-7, "linux", "SIGBUS", "killed by SIGBUS (memory that is not there: often a full /dev/shm or disk)"),
        (-10, "darwin", "SIGBUS", "killed by SIGBUS (memory that is not there)"),
        (-63, "linux", "signal 63", "killed by signal 63"),
        (3221225477, "win32", "0xC0000005", "crashed with 0xC0000005 (invalid memory access (access violation))"),
        (-1073741819, "win32", "0xC0000005", "crashed with 0xC0000005 (invalid memory access (access violation))"),
        (3221225501, "win32", "0xC000001D", "crashed with 0xC000001D (an instruction this processor does not have)"),
        (3221225781, "win32", "0xC0000135", "crashed with 0xC0000135 (a DLL was not found)"),
        (3221226505, "win32", "0xC0000409", "crashed with 0xC0000409 (it gave up: a fast-fail or abort())"),
        (3221225999, "win32", "0xC000020F", "crashed with 0xC000020F"),
        (1, "win32", "", "exited with status 1"),
        (9009, "win32", "", "exited with status 9009"),
    ],
)
def test_ends_in_words(code, system, name, words):
    assert describe(code, system) == (name, words)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EMFILE, "Too many open files"), True), (OSError(errno.EAGAIN, "try again"), True),
        (OSError(errno.ENOMEM, "no memory"), True), (MemoryError(), True), (RuntimeError("can't start new thread"), True),
        (OSError(errno.ENOENT, "not there"), False), (RuntimeError("other"), False), (ValueError(), False),
    ],
)  # fmt: skip
def test_what_says_that_there_may_be_no_more(error, said):
    assert (LIMITED in child.limited(error)) is said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_program_that_may_not_be_started_for_want_of_files():
    code = (
        "import resource, sys; from dlcheck.observe import child; import psutil, subprocess, selectors\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))\n"
        "ended = child.run([sys.executable, '-c', ''], seconds=10)\n"
        "print(ended.outcome, ended.missing.gap, ended.missing.why)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("not-started broken "), done.stderr
    assert LIMITED in done.stdout
