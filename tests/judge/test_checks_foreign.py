import pytest

from dlcheck.judge.checks.foreign import mismatch
from dlcheck.model.frameworks import ImportFailure, Libraries, LibraryImport, Numerics
from dlcheck.model.gaps import unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import CondaPackage, PathEntry
from dlcheck.model.tools import Tool, Tools
from tests.facts import (
    INTERPRETER,
    OS,
    PYTHON,
    TOOLS,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    roots,
    status,
)

MINE = (
    "distribution-of-another-python", "module-of-two-distributions", "keras-2-code-meets-keras-3",
    "opencv-without-desktop-libraries", "standard-library-incomplete", "store-python", "pip-too-old",
)  # fmt: skip
MAC = change(INTERPRETER, platform_tag="macosx-11.0-arm64", machine="arm64")
NOT_IMPORTED = {"numerics": Numerics(), "torch": unseen("absent")}


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


@pytest.mark.parametrize(
    ("tag", "interpreter", "expected"),
    [
        ("cp312-cp312-manylinux_2_28_x86_64", INTERPRETER, ""), ("py3-none-any", INTERPRETER, ""), ("", INTERPRETER, ""),
        ("cp39-abi3-manylinux_2_17_x86_64", INTERPRETER, ""), ("py2.py3-none-manylinux1_x86_64", INTERPRETER, ""),
        ("cp312-cp312-linux_x86_64", INTERPRETER, ""), ("cp312-cp312-macosx_10_13_universal2", MAC, ""),
        ("cp312-none-macosx_11_0_arm64", MAC, ""), ("cp312-cp312-musllinux_1_2_x86_64", INTERPRETER, ""),
        ("cp311-cp311-manylinux_2_28_x86_64", INTERPRETER, "for Python 3.11"),
        ("cp311-none-macosx_11_0_arm64", MAC, "for Python 3.11"),
        ("cp312-cp312t-manylinux_2_28_x86_64", INTERPRETER, "for Python 3.12 without the global lock"),
        ("cp312-cp312-macosx_10_9_x86_64", MAC, "for macosx_10_9_x86_64"),
        ("cp312-cp312-manylinux2014_aarch64", INTERPRETER, "for manylinux2014_aarch64"),
        ("cp312-cp312-win_amd64", INTERPRETER, "for win_amd64"),
        ("cp311-cp311-linux_x86_64", change(INTERPRETER, implementation="pypy"), ""),
    ],
)  # fmt: skip
def test_what_a_wheels_tag_says(tag, interpreter, expected):
    assert mismatch(tag, interpreter) == expected


def test_packages_of_another_python_by_pythonpath():
    other = "/opt/module/python3.11/site-packages"
    numpy = distribution("numpy", "2.1.3", tag="cp311-cp311-manylinux_2_17_x86_64", location=other)
    interpreter = change(
        INTERPRETER, path=(PathEntry(path=other, origin="PYTHONPATH"),), variables={"PYTHONPATH": other}
    )
    failed = Numerics(
        failed_imports={"numpy": ImportFailure(
            kind="ImportError", message="No module named 'numpy._core._multiarray_umath'")}
    )  # fmt: skip
    snapshot = machine(interpreter=interpreter, packages=packages(numpy), numerics=failed, torch=unseen("absent"))

    finding = findings("distribution-of-another-python", snapshot)[0]

    assert finding.status == "fail"
    assert finding.evidence[0] == f"numpy 2.1.3 in {other} is for Python 3.11"
    assert texts(finding) == ["unset PYTHONPATH"]
    assert "distribution-of-another-python" in findings("library-import-fails", snapshot)[0].caused_by


def test_an_environment_filled_under_rosetta_is_installed_again():
    wheel = distribution("pandas", "2.2.3", tag="cp312-cp312-macosx_10_9_x86_64")
    mac = change(OS, system="darwin", machine="arm64", shell="zsh")
    snapshot = machine(os=mac, interpreter=MAC, packages=packages(wheel), **NOT_IMPORTED)

    finding = findings("distribution-of-another-python", snapshot)[0]

    assert finding.status == "fail"
    assert texts(finding)[0] == f"{PYTHON} -m pip install --force-reinstall --no-deps pandas==2.2.3"


