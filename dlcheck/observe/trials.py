"""Two things that a course does with the machine itself, tried: a commit, and a file of the size of a data set.

Nothing stays behind: the repository lies in a temporary folder, and the file has no name.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.observe import ask, child

DATA_SET_BYTES = 256 * 2**20
"""Of the trial file: CIFAR-10 is 170 MB, a first model from a hub 250 to 500 MB."""
IN_MEMORY_BYTES = 8 * 2**20
"""The same on a file system that lives in memory, where the full size would be taken from RAM."""

_LEADS_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_TEMPLATE_DIR")  # fmt: skip
"""Variables that would make git write into another repository than the trial's."""


def commit(git: str, environ: Mapping[str, str], seconds: float) -> Maybe[bool]:
    """Make a commit in a scratch repository: True, or a gap with git's words.

    It has an identity of its own and neither hooks, templates, signature, attributes nor a file system monitor of the
    person's; the person's configuration is read, as any commit reads it, and never written.
    """
    try:
        folder = tempfile.mkdtemp(prefix="dlcheck-")
    except OSError as error:
        return Missing("broken", f"no temporary folder: {error}")
    nothing = str(Path(folder) / "nothing")
    settings = {
        "user.name": "dlcheck", "user.email": "dlcheck@localhost", "commit.gpgsign": "false",
        "core.hooksPath": nothing, "core.attributesFile": nothing, "core.excludesFile": nothing,
        "core.fsmonitor": "false", "gc.auto": "0", "maintenance.auto": "false",
    }  # fmt: skip
    begin = [git, *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]
    env = {name: value for name, value in environ.items() if name not in _LEADS_ELSEWHERE}
    env |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CEILING_DIRECTORIES": str(Path(folder).parent), "LC_ALL": "C"}
    deadline = child.Deadline(seconds)
    steps = (
        ("init", "--quiet", f"--template={nothing}"),
        ("add", "trial.txt"),
        ("commit", "--quiet", "--message=trial"),
        ("rev-parse", "--verify", "HEAD"),
    )
    try:
        (Path(folder) / "trial.txt").write_text("a trial", encoding="utf-8")
        for step in steps:
            ended = child.run([*begin, *step], seconds=max(0.1, deadline.left()), env=env, cwd=folder)
            if ended.outcome != "done":
                return _failure(step[0], ended)
    except OSError as error:
        return Missing("broken", f"the scratch repository: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _failure(step: str, ended: child.Ended) -> Missing:
    said = " ".join(line.strip() for line in ended.stderr.splitlines() if line.strip())[:300]
    words = f"git {step} {ended.ending.words}" + (f": {said}" if said else "")
    return Missing("timed-out" if ended.outcome == "timed-out" else "broken", words)


def write(folder: str, filesystem: str, seconds: float) -> tuple[Maybe[int], float]:
    """Write a file of the size of a data set where `folder` is or would be made.

    The bytes that could be had and the seconds it took, or a gap with the operating system's words. It runs in a child,
    since a file system on a network may never answer; the file has no name, so nothing stays behind when that is ended.
    """
    size = IN_MEMORY_BYTES if filesystem in ("tmpfs", "ramfs") else DATA_SET_BYTES
    answered = ask.ask(sys.executable, "trial_write", {"folder": folder, "bytes": size}, seconds=seconds)
    took = round(float(answered.facts.get("seconds", answered.ended.seconds)), 4)
    if answered.missing is not None:
        return answered.missing, took
    written = answered.facts.get("written")
    if not answered.finished or not isinstance(written, int):
        return answered.gap, took
    return written, took
