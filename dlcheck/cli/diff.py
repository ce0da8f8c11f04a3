"""dlcheck diff: what changed between two snapshots or reports."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcheck.cli import comparing, options, status, writing
from dlcheck.cli.refusal import Refusal


def command(
    before: Annotated[str, typer.Argument(metavar="A", help="A snapshot or report; - reads it from stdin.")],
    after: Annotated[str, typer.Argument(metavar="B", help="A later one, or one of another machine.")],
    allow: Annotated[str, typer.Option("--allow", metavar="FILE", help="Changes that are expected, a line each.")] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="P", help="Judge both by this profile, whatever they were judged by.")
    ] = "",
    formats: Annotated[
        list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help="terminal, json, markdown or github.")
    ] = [],  # noqa: B006 (typer copies it)
    output: options.Output = "",
    no_redact: Annotated[bool, typer.Option("--no-redact", help="Leave names and folders in markdown and github.")] = (
        False
    ),
    verbose: options.Verbose = False,
) -> None:
    """Tell what changed between two snapshots or reports. Exit status 1: something that was not expected."""
    targets = writing.targets(formats, output, no_redact=no_redact, family=writing.DRIFTS)
    if before == after == "-":
        raise Refusal("only one of the two documents can come from stdin")
    pair = comparing.judged_alike(before, after, profile)
    allowances = comparing.allowances(allow)
    drift = comparing.drift(pair, (before, after), allowances)
    writing.write_documents(
        lambda redacted: comparing.drift(pair, (before, after), allowances, redacted=True) if redacted else drift,
        targets,
        writing.DRIFTS,
        verbose=verbose,
    )
    raise typer.Exit(status.NOT_READY if drift.unexpected else status.READY if drift.compared else status.UNKNOWN)
