"""The cohort as comma-separated values, a row for each document, for a spreadsheet that must calculate none of it.

A cell that a spreadsheet would take for a formula is made a text by an apostrophe (owasp.org, CSV Injection, read
2026-11-22), every cell is quoted, and the separators of other locales are taken out.
"""

from __future__ import annotations

import csv
import io

from dlcheck.model.cohort import Cohort, Member
from dlcheck.tell.style import Style
from dlcheck.tell.visible import visible

COLUMNS = (
    "name", "person", "standing", "root_causes", "do_first", "operating_system", "processor", "cores", "ram_gb",
    "accelerator", "accelerator_gb", "driver", "python", "framework", "profile", "taken_at", "problem",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")


def render(cohort: Cohort, style: Style) -> str:
    """The table, with a head and a row for each name that is missing; lines end as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for member in cohort.members:
        writer.writerow(_cells(member))
    for roster in cohort.roster:
        for name in roster.missing:
            writer.writerow(["", cell(name), "missing", *[""] * (len(COLUMNS) - 3)])
    return out.getvalue()


def _cells(one: Member) -> list[str]:
    texts = (
        one.name, one.person, one.standing, ", ".join(one.causes), one.first, one.os, one.cpu,
        f"{one.cores:g}" if one.cores else "", _gigabytes(one.ram_bytes), one.accelerator,
        _gigabytes(one.accelerator_bytes), one.driver, one.python, one.framework, one.profile, one.taken_at,
        one.problem,
    )  # fmt: skip
    return [cell(text) for text in texts]


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:.1f}" if count else ""


def cell(text: str) -> str:
    """A text that stays one, in whatever spreadsheet."""
    plain = visible(text).replace(";", ",")
    return f"'{plain}" if plain.lstrip(" '\"").startswith(FORMULA) else plain
