"""Python itself, tables and figures: what the first week of a course does with them."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, Verdict, check, note
from dlcheck.judge.exercises import judged
from dlcheck.model.frameworks import Numerics
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "exercise"


@check(FAIL, pillar="python", since="0.1")
def python_basics_broken(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Python's own types, containers or control flow give wrong answers.

    Whole numbers of any size, text, lists, dictionaries, loops, functions, exceptions: what every program stands on.
    """
    yield from judged("python-basics", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="python", since="0.1")
def table_reading_broken(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Reading a table gives wrong values or fails.

    A CSV of four rows, and the same table as an Excel sheet: read by pandas, chosen from, grouped.

    How it is told: the sheet is written out by the definition of the format, so that reading is judged alone. pandas
    reads Excel through openpyxl, which it does not bring with it: without it only the CSV is read, which is a note.
    """
    yield from judged("table-reading", snapshot, profile, numerics=numerics)
    exercises = numerics.value.exercises if numerics.value else ()
    if any(one.outcome == "missing-library" and one.needs == "openpyxl" for one in exercises):
        yield note(
            "Excel sheets cannot be read: openpyxl is not installed",
            fixes=install(snapshot, ["openpyxl"], title="Install openpyxl"),
            subject="openpyxl",
        )


@check(FAIL, pillar="python", since="0.1")
def figure_drawing_broken(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Drawing a figure fails.

    A figure of 100 × 50 pixels, its left half red, drawn by Matplotlib into memory and as PNG.

    How it is told: by the backend Agg, which needs no display: a server or a container without one is healthy.
    """
    yield from judged("figure-drawing", snapshot, profile, numerics=numerics)
