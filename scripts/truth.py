"""How true dlcheck's figures are, and how far they scatter beside other ways to time the same product.

    python scripts/truth.py --python /path/to/python-with-torch [--seconds 60] [--processes 12] [--load] [--json FILE]

The first table: fp32 products by dlcheck beside a long reference (single calls of torch.matmul, at least --seconds of
them for each size and number of threads) and beside the smallest loop there is (single calls of MKL's sgemm inside
libtorch, from C). Slices of each are run in turn, so that a slow minute of the machine meets all alike: each run of
dlcheck is compared with the best of the slice of its own turn, and the middle one of them with the best of all slices.
The clock of a virtual machine depends on its neighbours: how far the slices are from each other is the least error.

The second: the same figures by --processes separate processes, beside torch.utils.benchmark's blocked_autorange, a
loop like pyperf's and one like mamf-finder's, each given the time that dlcheck spent on that figure. --load repeats it
with every core taken by a spinning process. A figure's scatter is its coefficient of variation over the processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (256, 512, 1024)
SLICE_SECONDS = 5.0
BLOCK_SECONDS = 0.05
"""Of dlcheck's blocks: how long it spent on a figure is their number times this."""

PRELUDE = """
import json, sys, time, torch
n, threads, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(0)
a, b = torch.randn(n, n), torch.randn(n, n)
c = torch.empty(n, n)
clock = time.perf_counter
def call():
    torch.matmul(a, b, out=c)
for _ in range(5):
    call()
"""
REFERENCE = """
samples, end = [], clock() + seconds
while clock() < end:
    began = clock()
    torch.matmul(a, b, out=c)
    samples.append(clock() - began)
samples.sort()
print(json.dumps({"best": samples[0], "median": samples[len(samples) // 2], "samples": len(samples)}))
"""
AUTORANGE = """
from torch.utils.benchmark import Timer
timer = Timer("torch.matmul(a, b, out=c)", globals={"torch": torch, "a": a, "b": b, "c": c}, num_threads=threads)
print(json.dumps(timer.blocked_autorange(min_run_time=seconds).median))
"""
PYPERF = """
loops = 1
def value():
    began = clock()
    for _ in range(loops):
        call()
    return clock() - began
end = clock() + seconds
while value() < 0.1:
    loops *= 2
values = []
while clock() < end or not values:
    values.append(value() / loops)
print(json.dumps(sum(values) / len(values)))
"""
"""As pyperf: loops that last 100 ms, the mean of their values; its 20 processes come to one, for the time is equal."""
MAMF = """
cache, other = torch.empty(64 << 20, dtype=torch.int32), torch.randn(n, n)
taken, end = [], clock() + seconds
while clock() < end or not taken:
    cache.zero_()
    c.copy_(other)
    began = clock()
    call()
    taken.append(clock() - began)
print(json.dumps(sum(taken) / len(taken)))
"""
"""As mamf-finder: 256 MiB are cleared and the output is copied before every product, the mean of all of them."""
RIVALS = {"blocked_autorange, median": AUTORANGE, "like pyperf, mean": PYPERF, "like mamf-finder, mean": MAMF}

Case = tuple[int, int]
"""Size and number of threads."""


def main() -> int:
    """Measure, print both tables; the exit status."""
    asked = arguments()
    cases = [(n, threads) for n in asked.sizes for threads in sorted({1, asked.threads})]
    with tempfile.TemporaryDirectory() as folder:
        loop = compiled(Path(folder), asked.python)
        accuracy = truth(asked, cases, loop)
    print(accuracy_table(accuracy), flush=True)
    result: dict[str, Any] = {"accuracy": accuracy, "spread": {}}
    keep(result, asked.json)
    for load in ("quiet", "loaded") if asked.load else ("quiet",):
        with spinning(os.cpu_count() or 1 if load == "loaded" else 0):
            result["spread"][load] = spread(asked, cases)
        print(spread_table(load, result["spread"][load]), flush=True)
        keep(result, asked.json)
    return 0


def keep(result: dict[str, Any], file: Path | None) -> None:
    """Write what there is so far: the whole takes long."""
    if file is not None:
        file.write_text(json.dumps(result, indent=1, default=str))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="an interpreter with torch")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the reference, for each size and threads")
    parser.add_argument("--processes", type=int, default=12)
    parser.add_argument("--budget", type=float, default=20.0, help="of each run of dlcheck")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="besides one")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--load", action="store_true", help="once more, beside spinning processes")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def compiled(folder: Path, python: str) -> list[str] | None:
    """The C loop and the library it is to call; None without a compiler or without sgemm in libtorch."""
    ask = "import os, torch; print(os.path.join(os.path.dirname(torch.__file__), 'lib', 'libtorch_cpu.so'))"
    library = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    source, program = ROOT / "scripts" / "native" / "sgemm_loop.c", folder / "sgemm_loop"
    try:
        subprocess.run(["cc", "-O2", str(source), "-o", str(program), "-ldl"], check=True)
        command = [str(program), library, "sgemm_"]
        subprocess.run([*command, "64", "0.01"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no loop in C: {error}", file=sys.stderr)
        return None
    return command


def measured_by(code: str, python: str, case: Case, seconds: float) -> Any:
    """What a small program in the judged interpreter prints."""
    argv = [python, "-c", PRELUDE + code, str(case[0]), str(case[1]), str(seconds)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)


def sgemm(loop: list[str], case: Case, seconds: float) -> Any:
    """What the loop in C prints."""
    env = {**os.environ, "MKL_NUM_THREADS": str(case[1]), "OMP_NUM_THREADS": str(case[1])}
    argv = [*loop, str(case[0]), str(seconds)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True, text=True, env=env).stdout)


def dlcheck(asked: argparse.Namespace) -> dict[Case, dict[str, Any]]:
    """The rows of one run of dlcheck, those that were measured."""
    argv = [sys.executable, "-m", "dlcheck", "bench", "--python", asked.python, "--device", "cpu", "--dtype", "fp32"]
    argv += ["--budget", str(asked.budget), "--format", "json"]
    ran = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, check=False)
    if not ran.stdout.strip():
        raise SystemExit(f"dlcheck bench ended with status {ran.returncode}: {ran.stderr[-500:]}")
    rows = json.loads(ran.stdout)["results"]
    return {(row["n"], row["threads"]): row for row in rows if "tflops" in row}


