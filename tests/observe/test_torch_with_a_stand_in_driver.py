"""A real PyTorch for CUDA that loads a stand-in libcuda: torch's own reason comes back, and the cause is named.

DLCHECK_TEST_CUDA_PYTHON names an interpreter that has such a torch; without it these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dlcheck.model.gaps import Probed, unseen
from dlcheck.observe.context import Request
from dlcheck.observe.examine import examine
from tests import standins
from tests.facts import INTERPRETER, change, findings, gpu_machine, machine, status

PYTHON = os.environ.get("DLCHECK_TEST_CUDA_PYTHON", "")
pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="DLCHECK_TEST_CUDA_PYTHON names no interpreter with a CUDA build of torch"),
    pytest.mark.skipif(sys.platform != "linux", reason="libcuda.so.1 is found by LD_LIBRARY_PATH on Linux"),
]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    return standins.build(tmp_path_factory.mktemp("driver"), "libcuda.so.1")


def look(libraries, timeout: float = 60.0, **variables: str) -> Probed:
    environ = {**os.environ, "LD_LIBRARY_PATH": str(libraries), **variables}
    environ.pop("PYTHONPATH", None)
    return examine(Request(python=PYTHON, probes=("torch",), timeout=timeout, environ=environ)).torch


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"STANDIN_CUDA_INIT": "802"}, "Error 802: system not yet initialized"),
        ({"STANDIN_CUDA_INIT": "803"}, "Error 803"),
        ({"STANDIN_CUDA_INIT": "804"}, "Error 804: forward compatibility was attempted on non supported HW"),
        ({"STANDIN_CUDA_INIT": "999"}, "CUDA unknown error"),
        ({"STANDIN_CUDA_INIT": "34"}, "Error 34: CUDA driver is a stub library"),
        ({"STANDIN_CUDA_INIT": "100"}, "No CUDA GPUs are available"),
        ({"STANDIN_CUDA_VERSION": "11040"}, "too old (found version 11040)"),
    ],
)
def test_torch_says_why_cuda_is_not_available(libraries, variables, words):
    probed = look(libraries, **variables)
    torch = probed.value
    assert torch is not None, probed.missing
    assert probed.ending is None
    assert torch.cuda_available is False
    assert words in torch.cuda_reason
    assert torch.cuda_driver_version == int(variables.get("STANDIN_CUDA_VERSION", "13000"))
    assert any(path.endswith("libcuda.so.1") for path in torch.libraries)
    assert "Triggered internally" not in torch.cuda_reason


def test_the_build_is_known_without_a_gpu(libraries):
    torch = look(libraries, STANDIN_CUDA_INIT="100").value
    assert torch is not None
    assert any(arch.startswith("sm_") for arch in torch.arch_list)
    assert torch.devices[0].product_right is True
    assert torch.numpy_bridge is True
    assert str(torch.cudnn).isdigit()


@pytest.mark.parametrize(("act", "signal"), [("segfault", "SIGSEGV"), ("abort", "SIGABRT")])
def test_a_driver_that_kills_torch(libraries, act, signal):
    probed = look(libraries, STANDIN_CUDA_ACT=act)
    broken = machine(torch=probed)
    (finding,) = findings("torch-cuda-init-crashes", broken)
    assert finding.status == "fail"
    assert signal in finding.evidence[0]
    assert "asking CUDA" in finding.evidence[0]
    assert probed.value is not None
    assert probed.value.devices[0].product_right is True, "what was answered before the crash is not lost"
    assert status("torch-import-crashes", broken) == "pass"


def test_a_driver_that_never_answers(libraries):
    broken = machine(torch=look(libraries, timeout=15.0, STANDIN_CUDA_ACT="sleep"))
    (finding,) = findings("torch-cuda-init-hangs", broken)
    assert finding.status == "fail"
    assert "doing nothing" in finding.evidence[0]


TRAINS = "import torch; w = torch.ones(2, requires_grad=True); w.sum().backward(); print('trains on the CPU')"


def run_without_an_answer(libraries, words, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run these words while every cuInit waits for ever, for 20 s at most."""
    environ = {**os.environ, "LD_LIBRARY_PATH": str(libraries), "STANDIN_CUDA_ACT": "sleep", **variables}
    return subprocess.run(words, capture_output=True, text=True, timeout=20, env=environ, check=False)


def test_hiding_the_gpus_does_not_keep_torch_from_asking_the_driver(libraries):
    """What one would think of first: it is why another way is advised."""
    with pytest.raises(subprocess.TimeoutExpired):
        run_without_an_answer(
            libraries, [PYTHON, "-c", TRAINS], CUDA_VISIBLE_DEVICES="-1", PYTORCH_NVML_BASED_CUDA_CHECK="1"
        )


def test_the_way_on_that_is_advised_works(libraries, tmp_path):
    """Typed word for word, with the hanging library where the loader would find it."""
    facts = gpu_machine(
        cuda_driver=unseen("timed-out", "no answer after 20 s"),
        interpreter=change(INTERPRETER, executable=PYTHON),
    )
    (finding,) = findings("nvidia-driver-hangs", facts)
    hide = next(fix for fix in finding.fixes if "hide the driver" in fix.title)
    assert hide.verify is not None
    lines = [*(one.text for one in hide.commands), f'export LD_LIBRARY_PATH="$LD_LIBRARY_PATH:{libraries}"']
    checked = hide.verify.text.partition(" ")[2]

    tried = run_without_an_answer(libraries, ["bash", "-c", "\n".join([*lines, checked])], HOME=str(tmp_path))

    assert tried.stdout.strip() == "trains on the CPU", tried.stderr
