"""AMD's tools: rocminfo, rocm-smi, amd-smi, hipconfig, and gfx targets wherever they stand."""

from __future__ import annotations

import re

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import number_in

_AGENT = r"^[ \t]*Name:[ \t]+(gfx\w{3,6})[ \t]*$"
_MARKETING = r"^[ \t]*Marketing Name:[ \t]+([^\n]{3,60}?)[ \t]*$"


def read(text: Text, clues: Clues) -> None:
    """Tell which AMD GPUs and which ROCm stand in the text."""
    if not text.has("gfx", "rocm", "radeon", "amdgpu", "instinct"):
        return
    agents = text.findall(_AGENT, "gfx", flags=re.M)
    if agents:
        clues.source("rocminfo")
    names = [found.group(1) for found in text.findall(_MARKETING, "marketing name", flags=re.M)]
    clues.amd_names.extend(name for name in dict.fromkeys(names) if "Radeon" in name or "Instinct" in name)
    supported = text.search(r"(?:arch(?:itecture)?s?[ _]list|supported|supports|compiled for)[^\n]{0,60}gfx", "gfx")
    found = agents or ([] if supported else text.findall(r"\b(gfx\d{3,4}[a-c]?)\b", "gfx"))
    clues.amd_gfx.extend(dict.fromkeys(one.group(1) for one in found))
    if text.has("rocm-smi", "amd-smi", "rocm system management"):
        clues.source("rocm-smi")
        cards = text.findall(
            r"(?:Card [Ss]eries|Device Name|Market Name):?[ \t]+([^\n|]{3,60})",
            "card series",
            "device name",
            "market name",
        )
        clues.amd_names.extend(dict.fromkeys(" ".join(one.group(1).split()) for one in cards))
    for words in text.values("rocm", "hip", "hip runtime", "rocm runtime", "rocm hip"):
        clues.tell(rocm=number_in(words))
    if version := text.search(r"\bROCm[ -]?(?:version )?v?(\d\.\d{1,2}(?:\.\d{1,3})?)", "rocm"):
        clues.tell(rocm=version.group(1))