def test_what_was_imported_works_whatever_its_tag_says():
    odd = distribution("pandas", "2.2.3", tag="cp311-cp311-linux_x86_64")

    assert status("distribution-of-another-python", machine(packages=packages(odd))) == "pass"


def test_a_package_that_nobody_asked_for_is_a_warning():
    odd = distribution("lxml", "5.3.0", tag="cp311-cp311-manylinux_2_28_x86_64")

    assert status("distribution-of-another-python", machine(packages=packages(odd))) == "warn"


CV2 = (distribution("opencv-python", "4.10.0.84"), distribution("opencv-python-headless", "4.11.0.86"))


def test_two_builds_of_opencv_are_one_too_many():
    finding = findings("module-of-two-distributions", machine(packages=packages(*CV2)))[0]

    assert (finding.status, finding.subject) == ("warn", "cv2")
    assert texts(finding) == [
        f"{PYTHON} -m pip uninstall -y opencv-python opencv-python-headless",
        f"{PYTHON} -m pip install opencv-python==4.10.0.84",
    ]
    assert finding.fixes[0].verify.argv[-1] == "import cv2; print('imported')"


def test_two_builds_of_opencv_where_they_are_meant():
    colab = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)
    by_conda = [change(one, installer="conda") for one in CV2]

    assert status("module-of-two-distributions", machine(packages=packages(*CV2), cloud=colab)) == "note"
    assert status("module-of-two-distributions", machine(packages=packages(*by_conda))) == "pass"
    assert status("module-of-two-distributions", machine(packages=packages(CV2[0]))) == "pass"


@pytest.mark.parametrize(
    ("tensorflow", "transformers", "legacy", "variable", "expected"),
    [
        ("2.18.0", "4.46.0", "", "", "warn"), ("2.18.0", "4.46.0", "2.18.0", "", "pass"),
        ("2.18.0", "4.46.0", "2.16.0", "", "warn"), ("2.18.0", "", "", "1", "fail"), ("2.18.0", "5.0.0", "", "", "pass"),
        ("2.15.0", "4.46.0", "", "", "skip"), ("2.18.0", "", "", "", "pass"), ("", "4.46.0", "", "1", "skip"),
    ],
)  # fmt: skip
def test_keras_2_and_3(tensorflow, transformers, legacy, variable, expected):
    versions = {"tensorflow": tensorflow, "transformers": transformers, "tf-keras": legacy}
    installed = packages(*(distribution(name, version) for name, version in versions.items() if version))
    interpreter = change(INTERPRETER, variables={"TF_USE_LEGACY_KERAS": variable} if variable else {})
    snapshot = machine(packages=installed, interpreter=interpreter)

    assert status("keras-2-code-meets-keras-3", snapshot) == expected
    if expected == "warn":
        finding = findings("keras-2-code-meets-keras-3", snapshot)[0]
        assert texts(finding) == [f'{PYTHON} -m pip install "tf-keras~=2.18.0"']


@pytest.mark.parametrize(
    ("lacks", "works", "expected"),
    [
        (("_lzma",), True, "warn"), (("_ssl",), False, "fail"), (("_ssl",), True, "warn"), (("tkinter", "venv"), True, "pass"),
        (("_bz2", "_ctypes"), False, "fail"),
    ],
)  # fmt: skip
def test_a_python_that_lacks_parts(lacks, works, expected):
    groups = {} if works else {"torch": unseen("broken", "No module named '_ctypes'")}
    snapshot = machine(interpreter=change(INTERPRETER, missing_stdlib=lacks), **groups)

    assert status("standard-library-incomplete", snapshot) == expected


def test_a_python_of_pyenv_may_be_built_again():
    lacking = change(INTERPRETER, environment="pyenv", missing_stdlib=("_lzma",), executable="/home/ada/.pyenv/python")

    fixes = findings("standard-library-incomplete", machine(interpreter=lacking))[0].fixes

    assert [one.text for one in fixes[-1].commands][-1] == "pyenv install --force 3.12.7"
    assert "liblzma-dev" in fixes[-1].commands[1].argv
    assert "complete" in fixes[0].title


def test_the_stores_python_is_a_note_as_long_as_it_serves():
    store = change(INTERPRETER, store_python=True, environment="store")
    windows = {"interpreter": store, "os": change(OS, system="windows")}

    assert status("store-python", machine(**windows)) == "note"
    assert status("store-python", machine(**windows, torch=unseen("absent"), packages=packages())) == "warn"


