"""What people fill in by hand and what libraries print of themselves.

Issue forms, `transformers env`, `accelerate env`, `diffusers-cli env`, a session at a prompt, a line in a sentence:
labels vary; what they mean does not.
"""

from __future__ import annotations

import re

from dlcheck.model.gaps import ABSENT
from dlcheck.observe.importers import labels
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.gpu_names import amd_names, nvidia_names
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import DRIVER, VERSION, cuda_in, driver_in, version_in, yes_or_no


def read(text: Text, clues: Clues) -> None:
    """Tell what labelled values and short phrases say of frameworks, CUDA, driver and GPU."""
    _torch(text, clues)
    _tensorflow(text, clues)
    _cuda(text, clues)
    _driver(text, clues)
    _available(text, clues)
    _jax(text, clues)
    _variables(text, clues)
    _gpus(text, clues)
    for words in text.values("tensorflow installed from", "how you installed pytorch", "how you installed"):
        clues.tell(from_source=bool(re.match(r"\W{0,3}(?:from )?source\b", words, re.I)))


def _torch(text: Text, clues: Clues) -> None:
    for words in text.values(*labels.TORCH):
        if re.match(r"\W{0,3}(?:py)?torch? ?v?\d|\W{0,12}\d|(?:stable|nightly|latest|version)\W{1,4}\d", words, re.I):
            _told_torch(clues, words)
    found = text.search(
        rf"\b(?:[Pp]y ?[Tt]orch|torch)(?: version| package| build)?"
        rf"(?: is)?(?:[ :=@(\[]{{1,4}}|-)(?:version )?v?{VERSION}"
        r"(?![\w.]*\.whl)",
        "torch",
    )
    if found and (not re.match(r"[\w ]*==", found.group(0)) or not clues.attempts):
        _told_torch(clues, found.group(1))
    for name, names in (("torchvision", labels.TORCHVISION), ("torchaudio", labels.TORCHAUDIO)):
        for words in text.values(*names):
            if re.match(r"\W{0,3}(?:torch\w{4,6} ?)?v?\d", words):
                clues.tell(**{name: version_in(words)})
        if found := text.search(rf"\b{name}(?: version)?[ :]{{1,3}}v?{VERSION}", name):
            clues.tell(**{name: found.group(1)})
    _local_tag(clues)
    for words in text.values(*labels.TORCH_CUDA):
        if words.lower() == "none":
            clues.tell(torch_cuda=ABSENT)
        clues.tell(torch_cuda=cuda_in(words))
    if found := text.search(
        r"PyTorch has\s{1,3}CUDA\s{1,3}Version=(\d{1,2}\.\d)\s{1,3}and\s{1,3}torchvision\s{1,3}has"
        r"\s{1,3}CUDA\s{1,3}Version=(\d{1,2}\.\d)",
        "pytorch has",
    ):
        clues.tell(torch_cuda=found.group(1), torchvision_cuda=found.group(2))
    if told := text.search(
        r"Torch not compiled with CUDA enabled|module 'torch\._C' has no attribute '_cuda_(?:set|get)Device\w{0,8}'",
        "not compiled with cuda",
        "has no attribute '_cuda_",
    ):
        clues.source("form")
        clues.tell(torch_cuda=ABSENT, torch_cuda_available=False)
        if not any(told.group(0) in line for line in clues.errors):
            clues.errors.append(told.group(0))  # in a heading, or within a sentence


def _told_torch(clues: Clues, words: str) -> None:
    version = version_in(words)
    if version and re.match(r"[012]\.", version):
        clues.source("form")
        clues.tell(torch=version)
        if flag := re.search(r"\((True|False)\)", words):
            clues.tell(torch_cuda_available=flag.group(1) == "True")


def _local_tag(clues: Clues) -> None:
    """What "+cu121", "+cpu" or "+rocm6.0" in torch's version say of the build."""
    listed = clues.listed("torch", "pytorch")
    version = clues.torch or (listed.version if listed else "")
    tag = version.partition("+")[2]
    if found := re.match(r"cu(\d{2,3})$", tag):
        clues.tell(torch_cuda=f"{found.group(1)[:-1]}.{found.group(1)[-1]}")
    elif tag == "cpu":
        clues.tell(torch_cuda=ABSENT)
    elif found := re.match(r"rocm(\d[\d.]*)", tag):
        clues.tell(torch_hip=found.group(1), torch_cuda=ABSENT)


