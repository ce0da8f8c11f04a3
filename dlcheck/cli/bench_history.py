"""dlcheck bench history: the runs that were kept."""

from __future__ import annotations

import sys
import textwrap

import typer

from dlcheck.cli import writing
from dlcheck.cli.refusal import Refusal
from dlcheck.cli.screen import style_of

INDENT = 6


def command() -> None:
    """List the runs that were kept with --save, the newest last; `dlcheck bench compare` takes names and numbers."""
    from dlcheck.bench import history

    file = history.default_file()
    try:
        runs = history.kept(file)
    except history.HistoryError as error:
        raise Refusal(str(error)) from None
    style = style_of(sys.stdout, verbose=False)
    lines = []
    for run in runs:
        head = f"#{run.number}".ljust(INDENT) + " · ".join(
            word for word in (run.name, run.started_at, run.machine) if word
        )
        lines += textwrap.wrap(head, style.width, subsequent_indent=" " * INDENT)
        lines += textwrap.wrap(run.summary, style.width, initial_indent=" " * INDENT, subsequent_indent=" " * INDENT)
    if not runs:
        lines = textwrap.wrap("Nothing was kept yet: `dlcheck bench --save NAME` measures and keeps.", style.width)
    writing.write_lines(lines, style)
    raise typer.Exit(0)
