"""Apple silicon and Metal, by sysctl, system_profiler and xcode-select. None of them opens a window."""

from __future__ import annotations

import sys
from typing import Any

from dlcheck.model.devices import Apple
from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, seen, unseen
from dlcheck.observe import child
from dlcheck.observe.context import Context
from dlcheck.observe.host import display_lists

SYSCTL = ("/usr/sbin/sysctl", "machdep.cpu.brand_string", "hw.optional.arm64", "sysctl.proc_translated")
XCODE_SELECT = ("/usr/bin/xcode-select", "-p")


def probe(context: Context) -> Probed[Apple]:
    """Absent on every other system."""
    return seen(_ask(context)) if sys.platform == "darwin" else unseen("absent", "no macOS")


def _ask(context: Context) -> Apple:
    # sysctl tells what it knows and ends with an error where one of the names is unknown, as on an Intel Mac.
    told = parse_sysctl(child.run(SYSCTL, seconds=context.seconds()).stdout)
    listed = child.run(display_lists.SYSTEM_PROFILER, seconds=context.seconds())
    cards = (
        display_lists.parse_system_profiler(listed.stdout)
        if listed.outcome == "done"
        else Missing("timed-out" if listed.outcome == "timed-out" else "broken", listed.ending.words)
    )
    return facts(told, cards, _tools(context.seconds()))


def parse_sysctl(text: str) -> dict[str, str]:
    """Lines like "machdep.cpu.brand_string: Apple M1 Pro"."""
    pairs = (line.partition(": ") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def facts(told: dict[str, str], cards: Maybe[list[dict[str, Any]]], tools: Maybe[bool]) -> Apple:
    """The facts from what the three programs said."""
    translated = told.get("sysctl.proc_translated")
    if isinstance(cards, Missing):
        cores: Maybe[int] = cards
        metal: Maybe[str] = cards
        model = ""
    else:
        counts = [str(card.get("sppci_cores", "")) for card in cards]
        cores = next((int(count) for count in counts if count.isdecimal()), ABSENT)
        metal = next((word for word in map(display_lists.metal_of_mac, cards) if word), _no_metal(cards))
        model = next((name for name in (str(card.get("sppci_model", "")) for card in cards) if "Apple" in name), "")
    return Apple(
        chip=_chip(told, model),
        gpu_cores=cores,
        metal=metal,
        rosetta=translated == "1" if translated is not None else Missing("absent", "an Intel Mac"),
        command_line_tools=tools,
    )


def _chip(told: dict[str, str], model: str) -> Maybe[str]:
    """The chip's name. A translated process is told of "VirtualApple @ 2.50GHz": the GPU's name is the chip's."""
    brand = told.get("machdep.cpu.brand_string", "")
    if brand.startswith("VirtualApple"):
        return model or "Apple silicon"
    return brand or model or Missing("broken", "sysctl names no processor")


def _no_metal(cards: list[dict[str, Any]]) -> Missing:
    return Missing("absent", "no graphics card supports Metal" if cards else "no graphics card is listed")


def _tools(seconds: float) -> Maybe[bool]:
    """Are the command line tools installed? `xcode-select -p` asks without offering to install them."""
    ended = child.run(XCODE_SELECT, seconds=seconds)
    if ended.outcome in ("done", "failed"):
        return ended.outcome == "done"
    return Missing("broken", ended.ending.words)
