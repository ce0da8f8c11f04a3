"""dlcheck bench: measure this machine's devices."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from dlcheck.cli import bench_inputs, options, requests, writing
from dlcheck.cli.refusal import Refusal
from dlcheck.model.gaps import Missing

if TYPE_CHECKING:
    from dlcheck.bench.plan import Options
    from dlcheck.model.assessed import Floor
    from dlcheck.model.bench import Bench

SUBCOMMANDS = {
    "history": "List the runs that were kept with --save.",
    "compare": "Compare runs: SAME, FASTER, SLOWER or AMBIGUOUS.",
}
PROBES = ("os", "cpu", "memory", "container", "nvidia")
"""What must be known of the machine to measure it and to tell whether it was disturbed."""
LOOKING_SECONDS = 10.0
LONGEST_START_SECONDS = 5.0

Repeated = list[str]
Full = Annotated[bool, typer.Option("--full", help="At most 60 s: more formats and shapes, small training steps.")]
QuickRun = Annotated[bool, typer.Option("--quick", help="At most 5 s.")]
Budget = Annotated[str, typer.Option("--budget", metavar="SECONDS", help="Seconds in place of 20.")]
Device = Annotated[Repeated, typer.Option("--device", metavar="D", help="Only this: cpu, cuda:0, mps …; repeatable.")]
Dtype = Annotated[Repeated, typer.Option("--dtype", metavar="T", help="Only this: fp32, bf16 …; repeatable.")]
Data = Annotated[str, typer.Option("--data", metavar="KIND", help="randn (default), uniform, ones or zeros.")]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Of the random numbers (0).")]
Save = Annotated[str, typer.Option("--save", metavar="[NAME]", help="Keep it in the history.")]
Baseline = Annotated[
    str, typer.Option("--baseline", metavar="FILE|NAME", help="Exit 1 where it is slower than this run.")
]
MinTflops = Annotated[
    Repeated, typer.Option("--min-tflops", metavar="[D:]T=N", help="Exit 1 below this rate; repeatable.")
]
MinRatio = Annotated[
    Repeated, typer.Option("--min-ratio", metavar="[T=]N", help="Exit 1 below this many times the CPU; repeatable.")
]
MinOfPeak = Annotated[
    Repeated, typer.Option("--min-of-peak", metavar="[[D:]T=]N", help="Exit 1 below this per cent of the peak.")
]
OfProfile = Annotated[str, typer.Option("--profile", metavar="P", help="Its floors: a profile's name or TOML file.")]
ImportTimeout = Annotated[str, typer.Option("--timeout", metavar="SECONDS", help="What importing torch may take (60).")]


def command(
    context: typer.Context,
    quick: QuickRun = False,
    full: Full = False,
    budget: Budget = "",
    device: Device = [],  # noqa: B006 (typer copies it)
    dtype: Dtype = [],  # noqa: B006
    data: Data = "randn",
    seed: Seed = "0",
    python: options.Python = "",
    env: options.Env = "",
    save: Save = "",
    baseline: Baseline = "",
    min_tflops: MinTflops = [],  # noqa: B006
    min_ratio: MinRatio = [],  # noqa: B006
    min_of_peak: MinOfPeak = [],  # noqa: B006
    profile: OfProfile = "",
    formats: options.BenchFormats = [],  # noqa: B006
    output: options.Output = "",
    no_redact: options.NoRedact = False,
    timeout: ImportTimeout = "60",
    verbose: options.Verbose = False,
) -> None:
    """Measure what this machine's devices multiply, when the GPU pays off, and how far from their limit they are."""
    if context.invoked_subcommand is not None:
        return
    began = _process_began()
    requests.refuse_exclusive(quick=False, deep=False, python=python, env=env)
    targets = writing.targets(formats, output, no_redact=no_redact, family=writing.BENCHES)
    asked = bench_inputs.options(
        quick=quick, full=full, budget=budget, devices=device, dtypes=dtype, data=data, seed=seed, timeout=timeout
    )
    wanted = bench_inputs.floors({"--min-tflops": min_tflops, "--min-ratio": min_ratio, "--min-of-peak": min_of_peak})
    wanted += bench_inputs.floors_of(profile) if profile else []
    before = bench_inputs.read(baseline) if baseline else None
    if save:
        bench_inputs.refuse_unusable_history()
    from dlcheck.bench.assess import assess
    from dlcheck.bench.peaks import with_peaks

    bench = with_peaks(_measured(asked, python, env, began, targets))
    more: tuple[Floor, ...] = ()
    if before is not None:
        from dlcheck.bench.comparison import against_baseline

        more = against_baseline(before, bench, f"--baseline {baseline}")
    bench = assess(bench, wanted, more)
    bench_inputs.write(bench, targets, verbose=verbose)
    if save:
        bench_inputs.keep(bench, save)
    raise typer.Exit(bench.verdict.exit_code)


def _process_began() -> float:
    """Since when the person waits, in seconds since the epoch: since this process began, not since it came here."""
    from dlcheck.observe import process_age

    age = process_age.seconds()
    # Called from a program that has run for long it begins now.
    return time.time() - (age if age < LONGEST_START_SECONDS else 0.0)


def _measured(asked: Options, python: str, env: str, began: float, targets: list[writing.Target]) -> Bench:
    """Choose the interpreter as `doctor` does, look at the machine, measure; ^C at any moment ends in what there is."""
    from dlcheck.bench.run import measure
    from dlcheck.cli.bench_progress import BenchProgress
    from dlcheck.cli.bench_python import interpreter
    from dlcheck.cli.examining import look, no_orphans
    from dlcheck.cli.installation import refuse_broken
    from dlcheck.observe.context import Request

    refuse_broken()
    try:
        cwd = os.getcwd()  # noqa: PTH109 (a text, as the model wants it)
    except FileNotFoundError:
        raise Refusal("the working folder is gone: change to one that exists") from None
    chosen, note = interpreter(python, env, cwd, LOOKING_SECONDS)
    if isinstance(chosen, Missing):
        return bench_inputs.unmeasured(asked, chosen)
    request = Request(probes=PROBES, python=chosen, timeout=LOOKING_SECONDS, deadline=LOOKING_SECONDS)
    facts, interrupted = look(request, lambda: writing.prepare(targets, writing.BENCHES))
    if interrupted:
        return bench_inputs.unmeasured(asked, None)
    display = BenchProgress(asked.seconds)
    with no_orphans(display.erase):
        try:
            bench = measure(chosen, asked, facts, began=began, cwd=cwd, on_progress=display.show)
        finally:
            display.erase()
    return msgspec.structs.replace(bench, notes=(note, *bench.notes)) if note else bench
