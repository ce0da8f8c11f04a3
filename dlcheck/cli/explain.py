"""dlcheck explain: one check, what it says and why, how it is told and mended."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from dlcheck.cli import writing
from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.cli.screen import style_of
from dlcheck.model.report import PILLAR_TITLES

if TYPE_CHECKING:
    from dlcheck.judge.check import Check

WIDEST = 100


def command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A check's id, as reports name it.")] = "",
) -> None:
    """Explain one check: what, why, how it is told, how it is fixed, sources."""
    from dlcheck.judge.engine import all_checks

    checks = all_checks()
    if not identity:
        raise Refusal("explain what? `dlcheck explain ID`; `dlcheck checks` lists the ids")
    if identity not in checks:
        raise unknown_name("check", identity, checks, "`dlcheck checks` lists them")
    style = style_of(sys.stdout, verbose=False)
    writing.write_lines(page(checks[identity], min(style.width, WIDEST)), style)
    raise typer.Exit(0)


def page(check: Check, width: int) -> list[str]:
    """Everything that is known of a check, as lines."""
    lines = [check.id, "", *textwrap.wrap(f"{check.title}.", width)]
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(check.explanation).strip()):
        lines += ["", *_reflowed(paragraph, width)] if paragraph else []
    wanted = f" where {check.wanted} is wanted, else at most {check.otherwise}" if check.wanted else ""
    from dlcheck.judge.check import NO_FACTS

    facts = ", ".join(name for name, _ in check.parameters if name not in NO_FACTS) or "all"
    rows = [
        ("Pillar", PILLAR_TITLES[check.pillar]),
        ("Grade", f"{check.grade}{wanted}"),
        ("Looks at", facts.replace("_", " ")),
        ("Comes after", ", ".join(check.after)),
        ("Since", check.since),
    ]
    lines += [""]
    for label, text in rows:
        if text:
            lead = f"{label + ':':13}"
            lines += textwrap.wrap(
                text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
            )
    return lines


def _reflowed(paragraph: str, width: int) -> list[str]:
    """A paragraph wrapped anew; the items of a list, and lines that are set in, stay lines of their own."""
    lines: list[str] = []
    for line in paragraph.splitlines():
        item = re.match(r"\s*[-*]\s|\s+", line)
        if lines and item is None:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.rstrip())
    out = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        hang = indent + (2 if re.match(r"\s*[-*]\s", line) else 0)
        out += textwrap.wrap(
            line.strip(),
            width,
            initial_indent=" " * indent,
            subsequent_indent=" " * hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return out
