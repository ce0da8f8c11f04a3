"""Nothing is ready because nobody looked: groups of facts that could have shown a failure and are not there."""

import pytest

from dlcheck.cli.status import of as exit_status
from dlcheck.judge.engine import Selection, judge
from dlcheck.model.gaps import seen, unseen
from dlcheck.model.python import Packages
from dlcheck.model.snapshot import Snapshot
from tests.facts import BEGINNER, EXPECTS_CUDA, NUMERICS, change, exercise, gpu_machine, machine, report

NEEDED = ("os", "cpu", "memory", "storage", "git", "interpreter", "packages", "requirements", "numerics", "torch")


@pytest.mark.parametrize("name", NEEDED)
def test_a_group_that_nobody_looked_at_leaves_it_open(name):
    said = report(machine(**{name: unseen("not-looked")}))
    assert (said.verdict, exit_status(said)) == ("unknown", 3)
    assert said.summary.endswith(f"nobody looked at {name}.")


@pytest.mark.parametrize("name", ["os", "cpu", "memory", "storage", "packages", "requirements", "numerics"])
def test_what_every_machine_has_cannot_be_absent(name):
    said = report(machine(**{name: unseen("absent", "there is no /proc")}))
    assert said.verdict == "unknown"
    assert said.summary.endswith(f"{name}: not there: there is no /proc.")


def test_an_empty_snapshot_is_not_ready():
    said = report(Snapshot())
    assert (said.verdict, exit_status(said)) == ("unknown", 3)
    assert "nobody looked at os, cpu and" in said.summary


@pytest.mark.parametrize("name", ["pythons", "tools", "cloud", "conda", "jupyter"])
def test_what_could_only_warn_leaves_nothing_open(name):
    assert report(machine(**{name: unseen("not-looked")})).verdict == "ready"


def test_quick_leaves_out_the_frameworks_on_purpose():
    left_out = unseen("not-looked", "left out by --quick")
    names = ("numerics", "torch", "tensorflow", "jax", "torch_xla", "libraries")
    quick = change(machine(**dict.fromkeys(names, left_out)), depth="quick")
    assert report(quick).verdict == "ready"
    assert report(change(quick, packages=unseen("not-looked"))).verdict == "unknown"


def test_the_libraries_of_a_profile_are_imported_under_deep_alone():
    assert report(machine()).snapshot.libraries.missing is not None
    assert report(change(machine(), depth="deep")).verdict == "unknown"


def test_only_what_was_asked_for_must_have_been_looked_at():
    snapshot = machine(memory=unseen("not-looked"))
    assert judge(snapshot, BEGINNER, Selection(only=("git-missing",))).verdict == "ready"
    assert judge(snapshot, BEGINNER, Selection(only=("ram-below-minimum",))).verdict == "unknown"
    assert judge(snapshot, BEGINNER, Selection(skip=("system",))).verdict == "ready"


@pytest.mark.parametrize("name", ["nvidia", "cuda_driver", "pci"])
def test_an_accelerator_that_must_work_was_looked_at_by_the_framework_that_computed_on_it(name):
    assert report(gpu_machine(**{name: unseen("not-looked")}), EXPECTS_CUDA).verdict in ("ready", "unknown")
    assert report(machine(**{name: unseen("not-looked")}), EXPECTS_CUDA).verdict == "not-ready"


def test_what_was_not_imported_is_named():
    left_out = unseen("not-looked", "only with --deep")
    assert "whether jupyter can be imported (only with --deep)" in report(machine(libraries=left_out)).not_looked_at
    bare = machine(libraries=left_out, requirements=seen(()), packages=Packages(), jupyter=unseen("absent"))
    assert "whether" not in " ".join(report(bare).not_looked_at)
    nothing_else = change(BEGINNER, required=("numpy", "torch"))
    assert report(machine(libraries=left_out), nothing_else).not_looked_at == ()


def test_calculations_that_were_left_out_are_told():
    few = exercise("hypothesis-test", "t-tests", "scipy", outcome="left-out", got="too few cores")
    long = exercise("vector-products", "long", "numpy", outcome="left-out", got="")
    numerics = change(NUMERICS, exercises=(*NUMERICS.exercises, few, long))
    said = report(machine(numerics=numerics)).not_looked_at
    assert said[-2:] == ("what scipy calculates (too few cores)", "the longer calculations (only with --deep)")
