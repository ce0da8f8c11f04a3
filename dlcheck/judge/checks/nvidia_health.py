"""NVIDIA's GPUs that are listed and do not serve: faults they report, errors in the log, modes that close them."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.knowledge.codes import xid
from dlcheck.judge.nvidia_facts import gpus, init_code, nvml_code, visible_gpus
from dlcheck.judge.said import complained
from dlcheck.model.devices import CudaDriver, Nvidia
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
POWER, INTERRUPTS, INFOROM = 8, 11, 14
FAULTS: dict[int, str] = {
    POWER: "switch the computer off, and seat the GPU's power cables (8-pin or 12VHPWR) firmly, each of its own",
    INTERRUPTS: "take `pci=nomsi` off the kernel's command line, and update the firmware (BIOS) of the board",
    INFOROM: "computing goes on; where errors follow, ask the card's maker for a new vBIOS or an exchange",
}
"""NVML's codes that name a fault of the hardware, and what is done about it (general practice)."""
CLOSED = ("exclusive-process", "prohibited")


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("gpu-lost",), since="0.1")
def gpu_reports_a_fault(nvidia: Probed[Nvidia], snapshot: Snapshot) -> Iterator[Verdict]:
    """A GPU reports a fault of its own: power, interrupts, or its memory of itself.

    The driver knows the card and cannot use it: its power cables are loose, the board hands its interrupts on wrongly,
    or the small memory in which the card describes itself (infoROM) is damaged.

    How it is told: NVML answers with code 8, 11 or 14 for it; a text repeats nvidia-smi's words.

    Known false alarms: a damaged infoROM alone stops no calculation, and is a warning.

    Sources: nvml.h of NVML 13 (the codes)
    """
    told = [(f"gpu {gpu.index}", gpu.handle_code) for gpu in gpus(nvidia) if gpu.handle_code in FAULTS]
    whole = nvml_code(nvidia)
    told += [("", whole)] if whole in FAULTS else []
    for subject, code in told:
        fix = Fix(title=FAULTS[code], needs=("admin",))
        words = f"NVML: code {code}, {nvml_words(code).words}"
        yield bad(words, subject=subject, fixes=(fix,), at_most=WARN if code == INFOROM else FAIL)
    if told:
        return
    complaint = complained(snapshot, "gpu-reports-a-fault")
    if complaint:
        code = INFOROM if "infoROM" in complaint else POWER
        yield bad(complaint, fixes=(Fix(title=FAULTS[code]),), at_most=WARN if code == INFOROM else FAIL)
        return
    yield ok("no GPU reports one") if gpus(nvidia) else skip("no GPU to ask")


@check(WARN, pillar="system", after=("gpu-lost", "gpu-memory-faulty"), since="0.1")
def gpu_hardware_errors(nvidia: Probed[Nvidia], snapshot: Snapshot) -> Verdict:
    """The driver logged an error of the GPU's hardware.

    The kernel's log numbers such errors (Xid). Most come from programs; those told here come from the card, its memory
    or a link: they tend to come again, in one program after the other, and always on the same GPU.

    How it is told: the Xid numbers in the kernel's log since the start; or a program's words of an ECC error.

    Known false alarms: an error from before a reset of the GPU stays in the log; Xids that programs cause (13, 31, 43,
    45 and the like) do not count.

    Sources: https://docs.nvidia.com/deploy/xid-errors/, https://docs.nvidia.com/deploy/dynamic-page-retirement/
    """
    numbers = known(nvidia.value.xids) if nvidia.value else None
    grave = [one for one in map(xid, numbers or ()) if one is not None and one.grave and not one.lost]
    complaint = complained(snapshot, "gpu-hardware-errors")
    if not grave and not complaint:
        return ok("none is logged") if numbers is not None else skip("the kernel's log may not be read")
    evidence = [complaint] if complaint else []
    evidence += [f"kernel log: Xid {one.number}, {one.words}" for one in grave[:4]]
    again = Fix(
        title="if it comes again on the same GPU after the restart: have the card, its seat and its power tested, or "
        "exchange it; on a rented machine take another one",
        source="https://docs.nvidia.com/deploy/xid-errors/",
    )
    return bad(*evidence, fixes=(driver.reboot(snapshot, "restart, which resets the GPU"), again))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("gpu-lost", "gpu-reports-a-fault"), since="0.1")
