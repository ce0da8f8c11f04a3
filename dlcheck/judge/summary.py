"""The verdict as a sentence a person would say, and who was judged."""

from __future__ import annotations

from dlcheck.judge.pasted_text import nothing_wrong, shows_working
from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.report import Finding, Judged, VerdictWord
from dlcheck.model.snapshot import Snapshot


def summarise(
    verdict: VerdictWord, findings: tuple[Finding, ...], snapshot: Snapshot, profile: Profile, *, partial: bool = False
) -> str:
    """One sentence: ready or not, on which device, and the first cause where there is one.

    partial: some checks were left out on request; that the others found nothing makes no machine ready.
    """
    first = next((one for one in findings if one.status == "fail" and not one.caused_by), None)
    if verdict == "not-ready" and first is not None:
        subjects = ", ".join(
            one.subject for one in findings if one.id == first.id and one.status == "fail" and one.subject
        )
        return f"Not ready: {_lower(first.title)}{f' ({subjects})' if subjects else ''}."
    if profile.of_text:
        works = shows_working(snapshot)
        return f"{works}; nothing wrong in what was pasted." if verdict == "ready" else nothing_wrong(snapshot)
    if verdict == "unknown":
        open_question = next((one for one in findings if one.status == "unknown"), None)
        reason = f": {open_question.evidence[0]}" if open_question and open_question.evidence else ""
        return f"It could not be determined whether this machine is ready{reason}."
    sentence = f"Ready for deep learning on {_device(snapshot)}"
    if partial:
        sentence = "Nothing stands in the way, as far as the checks that were asked for can tell"
    elif snapshot.depth == "quick":
        sentence = "Ready for deep learning, as far as can be told without importing a framework"
    warnings = sum(one.status == "warn" and not one.caused_by for one in findings)
    if warnings:
        sentence += f", with {warnings} {'thing' if warnings == 1 else 'things'} to mend"
    return sentence + "."


def judged(snapshot: Snapshot) -> Judged:
    """Which interpreter and which machine the report is about."""
    interpreter, pythons, os = snapshot.interpreter.value, snapshot.pythons.value, snapshot.os.value
    cpu, memory = snapshot.cpu.value, snapshot.memory.value
    parts = []
    if os is not None:
        parts.append(os.name)
    if cpu is not None:
        parts.append(known(cpu.brand) or f"{cpu.logical_cores} cores")
    if memory is not None:
        parts.append(f"{memory.total_bytes / 2**30:.0f} GB")
    return Judged(
        python=interpreter.executable if interpreter else (pythons and known(pythons.judged)) or "",
        python_version=interpreter.version if interpreter else "",
        chosen_because=pythons.chosen_because if pythons else "",
        environment=interpreter.environment if interpreter else "",
        host=os.hostname if os else "",
        machine=", ".join(parts),
    )


def _device(snapshot: Snapshot) -> str:
    """The best device that a framework really computed on."""
    for framework in (snapshot.torch.value, snapshot.tensorflow.value, snapshot.torch_xla.value, snapshot.jax.value):
        for device in framework.devices if framework else ():
            if device.kind != "cpu" and device.product_right is True:
                return f"this machine's {known(device.model) or device.name}"
    return "this machine's CPU"


def _lower(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it belongs to a name."""
    word = title.split(" ", 1)[0]
    return (
        title if word[1:] != word[1:].lower() or word in ("PyTorch", "Python", "Git") else title[0].lower() + title[1:]
    )
