"""The first line: the verdict as a sentence that a person would say."""

import pytest

from dlcheck.judge.summary import listed
from dlcheck.model.frameworks import ImportFailure
from dlcheck.model.gaps import unseen
from dlcheck.model.python import ExtraRequirement
from tests.facts import BEGINNER, NUMERICS, change, machine, packages, report


def without(*names, found="", **groups):
    """A machine on which these packages are missing, or there in a version that does not do."""
    wanted = [
        ExtraRequirement(requirement=one, name=one, found=found if one in names else "1", satisfied=one not in names)
        for one in BEGINNER.required
    ]
    there = packages()
    left = tuple(one for one in there.distributions if one.name not in (*names, "ipykernel"))
    build = machine().packages.value.builds
    return machine(requirements=tuple(wanted), packages=change(there, distributions=left, builds=build), **groups)


@pytest.mark.parametrize(
    ("snapshot", "sentence"),
    [
        (machine(), "Ready for deep learning on this machine's CPU."),
        (without("jupyter"), "Not ready: jupyter is missing."),
        (without("jupyter", "pandas"), "Not ready: pandas and jupyter are missing."),
        (without("numpy", "pandas", "matplotlib", "scikit-learn", "jupyter"),
         "Not ready: numpy, pandas and 3 more packages are missing."),
        (without("pandas", found="1.5"), "Not ready: pandas 1.5 is installed, pandas is required."),
        (without("pandas", "numpy", found="1.5"), "Not ready: numpy and pandas are missing or do not fit."),
        (machine(git=unseen("absent")), "Not ready: git is not installed."),
        (without("jupyter", git=unseen("absent")), "Not ready: git is not installed, and 1 more problem."),
        (machine(numerics=change(NUMERICS, failed_imports={
            "scikit-learn": ImportFailure(kind="ImportError", message="broken")})),
         "Not ready: scikit-learn is installed and cannot be imported."),
        (machine(memory=unseen("denied", "/proc/meminfo")),
         "It could not be determined whether this machine is ready: memory: may not be read: /proc/meminfo."),
    ],
)  # fmt: skip
def test_the_summary_is_a_sentence(snapshot, sentence):
    assert report(snapshot).summary == sentence


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (["a", "b", "c", "d"], "a, b, c and d"),
     (["a", "b", "c", "d", "e"], "a, b and 3 more things")],
)  # fmt: skip
def test_names_are_listed_as_people_list_them(names, text):
    assert listed(names, "thing") == text
