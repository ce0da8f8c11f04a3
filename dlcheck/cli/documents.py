"""Documents in and out: profiles and snapshots read, reports written, exit statuses told."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import msgspec
import typer

from dlcheck.judge import profiles
from dlcheck.model.documents import DocumentError, decode_snapshot
from dlcheck.model.profile import Profile
from dlcheck.model.report import Report
from dlcheck.model.snapshot import Snapshot
from dlcheck.tell.style import Style


def load_profile(name: str, requirement_files: list[str]) -> Profile:
    """The profile of that name or file, with the requirements of `-r` added. Ends with status 2 where it cannot."""
    try:
        profile = profiles.parse(_read(name).decode()) if name.endswith(".toml") else profiles.load(name)
    except (profiles.ProfileError, UnicodeDecodeError) as error:
        raise usage(f"profile {name}: {error}") from None
    extra = tuple(line for file in requirement_files for line in _read(file).decode("utf-8", "replace").splitlines())
    return msgspec.structs.replace(profile, extra_requirements=extra)


def read_snapshot(name: str) -> Snapshot:
    """The snapshot in that file. Ends with status 2 where it cannot be read."""
    try:
        return decode_snapshot(_read(name))
    except DocumentError as error:
        raise usage(f"snapshot {name}: {error}") from None


def write(report: Report, formats: list[str], output: str, *, verbose: bool) -> None:
    """Write the report in every format that was asked for."""
    for wanted in formats or ["terminal"]:
        name, _, file = wanted.partition("=")
        text = importlib.import_module(f"dlcheck.tell.{name}").render(report, Style(verbose=verbose))
        if file or output:
            Path(file or output).write_text(text, "utf-8")
        else:
            sys.stdout.write(text)


def exit_status(report: Report) -> int:
    """0 ready · 1 not ready · 3 could not be determined · 70 a defect of ours and nothing failed."""
    if report.verdict == "not-ready" or (report.strict and report.verdict == "ready-with-warnings"):
        return 1
    if report.defects:
        return 70
    return 3 if report.verdict == "unknown" else 0


def usage(sentence: str) -> typer.Exit:
    """Say what is wrong with the command line or an input file; to be raised: exit status 2."""
    print(f"dlcheck: {sentence}", file=sys.stderr)
    return typer.Exit(2)


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise usage(f"{name} cannot be read: {error.strerror}") from None
