import pytest

from dlcheck.model.devices import Apple
from dlcheck.model.frameworks import Numerics
from dlcheck.model.gaps import ABSENT, Ending, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import ExtraRequirement, Packages
from dlcheck.model.tools import Conda, OtherPython, Tool, Tools
from tests.facts import (
    BEGINNER,
    CPU,
    INTERPRETER,
    JUPYTER,
    OS,
    PYTHON,
    PYTHONS,
    TOOLS,
    change,
    findings,
    gpu_machine,
    machine,
    report,
    roots,
    status,
)  # fmt: skip

MINE = (
    "python-missing", "python-does-not-start", "python-too-old-to-judge", "python-32bit", "rosetta-python",
    "externally-managed-python", "pip-of-another-python", "python-unsupported", "platform-without-wheels", "glibc-too-old",
)  # fmt: skip
NOTHING = {
    "packages": Packages(), "numerics": Numerics(), "torch": unseen("absent"), "jupyter": change(JUPYTER, kernels=()),
    "requirements": tuple(ExtraRequirement(requirement=name, name=name) for name in BEGINNER.required),
}  # fmt: skip
MAC = change(
    OS, system="darwin", name="macOS 15.1", version="15.1", distribution="", machine="arm64", glibc=ABSENT, shell="zsh"
)
INTEL_MAC = change(MAC, machine="x86_64")
INTEL_PYTHON = change(INTERPRETER, platform_tag="macosx-10.9-x86_64", machine="x86_64")
UV = Tools(found=(*TOOLS.found, Tool(name="uv", path="/usr/bin/uv")), looked_for=TOOLS.looked_for)


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def bare(**changes):
    """A machine whose Python has nothing installed; changes are the interpreter's."""
    return machine(**NOTHING, interpreter=change(INTERPRETER, **changes))


def texts(finding):
    return [one.text for one in finding.fixes[0].commands]


def test_no_python_at_all_is_one_root_cause_with_the_way_to_one():
    gone = {
        name: unseen("absent", "no Python") for name in ("interpreter", "packages", "requirements", "torch", "numerics")
    }

    snapshot = machine(**gone)

    assert roots(snapshot)[0] == "python-missing"
    assert texts(findings("python-missing", snapshot)[0])[-1] == "sudo apt-get install -y python3 python3-venv"


def test_a_python_that_was_asked_for_and_is_not_there_is_not_installed():
    pythons = change(PYTHONS, judged=ABSENT, chosen_because="asked for by --python")
    snapshot = machine(interpreter=unseen("absent", "there is no file /no/python"), pythons=pythons)

    finding = findings("python-missing", snapshot)[0]

    assert finding.evidence == ("there is no file /no/python",)
    assert [fix.title for fix in finding.fixes] == [f"name one that is there: {PYTHON}"]


def test_a_python_that_does_not_start_names_python_home():
    ending = Ending(
        words="exited with status 1", exit_status=1, stderr_tail="ModuleNotFoundError: No module named 'encodings'"
    )
    snapshot = machine(interpreter=unseen("broken", "exited with status 1", ending=ending))

    assert "PYTHONHOME" in findings("python-does-not-start", snapshot)[0].fixes[0].title
    assert status("python-missing", snapshot) == "pass"


@pytest.mark.parametrize("gap", ["crashed", "timed-out", "denied"])
def test_any_other_gap_of_the_interpreter_fails_too(gap):
    assert status("python-does-not-start", machine(interpreter=unseen(gap, "x"))) == "fail"


def test_a_python_2_is_too_old_and_that_alone():
    pythons = change(
        PYTHONS, judged="/usr/bin/python",
        found=(OtherPython(command="python", path="/usr/bin/python", executable="/usr/bin/python", version="2.7.18"),),
    )  # fmt: skip
    snapshot = machine(interpreter=unseen("broken", "a syntax error"), pythons=pythons, tools=UV)

    assert roots(snapshot)[0] == "python-too-old-to-judge"
    assert findings("python-does-not-start", snapshot)[0].caused_by == ("python-too-old-to-judge",)
    assert texts(findings("python-too-old-to-judge", snapshot)[0])[0].startswith(
        "uv venv --allow-existing --seed --python 3.12"
    )


