import pytest

from dlcheck.model.python import ExtraRequirement, PipOption
from tests.facts import (
    BEGINNER,
    INTERPRETER,
    PREFIX,
    PYTHON,
    STORAGE,
    TOOLS,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    status,
)

MINE = ("pip-configured-elsewhere", "requirement-misnamed", "program-behind-a-package-missing")
LACKING = (ExtraRequirement(requirement="pandas", name="pandas"),)
SYSTEM = change(INTERPRETER, prefix="/opt/python", base_prefix="/opt/python", environment="other")


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) == "pass"
    assert status(identity, gpu_machine()) == "pass"


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def option(name, value="true", source="/home/ada/.config/pip/pip.conf"):
    return PipOption(name=name, value=value, source=source, section="global")


@pytest.mark.parametrize(
    ("one", "interpreter", "expected"),
    [
        (option("target", "/old"), INTERPRETER, "fail"), (option("prefix", "/old"), INTERPRETER, "fail"),
        (option("no-index"), INTERPRETER, "fail"), (option("no-index", "0"), INTERPRETER, "pass"),
        (option("require-virtualenv"), INTERPRETER, "pass"), (option("require-virtualenv"), SYSTEM, "fail"),
        (option("user"), INTERPRETER, "fail"), (option("user"), SYSTEM, "pass"),
        (option("index-url", "https://download.pytorch.org/whl/cu121"), INTERPRETER, "fail"),
        (option("index-url", "https://mirror.example.org/simple"), INTERPRETER, "pass"),
    ],
)  # fmt: skip
def test_options_of_pip(one, interpreter, expected):
    installed = packages(distribution("torch", "2.13.0"), pip_options=(one,))
    snapshot = machine(packages=installed, interpreter=interpreter, requirements=LACKING)

    assert status("pip-configured-elsewhere", snapshot) == expected
    if expected == "fail":
        assert status("pip-configured-elsewhere", machine(packages=installed, interpreter=interpreter)) == "note"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/home/ada/.config/pip/pip.conf", f"{PYTHON} -m pip config --user unset global.target"),
        (f"{PREFIX}/pip.conf", f"{PYTHON} -m pip config --site unset global.target"),
        ("/etc/pip.conf", f"{PYTHON} -m pip config --global unset global.target"), ("PIP_TARGET", "unset PIP_TARGET"),
    ],
)  # fmt: skip
def test_an_option_is_taken_out_where_it_stands(source, expected):
    home = change(STORAGE.places[0], role="home", path="/home/ada")
    storage = change(STORAGE, places=(*STORAGE.places, home))
    installed = packages(pip_options=(option("target", "/old", source),))

    finding = findings("pip-configured-elsewhere", machine(packages=installed, storage=storage, requirements=LACKING))[
        0
    ]

    assert texts(finding) == [expected]
    assert finding.fixes[0].needs == (("admin",) if source == "/etc/pip.conf" else ())


WRONG = ExtraRequirement(requirement="sklearn==0.0", name="sklearn")
ASKS = change(BEGINNER, extra_requirements=("sklearn==0.0",))


def test_a_package_asked_for_by_its_modules_name():
    there = machine(requirements=(WRONG,))

    finding = findings("requirement-misnamed", there, ASKS)[0]

    assert finding.status == "warn"
    assert finding.evidence == ("sklearn: the package is scikit-learn",)
    assert status("required-package-missing", there, ASKS) == "pass", "scikit-learn is installed"


def test_what_is_advised_has_the_right_name():
    without = packages()
    without = change(without, distributions=tuple(one for one in without.distributions if one.name != "scikit-learn"))

    finding = findings("required-package-missing", machine(requirements=(WRONG,), packages=without), ASKS)[0]

    assert "scikit-learn" in finding.fixes[0].commands[0].argv
    assert not any("sklearn" in word for word in finding.fixes[0].commands[0].argv)


def test_graphviz_without_its_program():
    looked = change(TOOLS, looked_for=(*TOOLS.looked_for, "dot"))
    binding = packages(distribution("graphviz", "0.20.3"))
    identity = "program-behind-a-package-missing"
    asked = change(BEGINNER, extra_requirements=("graphviz",))

    assert status(identity, machine(packages=binding, tools=looked)) == "note"
    finding = findings(identity, machine(packages=binding, tools=looked), asked)[0]
    assert (finding.status, texts(finding)[-1]) == ("warn", "sudo apt-get install -y graphviz")
    found = change(looked, found=(*TOOLS.found, change(TOOLS.found[0], name="dot", path="/usr/bin/dot")))
    assert status(identity, machine(packages=binding, tools=found)) == "pass"
    assert status(identity, machine(packages=binding)) == "pass", "nobody looked for dot"
