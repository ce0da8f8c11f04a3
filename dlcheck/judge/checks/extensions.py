"""Libraries with compiled GPU code, as a text tells of them: for which torch, CUDA and GPU were they compiled?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.cubin import Capability, covers, written
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.tensorflow_releases import soname
from dlcheck.judge.knowledge.torch_releases import cuda_of, index_url
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import capability, visible_gpus
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import TorchBuild, torch_build
from dlcheck.model.gaps import Missing, known
from dlcheck.model.pasted import Extension, Pasted
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
PARTNERS = ("torchvision", "torchaudio")
"""Their fitting torch has checks of its own."""
NO_KERNEL = r"no kernel image is available|invalid device function|named symbol not found"
MISMATCH = (
    r"detected CUDA version \(?[\d.]+\)? mismatches the version that was used to compile"
    r"|CUDA version \(?[\d.]+\)? does not match the version torch was compiled with|CUDAMismatchException"
)
_LIBRARY = r"lib(?P<name>cudart|cublas|cublasLt|cudnn|cusparse|cufft|curand|nvrtc)\.so\.(?P<version>\d[\d.]*\d|\d)"
_OF_CUDA = ("cudart", "cublas", "cublasLt", "cusparse")
"""Those whose file's version is that of CUDA; cuDNN, cuFFT and cuRAND have versions of their own."""
_TORCH_LIBRARY = r"lib(?:torch_cuda\w*|c10_cuda)\.so|torch_cuda\w*\.dll|c10_cuda\.dll"


@check(
    FAIL, pillar="python", wanted="cuda", after=("gpu-arch-not-in-wheel-old", "gpu-arch-not-in-wheel-new"), since="0.1"
)
def extension_built_for_other_arch(pasted: Pasted, snapshot: Snapshot) -> Iterator[Verdict]:
    """A compiled extension holds no code for this GPU.

    Its first kernel ends with "no kernel image is available for execution on the device", while everything that torch
    computes itself works.

    How it is told: the architectures that the extension's own report names, against the GPUs' compute capability; or
    that message, where torch's own build has code for every GPU.

    Known false alarms: code for 8.0 also runs on 8.6 and 8.9; one GPU of several that is served is enough to go on.

    Sources: https://github.com/facebookresearch/detectron2/issues/235
    """
    devices = [device for gpu in visible_gpus(snapshot) if (device := capability(gpu)) is not None]
    if not devices:
        yield skip("no GPU's compute capability is told")
        return
    told = [one for one in pasted.extensions if not isinstance(one.architectures, Missing)]
    for one in told:
        codes = tuple(map(capability_of, known(one.architectures) or ()))
        seen = f"{_named(one)} has code for {', '.join(map(written, codes))}"
        gpus = f"the GPU has compute capability {', '.join(dict.fromkeys(map(written, devices)))}"
        if any(covers(codes, device) for device in devices):
            yield ok(seen, subject=one.name)
        else:
            yield bad(seen, gpus, fixes=(_compile_for(one, devices),), subject=one.name)
    complaint = said(snapshot, NO_KERNEL)
    build = torch_build(snapshot)
    if told or not complaint or build is None or build.codes is None:
        return
    if all(covers(build.codes, device, ptx=build.ptx) for device in devices):
        yield bad(complaint, f"{build.words}, has code for this GPU itself", fixes=(_compile_for(None, devices),))


def _compile_for(extension: Extension | None, devices: list[Capability]) -> Fix:
    name = extension.name if extension else "the library whose kernel it is"
    archs = ";".join(dict.fromkeys(map(written, devices)))
    return Fix(title=f"build {name} anew on this machine, with TORCH_CUDA_ARCH_LIST={archs} set", needs=("network",))


