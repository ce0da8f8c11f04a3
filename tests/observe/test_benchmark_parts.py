"""Parts of the benchmark: who disturbs, how many threads, what is right, what is tried, when it is over."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from dlcheck.bench import plan
from dlcheck.observe import ask
from dlcheck.observe.worker.benchmark import probing, processor, rounds, software, threads, watch
from dlcheck.observe.worker.benchmark.devices.cpu import Cpu
from dlcheck.observe.worker.benchmark.formats import FORMATS
from dlcheck.observe.worker.benchmark.rows import Row
from dlcheck.observe.worker.benchmark.verification import Check

STAT = """cpu  100 0 100 800 0 0 0 50 0 0
cpu0 60 10 20 400 5 1 2 40 0 0
cpu1 40 0 80 400 0 0 0 10 0 0
intr 1 2 3
"""


@pytest.mark.parametrize(
    ("text", "processors", "expected"),
    [
        (STAT, [0], (0.93, 0.40)),
        (STAT, [0, 1], (2.13, 0.50)),
        (STAT, [7], None),
        ("", [0], None),
        ("cpu0 1 2", [0], None),
    ],
)
def test_how_busy_the_processors_are(text, processors, expected):
    found = watch.parse_stat(text, processors, 100)
    assert found == (None if expected is None else pytest.approx(expected))


def test_pressure():
    assert watch.parse_pressure("some avg10=48.55 avg60=39.53 avg300=24.44 total=194415695\nfull avg10=0.00") == 48.55
    assert watch.parse_pressure("") is None


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this kernel does not tell how long threads wait")
def test_waiting_is_told_in_seconds():
    before = watch.waited()
    assert before is None or 0 <= before <= watch.waited() < 1e6


def topology(folder, siblings):
    for number, text in enumerate(siblings):
        place = folder / f"cpu{number}" / "topology"
        place.mkdir(parents=True)
        (place / "thread_siblings_list").write_text(text + "\n")
    return str(folder)


def test_siblings_are_one_core(tmp_path):
    root = topology(tmp_path, ["0,2", "1,3", "0,2", "1,3"])

    assert threads.physical([0, 1, 2, 3], root) == 2
    assert threads.physical([0, 2], root) == 1
    assert threads.physical([0, 9], root) == 0


@pytest.mark.parametrize(
    ("asked", "variables", "library", "expected"),
    [
        ({"quota_cores": 1.5}, {}, 4, (1, "quota")),
        ({"quota_cores": 0.5}, {}, 4, (1, "quota")),
        ({}, {}, 4, (4, "physical cores")),
        ({}, {"OMP_NUM_THREADS": "2"}, 2, (2, "OMP_NUM_THREADS=2")),
        ({}, {"OMP_NUM_THREADS": "64"}, 64, (4, "physical cores")),
        ({}, {"OMP_NUM_THREADS": "garbage"}, 4, (4, "physical cores")),
        ({"quota_cores": 1.0}, {"OMP_NUM_THREADS": "2"}, 2, (1, "quota")),
    ],
)
def test_how_many_threads(monkeypatch, asked, variables, library, expected):
    for name in threads.SET_BY:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(threads, "allowed", lambda: [0, 1, 2, 3])
    monkeypatch.setattr(threads, "physical", lambda processors: 4)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    count, because = threads.usable(asked, library)

    assert count == expected[0] and expected[1] in because


RYZEN = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 97\nmodel name\t: AMD Ryzen 9 7950X\n"
GRACE = (
    "processor\t: 0\nFeatures\t: fp asimd sve2 bf16\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n"
    "CPU part\t: 0xd4f\nCPU revision\t: 0\n\n"
)
SMALL_CORE = GRACE.replace("0xd4f", "0xd05")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (RYZEN * 2, {"cpu_family": 25, "cpu_model": 97}),
        (GRACE * 2, {"cpu_implementer": 0x41, "cpu_part": 0xD4F}),
        (GRACE + SMALL_CORE, {}),
        (GRACE.replace("0xd4f", "garbage"), {}),
        ("", {}),
    ],
)
def test_a_processor_is_known_by_numbers_unless_its_cores_differ(text, numbers):
    assert processor.parse_cpuinfo(text) == numbers


def test_windows_and_macos_tell_a_processors_numbers_elsewhere():
    text = "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel"
    assert processor.parse_identifier(text) == {"cpu_family": 6, "cpu_model": 158}
    assert processor.parse_identifier("ARMv8 (64-bit) Family 8 Model D4B Revision   0, Qualcomm") == {}

    told = {"machdep.cpu.family": 6, "machdep.cpu.model": 142}
    assert processor.of_sysctl(told.get) == {"cpu_family": 6, "cpu_model": 142}
    assert processor.of_sysctl({}.get) == {}
    assert processor.sysctl("no.such.name") is None


def test_affinity_is_named(monkeypatch):
    monkeypatch.setattr(threads, "allowed", lambda: [0, 2])
    monkeypatch.setattr(threads, "physical", lambda processors: 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)

    assert threads.usable({}, 8) == (1, "cores this process may use (2 of 8 processors by its affinity)")


CONFIG = """PyTorch built with:
  - Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for Intel(R) 64 architecture applications
  - Intel(R) MKL-DNN v3.12.0 (Git Hash 80afa71049cd69a3df32adcccb623b12cd7baa22)
  - Build settings: BLAS_INFO=mkl, BUILD_TYPE=Release
