"""What is said of the exercises: right only where something was calculated and nothing of it is wrong."""

import pytest

from dlcheck.judge.engine import all_checks
from dlcheck.model.devices import ArrayDevice
from dlcheck.model.frameworks import ImportFailure, Numerics, TensorFlow
from dlcheck.model.gaps import Ending, Missing, seen, unseen
from tests.facts import (
    BEGINNER,
    EXPECTS_CUDA,
    NUMERICS,
    TORCH_CPU,
    TORCH_CUDA,
    change,
    distribution,
    exercise,
    findings,
    gpu_machine,
    machine,
    packages,
    report,
    roots,
    status,
)

CHECKS = {
    "python-basics": "python-basics-broken",
    "table-reading": "table-reading-broken",
    "figure-drawing": "figure-drawing-broken",
    "vector-products": "vector-products-wrong",
    "matrix-algebra": "matrix-algebra-wrong",
    "derivatives": "derivatives-wrong",
    "descriptive-statistics": "descriptive-statistics-wrong",
    "distributions": "distributions-wrong",
    "central-limit-theorem": "central-limit-theorem-wrong",
    "hypothesis-test": "hypothesis-test-wrong",
    "regression": "regression-wrong",
    "classification": "classification-wrong",
    "clustering": "clustering-wrong",
    "metrics": "metrics-wrong",
    "validation": "validation-wrong",
    "gradient-descent": "gradient-descent-diverges",
    "fitting": "fitting-wrong",
    "network": "network-does-not-learn",
}


def with_exercise(topic, **changes):
    """The healthy machine with one more exercise."""
    library = "torch" if topic == "network" else "numpy"
    one = exercise(topic, "dot-product", library, **changes)
    if library == "torch":
        return machine(torch=change(TORCH_CPU, exercises=(*TORCH_CPU.exercises, one)))
    return machine(numerics=change(NUMERICS, exercises=(*NUMERICS.exercises, one)))


@pytest.mark.parametrize(("topic", "check"), CHECKS.items())
def test_a_topic_passes_where_all_is_right(topic, check):
    assert status(check, machine()) == "pass"


@pytest.mark.parametrize(("topic", "check"), CHECKS.items())
def test_one_wrong_answer_fails_its_topic_and_no_other(topic, check):
    broken = with_exercise(topic, outcome="wrong", got="4")

    assert roots(broken) == [check]
    (finding,) = findings(check, broken)
    library = "PyTorch" if topic == "network" else "NumPy"
    assert finding.evidence == (f"{library}, dot product: got 4; right is 3",)
    assert finding.fixes[0].changes_packages


@pytest.mark.parametrize(("topic", "check"), CHECKS.items())
@pytest.mark.parametrize("outcome", ["left-out", "missing-library", "import-failed"])
def test_a_topic_of_which_nothing_was_calculated_is_never_passed(topic, check, outcome):
    exercises = (exercise(topic, "dot-product", "numpy", outcome=outcome, got="", needs="numpy"),)
    snapshot = machine(numerics=Numerics(exercises=exercises), torch=change(TORCH_CPU, exercises=exercises))

    assert status(check, snapshot) == ("unknown" if outcome == "import-failed" else "skip")


@pytest.mark.parametrize("check", CHECKS.values())
@pytest.mark.parametrize("gap", ["not-looked", "absent", "broken", "crashed", "timed-out", "denied"])
def test_nothing_is_green_because_nobody_looked(check, gap):
    snapshot = machine(numerics=unseen(gap), torch=unseen(gap), tensorflow=unseen(gap))

    assert status(check, snapshot) == ("skip" if gap in ("not-looked", "absent") else "unknown")


def test_every_topic_that_is_calculated_has_a_check():
    from dlcheck.observe.worker import numerics

    topics = {row[1] for subject in numerics.SUBJECTS for row in subject.EXERCISES}
    assert topics - {"numexpr"} == set(CHECKS) - {"network"}
    assert set(CHECKS.values()) <= set(all_checks())


def test_passed_evidence_names_each_answer_once_with_its_libraries():
    (finding,) = findings("vector-products-wrong", machine())

    assert finding.evidence == ("dot product 3: NumPy, PyTorch",)


def test_an_exception_of_a_library_that_is_not_needed_is_a_warning():
    assert status("hypothesis-test-wrong", with_exercise("hypothesis-test", outcome="error", got="boom")) == "fail"
    exercises = (*NUMERICS.exercises, exercise("hypothesis-test", "t-tests", "scipy", outcome="error", got="boom"))
    assert status("hypothesis-test-wrong", machine(numerics=change(NUMERICS, exercises=exercises))) == "warn"


