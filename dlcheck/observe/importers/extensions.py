"""Libraries with compiled GPU code, as their reports tell them: detectron2, mmcv, xFormers, DeepSpeed, wheel tags."""

from __future__ import annotations

import re

from dlcheck.model.gaps import NOT_LOOKED, Maybe
from dlcheck.model.pasted import Extension
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import cuda_in, cuda_of_tag, driver_in, number_in, version_in, yes_or_no

_TABLE = ("columns", "table")
REFUSES = "can't load its extensions"
_GPU_LABEL = re.compile(r"gpu [\d ]{1,60}")


def read(text: Text, clues: Clues) -> None:
    """Tell what these reports say of the extension, of torch and of the GPUs."""
    _detectron2(text, clues)
    _mmcv(text, clues)
    _xformers(text, clues)
    _deepspeed(text, clues)
    _tagged(text, clues)


def _detectron2(text: Text, clues: Clues) -> None:
    if text.value("detectron2 arch flags", "detectron2 env module", "detectron2 compiler") is None:
        return
    clues.source("detectron2")
    clues.tell(
        torch=_first_version(text.value("pytorch", forms=_TABLE)),
        torchvision=_first_version(text.value("torchvision", forms=_TABLE)),
        torch_cuda_available=yes_or_no(text.value("gpu available") or ""),
        driver=driver_in(text.value("driver") or ""),
        cuda_home=_path(text.value("cuda home")),
    )
    for pair in text.pairs:
        if pair.form in _TABLE and _GPU_LABEL.fullmatch(pair.label):
            _gpus(clues, pair.label, pair.value)
    compiler = text.value("detectron2 cuda compiler", "cuda compiler") or ""
    built = cuda_in(compiler)
    broken = text.value("detectron2 c") or ""
    clues.tell(toolkit=built)
    clues.extensions.append(
        Extension(
            name="detectron2",
            version=_first_version(text.value("detectron2", forms=_TABLE)) or "",
            # With no compiled ops the table shows the compiler on PATH, not the one that built them.
            built_for_cuda=built if built and not broken else NOT_LOOKED,
            architectures=_flags(text.value("detectron2 arch flags")),
            error=broken,
        )
    )
    if flags := text.value("torchvision arch flags"):
        clues.extensions.append(
            Extension(name="torchvision", version=clues.torchvision or "", architectures=_flags(flags))
        )


def _gpus(clues: Clues, label: str, words: str) -> None:
    """A row such as "GPU 0,1    GeForce GTX TITAN X (arch=5.2)"."""
    architecture = re.search(r"\(arch=(\d{1,2})\.(\d)\)", words)
    capability = (int(architecture.group(1)), int(architecture.group(2))) if architecture else None
    name = words.partition(" (arch")[0]
    if re.match(r"(?:no|none|false|true|\d+$)\b", name, re.I):
        return
    for _ in re.findall(r"\d+", label):
        clues.gpu(name[:100], capability=capability)


def _flags(words: str | None) -> Maybe[tuple[str, ...]]:
    return tuple(re.findall(r"\b\d{1,2}\.\d\b", words or "")) or NOT_LOOKED


def _mmcv(text: Text, clues: Clues) -> None:
    compiler = text.value("mmcv cuda compiler", "mmdetection cuda compiler", "mmcv cuda")
    if compiler is None and text.value("mmcv compiler", "mmcv") is None:
        return
    clues.source("mmcv")
    version = version_in(text.value("mmcv", "mmcv full") or "")
    if version:
        built = cuda_in(compiler or "")
        clues.extensions.append(Extension(name="mmcv", version=version, built_for_cuda=built or NOT_LOOKED))
    clues.tell(torch=_first_version(text.value("pytorch")), torchvision=_first_version(text.value("torchvision")))
    clues.tell(
        torch_cuda_available=yes_or_no(text.value("cuda available") or ""), cuda_home=_path(text.value("cuda home"))
    )
    if not clues.gpus:
        for pair in text.pairs:
            if pair.form == "colon" and _GPU_LABEL.fullmatch(pair.label):
                _gpus(clues, pair.label, pair.value)
    if runtime := text.search(r"^[ \t]*-[ \t]*CUDA Runtime (\d{1,2}\.\d)", "cuda runtime", flags=re.M):
        clues.tell(torch_cuda=runtime.group(1))
    if nvcc := re.search(r"(?:release |V)(\d{1,2}\.\d)", text.value("nvcc") or ""):
        clues.tell(toolkit=nvcc.group(1))


