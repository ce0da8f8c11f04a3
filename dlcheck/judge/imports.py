"""What came of importing a library in a child: it raised, it died, it did not come back, or it died at work later.

Each of these is judged by one check of that library; the functions here are what those checks share.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from dlcheck.judge.advice.import_cures import cures, reinstall
from dlcheck.judge.advice.install import install, run_python
from dlcheck.judge.check import Verdict, bad, ok, skip, unknown
from dlcheck.judge.knowledge.error_messages import Meaning, meaning_of, meaning_of_signal
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
        return skip(missing.words())
    if missing.kind == "leftover":
        fixes = install(snapshot, [library.distribution], title=f"Install {library.title} again", reinstall=True)
        return bad(missing.why, fixes=fixes)
    ended = probed.ending
    if not missing.kind and (ended is None or not ended.stage.startswith(("importing", "looking for"))):
        return unknown(missing.words())
    text = "\n".join((missing.why, ended.stderr_tail if ended else ""))
    meaning = meaning_of(missing.why) or meaning_of(text)
    evidence = [f"importing {library.title} gave {_cut(missing.why)}" if missing.kind else _cut(missing.why)]
    if meaning is not None:
        evidence.append(meaning.meaning)
    return bad(
        *evidence,
        fixes=_fixes(snapshot, meaning, library, probed),
        after=_causes(snapshot, meaning, probed),
    )


def import_crashed(library: Library, probed: Probed[Any], snapshot: Snapshot) -> Verdict:
    """Did the child die before the import was through?"""
    if probed.value is not None:
        return ok(f"importing {library.title} did not end the process")
    missing = _missing(probed)
    if missing.gap != "crashed":
        return skip(missing.words())
    return _crash(library, probed, snapshot, missing.why)


def import_hung(library: Library, probed: Probed[Any], snapshot: Snapshot) -> Verdict:
    """Did the import not come back in time?"""
    if probed.value is not None:
        return ok(f"importing {library.title} came back")
    missing = _missing(probed)
    if missing.gap != "timed-out":
        return skip(missing.words())
    return bad(
        missing.why or "no answer in time",
        *_slow_or_hung(probed.ending),
        fixes=_patience(probed.ending),
        after=_causes(snapshot, None, probed),
    )


def work_crashed(library: Library, probed: Probed[Any], snapshot: Snapshot, *, cuda: bool | None = None) -> Verdict:
    """Did the child die after the import? cuda: only in CUDA's start, or only elsewhere; by default anywhere."""
    ended, answer = _after_import(probed, cuda)
    if ended is None:
        return answer
    if ended.busy is not None:
        return skip(ended.words)
    return _crash(library, probed, snapshot, f"{ended.words} while {ended.stage}")


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
        return None, skip(_missing(probed).words())
    ended = probed.ending
    if ended is None:
        return None, ok("it came to its end")
    if cuda is not None and ended.stage.startswith(CUDA_STAGES) != cuda:
        return None, skip(f"it ended elsewhere: {ended.words} while {ended.stage}")
    return ended, skip("")


def _crash(library: Library, probed: Probed[Any], snapshot: Snapshot, what: str) -> Verdict:
    ended = probed.ending
    said = ended.stderr_tail if ended else ""
    meaning = meaning_of(said) or (meaning_of_signal(ended.signal) if ended else None)
    evidence = [what]
    last = _last_words(said)
    if last:
        evidence.append(f"its last words: {last}")
    if meaning is not None:
        evidence.append(meaning.meaning)
    return bad(
        *evidence,
        fixes=_fixes(snapshot, meaning, library, probed),
        after=_causes(snapshot, meaning, probed),
    )


def _fixes(snapshot: Snapshot, meaning: Meaning | None, library: Library, probed: Probed[Any]) -> tuple[Fix, ...]:
    shadows = _shadows(snapshot, probed)
    if shadows:
        title = f"Rename {shadows[0]}, delete the __pycache__ folder beside it, and try again"
        return (Fix(title=title, verify=run_python(snapshot, f"import {library.module}; print('imported')")),)
    if meaning is None:
        return reinstall(snapshot, library.distribution)
    return cures(snapshot, meaning, library.distribution)


def _causes(snapshot: Snapshot, meaning: Meaning | None, probed: Probed[Any]) -> list[str]:
    """The checks whose failure explains this one."""
    causes = list(meaning.causes) if meaning else []
    if _shadows(snapshot, probed):
        causes.append("local-file-shadows-library")
    if probed.ending is not None and probed.ending.stage in ("", "starting"):
        causes.append("python-does-not-start")
    return causes


def _shadows(snapshot: Snapshot, probed: Probed[Any]) -> list[str]:
    """Files of the person's own that shadow a library and that the failure's traceback names."""
    interpreter = snapshot.interpreter.value
    text = (probed.missing.why if probed.missing else "") + (probed.ending.stack if probed.ending else "")
    return [shadow.path for shadow in interpreter.shadows if shadow.path in text] if interpreter else []


def _slow_or_hung(ended: Ending | None) -> list[str]:
    if ended is None or ended.busy is None:
        return []
    if ended.busy:
        return ["it was still using the processor or the disk: slow rather than stuck"]
    return ["it used neither the processor nor the disk: it waits for something that does not come"]


def _patience(ended: Ending | None) -> tuple[Fix, ...]:
    if ended is not None and ended.busy:
        title = (
            "Run it once more: the second time its files are in memory. If that does not help, give it more time with "
            "--timeout 300, and see whether the environment lies on a network drive or a virus scanner reads every file"
        )
        return (Fix(title=title),)
    return (
        Fix(title="Run dlcheck with --verbose: it shows the line of Python that waits, which names the file or driver"),
    )


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _cut(lines[-1]) if lines else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} …"


def _missing(probed: Probed[Any]) -> Missing:
    assert probed.missing is not None
    return probed.missing
