"""NVIDIA's driver works and leaves GPUs on the bus out: which, and why?"""

from __future__ import annotations

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import SystemPackage, admin_needs, as_admin, install_program
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.cuda_drivers import last_branch_for
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.judge.nvidia_facts import NOT_NVIDIA, card_words, cards, in_container, probable_capability
from dlcheck.model.devices import Nvidia, NvidiaGpu, Pci, PciDevice
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
OLDEST_OF_USE = (5, 0)
"""No current PyTorch has code for an older GPU."""
FIRMWARE = SystemPackage(apt="firmware-nvidia-gsp")
"""Debian's name; Ubuntu's firmware comes with the driver's own packages."""


@check(
    FAIL,
    pillar="system",
    wanted="cuda",
    otherwise=WARN,
    after=("container-without-gpu", "nouveau-in-use", "gpu-lost", "gpu-access-denied", "gpu-reports-a-fault"),
    since="0.1",
)
def driver_finds_no_gpu(pci: Pci, nvidia: Nvidia, os: Os, snapshot: Snapshot) -> Verdict:
    """NVIDIA's driver works, and leaves out a GPU that is on the bus, or all of them.

    The driver could not start the GPU: it is the wrong kind of driver for it, a branch that no longer drives it, the
    firmware of the board gave it no room in memory, or its own firmware is missing. Blackwell GPUs need the open kernel
    module; those before Turing need the other one; old ones need an old branch.

    How it is told: NVML starts, and lists fewer GPUs than the bus has. Which of the causes it is, the GPU's kind, the
    files and the kernel's log tell ("NVRM: …"); without them, the causes are named as possible and none is claimed.

    Known false alarms: a container that was given none (`container-without-gpu`). An old card that only drives the
    screen beside one that computes is a note.

    Sources: README of NVIDIA/open-gpu-kernel-modules ("any Turing or later GPU"); issues 246, 862, 872 and 935 there;
    https://github.com/pop-os/nvidia-graphics-drivers-470/issues/18 (legacy branches)
    """
    found = [
        one for one in cards(Probed(value=pci)) if not one.virtual_function and known(one.driver) not in NOT_NVIDIA
    ]
    listed = known(nvidia.gpus)
    if known(nvidia.nvml_code) != 0 or listed is None:
        return skip("NVML does not work, or did not tell of its GPUs")
    if not found:
        return ok(_count(listed)) if listed else skip("there is no NVIDIA GPU on the bus")
    if len(listed) >= len(found):
        return ok(_count(listed))
    if in_container(snapshot) or os.wsl:
        return ok(_count(listed)) if listed else skip("the bus is not this system's own")
    left_out = _left_out(found, listed)
    evidence = [f"on the bus: {', '.join(map(card_words, left_out))}", f"NVML works, and lists {len(listed) or 'none'}"]
    lines = known(nvidia.kernel_log)
    evidence += list(lines[-3:]) if lines else []
    told, fixes = _cause(left_out, nvidia, snapshot)
    old = all((probable_capability(card) or OLDEST_OF_USE) < OLDEST_OF_USE for card in left_out)
    at_most: Grade = FAIL if not listed else NOTE if old else WARN
    return bad(*evidence, told, fixes=fixes, at_most=at_most)


def _count(listed: tuple[NvidiaGpu, ...]) -> str:
    return f"NVML lists {len(listed)} GPU{'s' if len(listed) != 1 else ''}"


def _left_out(found: list[PciDevice], listed: tuple[NvidiaGpu, ...]) -> list[PciDevice]:
    """Cards whose place on the bus no listed GPU has; all, where NVML tells no places."""
    places = {address.lower().lstrip("0") for gpu in listed if (address := known(gpu.pci_address))}
    left = [card for card in found if card.address.lower().lstrip("0") not in places]
    return left if places and left else found


def _cause(left_out: list[PciDevice], nvidia: Nvidia, snapshot: Snapshot) -> tuple[str, tuple[Fix, ...]]:
    """Why the driver leaves them out, in words, and what mends it."""
    capability = min((one for one in map(probable_capability, left_out) if one is not None), default=None)
    kind, version = known(nvidia.kernel_module_open), nvidia.driver or ""
    if capability is not None and capability >= (10, 0) and kind is False:
        words = "this GPU needs the open kernel module, and the proprietary one is loaded"
        return words, (driver.install_driver(snapshot, driver.BRANCH),)
    if capability is not None and (legacy := driver.legacy_driver(snapshot, capability)) is not None:
        if kind is True and capability < driver.TURING:
            return "the open kernel module is loaded, and drives GPUs from Turing on only", (legacy,)
        end = last_branch_for(capability)
        if end and version and at_least(numbers(version), numbers(end)):
            return f"driver {version} no longer drives this GPU: the {end} branch left it out", (legacy,)
    if any(known(card.bar_unassigned) for card in left_out):
        title = "in the firmware's settings switch on `Above 4G Decoding` and `Resizable BAR`, and CSM off"
        return "the firmware gave the GPU no room in memory", (Fix(title=title, needs=("admin", "reboot")),)
    if known(nvidia.gsp_firmware) is False and _needs_firmware(capability, kind):
        return _no_firmware(version, snapshot)
    look = Fix(
        title="look for lines with NVRM in the kernel's log: they name the cause",
        commands=(as_admin(snapshot, "dmesg"),),
        needs=("admin",),
    )
    words = "possible: the GPU has no room in memory (Above 4G Decoding), its firmware is missing, or it lacks power"
    return words, (look, driver.reboot(snapshot))


def _needs_firmware(capability: Capability | None, kind: bool | None) -> bool:
    """Does this GPU start by firmware from the disk: always with the open module, from Turing on?"""
    return kind is True or (capability is not None and capability >= driver.TURING)


def _no_firmware(version: str, snapshot: Snapshot) -> tuple[str, tuple[Fix, ...]]:
    os = snapshot.os.value
    words = f"its firmware is not there: /lib/firmware/nvidia/{version or '…'} holds no gsp_*.bin"
    again = driver.install_driver(snapshot)
    if os is None or os.distribution != "debian":
        return words, (again,)
    steps = install_program(snapshot, FIRMWARE)
    page = "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/246"
    own = Fix(title="install the firmware", commands=steps, needs=admin_needs(snapshot), source=page)
    return words, (own, again)