"""


def test_versions_in_the_configuration():
    assert software.parse_config(CONFIG) == {"mkl": "2024.2-Product", "onednn": "3.12.0", "blas_info": "mkl"}
    assert software.parse_config("") == {}


def test_variables_of_the_allow_list_alone():
    environ = {"OMP_NUM_THREADS": "4", "AWS_SECRET_ACCESS_KEY": "x", "CUDA_VISIBLE_DEVICES": "0", "HOME": "/root"}
    assert software.variables(environ) == {"OMP_NUM_THREADS": "4", "CUDA_VISIBLE_DEVICES": "0"}


class Product:
    """A product whose results are told beforehand; then the last one for ever."""

    def __init__(self, results, residual=1.0, unwritten="", dtype="fp32", n=64):
        self.results, self.c, self._residual, self._unwritten = list(results), results[0], residual, unwritten
        self.dtype, self.m, self.n, self.format = dtype, n, n, FORMATS[dtype]
        self.out_preallocated = True

    def call(self):
        self.c = self.results.pop(0) if len(self.results) > 1 else self.results[0]

    def forget_result(self):
        pass

    def copy(self):
        return self.c

    def equals(self, copy):
        return self.c == copy

    def differing(self, copy):
        return self.c.get("differs", 1), "row 1, column 1: 2.0, before 1.0"

    def unwritten(self):
        return self._unwritten

    def residual(self):
        return self._unwritten, self._residual


def checked(product, inspections=5):
    row = Row(1, Cpu(1), product.dtype, product.n, 1)
    row.product = product
    product.call()
    row.check = Check(row)
    for _ in range(inspections):
        product.call()
        row.check.inspect()
    row.check.prove()
    return row.check.facts()


RIGHT = {"differs": 0}


def test_equal_products_are_right():
    facts = checked(Product([RIGHT]))
    assert (facts["ok"], facts["fault"], facts["repeats"], facts["bitwise_repeat"]) == (True, "", 6, True)


def test_one_entry_that_differs_once_is_a_fault_however_small():
    facts = checked(Product([RIGHT, RIGHT, {"differs": 1}, RIGHT]))
    assert (facts["ok"], facts["fault"]) == (False, "sporadic")
    assert "1 of 4096 entries differ" in facts["words"] and "of 20 repeats 0 differ" in facts["words"]


def test_many_entries_that_differ_a_little_are_a_kernel_that_adds_in_another_order():
    facts = checked(Product([RIGHT, {"differs": 2000}, RIGHT]))
    assert (facts["ok"], facts["deterministic"], facts["bitwise_repeat"]) == (True, False, False)


def test_many_entries_that_differ_much_are_a_fault():
    product = Product([RIGHT, {"differs": 2000}, RIGHT], residual=1000.0)
    assert checked(product)["fault"] == "residual"


@pytest.mark.parametrize("fault", ["not-written", "not-finite"])
@pytest.mark.parametrize("n", [64, 4096])
def test_what_no_product_holds_is_found_in_the_first(fault, n):
    facts = checked(Product([RIGHT], unwritten=fault, residual=float("inf"), n=n), inspections=0)
    assert (facts["ok"], facts["fault"], facts["residual_u"]) == (False, fault, 1e300)


@pytest.mark.parametrize(
    ("dtype", "residual", "ok"),
    [("fp32", 16.5, True), ("fp32", 65.0, False), ("bf16", 1.9, True), ("bf16", 9.0, False), ("int8", 0.0, True),
     ("int8", 1e-9, False), ("fp64", 47.0, True), ("fp32", float("nan"), False)],
)  # fmt: skip
def test_how_far_a_right_product_may_be_off(dtype, residual, ok):
    assert checked(Product([RIGHT], residual=residual, dtype=dtype))["ok"] is ok


class Clock:
    """Time that passes by what is done, not by itself."""

    def __init__(self, seconds):
        self.seconds = seconds

    def left(self):
        return self.seconds


class Library:
    """Products that take as long as they are told to by format and size, and say who was multiplied."""

    def __init__(self, slow=(), refuses=None):
        self.bytes, self.made, self._slow, self._refuses = {}, [], dict(slow), refuses
        self.count = 0

    def has(self, dtype):
        return dtype in ("fp32", "bf16", "fp16")

    def set_threads(self, count):
        self.count = count

    def settings(self, device, dtype):
        import contextlib

        return contextlib.nullcontext()

    def flusher(self, device):
        return lambda: None

    def product(self, device, dtype, shape, layout="NN"):
        m, n, k = shape
        if self._refuses and n >= self._refuses:
            raise MemoryError("no memory for it")
        self.made.append((dtype, n))
        product = Product([RIGHT], dtype=dtype, n=n)
        product.m = m
        seconds = 1e-13 * m * n * k * self._slow.get(dtype, 1.0)
        product.call = lambda: time.sleep(seconds) if seconds > 1e-5 else None
        return product

    def forget(self, device, dtype, shape):
        pass


class Said:
    """Takes answers."""

    def __init__(self):
        self.items = []

    def add(self, field, item):
        self.items.append((field, item))

    def stage(self, words):
        pass

    def facts(self, **facts):
        pass

    def rows(self):
        return {(row["dtype"], row["n"], row["threads"]): row for field, row in self.items if field == "rows"}


def tried(library, mode="default", per_call=0.05, memory=1 << 40, seconds=100.0, count=1, **asked):
    said = Said()
    question = {"mode": mode, "per_call": per_call, "memory": memory, "dtypes": [], "devices": [], **asked}
    run = probing.Run(said, question, Clock(seconds), library, SimpleNamespace(look=lambda: None))
    device = Cpu(count)
    return probing.probe_all(run, [device], count), said


def test_no_call_is_made_that_is_predicted_over_the_limit():
    library = Library({"fp32": 500.0})
    rows, said = tried(library, dtypes=["fp32"])

    assert {row.n for row in rows} == {128, 256, 512}
    assert max(n for _, n in library.made) == 512
    assert "this run allows 0.05 s" in said.rows()["fp32", 1024, 1]["skipped_reason"]
    assert set(said.rows()) == {("fp32", n, 1) for n in (128, 256, 512, 1024, 2048, 4096)}


def test_a_format_that_is_much_slower_than_fp32_is_named_and_given_up():
    library = Library({"fp32": 5000.0, "bf16": 200000.0})
    rows, said = tried(library, dtypes=["fp32", "bf16"])

    assert [row.n for row in rows if row.dtype == "bf16"] == [128]
    told = said.rows()["bf16", 128, 1]
    assert told["emulated_against"] == "fp32" and 8 < told["emulated_factor"] < 60
    assert "no fast kernel" in said.rows()["bf16", 4096, 1]["skipped_reason"]


def test_what_does_not_fit_is_not_made():
    rows, said = tried(Library({"fp32": 0.01}), dtypes=["fp32"], memory=20 << 20)

    assert {row.n for row in rows} <= {128, 256, 512, 1024}
    assert "MB" in said.rows()["fp32", 4096, 1]["skipped_reason"]


def test_no_memory_after_all_ends_the_sweep():
    rows, said = tried(Library(refuses=512), dtypes=["fp32"])

    assert {row.n for row in rows} == {128, 256}
    assert said.rows()["fp32", 512, 1]["skipped_reason"].startswith("out of memory")


def test_several_threads_and_one():
    rows, _ = tried(Library(), dtypes=["fp32", "bf16"], count=4)

    assert {(row.n, row.threads) for row in rows if row.dtype == "bf16" and row.threads == 1} == {(1024, 1)}
    assert len([row for row in rows if row.dtype == "fp32" and row.threads == 1]) == 6


def test_a_full_run_tries_the_head_transposed_and_cold_and_a_layer_too():
    rows, _ = tried(Library(), mode="full", dtypes=["fp32"], per_call=3.0)

    assert [(row.shape, row.layout, row.l2) for row in rows if not row.plain] == [
        ((1024, 1024, 1024), "NT", "warm"),
        ((1024, 1024, 1024), "NN", "cold"),
        ((4096, 11008, 4096), "NN", "warm"),
    ]


def test_a_layer_that_takes_too_long_is_halved_and_one_that_still_does_is_told():
    rows, _ = tried(Library({"fp32": 100.0}), mode="full", dtypes=["fp32"], per_call=0.5)
    assert [row.shape for row in rows if row.m != row.n] == [(1024, 2752, 1024)]

    rows, said = tried(Library({"fp32": 2000.0}), mode="full", dtypes=["fp32"], per_call=0.05)
    assert all(row.m == row.n for row in rows)
    assert "this run allows" in said.rows()["fp32", 1376, 1]["skipped_reason"]


class Capturing(Cpu):
    """A device with graphs; the first `most` can be captured."""

    def __init__(self, most):
        Cpu.__init__(self, 1)
        self.type, self.most, self.count = "cuda", most, 0
        self.allowed = 1 << 40

    def captured(self, call, count):
        self.count += 1
        if self.count > self.most:
            raise RuntimeError("operation not permitted when stream is capturing")
        return call


def by_a_graph(most, mode="default"):
    run = probing.Run(Said(), {"mode": mode, "per_call": 0.05, "dtypes": ["fp32"]}, Clock(100.0), Library({"fp32": 0.01}),
                      SimpleNamespace(look=lambda: None))  # fmt: skip
    return [row.n for row in probing.probe_all(run, [Capturing(most)], 1) if row.graph], run.answer


def test_small_products_are_captured_in_a_graph_too():
    assert by_a_graph(9)[0] == [128, 256, 512]
    assert by_a_graph(9, mode="quick")[0] == []


def test_what_cannot_be_captured_is_tried_once_and_told():
    sizes, said = by_a_graph(1)

    assert sizes == [128]
    told = [item for field, item in said.items if field == "rows" and item["graph"]]
    assert [item["n"] for item in told] == [128, 256]
    assert "capturing" in told[1]["skipped_reason"]


def test_an_accelerator_is_warmed_up_until_it_is_steady_and_no_longer_than_granted(monkeypatch):
    class Slowing:
        """Each of the first products is slower than the one before."""

        now = count = 0.0

        def once(self):
            self.count += 1
            self.now += 0.01 * (1 + min(self.count, 30) / 30)

    def warmed(granted):
        clocked = Slowing()
        row = Row(1, Cpu(1), "fp32", 4096, 0)
        row.once = clocked.once
        monkeypatch.setattr(rounds, "time", SimpleNamespace(perf_counter=lambda: clocked.now))
        rounds.warm_up(SimpleNamespace(asked={"mode": "default"}, library=Library(), answer=Said()), row, granted)
        return clocked

    assert 30 <= warmed(5.0).count <= 45
    assert 0.1 <= warmed(0.1).now <= 0.2
    assert 1.5 <= max(warmed(9.0).now, 1.5) <= 1.6


def test_one_size_stands_for_a_device():
    rows, _ = tried(Library(), dtypes=["fp32"])
    chosen = rounds.mark(rows, "default")

    assert (chosen.n, chosen.headline) == (1024, True)
    assert [row.n for row in rows if row.weight == rounds.HEAVY] == [256, 512, 1024]


class Budget:
    """Time that passes by the blocks that are taken."""

    def __init__(self, seconds):
        self.seconds, self.asked_for = seconds, 0

    def left(self):
        self.asked_for += 1
        assert self.asked_for < 20000, "it waits for time to pass by itself"
        return max(0.0, self.seconds)


def sampled(monkeypatch, rows, seconds, keep=0.0):
    """The rounds in which each row had a block: row → their numbers."""
    had = {row.id: [] for row in rows}
    budget = Budget(seconds)

    def take(run, row, number, phase, seconds):
        had[row.id].append(number)
        spent = max(seconds, row.estimate)
        budget.seconds -= spent
        row.taken += [0.001, 0.002]  # so far apart that it never settles
        row.block_bests.append(0.001)
        return spent

    monkeypatch.setattr(rounds, "take", take)
    run = SimpleNamespace(answer=Said(), clock=budget, asked={"mode": "default"})
    rounds.in_turn(run, rows, keep)
    return had, budget


def rows_of(*made):
    rows = []
    for number, (n, estimate, weight) in enumerate(made):
        row = Row(number, Cpu(1), "fp32", n, 1)
        row.estimate, row.weight = estimate, weight
        rows.append(row)
    return rows


def test_rows_take_turns_by_their_weight_and_keep_to_the_time(monkeypatch):
    rows = rows_of((512, 0.001, rounds.HEAVY), (512, 0.001, rounds.HEAVY), (128, 0.0001, rounds.LIGHT))
    had, budget = sampled(monkeypatch, rows, 6.0)

    assert had[0][:-1] == had[1][: len(had[0]) - 1] and len(had[0]) > 40
    assert len(had[0]) / 8 < len(had[2]) < len(had[0]) / 3
    assert -0.06 <= budget.seconds <= 0.06


def test_a_long_product_gets_a_few_samples_and_is_not_begun_when_it_would_end_too_late(monkeypatch):
    rows = rows_of((512, 0.001, rounds.HEAVY), (4096, 0.4, rounds.LIGHT))
    had, budget = sampled(monkeypatch, rows, 10.0)

    assert 3 <= len(had[1]) <= 8
    assert budget.seconds >= -0.06


def test_time_that_is_kept_is_left_and_nothing_spins_on_what_is_too_short(monkeypatch):
    rows = rows_of((512, 0.001, rounds.HEAVY))
    _, budget = sampled(monkeypatch, rows, 1.03, keep=0.5)

    assert 0.44 <= budget.seconds <= 0.56


@pytest.mark.parametrize(
    ("samples", "bests", "used", "over"),
    [
        ([0.001] * 40, [0.001] * 10, 1.2, True),
        ([0.001] * 40, [0.001] * 10, 0.9, False),
        ([0.001] * 29, [0.001] * 10, 1.2, False),
        ([0.001] * 40, [0.001] * 5 + [0.0009] * 5, 1.2, False),
        ([0.001, 0.002] * 20, [0.001] * 10, 1.2, False),
    ],
)
def test_when_a_row_has_settled(samples, bests, used, over):
    assert rounds.settled(samples, bests, used, 1.0) is over


def test_the_process_ends_itself_when_a_call_does_not_come_back(tmp_path, monkeypatch):
    (tmp_path / "hanging.py").write_text(
        "import time\nfrom dlcheck.observe.worker.benchmark.clock import Clock\n"
        "def work(answer, asked):\n    clock = Clock(answer, asked)\n    clock.importing()\n    clock.imported()\n"
        "    answer.facts(left=clock.left())\n    time.sleep(60)\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    # A beginning that is yet to come counts as none: however long starting it takes here, nothing of it is spent.
    asked = plan.asked(
        plan.Options(budget=1.0), began=time.time() + 3600, quota_cores=None, physical_cores=1, memory=1 << 30
    )
    answered = ask.ask_own("hanging", asked, seconds=20)

    assert answered.ended.seconds < 15
    assert "overrun" in answered.facts and not answered.finished
    assert 0 < answered.facts["left"] <= 0.78


@pytest.mark.parametrize(
    ("options", "seconds", "limit", "kind"),
    [
        (plan.Options(), 20.0, 1 / 3, "default"),
        (plan.Options(mode="quick"), 5.0, 5 / 60, "quick"),
        (plan.Options(mode="full"), 60.0, 1.0, "full"),
        (plan.Options(budget=600), 600.0, 1.0, "custom"),
        (plan.Options(budget=600, mode="full"), 600.0, 3.0, "full"),
    ],
)
def test_budgets(options, seconds, limit, kind):
    assert (options.seconds, plan.per_call_limit(options), options.kind) == (seconds, pytest.approx(limit), kind)


def test_memory_is_an_eighth_of_what_is_free_and_allowed():
    assert plan.memory_bytes(16 << 30, None) == 2 << 30
    assert plan.memory_bytes(16 << 30, 8 << 30) == 1 << 30
