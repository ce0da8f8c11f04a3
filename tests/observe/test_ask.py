"""Answers of workers: whole, torn, garbage, huge; and how they become facts or gaps."""

from __future__ import annotations

import os
import sys

import msgspec
import pytest

from dlcheck.model.gaps import NOT_LOOKED, Ending, Maybe, Missing
from dlcheck.observe import ask, child


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A group of facts such as a worker brings."""

    name: str
    size: Maybe[int] = NOT_LOOKED
    words: tuple[str, ...] = ()


DONE = child.Ended(outcome="done", ending=Ending(words="exited with status 0", exit_status=0))
CRASHED = child.Ended(outcome="crashed", ending=Ending(words="killed by SIGSEGV", signal="SIGSEGV"))
HUNG = child.Ended(outcome="timed-out", ending=Ending(words="no answer after 2 s", busy=False))


def read(tmp_path, answer: bytes | str, ended: child.Ended = DONE) -> ask.Answered:
    path = tmp_path / "answer"
    path.write_bytes(answer if isinstance(answer, bytes) else answer.encode())
    return ask._read(path, ended)


def test_a_whole_answer(tmp_path):
    told = '{"stage": "looking"}\n{"facts": {"name": "a", "size": 5}}\n{"add": "words", "item": "x"}\n{"done": true}\n'
    found = ask.probed(read(tmp_path, told), Facts)
    assert found.value == Facts(name="a", size=5, words=("x",))
    assert found.ending is None


def test_a_torn_answer_keeps_what_was_said_before(tmp_path):
    told = '{"stage": "importing torch"}\n{"facts": {"name": "a"}}\n{"facts": {"size": 5'
    found = ask.probed(read(tmp_path, told, CRASHED), Facts)
    assert found.value is not None and found.value.name == "a"
    assert found.value.size == Missing("crashed", "killed by SIGSEGV while importing torch")
    assert found.ending is not None and found.ending.stage == "importing torch"


def test_a_child_that_hung_before_it_said_anything(tmp_path):
    found = ask.probed(read(tmp_path, "", HUNG), Facts)
    assert found.missing == Missing("timed-out", "no answer after 2 s")


def test_no_answer_file_at_all(tmp_path):
    found = ask.probed(ask._read(tmp_path / "none", DONE), Facts)
    assert found.missing == Missing("broken", "exited with status 0, without an answer")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\n" * 50,
        b'[1, 2, 3]\n5\nnull\n"text"\n',
        b"[" * 100_000 + b"\n",
        b'{"facts": 5}\n{"facts": [1]}\n{"missing": 3}\n{"missing": {"gap": "nonsense"}}\n{"details": []}\n',
        b'{"facts": {"words": "text"}}\n{"add": "words", "item": 1}\n{"add": ["a"], "item": 1}\n',
        b'{"missing": {"gap": "broken", "why": "no"}, "details": "text"}\n',
        b'{"facts": {"name": 5, "size": "many"}}\n{"done": true}\n',
        b'{"too_old": [], "x": 1}\n',
        b'{"stage": {"deep": [1]}}\n',
        ('{"facts": {"name": "a", "size": ' + "9" * 6000 + "}}\n").encode(),
    ],
)
def test_garbage_is_a_gap_and_no_exception(tmp_path, garbage):
    found = ask.probed(read(tmp_path, garbage), Facts)
    assert found.missing is not None and found.missing.gap in ("broken", "absent")


def test_an_answer_of_a_hundred_megabytes_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(ask, "MAX_ANSWER_BYTES", 1_000_000)
    told = b'{"facts": {"name": "' + b"x" * 2_000_000 + b'"}}\n{"done": true}\n'
    found = ask.probed(read(tmp_path, told), Facts)
    assert found.missing == Missing("broken", "exited with status 0, with an answer too long to be read")


def test_an_answer_that_reads_but_does_not_fit_says_where(tmp_path):
    found = ask.probed(read(tmp_path, '{"facts": {"name": "a", "size": "many"}}\n{"done": true}\n'), Facts)
    assert found.missing is not None and found.missing.gap == "broken" and "$.size" in found.missing.why


def test_the_workers_own_word_comes_first(tmp_path):
    told = '{"missing": {"gap": "absent", "why": "no torch"}, "details": {"kind": "ImportError"}}\n{"done": true}\n'
    found = ask.probed(read(tmp_path, told), Facts)
    assert found.missing is not None and (found.missing.gap, found.missing.why) == ("absent", "no torch")
    assert found.ending is None


WORKER = """
import os, sys, time