def test_a_32_bit_python_on_windows_gets_a_64_bit_one():
    windows = change(
        OS, system="windows", name="Windows 11", machine="AMD64", shell="powershell", distribution="", glibc=ABSENT
    )
    snapshot = machine(os=windows, **NOTHING, interpreter=change(INTERPRETER, bits=32, platform_tag="win32"))

    finding = findings("python-32bit", snapshot)[0]

    assert finding.status == "fail"
    assert "Python.Python.3.12" in texts(finding)[0]
    assert findings("python-unsupported", snapshot)[0].caused_by in ((), ("python-32bit",))
    assert "platform-without-wheels" not in roots(snapshot)


def test_a_32_bit_machine_is_told_the_truth():
    snapshot = machine(
        os=change(OS, machine="armv7l"), interpreter=change(INTERPRETER, bits=32, platform_tag="linux-armv7l")
    )

    assert "64-bit operating system" in findings("python-32bit", snapshot)[0].fixes[0].title


def test_an_intel_python_on_apple_silicon_is_rosetta_and_no_intel_mac():
    snapshot = machine(
        **NOTHING, os=MAC, apple=Apple(chip="Apple M2 Pro"), interpreter=change(INTEL_PYTHON, translated=True),
        conda=Conda(family="Miniforge", executable="/Users/ada/miniforge3/bin/conda"),
    )  # fmt: skip

    assert "rosetta-python" in roots(snapshot)
    assert "platform-without-wheels" not in roots(snapshot)
    assert "CONDA_SUBDIR=osx-arm64" in texts(findings("rosetta-python", snapshot)[0])[0]


def test_rosetta_is_a_warning_where_everything_works():
    snapshot = machine(os=MAC, cpu=change(CPU, brand="Apple M1"), interpreter=INTEL_PYTHON)

    assert status("rosetta-python", snapshot) == "warn"


def test_an_intel_mac_gets_the_last_torch_and_its_numpy_and_no_word_of_rosetta():
    snapshot = machine(**NOTHING, os=INTEL_MAC, interpreter=INTEL_PYTHON)

    assert status("rosetta-python", snapshot) == "pass"
    assert "platform-without-wheels" in roots(snapshot)
    command = texts(findings("platform-without-wheels", snapshot)[0])[0]
    assert '"numpy<2"' in command
    assert "torch==2.2.2" in command


def test_an_intel_mac_on_which_everything_works_is_a_note():
    assert status("platform-without-wheels", machine(os=INTEL_MAC, interpreter=INTEL_PYTHON)) == "note"


def test_alpine_has_no_torch():
    snapshot = machine(**NOTHING, os=change(OS, distribution="alpine", glibc=ABSENT, musl=True))

    finding = findings("platform-without-wheels", snapshot)[0]
    assert finding.status == "fail"
    assert "python:3.12-slim" in finding.fixes[0].title
    assert status("glibc-too-old", snapshot) == "skip"


def test_a_release_that_was_asked_for_and_never_made_for_this_platform():
    wanted = ExtraRequirement(requirement="torch==2.4.1", name="torch")
    profile = change(BEGINNER, extra_requirements=("torch==2.4.1",))
    snapshot = machine(
        os=INTEL_MAC, interpreter=INTEL_PYTHON, torch=unseen("absent"), packages=Packages(), requirements=(wanted,)
    )

    finding = findings("platform-without-wheels", snapshot, profile)[0]

    assert finding.status == "fail"
    assert "torch==2.4.1 has no wheel here; the last that has is 2.2.2" in finding.evidence


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": "3.16.0"}, "fail"),
        ({"version": "3.15.0"}, "pass"),
        ({"version": "3.9.18"}, "fail"),
        ({"version": "3.10.12"}, "pass"),
        ({"version": "3.13.1", "free_threaded": True}, "pass"),
        ({"version": "3.12.1", "free_threaded": True}, "fail"),
        ({"version": "3.11.9", "implementation": "pypy"}, "fail"),
    ],
)  # fmt: skip
def test_a_python_without_wheels(changes, expected):
    assert status("python-unsupported", bare(**changes)) == expected


