"""What the exercises of one topic say: one verdict for the CPU, one for every other device, one for each gap.

A topic passes only where something of it was calculated, by whichever library, and everything that was calculated is
right. A library that is missing, failed or was left out is told by the check of that fault; here it is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dlcheck.judge.advice.import_cures import reinstall
from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, ok, skip
from dlcheck.judge.presence import required_names, works
from dlcheck.model.frameworks import Exercise
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.profile import Accelerator, Framework, Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

TITLES: dict[str, str] = {
    "python": "Python", "numpy": "NumPy", "pandas": "pandas", "scipy": "SciPy", "scikit-learn": "scikit-learn",
    "matplotlib": "Matplotlib", "openpyxl": "openpyxl", "numexpr": "numexpr", "torch": "PyTorch",
    "tensorflow": "TensorFlow",
}  # fmt: skip
FRAMEWORK_TOPICS = frozenset({"vector-products", "matrix-algebra", "derivatives", "classification", "network"})
"""Topics that a framework has exercises of."""
_FRAMEWORKS: tuple[Framework, ...] = ("torch", "tensorflow")

_INTERPRETER = ("python-missing", "python-does-not-start", "python-too-old-to-judge")
EXPLAINED: dict[str, tuple[str, ...]] = {
    "numerics": (*_INTERPRETER, "numerics-crash", "numerics-hang"),
    "torch": (*_INTERPRETER, "torch-import-fails", "torch-import-crashes", "torch-import-hangs", "torch-leftover",
              "torch-cuda-init-crashes", "torch-cuda-init-hangs", "torch-computing-crashes", "torch-computing-hangs"),
    "tensorflow": (*_INTERPRETER, "tensorflow-import-fails", "tensorflow-import-crashes", "tensorflow-import-hangs",
                   "tensorflow-computing-crashes", "tensorflow-computing-hangs"),
}  # fmt: skip
"""Group of facts → the checks that judge why it could not be had."""
BROKEN_LIBRARY = (
    "local-file-shadows-library", "user-site-shadows-environment", "numpy2-abi", "library-import-fails",
    "broken-distribution", "duplicate-distribution", "torch-leftover", "duplicate-torch-install",
)  # fmt: skip
"""Faults of a library that explain why its exercise raises."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: a topic's exercises, under a profile."""

    name: str
    snapshot: Snapshot
    profile: Profile
    groups: dict[str, Probed[Any]]
    """Name → group of facts that holds exercises: numerics, torch, tensorflow."""

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Those of this topic, of every group."""
        found = (probed.value.exercises for probed in self.groups.values() if probed.value is not None)
        return tuple(one for exercises in found for one in exercises if one.topic == self.name)


def judged(topic: str, snapshot: Snapshot, profile: Profile, **groups: Probed[Any]) -> Iterator[Verdict]:
    """The verdicts on one topic."""
    asked = Topic(name=topic, snapshot=snapshot, profile=profile, groups=groups)
    gaps = [verdict for name, probed in groups.items() if (verdict := _gap(asked, name, probed)) is not None]
    by_device: dict[str, list[Exercise]] = {}
    for exercise in asked.exercises:
        by_device.setdefault("" if exercise.device == "cpu" else exercise.device, []).append(exercise)
    if not by_device and not gaps:
        yield skip(_nobody_looked(groups))
    for device, exercises in by_device.items():
        yield _of_device(asked, device, exercises)
    yield from gaps


def _of_device(topic: Topic, device: str, exercises: list[Exercise]) -> Verdict:
    faults = [one for one in exercises if one.outcome in ("wrong", "error")]
    right = [one for one in exercises if one.outcome == "right"]
    if faults:
        return _faulty(topic, device, faults)
    if right:
        return ok(*_seen(right), subject=device)
    return _not_done(topic, device, exercises)


def _faulty(topic: Topic, device: str, faults: list[Exercise]) -> Verdict:
    """Wrong answers and exceptions: as grave as the gravest."""
    grades = [_grade(topic, one) for one in faults]
    causes = BROKEN_LIBRARY if all(one.outcome == "error" for one in faults) else ()
    return bad(
        *(_words(one) for one in faults),
        fixes=_fixes(topic, device, faults),
        subject=device,
        at_most=FAIL if FAIL in grades else WARN,
        after=("gpu-compute-wrong", "gpu-lost", "gpu-memory-in-use") if device else causes,
    )


def _grade(topic: Topic, exercise: Exercise) -> Grade:
    """A wrong answer on the CPU is always grave; an exception, and all on another device, by what is wanted."""
    if exercise.device != "cpu":
        return FAIL if _expected(topic.profile, exercise.device) else WARN
    if exercise.outcome == "error" and exercise.needs not in ("", *required_names(topic.profile)):
        return WARN
    if exercise.outcome == "wrong" or exercise.library in ("python", *required_names(topic.profile)):
        return FAIL
    others = (name for name in topic.profile.frameworks_any if name != exercise.library)
    alone = not any(works(topic.snapshot, name) for name in others)
    return FAIL if exercise.library in topic.profile.frameworks_any and alone else WARN


def _expected(profile: Profile, device: str) -> bool:
    """Does the profile expect this device ("cuda:0", "mps", "GPU:0") to work? ROCm's devices are named cuda too."""
    kind = re.split(r"[:/]", device.lower().removeprefix("/device:"), maxsplit=1)[0]
    kinds: dict[str, tuple[Accelerator, ...]] = {
        "cuda": ("cuda", "rocm"), "gpu": ("cuda", "rocm", "mps"), "mps": ("mps",), "xpu": ("xpu",),
        "xla": ("tpu",), "tpu": ("tpu",),
    }  # fmt: skip
    return any(profile.expects_accelerator(one) for one in kinds.get(kind, ()))


