"""Ask a worker: start it in an interpreter, and turn what it answered, and how it ended, into facts or a gap."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dlcheck.model.gaps import Missing, Probed
from dlcheck.observe import child
from dlcheck.observe.following import Follower

T = TypeVar("T", bound=msgspec.Struct)

WORKER = Path(__file__).parent / "worker"
MAX_ANSWER_BYTES = 32 * 1024 * 1024

# Runs under any Python since 2.6: the one that is too old for the worker must be able to say so.
# Until the worker is loaded, only the standard library is on sys.path: no file of the person's may replace json.
BOOT = """
import sys
answer, folder, program, asked = sys.argv[1:5]
if sys.version_info < (3, 8):
    lines = open(answer, "a")
    lines.write('{"too_old": "%d.%d.%d"}\\n{"done": true}\\n' % tuple(sys.version_info[:3]))
    lines.close()
    sys.exit(0)
path = sys.path[:]
os = sys.modules.get("os")
library = os.path.dirname(os.__file__) if os else sys.base_prefix
real = os.path.realpath if os else str
standard = set(real(p) for p in (library, sys.base_prefix, sys.base_exec_prefix))
ends = ("lib-dynload", "DLLs", "python%d%d.zip" % sys.version_info[:2])
sys.path[:] = [p for p in path if p and (real(p) in standard or p.endswith(ends))]
import importlib.util, json
asked = json.loads(asked)
where = folder + "/__init__.py"
spec = importlib.util.spec_from_file_location("dlcheck_worker", where, submodule_search_locations=[folder])
worker = importlib.util.module_from_spec(spec)
sys.modules["dlcheck_worker"] = worker
spec.loader.exec_module(worker)
sys.argv[:] = ["-c"]
worker.main(answer, program, path, asked)
"""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker said before it ended, and how it ended."""

    facts: dict[str, Any]
    missing: Missing | None = None
    """The worker's own word that the whole group could not be had."""
    details: dict[str, str] = {}
    """Of an exception it met: `kind`, `traceback`."""
    too_old: str = ""
    """The interpreter's version, where it is too old to be looked into."""
    finished: bool = False
    ended: child.Ended

    @property
    def gap(self) -> Missing:
        """The gap that stands for everything it did not come to answer."""
        if self.finished:
            return Missing("not-looked")
        missing, stage = self.ended.missing, self.ended.ending.stage
        return Missing(missing.gap, f"{missing.why} while {stage}") if stage else missing


def ask(
    python: str,
    program: str,
    asked: Mapping[str, Any],
    *,
    seconds: float,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    follow: Callable[[dict[str, Any]], None] | None = None,
) -> Answered:
    """Run one worker program under an interpreter; never raises for anything that happens in it.

    python: the interpreter. program: a module of `observe/worker`. asked: JSON-able, given to its `work`.
    follow: called with each line of the answer as it comes, in a thread of its own; it has had all of them when this
    returns, or raises because the person interrupts.
    """
    folder = tempfile.mkdtemp(prefix="dlcheck-")
    answer = Path(folder) / "answer"
    follower = Follower(answer, follow) if follow is not None else None
    try:
        question = json.dumps({**asked, "stack_after": max(0.5, seconds - 1.0)})
        ended = child.run(
            [python, "-B", "-c", BOOT, str(answer), str(WORKER), program, question], seconds=seconds, env=env, cwd=cwd
        )
        return _read(answer, ended)
    finally:
        if follower is not None:
            follower.end()
        shutil.rmtree(folder, ignore_errors=True)


def ask_own(
    program: str,
    asked: Mapping[str, Any],
    *,
    seconds: float,
    env: Mapping[str, str] | None = None,
    follow: Callable[[dict[str, Any]], None] | None = None,
) -> Answered:
    """Run a module of ours that has a `work` under our own interpreter: for C libraries that may hang or crash."""
    return ask(sys.executable, program, {**asked, "own_path": sys.path}, seconds=seconds, env=env, follow=follow)


def probed(answered: Answered, kind: type[T]) -> Probed[T]:
    """The facts as a group; each field that was not answered holds the gap of the child's end.

    A group whose required fields are not there is a gap as a whole.
    """
    ended = answered.ended
    well = answered.finished and (answered.missing is None or answered.missing.gap == "absent")
    ending = None if well else ended.ending
    if answered.too_old:
        missing = Missing("broken", f"Python {answered.too_old} is too old to be looked into")
        return Probed(missing=missing, seconds=ended.seconds)
    if answered.missing is not None:
        return Probed(missing=answered.missing, seconds=ended.seconds, ending=ending)
    gap = msgspec.to_builtins(answered.gap)
    facts = dict(answered.facts)
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in facts and isinstance(field.default, Missing):
            facts[field.encode_name] = gap
    try:
        value = msgspec.convert(facts, kind)
    except msgspec.ValidationError as error:
        missing = Missing("broken", f"its answer cannot be read: {error}") if answered.finished else answered.gap
        return Probed(missing=missing, seconds=ended.seconds, ending=ended.ending)
    return Probed(value=value, seconds=ended.seconds, ending=ending)


def _read(path: Path, ended: child.Ended) -> Answered:
    facts: dict[str, Any] = {}
    missing: Missing | None = None
    details: dict[str, str] = {}
    stage, too_old, finished = "", "", False
    lines, whole = _lines(path)
    for line in lines:
        if "stage" in line:
            stage = str(line["stage"])
        elif "add" in line:
            so_far = facts.setdefault(str(line["add"]), [])
            if isinstance(so_far, list):
                so_far.append(line.get("item"))
        elif isinstance(line.get("missing"), dict):
            told = line.get("details")
            details = {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}
            with contextlib.suppress(msgspec.ValidationError):
                missing = msgspec.convert({"kind": details.get("kind", ""), **line["missing"]}, Missing)
        elif isinstance(line.get("facts"), dict):
            facts.update(line["facts"])
        elif "too_old" in line:
            too_old = str(line["too_old"])
        elif line.get("done"):
            finished = True
    stack = _stack(path) if not finished else ""
    ending = msgspec.structs.replace(ended.ending, stage=stage, stack=stack or details.get("traceback", ""))
    if not finished and ended.outcome in ("done", "failed"):
        without = "without an answer" if whole else "with an answer too long to be read"
        ending = msgspec.structs.replace(ending, words=f"{ending.words}, {without}")
    ended = msgspec.structs.replace(ended, ending=ending)
    return Answered(facts=facts, missing=missing, details=details, too_old=too_old, finished=finished, ended=ended)


def _lines(path: Path) -> tuple[list[dict[str, Any]], bool]:
    """The whole lines of the answer, and whether that is all of it; a torn last one is left out."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ANSWER_BYTES)
    except OSError:
        return [], True
    lines = []
    for raw in data.split(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(raw)
            if isinstance(value, dict):
                lines.append(value)
    return lines, len(data) < MAX_ANSWER_BYTES


def _stack(path: Path) -> str:
    with contextlib.suppress(OSError):
        return Path(f"{path}.stack").read_text(errors="replace")[-4000:]
    return ""
