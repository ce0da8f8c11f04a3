"""dlcheck diagnose: judge a text pasted from elsewhere."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Annotated

import typer

from dlcheck.cli import inputs, options, requests, status, writing
from dlcheck.cli.refusal import Refusal
from dlcheck.model.documents import MAX_DOCUMENT_BYTES, DocumentError, decode_snapshot
from dlcheck.model.snapshot import Snapshot


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The text; - reads it from stdin.")],
    formats: options.Formats = [],  # noqa: B006 (typer copies it)
    output: options.Output = "",
    share: options.Share = False,
    no_redact: options.NoRedact = False,
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    strict: options.Strict = False,
    verbose: options.Verbose = False,
) -> None:
    """Judge a text pasted from elsewhere: a report, an error message, a screen."""
    targets = writing.targets(formats, output, share=share, no_redact=no_redact)
    facts = _facts(file, inputs.read_pasted(file, MAX_DOCUMENT_BYTES))
    selection = requests.selection(only, skip)
    from dlcheck.judge import profiles
    from dlcheck.judge.engine import judge

    report = judge(facts, profiles.load("pasted"), selection, strict=strict)
    writing.write_report(report, targets, verbose=verbose)
    raise typer.Exit(status.of(report))


def _facts(file: str, text: str) -> Snapshot:
    """The facts in dlcheck's own document, or in whatever else the text holds. Refused where nothing is recognised."""
    from dlcheck.observe import importers
    from dlcheck.observe.secrets import without_secrets

    own = importers.own_document(text)
    if own:
        try:
            return decode_snapshot(own.encode())
        except DocumentError as error:
            raise Refusal(f"{file}: a document of dlcheck's, but {error}") from None
    facts = importers.read(text, datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if facts is None:
        raise Refusal(f"nothing in {file} is recognised; what can be pasted: {importers.READABLE}")
    return without_secrets(facts, os.environ)
