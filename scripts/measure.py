"""How long dlcheck takes, as ratios against what it has to be compared with, side by side in one run.

    python scripts/measure.py --python /path/to/python-with-torch [--rounds 5] [--only NAME …] [--json]

Every round runs every command once, in an order drawn anew, so that a busy moment of the machine meets all alike.
The figures are the best and the median of the wall clock, the median CPU time of the process with all its children,
and the peak memory of the process itself (its children not counted: the frameworks live there). The first round warms
the file cache and writes the bytecode, and is thrown away.

On a machine that others use too, the best of few runs tells little: as root, `chrt --rr 1` before the command measures
as if it were alone, for as long as it takes (`--only` makes that short: others wait meanwhile).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

BARE_TYPER = """
import typer
app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
@app.command()
def one() -> None: ...
@app.command()
def two(text: str) -> None: ...
app()
"""

REPORT = """
PyTorch version: 2.5.1+cu121
Is debug build: False
CUDA used to build PyTorch: 12.1
OS: Ubuntu 22.04.4 LTS (x86_64)
GCC version: (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0
Libc version: glibc-2.35
Python version: 3.10.12 (main, Nov 20 2023, 15:14:05) [GCC 11.4.0] (64-bit runtime)
Is CUDA available: False
CUDA runtime version: Could not collect
GPU models and configuration: GPU 0: NVIDIA GeForce RTX 3090
Nvidia driver version: 450.80.02
cuDNN version: Could not collect
[pip3] numpy==1.26.4
[pip3] torch==2.5.1+cu121
"""

BUDGETS = (
    ("dlcheck --help", "bare typer --help", 1.3),
    ("dlcheck diagnose", "dlcheck --help", 2.0),
    ("dlcheck diagnose", "bare typer two x", 1.5),
    ("dlcheck doctor --quick", "import torch", 0.15),
    ("dlcheck doctor", "import torch, ask CUDA", 1.10),
)
"""What is measured, what it is measured against, and the ratio that is the goal.

A command with an argument costs typer itself more than twice its --help: it imports pydantic then.
"""


class Run:
    """What one run of a command took."""

    def __init__(self, argv: list[str]) -> None:
        began = time.perf_counter()
        # Installed programs have their bytecode; a shell that forbids writing it would measure the compiler instead.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(argv, env=env, stdin=quiet, stdout=quiet, stderr=quiet)
        self.peak_bytes = 0
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(process.pid, over))
        watcher.start()
        _, _, usage = os.wait4(process.pid, 0)
        self.wall = time.perf_counter() - began
        over.set()
        watcher.join()
        process.returncode = 0
        self.cpu = usage.ru_utime + usage.ru_stime

    def _watch(self, pid: int, over: threading.Event) -> None:
        """Look at its memory every 10 ms: seldom enough not to disturb what is timed."""
        while not over.wait(0.01):
            self.peak_bytes = max(self.peak_bytes, _peak(pid))


def _peak(pid: int) -> int:
    """The peak resident memory of one process in bytes, so far (Linux; 0 elsewhere)."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def commands(python: str, folder: str) -> dict[str, list[str]]:
    """Every command by its name in the table."""
    bare = Path(folder) / "bare.py"
    bare.write_text(BARE_TYPER)
    report = Path(folder) / "report.txt"
    report.write_text(REPORT)
    ours = [sys.executable, "-m", "dlcheck"]
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare typer --help": [sys.executable, str(bare), "--help"],
        "bare typer two x": [sys.executable, str(bare), "two", "x"],
        "dlcheck --help": [*ours, "--help"],
        "dlcheck diagnose": [*ours, "diagnose", str(report)],
        "dlcheck --version": [*ours, "--version"],
    }
    if python:
        found |= {
            "dlcheck doctor --quick": [*ours, "doctor", "--quick", "--python", python],
            "dlcheck doctor": [*ours, "doctor", "--python", python],
            "import torch": [python, "-c", "import torch"],
            "import torch, ask CUDA": [python, "-c", "import torch; torch.cuda.is_available()"],
            "torch.utils.collect_env": [python, "-m", "torch.utils.collect_env"],
        }
    return found


def measure(python: str, rounds: int, only: list[str]) -> dict[str, list[Run]]:
    """Every command `rounds` times, after one round that warms the file cache and is thrown away.

    only: the names of those that are wanted; all where there is none.
    """
    with tempfile.TemporaryDirectory() as folder:
        todo = {name: argv for name, argv in commands(python, folder).items() if not only or name in only}
        runs: dict[str, list[Run]] = {name: [] for name in todo}
        for number in range(rounds + 1):
            for name in random.sample(list(todo), len(todo)):
                run = Run(todo[name])
                if number:
                    runs[name].append(run)
                print(f"\r{number}/{rounds}  {name:40}", end="", file=sys.stderr)
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return runs


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="", help="an interpreter with torch; without it only --help is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a row of the table; repeatable")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runs = measure(options.python, options.rounds, options.only)
    rows = {
        name: {
            "best_s": min(run.wall for run in taken),
            "median_s": statistics.median(run.wall for run in taken),
            "cpu_s": statistics.median(run.cpu for run in taken),
            "peak_mb": max(run.peak_bytes for run in taken) / 1e6,
        }
        for name, taken in runs.items()
    }
    ratios = [
        {
            "what": what,
            "against": against,
            "best": rows[what]["best_s"] / rows[against]["best_s"],
            "median": rows[what]["median_s"] / rows[against]["median_s"],
            "goal": goal,
        }
        for what, against, goal in BUDGETS
        if what in rows and against in rows
    ]
    if options.json:
        print(json.dumps({"rows": rows, "ratios": ratios}, indent=1))
    else:
        show(rows, ratios)


def show(rows: dict[str, dict[str, float]], ratios: list[dict[str, object]]) -> None:
    """Print the table and whether the goals are kept."""
    print(f"{'':28}{'best s':>9}{'median s':>10}{'CPU s':>9}{'own peak MB':>13}")
    for name, row in rows.items():
        print(f"{name:28}{row['best_s']:9.3f}{row['median_s']:10.3f}{row['cpu_s']:9.3f}{row['peak_mb']:13.0f}")
    print()
    for one in ratios:
        best, median, goal = float(str(one["best"])), float(str(one["median"])), float(str(one["goal"]))
        kept = "kept" if min(best, median) <= goal else "over"
        print(f"{one['what']} / {one['against']}: {best:.2f} (best), {median:.2f} (median); goal {goal}: {kept}")


if __name__ == "__main__":
    main()
