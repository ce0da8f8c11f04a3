"""What a profile asks for: one wish under several spellings, what a marker rules out, what was never looked up."""

import pytest

from dlcheck.judge.asked import wish
from dlcheck.model.gaps import NOT_LOOKED
from dlcheck.model.python import ExtraRequirement
from tests.facts import BEGINNER, build, change, distribution, findings, machine, packages, report, status

LOOKED_UP = machine().requirements.value


def asking(*requirements):
    return change(BEGINNER, extra_requirements=requirements)


def looked_up(*more):
    return machine(requirements=(*LOOKED_UP, *more))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("numpy", " NumPy "), ("scikit-learn", "Scikit_Learn"), ("numpy", 'numpy ; python_version > "3"'),
        ("pandas>=2,<3", "pandas<3,>=2"), ("pandas >= 2", "pandas>=2"), ("x[b,a]", "x[a,b]"),
        ("x @ https://ada:secret@example.org/x.whl", "x @ https://example.org/x.whl"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_wish(one, other):
    assert wish(one) == wish(other)


@pytest.mark.parametrize(("one", "other"), [("pandas>=2", "pandas>=3"), ("x[a]", "x"), ("x", "y"), ("x>=1", "x")])
def test_two_wishes(one, other):
    assert wish(one) != wish(other)


@pytest.mark.parametrize(
    ("written", "as_looked_up"),
    [
        ('missing ; python_version > "3"', "missing"), ("missing>=2,<3", "missing<3,>=2"), ("missing[b,a]", "missing[a,b]"),
        ("missing @ https://ada:secret@example.org/x.whl", "missing @ https://example.org/x.whl"),
    ],
)  # fmt: skip
def test_a_requirement_is_required_however_it_is_spelled(written, as_looked_up):
    snapshot = looked_up(ExtraRequirement(requirement=as_looked_up, name="missing"))
    (finding,) = [one for one in findings("required-package-missing", snapshot, asking(written)) if one.subject]
    assert (finding.status, finding.subject, finding.evidence) == ("fail", "missing", ("not installed",))


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("torch", "pass"), ("torch>=2", "pass"), ("torch>=9", "fail"), ("pandas", "pass"), ("pandas>=2.2", "pass"),
        ("pandas>=99", "fail"), ("transformers", "fail"), ('transformers; sys_platform == "win32"', "pass"),
        ('transformers; sys_platform == "linux"', "fail"), ('transformers; python_version < "3.9"', "pass"),
    ],
)  # fmt: skip
def test_a_snapshot_that_was_taken_for_another_profile(requirement, expected):
    assert status("required-package-missing", machine(), asking(requirement)) == expected


def test_a_framework_that_a_marker_rules_out_is_not_wanted():
    ruled_out = ExtraRequirement(requirement="tensorflow", name="tensorflow", applies=False)
    said = report(looked_up(ruled_out), asking('tensorflow; sys_platform == "win32"'))
    assert said.verdict == "ready"


def test_of_two_that_differ_in_the_marker_one_holds():
    pair = (
        ExtraRequirement(requirement="missing", name="missing", applies=False),
        ExtraRequirement(requirement="missing", name="missing"),
    )
    markers = asking('missing; sys_platform == "win32"', 'missing; sys_platform == "linux"')
    assert status("required-package-missing", looked_up(*pair), markers) == "fail"


def test_a_line_that_names_no_package_is_told_and_fails_nothing():
    snapshot = looked_up(ExtraRequirement(requirement="./mine", name="./mine", applies=False, problem="no name"))
    said = report(snapshot, asking("./mine"))
    assert said.verdict == "ready"
    (told,) = [one for one in said.findings if one.id == "requirement-without-a-name"]
    assert (told.status, told.evidence) == ("note", ("./mine",))
    assert status("requirement-without-a-name", machine()) == "pass"


@pytest.mark.parametrize(
    ("found", "importable", "packages_changes", "expected"),
    [
        ("2.2.3", False, {}, "fail"), ("2.2.3", True, {}, "pass"), ("2.2.3", NOT_LOOKED, {}, "pass"),
        ("2.2.3", False, {"editable": True}, "pass"),
    ],
)  # fmt: skip
def test_what_is_only_listed_is_missing(found, importable, packages_changes, expected):
    wanted = ExtraRequirement(requirement="pandas", name="pandas", found=found, satisfied=True, importable=importable)
    others = tuple(one for one in LOOKED_UP if one.name != "pandas")
    listed = packages(
        distribution("pandas", "2.2.3", **packages_changes), distribution("torch", "2.13.0"),
        builds=(build("torch", "2.13.0+cpu"),),
    )  # fmt: skip
    snapshot = machine(requirements=(*others, wanted), packages=listed)
    assert status("required-package-missing", snapshot) == expected
    if expected == "fail":
        (fault,) = findings("required-package-missing", snapshot)
        assert fault.evidence == ("pandas 2.2.3 is listed as installed, and its module is not there",)
        assert "--force-reinstall" in fault.fixes[0].commands[0].text


def test_what_serves_in_the_place_of_another_must_be_there_too():
    served = ExtraRequirement(
        requirement="jupyter", name="jupyter", found="jupyterlab 4.2", satisfied=True, importable=False
    )
    snapshot = machine(requirements=(*(one for one in LOOKED_UP if one.name != "jupyter"), served))
    (fault,) = findings("required-package-missing", snapshot)
    assert (fault.status, fault.subject) == ("fail", "jupyter")
    assert "jupyterlab==4.2" in fault.fixes[0].commands[0].text