def _xformers(text: Text, clues: Clues) -> None:
    built = text.search(
        r"xFormers was built for:[\s`*]{0,12}PyTorch[ :]{1,3}(?P<torch>\d\S{0,30})(?: with CUDA (?P<cuda>\w{1,6}))?"
        r"(?:[^\n(]{0,20}\(you (?:currently )?have (?P<here>[^\s)]{1,40})\))?"
        r"(?:\s{1,10}Python[ :]{1,3}(?P<python>\d\S{0,12})(?: \(you (?:currently )?have (?P<python_here>"
        r"[^\s)]{1,12})\))?)?",
        "xformers was built for",
    )
    if built is None:
        return
    clues.source("xformers")
    clues.tell(torch=built["here"], python=built["python_here"])
    cuda = built["cuda"] or ""
    version = text.search(r"xFormers (\d\S{0,30})", "xformers")
    clues.extensions.append(
        Extension(
            name="xformers",
            version=version.group(1) if version else "",
            built_for_torch=built["torch"],
            built_for_cuda=f"{int(cuda) // 100}.{int(cuda) % 100}" if re.fullmatch(r"\d{3,4}", cuda) else NOT_LOOKED,
            built_for_python=built["python"] or NOT_LOOKED,
            error=REFUSES if text.search(r"can'?t load C\+\+/CUDA extensions", "cuda extensions") else "",
        )
    )


def _deepspeed(text: Text, clues: Clues) -> None:
    version = text.value("torch", forms=("columns",))
    if not version or text.value("deepspeed", "deepspeed install path", "deepspeed wheel compiled w") is None:
        return
    clues.source("ds_report")
    cuda, hip, nvcc = (text.value(label) or "" for label in ("torch cuda", "torch hip", "nvcc"))
    clues.tell(torch=version_in(version), torch_cuda=cuda_in(cuda), torch_hip=number_in(hip), toolkit=cuda_in(nvcc))
    wheel = re.search(r"torch (\d[\d.]*\d), cuda (\d[\d.]*\d)", text.value("deepspeed wheel compiled w") or "")
    if wheel and wheel.group(1) != "0.0" and wheel.group(2) != "0.0":
        clues.extensions.append(
            Extension(name="deepspeed", built_for_torch=wheel.group(1), built_for_cuda=wheel.group(2))
        )


def _tagged(text: Text, clues: Clues) -> None:
    """Versions whose local part names the torch they were built for: "2.1.2+pt20cu118", "2.6.3+cu12torch2.3"."""
    known = {one.name for one in clues.extensions}
    tag = (
        r"(?P<version>\d[\d.]{0,16}(?:\.post\d)?)\+(?P<tag>(?:pt\d{2,3}(?:cu\d{2,3}|cpu)?"
        r"|cu\d{2,3}torch\d\.\d{1,2}|torch\d\.\d{1,2}cu\d{2,3})\w{0,30})"
    )
    for found in text.findall(
        rf"\b(?P<name>[A-Za-z][\w-]{{1,40}})(?:`?,?[ \t]{{0,40}}(?:version)?[ \t:=]{{0,40}}|-){tag}",
        "+pt",
        "+cu",
        "+torch",
    ):
        name = re.sub(r"[-_.]+", "-", found["name"]).lower().strip("-")
        if name in known or name in ("torch", "version"):
            continue
        known.add(name)
        torch = re.search(r"torch(\d\.\d{1,2})", found["tag"]) or re.search(r"pt(\d)(\d{1,2})", found["tag"])
        line = ".".join(torch.groups()) if torch else ""
        clues.extensions.append(
            Extension(
                name=name,
                version=f"{found['version']}+{found['tag']}",
                built_for_torch=line or NOT_LOOKED,
                built_for_cuda=cuda_of_tag(found["tag"]) or NOT_LOOKED,
            )
        )


def _first_version(words: str | None) -> str | None:
    found = re.match(r"v?(\d{1,4}\.\d[\w.+]{0,40})", words or "")
    return found.group(1) if found else None


def _path(words: str | None) -> str | None:
    return words if words and re.search(r"[/\\]", words) else None