@check(FAIL, pillar="python", after=("torch-torchvision-mismatch", "duplicate-torch-install"), since="0.1")
def extension_built_for_other_torch(pasted: Pasted, snapshot: Snapshot) -> Iterator[Verdict]:
    """A compiled extension was built for another PyTorch, or for another CUDA.

    It cannot be loaded, or loads without its GPU kernels: xFormers says what it was built for, others name a CUDA
    library that is not there, or a symbol that this torch has not.

    How it is told: what the extension says of itself or has in its version ("+pt24cu121"), against the torch that is
    there; or an import that asks for the CUDA library of another major version, or for torch's CUDA library beside a
    CPU build.

    Known false alarms: another minor version of the same CUDA, and another patch of the same PyTorch, unless the
    extension says itself that it cannot be loaded.

    Sources: https://github.com/facebookresearch/xformers/issues/982, https://data.pyg.org/whl/
    """
    build = torch_build(snapshot)
    if build is None:
        yield skip("which PyTorch is there is not told")
        return
    found = False
    for one in pasted.extensions:
        if one.name in PARTNERS or (
            isinstance(one.built_for_torch, Missing) and isinstance(one.built_for_cuda, Missing)
        ):
            continue
        differs = _differs(one, build)
        if differs:
            found = True
            yield bad(
                *differs, fixes=(*_torch_it_wants(one, build, snapshot), _fitting(one.name, build)), subject=one.name
            )
    libraries = snapshot.libraries.value
    for library in libraries.imported if libraries else ():
        words = known(library.error) or ""
        asked = "" if library.module == "torchvision" else _asks_for_other(words, build)
        if asked:
            found = True
            yield bad(
                " ".join(words.split())[:300], asked, fixes=(_fitting(library.name, build),), subject=library.name
            )
    if not found and libraries is None and snapshot.torch.missing is None and "TensorFlow log" not in pasted.sources:
        # Of a traceback that was cut off only the library may be left.
        for name in pasted.missing_libraries:
            asked = _asks_for_other(name, build)
            if asked:
                found = True
                yield bad(f"not found: {name}", asked, fixes=(_fitting("the library that asks for it", build),))
                break
    if not found:
        yield ok("no extension is told to be built for another PyTorch")


def _differs(extension: Extension, build: TorchBuild) -> list[str]:
    """In what the extension's torch or CUDA differs from those that are there; empty where in nothing that matters."""
    torch, cuda = known(extension.built_for_torch) or "", known(extension.built_for_cuda) or ""
    if not torch:
        return []
    exact = numbers(torch)[:2] == numbers(build.version)[:2]
    other_cuda = bool(cuda) and (build.is_cpu or (bool(build.cuda) and numbers(cuda)[:1] != numbers(build.cuda)[:1]))
    if exact and not other_cuda and not (extension.error and torch != build.version):
        return []
    made_for = f"PyTorch {torch}" + (f" and CUDA {cuda}" if cuda else "")
    return [f"{_named(extension)} was built for {made_for}", f"there is {build.words}"]


def _torch_it_wants(extension: Extension, build: TorchBuild, snapshot: Snapshot) -> tuple[Fix, ...]:
    """The PyTorch that the extension was built for, where that is told to the letter and only its CUDA differs."""
    plain, _, variant = (known(extension.built_for_torch) or "").partition("+")
    if not cuda_of(variant) or numbers(plain) != numbers(build.version):
        return ()
    title = f"install the build of PyTorch {plain} that {extension.name} was built for"
    return install(snapshot, [f"torch=={plain}+{variant}"], title=title, index_url=index_url(variant))


def _asks_for_other(words: str, build: TorchBuild) -> str:
    """Does a failed import ask for another CUDA's library, or for torch's CUDA part beside a CPU build?"""
    library = re.search(_LIBRARY, words)
    wanted = soname("cuda", build.cuda)
    if library and library["name"] != "cudart" and numbers(build.cuda) >= (10, 1):
        wanted = wanted[:1]  # from 10.1 on only the runtime's file has the minor version in its name
    told = library and library["name"] in _OF_CUDA and numbers(library["version"])[: len(wanted)] != wanted
    if told and wanted:
        return f"there is {build.words}"
    if build.is_cpu and (library or re.search(_TORCH_LIBRARY, words)):
        return f"there is {build.words}"
    return ""


