"""What a pasted text expects, what it shows to work, and what is said where nothing is wrong in it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from dlcheck.judge.causes import Result
from dlcheck.judge.check import skip
from dlcheck.judge.knowledge.error_messages import meaning_of
from dlcheck.judge.knowledge.program_words import explained_by
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import gpu_is_there
from dlcheck.judge.said import said
from dlcheck.judge.text_witnesses import cuda_asked_for, cuda_is_meant
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Accelerator, Profile
from dlcheck.model.report import VerdictWord
from dlcheck.model.snapshot import Snapshot

FIRST_TORCH_WITH_MPS = (1, 12)
MANY = 3
"""Of the facts that a reader would want to know: where more are missing, the machine itself is to be asked."""
_FAILURE = re.compile(
    r"^(?:ERROR|FATAL|fatal)\b|command not found|is not recognized|No such file|[Dd]enied|core dumped|\b[Ff]ailed\b"
    r"|No matching distribution|undefined symbol|No devices|not supported|[Ii]llegal|Segmentation fault"
)
SYMPTOM = "required-package-missing"
"""What a failed installation was about is missing in any case: it is told where nothing else explains the failure."""
PROVED_BY_TEXT = frozenset(
    {
        "no-driver", "driver-library-mismatch", "driver-too-old-for-torch-cuda", "torch-cpu-build-on-gpu-machine",
        "gpu-arch-not-in-wheel-new", "gpu-arch-not-in-wheel-old", "rocm-gfx-not-in-wheel", "macos-too-old-for-mps",
        "torch-torchvision-mismatch", "torch-torchaudio-mismatch", "torch-torchvision-cuda-variant-mismatch",
        "conda-pip-mixed-torch", "conda-cuda-libs-mismatch", "mkl-too-new-for-torch", "extension-built-for-other-arch",
        "extension-built-for-other-torch", "nvcc-torch-mismatch", "glibc-too-old", "tf-cuda-version-mismatch",
        "wsl2-windows-build-too-old",
    }
)  # fmt: skip
"""Checks that compare what a text tells, and so may say that it is well."""

ABSENT_HARDWARE = frozenset({"no-nvidia-gpu"})
"""Checks that say no more than that a machine has no such device."""


def expecting(profile: Profile, snapshot: Snapshot) -> Profile:
    """The profile with the accelerators that the text names or is built for, and with what was to be installed."""
    wanted = tuple(one.requirement for one in snapshot.requirements.value or () if one.applies)
    accelerators = tuple(dict.fromkeys((*profile.expects, *_accelerators(snapshot))))
    extra = tuple(dict.fromkeys((*profile.extra_requirements, *wanted)))
    return msgspec.structs.replace(profile, expects=accelerators, extra_requirements=extra)


def _accelerators(snapshot: Snapshot) -> list[Accelerator]:
    """A build for an accelerator expects that accelerator, and so does whoever names a GPU in a report."""
    build, os, interpreter = torch_build(snapshot), snapshot.os.value, snapshot.interpreter.value
    cuda = snapshot.cuda_driver.value
    found: list[Accelerator] = []
    meant = snapshot.tensorflow.value is not None and cuda_is_meant(snapshot)
    looked_for = said(snapshot, "Found no NVIDIA driver on your system") or cuda_asked_for(snapshot)
    if (build is not None and build.cuda) or gpu_is_there(snapshot) or cuda is not None or meant or looked_for:
        found.append("cuda")
    if build is not None and build.hip:
        found.append("rocm")
    if build is not None and build.xpu:
        found.append("xpu")
    if os is not None and os.system == "darwin" and interpreter is not None and build is not None:
        silicon = "arm64" in (interpreter.machine, os.machine)
        if silicon and numbers(build.version)[:2] >= FIRST_TORCH_WITH_MPS:
            found.append("mps")
    return found


def shows_working(snapshot: Snapshot) -> str:
    """What the text itself shows to work, in words; "" where it shows nothing."""
    torch, tensorflow, jax = snapshot.torch.value, snapshot.tensorflow.value, snapshot.jax.value
    if torch is not None and known(torch.cuda_available):
        return f"PyTorch {torch.version} finds {'ROCm' if known(torch.hip) else 'CUDA'}"
    if torch is not None and known(torch.mps_available):
        return f"PyTorch {torch.version} finds MPS"
    if tensorflow is not None and any(device.kind != "cpu" for device in tensorflow.devices):
        return f"TensorFlow {tensorflow.version} finds a GPU"
    if jax is not None and known(jax.backend) not in (None, "cpu"):
        return f"JAX {jax.version} finds its accelerator"
    return ""


def pointed_at(snapshot: Snapshot) -> tuple[str, ...]:
    """Ids of the checks that the text's own errors point at, the likeliest first."""
    pasted = snapshot.pasted.value
    project, interpreter = snapshot.project.value, snapshot.interpreter.value
    found: list[str] = []
    if interpreter is not None and interpreter.shadows:
        found.append("local-file-shadows-library")
    if project is not None and project.conda_file_foreign:
        found.append("conda-file-of-another-system")
    for line in pasted.errors if pasted else ():
        found += explained_by(line)
        meaning = meaning_of(line)
        found += meaning.causes if meaning is not None else ()
    failed = {"torch": "torch-import-fails", "tensorflow": "tensorflow-import-fails", "jax": "jax-import-fails"}
    found += [check for name, check in failed.items() if _broken(getattr(snapshot, name))]
    if snapshot.libraries.value is not None:
        found.append("library-import-fails")
    return tuple(dict.fromkeys(found))


