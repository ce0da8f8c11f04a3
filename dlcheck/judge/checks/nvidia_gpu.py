"""Each NVIDIA GPU: is it there still, is it sound, is it free, does it run at its speed?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice import driver
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, need, ok, skip
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.knowledge.codes import slowing_reasons, xid
from dlcheck.judge.measures import gigabytes
from dlcheck.judge.nvidia_facts import card_words, cards, gpus, visible_gpus
from dlcheck.judge.said import said
from dlcheck.model.devices import Nvidia, NvidiaGpu, Pci
from dlcheck.model.gaps import Probed, known
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
HELD = 0.2
"""A part of the memory that is worth a word where other programs' computing holds it."""
MOSTLY_USED = 0.5
HW_SLOWDOWN = 0x8
LOST, RESET_REQUIRED = 15, 16
OFF_THE_BUS = r"(?i:\bGPU[^\n]{0,30} fall(?:s|en|ing)? off (?:of )?the bus)"
LOST_WORDS = r"Unable to determine the device handle for GPU[^\n]{0,40}: (?:Unknown Error|GPU is lost)|GPU is lost"


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
def gpu_lost(pci: Probed[Pci], nvidia: Probed[Nvidia], snapshot: Snapshot) -> Iterator[Verdict]:
    """A GPU fell off the bus, or needs a reset.

    The link to it broke while it ran: too hot, too little or unsteady power, a riser or slot with poor contact, an old
    firmware. Until the next restart nothing can use it.

    How it is told: NVML answers with code 15 or 16 for it; its configuration space reads as all ones while it is awake;
    the kernel's log holds Xid 79, 119 or 120, or "fallen off the bus"; a text repeats nvidia-smi's words.

    Known false alarms: a laptop's sleeping GPU (D3cold) also reads as all ones, and is left out; an Xid of a GPU that
    was reset since and answers again.

    Sources: https://github.com/NVIDIA/open-gpu-kernel-modules/issues/507 (NVIDIA's advice), 1010, 974; nvml.h
    """
    found = cards(pci)
    gone = [card for card in found if known(card.config_all_ones) and card.power_state in ("", "D0")]
    told = [f"{card_words(card)} reads as all ones on the bus" for card in gone]
    facts = nvidia.value
    code = known(facts.nvml_code) if facts else None
    if code in (LOST, RESET_REQUIRED):
        told.append(f"NVML: code {code}, {nvml_words(code or 0).words}")
    codes = [(gpu.index, nvml_words(gpu.handle_code)) for gpu in gpus(nvidia)]
    told += [
        f"GPU {at}: NVML code {one.number}, {one.words}" for at, one in codes if one.number in (LOST, RESET_REQUIRED)
    ]
    numbers = known(facts.xids) if facts else None
    lost = [one for one in map(xid, numbers or ()) if one is not None and one.lost]
    listed = gpus(nvidia)
    answering = bool(listed) and len(listed) >= len(found) and not any(gpu.handle_code for gpu in listed)
    if not answering:
        told += [f"kernel log: Xid {one.number}, {one.words}" for one in lost[:2]]
        logged = (known(facts.kernel_log) if facts else None) or ()
        told += [f"kernel log: {line}" for line in logged if "fallen off the bus" in line and not lost][:1]
    refused = said(snapshot, LOST_WORDS) or ("" if answering and code == 0 else said(snapshot, OFF_THE_BUS))
    told += [refused] if refused else []
    if not told:
        yield ok("every GPU answers") if listed else skip("no GPU to ask")
        return
    causes = Fix(
        title="if it comes back: check temperature, power cables and power supply, seat and slot of the card, firmware",
        source="https://github.com/NVIDIA/open-gpu-kernel-modules/issues/507",
    )
    yield bad(*told, fixes=(driver.power_off(snapshot), causes))


