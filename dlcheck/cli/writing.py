"""Documents out: each format to its file or to stdout, whole or not at all."""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

import dlcheck.tell
from dlcheck.cli import screen
from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.model.report import Report
from dlcheck.tell.style import Style
from dlcheck.tell.visible import visible

TERMINAL = "terminal"
REPORTS, DRIFTS, COHORTS = "dlcheck.tell", "dlcheck.tell.drift", "dlcheck.tell.cohort"
BENCHES, COMPARISONS, PAGES = "dlcheck.tell.bench", "dlcheck.tell.comparison", "dlcheck.tell.pages"
"""Families of formats: one package for each kind of document."""


class Target(msgspec.Struct, frozen=True):
    """One document that is wanted."""

    format: str
    file: str
    """"" is stdout."""
    redacted: bool = False
    """What is private is taken out of it."""


def targets(
    formats: list[str], output: str, *, share: bool = False, no_redact: bool = False, family: str = REPORTS
) -> list[Target]:
    """What --format and --output ask for. A format that there is not, or a place that cannot be written, is refused.

    family: the package whose modules are the formats of this kind of document.
    One format without =FILE goes to --output or stdout; where all have a file, the terminal report goes there too.
    share: one redacted JSON report takes the place of the format without a file. no_redact: nothing is taken out of the
    documents that are made to be handed on.
    """
    if share and no_redact:
        raise Refusal("--share and --no-redact exclude each other")
    asked = [Target("json", "", redacted=True)] if share else []
    for text in formats:
        name, equals, file = text.partition("=")
        if name not in (known := format_names(family)):
            raise unknown_name("format", name, known, f"there are {', '.join(known)}")
        if equals and not file:
            raise Refusal(f"--format {text} names no file after the =")
        leaves = name in dlcheck.tell.LEAVING and not no_redact
        asked.append(Target(name, "" if file == "-" else file, redacted=leaves))
    plain = [target.format for target in asked if not target.file]
    if len(plain) > 1:
        raise Refusal(
            f"only one format can go to stdout, not {'--share' if share else plain[0]} and {plain[1]}: "
            f"write --format {plain[1]}=FILE"
        )
    wanted = [*asked, Target(TERMINAL, "")] if not plain else asked
    output = "" if output == "-" else output
    wanted = [target if target.file else msgspec.structs.replace(target, file=output) for target in wanted]
    files = [os.path.realpath(target.file) for target in wanted if target.file]
    for file in files:
        if files.count(file) > 1:
            raise Refusal(f"two documents cannot both go to {file}")
        refuse_unwritable(file)
    return wanted


def format_names(family: str = REPORTS) -> list[str]:
    """The formats there are: the modules of that package that have a `render`."""
    package = importlib.import_module(family)
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return [name for name in names if name not in package.NO_FORMATS]


def prepare(wanted: list[Target], family: str = REPORTS) -> None:
    """Import what writing will need: while the probes run it costs nothing."""
    for target in wanted:
        importlib.import_module(f"{family}.{target.format}")
        if target.redacted:
            importlib.import_module("dlcheck.tell.redaction")


def write_report(report: Report, wanted: list[Target], *, verbose: bool) -> None:
    """Write every document, files first."""
    for target in sorted(wanted, key=lambda one: not one.file):
        told = _told(report, target)
        style = _write_document(told, target, REPORTS, verbose=verbose)
        if target.format == "github":
            _write_summary(told, style, REPORTS)


def write_documents(
    made: Callable[[bool], msgspec.Struct], wanted: list[Target], family: str, *, verbose: bool
) -> None:
    """Write a document that is no report in every format, files first. made: makes it, redacted or not."""
    for target in sorted(wanted, key=lambda one: not one.file):
        document = made(target.redacted)
        style = _write_document(document, target, family, verbose=verbose)
        if target.format == "github":
            _write_summary(document, style, family)


def _write_document(document: msgspec.Struct, target: Target, family: str, *, verbose: bool) -> Style:
    """One document in one format; returns the style it was told in."""
    renderer = importlib.import_module(f"{family}.{target.format}")
    style = screen.file_style(verbose=verbose) if target.file else screen.style_of(sys.stdout, verbose=verbose)
    for_eyes = target.format == TERMINAL and not target.file
    write(renderer.render(document, style), target.file, sys.stdout.encoding if for_eyes and sys.stdout else "utf-8")
    return style


def _told(report: Report, target: Target) -> Report:
    """The report as this document tells it."""
    if not target.redacted:
        return report
    from dlcheck.tell.redaction import redact

    return redact(report)


def _write_summary(document: msgspec.Struct, style: Style, family: str) -> None:
    """The job summary, where GitHub Actions names a file for it: what other commands of the step wrote there stays."""
    file = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not file:
        return
    from dlcheck.tell import markdown

    try:
        with Path(file).open("ab") as summary:
            room = markdown.MOST_BYTES - summary.tell()
            text = importlib.import_module(f"{family}.markdown").render(document, style)
            summary.write(markdown.bounded(text, room).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise Refusal(f"{file} cannot be written: {error.strerror}") from None


def write(text: str, file: str = "", encoding: str = "utf-8") -> None:
    """A text to a file, or to stdout where none is named. A closed pipe is no fault."""
    data = text.encode(encoding, "backslashreplace")
    if not file:
        _to_stdout(data)
        return
    try:
        _to_file(data, os.path.realpath(file))
    except OSError as error:
        raise Refusal(f"{file} cannot be written: {error.strerror}") from None


def write_lines(lines: list[str], style: Style) -> None:
    """A page of our own to stdout."""
    text = "\n".join(visible(line, style.unicode) for line in lines)
    write(f"{text}\n", encoding=sys.stdout.encoding if sys.stdout else "utf-8")


def refuse_unwritable(file: str) -> None:
    """Refuse a place that cannot be written before the work begins, not after."""
    folder = os.path.dirname(os.path.realpath(file))  # noqa: PTH120 (realpath has no pathlib twin that never raises)
    reason = ""
    try:
        if Path(file).is_dir():
            reason = "it is a folder"
        elif not Path(folder).is_dir():
            reason = f"there is no folder {folder}"
        elif not os.access(folder, os.W_OK) and not os.access(file, os.W_OK):
            reason = "permission denied"
    except (OSError, ValueError) as error:
        reason = str(error)
    if reason:
        raise Refusal(f"{file} cannot be written: {reason}")


def _to_file(data: bytes, file: str) -> None:
    """Beside it first, then in its place: whoever reads it finds the old document or the new one, never a half."""
    if _is_special(file) or not os.access(os.path.dirname(file), os.W_OK):  # noqa: PTH120
        with Path(file).open("wb") as special:
            special.write(data)
        return
    beside = f"{file}.{os.getpid()}.part"
    try:
        with Path(beside).open("xb") as part:
            part.write(data)
        with contextlib.suppress(OSError):
            Path(beside).chmod(stat.S_IMODE(Path(file).stat().st_mode))
        Path(beside).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise


def _is_special(file: str) -> bool:
    """A pipe or a device, which cannot be replaced."""
    try:
        return not stat.S_ISREG(Path(file).stat().st_mode)
    except OSError:
        return False


def _to_stdout(data: bytes) -> None:
    if sys.stdout is None:  # closed before we began
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise Refusal(f"stdout cannot be written: {error.strerror}") from None


def silence_stdout() -> None:
    """The reader went away, as `| head` does: nothing more can be said, at the interpreter's end neither."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
