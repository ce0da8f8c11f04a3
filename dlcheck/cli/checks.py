"""dlcheck checks: every check, a line each."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import typer

from dlcheck.cli import writing
from dlcheck.cli.screen import style_of
from dlcheck.model.report import PILLAR_TITLES, PILLARS

if TYPE_CHECKING:
    from dlcheck.judge.check import Check


def command() -> None:
    """List every check, by the five things that a person needs."""
    from dlcheck.judge.engine import all_checks

    style = style_of(sys.stdout, verbose=False)
    checks = sorted(all_checks().values(), key=lambda check: check.id)
    longest = max((len(check.id) for check in checks), default=0)
    in_columns = all(longest + len(check.title) + 4 <= style.width for check in checks)
    lines = []
    for pillar in PILLARS:
        lines += ["", *_wrapped(f"{PILLAR_TITLES[pillar]} ({pillar})", style.width, 0)]
        for check in checks:
            if check.pillar == pillar:
                lines += _row(check, longest, style.width, in_columns=in_columns)
    lines += ["", *_wrapped(f"{len(checks)} checks; `dlcheck explain ID` tells all about one.", style.width, 0)]
    writing.write_lines(lines[1:], style)
    raise typer.Exit(0)


def _row(check: Check, longest: int, width: int, *, in_columns: bool) -> list[str]:
    """Id and title in columns; where they do not fit, the title beneath."""
    if in_columns:
        return [f"  {check.id:{longest}}  {check.title}"]
    return [f"  {check.id}", *_wrapped(check.title, width, 6)]


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=" " * indent, subsequent_indent=" " * indent)
