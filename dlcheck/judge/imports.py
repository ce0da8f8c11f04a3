"""What came of importing a library in a child: it raised, it died, it did not come back, or it died at work later.

Each of these is judged by one check of that library; the functions here are what those checks share.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import Verdict, bad, ok, skip, unknown
from dlcheck.judge.explanations import explain, waiting_in
from dlcheck.model.gaps import Ending, Missing, Probed
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

CUDA_STAGES = ("asking CUDA", "asking the CUDA driver", "asking cuda:", "asking cuDNN")
"""How the stages begin in which a framework starts CUDA."""
MAX_LINE = 400


class Imported(Protocol):
    """What every framework's facts hold."""

    @property
    def version(self) -> str: ...
    @property
    def import_seconds(self) -> float: ...


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A library that is imported in a child: its distribution and what people call it."""

    distribution: str
    title: str
    module: str


def import_failed(library: Library, probed: Probed[Any], snapshot: Snapshot) -> Verdict:
    """Did the import raise, or end the process with an exit status?"""
    facts: Imported | None = probed.value
    if facts is not None:
        return ok(f"{library.title} {facts.version} was imported in {facts.import_seconds:.1f} s")
    missing = _missing(probed)
    if missing.gap in ("absent", "not-looked", "crashed", "timed-out"):
        return skip(msgspec.structs.replace(missing, why="").words())
    if missing.kind == "leftover":
        fixes = install(snapshot, [library.distribution], title=f"install {library.title} again", reinstall=True)
        return bad(missing.why, fixes=fixes)
    ended = probed.ending
    if not missing.kind and (ended is None or not ended.stage.startswith(("importing", "looking for"))):
        return unknown(missing.words())
    known = explain(
        snapshot,
        library.distribution,
        message=missing.why,
        last_words=ended.stderr_tail if ended else "",
        stack=ended.stack if ended else "",
    )
    said = f"importing {library.title} gave {_cut(missing.why)}" if missing.kind else _cut(missing.why)
    return bad(said, *known.evidence, fixes=known.fixes, after=known.causes)


def import_crashed(library: Library, probed: Probed[Any], snapshot: Snapshot) -> Verdict:
    """Did the child die before the import was through?"""
    if probed.value is not None:
        return ok()
    missing = _missing(probed)
    if missing.gap != "crashed":
        return skip(msgspec.structs.replace(missing, why="").words())
    return _crash(library, probed, snapshot, missing.why)


def import_hung(library: Library, probed: Probed[Any], snapshot: Snapshot) -> Verdict:
    """Did the import not come back in time?"""
    if probed.value is not None:
        return ok()
    missing = _missing(probed)
    if missing.gap != "timed-out":
        return skip(msgspec.structs.replace(missing, why="").words())
    return bad(
        missing.why or "no answer in time",
        *_slow_or_hung(probed.ending),
        fixes=_patience(probed.ending),
        after=_interpreter(probed.ending),
    )


def work_crashed(library: Library, probed: Probed[Any], snapshot: Snapshot, *, cuda: bool | None = None) -> Verdict:
    """Did the child die after the import? cuda: only in CUDA's start, or only elsewhere; by default anywhere."""
    ended, answer = _after_import(probed, cuda)
    if ended is None:
        return answer
    if ended.busy is not None:
        return skip(ended.words)
    what = f"{ended.words} while {ended.stage}"
    driver = snapshot.cuda_driver.ending
    if cuda and driver is not None and driver.signal:
        return bad(what, "the driver's library died in the same way when it was asked without PyTorch")
    return _crash(library, probed, snapshot, what)


def work_hung(probed: Probed[Any], *, cuda: bool | None = None) -> Verdict:
    """Did the child not come back after the import? cuda: only from CUDA's start, or only from elsewhere."""
    ended, answer = _after_import(probed, cuda)
    if ended is None:
        return answer
    if ended.busy is None:
        return skip(ended.words)
    return bad(f"{ended.words} while {ended.stage}", *_slow_or_hung(ended), fixes=_patience(ended))


def _after_import(probed: Probed[Any], cuda: bool | None) -> tuple[Ending | None, Verdict]:
    """The bad end that is this check's to judge, or None and what is to be said instead."""
    if probed.value is None:
        return None, skip(msgspec.structs.replace(_missing(probed), why="").words())
    ended = probed.ending
    if ended is None:
        return None, ok()
    if cuda is not None and ended.stage.startswith(CUDA_STAGES) != cuda:
        return None, skip(f"it ended elsewhere: {ended.words} while {ended.stage}")
    return ended, skip("")


def _crash(library: Library, probed: Probed[Any], snapshot: Snapshot, what: str) -> Verdict:
    ended = probed.ending or Ending(words=what)
    known = explain(
        snapshot, library.distribution, last_words=ended.stderr_tail, stack=ended.stack, signal=ended.signal
    )
    last = _last_words(ended.stderr_tail)
    said = [what, *([f"its last words: {last}"] if last else []), *known.evidence]
    return bad(*said, fixes=known.fixes, after=(*known.causes, *_interpreter(ended)))


def _interpreter(ended: Ending | None) -> tuple[str, ...]:
    """The check of the interpreter, where the child did not come to look for the library at all."""
    return ("python-does-not-start",) if ended is not None and ended.stage in ("", "starting") else ()


def _slow_or_hung(ended: Ending | None) -> list[str]:
    if ended is None or ended.busy is None:
        return []
    place = waiting_in(ended.stack)
    where = [f"it was at {place}"] if place else []
    if ended.busy:
        return [*where, "it was still using the processor or the disk: slow rather than stuck"]
    return [*where, "it used neither the processor nor the disk: it waits for something that does not come"]


def _patience(ended: Ending | None) -> tuple[Fix, ...]:
    if ended is not None and ended.busy:
        title = (
            "run it once more: the second time its files are in memory. If that does not help, give it more time with "
            "--timeout 300, and see whether the environment lies on a network drive or a virus scanner reads every file"
        )
        return (Fix(title=title),)
    where = (waiting_in(ended.stack) if ended is not None else "") or "the stack that --verbose shows"
    return (Fix(title=f"see what waits at {where}: for a network drive, a lock, a device or its driver"),)


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _cut(lines[-1]) if lines else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} …"


def _missing(probed: Probed[Any]) -> Missing:
    assert probed.missing is not None
    return probed.missing
