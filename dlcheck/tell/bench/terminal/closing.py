"""The small print: copies, bandwidth, latency, energy, training, what limits the machine, how it was measured."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.model.gaps import known
from dlcheck.tell.bench import phrases, rows
from dlcheck.tell.terminal.sheet import BOLD, DIM, ROOMY, Sheet


def closing(sheet: Sheet, bench: Bench) -> None:
    """Each only where there is something to say."""
    sheet.blank()
    sections = (
        ("Crossover", [phrases.crossover(one) for one in bench.crossover]),
        ("Copies", phrases.copies(bench)),
        ("Memory", phrases.memory(bench)),
        ("Latency", phrases.latency(bench)),
        ("First call", phrases.first_calls(bench)),
        ("Burst", phrases.burst(bench)),
        ("Energy", phrases.energy(bench)),
        ("Training", [phrases.training(one) for one in bench.training]),
    )
    for label, sentences in sections:
        _listed(sheet, label, sentences)
    if bench.assessment.limits:
        sheet.blank()
        sheet.say(("What limits this machine", BOLD))
        for sentence in bench.assessment.limits:
            sheet.say(sentence, mark="note")
    sheet.blank()
    _listed(sheet, "Not measured", rows.omissions(bench))
    _listed(sheet, "Note", list(bench.notes))
    sheet.field("Checked", phrases.verified(bench))
    ended = known(bench.ended)
    if ended:
        sheet.field("Ended", ended)
    if with_what := phrases.measured_with(bench):
        sheet.field("Measured with", with_what)
    sheet.field("Took", phrases.budget(bench))
    hint = "" if sheet.style.verbose else ", or with --verbose for every row"
    sheet.say((f"Run it again{hint}; --save keeps it, `dlcheck bench compare` compares:", DIM))
    sheet.command_line(sheet.style.again, sheet.style.prompt, indent=2)


def _listed(sheet: Sheet, label: str, sentences: list[str]) -> None:
    for sentence in sentences:
        if not sentence:
            continue
        if label or sheet.width >= ROOMY:
            sheet.field(label, sentence)
        else:
            sheet.say(sentence, indent=2)
        label = ""
