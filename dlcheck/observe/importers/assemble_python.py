"""Clues → the facts of packages and frameworks."""

from __future__ import annotations

import re
from typing import Any

from dlcheck.model.devices import ArrayDevice
from dlcheck.model.frameworks import Jax, Libraries, LibraryImport, TensorFlow, Torch
from dlcheck.model.gaps import ABSENT, Ending, Missing, Probed, seen, unseen
from dlcheck.model.python import Build, CondaPackage, Distribution, ExtraRequirement, Packages
from dlcheck.observe.importers.clues import NOT_TOLD, Clues, Crash, FailedImport
from dlcheck.observe.importers.gaps import not_told, told
from dlcheck.observe.importers.words import cuda_of_tag

TENSORFLOWS = ("tensorflow", "tensorflow-gpu", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly")
FRAMEWORKS = {"torch": "torch", "tensorflow": "tensorflow", "jax": "jax", "jaxlib": "jax"}
_REQUIREMENT = r"([A-Za-z][\w.-]{0,60}?)(?:\[[^\]]{0,60}\])?\s*(?:[=<>~!]=?.*)?$"


def torch_version(clues: Clues) -> str | None:
    """The version that was told outright, else the one that is listed."""
    listed = clues.listed("torch") or clues.listed("pytorch")
    return clues.torch or (listed.version if listed else None)


def torch_cuda(clues: Clues) -> str | Missing | None:
    """The CUDA of torch's build, told outright, or by the tag or conda build string of the list."""
    if clues.torch_cuda is not None:
        return clues.torch_cuda
    for one in clues.installed:
        if one.name in ("torch", "pytorch") and (cuda := _cuda_of(one.version, one.build)):
            return cuda
    listed = clues.listed("pytorch-cuda", "cudatoolkit")
    return ".".join(listed.version.split(".")[:2]) if listed else None


def _cuda_of(version: str, build: str) -> str | Missing | None:
    """The CUDA in a local tag ("0.4.0+cu92") or a conda build string ("py3.7_cuda10.1.243_cudnn7.6.3_0")."""
    tag = version.partition("+")[2]
    if tag == "cpu" or re.search(r"(?:^|_)cpu(?:_|$)", build):
        return ABSENT
    return cuda_of_tag(tag) or cuda_of_tag(build)


def packages(clues: Clues) -> Probed[Packages]:
    """What is listed, and the builds of the frameworks."""
    version = torch_version(clues)
    told_of = (
        clues.installed,
        version,
        clues.torchvision,
        clues.tensorflow,
        clues.failed_imports,
        clues.absent,
        clues.shadows,
        clues.unsatisfied,
        clues.search_path,
    )
    if not any(told_of) and clues.torch_cuda is None and not clues.tensorflow_shown:
        return not_told()
    builds = []
    if version or clues.torch_cuda is not None:
        listed = clues.listed("torch")
        builds.append(
            Build(
                name="torch",
                location=clues.torch_location or "",
                version=told(version),
                cuda=told(torch_cuda(clues)),
                hip=told(clues.torch_hip),
                metadata_version=listed.version if listed else "",
            )
        )
    for name, partner, cuda in (
        ("torchvision", clues.torchvision, clues.torchvision_cuda),
        ("torchaudio", clues.torchaudio, clues.torchaudio_cuda),
    ):
        asked = _asked_for(name, clues)
        if partner or cuda is not None or asked:
            tagged = _cuda_of(partner or "", "") or asked
            builds.append(Build(name=name, location="", version=told(partner), cuda=told(cuda or tagged)))
    return seen(
        Packages(
            distributions=(*_distributions(clues), *_told_outright(clues)),
            builds=tuple(builds),
            unsatisfied=tuple(clues.unsatisfied),
            conda=tuple(
                CondaPackage(name=one.name, version=one.version, build=one.build, channel=one.channel)
                for one in clues.installed
                if one.installer == "conda"
            ),
        )
    )


def _asked_for(partner: str, clues: Clues) -> str | None:
    """The CUDA whose runtime a partner's failed import asks for, where that is not the one of torch's build."""
    ours = torch_cuda(clues)
    for one in clues.failed_imports:
        found = re.search(r"libcudart\.so\.(\d{1,2})(\.\d)?", one.message) if one.module == partner else None
        if found and ours is not None:
            asked = found.group(1) + (found.group(2) or ".0")
            # Of CUDA 11 and newer one file serves all minor versions.
            same = isinstance(ours, str) and ours.split(".")[: 1 if int(found.group(1)) >= 11 else 2]
            return None if same == asked.split(".")[: len(same or ())] and same else asked
    return None


def _distributions(clues: Clues) -> list[Distribution]:
    return [
        Distribution(name=one.name, version=one.version, installer=one.installer, tag=one.build)
        for one in clues.installed
    ]


def _told_outright(clues: Clues) -> list[Distribution]:
    """Frameworks whose version was told, and that no list holds."""
    told_ones = (("torch", clues.torch, ("torch", "pytorch")), ("tensorflow", clues.tensorflow, TENSORFLOWS))
    return [
        Distribution(name=name, version=version)
        for name, version, names in told_ones
        if version and clues.listed(*names) is None
    ]


def requirements(clues: Clues) -> Probed[tuple[ExtraRequirement, ...]]:
    """What was to be installed and could not be: required, and not there."""
    failed = []
    for attempt in clues.attempts:
        found = re.match(_REQUIREMENT, attempt.requirement)
        if attempt.failed and found:
            name = re.sub(r"[-_.]+", "-", found.group(1)).lower()
            failed.append(ExtraRequirement(requirement=attempt.requirement, name=name))
    failed += [ExtraRequirement(requirement=name, name=name) for name in clues.absent if name in FRAMEWORKS]
    if clues.ended_by is not None and clues.listed(clues.ended_by) is None and clues.ended_by not in FRAMEWORKS:
        failed.append(ExtraRequirement(requirement=clues.ended_by, name=clues.ended_by))
    return seen(tuple(failed)) if failed else not_told()


def torch(clues: Clues) -> Probed[Torch]:
    """PyTorch as the text tells it: it answered, its import failed, or it is not there."""
    if clues.crashed is not None and clues.crashed.module == "torch":
        return _crashed(clues.crashed)
    failed = _failed("torch", clues)
    version = torch_version(clues)
    answered = clues.torch_cuda_available is not None or clues.torch is not None
    if failed is not None and clues.torch_cuda_available is None:
        return Probed(missing=Missing("broken", f"{failed.kind}: {failed.message}", failed.kind))
    if version is None or not answered:
        return unseen("absent", "No module named 'torch'") if "torch" in clues.absent else not_told()
    devices = [ArrayDevice(name="cpu", kind="cpu")]
    if clues.torch_cuda_available:
        devices.append(ArrayDevice(name="cuda:0", kind="rocm" if clues.torch_hip else "cuda"))
    return seen(
        Torch(
            version=version,
            cuda=told(torch_cuda(clues)),
            hip=told(clues.torch_hip),
            cuda_available=told(clues.torch_cuda_available),
            cuda_reason=clues.torch_reason or "",
            arch_list=told(clues.torch_archs),
            mps_built=told(clues.mps_built),
            mps_available=told(clues.mps_available),
            devices=tuple(devices),
            missing_libraries=tuple(clues.missing_libraries),
        )
    )


def tensorflow(clues: Clues) -> Probed[TensorFlow]:
    """TensorFlow as the text tells it."""
    if clues.crashed is not None and clues.crashed.module == "tensorflow":
        return _crashed(clues.crashed)
    failed = _failed("tensorflow", clues)
    listed = clues.listed(*TENSORFLOWS)
    version = clues.tensorflow or (listed.version if listed else None)
    if failed is not None and clues.tensorflow_gpus is None:
        return Probed(missing=Missing("broken", f"{failed.kind}: {failed.message}", failed.kind))
    if version is None and not clues.tensorflow_shown:
        return unseen("absent", "No module named 'tensorflow'") if "tensorflow" in clues.absent else not_told()
    reasons = [line for line in clues.errors if "dso_loader" in line or "dlerror" in line or "dlopen" in line]
    devices = [ArrayDevice(name=f"GPU:{index}", kind="cuda") for index in range(min(clues.tensorflow_gpus or 0, 64))]
    cpu_build = listed is not None and listed.name in ("tensorflow-cpu", "tensorflow-intel", "tensorflow-macos")
    return seen(
        TensorFlow(
            version=version or "",
            cuda=told(clues.tensorflow_cuda),
            cudnn=told(clues.tensorflow_cudnn),
            gpu_build=False if cpu_build else NOT_TOLD,
            gpu_reason="\n".join(reasons[:8]),
            devices=(ArrayDevice(name="CPU:0", kind="cpu"), *devices) if clues.tensorflow_gpus is not None else (),
        )
    )


def jax(clues: Clues) -> Probed[Jax]:
    """JAX as the text tells it."""
    listed = clues.listed("jax")
    version = clues.jax or (listed.version if listed else None)
    if clues.crashed is not None and clues.crashed.module == "jax":
        return _crashed(clues.crashed)
    failed = _failed("jax", clues)
    if failed is not None:
        return Probed(missing=Missing("broken", f"{failed.kind}: {failed.message}", failed.kind))
    return seen(Jax(version=version, backend=told(clues.jax_backend))) if version else not_told()


def libraries(clues: Clues) -> Probed[Libraries]:
    """Other libraries whose import failed."""
    others = [one for one in clues.failed_imports if one.module not in FRAMEWORKS]
    if not others:
        return not_told()
    return seen(
        Libraries(
            imported=tuple(
                LibraryImport(name=one.module, module=one.module, error=f"{one.kind}: {one.message}") for one in others
            )
        )
    )


def _crashed(crash: Crash) -> Probed[Any]:
    ending = Ending(words=crash.words, signal=crash.signal, stage=f"importing {crash.module}")
    return Probed(missing=Missing("crashed", crash.words), ending=ending)


def _failed(framework: str, clues: Clues) -> FailedImport | None:
    absent = f"No module named '{framework}'"
    return next(
        (
            one
            for one in clues.failed_imports
            if FRAMEWORKS.get(one.module) == framework and not one.message.startswith(absent)
        ),
        None,
    )