def _broken(probed: Probed[Any]) -> bool:
    return probed.missing is not None and probed.missing.gap in ("broken", "crashed", "timed-out")


def forget_what_nobody_saw(results: list[Result]) -> None:
    """Of a text only what it told is well: a check that finds no fault in facts that are not there proves nothing."""
    for result in results:
        unseen = result.status == "unknown" and result.caused_by
        if unseen or (result.status == "pass" and result.check.id not in PROVED_BY_TEXT):
            result.status, result.verdict = "skip", skip("not in the text")


def keep_what_explains(results: list[Result], pointed: tuple[str, ...], weak: set[str]) -> None:
    """Of a text only what explains its failure counts, all else becomes a note.

    What its own errors point at explains it, and so does what keeps an accelerator from working that the text expects.
    Where there is neither, any other fault may be the explanation. What is told by weak words alone counts where
    nothing else does. Hardware that is not there explains nothing where an error of its own is explained.
    """
    faults = [result for result in results if result.status in ("fail", "warn")]
    roots = [result for result in faults if not result.caused_by]
    strong = [one for one in roots if one.check.id not in weak]
    explained = any(one.check.id in pointed for one in strong if one.check.id not in ABSENT_HARDWARE)
    near = [one for one in strong if one.check.id in pointed or (one.status == "fail" and one.check.wanted)]
    near = [one for one in near if not (explained and one.check.id in ABSENT_HARDWARE)]
    causes = [one for one in strong if one.check.id != SYMPTOM]
    kept = _explaining(near or causes or strong, pointed) or _explaining(roots, pointed)
    for result in faults:
        result.order = pointed.index(result.check.id) if result.check.id in pointed else len(pointed)
        result.status = "fail" if result.check.id in kept or kept & set(result.caused_by) else "note"


def _explaining(roots: list[Result], pointed: tuple[str, ...]) -> set[str]:
    return {one.check.id for one in roots if one.check.layer != "hygiene" or one.check.id in pointed}


def verdict_of_text(results: list[Result], snapshot: Snapshot) -> VerdictWord:
    """Not ready if something explains a failure; ready only where the text itself shows it working."""
    if any(result.status == "fail" for result in results):
        return "not-ready"
    return "ready" if shows_working(snapshot) and not unexplained_error(snapshot) else "unknown"


def nothing_wrong(snapshot: Snapshot) -> str:
    """The summary where nothing was found, and the text does not show that it works."""
    pasted = snapshot.pasted.value
    tells = " (`dlcheck doctor` on that machine would tell)" if pasted and len(pasted.not_told) > MANY else ""
    absent = f"; not in it: {_listed(pasted.not_told)}" if pasted and pasted.not_told else ""
    unexplained = unexplained_error(snapshot) or _failing_line(snapshot)
    if unexplained:
        return f"What was pasted does not tell the cause of “{unexplained}”{absent}{tells}."
    build = torch_build(snapshot)
    if (
        build is not None
        and build.is_cpu
        and snapshot.torch.value
        and known(snapshot.torch.value.cuda_available) is False
    ):
        return (
            f"Nothing wrong in what was pasted: PyTorch {build.version} is built for the CPU, and uses no GPU{absent}."
        )
    return f"Nothing wrong in what was pasted{absent}."


def unexplained_error(snapshot: Snapshot) -> str:
    """The last error that is in the text, cut to a line; "" where there is none."""
    pasted = snapshot.pasted.value
    errors = [line for line in (pasted.errors if pasted else ()) if "Error" in line or "error" in line]
    if not errors:
        return ""
    return _in_a_line(errors[-1])


def _failing_line(snapshot: Snapshot) -> str:
    """The last line that tells of a failure without calling it an error; "" where there is none."""
    pasted = snapshot.pasted.value
    lines = [
        line for line in (pasted.errors if pasted else ()) if _FAILURE.search(line) and "warning" not in line.lower()
    ]
    return _in_a_line(lines[-1]) if lines else ""


def _in_a_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119]}…"


def _listed(phrases: tuple[str, ...]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
