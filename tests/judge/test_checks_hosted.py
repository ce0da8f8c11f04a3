"""Hosted notebooks, clusters and small machines: what the provider gives, and what it does not."""

import pytest

from dlcheck.model.gaps import unseen
from dlcheck.model.host import Cloud, Container, Place
from dlcheck.model.python import Unsatisfied
from tests.facts import (
    EXPECTS_CUDA,
    GIB,
    INTERPRETER,
    MEMORY,
    OS,
    PREFIX,
    STORAGE,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    roots,
    status,
)

COLAB = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)
KAGGLE = change(COLAB, platform="kaggle", name="Kaggle")
CODESPACES = change(COLAB, platform="codespaces", name="GitHub Codespaces", is_notebook=False)


def unmet(distribution_name, requirement, found):
    return Unsatisfied(distribution=distribution_name, requirement=requirement, found=found)


def colab_with(*unsatisfied):
    return machine(cloud=COLAB, packages=packages(distribution("google-colab", "1.0.0"), unsatisfied=unsatisfied))


def test_a_replaced_ipykernel_ends_colabs_session():
    snapshot = colab_with(unmet("google-colab", "ipykernel==6.17.1", "6.29.5"))

    assert status("colab-packages-changed", snapshot) == "warn"


@pytest.mark.parametrize(
    "one",
    [unmet("google-colab", "pandas==2.2.2", "2.2.3"), unmet("bigframes", "ipython>=8", "7.34.0")],
)
def test_other_requirements_of_colabs_image_are_its_own_affair(one):
    assert status("colab-packages-changed", colab_with(one)) == "pass"


def test_elsewhere_google_colab_is_nobodys_host():
    assert status("colab-packages-changed", machine()) == "skip"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/kaggle/input/titanic", "note"),
        ("/kaggle/input", "note"),
        ("/kaggle/working", "pass"),
        ("/kaggle/inputs", "pass"),
    ],
)
def test_kaggles_folder_of_data(folder, expected):
    working = Place(role="working", path=folder, filesystem="overlay")
    snapshot = machine(cloud=KAGGLE, storage=change(STORAGE, places=(*STORAGE.places, working)))

    assert status("input-folder-read-only", snapshot) == expected


@pytest.mark.parametrize(("cloud", "words"), [(COLAB, "Change runtime type"), (KAGGLE, "accelerator")])
def test_a_hosted_notebook_without_a_gpu_says_where_one_is_chosen(cloud, words):
    snapshot = gpu_machine(cloud=cloud, nvidia=unseen("absent"), cuda_driver=unseen("absent"), pci=unseen("absent"))

    (found,) = findings("no-nvidia-gpu", snapshot, EXPECTS_CUDA)
    assert found.status == "fail"
    assert words in found.fixes[0].title


LITTLE = change(MEMORY, total_bytes=4 * GIB, available_bytes=2 * GIB)


def ram_fixes(**facts):
    (found,) = findings("ram-below-minimum", machine(**{"memory": LITTLE, **facts}))
    return found.evidence, [fix.title for fix in found.fixes]


def test_a_codespace_says_how_to_get_a_larger_one():
    assert "Change machine type" in ram_fixes(cloud=CODESPACES)[1][0]


def test_wsl_says_how_it_gets_more():
    assert ".wslconfig" in ram_fixes(os=change(OS, wsl=2))[1][0]


def test_without_swap_a_swap_file_is_advised():
    evidence, titles = ram_fixes(memory=change(LITTLE, swap_total_bytes=0))

    assert "there is no swap" in evidence
    assert titles[0].startswith("make swap")


@pytest.mark.parametrize(
    "facts",
    [
        {"container": Container(engine="kubernetes", evidence="KUBERNETES_SERVICE_HOST")},
        {"os": change(OS, system="darwin", name="macOS 15", version="15")},
        {"cloud": CODESPACES},
    ],
)
def test_where_others_make_the_swap_none_is_missed(facts):
    evidence, _ = ram_fixes(memory=change(LITTLE, swap_total_bytes=0), **facts)

    assert "there is no swap" not in evidence


MODULE = "/apps/python/3.9/lib/python3.9/site-packages"


def with_modules(**variables):
    return machine(interpreter=change(INTERPRETER, variables=variables))


def test_modules_of_a_cluster_that_bring_packages_are_the_root_cause():
    snapshot = with_modules(LOADEDMODULES="gcc/12:python/3.9", PYTHONPATH=f"{MODULE}:/home/ada/lib")

    assert roots(snapshot) == ["cluster-modules-bring-packages"]


@pytest.mark.parametrize(
    "variables",
    [
        {"LOADEDMODULES": "gcc/12:cuda/12.4"},
        {"LOADEDMODULES": "gcc/12", "PYTHONPATH": "/home/ada/course"},
        {"LOADEDMODULES": "gcc/12", "PYTHONPATH": f"{PREFIX}/lib/python3.12/site-packages"},
        {"PYTHONPATH": MODULE},
    ],
)
def test_modules_without_packages_do_no_harm(variables):
    assert status("cluster-modules-bring-packages", with_modules(**variables)) in ("pass", "skip")


def test_the_modules_own_python_is_meant_to_have_its_packages():
    python = change(INTERPRETER, environment="other", variables={"LOADEDMODULES": "python/3.9", "PYTHONPATH": MODULE})

    assert status("cluster-modules-bring-packages", machine(interpreter=python)) == "skip"
