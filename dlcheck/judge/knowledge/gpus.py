"""What a GPU's name, PCI id or compute capability tells of its architecture."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from dlcheck.judge.knowledge.cubin import Capability, written
from dlcheck.judge.knowledge.tables import Table, read_table


class PciFamily(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """NVIDIA GPUs that share the high byte of their PCI device id."""

    bytes: tuple[int, ...]
    architecture: str
    capability: str
    sure: bool = True


class IntelFamily(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Intel GPUs with XPU support, a range of PCI device ids."""

    first: int
    last: int
    name: str


class Gpus(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """gpus.toml."""

    nvidia: tuple[tuple[str, str], ...]
    amd: tuple[tuple[str, str], ...]
    pci: tuple[PciFamily, ...]
    intel: tuple[IntelFamily, ...]


_ARCHITECTURES: tuple[tuple[Capability, str], ...] = (
    ((11, 0), "Blackwell"), ((10, 7), "Rubin"), ((10, 0), "Blackwell"), ((9, 0), "Hopper"), ((8, 9), "Ada Lovelace"),
    ((8, 0), "Ampere"), ((7, 5), "Turing"), ((7, 0), "Volta"), ((6, 0), "Pascal"), ((5, 0), "Maxwell"),
    ((3, 0), "Kepler"), ((2, 0), "Fermi"), ((1, 0), "Tesla"),
)  # fmt: skip
_NEWEST = (12, 9)
"""What comes after it has a name that is not known. Rubin is 10.7: github.com/NVIDIA/cutlass/releases/tag/v4.8.0dev."""


@cache
def gpus() -> Gpus:
    """The table."""
    return read_table("gpus", Gpus)


@cache
def capability_of_name(name: str) -> Capability | None:
    """The compute capability of an NVIDIA GPU by its name: "Tesla P100-PCIE-16GB" → (6, 0). None where unknown."""
    plain = re.sub(r"\b(nvidia|geforce|\(r\)|\(tm\))\b", " ", name.lower())
    plain = re.sub(r"[-_/\s]+", " ", plain).strip()
    # As people write them: "rtx3060", "gtx1080ti", "GTX 4090".
    plain = re.sub(r"\b(rtx|gtx|gt)(?=\d)", r"\1 ", plain)
    plain = re.sub(r"(?<=\d)(?=(?:ti|super)\b)", " ", plain)
    plain = re.sub(r"\bgtx (?=[2-9]0[5-9]0\b)", "rtx ", plain)
    for pattern, capability in gpus().nvidia:
        if re.search(pattern, plain):
            return capability_of(capability)
    return None


def gfx_of_name(name: str) -> str | None:
    """The gfx target of an AMD GPU by its name: "AMD Radeon RX 7900 XTX" → "gfx1100". None where unknown."""
    plain = name.lower()
    return next((gfx for pattern, gfx in gpus().amd if re.search(pattern, plain)), None)


def family_of_pci(device_id: int) -> PciFamily | None:
    """The family of an NVIDIA GPU by its PCI device id: probably, never surely."""
    return next((family for family in gpus().pci if device_id >> 8 in family.bytes), None)


def intel_family_of_pci(device_id: int) -> IntelFamily | None:
    """The family of an Intel GPU that PyTorch's XPU builds are made for; None for the others."""
    return next((family for family in gpus().intel if family.first <= device_id <= family.last), None)


def architecture(capability: Capability) -> str:
    """The architecture's name: (8, 9) → "Ada Lovelace"; "" for those newer than the table."""
    return next((name for oldest, name in _ARCHITECTURES if oldest <= capability <= _NEWEST), "")


def capability_words(capability: Capability) -> str:
    """For a person: "compute capability 8.9 (Ada Lovelace)"; of one newer than the table it says so."""
    name = architecture(capability) or f"newer than dlcheck's table of {gpus().read}"
    return f"compute capability {written(capability)} ({name})"


def capability_of(text: str) -> Capability:
    """A compute capability as it is written: "8.6" → (8, 6)."""
    major, _, minor = text.partition(".")
    return (int(major), int(minor))


def gfx_of_version(number: int) -> str:
    """KFD's gfx_target_version as a gfx target: 100302 → "gfx1032"."""
    return f"gfx{number // 10000}{number // 100 % 100:x}{number % 100:x}"
