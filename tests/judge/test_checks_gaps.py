"""No check breaks on a gap, and none turns one into good news."""

import pytest

from dlcheck.model.gaps import unseen
from dlcheck.model.snapshot import PROBES
from tests.facts import change, gpu_machine, machine, report


@pytest.mark.parametrize("gap", ["absent", "denied", "broken", "timed-out", "crashed", "not-looked"])
@pytest.mark.parametrize("make", [machine, gpu_machine])
def test_every_group_of_facts_may_be_missing(make, gap):
    whole = make()
    for name in PROBES:
        assert report(change(whole, **{name: unseen(gap, "x")})).defects == (), name


@pytest.mark.parametrize("gap", ["absent", "denied", "broken", "timed-out", "crashed"])
def test_without_an_interpreter_nothing_is_ready(gap):
    assert report(change(machine(), interpreter=unseen(gap, "x"))).verdict == "not-ready"


def test_nothing_but_passes_on_a_healthy_machine():
    for whole in (machine(), gpu_machine()):
        assert {one.id for one in report(whole).findings if one.status not in ("pass", "skip", "note")} == set()
