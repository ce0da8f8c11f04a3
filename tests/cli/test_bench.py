"""dlcheck bench: options, exit statuses, documents, history and comparisons. What is measured is written by hand."""

import json
import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from dlcheck.bench import run
from dlcheck.model.documents import decode_bench, encode
from tests.benches import BENCHES, CONTENDED, CPU_BENCH, EPYC, GPU_BENCH, INTERRUPTED, VM_HOST, finished, row


@pytest.fixture(autouse=True)
def own_history(monkeypatch, tmp_path):
    """No test sees the person's own runs."""
    for name in ("XDG_DATA_HOME", "HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.fixture
def bench(dlcheck, monkeypatch):
    """Run `dlcheck bench`, where what is measured is this document. Returns exit status, stdout and stderr."""

    def typed(measured, *arguments):
        asked = []

        def measure(python, options, snapshot, **others):
            asked.append((python, options, snapshot))
            return measured

        monkeypatch.setattr(run, "measure", measure)
        status, out, err = dlcheck("bench", "--python", sys.executable, *arguments)
        typed.asked = asked
        return status, out, err

    return typed


@pytest.fixture
def written(tmp_path):
    """Write a benchmark to a file."""

    def write(name, document):
        file = tmp_path / name
        file.write_bytes(encode(document))
        return file

    return write


@pytest.mark.parametrize(
    ("name", "status"),
    [("gpu", 0), ("cpu", 0), ("contended", 0), ("wrong", 1), ("hostile", 1), ("empty", 3), ("interrupted", 130)],
)
def test_the_status_tells_what_became_of_it(bench, name, status):
    assert bench(BENCHES[name])[0] == status


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--min-tflops", "fp32=50"], 0),
        (["--min-tflops", "fp32=60"], 1),
        (["--min-tflops", "int8=1"], 3),
        (["--min-tflops", "fp32=50", "--min-tflops", "bf16=200"], 1),
        (["--min-ratio", "20", "--min-of-peak", "60"], 0),
        (["--min-ratio", "40"], 1),
        (["--min-of-peak", "cuda:0:fp32=99"], 1),
    ],
)
def test_floors_decide_the_status(bench, arguments, status):
    assert bench(GPU_BENCH, *arguments)[0] == status


@pytest.mark.parametrize(
    ("floors", "status"),
    [("tflops = 50", 0), ("tflops = 60", 1), ('dtype = "int8"\ntflops = 1', 3), ("times_cpu = 40", 1),
     ('device = "cuda:0"\npercent_of_peak = 99', 1)],
)  # fmt: skip
def test_floors_of_a_profile_decide_the_status_too(bench, tmp_path, floors, status):
    file = tmp_path / "own.toml"
    file.write_text(f'name = "own"\n[[bench]]\n{floors}\n')

    assert bench(GPU_BENCH, "--profile", file)[0] == status


def test_a_profile_that_asks_for_no_figures_is_refused(bench):
    status, out, err = bench(GPU_BENCH, "--profile", "beginner")

    assert (status, out) == (2, "")
    assert "asks for no figures" in err


def test_a_floor_under_contention_cannot_be_judged(bench):
    assert bench(CONTENDED, "--min-tflops", "bf16=0.1")[0] == 3


