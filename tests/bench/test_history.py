"""The history under torture: many writers, writers that are killed, files that are none."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest

from dlcheck.bench import history
from dlcheck.model.documents import encode
from tests.benches import CPU_BENCH, GPU_BENCH, HOSTILE

WRITER = """
import sys
from pathlib import Path
from dlcheck.bench import history
from dlcheck.model.documents import decode_bench
bench = decode_bench(Path(sys.argv[2]).read_bytes())
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    history.save(bench, f"{sys.argv[3]}-{number}", Path(sys.argv[1]))
    print(number, flush=True)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "dlcheck" / "bench.sqlite3"


@pytest.fixture
def writer(tmp_path, file):
    """Start a process that keeps so many runs."""
    program, document = tmp_path / "writer.py", tmp_path / "bench.json"
    program.write_text(textwrap.dedent(WRITER))
    document.write_bytes(encode(GPU_BENCH))
    started = []

    def start(name, count):
        child = subprocess.Popen(
            [sys.executable, program, file, document, name, str(count)], stdout=subprocess.PIPE, text=True
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        child.stdout.close()


def test_nothing_was_kept_yet(file):
    assert history.kept(file) == []
    assert history.load("x", file) is None
    assert not file.parent.exists()


def test_what_was_kept_comes_back(file):
    assert history.save(CPU_BENCH, "laptop", file) == 1
    assert history.save(GPU_BENCH, "", file) == 2
    assert history.save(HOSTILE, "laptop", file) == 3

    assert [(run.number, run.name) for run in history.kept(file)] == [(1, "laptop"), (2, ""), (3, "laptop")]
    assert history.kept(file)[1].machine == "AMD Ryzen 9 7950X 16-Core Processor, NVIDIA GeForce RTX 4090"
    assert history.load("laptop", file) == HOSTILE
    assert history.load("#1", file) == CPU_BENCH
    assert history.load("2", file) == GPU_BENCH
    for absent in ("x", "#4", "#", "99999999999999999999", "' OR 1=1 --"):
        assert history.load(absent, file) is None


def test_a_name_that_is_a_number_is_a_name_first(file):
    history.save(CPU_BENCH, "a", file)
    history.save(GPU_BENCH, "1", file)

    assert history.load("1", file) == GPU_BENCH
    assert history.load("#1", file) == CPU_BENCH


def test_writers_at_the_same_moment_lose_nothing(file, writer):
    children = [writer(f"writer{number}", 8) for number in range(4)]

    assert [child.wait(timeout=60) for child in children] == [0] * 4
    assert sorted(run.name for run in history.kept(file)) == sorted(
        f"writer{w}-{n}" for w in range(4) for n in range(8)
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_at_any_moment_leaves_what_was_kept_and_a_store_that_can_be_written(file, writer):
    kept = set()
    for number in range(8):
        child = writer(f"killed{number}", 10_000)
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.003 * number)
        child.send_signal(signal.SIGKILL)
        kept |= {
            f"killed{number}-{line.strip()}" for line in child.stdout.read().splitlines() if line.strip().isdigit()
        }
        child.wait()

        names = {run.name for run in history.kept(file)}
        # What was told to be kept is there; beside it at most one that was written and not yet told.
        assert kept <= names
        assert len(names) <= len(kept) + number + 1
        assert all(history.load(name, file) == GPU_BENCH for name in sorted(names)[-2:])
    with sqlite3.connect(file) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    history.save(CPU_BENCH, "after", file)
    assert history.load("after", file) == CPU_BENCH


def test_an_empty_file_is_a_history_without_runs(file):
    file.parent.mkdir(parents=True)
    file.touch()

    assert history.kept(file) == []
    assert history.load("x", file) is None
    assert history.save(CPU_BENCH, "x", file) == 1


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_none_is_said_and_left_alone(file, content):
    file.parent.mkdir(parents=True)
    file.write_bytes(content)

    for use in (
        history.kept,
        history.prepare,
        lambda file: history.save(CPU_BENCH, "x", file),
        lambda file: history.load("x", file),
    ):
        with pytest.raises(history.HistoryError, match=r"cannot be used: .*; move it away"):
            use(file)
    assert file.read_bytes() == content


def test_somebody_elses_database_is_left_alone(file):
    file.parent.mkdir(parents=True)
    with sqlite3.connect(file) as store:
        store.execute("CREATE TABLE bookmarks (url TEXT)")
    store.close()

    with pytest.raises(history.HistoryError, match=r"is no history of dlcheck's"):
        history.save(CPU_BENCH, "x", file)


def test_a_newer_history_is_refused(file):
    history.save(CPU_BENCH, "x", file)
    with sqlite3.connect(file) as store:
        store.execute("PRAGMA user_version = 2")
    store.close()

    for use in (history.kept, history.prepare):
        with pytest.raises(history.HistoryError, match=r"newer dlcheck: update dlcheck"):
            use(file)


def test_a_damaged_run_is_said(file):
    history.save(CPU_BENCH, "x", file)
    with sqlite3.connect(file) as store:
        store.execute("UPDATE run SET document = '{'")
    store.close()

    with pytest.raises(history.HistoryError, match=r"the run 'x' in .*: it is no dlcheck document"):
        history.load("x", file)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(history.HistoryError, match="cannot be used"):
        history.save(CPU_BENCH, "x", tmp_path / "data" / "dlcheck" / "bench.sqlite3")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_history_that_may_only_be_read_can_be_read(file):
    history.save(CPU_BENCH, "x", file)
    file.chmod(0o400)

    assert history.load("x", file) == CPU_BENCH
    with pytest.raises(history.HistoryError):
        history.save(CPU_BENCH, "y", file)


def test_it_lies_in_the_folder_for_the_persons_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert history.default_file().name == "bench.sqlite3"
    assert "dlcheck" in history.default_file().parts
