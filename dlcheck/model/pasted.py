"""Facts that only a pasted text holds: what it was, the errors in it, and what was being installed or compiled."""

from __future__ import annotations

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, Path


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """A library with compiled code for the GPU, and what it was compiled for."""

    name: str
    """"detectron2", "xformers", "torchvision", "mmcv"."""
    version: str = ""
    built_for_torch: Maybe[str] = NOT_LOOKED
    built_for_cuda: Maybe[str] = NOT_LOOKED
    built_for_python: Maybe[str] = NOT_LOOKED
    architectures: Maybe[tuple[str, ...]] = NOT_LOOKED
    """Compute capabilities it holds code for: ("7.5",)."""
    error: ForeignText = ""
    """What the text says is wrong with it: "undefined symbol: …"."""


class InstallAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An installation that the text shows, and how it went."""

    requirement: ForeignText
    """"torch==2.7.1"."""
    offered: Maybe[tuple[str, ...]] = NOT_LOOKED
    """The versions that the installer said it found; empty: none."""
    failed: bool = True
    index_url: str = ""
    """PyTorch's own index, where that was asked."""
    wheel: str = ""
    """Of a wheel that was refused: for which Python and platform it is, "cp38-win_amd64"."""


class Pasted(msgspec.Struct, frozen=True, kw_only=True):
    """What was recognised in the text."""

    sources: tuple[str, ...] = ()
    """Kinds of text: "collect_env", "nvidia-smi", "pip list" …"""
    errors: tuple[ForeignText, ...] = ()
    """Lines that report an error or a warning, as they stand, in the order of the text; each once."""
    attempts: tuple[InstallAttempt, ...] = ()
    extensions: tuple[Extension, ...] = ()
    missing_libraries: tuple[str, ...] = ()
    """Shared libraries that were looked for and not found: "libcudart.so.11.0", "cudnn64_8.dll"."""
    torch_architectures: tuple[str, ...] = ()
    """What torch says that it was built for: "sm_80", "gfx1100"."""
    toolkit_cuda: Maybe[str] = NOT_LOOKED
    """The CUDA toolkit (nvcc) that the text names; no framework loads it."""
    system_cudnn: Maybe[str] = NOT_LOOKED
    cuda_home: Maybe[Path] = NOT_LOOKED
    stated_cuda: Maybe[str] = NOT_LOOKED
    """A "CUDA version" of which the text does not say whether toolkit, driver or wheel is meant."""
    stated_driver_cuda: Maybe[str] = NOT_LOOKED
    built_from_source: bool = False
    """The framework was compiled by whoever uses it, with what was there: no table of releases says for what."""
    compiled_with: Maybe[str] = NOT_LOOKED
    """The compiler that the text names."""
    not_told: tuple[str, ...] = ()
    """What a reader would want to know and the text does not say: "the NVIDIA driver's version"."""
