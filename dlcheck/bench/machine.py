"""The machine, its software and its devices, as the document tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dlcheck.bench.cpu_rates import microarchitecture
from dlcheck.bench.taken import Taken, disturbance
from dlcheck.bench.telemetry import REASONS
from dlcheck.model.bench import BenchDevice, BenchHost, Contention, Software
from dlcheck.model.devices import Nvidia, NvidiaGpu
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing, known
from dlcheck.model.snapshot import Snapshot


def host(snapshot: Snapshot, facts: Mapping[str, Any]) -> BenchHost:
    """The machine, without anything that names it or its owner."""
    system, memory, container = snapshot.os.value, snapshot.memory.value, snapshot.container
    cpu = snapshot.cpu.value
    told = facts.get("machine")
    more = dict(told) if isinstance(told, Mapping) else {}
    clock = cpu.max_frequency_mhz if cpu else NOT_LOOKED
    gone = container.missing or NOT_LOOKED
    caches = facts.get("caches_bytes")
    return BenchHost(
        os=system.name if system else "",
        kernel=system.kernel if system else "",
        arch=system.machine if system else "",
        hypervisor=system.virtualization if system else NOT_LOOKED,
        container=container.value.engine if container.value else gone,
        cpu=snapshot.cpu,
        clock_mhz=clock,
        clock_source=_clock_source(system.system if system else "") if known(clock) else "",
        caches_bytes=msgspec.convert(caches, dict[str, int]) if isinstance(caches, dict) else {},
        ram_bytes=memory.total_bytes if memory else 0,
        ram_limit_bytes=memory.cgroup_limit_bytes if memory else NOT_LOOKED,
        microarchitecture=microarchitecture(more, (known(cpu.instruction_sets) if cpu else None) or ()) or ABSENT,
        **{name: more.get(name, NOT_LOOKED) for name in NUMBERS},
        transparent_huge_pages=more.get("transparent_huge_pages", NOT_LOOKED),
        governor=more.get("governor", NOT_LOOKED),
        on_battery=more.get("on_battery", NOT_LOOKED),
    )


BUSY_PER_CENT = 5.0
"""Above which somebody else uses a GPU."""
NUMBERS = ("cpu_family", "cpu_model", "cpu_implementer", "cpu_part")
"""By which the cores are known."""


def _clock_source(system: str) -> str:
    return {"linux": "cpufreq", "darwin": "sysctl", "windows": "registry"}.get(system, "")


SOFTWARE = (
    "torch", "torch_git", "torch_xla", "numpy", "cuda", "cudnn", "hip", "triton", "mkl", "onednn", "openblas",
    "blas_info",
)  # fmt: skip


def software(facts: Mapping[str, Any], nvidia: Nvidia | None) -> Software:
    """What multiplied; a part that was not told of is absent in it."""
    told = {name: str(facts[name]) if name in facts else ABSENT for name in SOFTWARE}
    variables = facts.get("env")
    return Software(
        python=str(facts.get("python", "")),
        executable=str(facts.get("executable", "")),
        driver=nvidia.driver_version if nvidia is not None else ABSENT,
        threads=int(facts.get("library_threads", 0)),
        interop_threads=facts.get("interop_threads", NOT_LOOKED),
        env={str(name): str(value) for name, value in variables.items()} if isinstance(variables, dict) else {},
        **told,
    )


def devices(taken: Taken, snapshot: Snapshot) -> tuple[BenchDevice, ...]:
    """Each device, with what the driver knows of it beside what torch knows."""
    names = set(BenchDevice.__struct_fields__)
    found = []
    for told in taken.items("devices"):
        facts = {name: value for name, value in told.items() if name in names}
        if told.get("type") == "cpu":
            cpu = snapshot.cpu.value
            facts.setdefault("model", msgspec.to_builtins(cpu.brand if cpu else NOT_LOOKED))
        try:
            device = msgspec.convert(facts, BenchDevice)
        except msgspec.ValidationError as error:
            plain = {name: told[name] for name in ("name", "type", "index") if name in told}
            gap = Missing("broken", f"what torch says of it makes no sense: {error}")
            device = msgspec.structs.replace(msgspec.convert(plain, BenchDevice), model=gap)
        found.append(with_driver(device, _nvml(told, snapshot.nvidia.value)))
    return tuple(found)


def _nvml(told: Mapping[str, Any], nvidia: Nvidia | None) -> NvidiaGpu | None:
    if nvidia is None or isinstance(nvidia.gpus, Missing):
        return None
    address = told.get("pci_address")
    if not address and told.get("type") == "cuda" and len(nvidia.gpus) == 1:
        return nvidia.gpus[0]  # an older torch does not tell where it is
    return next((gpu for gpu in nvidia.gpus if address and gpu.pci_address == address), None)


def with_driver(device: BenchDevice, gpu: NvidiaGpu | None) -> BenchDevice:
    """The device with what NVML told of it."""
    if gpu is None:
        return device
    clock = gpu.sm_clock_max_mhz
    return msgspec.structs.replace(
        device,
        clock_max_mhz=float(clock) if isinstance(clock, int) else device.clock_max_mhz,
        sm_count=device.sm_count if known(device.sm_count) else gpu.multiprocessors,
        power_limit_w=gpu.power_limit_watts,
        power_default_w=gpu.power_limit_default_watts,
        ecc=gpu.ecc_enabled,
        mig=gpu.mig_enabled,
        persistence=gpu.persistence_mode,
        pcie_gen=gpu.pcie_generation,
        pcie_width=gpu.pcie_width,
        pcie_gen_max=gpu.pcie_generation_max,
        pcie_width_max=gpu.pcie_width_max,
    )


def contention(taken: Taken, nvidia: Nvidia | None) -> Contention:
    """Who else used the machine, before and meanwhile."""
    before = taken.facts.get("contention")
    told = {name: value for name, value in before.items() if value is not None} if isinstance(before, dict) else {}
    threads = {probe.id: probe.threads for probe in taken.probes}
    most = int(taken.facts.get("threads") or 1)
    mine = [block for block in taken.blocks if threads.get(block.row)]
    reasons = [disturbance(one, threads[one.row], most, taken.windows, usual=1.0) for one in mine]
    tainted = sum(1 for reason in reasons if reason) / len(mine) if mine else 0.0
    during = [window.foreign for window in taken.windows]
    gpus = nvidia.gpus if nvidia is not None else ABSENT
    busiest = max(gpus, key=_busy, default=None) if not isinstance(gpus, Missing) else None
    words = []
    foreign = max([float(told.get("foreign_cpu", 0.0)), sum(during) / len(during) if during else 0.0])
    if foreign > 0.10:
        words.append(f"Other processes used {foreign:.0%} of the processors meanwhile.")
    if busiest is not None and _busy(busiest) > BUSY_PER_CENT:
        words.append(f"{busiest.name} was {_busy(busiest):.0f} % busy before the run: other programs use it, too.")
    words += [] if isinstance(gpus, Missing) else [held for gpu in gpus if (held := _held_down(gpu))]
    return Contention(
        **{name: told.get(name, NOT_LOOKED) for name in ("foreign_cpu", "psi_some_avg10", "steal", "loadavg_1")},
        tainted_blocks_frac=tainted,
        gpu_other_procs=busiest.other_processes if busiest else ABSENT,
        gpu_util_before=busiest.utilization_percent if busiest else ABSENT,
        words=" ".join(words),
    )


def _held_down(gpu: NvidiaGpu) -> str:
    """A sentence where heat or want of power held its clocks down already before the run; else ""."""
    bits, degrees = known(gpu.throttle_bits) or 0, known(gpu.temperature_celsius)
    reasons = [words for bit, words in REASONS.items() if bits & bit]
    hot = f" at {degrees} °C" if degrees is not None else ""
    return f"{gpu.name}'s clocks were held down before the run{hot}: {', '.join(reasons)}." if reasons else ""


def _busy(gpu: NvidiaGpu) -> float:
    """Per cent of the moment before the run; 0 where it does not tell."""
    return float(known(gpu.utilization_percent) or 0.0)
