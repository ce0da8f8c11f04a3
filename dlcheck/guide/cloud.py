"""The page of the cloud: where to get a GPU or TPU, and which offer fits what is wanted."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from dlcheck.guide.machine import GIB, accelerators, enough
from dlcheck.model.pages import Line, Page, Row, Section, Table
from dlcheck.model.profile import Accelerator, Profile
from dlcheck.model.snapshot import Snapshot

HEADS = ("accelerator", "memory", "price", "quota", "installed", "to do")
BORROWED: tuple[Accelerator, ...] = ("cuda", "tpu", "any")
"""What can be had there; an Apple, AMD or Intel GPU cannot."""


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One offer of the table."""

    name: str
    accelerator: str
    kinds: tuple[Accelerator, ...]
    memory_gb: float
    free: bool
    quota: str
    ready: str
    effort: int
    steps: str
    platform: str
    source: str
    read: str
    price: str = ""
    """Of one hour, or of the unit that is sold; "" where no source names it."""
    caution: str = ""


class Offers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    offer: tuple[Offer, ...]


@cache
def offers() -> tuple[Offer, ...]:
    """The offers, as they are shipped."""
    text = (resources.files(__package__) / "cloud.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Offers).offer


def fitting(profile: Profile) -> Offer | None:
    """The offer that has what the profile wants: free before paid, little effort before much, then large memory."""
    wanted = {kind for kind in profile.expects if kind != "any"} or {"cuda"}
    memory = profile.minimum.gpu_memory_bytes / GIB
    found = [one for one in offers() if wanted <= set(one.kinds) and _large_enough(one, memory)]
    return min(found, key=lambda one: (not one.free, one.effort, -one.memory_gb), default=None)


def _large_enough(offer: Offer, memory: float) -> bool:
    return not memory or enough(offer.memory_gb, memory)


def page(snapshot: Snapshot, profile: Profile) -> Page:
    """The page for this machine and this profile."""
    best = fitting(profile)
    cloud = snapshot.cloud.value
    rows = tuple(_row(one, best, profile, cloud.platform if cloud is not None else "") for one in offers())
    return Page(
        name="cloud",
        title="Where to get a GPU or TPU",
        here=f"profile {profile.name}",
        sections=(
            Section(title="Do you need one?", blocks=_lines(snapshot, profile, best)),
            Section(title="Offers", blocks=(Table(heads=HEADS, rows=rows),)),
            Section(
                title="Before you begin",
                blocks=(
                    Line(words="What is not saved elsewhere is gone when a session ends: keep code in git, data and "
                         "results in the service's own storage."),
                    Line(words="Save the model every few minutes: free sessions end without a word."),
                    Line(words="There, `dlcheck doctor` tells whether the GPU was really given to you."),
                    Line(words="A rented machine costs until it is stopped, whether it computes or not."),
                ),
            ),
        ),
    )  # fmt: skip


def _lines(snapshot: Snapshot, profile: Profile, best: Offer | None) -> tuple[Line, ...]:
    own = accelerators(snapshot)
    lines = []
    if own:
        lines.append(Line(words=f"This machine has one: {', '.join(one.words for one in own)}.", mark="pass"))
    else:
        lines.append(
            Line(words="This machine has none that could be used. To learn with small data sets its CPU is enough; "
                 "images, language and anything of more than some minutes want a GPU.", mark="note")
        )  # fmt: skip
    if any(kind not in BORROWED for kind in profile.expects):
        lines.append(
            Line(words=f"The profile wants {', '.join(profile.expects)}, which none of these offers has.", mark="warn")
        )
    elif best is None:
        lines.append(Line(words="None of these offers has as much memory as the profile wants.", mark="warn"))
    else:
        lines.append(Line(words=f"For the profile “{profile.title or profile.name}” take {best.name}.", mark="pass"))
    return tuple(lines)


def _row(offer: Offer, best: Offer | None, profile: Profile, platform: str) -> Row:
    memory = profile.minimum.gpu_memory_bytes / GIB
    notes = [offer.caution] if offer.caution else []
    if platform and offer.platform == platform:
        notes.insert(0, "you are there now")
    if not _large_enough(offer, memory):
        notes.insert(0, f"less than the {memory:g} GB that the profile wants")
    if offer == best:
        notes.insert(0, "fits the profile")
    return Row(
        name=offer.name,
        cells=(
            offer.accelerator,
            f"{offer.memory_gb:g} GB" if offer.memory_gb else "",
            "free" if offer.free else offer.price or "paid",
            offer.quota,
            offer.ready,
            offer.steps,
        ),
        mark="pass" if offer == best else "",
        note="; ".join(notes),
        source=offer.source,
        read=offer.read,
    )