def _fixes(topic: Topic, device: str, faults: list[Exercise]) -> tuple[Fix, ...]:
    if device:
        again = f"Restart the machine and run dlcheck again; if {device} still errs, update its driver"
        instead = f"Until then compute on the CPU; faults of {device}'s memory are for its maker's own test to find"
        return (Fix(title=again), Fix(title=instead))
    first = faults[0]
    if first.library == "python":
        return (Fix(title="Install this Python anew: its standard library does not compute what it must"),)
    if first.needs:
        return install(topic.snapshot, [first.needs], title=f"Upgrade {first.needs}", upgrade=True)
    return reinstall(topic.snapshot, first.library)


def _not_done(topic: Topic, device: str, exercises: list[Exercise]) -> Verdict:
    """None of them was calculated: why."""
    failed = [one for one in exercises if one.outcome == "import-failed"]
    if failed:
        return Verdict(outcome="unknown", evidence=(failed[0].got,), subject=device, after=BROKEN_LIBRARY)
    left_out = [one for one in exercises if one.outcome == "left-out"]
    if left_out:
        return skip(left_out[0].got or "only with --deep", device)
    missing = list(dict.fromkeys(one.needs for one in exercises))
    names = " or ".join(TITLES.get(name, name) for name in missing)
    required = [name for name in missing if name in required_names(topic.profile)]
    why = "see required-package-missing" if required else "this profile does not require it"
    return skip(f"needs {names}, which is not installed: {why}", device)


def _gap(topic: Topic, name: str, probed: Probed[Any]) -> Verdict | None:
    """An answer that should have come and did not: its child failed, or ended before it came to this topic."""
    framework = name in _FRAMEWORKS
    if framework and topic.name not in FRAMEWORK_TOPICS:
        return None
    subject = TITLES[name] if framework else ""
    if probed.missing is not None:
        if probed.missing.gap in ("absent", "not-looked"):
            return None
        words = f"{TITLES.get(name, name)}: {probed.missing.words()}"
        return Verdict(outcome="unknown", evidence=(words,), subject=subject, after=EXPLAINED[name])
    answered = any(one.topic == topic.name for one in probed.value.exercises) if probed.value else False
    if probed.ending is None or answered:
        return None
    ended = probed.ending
    words = f"it did not come to this: {ended.words} while {ended.stage}" if ended.stage else ended.words
    return Verdict(outcome="unknown", evidence=(words,), subject=subject, after=EXPLAINED[name])


def _nobody_looked(groups: dict[str, Probed[Any]]) -> str:
    reasons = [probed.missing for probed in groups.values() if isinstance(probed.missing, Missing)]
    first = next((one for one in reasons if one.gap == "not-looked"), None)
    if first is not None:
        return first.words()
    if "numerics" not in groups:
        return "needs PyTorch or TensorFlow, and neither was found"
    return "nothing of it was calculated"


def _seen(right: Sequence[Exercise]) -> Iterator[str]:
    """What came out, each answer once with the libraries that gave it: "dot product 3: NumPy, PyTorch"."""
    by_answer: dict[str, list[str]] = {}
    for one in right:
        name = one.name.replace("-", " ")
        simple = one.expected.startswith("[") or " " not in one.expected
        answer = f"{name} {one.expected}" if simple else f"{name} ({one.expected})"
        libraries = by_answer.setdefault(answer, [])
        if TITLES.get(one.library, one.library) not in libraries:
            libraries.append(TITLES.get(one.library, one.library))
    for answer, libraries in by_answer.items():
        yield f"{answer}: {', '.join(libraries)}"


def _words(fault: Exercise) -> str:
    who = TITLES.get(fault.library, fault.library)
    what = fault.name.replace("-", " ")
    if fault.outcome == "error":
        return f"{who}, {what}: {' '.join(fault.got.split())}"
    return f"{who}, {what}: got {fault.got}; right is {fault.expected}"
