"""Real runs in an interpreter with PyTorch, with faults built into its products; and in interpreters without it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib import resources

import jsonschema
import pytest

from dlcheck.bench import plan, run
from dlcheck.model.documents import decode_bench, encode
from dlcheck.model.gaps import Missing
from dlcheck.observe import child
from tests.bench import torches
from tests.bench.torches import REAL, before_the_real_one, has
from tests.facts import machine

# These keep time, which a machine that runs other tests beside them cannot: they run where somebody asks for them.
needs_torch = pytest.mark.skipif(
    not has("torch") or "DLCHECK_TEST_TIMES" not in os.environ,
    reason="needs DLCHECK_TEST_PYTHON with PyTorch, and DLCHECK_TEST_TIMES=1 on a machine with nothing else to do",
)
SCHEMA = json.loads((resources.files("dlcheck.model") / "schemas" / "bench-1.json").read_text("utf-8"))
SHORT = plan.Options(budget=3.0, dtypes=("fp32",))


def measured(options=SHORT, env=None, python=REAL, **named):
    bench = run.measure(python, options, machine(), env=env, **named)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(encode(bench)))
    assert decode_bench(encode(bench)) == bench
    return bench


@needs_torch
def test_a_quick_run_keeps_its_budget_and_measures():
    bench = measured(plan.Options(mode="quick", budget=3.0))

    assert bench.library == "torch"
    assert bench.budget.used_s <= 3.3
    assert not bench.wrong
    heads = [row for row in bench.results if row.headline and row.dtype == "fp32"]
    # Several threads may come less far beside other tests.
    assert all(row.tflops is not None for row in heads) and any(row.n == 512 for row in heads)
    assert {row.n for row in bench.results if row.dtype == "fp32"} == {128, 256, 512, 1024, 2048, 4096}
    assert all((row.tflops is None) == bool(row.skipped_reason) for row in bench.results)


@needs_torch
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (torches.FLIPS_A_BIT, {"sporadic"}),
        (torches.WRONG, {"residual"}),
        (torches.EMPTY, {"not-written"}),
        (torches.NOT_A_NUMBER, {"not-finite"}),
    ],
)
def test_a_wrong_product_is_found(tmp_path, fault, named):
    bench = measured(plan.Options(budget=3.0, dtypes=("fp32",)), env=before_the_real_one(tmp_path, fault))

    assert {row.verify.fault for row in bench.wrong if row.verify} == named
    assert all(row.verify and row.verify.words for row in bench.wrong)


@needs_torch
def test_a_kernel_that_adds_in_another_order_is_no_fault(tmp_path):
    bench = measured(env=before_the_real_one(tmp_path, torches.ADDS_IN_ANOTHER_ORDER))

    assert not bench.wrong
    assert any(row.verify and not row.verify.deterministic for row in bench.results)


@needs_torch
def test_a_format_without_a_fast_kernel_is_named_and_not_measured_to_the_end(tmp_path):
    bench = measured(
        plan.Options(budget=4.0, dtypes=("fp32", "bf16")), env=before_the_real_one(tmp_path, torches.SLOW_BF16)
    )

    rows = [row for row in bench.results if row.dtype == "bf16"]
    named = [row for row in rows if row.emulated_against]
    assert named and all(isinstance(row.emulated_factor, float) and row.emulated_factor > 8 for row in named)
    assert all(row.skipped_reason for row in rows if row.n > 256)
    assert bench.budget.used_s <= 4.4


@needs_torch
def test_no_memory_ends_a_sweep_and_not_the_run(tmp_path):
    bench = measured(env=before_the_real_one(tmp_path, torches.OUT_OF_MEMORY))

    reasons = {row.skipped_reason for row in bench.results if row.n > 256}
    assert any("out of memory" in reason for reason in reasons) and "" not in reasons
    assert any(row.tflops is not None for row in bench.results if row.n == 256)
    assert bench.ended == Missing("not-looked")


@needs_torch
def test_a_call_that_does_not_come_back_ends_in_time_with_what_was_taken(tmp_path):
    bench = measured(env=before_the_real_one(tmp_path, torches.HANGS))

    assert "the time was up" in str(bench.ended)
    assert bench.budget.used_s <= 3.3
    assert any(row.first_call_s != Missing("not-looked") for row in bench.results)


@needs_torch
def test_a_library_that_dies_leaves_what_was_taken(tmp_path):
    bench = measured(env=before_the_real_one(tmp_path, torches.DIES))

    assert "SIGABRT" in str(bench.ended)
    assert any(row.tflops is not None for row in bench.results)


@needs_torch
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_an_interruption_tells_what_was_measured():
    timer = threading.Timer(5.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    try:
        bench = measured(plan.Options(budget=60.0, dtypes=("fp32",)))
    finally:
        timer.cancel()

    assert bench.interrupted
    assert time.monotonic() - began < 12
    assert any(row.tflops is not None for row in bench.results)


@needs_torch
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells how long threads waited")
def test_beside_spinning_processes_no_row_of_several_threads_is_clean():
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        pytest.skip("one core")
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        bench = measured(plan.Options(budget=4.0, dtypes=("fp32",)))
    finally:
        for one in spinning:
            one.kill()
            one.wait()

    rows = [row for row in bench.results if row.threads > 1 and row.tflops is not None]
    assert rows and all(row.quality == "C" for row in rows)
    assert all(row.refused for row in rows if row.blocks > 2)
    assert bench.contention.words
    assert bench.budget.used_s <= 4.4


@needs_torch
def test_all_that_is_done_with_a_gpu_is_done_in_one_run(tmp_path):
    told = tmp_path / "told"
    env = {**before_the_real_one(tmp_path, torches.AS_A_GPU), "DLCHECK_TEST_TOLD": str(told)}
    bench = measured(plan.Options(budget=10.0, dtypes=("fp32", "bf16")), env=env)
    rows = [row for row in bench.results if row.device == "cuda:0" and row.tflops is not None]

    assert bench.device("cuda:0").cc == (8, 9)
    assert "events" in {row.timer for row in rows} and not bench.wrong
    assert any(row.device == "cuda:0" and row.timer == "graph" for row in bench.results)
    assert {"stream", "capture"} == set(told.read_text().split())
    assert any(row.headline and row.time_s.sustained > 0 for row in rows)
    assert {one.device for one in bench.latency} == {one.device for one in bench.memory_bw} == {"cpu", "cuda:0"}
    assert {(one.dir, one.kind) for one in bench.transfers} >= {("h2d", "pageable"), ("d2h", "pageable")}
    assert bench.crossover and bench.budget.kept


def test_the_import_is_told_however_soon_it_comes_after_something_else():
    told: list[run.Progress] = []
    reporter = run.Reporter(20.0, told.append)
    for words in ("starting", "importing torch", "multiplying fp32 on cpu, 128 x 128"):
        reporter.told({"stage": words})

    assert [one.words for one in told] == ["starting", "importing torch"]


def test_a_process_that_stands_still_is_ended_soon_after_its_budget():
    backstop = run.Backstop(0.5)
    backstop.told({"stage": "importing torch"})
    backstop.told({"facts": {"import_s": 1.0, "spent_s": 0.1}})
    ended = child.run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=40)

    assert ended.outcome == "crashed" and ended.seconds < 5
    assert backstop.struck
    assert run._ended(None, backstop) is None


def test_one_that_ends_in_time_is_left_alone():
    backstop = run.Backstop(0.3)
    backstop.told({"facts": {"import_s": 1.0}})
    backstop.close()
    time.sleep(0.5)

    assert not backstop.struck


@needs_torch
def test_progress_is_told_while_it_runs():
    told: list[run.Progress] = []
    measured(on_progress=told.append)

    assert any("GFLOP/s" in one.words for one in told)
    assert 0 <= min(one.fraction for one in told) <= max(one.fraction for one in told) <= 1


@pytest.mark.skipif(not has("numpy"), reason="DLCHECK_TEST_PYTHON names no interpreter with NumPy")
def test_without_torch_the_cpu_is_measured_with_numpy(tmp_path):
    (tmp_path / "torch").mkdir()  # a folder without code hides none that is installed, so: a finder that hides it
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nclass No:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch':\n            raise ModuleNotFoundError(name)\nsys.meta_path.insert(0, No())\n"
    )
    bench = measured(env={**os.environ, "PYTHONPATH": str(tmp_path)})

    assert bench.library == "numpy"
    assert any("PyTorch is not installed" in note for note in bench.notes)
    assert any(row.tflops is not None for row in bench.results) and not bench.wrong


def test_with_neither_there_is_a_gap_in_words(tmp_path):
    made = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    bench = measured(python=str(made / ("Scripts" if os.name == "nt" else "bin") / "python"))

    assert bench.library == Missing("absent", "neither PyTorch nor NumPy is installed")
    assert bench.results == ()


def test_an_interpreter_that_is_not_there_is_a_gap(tmp_path):
    bench = measured(python=str(tmp_path / "none"))

    assert isinstance(bench.library, Missing) and "not found" in bench.library.why
