"""Releases: candidates in the place of releases, companions that are too old, and a macOS that is."""

import pytest

from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.python import Unsatisfied
from tests.facts import BEGINNER, INTERPRETER, OS, change, distribution, findings, machine, packages, roots, status

MAC = change(
    OS, system="darwin", name="macOS 13.6", version="13.6", distribution="", glibc=ABSENT, shell="zsh", machine="arm64"
)
MAC_PYTHON = change(INTERPRETER, machine="arm64", platform_tag="macosx-11.0-arm64")


def with_packages(**versions):
    return machine(
        packages=packages(*(distribution(name.replace("_", "-"), version) for name, version in versions.items()))
    )


@pytest.mark.parametrize("versions", [{"tensorflow": "2.22.0rc0"}, {"torch": "2.15.0", "numpy": "2.6.0b1"}])
def test_a_release_candidate_is_named(versions):
    assert status("framework-is-a-prerelease", with_packages(**versions)) == "warn"


@pytest.mark.parametrize(
    "version", ["2.14.1", "2.16.0.dev20261101", "2.6.0a0+ecf3bae40a.nv25.01", "1.8.0a0", "2.13.0+cpu"]
)
def test_releases_nightlies_and_builds_of_a_vendor_are_no_candidates(version):
    assert status("framework-is-a-prerelease", with_packages(torch=version)) == "pass"


def test_an_old_numexpr_is_a_note():
    old = with_packages(pandas="2.3.3", numexpr="2.8.3", bottleneck="1.3.5", numpy="2.2.6")

    (found,) = findings("optional-package-too-old", old)
    assert found.status == "note"
    assert len(found.evidence) == 2
    assert "numexpr>=2.8.4" in found.fixes[0].commands[-1].argv


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ({"pandas": "2.3.3", "numexpr": "2.8.4", "bottleneck": "1.3.6"}, "pass"),
        ({"pandas": "2.3.3"}, "pass"),
        ({"pandas": "1.5.3", "numexpr": "2.7.0"}, "skip"),
        ({"pandas": "3.1.1", "numexpr": "2.10.2"}, "note"),
    ],
)
def test_what_pandas_uses_is_no_fault(versions, expected):
    assert status("optional-package-too-old", with_packages(**versions)) == expected


@pytest.mark.parametrize(
    ("notebook", "traitlets", "expected"),
    [
        ("6.5.5", "5.14.3", "warn"),
        ("6.4.12", "5.10.0", "warn"),
        ("6.4.13", "5.10.0", "pass"),
        ("6.5.6", "5.14.3", "pass"),
        ("6.5.5", "5.9.0", "pass"),
        ("7.2.1", "5.14.3", "pass"),
    ],
)
def test_notebook_6_and_traitlets(notebook, traitlets, expected):
    assert status("notebook-packages-apart", with_packages(notebook=notebook, traitlets=traitlets)) == expected


def test_beside_jupyterlab_an_old_notebook_is_a_note():
    snapshot = with_packages(notebook="6.5.5", traitlets="5.14.3", jupyterlab="4.2.0")

    assert status("notebook-packages-apart", snapshot) == "note"


def test_a_macos_that_is_too_old_for_the_wheels_is_named_where_a_framework_is_missing():
    snapshot = machine(os=MAC, interpreter=MAC_PYTHON, torch=unseen("absent"), packages=packages())

    (found,) = findings("macos-too-old-for-wheels", snapshot)
    assert found.status == "warn"
    assert "torch==2.11.0" in found.fixes[0].commands[-1].argv


@pytest.mark.parametrize(
    ("system", "expected"), [("13.6", "note"), ("14.2", "pass"), ("10.16", "skip"), ("15.1", "pass")]
)
def test_where_the_framework_works_or_the_macos_is_new_nothing_is_wrong(system, expected):
    snapshot = machine(os=change(MAC, version=system), interpreter=MAC_PYTHON)

    assert status("macos-too-old-for-wheels", snapshot) == expected


def test_no_linux_is_asked_for_its_macos():
    assert status("macos-too-old-for-wheels", machine()) == "skip"
    assert roots(machine()) == []


PYTHON_3_14_1 = change(INTERPRETER, version="3.14.1")


def test_a_python_that_torchvision_leaves_out_is_told_and_torchvision_not_advised():
    snapshot = machine(interpreter=PYTHON_3_14_1, torch=unseen("absent"), packages=packages())

    assert status("python-release-left-out", snapshot) == "warn"
    (missing,) = findings("torch-not-installed", snapshot)
    assert not any("torchvision" in command.text for fix in missing.fixes for command in fix.commands)


def test_an_older_torchvision_that_pip_took_is_a_consequence():
    both = (distribution("torch", "2.13.0"), distribution("torchvision", "0.25.0"))
    unmet = Unsatisfied(distribution="torchvision", requirement="torch==2.10.0", found="2.13.0")
    snapshot = machine(interpreter=PYTHON_3_14_1, packages=packages(*both, unsatisfied=(unmet,)))

    assert roots(snapshot) == ["python-release-left-out"]


@pytest.mark.parametrize("python", ["3.14.0", "3.14.2", "3.12.7"])
def test_its_neighbours_are_served(python):
    snapshot = machine(interpreter=change(INTERPRETER, version=python), torch=unseen("absent"), packages=packages())

    assert status("python-release-left-out", snapshot) == "pass"


def test_where_torch_works_without_torchvision_nothing_hangs_on_it():
    assert status("python-release-left-out", machine(interpreter=PYTHON_3_14_1)) == "skip"


def test_an_old_pair_on_it_works():
    old = (distribution("torch", "2.10.0"), distribution("torchvision", "0.25.0"))

    assert status("python-release-left-out", machine(interpreter=PYTHON_3_14_1, packages=packages(*old))) == "pass"


def test_a_free_threaded_python_lacks_wheels():
    free = change(INTERPRETER, version="3.13.2", free_threaded=True)
    needs_jupyter_alone = change(BEGINNER, required=("jupyter",))
    needs_numba = change(BEGINNER, required=("jupyter", "numba"))

    assert status("free-threaded-python", machine(interpreter=free), needs_numba) == "warn"
    assert status("free-threaded-python", machine(interpreter=free), needs_jupyter_alone) == "note"
    assert status("free-threaded-python", machine(interpreter=change(INTERPRETER, debug=True))) == "note"
    assert status("free-threaded-python", machine()) == "pass"
