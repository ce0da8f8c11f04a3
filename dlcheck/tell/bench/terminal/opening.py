"""The first lines: what went wrong if anything did, the three sentences, the floors, the devices."""

from __future__ import annotations

from dlcheck.model.assessed import BenchVerdict
from dlcheck.model.bench import Bench
from dlcheck.tell.bench import phrases, rows
from dlcheck.tell.terminal.sheet import BOLD, LABEL, Sheet

COLOURS: dict[BenchVerdict, str] = {
    "measured": BOLD,
    "wrong": "bold red",
    "below": "bold red",
    "unknown": "bold magenta",
}


def opening(sheet: Sheet, bench: Bench) -> None:
    """Everything that a person reads before the figures."""
    found = bench.assessment
    if bench.interrupted:
        sheet.say(("Interrupted: this is what was measured until then.", "bold magenta"))
    for problem in bench.verdict.problems:
        sheet.say((problem, COLOURS[bench.verdict.word]))
    if found.summary:
        sheet.say((" ".join(found.summary), COLOURS["measured"] if not bench.verdict.problems else ""))
    for refusal in rows.refusals(bench):
        sheet.say(("Not to be believed, and left out: ", "yellow"), refusal, mark="warn")
    for floor in found.floors:
        if floor.standing == "met":  # the others stand among the problems
            sheet.say(f"{floor.asked}: {floor.words}", mark="pass")
    sheet.blank()
    for name, words in phrases.devices(bench):
        if sheet.cells(name) < LABEL:
            sheet.field(name, words)
        else:
            sheet.say(f"{name}: {words}")