def test_a_python_that_is_too_new_is_the_one_thing_to_mend():
    snapshot = machine(**NOTHING, interpreter=change(INTERPRETER, version="3.16.0"), tools=UV)

    assert roots(snapshot)[0] == "python-unsupported"
    assert texts(findings("python-unsupported", snapshot)[0]) == [
        "uv venv --allow-existing --seed --python 3.12 /home/ada/.venvs/dl",
        "uv pip install --python /home/ada/.venvs/dl/bin/python numpy pandas matplotlib scikit-learn jupyter torch",
    ]


def test_an_old_table_does_not_condemn_a_python_it_cannot_know():
    snapshot = change(bare(version="3.17.0"), taken_at="2028-06-01T00:00:00Z")

    assert status("python-unsupported", snapshot) == "note"


def test_a_python_outside_the_range_on_which_everything_works_is_a_warning():
    assert status("python-unsupported", machine(interpreter=change(INTERPRETER, version="3.9.18"))) == "warn"


def test_a_python_outside_the_range_is_left_where_something_must_be_installed_anyway():
    wanted = tuple(ExtraRequirement(requirement=name, name=name) for name in BEGINNER.required)
    snapshot = machine(interpreter=change(INTERPRETER, version="3.9.18"), requirements=wanted)

    assert roots(snapshot) == ["python-unsupported"]


def test_tensorflow_alone_has_nothing_for_3_14():
    profile = change(BEGINNER, frameworks_any=("tensorflow",))

    finding = findings("python-unsupported", bare(version="3.14.0"), profile)[0]

    assert finding.status == "fail"
    assert finding.evidence[1] == "TensorFlow 2.21.0 has wheels for Python 3.10 to 3.13 (2026-11-22)"
    assert status("python-unsupported", bare(version="3.14.0")) == "pass"


def test_a_pin_that_this_python_has_no_wheel_for():
    wanted = ExtraRequirement(requirement="torch==2.7.1", name="torch")
    profile = change(BEGINNER, extra_requirements=("torch==2.7.1",))
    snapshot = machine(
        requirements=(wanted,),
        packages=Packages(),
        torch=unseen("absent"),
        interpreter=change(INTERPRETER, version="3.14.2"),
    )

    finding = findings("python-unsupported", snapshot, profile)[0]

    assert finding.status == "fail"
    assert "torch==2.7.1 has wheels for Python 3.9 to 3.13" in finding.evidence


def test_without_any_installer_uv_comes_by_its_own():
    snapshot = bare(version="3.16.0")

    assert texts(findings("python-unsupported", snapshot)[0])[:2] == [
        "sudo apt-get update", "sudo apt-get install -y python3.12 python3.12-venv",
    ]  # fmt: skip
    other = change(snapshot, os=change(snapshot.os, value=change(OS, distribution="debian", version="13")))
    assert "astral.sh/uv" in texts(findings("python-unsupported", other)[0])[0]


def test_an_old_glibc_is_a_warning_that_names_the_last_release():
    snapshot = machine(**NOTHING, os=change(OS, glibc="2.17"))

    finding = findings("glibc-too-old", snapshot)[0]

    assert finding.status == "warn" or finding.status == "fail"
    assert "PyTorch 2.15.0 needs glibc 2.28; the last for 2.17 is 2.6.0" in finding.evidence
    fitting = [fix.commands[-1].text for fix in finding.fixes if fix.commands]
    assert "torch==2.6.0+cpu torchvision==0.21.0+cpu" in fitting[0]
    assert fitting[1].endswith("pip install torch==2.6.0 torchvision==0.21.0")


