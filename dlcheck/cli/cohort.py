"""dlcheck cohort: many documents, one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcheck.cli import inputs, options, status, writing
from dlcheck.cli.gathering import Found, Source
from dlcheck.cli.refusal import Refusal
from dlcheck.model.cohort import Cohort
from dlcheck.model.documents import DocumentError, decode_either
from dlcheck.model.profile import Profile
from dlcheck.model.report import Report

if TYPE_CHECKING:
    from dlcheck.compare.roster import Names

MOST_ROSTER_BYTES = 4 * 2**20


def command(
    source: Annotated[str, typer.Argument(metavar="DIR|FILE.jsonl|-", help="Reports or snapshots; - reads stdin.")],
    expect: Annotated[
        str, typer.Option("--expect", metavar="FILE", help="The names that should be there, a line each.")
    ] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="P", help="Judge everything by this profile, whatever it was judged by.")
    ] = "",
    formats: Annotated[
        list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help="terminal, csv, json or html; repeatable.")
    ] = [],  # noqa: B006 (typer copies it)
    output: options.Output = "",
    verbose: options.Verbose = False,
) -> None:
    """Gather many reports: how many are ready, what keeps the others, who has not answered.

    Exit status 1: somebody is not ready, is missing, or sent something that cannot be read.
    """
    targets = writing.targets(formats, output, no_redact=True, family=writing.COHORTS)
    names = _names(expect)
    measure = inputs.load_profile(profile, []) if profile else None
    cohort = _gather(Source(source), names, measure)
    writing.write_documents(lambda _: cohort, targets, writing.COHORTS, verbose=verbose)
    raise typer.Exit(_status(cohort))


def _names(file: str) -> Names | None:
    if not file:
        return None
    from dlcheck.compare import roster

    names = roster.parse(inputs.read_text(file, MOST_ROSTER_BYTES))
    if not names.names:
        raise Refusal(f"{file} holds no name")
    return names


def _gather(source: Source, names: Names | None, measure: Profile | None) -> Cohort:
    from dlcheck.compare.cohort import Gatherer

    gatherer = Gatherer(names)
    seen = 0
    for found in source.documents():
        seen += 1
        report = found.problem or _report(found, measure)
        if isinstance(report, str):
            gatherer.add_damaged(found.name, report)
        else:
            gatherer.add(found.name, report)
    if not seen:
        raise Refusal(f"{source.name} holds no report and no snapshot (files that end in .json or .jsonl)")
    return gatherer.cohort(source.passed_over)


def _report(found: Found, measure: Profile | None) -> Report | str:
    """The report in a document, or what is wrong with it. A snapshot is judged; so is a report, where that is asked."""
    try:
        document = decode_either(found.data)
    except DocumentError as error:
        return str(error)
    if isinstance(document, Report) and measure is None:
        return document
    from dlcheck.judge import profiles
    from dlcheck.judge.engine import Selection, judge

    snapshot = document.snapshot if isinstance(document, Report) else document
    return judge(snapshot, measure or profiles.load("beginner"), Selection())


def _status(cohort: Cohort) -> int:
    standings = cohort.standings
    missing = any(roster.missing for roster in cohort.roster)
    if missing or standings.get("not-ready") or standings.get("damaged"):
        return status.NOT_READY
    return status.UNKNOWN if standings.get("unknown") else status.READY