def test_what_a_second_library_spoils_is_a_warning_that_upgrades_that_one():
    said = "ImportError: Pandas requires version '3.1.0' or newer of 'openpyxl' (version '3.0.5' currently installed)."
    one = exercise("table-reading", "excel-sheet", "pandas", outcome="error", got=said, needs="openpyxl")
    snapshot = machine(numerics=change(NUMERICS, exercises=(*NUMERICS.exercises, one)))

    (finding,) = findings("table-reading-broken", snapshot)
    assert (finding.status, finding.evidence) == ("warn", (f"pandas, excel sheet: {said}",))
    assert "--upgrade openpyxl" in finding.fixes[0].commands[-1].text


@pytest.mark.parametrize(("working", "expected"), [(False, "fail"), (True, "warn")])
def test_an_exception_of_one_of_two_frameworks_is_grave_where_it_is_the_only_one(working, expected):
    one = exercise("derivatives", "chain-rule", "torch", outcome="error", got="RuntimeError: no kernel")
    snapshot = machine(torch=change(TORCH_CPU, exercises=(one,)))
    if working:
        snapshot = change(snapshot, tensorflow=seen(TensorFlow(version="2.21.0")))

    assert status("derivatives-wrong", snapshot) == expected


@pytest.mark.parametrize(("profile", "expected"), [(BEGINNER, "warn"), (EXPECTS_CUDA, "fail")])
def test_a_wrong_answer_of_a_gpu_is_as_grave_as_the_gpu_is_wanted(profile, expected):
    one = exercise("matrix-algebra", "transpose", "torch", device="cuda:0", outcome="wrong", got="4")
    snapshot = gpu_machine(torch=change(TORCH_CUDA, exercises=(*TORCH_CUDA.exercises, one)))

    by_subject = {one.subject: one.status for one in findings("matrix-algebra-wrong", snapshot, profile)}
    assert by_subject == {"": "pass", "cuda:0": expected}


def test_a_right_answer_of_a_gpu_is_a_finding_of_its_own():
    one = exercise("matrix-algebra", "transpose", "torch", device="cuda:0")
    snapshot = gpu_machine(torch=change(TORCH_CUDA, exercises=(*TORCH_CUDA.exercises, one)))

    assert [(one.subject, one.status) for one in findings("matrix-algebra-wrong", snapshot)] == [
        ("", "pass"),
        ("cuda:0", "pass"),
    ]


def test_an_import_that_failed_is_one_problem_and_the_exercises_follow_from_it():
    exercises = tuple(
        exercise(topic, "x", library, outcome="import-failed", got="importing numpy: DLL load failed")
        for topic, library in (("vector-products", "numpy"), ("table-reading", "pandas"), ("fitting", "numpy"))
    )
    failed = {"numpy": ImportFailure(kind="ImportError", message="DLL load failed")}
    snapshot = machine(
        numerics=Numerics(exercises=exercises, failed_imports=failed),
        torch=change(TORCH_CPU, exercises=()),
    )

    assert roots(snapshot) == ["library-import-fails"]
    for check in ("vector-products-wrong", "table-reading-broken", "fitting-wrong"):
        (finding,) = findings(check, snapshot)
        assert (finding.status, finding.caused_by) == ("unknown", ("library-import-fails",))


def test_a_torch_that_crashes_leaves_its_exercises_unknown_and_those_of_numpy_right():
    ending = Ending(words="killed by SIGSEGV (invalid memory access)", signal="SIGSEGV", stage="importing torch")
    crashed = unseen("crashed", "killed by SIGSEGV while importing torch", ending=ending)
    snapshot = machine(torch=crashed)

    assert roots(snapshot) == ["torch-import-crashes"]
    found = {one.subject: one for one in findings("vector-products-wrong", snapshot)}
    assert found[""].status == "pass"
    assert (found["PyTorch"].status, found["PyTorch"].caused_by) == ("unknown", ("torch-import-crashes",))


def test_a_wrong_numpy_is_no_consequence_of_a_torch_that_crashes():
    one = exercise("vector-products", "dot-product", "numpy", outcome="wrong", got="4")
    ending = Ending(words="killed by SIGSEGV (invalid memory access)", signal="SIGSEGV", stage="importing torch")
    snapshot = machine(
        numerics=change(NUMERICS, exercises=(one,)),
        torch=unseen("crashed", "killed by SIGSEGV while importing torch", ending=ending),
    )

    assert set(roots(snapshot)) == {"torch-import-crashes", "vector-products-wrong"}


def test_a_torch_that_dies_between_two_exercises_is_unknown_for_those_that_did_not_come():
    ending = Ending(words="killed by SIGILL", signal="SIGILL", stage="calculating chain-rule with torch")
    torch = change(TORCH_CPU, exercises=TORCH_CPU.exercises[:2])
    snapshot = machine(torch=seen(torch, ending=ending))

    assert roots(snapshot) == ["torch-computing-crashes"]
    (finding,) = findings("network-does-not-learn", snapshot)
    assert (finding.status, finding.caused_by) == ("unknown", ("torch-computing-crashes",))
    assert status("vector-products-wrong", snapshot) == "pass"


