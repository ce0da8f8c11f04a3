"""conda's CUDA libraries beside conda's PyTorch: of the CUDA that it was linked to?"""

from __future__ import annotations

from dlcheck.judge.advice.install import conda_command, conda_program, run_python
from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.conda_cuda_libs import cuda_majors_of, newer_than_table
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.python import CondaPackage, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
CUDA_SYMBOL = (
    r"undefined symbol: (?:__nvJitLink\w+|cu(?:sparse|blas|fft|solver|dnn|rand)\w+)"
    r"|lib(?:cusparse|cublas|nvJitLink)\S*: (?:undefined symbol|version)"
)


@check(FAIL, pillar="python", since="0.1")
def conda_cuda_libs_mismatch(packages: Packages, snapshot: Snapshot) -> Verdict:
    """conda's CUDA libraries are of another CUDA than its PyTorch.

    The solver may take a library of CUDA 12 for a PyTorch of CUDA 11 where the channels do not forbid it; the import
    then ends with "undefined symbol: __nvJitLink…" or asks for a library of the other CUDA.

    How it is told: the versions of the CUDA libraries in conda's list, by a table of how each is numbered, against
    `pytorch-cuda` or the CUDA that torch names.

    Known false alarms: CUDA packages of conda beside a PyTorch from pip, which brings its own and loads those;
    libraries whose number does not tell.

    Sources: the table conda_cuda_libs.toml; https://github.com/pytorch/pytorch/issues/90673 (solved)
    """
    torch = _find(packages, "pytorch")
    if torch is None:
        return skip("PyTorch is not from conda")
    meta, build = _find(packages, "pytorch-cuda"), torch_build(snapshot)
    cuda = meta.version if meta else build.cuda if build is not None else ""
    if not numbers(cuda):
        return skip("conda's PyTorch is built for no CUDA, or for which is not told")
    wanted = numbers(cuda)[0]
    if newer := newer_than_table(wanted):
        return skip(newer)
    others = [
        one for one in packages.conda if (majors := cuda_majors_of(one.name, one.version)) and wanted not in majors
    ]
    seen = f"PyTorch {torch.version} of conda, for CUDA {cuda}"
    if not others:
        return ok(seen)
    names = ", ".join(f"{one.name} {one.version}" for one in others[:6])
    complaint = said(snapshot, CUDA_SYMBOL)
    evidence = [seen, f"of another CUDA: {names}", *([complaint] if complaint else [])]
    return bad(*evidence, fixes=_together(snapshot, torch, cuda))


def _together(snapshot: Snapshot, torch: CondaPackage, cuda: str) -> tuple[Fix, ...]:
    """All of it anew, solved by the label of that CUDA's release, which holds libraries of that CUDA alone."""
    label = f"nvidia/label/cuda-{'.'.join(map(str, (*numbers(cuda), 0, 0)[:3]))}"
    words = (
        "-c",
        "pytorch",
        "-c",
        label,
        f"pytorch={torch.version}",
        "torchvision",
        "torchaudio",
        f"pytorch-cuda={cuda}",
    )
    title = f"install PyTorch and its CUDA libraries anew, from the channel of CUDA {cuda} alone"
    step = conda_command(snapshot, "install", *words)
    return (
        Fix(
            title=title,
            commands=(step,) if conda_program(snapshot) else (),
            needs=("network",),
            changes_packages=True,
            verify=run_python(snapshot, "import torch; print(torch.version.cuda)"),
            source="https://github.com/pytorch/pytorch/issues/90673",
        ),
    )


def _find(packages: Packages, name: str) -> CondaPackage | None:
    return next((one for one in packages.conda if one.name == name), None)
