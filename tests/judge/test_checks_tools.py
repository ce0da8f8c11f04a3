from dlcheck.model.gaps import unseen
from tests.facts import machine, report, roots, status


def test_missing_git_is_a_failure_with_its_name():
    broken = machine(git=unseen("absent"))

    assert roots(broken) == ["git-missing"]
    assert report(broken).summary == "Not ready: git is not installed."


def test_git_that_is_there_is_silent():
    assert status("git-missing", machine()) == "pass"


def test_git_that_hangs_is_unknown_and_not_green():
    assert report(machine(git=unseen("timed-out", "no answer after 60 s"))).verdict == "unknown"
