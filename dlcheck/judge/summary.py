"""The verdict as a sentence a person would say, and who was judged."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.judge.causes import LOOKING_CHECKS
from dlcheck.judge.pasted_text import nothing_wrong, shows_working
from dlcheck.judge.presence import FRAMEWORK_TITLES
from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.report import Finding, Judged, VerdictWord
from dlcheck.model.snapshot import Snapshot

MOST_NAMES = 4


def summarise(
    verdict: VerdictWord,
    findings: tuple[Finding, ...],
    snapshot: Snapshot,
    profile: Profile,
    *,
    unlooked: tuple[str, ...] = (),
    partial: bool = False,
) -> str:
    """One sentence: ready or not, on which device, and the first cause where there is one.

    unlooked: groups of facts that nobody looked at. partial: some checks were left out on request; that the others
    found nothing makes no machine ready.
    """
    failed = [one for one in findings if one.status == "fail" and not one.caused_by]
    if verdict == "not-ready" and failed:
        others = len({one.id for one in failed} - {failed[0].id})
        more = f", and {others} more {'problem' if others == 1 else 'problems'}" if others else ""
        return f"Not ready: {_problem(failed, findings)}{more}."
    if profile.of_text:
        works = shows_working(snapshot)
        return f"{works}; nothing wrong in what was pasted." if verdict == "ready" else nothing_wrong(snapshot)
    if verdict == "unknown":
        return (
            f"It could not be determined whether this machine is ready{_open_question(findings, snapshot, unlooked)}."
        )
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


def _problem(failed: list[Finding], findings: tuple[Finding, ...]) -> str:
    """The first problem as a part of a sentence: "numpy, pandas and 3 more packages are missing"."""
    first = failed[0]
    same = [one for one in failed if one.id == first.id]
    subjects = [one.subject for one in same if one.subject]
    if first.id == "required-package-missing":
        return _missing_packages(same, findings)
    if len(subjects) == 1 and first.title.startswith("A library "):
        return f"{subjects[0]} {first.title.removeprefix('A library ')}"
    return f"{_lower(first.title)}{f' ({listed(subjects)})' if subjects else ''}"


def _missing_packages(missing: list[Finding], findings: tuple[Finding, ...]) -> str:
    frameworks = [
        title
        for name, title in FRAMEWORK_TITLES.items()
        if any(one.id == f"{name}-not-installed" and one.status == "fail" and one.caused_by for one in findings)
    ]
    names = [*frameworks, *(one.subject for one in missing)]
    if any(one.evidence != ("not installed",) for one in missing):
        return missing[0].evidence[0] if len(names) == 1 else f"{listed(names, 'package')} are missing or do not fit"
    return f"{listed(names, 'package')} {'is' if len(names) == 1 else 'are'} missing"


def _open_question(findings: tuple[Finding, ...], snapshot: Snapshot, unlooked: tuple[str, ...]) -> str:
    """What is not known, and why."""
    gone = [name for name in unlooked if getattr(snapshot, name).missing.gap == "absent"]
    if gone:
        return f": {gone[0]}: {getattr(snapshot, gone[0]).missing.words()}"
    if unlooked:
        return f": nobody looked at {listed([name.replace('_', ' ') for name in unlooked])}"
    question = next((one for one in findings if one.status == "unknown"), None)
    looking = next(
        (one for one in findings if question and one.id in LOOKING_CHECKS and one.id in question.caused_by), None
    )
    if looking is not None:
        subjects = [one.subject.replace("_", " ") for one in findings if one.id == looking.id and one.subject]
        return f": {_lower(looking.title)} ({listed(subjects)})"
    return f": {question.evidence[0]}" if question and question.evidence else ""


def listed(names: Sequence[str], noun: str = "") -> str:
    """Names in a sentence, of more than four the first two: "a and b", "a, b and 3 more packages"."""
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:2])} and {len(names) - 2} more{f' {noun}s' if noun else ''}"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


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
