"""An answer that is read while it is being written."""

from __future__ import annotations

import sys
import textwrap

import pytest

from dlcheck.observe import ask, child


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module of ours that answers slowly and never ends by itself."""
    (tmp_path / "slow_teller.py").write_text(
        textwrap.dedent(
            """
            import time

            def work(answer, asked):
                for number in range(asked["count"]):
                    answer.add("numbers", number)
                time.sleep(asked["then"])
            """
        )
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return "slow_teller"


def numbers(lines):
    return [line["item"] for line in lines if "add" in line]


def test_every_line_has_come_when_the_answer_is_there(program):
    lines: list[dict] = []
    answered = ask.ask_own(program, {"count": 50, "then": 0}, seconds=20, follow=lines.append)
    assert numbers(lines) == list(range(50)) == answered.facts["numbers"]
    assert answered.finished


def test_what_was_said_before_an_interruption_has_come(program, monkeypatch):
    lines: list[dict] = []
    real_run = child.run

    def interrupted(*args, **named):
        real_run(*args, **{**named, "seconds": 1.5})
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask.ask_own(program, {"count": 50, "then": 60}, seconds=20, follow=lines.append)
    assert numbers(lines) == list(range(50))


def test_lines_come_while_the_child_still_runs(program):
    seen_before_the_end = []

    def follow(line):
        seen_before_the_end.append(line)
        if len(numbers(seen_before_the_end)) == 3:
            child.kill_all()

    answered = ask.ask_own(program, {"count": 3, "then": 60}, seconds=30, follow=follow)
    assert answered.ended.seconds < 20
    assert not answered.finished


def test_what_the_reader_raises_is_raised(program):
    def follow(line):
        raise LookupError(line["stage"])

    with pytest.raises(LookupError, match="starting"):
        ask.ask_own(program, {"count": 1, "then": 0}, seconds=20, follow=follow)
