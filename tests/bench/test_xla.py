"""torch_xla for real, its CPU as the second device: `make test-xla` sets up the environment and names it."""

from __future__ import annotations

import os

import pytest

from dlcheck.bench import plan, run
from tests.facts import machine

PYTHON = os.environ.get("DLCHECK_XLA_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="DLCHECK_XLA_PYTHON names no interpreter with torch_xla")


@pytest.fixture(scope="module")
def bench():
    options = plan.Options(budget=60.0, dtypes=("fp32", "bf16"), mode="full")
    return run.measure(PYTHON, options, machine(), env={**os.environ, "PJRT_DEVICE": "CPU"})


def test_both_devices_are_measured_and_right(bench):
    assert {device.name for device in bench.devices} == {"cpu", "xla:0"}
    device = bench.device("xla:0")
    assert device is not None and (device.type, device.virtual) == ("xla", True)
    for name in ("cpu", "xla:0"):
        for dtype in ("fp32", "bf16"):
            mine = [row for row in bench.results if (row.device, row.dtype) == (name, dtype) and row.is_plain]
            assert {row.n for row in mine} == {128, 256, 512, 1024, 2048, 4096}
            assert any(row.tflops is not None and row.headline for row in mine)
    assert not bench.wrong
    assert any(
        row.verify and row.verify.method.startswith("freivalds") for row in bench.results if row.device == "xla:0"
    )


def test_the_budget_holds_without_the_imports(bench):
    assert bench.budget.import_s > 0.5
    assert bench.budget.used_s <= 66


def test_nothing_is_written_in_place_and_each_sample_is_one_product(bench):
    rows = [row for row in bench.results if row.device == "xla:0" and row.tflops is not None]
    assert all(not row.out_preallocated and row.calls_per_sample == 1 and row.timer == "wall" for row in rows)


def test_devices_are_compared(bench):
    assert {one.device for one in bench.latency} == {"cpu", "xla:0"}
    assert {one.device for one in bench.crossover} <= {"xla:0"}


def test_training_loses_the_same_on_both(bench):
    steps = {(step.device, step.model): step for step in bench.training}
    assert {device for device, _ in steps} == {"cpu", "xla:0"}
    assert steps["xla:0", "mlp"].loss_agrees is True
    for model in ("mlp", "convnet", "transformer"):
        step = steps["xla:0", model]
        # On a busy machine compiling may take the time of all of them, which is told.
        assert step.loss_agrees is True or "no time for more" in step.skipped_reason, step
        assert steps["cpu", model].samples_per_s > 0
