"""What goes wrong inside conda's environments: mixed sources, parts that do not fit, a channel that ended."""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import conda_command, conda_name, conda_program, install
from dlcheck.judge.advice.missing import fresh_environment
from dlcheck.judge.advice.shell import command
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import works
from dlcheck.judge.said import said
from dlcheck.model.profile import Profile
from dlcheck.model.python import CondaPackage, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

COMPILED = frozenset({
    "numpy", "scipy", "pandas", "scikit-learn", "matplotlib", "pillow", "protobuf", "numba", "h5py", "pyarrow",
    "opencv-python", "tensorflow", "grpcio", "lxml", "pyzmq", "cffi",
})  # fmt: skip
"""Distributions whose compiled parts meet conda's own C libraries: replaced by pip, the two may not fit."""
CONDA_NAMES: dict[str, str] = {"matplotlib": "matplotlib-base", "opencv-python": "py-opencv"}
ONE_C_LIBRARY = frozenset({
    "mkl", "intel-openmp", "llvm-openmp", "libblas", "blas", "openblas", "libopenblas", "pytorch", "numpy",
    "libstdcxx-ng", "libstdcxx", "openssl",
})  # fmt: skip
"""Packages that must come from one channel: each channel builds them for its own set of the others."""
MKL_WITHOUT_SYMBOL = (2024, 1)
LAST_ON_CHANNEL = "2.5"


@check(WARN, pillar="python", after=("conda-pip-mixed-torch",), since="0.1")
def conda_package_overwritten_by_pip(packages: Packages, snapshot: Snapshot) -> Verdict:
    """pip replaced packages that conda had installed.

    conda's records still say that its own build is there, and its next change builds on that: undefined symbols, "DLL
    load failed", two copies of OpenMP, or an environment that conda calls inconsistent.

    How it is told: a compiled package that conda's records name, whose own metadata says that pip or uv installed it
    last, in another version than conda's.

    Known false alarms: packages that pip alone brought into a conda environment are fine; pure Python packages do
    little harm and are not named; torch has a check of its own.

    Sources: github.com/ContinuumIO/anaconda-issues/issues/483, github.com/pytorch/pytorch/issues/123097.
    """
    if not packages.conda:
        return skip("this is no conda environment")
    by_conda = {one.name: one.version for one in packages.conda}
    replaced = []
    for one in packages.distributions:
        recorded = by_conda.get(one.name) or by_conda.get(CONDA_NAMES.get(one.name, ""))
        if one.name in COMPILED and recorded and recorded != one.version and one.installer in ("pip", "uv"):
            replaced.append((one.name, recorded, one.version))
    if not replaced:
        return ok(f"{len(packages.conda)} packages are conda's")
    evidence = [
        f"{name}: conda installed {recorded}, {version} of pip is there" for name, recorded, version in replaced
    ]
    names = [name for name, _, _ in replaced]
    if not conda_program(snapshot):
        return bad(*evidence, fixes=(Fix(title="make the environment anew: conda's packages first, pip's last"),))
    return bad(*evidence, fixes=(_by_conda_again(snapshot, names),))


def _by_conda_again(snapshot: Snapshot, names: list[str]) -> Fix:
    python = snapshot.interpreter.value.executable if snapshot.interpreter.value else "python"
    conda_names = [conda_name(CONDA_NAMES.get(name, name)) for name in names]
    return Fix(
        title="take pip's away and let conda install its own again",
        commands=(
            command(snapshot, python, "-m", "pip", "uninstall", "-y", *names),
            conda_command(snapshot, "install", "--force-reinstall", *conda_names),
        ),
        needs=("network",),
        changes_packages=True,
        verify=command(snapshot, conda_program(snapshot), "list", "-p", _prefix(snapshot), conda_names[0]),
    )


def _prefix(snapshot: Snapshot) -> str:
    return snapshot.interpreter.value.prefix if snapshot.interpreter.value else ""


@check(FAIL, pillar="python", since="0.1")
def mkl_too_new_for_torch(packages: Packages, snapshot: Snapshot) -> Verdict:
    """MKL is newer than this PyTorch can be linked to.

    PyTorch up to 2.2 of conda's pytorch channel needs a symbol that MKL took out in 2024.1: `import torch` ends with
    "undefined symbol: iJIT_NotifyEvent".

    How it is told: conda's records of mkl and pytorch, and the channel that pytorch came from; or the words of the
    failed import.

    Known false alarms: PyTorch of conda-forge and of pip is linked in another way; a torch that was imported works.

    Sources: github.com/pytorch/pytorch/issues/123097, github.com/interaction-lab/BlossomNav/issues/3.
    """
    mkl, torch = _record(packages, "mkl"), _record(packages, "pytorch")
    heard = said(snapshot, r"iJIT_(?:NotifyEvent|IsProfilingActive)")
    if mkl is None or torch is None:
        return bad(heard, fixes=_older_mkl(snapshot)) if heard else skip("no MKL and PyTorch of conda's")
    seen = f"mkl {mkl.version}, pytorch {torch.version} of {_channel(torch) or 'an unknown channel'}"
    too_new = numbers(mkl.version)[:2] >= MKL_WITHOUT_SYMBOL and numbers(torch.version)[:2] <= (2, 2)
    if heard or (too_new and _channel(torch) == "pytorch" and not works(snapshot, "torch")):
        return bad(seen, *([heard] if heard else []), fixes=_older_mkl(snapshot))
    return ok(seen)


