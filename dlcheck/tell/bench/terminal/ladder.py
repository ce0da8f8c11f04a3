"""The precision ladder, and how its figures stand beside what others measured."""

from __future__ import annotations

from collections.abc import Iterable

from dlcheck.model.assessed import Rung
from dlcheck.model.bench import Bench
from dlcheck.model.gaps import known
from dlcheck.model.quantities import digits, per_cent, times
from dlcheck.tell.bench import phrases
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

HEADS = ("format", "TFLOP/s", "× fp32", "of peak")
WIDTHS = [8, 12, 9, 0]


def ladder(sheet: Sheet, bench: Bench) -> None:
    """A block for each device, then the usual or the published figures."""
    found = bench.assessment
    for device in dict.fromkeys(rung.device for rung in found.ladder):
        rungs = [rung for rung in found.ladder if rung.device == device]
        kept = len(HEADS) if any(known(rung.pct_peak) is not None for rung in rungs) else len(HEADS) - 1
        sheet.blank()
        sheet.say((f"Formats on {device}", BOLD))
        sheet.columns([(head, DIM) for head in HEADS[:kept]], WIDTHS[:kept])
        for rung in rungs:
            _rung(sheet, rung)
    if found.references:
        sheet.blank()
        sheet.say(("What others measured", BOLD))
        for sentence in phrases.references(found.references):
            sheet.say(sentence, indent=2)
        _sources(sheet, (source for one in found.references for source in one.sources))
    if found.published:
        sheet.blank()
        sheet.say(("What you could borrow (published figures, not measured here)", BOLD))
        for sentence in phrases.published(found.published):
            sheet.say(sentence, indent=2)
        _sources(sheet, (source for one in found.published for source in one.sources))


def _rung(sheet: Sheet, rung: Rung) -> None:
    share = known(rung.pct_peak)
    rate = f"{'≈' if rung.approximate else ''}{digits(rung.tflops)}"
    factor = times(rung.times_fp32) if rung.times_fp32 else ""
    sheet.columns([rung.dtype, rate, factor, per_cent(share) if share is not None else ""], WIDTHS)
    if rung.emulated:
        against = rung.emulated_against or "other formats"
        slower = f"{rung.dtype} is emulated here, {times(rung.emulated)} × slower than {against}"
        sheet.say((slower, "yellow"), indent=2)


def _sources(sheet: Sheet, sources: Iterable[str]) -> None:
    for source in dict.fromkeys(sources):
        sheet.say((f"from {source}", DIM), indent=2)
