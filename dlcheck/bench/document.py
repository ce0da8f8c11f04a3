"""Everything that came of a run, as one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

import dlcheck
from dlcheck.bench import machine, statistics
from dlcheck.bench.bound import with_bound
from dlcheck.bench.crossover import crossovers
from dlcheck.bench.pairs import pairs
from dlcheck.bench.plan import Options
from dlcheck.bench.rows import efficiency_words, rows
from dlcheck.bench.taken import TOO_LITTLE_CPU, Taken, read
from dlcheck.bench.telemetry import Followed, with_telemetry
from dlcheck.model.bench import Bench, Budget
from dlcheck.model.gaps import NOT_LOOKED, Missing
from dlcheck.model.measured import Bandwidth, Latency, Row, TrainingStep, Transfer
from dlcheck.model.snapshot import Snapshot

T = TypeVar("T", bound=msgspec.Struct)
OVERRUN = 1.1
"""Times the budget up to which it counts as kept."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run as it came to its end."""

    options: Options
    facts: Mapping[str, Any]
    missing: Missing | None = None
    """Why there is no PyTorch, or nothing that multiplies at all."""
    interrupted: bool = False
    ended: Missing | None = None
    """How the measuring process ended, where it did not end well."""
    followed: Followed = Followed()


def make(run: Run, snapshot: Snapshot, *, started_at: str, spent: float) -> Bench:
    """The document. spent: seconds since the budget began to run, the import among them."""
    facts, options = run.facts, run.options
    try:
        taken = read(facts)
    except msgspec.ValidationError as error:
        run = msgspec.structs.replace(run, ended=Missing("broken", f"its answer cannot be read: {error}"))
        taken = Taken(facts={})
    devices = machine.devices(taken, snapshot)
    by_name = {device.name: device for device in devices}
    latency = _all(taken, "latency", Latency)
    memory_bw = tuple(_bandwidth(one) for one in taken.items("memory_bw"))
    measured = rows(taken, options.data, interrupted=run.interrupted or run.ended is not None)
    measured = tuple(
        with_telemetry(
            with_bound(row, latency, memory_bw), taken.of(probe.id), by_name.get(row.device), taken, run.followed
        )
        for probe, row in zip(taken.probes, measured, strict=True)
    )
    transfers = _all(taken, "transfers", Transfer)
    import_s = float(facts.get("import_s", 0.0))
    nvidia = snapshot.nvidia.value
    return Bench(
        dlcheck=dlcheck.__version__,
        started_at=started_at,
        duration_s=spent,
        mode=options.kind,
        budget=Budget(
            seconds=options.seconds,
            used_s=spent - import_s,
            import_s=import_s,
            kept=spent - import_s <= OVERRUN * options.seconds,
        ),
        seed=options.seed,
        data=options.data,
        argv=options.argv,
        library=str(facts["library"]) if "library" in facts else run.missing or NOT_LOOKED,
        interrupted=run.interrupted,
        ended=_ended(run),
        notes=notes(run, measured),
        host=machine.host(snapshot, facts),
        software=machine.software(facts, nvidia),
        contention=machine.contention(taken, nvidia),
        devices=devices,
        results=measured,
        pairs=pairs(taken, measured),
        transfers=transfers,
        memory_bw=tuple(_with_ridge(one, measured) for one in memory_bw),
        latency=latency,
        crossover=crossovers(measured, transfers, latency),
        training=_all(taken, "training", TrainingStep),
    )


def _all(taken: Taken, name: str, kind: type[T]) -> tuple[T, ...]:
    """The entries of a list that are what they should be; the others say nothing."""
    found = []
    for one in taken.items(name):
        try:
            found.append(msgspec.convert(one, kind))
        except msgspec.ValidationError:
            continue
    return tuple(found)


def _bandwidth(told: Mapping[str, Any]) -> Bandwidth:
    """With its grade: refused where the CPU's threads did not get the processors."""
    share = told.get("cpu_share")
    short = share is not None and float(share) < TOO_LITTLE_CPU and int(told["threads"]) > 1
    return Bandwidth(
        device=str(told["device"]),
        gbps=float(told["gbps"]),
        gbps_best=float(told["gbps_best"]),
        bytes=int(told["bytes"]),
        threads=int(told["threads"]),
        quality=statistics.quality(float(told["noise"]), int(told["samples"]), disturbed=short),
        refused=f"contended: its threads got {float(share or 0):.0%} of the processors" if short else "",
    )


def _with_ridge(one: Bandwidth, measured: Sequence[Row]) -> Bandwidth:
    """With how much is computed while a byte is moved, where both may be believed."""
    rows = [row for row in measured if row.device == one.device and row.dtype == "fp32" and row.headline]
    best = max((row.headline_tflops for row in rows if not row.refused), default=0.0)
    if not best or one.refused or one.gbps <= 0:
        return one
    return msgspec.structs.replace(one, flop_per_byte=best * 1e3 / one.gbps)


def _ended(run: Run) -> Any:
    if run.facts.get("overrun"):
        return str(run.facts["overrun"])
    return run.ended.words() if run.ended is not None else NOT_LOOKED


def notes(run: Run, measured: Any) -> tuple[str, ...]:
    """Sentences for a person: what was left out, why, and how to get it."""
    facts, found = run.facts, []
    if facts.get("library") == "numpy":
        why = "is not installed for this Python"
        if run.missing is not None and run.missing.gap != "absent":
            why = f"could not be imported ({run.missing.words()})"
        found.append(
            f"PyTorch {why}: the CPU was measured with NumPy. With PyTorch every device and every format is measured; "
            "`dlcheck doctor` says which build fits this machine."
        )
    found += [f"Not measured: {one.get('what')} ({one.get('why')})." for one in facts.get("lost", ())]
    because = str(facts.get("threads_because", ""))
    if because and because != "physical cores":
        threads = "one thread" if facts.get("threads") == 1 else f"{facts.get('threads')} threads"
        found.append(f"The CPU was measured with {threads}: {because}.")
    words = efficiency_words(measured)
    if words:
        found.append(words)
    return tuple(found)
