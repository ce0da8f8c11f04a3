"""Options that several commands share.

Values are taken as texts and read by `requests` and `writing`, which say in one sentence what is wrong with them.
"""

from __future__ import annotations

from typing import Annotated

import typer

FORMATS_HELP = "terminal, json, junit, github, markdown or html; repeatable, each further one =FILE."

Quick = Annotated[bool, typer.Option("--quick", help="Import no framework: seconds instead of a minute.")]
Deep = Annotated[bool, typer.Option("--deep", help="Import every library of the profile, compute longer.")]
Python = Annotated[str, typer.Option("--python", metavar="EXE", help="The interpreter to judge.")]
Env = Annotated[str, typer.Option("--env", metavar="NAME", help="The environment to judge, by name or folder.")]
Profile = Annotated[str, typer.Option("--profile", metavar="P", help="What is needed: a profile's name or TOML file.")]
Requirements = Annotated[
    list[str],
    typer.Option(
        "--requirements",
        "-r",
        metavar="FILE",
        help="requirements.txt, environment.yml, pyproject.toml[EXTRA] or pyproject.toml:GROUP to meet; repeatable.",
    ),
]
Formats = Annotated[
    list[str],
    typer.Option("--format", metavar="FORMAT[=FILE]", help=FORMATS_HELP),
]
Output = Annotated[str, typer.Option("--output", metavar="FILE", help="Write the document there, not to stdout.")]
Only = Annotated[list[str], typer.Option("--only", metavar="ID|PILLAR", help="Only these checks; repeatable.")]
Skip = Annotated[list[str], typer.Option("--skip", metavar="ID|PILLAR", help="Not these checks; repeatable.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")]
Timeout = Annotated[str, typer.Option("--timeout", metavar="SECONDS", help="What one probe may take (60).")]
Deadline = Annotated[str, typer.Option("--deadline", metavar="SECONDS", help="What everything may take (180).")]
Verbose = Annotated[bool, typer.Option("--verbose", help="All evidence, timings, and the stack of a hang.")]
BENCH_FORMATS_HELP = "terminal, json, csv, markdown, junit, github or html; repeatable, each further one =FILE."
BenchFormats = Annotated[list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help=BENCH_FORMATS_HELP)]
Share = Annotated[bool, typer.Option("--share", help="One JSON report without names, folders and serial numbers.")]
NoRedact = Annotated[
    bool, typer.Option("--no-redact", help="Leave names and folders in markdown, github, junit and html.")
]
Require = Annotated[
    str, typer.Option("--require", metavar="LIST", help="What must be there: 'cuda, gpus>=8, ram>=64GiB, torch>=2.7'.")
]
