from datetime import date

import pytest

from dlcheck.judge.engine import Selection, judge
from dlcheck.model.gaps import unseen
from dlcheck.model.profile import BenchFloor, Regrade
from dlcheck.model.report import Report
from tests.facts import BEGINNER, MEMORY, change, findings, machine, report, status

NO_GIT = machine(git=unseen("absent"))


def graded(grade, check="git-missing"):
    return change(
        BEGINNER, grades=(Regrade(check=check, grade=grade, reason="shared machine", expires=date(2027, 1, 31)),)
    )


@pytest.mark.parametrize(
    ("grade", "verdict"),
    [("fail", "not-ready"), ("warn", "ready-with-warnings"), ("note", "ready"), ("off", "ready")],
)
def test_a_check_is_graded_as_the_profile_says(grade, verdict):
    (finding,) = findings("git-missing", NO_GIT, graded(grade))

    assert finding.status == ("skip" if grade == "off" else grade)
    assert report(NO_GIT, graded(grade)).verdict == verdict
    assert "until 2027-01-31: shared machine" in finding.evidence[-1]


def test_a_stricter_grade_outweighs_what_the_case_allows_at_most():
    little = machine(memory=change(MEMORY, total_bytes=6 * 2**30))

    assert status("ram-below-minimum", little) == "warn"
    assert status("ram-below-minimum", little, graded("fail", "ram-below-minimum")) == "fail"


def test_what_passes_is_not_touched_by_a_grade():
    assert findings("git-missing", machine(), graded("fail")) == findings("git-missing", machine())


def test_what_cannot_be_told_counts_by_the_grade():
    hung = machine(git=unseen("timed-out", "no answer"))

    both = change(BEGINNER, grades=(*graded("note").grades, *graded("note", "commit-fails").grades))

    assert report(hung).verdict == "unknown"
    assert report(hung, both).verdict == "ready-with-warnings"  # of the hang itself


def test_only_and_skip_of_a_profile():
    node = change(BEGINNER, only=("system",), skip=("git-missing",))
    judged = report(NO_GIT, node)

    assert {one.pillar for one in judged.findings if one.status != "skip"} == {"system"}
    assert judged.verdict == "ready"
    assert "asked for" in judged.summary


def strictly(profile, snapshot=None) -> Report:
    return judge(snapshot or machine(), profile, strict=True)


def left_out(judged):
    return {one.subject for one in judged.findings if one.id == "check-left-out" and one.status == "fail"}


def test_a_skip_outside_the_list_is_red_under_strict_alone():
    nothing_allowed = change(BEGINNER, allowed_skips=())
    skipped = {one.id for one in report(machine()).findings if one.status == "skip"} - {"check-left-out"}

    assert left_out(strictly(nothing_allowed)) == skipped
    assert strictly(nothing_allowed).verdict == "not-ready"
    assert report(machine(), nothing_allowed).verdict == "ready"
    assert left_out(strictly(BEGINNER)) == set()


def test_allowed_skips_are_ids_pillars_and_patterns():
    skipped = [one for one in report(machine()).findings if one.status == "skip" and one.id != "check-left-out"]
    by_id = change(BEGINNER, allowed_skips=tuple(one.id for one in skipped))
    by_pillar = change(BEGINNER, allowed_skips=("system", "python"))
    by_pattern = change(BEGINNER, allowed_skips=("*gpu*",))

    assert left_out(strictly(by_id)) == set()
    assert left_out(strictly(by_pillar)) == {one.id for one in skipped if one.pillar not in ("system", "python")}
    assert left_out(strictly(by_pattern)) == {one.id for one in skipped if "gpu" not in one.id}
    assert left_out(strictly(change(BEGINNER, allowed_skips=("*",)))) == set()


def test_what_the_person_leaves_out_is_a_skip_too_and_what_the_profile_does_is_none():
    listed = change(BEGINNER, allowed_skips=("*",), skip=("git-missing",))
    judged = judge(machine(), change(listed, allowed_skips=()), Selection(skip=("ram-below-minimum",)), strict=True)

    assert "ram-below-minimum" in left_out(judged)
    assert "git-missing" not in left_out(judged)


def test_the_doctor_lists_floors_of_the_benchmark_as_left_out():
    floors = (
        BenchFloor(device="cuda:0", dtype="bf16", tflops=150),
        BenchFloor(percent_of_peak=50),
        BenchFloor(times_cpu=20),
    )
    told = findings("bench-below-floor", machine(), change(BEGINNER, bench=floors))

    assert [(one.status, one.evidence[0]) for one in told] == [
        ("skip", "cuda:0 bf16: at least 150 TFLOP/s: measured by dlcheck bench --profile beginner"),
        ("skip", "the fastest device fp32: at least 50 % of the peak: measured by dlcheck bench --profile beginner"),
        ("skip", "the fastest device fp32: at least 20 times the CPU: measured by dlcheck bench --profile beginner"),
    ]
    assert status("bench-below-floor", machine()) == "skip"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("gpu-lost", True), ("gpu*", True), ("*lost", True), ("g*-*t", True), ("*", True), ("**", True), ("gpu", False), ("*x*", False),
     ("gpu-lost*t", False), ("lost*", False), ("g.*", False), ("*a" * 5000, False), ("system", True), ("sys*", True)],
)  # fmt: skip
def test_patterns_of_allowed_skips(pattern, fits):
    from dlcheck.judge.checks.left_out import _matches

    assert _matches(pattern, "gpu-lost", "system") is fits