def work(answer, asked):
    answer.stage("working")
    answer.facts(name="a")
    if asked["do"] == "sleep":
        time.sleep(60)
    if asked["do"] == "flood":
        left = 100
        while left:
            print("x" * 1_000_000)
            left -= 1
    if asked["do"] == "huge":
        for _ in range(100):
            answer.add("words", "x" * 1_000_000)
    if asked["do"] == "garbage":
        with open(answer.path, "ab") as file:
            file.write(os.urandom(5000))
        os._exit(0)
    if asked["do"] == "raise":
        raise ValueError("no")
    if asked["do"] == "crash":
        os.abort()
    answer.facts(size=5)
"""


def asked(tmp_path, monkeypatch, do: str, seconds: float = 20.0):
    (tmp_path / "rude_worker.py").write_text(WORKER)
    monkeypatch.syspath_prepend(str(tmp_path))
    return ask.probed(ask.ask_own("rude_worker", {"do": do}, seconds=seconds), Facts)


def test_a_worker_of_our_own_that_ends_well(tmp_path, monkeypatch):
    found = asked(tmp_path, monkeypatch, "nothing")
    assert found.value == Facts(name="a", size=5) and found.ending is None and found.seconds > 0


@pytest.mark.parametrize(
    ("do", "gap"),
    [
        ("raise", "broken"),
        ("garbage", "broken"),
        pytest.param("crash", "crashed", marks=pytest.mark.skipif(os.name != "posix", reason="signals")),
    ],
)
def test_a_worker_that_ends_badly_keeps_what_it_said(tmp_path, monkeypatch, do, gap):
    found = asked(tmp_path, monkeypatch, do)
    assert found.value is not None and found.value.name == "a"
    assert isinstance(found.value.size, Missing) and found.value.size.gap == gap
    assert found.ending is not None and found.ending.stage == "working"


def test_a_worker_that_hangs_shows_where(tmp_path, monkeypatch):
    found = asked(tmp_path, monkeypatch, "sleep", seconds=2.5)
    assert found.value is not None and isinstance(found.value.size, Missing) and found.value.size.gap == "timed-out"
    assert found.ending is not None and found.ending.busy is False
    assert "in work" in found.ending.stack and "rude_worker.py" in found.ending.stack


def test_a_worker_that_prints_a_hundred_megabytes_is_heard(tmp_path, monkeypatch):
    assert asked(tmp_path, monkeypatch, "flood").value == Facts(name="a", size=5)


def test_a_worker_that_answers_a_hundred_megabytes_is_a_gap_in_time(tmp_path, monkeypatch):
    found = asked(tmp_path, monkeypatch, "huge")
    assert found.value is not None and found.value.size == Missing(
        "broken", "exited with status 0, with an answer too long to be read while working"
    )


def test_no_temporary_folder_stays_behind(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(ask.tempfile, "tempdir", str(tmp_path / "tmp"))
    for do in ("nothing", "raise"):
        asked(tmp_path, monkeypatch, do)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_an_interpreter_that_is_not_there():
    found = ask.probed(ask.ask("/no/such/python", "packages", {}, seconds=5), Facts)
    assert found.missing is not None and found.missing.gap == "absent"


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_an_interpreter_that_is_none(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho Python 3.12\n")
    fake.chmod(0o755)
    found = ask.probed(ask.ask(str(fake), "packages", {}, seconds=5), Facts)
    assert found.missing == Missing("broken", "exited with status 0, without an answer")


def test_a_worker_that_does_not_exist():
    found = ask.probed(ask.ask(sys.executable, "no_such_worker", {}, seconds=20), Facts)
    assert found.missing is not None and found.missing.gap == "broken"
    assert found.ending is not None and "no_such_worker" in found.ending.stderr_tail


@pytest.mark.skipif(os.name == "nt", reason="Windows has no alarm")
def test_a_worker_whose_parent_is_killed_ends_itself_after_a_while(tmp_path, monkeypatch):
    (tmp_path / "told_its_end.py").write_text(
        "import signal\ndef work(answer, asked):\n    answer.facts(left=signal.getitimer(signal.ITIMER_REAL)[0])\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    answered = ask.ask_own("told_its_end", {}, seconds=20.0)
    assert 20 < answered.facts["left"] < 60
