"""dlcheck doctor: judge this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcheck.cli import options


def command(
    quick: Annotated[bool, typer.Option("--quick", help="Import no framework.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Import all of the profile's libraries; compute longer.")
    ] = False,
    python: Annotated[str, typer.Option("--python", metavar="EXE", help="The interpreter to judge.")] = "",
    env: Annotated[str, typer.Option("--env", metavar="NAME", help="The environment to judge.")] = "",
    profile: Annotated[str, typer.Option("--profile", metavar="P", help="A profile's name or file.")] = "beginner",
    requirement: Annotated[
        list[str], typer.Option("--requirements", "-r", metavar="FILE", help="A requirements.txt to check.")
    ] = [],  # noqa: B006 (typer copies it)
    snapshot: Annotated[str, typer.Option("--snapshot", metavar="FILE", help="Judge a recorded snapshot.")] = "",
    formats: options.Formats = [],  # noqa: B006
    output: options.Output = "",
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    strict: options.Strict = False,
    timeout: options.Timeout = 60.0,
    deadline: options.Deadline = 180.0,
    verbose: options.Verbose = False,
) -> None:
    """Judge this machine: is it ready, and if not, what to do first."""
    from dlcheck.cli import documents
    from dlcheck.judge.engine import Selection, judge
    from dlcheck.observe.context import Request
    from dlcheck.observe.examine import examine

    wanted = documents.load_profile(profile, requirement)
    if snapshot:
        facts = documents.read_snapshot(snapshot)
    else:
        depth = "quick" if quick else "deep" if deep else "default"
        facts = examine(
            Request(
                depth=depth,  # type: ignore[arg-type]
                python=python,
                env=env,
                timeout=timeout,
                deadline=deadline,
                requirements=(*wanted.required, *wanted.recommended, *wanted.extra_requirements),
            )
        )
    report = judge(facts, wanted, Selection(only=tuple(only), skip=tuple(skip)), strict=strict)
    documents.write(report, formats, output, verbose=verbose)
    raise typer.Exit(documents.exit_status(report))