def test_numerics_that_hang_leave_what_follows_unknown_by_their_check():
    ending = Ending(words="no answer after 60 s (it was doing nothing)", busy=False, stage="importing numpy")
    numerics = change(NUMERICS, exercises=NUMERICS.exercises[:1], imports={})
    snapshot = machine(numerics=seen(numerics, ending=ending))

    assert roots(snapshot) == ["numerics-hang"]
    assert status("python-basics-broken", snapshot) == "pass"
    (finding,) = findings("fitting-wrong", snapshot)
    assert (finding.status, finding.caused_by) == ("unknown", ("numerics-hang",))


@pytest.mark.parametrize(
    ("right", "detail"), [(False, "got [[4, 6], [9, 13]]"), (Missing("broken", "RuntimeError: no kernel"), "")]
)
def test_a_first_product_that_is_wrong_on_the_cpu_is_not_passed_over(right, detail):
    cpu = ArrayDevice(name="cpu", kind="cpu", product_right=right, product_detail=detail)
    snapshot = machine(torch=change(TORCH_CPU, devices=(cpu,), exercises=()))

    assert "matrix-algebra-wrong" in roots(snapshot)
    assert "PyTorch, a product on the CPU: " in findings("matrix-algebra-wrong", snapshot)[0].evidence[0]


def test_a_library_that_is_missing_is_skipped_and_says_where_to_look():
    exercises = (exercise("clustering", "k-means", "scikit-learn", outcome="missing-library", needs="scikit-learn"),)
    (finding,) = findings("clustering-wrong", machine(numerics=Numerics(exercises=exercises)))

    assert finding.evidence == ("needs scikit-learn, which is not installed: see required-package-missing",)


def test_openpyxl_that_is_missing_is_a_note_with_its_command():
    one = exercise("table-reading", "excel-sheet", "pandas", outcome="missing-library", needs="openpyxl")
    snapshot = machine(numerics=change(NUMERICS, exercises=(*NUMERICS.exercises, one)))

    found = {one.subject: one for one in findings("table-reading-broken", snapshot)}
    assert (found[""].status, found["openpyxl"].status) == ("pass", "note")
    assert "install" in found["openpyxl"].fixes[0].commands[-1].text
    assert report(snapshot).verdict == "ready"


def division(**changes):
    return exercise("numexpr", "division", "numexpr", expected="0 of 1250000 quotients wrong", **changes)


@pytest.mark.parametrize(
    ("numexpr", "numpy", "pandas", "computed", "expected"),
    [
        ("2.10.2", "2.3.5", "2.3.3", None, "fail"),
        ("2.10.2", "2.3.5", "2.3.3", "wrong", "fail"),
        ("2.10.2", "2.3.5", "3.0.2", None, "fail"),
        ("2.10.2", "2.3.5", "3.0.3", None, "warn"),
        ("2.10.2", "2.3.5", "3.1.0", "error", "warn"),
        ("2.10.2", "2.2.6", "2.3.3", "right", "pass"),
        ("2.11.0", "2.4.0", "2.3.3", "right", "pass"),
        ("2.14.1", "2.4.0", "2.3.3", "right", "warn"),
        ("2.14.2", "2.4.0", "2.3.3", "right", "pass"),
        ("2.14.2", "2.4.0", "2.3.3", "wrong", "fail"),
        ("2.14.2", "2.4.0", "2.3.3", None, "pass"),
        ("2.10.2", "2.3.5", None, None, "warn"),
    ],
)
def test_numexpr_is_judged_by_versions_and_by_what_it_computes(numexpr, numpy, pandas, computed, expected):
    installed = [distribution("numexpr", numexpr), distribution("numpy", numpy)]
    installed += [distribution("pandas", pandas)] if pandas else []
    found = packages(*installed)
    if not pandas:
        found = change(found, distributions=tuple(one for one in found.distributions if one.name != "pandas"))
    exercises = (division(outcome=computed, got="5 of 1250000 quotients wrong"),) if computed else ()
    snapshot = machine(packages=found, numerics=change(NUMERICS, exercises=(*NUMERICS.exercises, *exercises)))

    assert status("numexpr-wrong-results", snapshot) == expected
    if expected in ("fail", "warn"):
        assert "numexpr>=2.14.2" in findings("numexpr-wrong-results", snapshot)[0].fixes[0].commands[-1].text


def test_where_there_is_no_numexpr_there_is_nothing_to_say():
    assert status("numexpr-wrong-results", machine()) == "skip"