def test_a_baseline_that_is_slower_faster_or_not_comparable(bench, written):
    assert bench(GPU_BENCH, "--baseline", written("same.json", GPU_BENCH))[0] == 0
    status, out, _ = bench(CPU_BENCH, "--baseline", written("laptop.json", GPU_BENCH))
    assert status == 3 and "AMD Ryzen 9 7950X 16-Core Processor against AMD EPYC Processor" in " ".join(out.split())
    slower = (row("cpu", "fp32", 512, 0.1, threads=2, headline=True),)
    faster = (row("cpu", "fp32", 512, 0.2, threads=2, headline=True),)
    slow, fast = (finished(host=VM_HOST, devices=(EPYC,), results=rows) for rows in (slower, faster))
    assert bench(slow, "--baseline", written("fast.json", fast))[0] == 1
    assert bench(fast, "--baseline", written("slow.json", slow))[0] == 0
    assert bench(GPU_BENCH, "--baseline", written("none.json", BENCHES["empty"]))[0] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--quick", "--full"], "--quick and --full exclude each other"),
        (["--budget", "x"], "--budget is a number of seconds from 1 to 86400, not 'x'"),
        (["--budget", "0.5"], "--budget is a number of seconds"),
        (["--dtype", "fp31"], "there is no format 'fp31': did you mean fp32"),
        (["--data", "rand"], "there is no kind of data 'rand': did you mean randn?"),
        (["--seed", "-1"], "--seed is a whole number"),
        (["--min-tflops", "fp32"], "--min-tflops takes a number"),
        (["--baseline", "nowhere.json"], "there is no file 'nowhere.json', and no run of that name"),
        (["--format", "pdf"], "there is no format 'pdf'"),
        (["--format", "json", "--format", "csv"], "only one format can go to stdout"),
        (["--python", "x", "--env", "y"], "--python and --env exclude each other"),
        (["histori"], "there is no command 'histori': did you mean history?"),
        (["--nonsense"], "No such option"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said_in_a_sentence(bench, arguments, words):
    status, out, err = bench(GPU_BENCH, *arguments)

    assert (status, out) == (2, "")
    assert words in err and len(err.splitlines()) == 1
    assert bench.asked == []


def test_options_reach_what_measures(bench):
    bench(
        GPU_BENCH,
        "--full",
        "--budget",
        "30",
        "--device",
        "cpu",
        "--device",
        "cuda:0",
        "--dtype",
        "bf16",
        "--dtype",
        "fp32",
        "--data",
        "ones",
        "--seed",
        "7",
    )
    python, options, snapshot = bench.asked[0]

    assert python == sys.executable
    assert (options.mode, options.seconds, options.devices, options.dtypes) == (
        "full",
        30.0,
        ("cpu", "cuda:0"),
        ("fp32", "bf16"),
    )
    assert (options.data, options.seed) == ("ones", 7)
    assert snapshot.cpu.value is not None and snapshot.memory.value is not None


def test_every_format_to_a_file_and_the_terminal_report_to_stdout(bench, tmp_path):
    names = {
        "json": "{",
        "csv": "started_at,",
        "markdown": "## dlcheck bench",
        "junit": "<?xml",
        "github": "::notice",
        "html": "<!DOCTYPE",
    }
    arguments = [word for name in names for word in ("--format", f"{name}={tmp_path / name}")]
    status, out, _ = bench(GPU_BENCH, *arguments)

    assert status == 0 and out.startswith("Your GPU multiplies matrices 34 ×")
    for name, start in names.items():
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert decode_bench((tmp_path / "json").read_bytes()) == GPU_BENCH


def test_a_python_that_is_not_there_is_said_and_could_not_be_measured(dlcheck):
    status, out, _ = dlcheck("bench", "--python", "/nowhere/python")

    assert status == 3
    assert out.startswith("Nothing was measured that can be believed: ") and "/nowhere/python" in out


def test_what_was_kept_is_listed_and_compared(bench, dlcheck):
    assert "kept as #1 (laptop)" in bench(GPU_BENCH, "--save", "laptop")[2]
    assert "kept as #2\n" in bench(CPU_BENCH, "--save")[2]
    assert "kept as #3\n" in bench(CPU_BENCH, "--save", "--quick")[2]

    status, out, _ = dlcheck("bench", "history")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines() if line.startswith("#")] == ["#1", "#2", "#3"]
    assert "laptop · 2026-11-22T10:00:00Z · AMD Ryzen 9 7950X" in out

    status, out, _ = dlcheck("bench", "compare", "laptop", "#2")
    assert status == 0
    assert out.startswith("#2 against laptop (different devices")
    status, out, _ = dlcheck("bench", "compare", "2", "3", "--format", "json")
    document = json.loads(out)
    assert document["schema"] == "dlcheck.comparison/1"
    assert {one["verdict"] for one in document["against"][0]["differences"]} == {"SAME"}


def test_an_interrupted_run_is_kept_too(bench, dlcheck):
    assert bench(INTERRUPTED, "--save", "half")[0] == 130
    assert "half" in dlcheck("bench", "history")[1]


def test_a_history_that_cannot_be_written_is_said_before_anything_is_measured(bench, tmp_path):
    (tmp_path / "home").write_text("a file")
    status, _, err = bench(GPU_BENCH, "--save", "x")

    assert status == 2 and "cannot be used" in err
    assert bench.asked == []


def test_an_empty_history_says_how_to_fill_it(dlcheck):
    assert dlcheck("bench", "history")[:2] == (
        0,
        "Nothing was kept yet: `dlcheck bench --save NAME` measures and keeps.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "compare which runs?"),
        (["a.json"], "compare which runs?"),
        (["nowhere", "nothing"], "there is no file 'nowhere'"),
        (["-", "-"], "stdin can be read once only"),
    ],
)
def test_what_cannot_be_compared_is_said(dlcheck, arguments, words):
    status, _, err = dlcheck("bench", "compare", *arguments)

    assert status == 2 and words in err


def test_a_file_that_is_no_benchmark_is_refused(dlcheck, written, recorded):
    status, _, err = dlcheck("bench", "compare", written("a.json", GPU_BENCH), recorded())

    assert status == 2 and "it is no dlcheck.bench document" in err


@pytest.mark.parametrize("language", ["terminal", "json", "csv", "markdown"])
def test_comparisons_in_every_format(dlcheck, written, language):
    files = [written(f"{name}.json", BENCHES[name]) for name in ("gpu", "wrong", "hostile", "empty")]
    status, out, _ = dlcheck("bench", "compare", *files, "--format", language)

    assert status == 0 and out
    assert "\x1b" not in out
    assert "<script" not in out or language not in ("markdown", "html")


def test_runs_with_nothing_in_common_could_not_be_compared(dlcheck, written):
    assert dlcheck("bench", "compare", written("a.json", GPU_BENCH), written("b.json", BENCHES["empty"]))[0] == 3


def test_the_help_names_the_subcommands(dlcheck):
    status, out, _ = dlcheck("bench", "--help")

    assert status == 0
    assert "history" in out and "compare" in out and "--min-of-peak" in out


@pytest.mark.skipif(os.name == "nt", reason="^C is another thing on Windows")
def test_an_interruption_tells_what_was_measured(tmp_path):
    """A real run in a stand-in torch that never ends its import."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text(
        "import pathlib, time\npathlib.Path(__file__).with_name('began').touch()\ntime.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "dlcheck", "bench", "--quick", "--python", sys.executable, "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )  # fmt: skip
    until = time.monotonic() + 20
    while not (tmp_path / "torch" / "began").exists() and time.monotonic() < until:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)

    assert child.returncode == 130, err
    document = msgspec.json.decode(out)
    assert document["interrupted"] is True
