import pytest

from dlcheck.model.gaps import unseen
from dlcheck.model.python import Packages
from dlcheck.model.tools import Jupyter, Kernel, OtherPython, Pythons
from dlcheck.tell import terminal
from dlcheck.tell.phrases import not_looked_at
from dlcheck.tell.style import Style
from dlcheck.tell.terminal.closing import what_commands_mean, what_kernels_start
from tests.facts import PREFIX, PYTHON, machine, report
from tests.tell.reports import written

USR = {"path": "/usr/bin/python3", "executable": "/usr/bin/python3", "prefix": "/usr", "version": "3.10.12"}
OWN = {"path": PYTHON, "executable": PYTHON, "prefix": PREFIX, "version": "3.12.7"}


@pytest.mark.parametrize(
    ("found", "pip", "words"),
    [
        ([("python3", OWN), ("python", OWN)], PYTHON, "python3, python and pip mean the one that was judged"),
        ([("python", OWN), ("python3", USR)], "/usr/bin/python3",
         "python means the one that was judged; python3 and pip mean Python 3.10.12 in /usr"),
        ([("python3", OWN), ("python3", USR)], PYTHON, "python3 and pip mean the one that was judged"),
        ([("", USR)], "/opt/tools/bin/python", "pip means /opt/tools/bin/python"),
    ],
)  # fmt: skip
def test_what_the_commands_on_path_mean(found, pip, words):
    pythons = Pythons(
        judged=PYTHON, found=tuple(OtherPython(command=name, **where) for name, where in found), pip=pip, pip_python=pip
    )

    assert what_commands_mean(written(snapshot=machine(pythons=pythons))) == words


def test_nothing_is_said_of_commands_that_nobody_looked_at():
    assert what_commands_mean(written()) == ""


def test_what_was_not_looked_at_is_told_by_its_reason():
    report = written(
        not_looked_at=("torch (left out by --quick)", "jax (left out by --quick)", "libraries (only with --deep)")
    )

    assert not_looked_at(report) == ["torch, jax (left out by --quick)", "libraries (only with --deep)"]


def test_kernels_are_told_where_one_starts_another_python():
    own = Kernel(name="python3", language="python", exists=True, prefix=PREFIX, executable=PYTHON)
    other = Kernel(name="tf", language="python", exists=True, prefix="/opt/tf", executable="/opt/tf/bin/python")

    assert what_kernels_start(written(snapshot=machine(jupyter=Jupyter(kernels=(own,))))) == ""
    assert (
        what_kernels_start(written(snapshot=machine(jupyter=Jupyter(kernels=(own, other)))))
        == "python3 starts the one that was judged; tf starts /opt/tf"
    )
    assert what_kernels_start(written()) == ""


def test_other_commands_are_named_as_this_one_was_started():
    bare = machine(packages=Packages(), requirements=(), torch=unseen("absent"), numerics=unseen("broken"))
    text = terminal.render(report(bare), Style(program="python -m dlcheck", again="python -m dlcheck doctor"))

    assert "$ python -m dlcheck guide python" in text
    assert "$ dlcheck " not in text
