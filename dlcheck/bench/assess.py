"""The meaning of one run: a verdict, three sentences, what limits the machine, the published figures, the floors."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dlcheck.bench import references
from dlcheck.bench.floors import Wanted, judge
from dlcheck.bench.ladder import advice, ladder
from dlcheck.bench.limits import limits
from dlcheck.bench.summary import main_device, sentences
from dlcheck.model.assessed import Assessment, BenchVerdict, Floor, Outcome
from dlcheck.model.bench import Bench
from dlcheck.model.gaps import Missing
from dlcheck.model.measured import Row

EXIT_CODES: dict[BenchVerdict, int] = {"measured": 0, "wrong": 1, "below": 1, "unknown": 3}
INTERRUPTED = 130
LONGEST = 300
"""Characters of why nothing was measured."""
HOW = "`dlcheck doctor` says which build of PyTorch fits this machine and how to install it."


def assess(bench: Bench, wanted: Sequence[Wanted] = (), more: Sequence[Floor] = ()) -> Bench:
    """The same with its assessment. more: floors that were judged already, those of a baseline."""
    rungs = ladder(bench)
    borrowed = references.elsewhere(bench)
    floors = (*(judge(bench, one) for one in wanted), *more)
    word = _verdict(bench, floors)
    status = INTERRUPTED if bench.interrupted else EXIT_CODES[word]
    device = main_device(bench)
    return msgspec.structs.replace(
        bench,
        verdict=Outcome(word=word, exit_code=status, problems=_problems(bench, floors)),
        assessment=Assessment(
            summary=sentences(bench, rungs, borrowed),
            advice=advice(bench, rungs, device.name if device is not None else "cpu"),
            limits=limits(bench),
            ladder=rungs,
            references=references.judged(bench),
            published=borrowed,
            floors=floors,
        ),
    )


def _verdict(bench: Bench, floors: Sequence[Floor]) -> BenchVerdict:
    if bench.wrong:
        return "wrong"
    if any(floor.standing == "missed" for floor in floors):
        return "below"
    if not bench.measured or any(floor.standing == "unknown" for floor in floors):
        return "unknown"
    return "measured"


def _problems(bench: Bench, floors: Sequence[Floor]) -> tuple[str, ...]:
    found = [_wrong(row) for row in bench.wrong]
    if not bench.measured:
        refused = next((row.refused for row in bench.results if row.refused), "")
        how = f" {HOW}" if isinstance(bench.library, Missing) and bench.library.gap == "absent" else ""
        found.append(f"Nothing was measured that can be believed: {refused or _why_nothing(bench)}.{how}")
    found += [f"{floor.asked} is missed: {floor.words}." for floor in floors if floor.standing == "missed"]
    found += [f"{floor.asked} cannot be judged: {floor.words}." for floor in floors if floor.standing == "unknown"]
    return tuple(dict.fromkeys(found))


def _wrong(row: Row) -> str:
    """Which product was wrong, and how it was seen."""
    assert row.verify is not None
    size = f"{row.n} × {row.n}" if row.m == row.n == row.k else f"{row.m} × {row.k} × {row.n}"
    return f"Wrong product: {row.device} multiplied {size} in {row.dtype} wrongly: {row.verify.fault_words}."


def _brief(why: str) -> str:
    """In one line; of a page, as NumPy's error is one, its beginning and its end, where the cause stands."""
    words = " ".join(why.split()).rstrip(".")
    return words if len(words) <= LONGEST else f"{words[: LONGEST // 3]} … {words[-2 * LONGEST // 3 :]}"


def _why_nothing(bench: Bench) -> str:
    for fact in (bench.library, bench.ended):
        if isinstance(fact, Missing) and fact.why:
            return _brief(fact.why)
    if isinstance(bench.ended, str):
        return _brief(bench.ended)
    skipped = next((row.skipped_reason for row in bench.results if row.skipped_reason), "")
    if skipped or bench.interrupted:
        return skipped or "it was interrupted first"
    is_asked = any(word.startswith("--device") for word in bench.argv)
    return "none of the devices that were asked for is there" if is_asked else "no device answered"
