"""Room on a disk that is full: caches emptied without loss, and those of models moved to a disk that has some."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.judge.advice.install import conda_program, has_uv, judged_python
from dlcheck.judge.advice.shell import command, quote, shell_of
from dlcheck.judge.measures import gigabytes
from dlcheck.model.gaps import known
from dlcheck.model.host import Place
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

OF_MODELS = {"hugging-face": ("HF_HOME", "huggingface"), "torch-hub": ("TORCH_HOME", "torch")}
ROOMY = ("working", "environment", "home")
"""Folders of the person's own, the first of which has room is proposed."""


def make_room(snapshot: Snapshot, full: Sequence[Place], roomy: Sequence[Place]) -> tuple[Fix, ...]:
    """What helps the file system of these places. roomy: places on others that have room."""
    roles = {place.role for place in full}
    moved = _move_caches(snapshot, full, roomy) if roles <= {"hugging-face", "torch-hub", "pip-cache"} else ()
    steps = _emptied(snapshot, full)
    emptied = (Fix(title="empty the installers' caches", commands=steps),) if steps else ()
    words = [Fix(title="delete what is not needed, or work on a larger disk")]
    if roles & {"hugging-face", "torch-hub", "home"} and not moved:
        words.insert(0, Fix(title="set HF_HOME, TORCH_HOME and PIP_CACHE_DIR to folders on a larger disk"))
    return (*moved, *emptied, *words)


def _emptied(snapshot: Snapshot, full: Sequence[Place]) -> tuple[Command, ...]:
    """Commands that empty caches; pip's only where it may lie there."""
    interpreter, storage = snapshot.interpreter.value, snapshot.storage.value
    steps = []
    places = [one for one in (storage.places if storage else ()) if one.role == "pip-cache"]
    elsewhere = bool(places) and not any(_may_be_one(places[0], one) for one in full)
    if interpreter is not None and interpreter.has_pip and not elsewhere:
        steps.append(command(snapshot, judged_python(snapshot), "-m", "pip", "cache", "purge"))
    if has_uv(snapshot) and not elsewhere:
        steps.append(command(snapshot, "uv", "cache", "clean"))
    if snapshot.conda.value is not None and (program := conda_program(snapshot)):
        steps.append(command(snapshot, program, "clean", "-a", "-y"))
    return tuple(steps)


def _may_be_one(one: Place, other: Place) -> bool:
    """May both lie on one file system?"""
    return one.filesystem == other.filesystem and known(one.total_bytes) == known(other.total_bytes)


def _move_caches(snapshot: Snapshot, full: Sequence[Place], roomy: Sequence[Place]) -> tuple[Fix, ...]:
    """Models and data sets kept where there is room, from the next start of Python or of the kernel on."""
    target = next((one for role in ROOMY for one in roomy if one.role == role and one.writable is not False), None)
    shell = shell_of(snapshot)
    if target is None or shell not in ("bash", "zsh"):
        return ()
    # Beside an environment, not in it: an environment is deleted now and then.
    folder = target.path.rstrip("/")
    folder = folder.rpartition("/")[0] if target.role == "environment" else folder
    names = [OF_MODELS[place.role] for place in full if place.role in OF_MODELS]
    texts = [f"export {name}={quote(f'{folder}/.cache/{last}', shell)}" for name, last in names]
    variables = " and ".join(name for name, _ in names)
    free = gigabytes(known(target.free_bytes) or 0)
    return (
        Fix(
            title=f"let {variables} name folders in {folder}, where {free} are free, before the kernel starts",
            commands=tuple(Command(argv=(shell, "-c", text), text=text, shell=shell) for text in texts),
            source="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables",
        ),
    )
