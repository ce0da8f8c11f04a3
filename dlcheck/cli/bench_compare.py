"""dlcheck bench compare: what differs between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcheck.cli import bench_inputs, options, status, writing
from dlcheck.cli.refusal import Refusal

if TYPE_CHECKING:
    from dlcheck.model.comparison import Comparison

FORMATS_HELP = "terminal, json, csv or markdown; repeatable, each further one =FILE."

Runs = Annotated[list[str], typer.Argument(metavar="A B …", help="Files, or names or numbers of the history.")]
Formats = Annotated[list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help=FORMATS_HELP)]


def command(
    runs: Runs = [],  # noqa: B006 (typer copies it)
    formats: Formats = [],  # noqa: B006
    output: options.Output = "",
    verbose: options.Verbose = False,
) -> None:
    """Compare runs, the first with each of the others: SAME, FASTER, SLOWER or AMBIGUOUS, by the interval.

    A difference below 3 % is none. Runs of different machines are compared as such. Exit 0 where something could be
    compared, else 3.
    """
    if len(runs) < 2:
        raise Refusal("compare which runs? `dlcheck bench compare A B`; `dlcheck bench history` lists those kept")
    if runs.count("-") > 1:
        raise Refusal("stdin can be read once only")
    targets = writing.targets(formats, output, family=writing.COMPARISONS)
    from dlcheck.bench.comparison import compare

    comparison = compare([(name, bench_inputs.read(name)) for name in runs])
    writing.write_documents(lambda redacted: _told(comparison, redacted), targets, writing.COMPARISONS, verbose=verbose)
    raise typer.Exit(status.READY if any(one.differences for one in comparison.against) else status.UNKNOWN)


def _told(comparison: Comparison, redacted: bool) -> Comparison:
    if not redacted:
        return comparison
    from dlcheck.tell.redaction import redact

    return redact(comparison)
