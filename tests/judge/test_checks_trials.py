"""A trial commit and a trial file, judged."""

import pytest

from dlcheck.model.gaps import Missing
from tests.facts import BEGINNER, GIT, STORAGE, change, findings, machine, report, roots, status


def test_a_commit_that_works_is_silent():
    assert status("commit-fails", machine()) == "pass"


@pytest.mark.parametrize(
    "trial", [False, Missing("broken", "git init exited with status 128: fatal: bad config line 1")]
)
def test_a_commit_that_fails_is_told_in_git_s_words(trial):
    snapshot = machine(git=change(GIT, trial_commit=trial))

    assert roots(snapshot) == ["commit-fails"]
    if trial:
        assert findings("commit-fails", snapshot)[0].evidence == (trial.why,)


def test_where_git_is_not_required_it_is_a_warning():
    without = change(BEGINNER, tools_required=())
    snapshot = machine(git=change(GIT, trial_commit=Missing("broken", "fatal")))

    assert status("commit-fails", snapshot, without) == "warn"


@pytest.mark.parametrize(("gap", "expected"), [("timed-out", "unknown"), ("not-looked", "skip")])
def test_a_commit_that_nobody_saw_is_not_passed(gap, expected):
    assert status("commit-fails", machine(git=change(GIT, trial_commit=Missing(gap)))) == expected


def test_a_data_set_that_was_written_is_told_with_its_place():
    (finding,) = findings("data-set-not-writable", machine())

    assert (finding.status, finding.evidence) == ("pass", ("256 MB for /home/ada/.cache/huggingface, in 0.10 s",))


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (Missing("broken", "/home/ada/.cache: No space left on device"), "fail"),
        (Missing("denied", "/home/ada/.cache: Permission denied"), "warn"),
        (Missing("timed-out", "no answer after 10 s"), "unknown"),
        (Missing("not-looked", "left out by --quick"), "skip"),
        (8 * 2**20, "pass"),
    ],
)
def test_a_data_set_is_as_grave_as_what_stands_in_its_way(trial, expected):
    snapshot = machine(storage=change(STORAGE, trial_write=trial))

    assert status("data-set-not-writable", snapshot) == expected
    if expected in ("fail", "warn"):
        assert trial.why in findings("data-set-not-writable", snapshot)[0].evidence[0]
        assert report(snapshot).root_causes == ("data-set-not-writable",)