@pytest.mark.parametrize(
    ("python", "pip", "expected"),
    [("3.12.7", "22.3.1", "warn"), ("3.12.7", "23.2.1", "pass"), ("3.8.10", "20.0.2", "warn"), ("3.10.1", "21.2", "pass"), ("3.12.7", "", "skip")],
)  # fmt: skip
def test_the_age_of_pip(python, pip, expected):
    interpreter = change(INTERPRETER, version=python, pip_version=pip)

    assert status("pip-too-old", machine(interpreter=interpreter)) == expected


def test_an_old_pip_is_brought_up_to_date():
    old = change(INTERPRETER, pip_version="22.3.1")
    uv = Tools(found=(*TOOLS.found, Tool(name="uv", path="/usr/bin/uv")), looked_for=TOOLS.looked_for)

    assert texts(findings("pip-too-old", machine(interpreter=old))[0]) == [
        f"{PYTHON} -m ensurepip --upgrade", f"{PYTHON} -m pip install --upgrade pip",
    ]  # fmt: skip
    without = change(old, missing_stdlib=("ensurepip",))
    assert texts(findings("pip-too-old", machine(interpreter=without))[0]) == [f"{PYTHON} -m pip install --upgrade pip"]
    assert texts(findings("pip-too-old", machine(interpreter=without, tools=uv))[0]) == [
        f"uv pip install --python {PYTHON} --upgrade pip"
    ]


def test_the_systems_own_old_pip_is_left_alone():
    debian = change(
        INTERPRETER, prefix="/usr", base_prefix="/usr", pip_version="20.0.2", externally_managed="/usr/lib/python3/X"
    )

    assert status("pip-too-old", machine(interpreter=debian)) == "pass"
    assert "pip-too-old" not in roots(machine(interpreter=debian))


SERVER = change(OS, desktop_libraries_missing=("libGL.so.1",))
ONE_CV2 = packages(distribution("opencv-python", "4.10.0.84"))


def test_opencv_on_a_server_becomes_the_headless_build():
    finding = findings("opencv-without-desktop-libraries", machine(os=SERVER, packages=ONE_CV2))[0]

    assert finding.status == "warn"
    assert texts(finding) == [
        f"{PYTHON} -m pip uninstall -y opencv-python", f"{PYTHON} -m pip install opencv-python-headless",
    ]  # fmt: skip
    assert texts(finding, 1)[-1] == "sudo apt-get install -y libgl1 libglib2.0-0"


def test_opencv_that_works_without_them():
    identity = "opencv-without-desktop-libraries"
    imported = Libraries(imported=(LibraryImport(name="opencv-python", module="cv2", version="4.10.0"),))
    of_conda = packages(
        distribution("opencv-python", "4.10.0.84"), conda=(CondaPackage(name="libgl", version="1.7.0"),)
    )

    assert status(identity, machine(packages=ONE_CV2)) == "pass"
    assert status(identity, machine(os=SERVER)) == "skip"
    assert status(identity, machine(os=SERVER, packages=ONE_CV2, libraries=imported)) == "pass"
    assert status(identity, machine(os=SERVER, packages=of_conda)) == "pass"
    by_conda = packages(distribution("opencv-python", "4.10.0", installer="conda"))
    assert status(identity, machine(os=SERVER, packages=by_conda)) == "skip"


def test_debians_folder_for_all_its_pythons():
    system = "/usr/lib/python3/dist-packages"
    tag = "cp311-cp311-linux_x86_64"
    own, hidden = distribution("pandas", "2.2.3"), distribution("pandas", "1.5.3", tag=tag, location=system)
    cairo, numpy = (distribution(name, "1.25", tag=tag, location=system) for name in ("pycairo", "numpy"))
    identity = "distribution-of-another-python"

    both = change(packages(), distributions=(own, hidden, cairo))
    assert status(identity, machine(packages=both, numerics=Numerics())) == "pass"
    alone = change(packages(), distributions=(cairo, numpy))
    finding = findings(identity, machine(packages=alone, numerics=Numerics()))[0]
    assert finding.status == "fail"
    assert not any("pycairo" in line for line in finding.evidence)
