import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from dlcheck.model.devices import Pci
from dlcheck.model.gaps import seen
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import nvidia, nvml
from tests import standins

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-ins are ELF libraries")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return standins.build(tmp_path_factory.mktemp("nvml"), "libnvidia-ml.so.1")


@pytest.fixture
def ask(library):
    """The real probe on a machine whose loader finds the stand-in, and whose bus is empty."""

    def probe(timeout=30.0, **variables):
        environ = {
            **os.environ,
            "LD_LIBRARY_PATH": str(library),
            **{f"STANDIN_NVML_{name}": str(value) for name, value in variables.items()},
        }
        context = Context(Request(timeout=timeout, environ=environ))
        context.put("pci", seen(Pci(source="/sys/bus/pci")))
        return nvidia.probe(context)

    return probe


def test_a_good_driver_is_told_field_by_field(ask, library):
    probed = ask()
    found = probed.value
    gpu = found.gpus[1]

    assert probed.ending is None
    assert (found.nvml_code, found.driver_version, found.driver_cuda) == (0, "570.124.06", (12, 8))
    assert found.nvml_library == str(library / "libnvidia-ml.so.1")
    assert (found.nvml_version, found.library_version) == ("570.124.06", "570.124.06")
    assert (gpu.index, gpu.name, gpu.pci_address, gpu.handle_code) == (1, "NVIDIA A100-SXM4-80GB", "0000:1b:00.0", 0)
    assert (gpu.compute_capability, gpu.compute_mode, gpu.multiprocessors) == ((8, 0), "exclusive-process", 108)
    assert (gpu.memory_total_bytes, gpu.memory_used_bytes, gpu.memory_free_bytes) == (80000, 10000, 70000)
    assert (gpu.temperature_celsius, gpu.power_watts) == (91, 61.5)
    assert (gpu.remap_pending, gpu.remap_failed) == (True, False)
    assert (gpu.mig_enabled, gpu.mig_instances, gpu.fabric_state) == (False, (), "not-started")


def test_a_call_that_fails_costs_one_field_and_says_why(ask):
    gpu = ask(DENIED=1).value.gpus[0]

    assert (gpu.power_watts.gap, gpu.power_watts.why) == ("denied", "NVML 4: no permission")
    assert (gpu.ecc_enabled.gap, gpu.ecc_enabled.why) == ("absent", "NVML 3: not supported")
    assert (gpu.pcie_width.gap, gpu.pcie_width.why) == ("absent", "NVML 13: this driver does not know the call")
    assert gpu.temperature_celsius == 91


def test_a_throttle_reason_that_passes_in_a_moment_is_none(ask):
    assert ask().value.gpus[0].throttle_bits == 0x41


def test_a_lost_gpu_is_told_beside_the_healthy_one(ask):
    healthy, lost = ask(LOST=1).value.gpus

    assert (healthy.handle_code, healthy.name) == (0, "NVIDIA A100-SXM4-80GB")
    assert (lost.handle_code, lost.name.gap, lost.name.why) == (15, "broken", "NVML 15: the GPU is lost")


def test_a_gpu_that_is_lost_while_it_is_asked_keeps_what_it_said(ask):
    dying, healthy = ask(DYING=0).value.gpus

    assert (dying.handle_code, dying.memory_total_bytes) == (15, 80000)
    assert dying.temperature_celsius.gap == "broken"
    assert healthy.temperature_celsius == 91


@pytest.mark.parametrize(
    ("code", "words"), [(18, "different versions"), (9, "not loaded"), (999, "unknown"), (4711, "without a name")]
)
def test_a_driver_that_does_not_start_is_told_by_its_code(ask, code, words):
    found = ask(INIT=code).value

    assert found.nvml_code == code
    assert found.gpus.gap == "broken"
    assert found.gpus.why.startswith(f"NVML {code}: ") and words in found.gpus.why
    assert found.nvml_version == "570.124.06"


def test_nvml_that_never_answers_is_named_in_bounded_time(ask):
    began = time.monotonic()
    probed = ask(timeout=2.5, ACT="sleep")

    assert time.monotonic() - began < 10
    assert probed.value.nvml_code.gap == "timed-out"
    assert probed.value.gpus.gap == "timed-out"
    assert probed.ending.stage == "starting NVML (nvmlInit)"
    assert probed.value.nvml_version == "570.124.06"


@pytest.mark.parametrize(("act", "signal"), [("segfault", "SIGSEGV"), ("abort", "SIGABRT")])
def test_nvml_that_crashes_is_named(ask, act, signal):
    probed = ask(ACT=act)

    assert probed.value.nvml_code.gap == "crashed"
    assert (probed.ending.signal, probed.ending.stage) == (signal, "starting NVML (nvmlInit)")


def test_a_crash_at_one_gpu_leaves_what_was_said_before(ask):
    probed = ask(ACT="segfault-name")
    first, second = probed.value.gpus

    assert (probed.value.nvml_code, first.name, first.temperature_celsius) == (0, "NVIDIA A100-SXM4-80GB", 91)
    assert second.memory_total_bytes == 80000
    assert second.name.gap == "crashed"
    assert probed.ending.stage == "asking NVML for GPU 1's name"


def test_a_name_of_garbage_and_a_hostile_name_are_recorded_as_they_are(ask):
    assert ask(NAME=b"A\xff\xfeB".decode("utf-8", "surrogateescape")).value.gpus[0].name == "A\ufffd\ufffdB"
    assert ask(NAME="[red]x[/]\x1b[31m").value.gpus[0].name == "[red]x[/]\x1b[31m"


def test_processes_of_ours_are_not_others(ask):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as ours:
        gpu = ask(PIDS=f"{ours.pid}:3000,1:2000").value.gpus[0]

    assert (gpu.other_processes, gpu.other_processes_bytes) == (1, 2000)
    assert (gpu.memory_used_bytes, gpu.memory_free_bytes) == (7000, 73000)


def test_numbers_without_sense_are_gaps_and_fit_into_a_document(ask):
    probed = ask(PIDS=f"1:{2**64 - 2},2:{2**64 - 3}")

    assert probed.value.gpus[0].other_processes_bytes.gap == "broken"
    assert msgspec.json.encode(probed)


def test_a_node_that_the_kernel_refuses_is_told_from_one_that_is_not_there(monkeypatch):
    told = {}

    class Answer:
        def stage(self, words):
            pass

        def facts(self, **fields):
            told.update(fields)

    def refuse(path, flags):
        raise OSError(errno.EPERM if path == "/dev/nvidiactl" else errno.ENOENT, "refused")

    monkeypatch.setattr(os, "open", refuse)
    nvml._open_nodes(Answer(), ["/dev/nvidiactl", "/dev/nvidia-uvm"])

    assert told == {"blocked_nodes": ["/dev/nvidiactl"]}


def test_a_driver_without_gpus_has_an_empty_list(ask):
    assert ask(GPUS=0).value.gpus == ()


def test_a_library_that_is_none_is_a_gap(tmp_path):
    (tmp_path / "libnvidia-ml.so.1").write_bytes(Path(sys.executable).read_bytes()[:64])
    context = Context(Request(environ={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}))
    context.put("pci", seen(Pci()))

    found = nvidia.probe(context).value

    assert found.nvml_code.gap == "broken"
    assert "cannot be loaded" in found.nvml_code.why
    assert str(tmp_path) in found.nvml_library
