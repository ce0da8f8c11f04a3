"""Processors and accelerators against the numbers that the profile asks for. Nothing passes because nobody looked."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, need, not_asked, ok, unknown
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.judge.measures import as_sold, gigabytes
from dlcheck.model.devices import Nvidia, Pci, Tpu
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Cpu
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
NO_DRIVER = (
    "no-driver", "driver-library-mismatch", "nvidia-driver-hangs", "nvidia-driver-crashes", "gpu-lost",
    "gpu-access-denied",
    "gpu-hidden-by-environment", "container-without-gpu", "driver-finds-no-gpu", "nouveau-in-use", "wsl1-no-gpu",
    "no-nvidia-gpu", "amdgpu-not-loaded", "amd-gpu-not-accessible", "secure-boot-blocks-module",
)  # fmt: skip
"""Checks that can explain why GPUs are missing."""


@check(WARN, pillar="system", after=("cgroup-limits-below-host",), since="0.1")
def cores_below_minimum(cpu: Cpu, profile: Profile) -> Verdict:
    """There are fewer processor cores than the profile asks for.

    How it is told: the cores that this process may use: affinity and the control group's quota taken together.

    Sources: the profile's own numbers.
    """
    wanted = profile.minimum.cores
    if not wanted:
        return not_asked("the profile asks for no number of cores")
    seen = f"{cpu.usable_cores:g} cores, at least {wanted} wanted"
    return ok(seen) if cpu.usable_cores >= wanted else bad(seen)


@check(FAIL, pillar="system", since="0.1")
def cpu_feature_missing(cpu: Cpu, profile: Profile) -> Verdict:
    """The processor lacks an instruction set that the profile asks for.

    How it is told: the names that the operating system lists.

    Sources: the profile's own list.
    """
    wanted = profile.minimum.cpu_features
    if not wanted:
        return not_asked("the profile asks for no instruction set")
    there = need(cpu.instruction_sets, "the processor's instruction sets")
    missing = [one for one in wanted if one not in there]
    return bad(f"missing: {', '.join(missing)}", f"there: {', '.join(there)}") if missing else ok(", ".join(wanted))


@check(FAIL, pillar="system", after=NO_DRIVER, since="0.1")
def gpus_below_minimum(nvidia: Probed[Nvidia], profile: Profile, snapshot: Snapshot) -> Verdict:
    """There are fewer GPUs than the profile asks for, or smaller or older ones.

    How it is told: the GPUs that the driver lists, else those that a framework does; each must have the memory and
    the compute capability that is asked for, a tenth of the memory allowed for what the card keeps for itself.

    Known false alarms: a variable that hides some on purpose has a check of its own.

    Sources: the profile's own numbers.
    """
    low = profile.minimum
    wanted = low.gpu_count or (1 if low.gpu_memory_bytes or low.compute_capability else 0)
    if not wanted:
        return not_asked("the profile asks for no GPU")
    asked = [f"{wanted} GPU{'' if wanted == 1 else 's'}"]
    asked += [f"{gigabytes(low.gpu_memory_bytes)} each"] if low.gpu_memory_bytes else []
    asked += [f"compute capability {_dotted(low.compute_capability)} or newer"] if low.compute_capability else []
    gpus = _gpus(nvidia, snapshot)
    if gpus is None:
        return unknown(f"{', '.join(asked)} wanted, and which GPUs there are could not be told")
    fits = [_fits(one, profile) for one in gpus]
    seen = ", ".join(_words(one) for one in gpus) or "no GPU"
    if fits.count(True) >= wanted:
        return ok(seen)
    if fits.count(True) + fits.count(None) >= wanted:
        return unknown(f"{', '.join(asked)} wanted; {seen}")
    return bad(f"{', '.join(asked)} wanted", f"there: {seen}")


Gpu = tuple[str, "int | None", "tuple[int, int] | None"]
"""Name, bytes of memory, compute capability."""


def _gpus(nvidia: Probed[Nvidia], snapshot: Snapshot) -> list[Gpu] | None:
    """The GPUs that the driver lists, else those of a framework; None where nobody could tell."""
    facts = nvidia.value
    if facts is not None and not isinstance(facts.gpus, Missing):
        return [
            (known(one.name) or "GPU", known(one.memory_total_bytes), known(one.compute_capability))
            for one in facts.gpus
        ]
    torch = snapshot.torch.value
    if torch is not None and torch.devices:
        return [
            (known(one.model) or one.name, known(one.memory_total_bytes), known(one.compute_capability))
            for one in torch.devices
            if one.kind in ("cuda", "rocm", "xpu", "mps")
        ]
    pci = snapshot.pci.value
    ruled_out = nvidia.missing is not None and nvidia.missing.gap == "absent"
    if ruled_out and pci is not None and not (pci.of("amd") or pci.of("nvidia")):
        return []
    return None


def _fits(gpu: Gpu, profile: Profile) -> bool | None:
    """Is it as the profile asks? None where that is not known."""
    _, memory, capability = gpu
    low = profile.minimum
    if low.gpu_memory_bytes and memory is not None and as_sold(memory) < low.gpu_memory_bytes:
        return False
    if low.compute_capability and capability is not None and capability < low.compute_capability:
        return False
    if (low.gpu_memory_bytes and memory is None) or (low.compute_capability and capability is None):
        return None
    return True


def _words(gpu: Gpu) -> str:
    name, memory, capability = gpu
    details = [gigabytes(memory)] if memory is not None else []
    details += [_dotted(capability)] if capability is not None else []
    return f"{name} ({', '.join(details)})" if details else name


def _dotted(capability: tuple[int, int] | None) -> str:
    return ".".join(map(str, capability or ()))


@check(FAIL, pillar="system", after=NO_DRIVER, since="0.1")
def driver_below_minimum(nvidia: Probed[Nvidia], profile: Profile) -> Verdict:
    """The NVIDIA driver is older than the profile asks for.

    How it is told: the version that NVML tells, else that of the loaded kernel module.

    Sources: the profile's own number.
    """
    wanted = profile.minimum.driver
    if not wanted:
        return not_asked("the profile asks for no driver")
    if nvidia.value is None:
        assert nvidia.missing is not None
        if nvidia.missing.gap == "absent":
            return bad(f"driver {wanted} or newer wanted, there is none")
        return unknown(f"driver {wanted} or newer wanted; {nvidia.missing.words()}")
    version = nvidia.value.driver
    if not version:
        return unknown(f"driver {wanted} or newer wanted, its version could not be told")
    seen = f"driver {version}, {wanted} or newer wanted"
    return ok(seen) if at_least(numbers(version), numbers(wanted)) else bad(seen)


@check(FAIL, pillar="system", since="0.1")
def accelerator_of_another_vendor(pci: Probed[Pci], tpu: Probed[Tpu], profile: Profile, snapshot: Snapshot) -> Verdict:
    """There is no accelerator of the vendor that the profile asks for.

    How it is told: the vendors of the devices on the bus; a driver or a framework that answers outweighs it.

    Sources: the profile's own word.
    """
    wanted = profile.minimum.vendor
    if not wanted:
        return not_asked("the profile asks for no vendor")
    os = snapshot.os.value
    answers = {
        "nvidia": snapshot.nvidia.value is not None and bool(known(snapshot.nvidia.value.gpus)),
        "amd": snapshot.amd.value is not None and bool(known(snapshot.amd.value.gfx)),
        "apple": os is not None and os.system == "darwin" and os.machine == "arm64",
        "google": tpu.value is not None,
        "intel": False,
    }
    if answers[wanted] or (pci.value is not None and pci.value.of(wanted)):
        return ok(f"there is one of {wanted}")
    if pci.value is None and wanted != "apple":
        assert pci.missing is not None
        return unknown(f"one of {wanted} wanted; the devices on the bus: {pci.missing.words()}")
    there = sorted({device.vendor for device in pci.value.devices}) if pci.value else []
    return bad(f"one of {wanted} wanted, there: {', '.join(there) or 'none'}")


@check(FAIL, pillar="system", since="0.1")
def tpu_chips_below_minimum(tpu: Probed[Tpu], profile: Profile) -> Verdict:
    """There are fewer TPU chips than the profile asks for.

    How it is told: the chips that the machine's device files and variables tell.

    Sources: the profile's own number.
    """
    wanted = profile.minimum.tpu_chips
    if not wanted:
        return not_asked("the profile asks for no TPU")
    if tpu.value is None:
        assert tpu.missing is not None
        if tpu.missing.gap == "absent":
            return bad(f"{wanted} wanted, there is no TPU")
        return unknown(f"{wanted} wanted; {tpu.missing.words()}")
    chips = known(tpu.value.chips)
    if chips is None:
        return unknown(f"{wanted} wanted, how many there are could not be told")
    seen = f"{chips} chips, at least {wanted} wanted"
    return ok(seen) if chips >= wanted else bad(seen)
