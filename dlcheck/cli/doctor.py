"""dlcheck doctor: judge this machine."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from dlcheck.cli import comparing, inputs, options, requests, status, writing
from dlcheck.model.gaps import seen
from dlcheck.model.report import Report


def command(
    quick: options.Quick = False,
    deep: options.Deep = False,
    python: options.Python = "",
    env: options.Env = "",
    profile: options.Profile = "beginner",
    requirements: options.Requirements = [],  # noqa: B006 (typer copies it)
    require: options.Require = "",
    snapshot: Annotated[str, typer.Option("--snapshot", metavar="FILE", help="Judge a recorded snapshot.")] = "",
    baseline: Annotated[
        str, typer.Option("--baseline", metavar="FILE", help="A snapshot or report of when it worked: what changed?")
    ] = "",
    formats: options.Formats = [],  # noqa: B006
    output: options.Output = "",
    share: options.Share = False,
    no_redact: options.NoRedact = False,
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    strict: options.Strict = False,
    timeout: options.Timeout = "",
    deadline: options.Deadline = "",
    verbose: options.Verbose = False,
) -> None:
    """Judge this machine: is it ready, and if not, what to do first."""
    requests.refuse_exclusive(quick=quick, deep=deep, python=python, env=env, snapshot=snapshot)
    targets = writing.targets(formats, output, share=share, no_redact=no_redact)
    wanted = inputs.load_profile(profile, requirements, require)
    before = comparing.read(baseline) if baseline else None
    interrupted = False
    if snapshot:
        facts = inputs.read_snapshot(snapshot)
        inputs.refuse_expired(wanted, profile, facts.taken_at)
        selection = requests.selection(only, skip)
    else:
        from dlcheck.cli.examining import look
        from dlcheck.cli.installation import refuse_broken

        refuse_broken()
        inputs.refuse_expired(wanted, profile)
        selection = requests.selection(only, skip)
        request = requests.request(
            wanted,
            quick=quick,
            deep=deep,
            python=python,
            env=env,
            timeout=timeout,
            deadline=deadline,
            probes=requests.probes_for(selection, wanted),
        )
        facts, interrupted = look(request, lambda: _prepare(targets))
    from dlcheck.judge.engine import judge

    report = judge(facts, wanted, selection, strict=strict)
    if before is not None:
        pair = (comparing.judged(before, wanted), report)
        report = msgspec.structs.replace(report, since=seen(comparing.drift(pair, (baseline, "this look"), ())))
    if interrupted:
        report = _interrupted(report)
    writing.write_report(report, targets, verbose=verbose)
    raise typer.Exit(status.INTERRUPTED if interrupted else status.of(report))


def _prepare(targets: list[writing.Target]) -> None:
    """Import what judging and telling will need, while the probes run."""
    from dlcheck.judge.engine import all_checks

    all_checks()
    writing.prepare(targets)


def _interrupted(report: Report) -> Report:
    """What was found so far: a fault that was seen stands, that there is none does not."""
    if report.verdict == "not-ready":
        return report
    summary = f"Interrupted after {report.snapshot.seconds:.0f} s: this is what was found so far."
    return msgspec.structs.replace(report, verdict="unknown", summary=summary)