@check(WARN, pillar="system", since="0.1")
def gpu_memory_faulty(gpu: NvidiaGpu, snapshot: Snapshot) -> Verdict:
    """The GPU's memory has faults that were not, or not yet, mended.

    How it is told: NVML's remapped rows (a row that waits for a reset, or one that could not be replaced) and its count
    of errors that ECC could not correct since the last start.

    Known false alarms: GeForce cards do not tell these, which is no fault; corrected errors are normal.

    Sources: https://docs.nvidia.com/deploy/dynamic-page-retirement/
    """
    failed, pending, errors = known(gpu.remap_failed), known(gpu.remap_pending), known(gpu.ecc_uncorrected)
    if failed is None and pending is None and errors is None:
        return skip("this GPU does not tell")
    evidence = []
    if failed:
        evidence.append("faulty memory could not be replaced: the card has to be exchanged")
    if pending:
        evidence.append("faulty memory waits to be replaced at the next reset")
    if errors:
        evidence.append(f"{errors} errors that ECC could not correct since the last start")
    if not evidence:
        return ok("no fault is known")
    if failed:
        return bad(*evidence, fixes=(Fix(title="ask the maker to exchange the card"),))
    # The GPU goes on computing beside such a row: that is no reason why it would not.
    return bad(*evidence, fixes=(driver.reboot(snapshot),), at_most=WARN)


@check(WARN, pillar="system", since="0.1")
def gpu_memory_in_use(gpu: NvidiaGpu, snapshot: Snapshot) -> Verdict:
    """Other programs hold much of the GPU's memory.

    A training that would fit runs out of memory. Often it is a notebook's kernel that was never shut down, or a program
    that was stopped halfway; TensorFlow and JAX take nearly all of it at their start.

    How it is told: NVML's memory in use, and how many programs compute on it. More than a fifth held by computing, or
    more than half in use, is told.

    Known false alarms: a screen's share of it; GPUs that this process may not see; memory that the CPU shares.

    Sources: https://docs.jax.dev/en/latest/gpu_memory_allocation.html
    """
    if gpu.index not in [one.index for one in visible_gpus(snapshot)]:
        return skip("it is not visible to programs here")
    total, used = need(gpu.memory_total_bytes, "the GPU's memory"), need(gpu.memory_used_bytes, "its memory in use")
    held, count = known(gpu.other_processes_bytes) or 0, known(gpu.other_processes)
    if not total:
        return skip("it shares the CPU's memory")
    words = f"{gigabytes(used)} of {gigabytes(total)} in use"
    if held <= HELD * total and used <= MOSTLY_USED * total:
        return ok(words)
    evidence = [words]
    if count:
        programs = "one program computes" if count == 1 else f"{count} programs compute"
        evidence.append(f"{programs} on it, holding {gigabytes(held)}")
    elif count == 0:
        evidence.append("no program of this system computes on it: one in another container, or one that ended badly")
    argv = ("nvidia-smi", "--query-compute-apps=pid,name,used_memory", "--format=csv")
    listing = Fix(
        title="see which programs they are; end your own, or shut the notebook's kernel down",
        commands=(Command(argv=argv, text=" ".join(argv)),),
        source="https://docs.nvidia.com/deploy/nvidia-smi/",
    )
    return bad(*evidence, fixes=(listing,))


@check(WARN, pillar="system", since="0.1")
def gpu_throttled(gpu: NvidiaGpu) -> Verdict:
    """The GPU is slowed down by heat or by its power supply.

    How it is told: NVML's reasons for lowered clocks. Heat and the power brake count; the power limit under load, an
    idle GPU and clocks set by hand do not.

    Known false alarms: the hardware's slowdown may show for a moment while the clocks change, so that alone counts
    only while the GPU is busy or hot.

    Sources: nvml.h (nvmlClocksEventReasons)
    """
    bits = need(gpu.throttle_bits, "the reasons for its clocks")
    reasons = slowing_reasons(bits)
    if bits & HW_SLOWDOWN and len(reasons) == 1:
        temperature, limit = known(gpu.temperature_celsius), known(gpu.temperature_slowdown_celsius)
        hot = temperature is not None and limit is not None and temperature >= limit
        if not hot and (known(gpu.utilization_percent) or 0) < 10:
            reasons = ()
    if not reasons:
        return ok("nothing slows it")
    evidence = [reason.words for reason in reasons]
    if (degrees := known(gpu.temperature_celsius)) is not None:
        evidence.append(f"{degrees} °C")
    watts, limit_watts = known(gpu.power_watts), known(gpu.power_limit_watts)
    if watts is not None and limit_watts is not None:
        evidence.append(f"{watts:.0f} W of {limit_watts:.0f} W")
    heat = any("hot" in reason.words for reason in reasons)
    title = "clean its fans and filters, give it air" if heat else "check the card's power cables and the power supply"
    return bad(*evidence, fixes=(Fix(title=title),))
