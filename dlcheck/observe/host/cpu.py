"""The processor: its name, how much of it may be used, and the instruction sets that numerical libraries look for."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Any

from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, known, seen
from dlcheck.model.host import Cpu
from dlcheck.observe import ask, files
from dlcheck.observe.context import Context
from dlcheck.observe.host import cgroup, sysctl, windows
from dlcheck.observe.host.processors import arm_brand
from dlcheck.observe.host.system import system

X86 = (
    "sse4_1", "sse4_2", "popcnt", "avx", "f16c", "fma", "avx2", "bmi1", "bmi2", "avx_vnni", "avx512f", "avx512cd",
    "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8",
)  # fmt: skip
ARM = ("neon", "asimd", "asimdhp", "asimddp", "fphp", "sve", "sve2", "bf16", "i8mm", "sme")
POWER = ("vsx", "altivec")
MATTER = (*X86, *ARM, *POWER)
"""Flags that decide what a numerical library can run, as Linux writes them."""

MAC_FEATURES: dict[str, str] = {
    "hw.optional.sse4_1": "sse4_1", "hw.optional.sse4_2": "sse4_2", "hw.optional.avx1_0": "avx",
    "hw.optional.avx2_0": "avx2", "hw.optional.fma": "fma", "hw.optional.f16c": "f16c", "hw.optional.bmi1": "bmi1",
    "hw.optional.bmi2": "bmi2", "hw.optional.avx512f": "avx512f", "hw.optional.avx512bw": "avx512bw",
    "hw.optional.avx512dq": "avx512dq", "hw.optional.avx512vl": "avx512vl", "hw.optional.avx512cd": "avx512cd",
    "hw.optional.neon": "neon", "hw.optional.AdvSIMD": "asimd", "hw.optional.arm.FEAT_BF16": "bf16",
    "hw.optional.arm.FEAT_I8MM": "i8mm", "hw.optional.arm.FEAT_FP16": "asimdhp",
    "hw.optional.arm.FEAT_DotProd": "asimddp", "hw.optional.arm.FEAT_SME": "sme",
}  # fmt: skip
"""macOS' names of them (sysctl hw.optional)."""


def probe(context: Context) -> Probed[Cpu]:
    """The processor as this system tells it; what it leaves open is asked of py-cpuinfo in a child, not by --quick."""
    kind = system()
    if kind == "darwin":
        cpu = from_macos(context.once("sysctl", lambda: sysctl.ask(context.seconds())), platform.machine())
    elif kind == "windows":
        cpu = _windows()
    else:
        cpu = _linux(context.root)
    if not context.quick and (isinstance(cpu.brand, Missing) or isinstance(cpu.instruction_sets, Missing)):
        answered = ask.ask_own("dlcheck.observe.host.cpu", {}, seconds=context.seconds())
        cpu = completed(cpu, answered.facts)
    return seen(cpu)


def _linux(root: Path) -> Cpu:
    blocks = parse_cpuinfo(known(files.read(root / "proc/cpuinfo")) or "")
    first = blocks[0] if blocks else {}
    limit = cgroup.cpu_cores(root)
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    frequencies = root / "sys/devices/system/cpu/cpu0/cpufreq"
    return Cpu(
        brand=brand(first, files.line(root / "proc/device-tree/model")),
        architecture=architecture(platform.machine()),
        physical_cores=physical_cores(blocks) or _siblings(root) or Missing("absent", "the kernel does not tell"),
        logical_cores=os.cpu_count() or len(blocks) or 1,
        usable_cores=min(float(affinity), limit.amount) if limit else float(affinity),
        affinity_cores=affinity,
        quota_cores=limit.amount if limit else ABSENT,
        quota_source=limit.source if limit else "",
        frequency_mhz=_mhz(files.line(frequencies / "scaling_cur_freq")) or _plain_mhz(first.get("cpu MHz", "")),
        max_frequency_mhz=_mhz(files.line(frequencies / "cpuinfo_max_freq")) or ABSENT,
        instruction_sets=instruction_sets(first.get("flags") or first.get("Features") or first.get("features", "")),
    )


def parse_cpuinfo(text: str) -> list[dict[str, str]]:
    """The fields of each processor in /proc/cpuinfo; what some ARM kernels write once below all of them comes last."""
    blocks = []
    for part in re.split(r"\n\s*\n", text.strip()):
        pairs = (line.partition(":") for line in part.splitlines())
        block = {name.strip(): value.strip() for name, colon, value in pairs if colon}
        if block:
            blocks.append(block)
    return blocks


def brand(first: dict[str, str], board: str) -> Maybe[str]:
    """The processor's name: x86 writes it, ARM a maker's and a part's number, POWER a field of its own."""
    name = first.get("model name", "") or first.get("cpu", "")
    if name and not name.startswith("ARMv"):
        return " ".join(name.split())
    return arm_brand(first.get("CPU implementer", ""), first.get("CPU part", "")) or name or board or ABSENT


