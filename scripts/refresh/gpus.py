"""gpus.toml beside a list of PCI ids (https://pci-ids.ucw.cz; /usr/share/misc/pci.ids of Debian's pci.ids).

The list names NVIDIA's chips (AD102 [GeForce RTX 4090]) and AMD's (Navi 31 [Radeon RX 7900 XTX]); the chip tells the
architecture for sure, and the table has to come to the same from the name and from the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from dlcheck.judge.knowledge.cubin import Capability, written
from dlcheck.judge.knowledge.gpus import capability_of, capability_of_name, family_of_pci, gfx_of_name, gpus
from dlcheck.judge.knowledge.torch_releases import code_in, releases
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.toml_text import with_day
from scripts.refresh.web import Unreadable

PAGE = "a list of PCI ids (pci.ids), and https://developer.nvidia.com/cuda-gpus for names that it has not"
CHIPS: tuple[tuple[str, Capability], ...] = (
    (r"GR10\d", (10, 7)), (r"GB110", (10, 3)), (r"GB10B", (11, 0)), (r"GB10[0-2]", (10, 0)), (r"GB20B", (12, 1)),
    (r"GB20\d", (12, 0)), (r"GH100", (9, 0)), (r"AD10\d", (8, 9)), (r"GA10B", (8, 7)), (r"GA10[2-7]", (8, 6)),
    (r"GA100", (8, 0)),
    (r"TU1\d\d", (7, 5)), (r"GV100", (7, 0)), (r"GP100", (6, 0)), (r"GP10[2-8]", (6, 1)), (r"GM20[046]", (5, 2)),
    (r"GM10[78]", (5, 0)), (r"GK210", (3, 7)), (r"GK110|GK208|GK180", (3, 5)), (r"GK10[4-7]", (3, 0)),
)  # fmt: skip
"""NVIDIA's chips since Kepler, by the names of their open kernel modules and of nouveau."""
GFX: tuple[tuple[str, str], ...] = (
    ("Navi 48", "gfx1201"), ("Navi 44", "gfx1200"), ("Navi 33", "gfx1102"), ("Navi 32", "gfx1101"),
    ("Navi 31", "gfx1100"), ("Navi 24", "gfx1034"), ("Navi 23", "gfx1032"), ("Navi 22", "gfx1031"),
    ("Navi 21", "gfx1030"), ("Navi 14", "gfx1012"), ("Navi 12", "gfx1011"), ("Navi 10", "gfx1010"),
    ("Vega 20", "gfx906"), ("Arcturus", "gfx908"), ("Aldebaran", "gfx90a"), ("Vega 10", "gfx900"),
)  # fmt: skip
"""AMD's chips since Vega, by LLVM's table of processors; "Aqua Vanjaram" is two of them."""
NOT_SOLD = re.compile(
    r"(?i)\b(ES|ESA|ESP|ESI|INT\d*|CS\d*|SKU\d*|DevID|Dev ID|KA|SSM)\b|engineering|generic|reserved|nvswitch|jetson"
    r"|-A1\b|graphics device|^(?:max-q|mobile|stella|\w{1,4}\d{1,3}[A-Z]*-[\w-]+|\d+ ?GB|NB1\w|D1\dP?\w*-\d+)"
)
"""Names of what nobody has in a machine: samples, switches, numbers that were set aside."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the list."""

    device: int
    chip: str
    name: str
    """What stands in the brackets: the name on the box."""


def devices(text: str, vendor: str) -> Iterator[Listed]:
    """The devices of a vendor ("10de") in a list of PCI ids; subsystems and comments are left out."""
    inside = False
    for line in text.splitlines():
        if re.match(r"[0-9a-f]{4} ", line):
            inside = line.startswith(vendor)
        found = re.fullmatch(r"\t([0-9a-f]{4})  (.+?)(?: \[(.+)\])?\s*", line) if inside else None
        if found:
            yield Listed(device=int(found.group(1), 16), chip=found.group(2), name=found.group(3) or "")


def disagreements(text: str) -> tuple[list[str], list[str]]:
    """What the table says otherwise than the list, and names that it does not know.

    Some names were sold with several chips: any of them will do.
    """
    wrong: list[str] = []
    listed: dict[str, set[str]] = {}
    for one in devices(text, "10de"):
        capability = next((value for chip, value in CHIPS if re.match(rf"(?:{chip})(?![0-9])", one.chip)), None)
        if capability is None or not one.name or NOT_SOLD.search(one.name):
            continue
        family = family_of_pci(one.device)
        if family and family.sure and capability_of(family.capability)[0] != capability[0]:
            wrong.append(f"10de:{one.device:04x} {one.chip}: {family.capability} by its id, not {written(capability)}")
        for name in _names(one.name):
            listed.setdefault(f"NVIDIA {name}", set()).add(written(capability))
    for one in devices(text, "1002"):
        gfx = next((value for chip, value in GFX if one.chip.startswith(chip)), "")
        for name in _names(one.name) if gfx else ():
            listed.setdefault(f"AMD {name}", set()).add(gfx)
    told = {name: _by_name(name) for name in listed}
    wrong += [
        f"{name}: {told[name]}, not {' or '.join(chips)}"
        for name, chips in listed.items()
        if told[name] not in {"", *chips}
    ]
    return wrong, [f"{name}: {' or '.join(chips)}" for name, chips in listed.items() if not told[name]]


def _by_name(name: str) -> str:
    """What the table says: "8.9" or "gfx1100"; "" where it does not know the name."""
    if name.startswith("AMD"):
        return gfx_of_name(name) or ""
    capability = capability_of_name(name)
    return written(capability) if capability else ""


def look(sources: Sources) -> Look:
    """Architectures that PyTorch has code for and no GPU of the table has; with a list, what differs from it."""
    table = gpus()
    known = {capability_of(one)[0] for _, one in table.nvidia}
    newest = releases()[0]
    code = code_in(newest.version, newest.default.get("linux-x86_64", ""), "linux-x86_64")
    lacks = [
        f"GPUs of compute capability {written(one)}"
        for one in (code.machine_code if code else ())
        if one[0] not in known
    ]
    if sources.saved is None:
        return Look(knows=f"compute capability {max(known)}", lacks=tuple(lacks))
    wrong, unknown = disagreements(sources.saved.read_text("utf-8", "replace"))
    return Look(knows=f"compute capability {max(known)}", shown=sources.saved.name, lacks=(*lacks, *wrong, *unknown))


def refresh(text: str, sources: Sources) -> Refreshed:
    """The day, where the table agrees with the list; its patterns are written by hand."""
    if sources.saved is None:
        raise Unreadable(f"save {PAGE}, and name the file with --from")
    content = sources.saved.read_text("utf-8", "replace")
    if next(devices(content, "10de"), None) is None:
        raise Unreadable(f"{sources.saved.name} names no device of NVIDIA")
    wrong, unknown = disagreements(content)
    left = (*wrong, *(f"{one}: a pattern for it, by hand" for one in unknown))
    return Refreshed(text=text if wrong else with_day(text, sources.today), left=left)


def _names(words: str) -> list[str]:
    """The names in one bracket: "Radeon RX 7900 XT/7900 XTX/7900M" is three, the first words before each."""
    first, *rest = re.split(r"\s*/\s*", words)
    prefix = re.match(r"(?:\D*\s)?", first)
    head = prefix.group() if prefix else ""
    full = [first, *(one if re.match(r"[A-Z][a-z]|[A-Z]{2,}", one) else f"{head}{one}" for one in rest)]
    return [one for one in full if re.search(r"\d", one)]


SOURCE = Source(look=look, refresh=refresh, by_hand=PAGE)