@check(
    FAIL, pillar="python", after=("extension-built-for-other-torch", "torch-companion-of-another-release"), since="0.1"
)
def extension_abi_mismatch(pasted: Pasted, snapshot: Snapshot) -> Iterator[Verdict]:
    """A compiled extension was built against another C++ interface of PyTorch.

    Its import ends with "undefined symbol: _ZN…": the function is not in this torch, or was compiled with the other of
    the two C++ ABIs of GCC.

    How it is told: the symbol that is missing belongs to PyTorch.

    Known false alarms: a missing symbol of CUDA, cuDNN or MKL is another library's fault, and has its own checks.

    Sources: https://github.com/facebookresearch/detectron2/issues/4992,
    https://github.com/huggingface/open-r1/issues/684 (solved by a fitting release)
    """
    broken = [one for one in pasted.extensions if "undefined symbol" in one.error and one.name not in PARTNERS]
    if not broken:
        yield ok("no extension misses a symbol of PyTorch")
    build = torch_build(snapshot)
    for one in broken:
        there = [f"there is {build.words}"] if build is not None else []
        yield bad(f"{_named(one)}: {one.error[:300]}", *there, fixes=(_fitting(one.name, build),), subject=one.name)


@check(FAIL, pillar="python", after=("extension-built-for-other-torch",), since="0.1")
def nvcc_torch_mismatch(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """An extension is compiled with another CUDA than PyTorch was built for.

    PyTorch refuses to compile it, or it is compiled and fails at its first kernel.

    How it is told: the CUDA compiler in the extension's own report against torch's CUDA, by their major versions; or
    the words with which PyTorch or DeepSpeed refuse.

    Known false alarms: an nvcc of another version that nothing is compiled with; another minor version.

    Sources: https://github.com/facebookresearch/detectron2/issues/2913, torch/utils/cpp_extension.py
    """
    build, refused = torch_build(snapshot), said(snapshot, MISMATCH)
    words = build.words if build is not None else "PyTorch is built for another CUDA"
    if refused:
        return bad(refused, fixes=_same_cuda(build))
    if build is None or not build.cuda:
        return skip("for which CUDA PyTorch is built is not told")
    for one in pasted.extensions:
        compiled = known(one.built_for_cuda)
        if compiled and not known(one.built_for_torch) and numbers(compiled)[:1] != numbers(build.cuda)[:1]:
            return bad(f"{_named(one)} was compiled with CUDA {compiled}", f"there is {words}", fixes=_same_cuda(build))
    nvcc = known(pasted.toolkit_cuda)
    if nvcc and numbers(nvcc)[:1] != numbers(build.cuda)[:1]:
        return ok(f"nvcc is of CUDA {nvcc}, {words}: it matters only where an extension is compiled")
    return ok(words)


def _same_cuda(build: TorchBuild | None) -> tuple[Fix, ...]:
    cuda = build.cuda if build is not None else ""
    version = f"the toolkit of CUDA {cuda}" if cuda else "the toolkit of the CUDA that torch.version.cuda names"
    return (
        Fix(title=f"install {version}, let CUDA_HOME name its folder, and build the extension anew"),
        Fix(title="install a PyTorch built for the CUDA of the toolkit that is there, and build the extension anew"),
    )


def _fitting(name: str, build: TorchBuild | None) -> Fix:
    there = f"PyTorch {build.version}" if build is not None else "this PyTorch"
    title = f"install the release of {name} that was built for {there}, or build it anew in this environment"
    return Fix(title=title, needs=("network",))


def _named(extension: Extension) -> str:
    return f"{extension.name} {extension.version}".strip()
