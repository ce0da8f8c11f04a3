"""Run the measuring program in the judged interpreter and make one document of what it brings."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from dlcheck.bench import document, plan, telemetry
from dlcheck.bench.plan import Options
from dlcheck.bench.taken import gathered
from dlcheck.model.bench import Bench
from dlcheck.model.gaps import Missing, known
from dlcheck.model.quantities import rate
from dlcheck.model.snapshot import Snapshot
from dlcheck.observe import ask, child

PROGRAM = "benchmark"
NVML_PROGRAM = "dlcheck.observe.host.nvml_follow"
BACKSTOP = 1.03
"""Times the budget at which the child is killed, should it stand still and not end itself a little before."""
STOOD_STILL = "the time was up, and the measuring process stood still"
PROGRESS_SECONDS = 0.25
IMPORTING = "importing"
"""Is told whenever it comes: nothing else is for as long."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come: for a line on the screen, at most a few times in a second."""

    fraction: float
    """Of the budget, 0 to 1; 0 while the library is imported."""
    words: str
    """"importing torch", "cpu fp32 1024 × 1024: 187 GFLOP/s"."""


def measure(
    python: str,
    options: Options,
    snapshot: Snapshot,
    *,
    began: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Bench:
    """Measure with the library of one interpreter. Never raises for what happens in it, nor for ^C: what came is told.

    python: the interpreter. snapshot: facts of this machine, at least `os`, `cpu`, `memory`; `nvidia` where there is
    one. began: time.time() at which the budget began to run; by default now.
    """
    began = time.time() if began is None else began
    started_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines: list[dict[str, Any]] = []
    reporter, backstop = Reporter(options.seconds, on_progress), Backstop(options.seconds)

    def follow(line: dict[str, Any]) -> None:
        lines.append(line)
        backstop.told(line)
        reporter.told(line)

    answered: ask.Answered | None = None
    with (
        following_nvml(snapshot, options) as followed,
        contextlib.closing(backstop),
        contextlib.suppress(KeyboardInterrupt),
    ):
        answered = ask.ask(
            python,
            PROGRAM,
            question(options, snapshot, began),
            seconds=options.import_timeout + BACKSTOP * options.seconds + 2.0,
            env=env,
            cwd=cwd,
            follow=follow,
        )
    facts = gathered(lines)
    run = document.Run(
        options=options,
        facts=facts,
        missing=_missing(answered, lines, facts),
        interrupted=answered is None,
        ended=_ended(answered, backstop),
        followed=telemetry.read(followed),
    )
    spent = time.time() - began
    return document.make(run, snapshot, started_at=started_at, spent=spent)


def question(options: Options, snapshot: Snapshot, began: float) -> dict[str, Any]:
    """What the measuring program is asked on this machine."""
    cpu, memory = snapshot.cpu.value, snapshot.memory.value
    available = memory.available_bytes if memory else 4 << 30
    limit = known(memory.cgroup_limit_bytes) if memory else None
    return plan.asked(
        options,
        began=began,
        quota_cores=known(cpu.quota_cores) if cpu else None,
        physical_cores=known(cpu.physical_cores) if cpu else None,
        memory=plan.memory_bytes(available, limit),
    )


def _ended(answered: ask.Answered | None, backstop: Backstop) -> Missing | None:
    """How the measuring process ended, where it did not end well."""
    if answered is None or answered.finished:
        return None
    return Missing("timed-out", STOOD_STILL) if backstop.struck else answered.gap


class Backstop:
    """Kills a measuring process that does not end when its budget is over: one that is stopped, or cannot run.

    The budget does not count the import, so it begins when the process says that this is over.
    """

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._timer: threading.Timer | None = None
        self.struck = False

    def close(self) -> None:
        """It has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def told(self, line: Mapping[str, Any]) -> None:
        """A line of its answer came."""
        facts = line.get("facts")
        if self._timer is None and isinstance(facts, dict) and "import_s" in facts:
            left = BACKSTOP * self._budget - float(facts.get("spent_s", 0.0))
            self._timer = threading.Timer(max(0.0, left), self._strike)
            self._timer.daemon = True
            self._timer.start()

    def _strike(self) -> None:
        self.struck = True
        child.kill_all()


def _missing(answered: ask.Answered | None, lines: list[dict[str, Any]], facts: Mapping[str, Any]) -> Missing | None:
    """Why there is no PyTorch, or nothing at all; None where there is."""
    if answered is not None and answered.too_old:
        return Missing("broken", f"Python {answered.too_old} is too old to be measured with")
    for line in lines:
        told = line.get("missing")
        if isinstance(told, dict):
            with contextlib.suppress(msgspec.ValidationError):
                return msgspec.convert(told, Missing)
    if "library" in facts:
        return None
    return answered.gap if answered is not None else Missing("not-looked", "interrupted")


class Reporter:
    """Makes single lines of an answer into progress, seldom enough to disturb nothing."""

    def __init__(self, budget: float, tell: Callable[[Progress], None] | None) -> None:
        self._budget, self._tell = budget, tell
        self._rows: dict[int, dict[str, Any]] = {}
        self._best: dict[int, float] = {}
        self._imported_at = 0.0
        self._next = 0.0

    def told(self, line: Mapping[str, Any]) -> None:
        """A line came."""
        if self._tell is None:
            return
        facts = line.get("facts")
        if isinstance(facts, dict) and "import_s" in facts:
            self._imported_at = time.monotonic()
        item = line.get("item")
        words = str(line.get("stage", ""))
        if line.get("add") == "rows" and isinstance(item, dict):
            self._rows[item["id"]] = item
        elif line.get("add") == "blocks" and isinstance(item, dict):
            words = self._of_block(item)
        if words and (time.monotonic() >= self._next or words.startswith(IMPORTING)):
            self._next = time.monotonic() + PROGRESS_SECONDS
            past = time.monotonic() - self._imported_at if self._imported_at else 0.0
            self._tell(Progress(fraction=min(1.0, past / self._budget), words=words))

    def _of_block(self, block: Mapping[str, Any]) -> str:
        row = self._rows.get(block["row"])
        if row is None or not block["samples"]:
            return ""
        best = min(*block["samples"], self._best.get(block["row"], 1e9))
        self._best[block["row"]] = best
        n = row["n"]
        return f"{row['device']} {row['dtype']} {n} × {n}: {rate(2e-12 * n**3 / best, row['dtype'])}"


@contextlib.contextmanager
def following_nvml(snapshot: Snapshot, options: Options) -> Iterator[dict[str, Any]]:
    """While it lasts, NVML is followed in a child of its own; what it told is in the dict afterwards."""
    told: dict[str, Any] = {}
    nvidia = snapshot.nvidia.value
    if nvidia is None or isinstance(nvidia.gpus, Missing) or not nvidia.gpus:
        yield told
        return
    with tempfile.TemporaryDirectory(prefix="dlcheck-") as folder:
        until = Path(folder) / "over"
        most = options.import_timeout + BACKSTOP * options.seconds
        asked = {"library": known(nvidia.nvml_library), "until": str(until), "most_seconds": most}
        thread = threading.Thread(
            target=lambda: told.update(ask.ask_own(NVML_PROGRAM, asked, seconds=most + 5).facts), daemon=True
        )
        thread.start()
        try:
            yield told
        finally:
            until.touch()
            thread.join(2.0)
