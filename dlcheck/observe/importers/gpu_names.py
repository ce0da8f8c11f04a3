"""Names of GPUs as people and tools write them."""

from __future__ import annotations

import re

_SUFFIX = (
    r"(?:[ -]?(?:Ti|TI|ti|SUPER|Super|super|XT|D|M|m)\b){0,3}(?:[ -]?\d{1,3} ?GB?\b)?"
    r"(?: with Max-Q(?: Design)?| Laptop GPU| Laptop| Mobile| Max-Q){0,2}"
)
_BARE = r"(?:10[5-8]0|16[56]0|20[678]0|[345]0[5-9]0)(?: ?(?:Ti|TI|ti))?"
"""A GeForce as people call it beside the word GPU: "a 3090 Ti GPU", "an NVIDIA GPU (4090)"."""
_NVIDIA = (
    r"(?:GeForce )?(?:RTX|GTX|Rtx|rtx|gtx)[ -]?(?:PRO )?(?:TITAN ?(?:Xp|X|Black|Z)?|A?\d{3,4})"
    r"(?: ?Ada(?: Generation)?| Blackwell(?: \w{1,12}){0,3}? Edition)?" + _SUFFIX,
    r"(?:GeForce|Geforce|geforce) (?:RTX|GTX?|GTS?|MX)?[ -]?(?:TITAN ?(?:Xp|X|Black|Z)?|\d{3,4}M?X?)" + _SUFFIX,
    r"\d{4} (?:RTX|GTX)(?: ?(?:Ti|TI|SUPER|Super))?\b",
    rf"(?:NVIDIA|Nvidia|nvidia) {_BARE}\b",
    rf"(?:GPU|gpu|[Cc]ard)s?[ :(]{{1,3}}{_BARE}\b(?! ?[KMG]i?B|[ .]?\d| ?MHz)",
    rf"{_BARE} (?:GPU|gpu)s?\b",
    r"(?:GT|MX)[ -]?\d{3,4}M?\b",
    r"(?:TITAN|Titan) (?:Xp|XP|X(?: \(Pascal\))?|V|RTX|Black|Z)\b",
    r"(?:Tesla|tesla)[ -][A-Za-z]\d{1,4}[a-z]{0,2}(?:[-_ ](?:SXM\d|PCIE?|PCIe|FHHL)[\w-]{0,12})?",
    r"(?:Quadro|quadro) (?:RTX ?|[TPMK]V?|GV|GP|FX )?\d{3,4}[A-Z]?",
    r"(?<!\w-)[ABHLV](?:100|200|300|800|40S?|30|20|16|10G?|4|2)(?:[- _]?(?:SXM\d?|PCIE?|PCIe|NVL|HBM\d\w?|NVLINK)){0,3}"
    r"(?:[- _]\d{2,3} ?GB)?(?![\w.])",
    r"(?:T4G?|P100|P40|P4|K80|K40[cm]?|K20[cmX]?|M40|M60)(?:-\w{2,12}){0,3}(?![\w.])",
    r"GB(?:10|200|300)\b",
    r"GH200\b(?: \d{2,3}GB)?",
    r"T(?:400|500|550|600|1000|1200|2000)\b(?= (?:Laptop|GPU|\d ?GB))",
    r"Jetson \w{2,8}(?: (?:NX|Nano|Xavier|Orin|Thor|AGX)){0,2}",
    r"DGX Spark",
)
"""Product lines, the longest way to write one first."""
NVIDIA = rf"\b(?:(?:NVIDIA|Nvidia|nvidia) )?(?:{'|'.join(_NVIDIA)})"
AMD = (
    r"\b(?:AMD )?(?:Radeon ?(?:\(TM\)|™)? (?:RX |PRO |Pro |AI PRO )?(?:Vega |VII|WX |W"
    r"|R)?(?:\d{3,4}[A-Z]?)?(?: ?XTX?| GRE| ?S\b)?"
    r"(?: Graphics)?|Instinct MI\d{2,3}[AX]?)|\bRX ?\d{4}(?: ?XTX?| GRE)?\b"
    r"|\bMI(?:25|50|60|100|210|250X?|300[AX]?|325X|350X|355X)\b|\bVega (?:56|64)\b"
)
_STRONG = (
    r"NVIDIA|GeForce|Geforce|RTX|GTX|rtx|gtx|[Tt]esla|[Qq]uadro|TITAN|Titan|DGX|Jetson|G[BH]\d|[ABHLV]\d{2}"
    r"|T4|[PK]\d{2}"
)
"""What makes a name one of a GPU wherever it stands: "GT 240" and "MX 350" may be anything."""


def nvidia_names(words: str) -> list[tuple[str, int]]:
    """NVIDIA GPUs named in these words, each once, and how many of each: "2x RTX 3090" → [("RTX 3090", 2)]."""
    found: dict[str, tuple[str, int]] = {}
    for match in re.finditer(NVIDIA, words):
        name = " ".join(match.group(0).split()).strip(" ,.-")
        if bare := re.search(r"(?i)^(?:nvidia |(?:nvidia )?(?:gpu|card)s?[ :(]+)(\d{4}.*)|^(\d{4}.*) gpus?$", name):
            number = bare.group(1) or bare.group(2)
            name = f"{'RTX' if number >= '2' else 'GTX'} {number}"
        if not re.search(_STRONG, name):
            continue
        if turned := re.fullmatch(r"(\d{4}) ([RG]TX)(.*)", name):
            name = f"{turned.group(2)} {turned.group(1)}{turned.group(3)}"
        before = re.search(r"(\d{1,2}) ?[x×X*] ?$", words[max(0, match.start() - 8) : match.start()])
        after = re.match(r" ?[x×X*] ?(\d{1,2})\b(?! ?GB)", words[match.end() : match.end() + 8])
        count = next((int(one.group(1)) for one in (before, after) if one), 1)
        key = re.sub(r"nvidia |geforce |[ -]", "", name.lower())
        if key not in found:
            found[key] = (name, max(1, min(count, 64)))
    return list(found.values())


def amd_names(words: str) -> list[str]:
    """AMD GPUs named in these words, each once."""
    return list(dict.fromkeys(" ".join(match.group(0).split()) for match in re.finditer(AMD, words)))
