"""Options that the judging commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Formats = Annotated[
    list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help="terminal or json; may be repeated with =FILE.")
]
Output = Annotated[str, typer.Option("--output", metavar="FILE", help="Write the document there, not to stdout.")]
Only = Annotated[list[str], typer.Option("--only", metavar="ID|PILLAR", help="Only these checks.")]
Skip = Annotated[list[str], typer.Option("--skip", metavar="ID|PILLAR", help="Not these checks.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings fail.")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=1, help="For one child process.")]
Deadline = Annotated[float, typer.Option("--deadline", metavar="SECONDS", min=1, help="For everything.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="All evidence, timings, and the stack of a hang.")]
