"""PyTorch's and TensorFlow's exercises: stand-ins that offer nothing, and the real ones where there are some."""

import os
import subprocess

import pytest

from dlcheck.observe.context import Request
from dlcheck.observe.examine import examine
from dlcheck.observe.worker import exercises_tensorflow, exercises_torch
from tests.observe.test_exercise import Answers

REAL = os.environ.get("DLCHECK_TEST_PYTHON", "")


def has(module):
    """Does the interpreter for tests have it? Asked without importing it."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return bool(REAL) and subprocess.run([REAL, "-c", code], check=False).returncode == 0


class Refusing:
    """A framework whose every function says that it is not implemented."""

    class errors:
        UnimplementedError = NotImplementedError

    def __getattr__(self, name):
        if name.startswith("float"):
            return name
        raise NotImplementedError(f"the operator {name} is not implemented for this device")


@pytest.mark.parametrize(
    ("module", "devices"), [(exercises_torch, ["cpu", "mps"]), (exercises_tensorflow, ["CPU:0", "GPU:0"])]
)
def test_what_a_device_does_not_offer_is_left_out_and_what_the_cpu_refuses_is_an_error(module, devices):
    answers = Answers()
    module.run(answers, Refusing(), devices, {"depth": "deep"})

    outcomes = {(one["device"] == "cpu", one["outcome"]) for one in answers.items}
    assert outcomes == {(True, "error"), (False, "left-out")}
    assert {one["device"] for one in answers.items} == {"cpu", devices[1]}


@pytest.mark.parametrize("module", [exercises_torch, exercises_tensorflow])
def test_a_framework_that_holds_nothing_gives_errors_and_no_end(module):
    answers = Answers()
    module.run(answers, object(), ["cpu"], {"depth": "default"})

    assert {one["outcome"] for one in answers.items} == {"error", "left-out"}
    assert {one["topic"] for one in answers.items} == {
        "vector-products",
        "matrix-algebra",
        "derivatives",
        "classification",
        "network",
    }


def test_where_no_device_works_nothing_is_calculated():
    answers = Answers()
    exercises_torch.run(answers, object(), [], {"depth": "default"})

    assert answers.items == []


def examined(tmp_path, name, sitecustomize=""):
    (tmp_path / "sitecustomize.py").write_text(sitecustomize)
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    request = Request(
        python=REAL, probes=("pythons", "interpreter", name), environ=environ, cwd=str(tmp_path), depth="deep"
    )
    return getattr(examine(request), name).value.exercises


@pytest.mark.skipif(not has("torch"), reason="DLCHECK_TEST_PYTHON names no interpreter with PyTorch")
def test_pytorch_calculates_rightly(tmp_path):
    exercises = examined(tmp_path, "torch")

    assert {one.outcome for one in exercises if one.device == "cpu"} == {"right"}
    assert {one.outcome for one in exercises} <= {"right", "left-out"}


@pytest.mark.skipif(not has("torch"), reason="DLCHECK_TEST_PYTHON names no interpreter with PyTorch")
def test_a_pytorch_that_calculates_wrongly_is_caught(tmp_path):
    exercises = examined(
        tmp_path,
        "torch",
        "import sys\n"
        "if any('torch' == word for word in sys.orig_argv):\n"
        "    import torch\n"
        "    torch.dot = lambda one, two: torch.tensor(5.0)\n"
        "    torch.sin = torch.cos\n",
    )

    assert {one.name for one in exercises if one.outcome == "wrong"} == {"dot-product", "chain-rule"}


@pytest.mark.skipif(not has("tensorflow"), reason="DLCHECK_TEST_PYTHON names no interpreter with TensorFlow")
def test_tensorflow_calculates_rightly(tmp_path):
    exercises = examined(tmp_path, "tensorflow")

    assert {one.outcome for one in exercises} <= {"right", "left-out"}
    assert "right" in {one.outcome for one in exercises if one.topic == "network"}
