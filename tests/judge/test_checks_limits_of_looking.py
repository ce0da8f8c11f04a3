"""What dlcheck itself was refused tells nothing of the machine: no failure of Python's, of git's or of a disk's."""

import pytest

from dlcheck.model.gaps import LIMITED, Missing, Probed, unseen
from dlcheck.model.snapshot import PROBES
from tests.facts import GIT, MEMORY, STORAGE, change, findings, machine, report, roots, status

REFUSED = unseen("broken", f"{LIMITED} (can't start new thread)")
WORDS = Missing("broken", f"python could not be started: {LIMITED} (Too many open files)")


@pytest.mark.parametrize("name", ["interpreter", "packages", "torch", "numerics", "memory", "storage", "git"])
def test_what_was_refused_is_unknown_and_has_one_cause(name):
    said = report(machine(**{name: REFUSED}))
    assert said.verdict == "unknown"
    assert said.root_causes == ("probe-not-started",)
    assert said.summary.endswith(f"ready: this session's limits are too low to look at the machine ({name}).")


def test_a_session_in_which_nothing_can_be_started():
    said = report(machine(**dict.fromkeys(PROBES, REFUSED)))
    assert (said.verdict, said.root_causes) == ("unknown", ("probe-not-started",))


def test_a_trial_that_was_refused_is_no_failure():
    refused = machine(git=change(GIT, trial_commit=WORDS), storage=change(STORAGE, trial_write=WORDS))
    assert (status("commit-fails", refused), status("data-set-not-writable", refused)) == ("unknown", "unknown")
    broken = Missing("broken", "No space left on device")
    assert status("data-set-not-writable", machine(storage=change(STORAGE, trial_write=broken))) == "fail"


def test_the_limit_that_is_known_is_the_cause():
    tight = change(MEMORY, address_space_limit_bytes=2**29)
    ended = unseen("broken", "exited with status 1, without an answer while importing torch")
    assert roots(machine(memory=tight, torch=REFUSED)) == ["address-space-limited"]
    assert findings("torch-import-fails", machine(memory=tight, torch=ended))[0].status in ("fail", "unknown")


def test_other_gaps_are_not_taken_for_a_limit():
    assert status("probe-not-started", machine(git=unseen("broken", "no"))) == "pass"
    assert roots(machine(interpreter=unseen("broken", "exited with status 1"))) == ["python-does-not-start"]


def test_a_probe_of_ours_that_failed_says_nothing_of_python():
    ours = Probed(missing=Missing("broken", "TypeError: of ours", "defect"))
    assert status("python-does-not-start", machine(interpreter=ours)) == "unknown"
    assert report(machine(interpreter=ours)).defects
