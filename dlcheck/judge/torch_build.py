"""Which build of PyTorch the judged interpreter has, told by the import or, where there was none, by its files."""

from __future__ import annotations

import msgspec

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.knowledge.cubin import Capability, machine_code, ptx
from dlcheck.judge.knowledge.torch_releases import (
    code_in,
    cuda_of,
    gfx_in,
    platform_of,
    release_of,
    variant_of_cuda,
)
from dlcheck.judge.knowledge.versions import dotted, numbers
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Maybe, Missing, known
from dlcheck.model.profile import Accelerator, Profile
from dlcheck.model.python import Build
from dlcheck.model.snapshot import Snapshot


class TorchBuild(msgspec.Struct, frozen=True, kw_only=True):
    """A build of PyTorch."""

    version: str
    cuda: str = ""
    """"13.0"; "" in a build without CUDA."""
    hip: str = ""
    xpu: str = ""
    codes: tuple[Capability, ...] | None = None
    """Compute capabilities with machine code; None where nobody knows."""
    ptx: tuple[Capability, ...] = ()
    gfx: tuple[str, ...] | None = None
    told_by: str = ""
    """Where the codes come from, in words."""
    kind_known: bool = True
    """False: nobody told for which device it is built."""
    guessed: bool = False
    """Nobody told for which CUDA it is built: it is taken for what the package index serves."""

    @property
    def is_cpu(self) -> bool:
        """Has it no accelerator's code?"""
        return self.kind_known and not (self.cuda or self.hip or self.xpu)

    @property
    def words(self) -> str:
        """For a person: "PyTorch 2.13.0, built for CUDA 13.0"."""
        plain = f"PyTorch {self.version}"
        if self.cuda:
            return f"{plain}, built for CUDA {self.cuda}"
        if self.hip:
            return f"{plain}, built for ROCm {self.hip}"
        if self.xpu:
            return f"{plain}, built for Intel XPU"
        return f"{plain}, built for the CPU" if self.is_cpu else plain


def torch_build(snapshot: Snapshot) -> TorchBuild | None:
    """The build; None where no torch is there or its version could not be read."""
    torch, packages = snapshot.torch.value, snapshot.packages.value
    build = packages.build("torch") if packages else None
    if torch is not None:
        return _imported(torch, snapshot)
    if build is None or not build.has_code or isinstance(build.version, Missing):
        return None
    return _of_files(build, snapshot)


def is_asked_for(kind: Accelerator, profile: Profile, snapshot: Snapshot) -> bool:
    """Does the profile expect this accelerator, or is the PyTorch that is there built for it?"""
    build = torch_build(snapshot)
    built = build is not None and bool({"cuda": build.cuda, "rocm": build.hip, "xpu": build.xpu}.get(kind))
    return built or is_expected(kind, profile, snapshot)


def _imported(torch: Torch, snapshot: Snapshot) -> TorchBuild:
    cuda, hip, xpu = _text(torch.cuda), _text(torch.hip), _text(torch.xpu)
    archs = known(torch.arch_list) or ()
    if cuda and archs:
        return TorchBuild(
            version=torch.version, cuda=cuda, codes=machine_code(archs), ptx=ptx(archs), told_by="torch's own list"
        )
    if hip and archs:
        gfx = tuple(arch.split(":")[0] for arch in archs)
        return TorchBuild(version=torch.version, hip=hip, gfx=gfx, told_by="torch's own list")
    plain = TorchBuild(version=torch.version, cuda=cuda, hip=hip, xpu=xpu, kind_known=_is_told(torch))
    return _with_table(plain, snapshot)


def _of_files(build: Build, snapshot: Snapshot) -> TorchBuild:
    cuda, hip, xpu = _text(build.cuda), _text(build.hip), _text(build.xpu)
    plain = TorchBuild(version=_text(build.version), cuda=cuda, hip=hip, xpu=xpu, kind_known=_is_told(build))
    return _with_table(plain, snapshot)


def _is_told(facts: Torch | Build) -> bool:
    """Does it say for which device it is built, or that it is built for none?"""
    return not all(isinstance(one, Missing) and one.gap == "not-looked" for one in (facts.cuda, facts.hip, facts.xpu))


def _with_table(build: TorchBuild, snapshot: Snapshot) -> TorchBuild:
    """The codes by the table, where it is one of PyTorch's own builds: not conda's, not NVIDIA's, not a nightly."""
    packages, os = snapshot.packages.value, snapshot.os.value
    if not build.kind_known and snapshot.depth == "pasted":
        build = _by_release(build, snapshot)
    distribution = packages.find("torch") if packages else None
    variant = variant_of_cuda(build.cuda) if build.cuda else ""
    label = build.version.partition("+")[2]
    plain = build.version.partition("+")[0].replace(".", "").isdigit()
    if build.hip and plain and distribution is not None and distribution.installer != "conda":
        rocm = label if label.startswith("rocm") else f"rocm{dotted(numbers(build.hip)[:2])}"
        return msgspec.structs.replace(build, gfx=gfx_in(rocm), told_by=f"the table of PyTorch's builds ({rocm})")
    if not (variant and plain and os) or label not in ("", variant) or release_of(build.version) is None:
        return build
    if distribution is not None and distribution.installer == "conda":
        return build
    code = code_in(build.version, variant, _platform(snapshot))
    if code is None:
        return build
    return msgspec.structs.replace(
        build, codes=code.machine_code, ptx=code.ptx_code, told_by=f"the table of PyTorch's builds ({variant})"
    )


def _by_release(build: TorchBuild, snapshot: Snapshot) -> TorchBuild:
    """A text may not tell the build: it is that for the CUDA which the text names, else what the package index serves.

    That a CPU build is served is no witness that it is one.
    """
    release, pasted = release_of(build.version), snapshot.pasted.value
    if release is None or build.version.partition("+")[2]:
        return build
    default = release.default.get(_platform(snapshot), "")
    stated = variant_of_cuda(known(pasted.stated_cuda) or "") if pasted else ""
    variant = stated if default and stated in release.variants else default
    cuda = cuda_of(variant)
    guessed = variant != stated
    return msgspec.structs.replace(build, cuda=cuda, kind_known=bool(cuda), guessed=guessed) if cuda else build


def _platform(snapshot: Snapshot) -> str:
    """The platform by the tables' name. A text that does not tell is taken to come from where most of them do."""
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    machine = (interpreter.machine if interpreter else "") or (os.machine if os else "")
    system = os.system if os else ""
    if snapshot.depth == "pasted":
        system = "linux" if system in ("", "other") else system
        machine = machine or ("" if system == "darwin" else "x86_64")
    return platform_of(system, machine)


def _text(fact: Maybe[str]) -> str:
    return known(fact) or ""