def _tensorflow(text: Text, clues: Clues) -> None:
    for words in text.values(*labels.TENSORFLOW):
        if re.match(r"\W{0,3}(?:tf|tensorflow|version|v)?(?:[-_ ][cg]pu)?[ =:.-]{0,4}v?\d\.\d", words, re.I):
            clues.source("form")
            clues.tell(tensorflow=version_in(words))
            if flag := re.search(r"\((True|False)\)", words):
                clues.tell(tensorflow_gpus=int(flag.group(1) == "True"))
    if found := text.search(
        rf"\b(?:[Tt]ensor ?[Ff]low(?:[-_]gpu|[-_]cpu)?|tf)(?: version)?[ :]{{1,3}}v?{VERSION}",
        "tensorflow",
        "tensor flow",
        "tf ",
    ):
        clues.source("form")
        clues.tell(tensorflow=found.group(1))


def _cuda(text: Text, clues: Clues) -> None:
    for words in text.values(*labels.CUDA):
        if re.match(r"(?:N/?A|none|no)\b", words, re.I):
            continue
        clues.tell(stated_cuda=cuda_in(words), driver=driver_in(words))
        if cudnn := re.search(
            r"(?:cudnn|[/,|&;+]|and)[ :=v]{0,4}(\d{1,2}\.\d{1,2}(?:\.\d{1,3}){0,2})\W{0,3}$", words, re.I
        ):
            clues.tell(cudnn=cudnn.group(1))
    for words in text.values(*labels.CUDNN):
        if found := re.match(r"\W{0,3}(?:cudnn)?[ v]{0,2}(\d{1,2}(?:\.\d{1,3}){1,3})", words, re.I):
            clues.tell(cudnn=found.group(1))
    if found := text.search(
        r"(?<![\w/])[Cc]u[Dd][Nn][Nn](?: version)?[ :=v-]{0,4}([4-9]\.\d{1,2}(?:\.\d{1,3})?)\b", "cudnn"
    ):
        clues.tell(cudnn=found.group(1))
    if found := text.search(
        r"Cuda compilation tools, release (\d{1,2}\.\d)|nvcc[^\n]{0,60}?(?:release |V|version )(\d{1,2}\.\d)",
        "release",
        "nvcc",
    ):
        clues.source("nvcc")
        clues.tell(toolkit=found.group(1) or found.group(2))
    if found := text.search(
        r"\bCUDA[ -]?(?:[Vv]ersion|[Tt]oolkit|[Rr]untime)?[ :=v-]{0,4}(\d{1,2}\.\d)(?:\.\d{1,4})?\b(?![.\d])", "cuda"
    ):
        clues.tell(stated_cuda=cuda_in(found.group(1)))
    clues.tell(cuda_home=text.value("cuda home", "cuda path", "export cuda home") or None)


def _driver(text: Text, clues: Clues) -> None:
    for words in text.values(*labels.DRIVER):
        clues.tell(driver=driver_in(words))
    if found := text.search(
        rf"\b[Dd]rivers?(?: [Vv]ersion)?[ :=(v]{{0,5}}(?:NVIDIA[ -])?{DRIVER}|\bnvidia-(?:driver-)?{DRIVER}",
        "driver",
        "nvidia-",
    ):
        clues.tell(driver=found.group(1) or found.group(2))


def _available(text: Text, clues: Clues) -> None:
    for words in text.values(*labels.CUDA_AVAILABLE):
        clues.tell(torch_cuda_available=yes_or_no(words))
    if found := text.search(
        r"torch\.cuda\.is_available\(\)\)?[\"'`]?\s{0,3}(?:returns?|is|gives?|shows?|prints?|->|=>"
        r"|[:=]{1,2})?\W{0,6}(True|False)",
        "is_available",
        flags=re.I,
    ):
        clues.tell(torch_cuda_available=found.group(1).lower() == "true")
    for words in text.values(*labels.MPS_AVAILABLE):
        clues.tell(mps_available=yes_or_no(words))
    if found := text.search(
        r"mps\.is_available\(\)\)?[\"'`]?\s{0,3}(?:returns?|is|gives?|->|=>|[:=]{1,2})?\W{0,6}(True|False)",
        "mps.is_available",
    ):
        clues.tell(mps_available=found.group(1) == "True")
    if found := text.search(
        r"current PyTorch install(?:ation)? supports CUDA capabilities ((?:\W{0,3}(?:sm|compute)_\w{2,5}){1,30})",
        "supports cuda capabilities",
    ):
        clues.tell(torch_archs=tuple(re.findall(r"(?:sm|compute)_\w{2,5}", found.group(1))))
    _capability_words(text, clues)
    if found := text.search(
        r"get_arch_list\(\)[^\n]{0,20}\n?[^\n]{0,20}?\[((?:[ '\",]{0,4}(?:sm|compute|gfx)_?\w{2,6}){1,30})",
        "get_arch_list",
    ):
        clues.tell(torch_archs=tuple(re.findall(r"(?:sm|compute)_\w{2,5}|gfx\w{3,6}", found.group(1))))


