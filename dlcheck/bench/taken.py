"""What the measuring program brought, as it brought it; and which of its blocks were disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

TOO_LONG_WAITED = 0.05
"""Share of the time that threads were ready and not let run, above which a block is disturbed."""
TOO_LITTLE_CPU = 0.90
"""Processor time ÷ (wall time × threads) below which a block is, where nobody tells how long threads waited."""
TOO_MUCH_FOREIGN = 0.10
"""Share of the processors in use that other processes took."""
TOO_MUCH_STOLEN = 0.02
"""Share of the time that the hypervisor gave to other machines."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A row before it is sampled: a size that was tried, or why it was not."""

    id: int
    device: str
    dtype: str
    n: int
    m: int = 0
    k: int = 0
    """0: as `n`."""
    threads: int
    graph: bool = False
    """Products that were captured in a graph."""
    layout: Literal["NN", "NT"] = "NN"
    l2: Literal["warm", "cold"] = "warm"
    skipped_reason: str = ""
    estimate: float = 0.0
    first_call_s: float | None = None
    accumulate: str = ""
    out_preallocated: bool = True
    headline: bool = False
    emulated_factor: float | None = None
    emulated_against: str = ""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Samples of one row that were taken in one go. Moments by the monotonic clock."""

    row: int
    at: float
    wall: float
    cpu: float
    waited: float | None = None
    """Seconds that threads of the process were ready and not let run, all together."""
    calls: int
    timer: Literal["wall", "events", "graph"]
    samples: tuple[float, ...]
    round: int
    phase: Literal["rounds", "steady"]


class Window(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Who used the processors over a stretch of time; shares of those that this process may use."""

    start: float
    end: float
    foreign: float
    steal: float


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one run brought."""

    facts: Mapping[str, Any]
    """What is told once: versions, threads, devices, copies …"""
    probes: tuple[Probe, ...] = ()
    blocks: tuple[Block, ...] = ()
    windows: tuple[Window, ...] = ()
    settled: frozenset[int] = frozenset()

    def items(self, name: str) -> tuple[dict[str, Any], ...]:
        """The entries of a list of that name."""
        found = self.facts.get(name, ())
        return tuple(found) if isinstance(found, list | tuple) else ()

    def of(self, row: int) -> tuple[Block, ...]:
        """The blocks of one row, in order."""
        return tuple(block for block in self.blocks if block.row == row)


def read(facts: Mapping[str, Any]) -> Taken:
    """The answer of the measuring program. Raises msgspec.ValidationError where it is not what it should be."""
    return Taken(
        facts=facts,
        probes=msgspec.convert(facts.get("rows", ()), tuple[Probe, ...]),
        blocks=msgspec.convert(facts.get("blocks", ()), tuple[Block, ...]),
        windows=msgspec.convert(facts.get("windows", ()), tuple[Window, ...]),
        settled=frozenset(facts.get("settled", ())),
    )


def gathered(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of single lines of an answer, as far as they came."""
    facts: dict[str, Any] = {}
    for line in lines:
        if "add" in line:
            facts.setdefault(str(line["add"]), []).append(line.get("item"))
        elif isinstance(line.get("facts"), dict):
            facts.update(line["facts"])
    return facts


def share(block: Block, threads: int) -> float:
    """Processor time ÷ (wall time × threads), at most 1."""
    return min(1.0, block.cpu / (block.wall * threads)) if block.wall > 0 and threads else 1.0


def disturbance(block: Block, threads: int, most_threads: int, windows: Sequence[Window], *, usual: float) -> str:
    """What disturbed a block of the CPU, for a person; "" where nothing did.

    threads: of the row; most_threads: that this process may use. usual: the greatest `share` among the row's blocks:
    a library that uses fewer threads than it may is not disturbed.
    """
    allowed = max(TOO_MUCH_FOREIGN, 1 - threads / max(1, most_threads))
    middle = block.at + block.wall / 2
    for window in windows:
        if window.start <= middle <= window.end:
            if window.steal > TOO_MUCH_STOLEN:
                return f"the hypervisor gave {window.steal:.0%} of the time to other machines"
            if window.foreign > allowed:
                return f"other processes used {window.foreign:.0%} of the processors"
    if block.waited is not None:
        waited = block.waited / (block.wall * threads) if block.wall > 0 else 0.0
        return f"its threads waited {waited:.0%} of the time for a processor" if waited > TOO_LONG_WAITED else ""
    had = share(block, threads)
    return f"its threads got {had:.0%} of the processors" if had < TOO_LITTLE_CPU * usual else ""
