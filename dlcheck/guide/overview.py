"""The first page: the five things to have in hand before deep learning, with what this machine already proved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from dlcheck.model.frameworks import Exercise
from dlcheck.model.page_names import PAGES, PageName
from dlcheck.model.pages import Line, Mark, Page, Section
from dlcheck.model.report import PILLAR_TITLES, Pillar
from dlcheck.model.snapshot import Snapshot


class Thing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the five."""

    pillar: Pillar
    why: str
    page: PageName
    topics: dict[str, str] = {}
    """Topic of exercises → what it is about."""


class Things(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    thing: tuple[Thing, ...]


@cache
def things() -> tuple[Thing, ...]:
    """The five, as they are shipped."""
    text = (resources.files(__package__) / "five.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Things).thing


def page(snapshot: Snapshot) -> Page:
    """The page for this machine."""
    os, interpreter = snapshot.os.value, snapshot.interpreter.value
    sections = [
        Section(title=f"{number}. {PILLAR_TITLES[one.pillar]}", blocks=(Line(words=one.why), *_proofs(one, snapshot)))
        for number, one in enumerate(things(), 1)
    ]
    pages = tuple(Line(words=f"dlcheck guide {name}: {words}") for name, words in PAGES.items() if name != "overview")
    parts = [os.name if os is not None else "", f"Python {interpreter.version}" if interpreter is not None else ""]
    return Page(
        name="overview",
        title="Five things to have in hand before deep learning",
        here=", ".join(part for part in parts if part),
        sections=(*sections, Section(title="Pages", blocks=pages)),
    )


def _proofs(thing: Thing, snapshot: Snapshot) -> Iterator[Line]:
    if thing.pillar == "system":
        yield from _system(snapshot)
    exercises = list(_exercises(snapshot))
    for topic, words in thing.topics.items():
        mark, said = _standing([one for one in exercises if one.topic == topic])
        yield Line(words=f"{words}: {said}", mark=mark)


def _system(snapshot: Snapshot) -> Iterator[Line]:
    """The shell that is in use, git, and what there is to compute on."""
    os, git, cpu = snapshot.os.value, snapshot.git.value, snapshot.cpu.value
    if os is not None:
        yield Line(words=f"the shell: {os.shell or 'unknown'} on {os.name}", mark="pass" if os.shell else "note")
    if git is None:
        yield Line(words="git: not found here", mark="warn")
    elif git.trial_commit is True:
        yield Line(words=f"git {git.version}: a commit works here", mark="pass")
    else:
        yield Line(words=f"git {git.version}: no commit was tried", mark="note")
    if cpu is not None:
        yield Line(words=f"the processor: {cpu.usable_cores:g} cores to use", mark="pass")


def _exercises(snapshot: Snapshot) -> Iterator[Exercise]:
    for name in ("numerics", "torch", "tensorflow", "jax", "torch_xla"):
        value = getattr(snapshot, name).value
        if value is not None:
            yield from value.exercises


def _standing(exercises: list[Exercise]) -> tuple[Mark, str]:
    """What the exercises of a topic prove."""
    made = [one for one in exercises if one.outcome in ("right", "wrong", "error")]
    if not made:
        return "unknown", "not proved yet, `dlcheck doctor` does"
    libraries = ", ".join(dict.fromkeys(one.library for one in made if one.outcome == "right"))
    if all(one.outcome == "right" for one in made):
        return "pass", f"computed right here ({libraries})"
    return "warn", "came out wrong or failed, `dlcheck doctor` tells more"
