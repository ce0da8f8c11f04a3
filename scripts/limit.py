"""How much of what the processor can do at most dlcheck's products reach, in fp32, bf16 and int8.

    python scripts/limit.py --python /path/to/python-with-torch [--seconds 2] [--budget 60]

The limit is measured, not reckoned: a kernel in C that multiplies and adds in registers alone, compiled for this
processor, in as many processes at once as threads are used; the best of short chunks of each, added up. It runs before
and after dlcheck. A share above one means that the clock was higher meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("fp32", "bf16", "int8")


def main() -> int:
    """Measure both, print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="an interpreter with torch")
    parser.add_argument("--seconds", type=float, default=2.0, help="of the kernel, for each format")
    parser.add_argument("--budget", type=float, default=60.0, help="of dlcheck's run")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "peak"
        source = ROOT / "scripts" / "native" / "peak.c"
        subprocess.run(["cc", "-O2", "-march=native", str(source), "-o", str(program)], check=True)
        counts = sorted({1, asked.threads})
        before = {count: limits(program, count, asked.seconds) for count in counts}
        rows = measured(asked)
        after = {count: limits(program, count, asked.seconds) for count in counts}
    print(table({count: [before[count], after[count]] for count in counts}, rows))
    return 0


def limits(program: Path, count: int, seconds: float) -> dict[str, tuple[float, str]]:
    """Operations in a second of so many processes at once, by format; and the instruction."""
    argv = [str(program), str(seconds)]
    processes = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    told = [json.loads(process.communicate()[0]) for process in processes]
    return {name: (sum(one[name][0] for one in told), told[0][name][1]) for name in FORMATS}


def measured(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """The rows of one run of dlcheck."""
    argv = [sys.executable, "-m", "dlcheck", "bench", "--python", asked.python, "--device", "cpu", "--format", "json"]
    argv += ["--budget", str(asked.budget), *(word for name in FORMATS for word in ("--dtype", name))]
    ran = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, check=False)
    rows: list[dict[str, Any]] = json.loads(ran.stdout)["results"]
    return [row for row in rows if "tflops" in row]


def table(limit: dict[int, list[dict[str, tuple[float, str]]]], rows: list[dict[str, Any]]) -> str:
    """A row for each format and number of threads, in GFLOP/s."""
    lines = [
        "| format | threads | limit | by | dlcheck, best | at N | share | |",
        "| :-- | --: | --: | :-- | --: | --: | --: | :-- |",
    ]
    for name in FORMATS:
        for count, told in limit.items():
            most, instruction = max(one[name] for one in told)
            mine = [row for row in rows if row["dtype"] == name and row["threads"] == count]
            if not most or not mine:
                continue
            best = max(mine, key=lambda row: row["tflops"]["best"])
            rate = best["tflops"]["best"] * 1e12
            cells = f"{most / 1e9:.1f} | {instruction} | {rate / 1e9:.1f} | {best['n']} | {rate / most:.0%}"
            lines.append(f"| {name} | {count} | {cells} | {best.get('refused', '')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
