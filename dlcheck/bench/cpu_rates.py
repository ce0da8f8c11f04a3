"""What a processor's core can do in one clock, by its instruction sets and its pipes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import msgspec

from dlcheck.bench.tables import Table, read_table
from dlcheck.model.bench import BenchHost
from dlcheck.model.gaps import known
from dlcheck.model.host import Cpu


class X86(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cores of one x86 microarchitecture."""

    name: str
    family: int
    models: tuple[tuple[int, int], ...]
    pipes_256: int
    """Fused multiply-adds of 256 bits that start in one clock."""
    pipes_512: int = 0
    """Of 512 bits; two halves count as one."""
    half: str = ""
    """A regular expression on the brand: those have half of the 512-bit pipes."""
    amx: bool = False
    """It has tile instructions."""

    def has(self, sets: tuple[str, ...]) -> bool:
        """Can this be it? A hypervisor may hide what a processor has, and it may give it another's model number."""
        if not self.amx and any(flag.startswith("amx") for flag in sets):
            return False
        return bool(self.pipes_512) or "avx512f" not in sets


class Arm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cores of one Arm microarchitecture."""

    name: str
    implementer: int
    part: int
    pipes_128: int


class CpuRates(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """cpu_rates.toml."""

    x86: tuple[X86, ...]
    arm: tuple[Arm, ...]


X86_FACTORS = {"avx512_bf16": ("bf16", 2), "avx512_fp16": ("fp16", 2), "avx512_vnni": ("int8", 4)}
"""Instruction set of 512 bits → format, and how many times the operations of fp32 it does."""
AMX = {"amx_bf16": ("bf16", 1024), "amx_int8": ("int8", 2048)}
"""Tile instructions of a core, per clock: 16 × 16 × 32 products (bf16) and sums every 16 clocks."""
ARM_FACTORS = {"asimdhp": ("fp16", 2), "asimddp": ("int8", 4), "bf16": ("bf16", 4), "i8mm": ("int8", 8)}


@cache
def cpu_rates() -> CpuRates:
    """The table."""
    return read_table("cpu_rates", CpuRates)


def microarchitecture(numbers: Mapping[str, object], sets: tuple[str, ...] = ()) -> str:
    """The name of a microarchitecture by CPUID's family and model, or Arm's implementer and part; "" where unknown.

    numbers: `cpu_family`, `cpu_model`, `cpu_implementer`, `cpu_part`, as far as they are known. sets: its instruction
    sets: where they cannot be those of that model, a hypervisor gave it another's number.
    """
    family, model, implementer, part = (
        numbers.get(f"cpu_{name}") for name in ("family", "model", "implementer", "part")
    )
    if isinstance(family, int) and isinstance(model, int):
        found = _x86(family, model)
        return found.name if found and found.has(sets) else ""
    return next((row.name for row in cpu_rates().arm if (row.implementer, row.part) == (implementer, part)), "")


def is_disguised(host: BenchHost) -> bool:
    """Has the processor instruction sets that the model it claims to be cannot have? A hypervisor makes it so."""
    family, model, cpu = known(host.cpu_family), known(host.cpu_model), host.cpu.value
    found = _x86(family, model) if family is not None and model is not None else None
    return found is not None and cpu is not None and not found.has(known(cpu.instruction_sets) or ())


def core_rates(host: BenchHost) -> dict[str, int]:
    """Operations in one clock of one core, by format; empty where the core is not known."""
    cpu = host.cpu.value
    sets = known(cpu.instruction_sets) if cpu else None
    if cpu is None or sets is None:
        return {}
    name = known(host.microarchitecture)
    arm = next((row for row in cpu_rates().arm if row.name == name), None)
    if arm is not None:
        return _with_factors({"fp64": 4 * arm.pipes_128, "fp32": 8 * arm.pipes_128}, sets, ARM_FACTORS)
    row = next((row for row in cpu_rates().x86 if row.name == name), None)
    return _x86_rates(row, cpu, sets) if row is not None and row.has(sets) else {}


def _x86(family: int, model: int) -> X86 | None:
    for row in cpu_rates().x86:
        if row.family == family and any(first <= model <= last for first, last in row.models):
            return row
    return None


def _x86_rates(row: X86, cpu: Cpu, sets: tuple[str, ...]) -> dict[str, int]:
    """What a hypervisor hides is not counted: only the instruction sets that can be used."""
    pipes = row.pipes_512
    if pipes and row.half and re.search(row.half, known(cpu.brand) or ""):
        pipes //= 2
    if pipes and "avx512f" in sets:
        rates = _with_factors({"fp64": 16 * pipes, "fp32": 32 * pipes}, sets, X86_FACTORS)
        return rates | {name: rate for flag, (name, rate) in AMX.items() if flag in sets}
    if "avx2" in sets and "fma" in sets:
        rates = {"fp64": 8 * row.pipes_256, "fp32": 16 * row.pipes_256}
        return _with_factors(rates, sets, {"avx_vnni": ("int8", 4)})
    return {}


def _with_factors(rates: dict[str, int], sets: tuple[str, ...], factors: dict[str, tuple[str, int]]) -> dict[str, int]:
    return rates | {name: rates["fp32"] * factor for flag, (name, factor) in factors.items() if flag in sets}