def _older_mkl(snapshot: Snapshot) -> tuple[Fix, ...]:
    newer = install(
        snapshot, ["torch"], title="install a PyTorch of today by pip, after removing conda's", upgrade=True
    )
    if not conda_program(snapshot):
        return newer
    step = conda_command(snapshot, "install", "mkl<2024.1")
    python = snapshot.interpreter.value.executable if snapshot.interpreter.value else "python"
    verify = command(snapshot, python, "-c", "import torch; print(torch.__version__)")
    older = Fix(
        title="install an MKL that still has the symbol", commands=(step,), needs=("network",), changes_packages=True,
        verify=verify,
    )  # fmt: skip
    return (older,)


@check(WARN, pillar="python", after=("mkl-too-new-for-torch",), since="0.1")
def conda_channels_mixed(packages: Packages, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Packages that share one C library come from several channels.

    defaults and conda-forge build NumPy, MKL, OpenMP and PyTorch each for their own set of the others. Mixed, they
    load two OpenMP runtimes or miss symbols, and conda takes long to find any solution.

    How it is told: the channels in conda's records of those packages.

    Known false alarms: the parts of `defaults` (pkgs/main, pkgs/r, pkgs/msys2) are one channel; the pytorch and nvidia
    channels were made to go with defaults. Where everything is imported and computes it is a note.

    Sources: github.com/conda-forge/conda-forge.github.io/issues/963, github.com/pytorch/pytorch/issues/123097.
    """
    if not packages.conda:
        return skip("this is no conda environment")
    by_channel: dict[str, list[str]] = {}
    for one in packages.conda:
        if one.name in ONE_C_LIBRARY and (channel := _channel(one)):
            by_channel.setdefault(channel, []).append(one.name)
    bases = {"defaults", "conda-forge"} & set(by_channel)
    if len(bases) < 2 and not (bases == {"conda-forge"} and "pytorch" in by_channel):
        return ok(", ".join(sorted(by_channel)) or "no compiled library of conda's")
    evidence = [f"from {name}: {', '.join(sorted(found))}" for name, found in sorted(by_channel.items())]
    if _everything_works(snapshot):
        return note(*evidence)
    return bad(*evidence, fixes=fresh_environment(snapshot, profile, why=" anew, from one channel"))


def _everything_works(snapshot: Snapshot) -> bool:
    """Was all that could be imported imported, and did no child die?"""
    numerics, torch = snapshot.numerics, snapshot.torch
    fine = numerics.value is not None and not numerics.value.failed_imports and numerics.ending is None
    broken = torch.missing is not None and torch.missing.gap in ("broken", "crashed", "timed-out")
    return fine and not broken


@check(NOTE, pillar="python", since="0.1")
def conda_pytorch_channel_ended(packages: Packages) -> Verdict:
    """PyTorch came from a channel that has had no release since 2.5.

    PyTorch gave up its own conda channel after 2.5: `conda install pytorch -c pytorch` brings nothing newer, and
    nothing for Python 3.13.

    How it is told: the channel in conda's record of pytorch.

    Known false alarms: an old course that is to be repeated as it was.

    Sources: github.com/pytorch/pytorch/issues/138506.
    """
    torch = _record(packages, "pytorch")
    if torch is None or _channel(torch) != "pytorch":
        return skip("no PyTorch of that channel")
    fix = Fix(title="take PyTorch from pip (pytorch.org) or from conda-forge the next time an environment is made")
    return note(f"pytorch {torch.version}; the channel's last is {LAST_ON_CHANNEL}", fixes=(fix,))


def _record(packages: Packages, name: str) -> CondaPackage | None:
    return next((one for one in packages.conda if one.name == name), None)


def _channel(package: CondaPackage) -> str:
    """The channel's name: "defaults", "conda-forge", "pytorch"; "" where the record does not tell."""
    if re.search(r"(?:^|/)pkgs/(?:main|r|msys2|free)\b|^defaults$", package.channel):
        return "defaults"
    found = re.search(r"(?:^|/)([\w.-]+?)(?:/(?:linux|osx|win|noarch)[\w-]*)?/?$", package.channel)
    return found[1] if found else ""
