"""`python -m torch.utils.collect_env`, every form since 2018, and the variants of vLLM and others built on it.

What its words mean (torch/utils/collect_env.py, read 2026-11-22): "No CUDA" stands in all CUDA fields at once where
CUDA is not available, nvidia-smi gave nothing and there is no nvcc; "Could not collect" in one field is that field's
own tool; "N/A" a field that does not exist for this build; "CUDA used to build PyTorch: None" a build without CUDA,
and so is "Could not collect" there, which stands in its place where a GPU or a toolkit was found.
"""

from __future__ import annotations

import re

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.pythons import tell_python
from dlcheck.observe.importers.systems import tell_os
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import driver_in, number_in, version_in, yes_or_no

MARKS = ("cuda used to build pytorch", "is cuda available", "cuda runtime", "nvidia driver", "is debug build",
         "gpu models and configuration", "cuda module loading set to")  # fmt: skip
NOTHING = ("no cuda", "could not collect", "n/a", "none", "not available", "")
_GPU = re.compile(r"GPU \d{1,3}: (?P<name>[A-Za-z][^\n]{1,100}?)\s*(?:\(UUID[^\n]*)?$")
_TOPOLOGY = re.compile(r"<->|\bPIX\b|\bSYS\b|\bNODE\b|\bPHB\b|\bNV\d{1,2}\b|\tX\b")


def read(text: Text, clues: Clues) -> None:
    """Tell what a collect_env report in this text says, however little of it is there."""
    told = [mark for mark in MARKS if text.value(mark) is not None]
    if len(told) < 2 and "cuda used to build pytorch" not in told and "is cuda available" not in told:
        return
    clues.source("collect_env")
    _torch(text, clues)
    tell_os(clues, text.value("os", forms=("colon", "table")))
    libc = text.value("libc") or ""
    tell_python(clues, text.value("python"))
    # Before Python 3.8 this is what the interpreter was built on, not what the system has (platform.libc_ver).
    new = clues.python is None or not re.match(r"2|3\.[4-7](?:\.|$)", clues.python)
    clues.tell(glibc=number_in(libc) if "glibc" in libc and new else None, musl=True if "musl" in libc else None)
    clues.tell(python_platform=text.value("python platform"))
    _gpus(text, clues)
    _cuda(text, clues)
    gcc = text.value("gcc") or ""
    clues.tell(cpu=_processor(text), compiler=gcc if number_in(gcc) else None)
    clues.tell(mps_available=yes_or_no(text.value("is mps available") or ""))


def _torch(text: Text, clues: Clues) -> None:
    clues.tell(torch=version_in(text.value("pytorch", forms=("colon", "table")) or ""))
    available = text.value("is cuda available")
    clues.tell(torch_cuda_available=yes_or_no(available) if available else None)
    built = text.value("cuda used to build pytorch")
    if built is not None:
        clues.tell(torch_cuda=_build(built, clues.torch))
    clues.tell(torch_hip=number_in(text.value("rocm used to build pytorch") or ""))


def _build(words: str, torch: str | None) -> str | Missing | None:
    """The CUDA of the build; a build without; or nothing told."""
    if number := number_in(words):
        return number
    return ABSENT if torch is not None and words.lower() in ("none", "could not collect") else None


def _cuda(text: Text, clues: Clues) -> None:
    driver = text.value("nvidia driver")
    if driver is not None:
        if number := driver_in(driver):
            clues.tell(driver=number, nvidia_answered=True)
        elif driver.lower() in NOTHING:
            clues.tell(driver_told_none=driver or None)
    clues.tell(toolkit=number_in(text.value("cuda runtime") or ""))
    if found := text.search(r"libcudnn\.so\.(\d[\d.]{0,20})|cudnn64_(\d{1,2})", "libcudnn.so", "cudnn64_"):
        clues.tell(cudnn=(found.group(1) or found.group(2)).rstrip("."))


def _gpus(text: Text, clues: Clues) -> None:
    words = text.value("gpu models and configuration")
    if words is None:
        return
    if words.lower() in NOTHING and words:
        clues.tell(gpus_told_none=words)
        return
    start = next(pair.line for pair in text.pairs if pair.label == "gpu models and configuration")
    for line in (words, *text.lines[start + 1 : start + 70]):
        named = _GPU.match(line.strip())
        if named and not _TOPOLOGY.search(line):
            clues.gpu(named.group("name"))
        elif line is not words and line.strip():
            break
    if not clues.gpus and words:
        clues.gpu(words)
    if clues.gpus:
        clues.tell(nvidia_answered=True)


def _processor(text: Text) -> str | None:
    """The CPU's name: lscpu's "Model name", or the only line under "CPU:" (macOS)."""
    name = text.value("model name", "name", forms=("colon",))
    if name and "GPU" not in name:
        return name
    for number, line in enumerate(text.lines[:-1]):
        below = next((one.strip() for one in text.lines[number + 1 : number + 3] if one.strip()), "")
        if line.strip() == "CPU:" and below and ":" not in below and "=" not in below:
            return below
    return None