def test_an_old_glibc_on_which_everything_works_is_a_note():
    assert status("glibc-too-old", machine(os=change(OS, glibc="2.17"))) == "note"


def test_an_import_that_asks_for_a_newer_glibc_fails():
    why = "OSError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.42' not found (required by libtorch_cpu.so)"

    assert status("glibc-too-old", machine(torch=unseen("broken", why))) == "fail"


SYSTEM = change(
    INTERPRETER, executable="/usr/bin/python3", prefix="/usr", base_prefix="/usr", environment="system",
    externally_managed="/usr/lib/python3.12/EXTERNALLY-MANAGED",
)  # fmt: skip


def test_an_externally_managed_python_matters_where_something_must_be_installed():
    assert status("externally-managed-python", machine(interpreter=SYSTEM)) == "note"
    snapshot = machine(**NOTHING, interpreter=SYSTEM)
    assert "externally-managed-python" in roots(snapshot)
    assert (
        texts(findings("externally-managed-python", snapshot)[0])[0] == "/usr/bin/python3 -m venv /home/ada/.venvs/dl"
    )


def test_the_marker_of_the_base_means_nothing_in_a_virtual_environment():
    inside = change(INTERPRETER, externally_managed="/usr/lib/python3.12/EXTERNALLY-MANAGED")

    assert status("externally-managed-python", machine(**NOTHING, interpreter=inside)) == "pass"


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("/home/ada/course/.venv/bin/python3", "pass"),
        ("/home/ada/course/.venv/bin/python3.12", "pass"),
        ("/home/ada/course/.venv/bin/python3.11", "warn"),
        ("/usr/bin/python3", "warn"),
        ("/home/ada/miniconda3/bin/python", "warn"),
    ],
)
def test_whose_pip_it_is(owner, expected):
    snapshot = machine(pythons=change(PYTHONS, pip=owner.rpartition("/")[0] + "/pip", pip_python=owner))

    assert status("pip-of-another-python", snapshot) == expected
    assert report(snapshot).verdict in ("ready", "ready-with-warnings")


def test_pip_of_another_python_is_expected_where_one_was_asked_for():
    pythons = change(PYTHONS, pip="/usr/bin/pip", pip_python="/usr/bin/python3", chosen_because="asked for by --python")

    assert status("pip-of-another-python", machine(pythons=pythons)) == "note"


def test_no_pip_on_path_is_no_fault():
    assert status("pip-of-another-python", machine(pythons=change(PYTHONS, pip=ABSENT, pip_python=ABSENT))) == "skip"


def test_a_hosted_notebook_is_told_where_its_python_is_chosen():
    cloud = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)
    snapshot = machine(**NOTHING, cloud=cloud, interpreter=change(INTERPRETER, version="3.16.0"))

    assert findings("python-unsupported", snapshot)[0].fixes[0].title == (
        "choose a runtime with Python 3.12 in the settings of Google Colab"
    )


@pytest.mark.parametrize(
    ("pin", "python", "expected"),
    [
        ("numpy==1.20.3", "3.12.7", "fail"),
        ("numpy==1.20.3", "3.9.18", "pass"),
        ("numpy>=1.20", "3.12.7", "pass"),
        ("lxml==1.0", "3.12.7", "pass"),
    ],
)
def test_a_pin_older_than_the_table(pin, python, expected):
    wanted = ExtraRequirement(requirement=pin, name=pin.split("=")[0].rstrip(">"))
    profile = change(BEGINNER, extra_requirements=(pin,), python="")
    snapshot = machine(requirements=(wanted,), interpreter=change(INTERPRETER, version=python))

    assert status("python-unsupported", snapshot, profile) == expected
    if expected == "fail":
        finding = findings("python-unsupported", snapshot, profile)[0]
        assert finding.evidence == ("Python 3.12.7", "numpy==1.20.3 has no wheel for Python newer than 3.11")
        assert "releases of today" in finding.fixes[0].title
