"""Rows of the document from what was tried and sampled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from dlcheck.bench import statistics
from dlcheck.bench.taken import Block, Probe, Taken, disturbance, share
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, known
from dlcheck.model.measured import Dtype, Row, Times, Verification

MOST_TAINTED = 0.5
"""Share of the blocks that may be disturbed before the row is."""
FEWEST_CLEAN = 2


def rows(taken: Taken, data: str, *, interrupted: bool) -> tuple[Row, ...]:
    """All rows: measured, refused, or skipped with the reason."""
    made = [row(probe, taken, data, interrupted=interrupted) for probe in taken.probes]
    return tuple(with_efficiency(one, made) for one in made)


def row(probe: Probe, taken: Taken, data: str, *, interrupted: bool) -> Row:
    """One row."""
    plain = Row(
        device=probe.device,
        dtype=cast(Dtype, probe.dtype),
        m=probe.m or probe.n,
        n=probe.n,
        k=probe.k or probe.n,
        threads=probe.threads,
        timer="graph" if probe.graph else "wall",
        layout=probe.layout,
        l2=probe.l2,
        compute_mode=_compute_mode(probe, taken),
        accumulate=probe.accumulate,
        out_preallocated=probe.out_preallocated,
        data=data,
        headline=_is_headline(probe, taken),
        first_call_s=probe.first_call_s if probe.first_call_s is not None else NOT_LOOKED,
        emulated_factor=probe.emulated_factor if probe.emulated_factor is not None else NOT_LOOKED,
        emulated_against=probe.emulated_against,
        verify=_verification(probe, taken),
    )
    blocks = taken.of(probe.id)
    if not blocks:
        return msgspec.structs.replace(plain, skipped_reason=_why_not(probe, taken, interrupted=interrupted))
    return _measured(plain, probe, blocks, taken)


def _measured(plain: Row, probe: Probe, blocks: Sequence[Block], taken: Taken) -> Row:
    reasons = _disturbances(probe, blocks, taken)
    clean = [block for block, reason in zip(blocks, reasons, strict=True) if not reason]
    tainted = 1 - len(clean) / len(blocks)
    disturbed = tainted > MOST_TAINTED or (tainted > 0 and len(clean) < FEWEST_CLEAN)
    seconds = _times(blocks if disturbed else clean, blocks)
    count = sum(len(block.samples) for block in blocks)
    timers = Counter(block.timer for block in blocks)
    refused = ""
    if disturbed and probe.threads != 1:
        refused = f"contended: {Counter(reason for reason in reasons if reason).most_common(1)[0][0]}"
        refused += f" (in {len(blocks) - len(clean)} of {len(blocks)} blocks)"
    spread = statistics.noise(seconds)
    cpu = [share(block, probe.threads) for block in blocks] if probe.threads else []
    return msgspec.structs.replace(
        plain,
        timer=timers.most_common(1)[0][0],
        calls_per_sample=blocks[-1].calls,
        samples=count,
        blocks=len(blocks),
        time_s=seconds,
        tflops=statistics.rates(plain.m, plain.n, plain.k, seconds),
        noise=spread,
        quality=statistics.quality(spread, count, disturbed=disturbed),
        converged=probe.id in taken.settled,
        tainted_blocks=tainted,
        cpu_share=statistics.median(cpu) if cpu else ABSENT,
        refused=refused,
    )


def _times(blocks: Sequence[Block], all_blocks: Sequence[Block]) -> Times:
    """Of an accelerator that was run without a pause: that run's; the best is the best of all."""
    steady = [block for block in blocks if block.phase == "steady"]
    samples = [one for block in steady or blocks for one in block.samples]
    return statistics.times(samples, best_of=[min(block.samples) for block in all_blocks])


def _disturbances(probe: Probe, blocks: Sequence[Block], taken: Taken) -> list[str]:
    most = int(taken.facts.get("threads") or probe.threads)
    if not probe.threads:
        device = next((one for one in taken.items("devices") if one.get("name") == probe.device), {})
        if not device.get("virtual"):
            return [""] * len(blocks)
        # The processors under another name: their library starts threads of its own.
        return [disturbance(block, most, most, taken.windows, usual=0.0) for block in blocks]
    usual = max(share(block, probe.threads) for block in blocks)
    return [disturbance(block, probe.threads, most, taken.windows, usual=usual) for block in blocks]


def _is_headline(probe: Probe, taken: Taken) -> bool:
    return probe.id in taken.facts.get("headlines", ())


def _compute_mode(probe: Probe, taken: Taken) -> str:
    device = next((one for one in taken.items("devices") if one.get("name") == probe.device), {})
    if device.get("type") == "xla" and not device.get("virtual"):
        return "xla"
    overridden = (taken.facts.get("env") or {}).get("NVIDIA_TF32_OVERRIDE") == "1"
    return "tf32" if probe.dtype == "tf32" or (overridden and device.get("type") == "cuda") else "ieee"


def _verification(probe: Probe, taken: Taken) -> Verification | None:
    found: dict[str, Any] | None = None
    for one in taken.items("verified"):
        if one.get("row") == probe.id:
            found = one
    return msgspec.convert(found, Verification) if found is not None else None


def _why_not(probe: Probe, taken: Taken, *, interrupted: bool) -> str:
    if probe.skipped_reason:
        return probe.skipped_reason
    for one in taken.items("unsampled"):
        if one.get("row") == probe.id:
            return str(one.get("skipped_reason") or one.get("lost"))
    return "the run was ended before it came to this" if interrupted else "there was no time left in this run"


def with_efficiency(one: Row, others: Sequence[Row]) -> Row:
    """The row with how well its threads ran in parallel, where the same was measured with one thread."""
    if one.threads < 2 or one.tflops is None:
        return one
    for other in others:
        same = (other.device, other.dtype, other.n) == (one.device, one.dtype, one.n) and one.is_plain
        if same and other.threads == 1 and other.tflops is not None:
            gained = one.tflops.best / (one.threads * other.tflops.best)
            return msgspec.structs.replace(one, parallel_efficiency=gained)
    return one


def efficiency_words(measured: Sequence[Row]) -> str:
    """A sentence where the threads of the CPU do not run in parallel, told at its headline; else ""."""
    for one in measured:
        gained = known(one.parallel_efficiency)
        if one.headline and one.dtype == "fp32" and not one.refused and gained is not None and gained < 0.6:
            return (
                f"{one.threads} threads do the work of {gained * one.threads:.1f}: they share cores (SMT siblings), "
                "a quota, or the host gives this machine less than it shows."
            )
    return ""
