"""What a wheel of PyTorch says of itself, and which builds PyTorch's own wheel index has."""

from __future__ import annotations

import re
from urllib.parse import unquote

from dlcheck.judge.knowledge.torch_releases import variant_of_cuda
from dlcheck.judge.knowledge.versions import dotted, numbers
from scripts.refresh.package_index import File, Index

ADDRESS = "https://download.pytorch.org/whl/torch/"
VARIANT = re.compile(r"cpu|xpu|cu\d{2,3}|rocm\d+(?:\.\d+)+")
LINK = re.compile(r"torch-(\d+(?:\.\d+)+)\+([\w.]+)-[\w.-]+\.whl")
ASSIGNED = r"(?m)^{name}\s*(?::[^=\n]*)?=\s*(?:'([\d.+\w]*)'|\"([\d.+\w]*)\"|None)"
VERSION_AT_MOST = 64 * 1024
LIBRARY_AT_MOST = 256 * 2**20
FLAGS = re.compile(rb"(?:sm|compute)_\d{2,3}[af]?(?: (?:sm|compute)_\d{2,3}[af]?)+\0")
"""What torch.cuda.get_arch_list() returns, as the compiler left it in the library: two or more in one text."""


def default_build(name: str, wheel: File, index: Index) -> str:
    """The build that the index serves for a platform, by the wheel's own torch/version.py. Raises Unreadable."""
    if name == "macos-arm64":
        return "mps"
    return build_of(index.member(wheel, "torch/version.py", VERSION_AT_MOST).decode("utf-8", "replace"))


def build_of(version_file: str) -> str:
    """The name of a build by its torch/version.py: "cu130", "rocm7.2", "xpu" or "cpu"."""
    told = {}
    for name in ("cuda", "hip", "xpu"):
        found = re.search(ASSIGNED.format(name=name), version_file)
        told[name] = next((one for one in found.groups() if one), "") if found else ""
    if told["cuda"]:
        return variant_of_cuda(told["cuda"])
    if told["hip"]:
        return f"rocm{dotted(numbers(told['hip'])[:2])}"
    return "xpu" if told["xpu"] else "cpu"


def arch_list(wheel: File, index: Index) -> tuple[str, ...]:
    """The architectures that a CUDA build holds code for, read out of the library that answers for them.

    Raises Unreadable. Empty where the library holds no such list.
    """
    return architectures(index.member(wheel, "torch/lib/libtorch_python.so", LIBRARY_AT_MOST))


def architectures(library: bytes) -> tuple[str, ...]:
    """The list in the library: the longest that stands there as one text."""
    found = sorted((one.group().rstrip(b"\0") for one in FLAGS.finditer(library)), key=len)
    return tuple(found[-1].decode().split()) if found else ()


def variants_of(page: str) -> dict[str, list[str]]:
    """Version → builds, out of the page of torch on PyTorch's wheel index: CPU, CUDA, ROCm, XPU, each by its number."""
    found: dict[str, set[str]] = {}
    for version, label in LINK.findall(unquote(page)):
        if VARIANT.fullmatch(label):
            found.setdefault(version, set()).add(label)
    return {version: sorted(labels, key=_rank) for version, labels in found.items()}


def _rank(variant: str) -> tuple[int, tuple[int, ...]]:
    kind = re.match(r"[a-z]+", variant)
    order = ("cpu", "cu", "rocm", "xpu")
    digits = re.sub(r"^[a-z]+", "", variant)
    return order.index(kind.group() if kind else ""), numbers(digits)
