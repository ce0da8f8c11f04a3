"""The CUDA libraries that a framework really loads: those it brought, or others in front of them?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from dlcheck.judge.advice.install import judged_python
from dlcheck.judge.advice.shell import shell_of
from dlcheck.judge.check import FAIL, NOTE, Verdict, bad, check, ok, skip
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
LIBRARIES = ("libcudnn", "libcublas", "libcudart", "libnccl", "libnvJitLink", "libcusparse", "libcusolver", "libcufft",
             "libcurand", "libnvrtc")  # fmt: skip
SYMPTOMS = (
    r"undefined symbol: (__nvJitLink|nccl|cublas|cudnn)|cuDNN version (?:incompatibility|mismatch)|libnvJitLink\.so|"
    r"libcudnn\w*\.so\.\d+: (cannot open|undefined)|CUBLAS_STATUS_NOT_INITIALIZED"
)
"""What an import or a calculation says where a library of another version was found first."""
OTHER_COPY = r"version lib(?:cu|nv|nccl)\w*\.so[.\d]*|linked against|found runtime version"
"""With these words it is certain: the loader, or cuDNN itself, names the library whose other copy was loaded."""


@check(FAIL, pillar="python", wanted="torch", otherwise=NOTE, since="0.1")
def cuda_libs_shadowed_by_ld_library_path(
    torch: Probed[Torch], interpreter: Probed[Interpreter], snapshot: Snapshot
) -> Verdict:
    """LD_LIBRARY_PATH puts other CUDA libraries before those that PyTorch brought.

    PyTorch's wheels bring CUDA, cuDNN and NCCL. The loader looks into LD_LIBRARY_PATH first, and an older library found
    there ends in an undefined symbol, in "cuDNN version incompatibility", or in wrong behaviour.

    How it is told: a library that torch's process really loaded lies in a folder of LD_LIBRARY_PATH and not in the
    environment; or the import failed with the words that such a library causes while LD_LIBRARY_PATH names one.

    Known false alarms: a library of the same version in such a folder does no harm: while everything computes, it is
    told as a note. cuBLAS also says NOT_INITIALIZED where memory is short.

    Sources: https://github.com/pytorch/pytorch/issues/80637 (cause confirmed), 134929, 131312
    """
    inside = interpreter.value
    value = inside.variables.get("LD_LIBRARY_PATH", "") if inside else ""
    folders = [folder for folder in value.split(":") if folder]
    build = torch_build(snapshot)
    if snapshot.depth == "pasted":
        return _of_text(folders, snapshot)
    if inside is None or not folders or build is None or not build.cuda:
        return skip("LD_LIBRARY_PATH is not set, or PyTorch is not built for CUDA")
    facts = torch.value
    own = (inside.prefix, *inside.site_packages)
    loaded = facts.libraries if facts else ()
    foreign = [path for path in loaded if _is_foreign(path, folders, own)]
    words = _symptom(torch)
    suspects = [folder for folder in folders if "cuda" in folder.lower() or "cudnn" in folder.lower()]
    if not foreign and not (words and suspects):
        return ok("PyTorch loads the CUDA libraries that it brought")
    evidence = [f"LD_LIBRARY_PATH={value}", *(f"loaded: {path}" for path in foreign[:4])]
    if words:
        evidence.append(words)
    failing = facts is None or any(one.product_right is not True for one in facts.devices)
    return bad(*evidence, fixes=(_unset(snapshot),), at_most=FAIL if failing or words else NOTE)


def _of_text(folders: list[str], snapshot: Snapshot) -> Verdict:
    """By what a text says: another library than torch's was loaded, and which folders are looked into first."""
    complaint = said(snapshot, rf"^(?!.*dlerror: ).*(?:{SYMPTOMS}|symbol \w+,? {OTHER_COPY})")  # TensorFlow: not found
    suspects = [folder for folder in folders if re.search("cuda|cudnn|nccl", folder.lower())]
    if not complaint or not (suspects or re.search(OTHER_COPY, complaint)):
        return skip("the text does not say so")
    listed = (
        f"LD_LIBRARY_PATH begins with {suspects[0]}" if suspects else "what LD_LIBRARY_PATH holds is not in the text"
    )
    return bad(complaint, listed, fixes=(_unset(snapshot),))


def _is_foreign(path: str, folders: list[str], own: tuple[str, ...]) -> bool:
    name = PurePosixPath(path).name
    inside = any(root and path.startswith(root.rstrip("/") + "/") for root in own)
    listed = any(path.startswith(folder.rstrip("/") + "/") for folder in folders)
    return name.startswith(LIBRARIES) and listed and not inside


def _symptom(torch: Probed[Torch]) -> str:
    """The line in which the import or a calculation complains; "" where none does."""
    texts = [torch.missing.why if torch.missing else "", torch.ending.stderr_tail if torch.ending else ""]
    if torch.value is not None:
        texts += [torch.value.cuda_reason, *(device.product_detail for device in torch.value.devices)]
    lines = (line for text in texts for line in text.splitlines())
    return next((line.strip()[:300] for line in lines if re.search(SYMPTOMS, line)), "")


def _unset(snapshot: Snapshot) -> Fix:
    shell = shell_of(snapshot)
    text = "set -e LD_LIBRARY_PATH" if shell == "fish" else "unset LD_LIBRARY_PATH"
    steps = () if shell == "notebook" else (Command(argv=("sh", "-c", text), text=text, shell=shell),)
    argv = ("env", "-u", "LD_LIBRARY_PATH", judged_python(snapshot), "-c", "import torch; print('imported')")
    return Fix(
        title="take LD_LIBRARY_PATH away in this shell, and the line that sets it from your start-up files",
        commands=steps,
        verify=Command(argv=argv, text=" ".join((*argv[:-1], f'"{argv[-1]}"'))),
        source="https://github.com/pytorch/pytorch/issues/80637",
    )