def gpu_closed_to_this_program(
    nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], os: Os, snapshot: Snapshot
) -> Verdict:
    """The GPU takes no further program: it is set to serve one at a time, or none.

    In the mode "exclusive" a second program ends with "all CUDA-capable devices are busy or unavailable"; in the mode
    "prohibited" the first does.

    How it is told: the compute mode by NVML, and those words; the words alone do not tell the mode.

    Known false alarms: "exclusive" set on purpose, as for MPS: where nothing complains it is a note.

    Sources: https://github.com/pytorch/pytorch/issues/3871, https://github.com/NVIDIA/DIGITS/issues/2005
    """
    complaint = complained(snapshot, "gpu-closed-to-this-program")
    modes = {mode for gpu in visible_gpus(snapshot) if (mode := known(gpu.compute_mode)) in CLOSED}
    if not complaint and init_code(cuda_driver) not in (0, None):
        return skip("CUDA does not start, which other checks judge")
    if not complaint and not modes:
        return ok("it serves every program") if visible_gpus(snapshot) else skip("there is no GPU")
    mode = ", ".join(sorted(str(one) for one in modes))
    evidence = [complaint] if complaint else []
    evidence += [f"compute mode: {mode}"] if mode else ["the compute mode is not told"]
    page = "https://github.com/pytorch/pytorch/issues/3871"
    share = Fix(title="let programs share the GPU", commands=(as_admin(snapshot, "nvidia-smi", "-c", "0"),),
                needs=("admin",), source=page)  # fmt: skip
    if not complaint and "prohibited" not in modes:
        return note(*evidence, fixes=(share,))
    look = Fix(title="see which other program holds it (nvidia-smi), and end that; else restart the computer")
    clean = Fix(title="install the driver anew, with “clean installation”", needs=("admin", "network", "reboot"))
    return bad(*evidence, fixes=(share, look, *([clean] if os.system == "windows" else [])))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("driver-library-mismatch",), since="0.1")
def nvidia_smi_finds_no_cuda(os: Os, snapshot: Snapshot) -> Verdict:
    """nvidia-smi works and cannot load CUDA's driver library ("CUDA Version: ERR!").

    The two come from different drivers. In WSL it is Windows' driver and the WSL of another age, or a Linux driver that
    was installed inside.

    How it is told: those words in the head of nvidia-smi's table.

    Known false alarms: "CUDA Version: N/A" is another matter, of old drivers.

    Sources: https://github.com/microsoft/WSL/issues/11589, nvml.h (nvmlSystemGetCudaDriverVersion_v2, codes 12 and 13)
    """
    complaint = complained(snapshot, "nvidia-smi-finds-no-cuda")
    if not complaint:
        return skip("nothing says so")
    if os.wsl or snapshot.depth == "pasted":
        steps = (driver.on_windows_side("wsl", "--update"), driver.on_windows_side("wsl", "--shutdown"))
        title = "in WSL: update Windows' NVIDIA driver, then WSL itself, in PowerShell"
        wsl = Fix(title=title, commands=steps, needs=("admin", "network"), source=driver.WSL_GUIDE)
        return bad(complaint, fixes=(wsl, driver.install_driver(snapshot)))
    return bad(complaint, fixes=(driver.install_driver(snapshot), driver.reboot(snapshot)))


@check(NOTE, pillar="system", since="0.1")
def persistence_mode_off(nvidia: Nvidia, os: Os) -> Verdict:
    """The driver lets go of the GPUs whenever no program uses them, so every start takes seconds.

    On a server without a screen the driver shuts each GPU down after its last program and starts it for the next. The
    service nvidia-persistenced keeps them ready.

    How it is told: NVML's persistence mode, on Linux, where no GPU drives a screen.

    Known false alarms: a desktop, whose screen keeps the GPU awake; in a container it is the host's business.

    Sources: https://docs.nvidia.com/deploy/driver-persistence/
    """
    listed = known(nvidia.gpus) or ()
    screens = [known(gpu.display_active) for gpu in listed]
    if os.system != "linux" or os.wsl or not listed or any(one is not False for one in screens):
        return skip("not a server with NVIDIA GPUs alone")
    off = [gpu.index for gpu in listed if known(gpu.persistence_mode) is False]
    if not off:
        return ok("the driver keeps the GPUs ready")
    page = "https://docs.nvidia.com/deploy/driver-persistence/"
    start = Fix(
        title="switch the service on: sudo systemctl enable --now nvidia-persistenced", needs=("admin",), source=page
    )
    return note(f"persistence mode is off for GPU {', '.join(map(str, off))}", fixes=(start,))