def truth(asked: argparse.Namespace, cases: list[Case], loop: list[str] | None) -> dict[str, Any]:
    """Slices of the reference and of the C loop in turn with runs of dlcheck."""
    turns = max(1, math.ceil(asked.seconds / SLICE_SECONDS))
    length = asked.seconds / turns
    found: dict[Case, dict[str, list[Any]]] = {case: {"reference": [], "c": [], "dlcheck": []} for case in cases}
    for turn in range(turns):
        for case in cases:
            found[case]["reference"].append(measured_by(REFERENCE, asked.python, case, length))
            if loop is not None:
                found[case]["c"].append(sgemm(loop, case, length / 2))
        rows = dlcheck(asked)
        for case in cases:
            found[case]["dlcheck"].append(rows.get(case))
        print(f"turn {turn + 1} of {turns}", file=sys.stderr, flush=True)
    return {f"{n}x{threads}": {"n": n, "threads": threads, **found[n, threads]} for n, threads in cases}


def spread(asked: argparse.Namespace, cases: list[Case]) -> dict[str, dict[str, list[float]]]:
    """Figures of separate processes, in turn: case → way to time → seconds."""
    found: dict[str, dict[str, list[float]]] = {f"{n}x{threads}": {} for n, threads in cases}
    for number in range(asked.processes):
        rows = dlcheck(asked)
        for case in cases:
            row, figures = rows.get(case), found[f"{case[0]}x{case[1]}"]
            seconds = BLOCK_SECONDS * row["blocks"] if row else 1.0
            if row:
                figures.setdefault("dlcheck, best", []).append(row["time_s"]["best"])
                figures.setdefault("dlcheck, median", []).append(row["time_s"]["median"])
                figures.setdefault("refused by dlcheck", []).append(float(bool(row.get("refused"))))
            for name, code in RIVALS.items():
                figures.setdefault(name, []).append(measured_by(code, asked.python, case, seconds))
        print(f"process {number + 1} of {asked.processes}", file=sys.stderr, flush=True)
    return found


@contextlib.contextmanager
def spinning(count: int) -> Iterator[None]:
    """So many processes that take a core each."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        if processes:
            time.sleep(1.0)
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def accuracy_table(accuracy: dict[str, Any]) -> str:
    """The first table, in GFLOP/s."""
    lines = [
        "| N | threads | reference, best of all | best of a slice | sgemm in C, best of all | dlcheck | off the slice "
        "beside it | off the best of all |",
        "| --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for one in accuracy.values():
        work = 2e-9 * one["n"] ** 3
        slices = [work / part["best"] for part in one["reference"]]
        loop = f"{work / min(part['best'] for part in one['c']):.1f}" if one["c"] else "–"
        pairs = [
            (work / row["time_s"]["best"], beside) for row, beside in zip(one["dlcheck"], slices, strict=True) if row
        ]
        ours = [mine for mine, _ in pairs]
        cells = [str(one["n"]), str(one["threads"]), f"{max(slices):.1f}", middle_and_range(slices), loop]
        if not ours:
            cells += ["not measured", "", ""]
        else:
            beside = statistics.median(mine / theirs for mine, theirs in pairs)
            cells += [middle_and_range(ours), f"{beside - 1:+.1%}", f"{statistics.median(ours) / max(slices) - 1:+.1%}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(["", "fp32, GFLOP/s, median and range", "", *lines, ""])


def middle_and_range(rates: list[float]) -> str:
    """For example: 192.5 (175.6–204.9)."""
    return f"{statistics.median(rates):.1f} ({min(rates):.1f}–{max(rates):.1f})"


def spread_table(load: str, found: dict[str, dict[str, list[float]]]) -> str:
    """The second table: coefficient of variation, and range, over the processes."""
    names = ["dlcheck, best", "dlcheck, median", *RIVALS]
    lines = [f"| N × threads | {' | '.join(names)} | refused |", "| :-- |" + " --: |" * (len(names) + 1)]
    for case, figures in found.items():
        cells = [scatter(figures.get(name, [])) for name in names]
        refused = figures.get("refused by dlcheck", [])
        lines.append(f"| {case} | {' | '.join(cells)} | {sum(refused):.0f} of {len(refused)} |")
    return "\n".join(["", f"{load}: scatter over processes (range)", "", *lines, ""])


def scatter(figures: list[float]) -> str:
    """Coefficient of variation and (max − min) ÷ min."""
    if len(figures) < 2:
        return "–"
    variation = statistics.stdev(figures) / statistics.fmean(figures)
    return f"{variation:.1%} ({max(figures) / min(figures) - 1:.0%})"


if __name__ == "__main__":
    sys.exit(main())