def _capability_words(text: Text, clues: Clues) -> None:
    """PyTorch's words from 2.10 on: "Found GPU0 Tesla P100 which is of compute capability (CC) 6.0", and its list."""
    found = text.search(
        r"Found GPU\d{1,2} (?P<name>[^\n]{1,60}) which is of compute capability \(CC\) (?P<cc>\d{1,2}\.\d)",
        "compute capability (cc)",
    )
    if found is None:
        return
    major, minor = found.group("cc").split(".")
    if not clues.gpus:
        clues.gpu(found.group("name"), capability=(int(major), int(minor)))
    built = text.findall(r"- (\d{1,2}\.\d) which supports hardware CC", "supports hardware cc")
    clues.tell(torch_archs=tuple(f"sm_{one.group(1).replace('.', '')}" for one in built) or None)


def _jax(text: Text, clues: Clues) -> None:
    if not text.has("jax"):
        return
    for name in ("jax", "jaxlib"):
        for words in text.values(name):
            if re.match(r"v?\d\.\d", words):
                clues.source("jax")
                clues.tell(**{name: version_in(words)})
    if found := text.search(
        r"default_backend\(\)\W{0,8}(\w{3,8})|jax\.devices[^\n]{0,40}?\[(Cpu|Cuda|Tpu|Rocm)Device",
        "default_backend",
        "jax.devices",
    ):
        clues.tell(jax_backend=(found.group(1) or found.group(2)).lower())


def _variables(text: Text, clues: Clues) -> None:
    for name in labels.VARIABLES:
        if name in text.whole:
            found = text.search(
                rf"(?:echo \$\{{?{name}\}}?[ \t]*\n|\b{name}(?:[\"']\])?[ \t]?[=:][ \t]*[\"']?)([^\n\"']{{0,2000}})"
            )
            value = found.group(1).strip() if found else ""
            if found and value.lower() not in ("<not set>", "not set", "none", ""):
                clues.variables.setdefault(name, value)


def _gpus(text: Text, clues: Clues) -> None:
    """GPUs that a label introduces, then those whose product name stands anywhere; and what is said of one of them."""
    if not clues.gpus:
        labelled = [words for words in text.values(*labels.GPU) if words]
        named = [one for words in labelled for one in nvidia_names(words)]
        for name, count in _once(named) or nvidia_names(text.whole):
            for _ in range(count):
                clues.gpu(name)
    if not clues.amd_names:
        clues.amd_names.extend(
            amd_names(text.whole)[:8] if text.has("radeon", "instinct", "mi2", "mi3", "rx ", "rx7", "vega") else []
        )
    if found := text.search(
        r"CUDA capability sm_(\d{2,3})|is of cuda capability (\d{1,2})\.(\d)|compute capability:? (\d{1,2})\.(\d)",
        "capability",
    ):
        digits = [group for group in found.groups() if group]
        pair = (int(digits[0][:-1]), int(digits[0][-1])) if len(digits) == 1 else (int(digits[0]), int(digits[1]))
        if len({gpu.name for gpu in clues.gpus}) == 1:
            for gpu in clues.gpus:
                gpu.capability = gpu.capability or pair
        elif not clues.gpus and not clues.amd_names:
            clues.gpu("an NVIDIA GPU", capability=pair)


def _once(named: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Each name once, with the greatest count that was told of it."""
    counts: dict[str, int] = {}
    for name, count in named:
        counts[name] = max(counts.get(name, 0), count)
    return [(name, count) for name, count in counts.items() if name != "DGX Spark" or len(counts) == 1]