def physical_cores(blocks: list[dict[str, str]]) -> int:
    """How many different cores the processors of /proc/cpuinfo sit on; 0 where it does not tell."""
    cores = {(block.get("physical id"), block["core id"]) for block in blocks if "core id" in block}
    return len(cores)


def _siblings(root: Path) -> int:
    found = root.glob("sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list")
    return len({files.line(file) for file in found})


def instruction_sets(flags: str) -> Maybe[tuple[str, ...]]:
    """Of the kernel's flags those that matter; a gap where there are no flags at all."""
    there = set(flags.split())
    return tuple(name for name in MATTER if name in there) if there else Missing("absent", "the kernel lists no flags")


def architecture(machine: str) -> str:
    """Make one name of all names of an architecture: "x86_64", "arm64"."""
    lowered = machine.lower()
    return {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64", "i686": "x86", "i386": "x86"}.get(lowered, lowered)


def _mhz(kilohertz: str) -> float | None:
    return int(kilohertz) / 1000 if kilohertz.isdigit() and int(kilohertz) else None


def _plain_mhz(text: str) -> Maybe[float]:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else ABSENT


def from_macos(values: dict[str, str], process_machine: str) -> Cpu:
    """The processor from sysctl's values. A process that Rosetta translates is told x86_64: the hardware decides."""
    apple = values.get("hw.optional.arm64") == "1"
    logical = sysctl.number(values, "hw.logicalcpu") or sysctl.number(values, "hw.ncpu") or 1
    flags = [flag for name, flag in MAC_FEATURES.items() if values.get(name) == "1"]
    words = f"{values.get('machdep.cpu.features', '')} {values.get('machdep.cpu.leaf7_features', '')}".lower().split()
    flags += ["avx" if word == "avx1.0" else word.replace(".", "_") for word in words]
    hertz = sysctl.number(values, "hw.cpufrequency")
    hertz_max = sysctl.number(values, "hw.cpufrequency_max")
    if apple:
        # What Rosetta shows a translated process is its own, not the hardware's.
        flags = [flag for flag in flags if flag in ARM] + ["neon", "asimd"]
    return Cpu(
        brand=values.get("machdep.cpu.brand_string") or ABSENT,
        architecture="arm64" if apple else architecture(process_machine),
        physical_cores=sysctl.number(values, "hw.physicalcpu") or ABSENT,
        logical_cores=logical,
        usable_cores=float(logical),
        affinity_cores=logical,
        quota_cores=ABSENT,
        frequency_mhz=hertz / 1e6 if hertz else ABSENT,
        max_frequency_mhz=hertz_max / 1e6 if hertz_max else ABSENT,
        instruction_sets=instruction_sets(" ".join(flags)),
    )


def _windows() -> Cpu:
    import psutil

    return from_windows(
        known(windows.registry(windows.CPU_KEY)) or {},
        windows.machine(),
        windows.features(),
        psutil.cpu_count(logical=False),
        len(psutil.Process().cpu_affinity() or ()),
    )


def from_windows(
    values: dict[str, str], machine: str, features: tuple[str, ...], cores: int | None, affinity: int
) -> Cpu:
    """The processor from the registry's values and the features that Windows says yes to."""
    name = " ".join(values.get("ProcessorNameString", "").split())
    # A Windows that does not know the question says no to AVX: without a yes to it nothing is known.
    told = "avx" in features or "neon" in features
    return Cpu(
        brand=name or ABSENT,
        architecture=architecture(machine),
        physical_cores=cores if cores else ABSENT,
        logical_cores=os.cpu_count() or affinity,
        usable_cores=float(affinity),
        affinity_cores=affinity,
        quota_cores=ABSENT,
        frequency_mhz=_plain_mhz(values.get("~MHz", "")),
        max_frequency_mhz=ABSENT,
        instruction_sets=instruction_sets(" ".join(features))
        if told
        else Missing("not-looked", "Windows does not tell"),
    )


def completed(cpu: Cpu, info: dict[str, Any]) -> Cpu:
    """The facts, with what py-cpuinfo knew where they were open."""
    import msgspec

    changes: dict[str, Any] = {}
    if isinstance(cpu.brand, Missing) and info.get("brand"):
        changes["brand"] = str(info["brand"])
    flags = " ".join(str(flag) for flag in info.get("flags") or ())
    if isinstance(cpu.instruction_sets, Missing) and flags:
        changes["instruction_sets"] = instruction_sets(flags)
    return msgspec.structs.replace(cpu, **changes)


def work(answer: Any, asked: dict[str, Any]) -> None:
    """In a child of our own: py-cpuinfo takes over a second, starts programs and runs machine code of its own."""
    answer.stage("asking py-cpuinfo")
    import cpuinfo

    info = cpuinfo.get_cpu_info()
    answer.facts(brand=info.get("brand_raw", ""), flags=info.get("flags", []))
