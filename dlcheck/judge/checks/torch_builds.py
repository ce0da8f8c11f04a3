"""torch and its partners: does each belong to the other, and is there one torch only."""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import conda_command, conda_program, install, installed_by_conda, uninstall
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, need, note, ok, skip
from dlcheck.judge.knowledge.partners import Partner, fits, newer_than_table, partner_for, torch_for
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import required_names
from dlcheck.judge.said import said
from dlcheck.model.gaps import NOT_LOOKED, Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Build, Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"

INDEX = "https://download.pytorch.org/whl"
PARTNER_WORDS: dict[Partner, str] = {
    "torchvision": r"operator torchvision::nms does not exist|No such operator torchvision::"
    r"|torchvision[/\\][\w./\\-]{0,60}: undefined symbol: _ZN",
    "torchaudio": r"(?:libtorchaudio\w*|_torchaudio|_torch_sox)[\w.-]*\.so: undefined symbol: _ZN"
    r"|torchaudio[/\\][\w./\\-]{0,60}: undefined symbol: (?:_ZN|torch_)"
    r"|Symbol not found: \S*(?:torch|c10)\w*.{0,200}torchaudio",
}
"""What an import says where the partner was built for another torch, for a text that does not tell both versions."""
NO_TORCH = ("torch-leftover", "torch-not-installed", "python-release-left-out")


@check(FAIL, pillar="python", after=NO_TORCH, since="0.1")
def torch_torchvision_mismatch(packages: Probed[Packages], snapshot: Snapshot, profile: Profile) -> Verdict:
    """torchvision was built for another release of PyTorch.

    The import then ends with "operator torchvision::nms does not exist" or an undefined symbol.

    How it is told: torchvision's own requirement of torch, and a table of which release line belongs to which; from
    torchvision 0.29 on, every torch from 2.14 on serves.

    Known false alarms: another patch of the right line is a note; a torchvision built from source beside such a
    torch, as NVIDIA's containers hold them, has numbers of its own.

    Sources: the table partners.toml; github.com/pytorch/pytorch/issues/122494.
    """
    return _partner(packages, snapshot, profile, "torchvision", FAIL)


@check(FAIL, pillar="python", after=NO_TORCH, since="0.1")
def torch_torchaudio_mismatch(packages: Probed[Packages], snapshot: Snapshot, profile: Profile) -> Verdict:
    """torchaudio was built for another release of PyTorch.

    Its import then ends with "Could not load this library" or an undefined symbol. Where the profile does not ask for
    torchaudio this is a warning: many courses never import it.

    How it is told: torchaudio's own requirement of torch, and a table of which release line belongs to which; from
    torchaudio 2.11 on, every torch from 2.11 on serves.

    Known false alarms: another patch of the right line is a note; a missing ffmpeg is another matter.

    Sources: the table partners.toml; github.com/pytorch/audio/issues/307.
    """
    return _partner(
        packages, snapshot, profile, "torchaudio", FAIL if "torchaudio" in required_names(profile) else WARN
    )


def _partner(probed: Probed[Packages], snapshot: Snapshot, profile: Profile, name: Partner, at_most: Grade) -> Verdict:
    """Does the partner's release belong to torch's? Of a text that does not tell both, by its words."""
    installed = probed.value
    torch, partner = (installed.build("torch"), installed.build(name)) if installed else (None, None)
    complaint = said(snapshot, PARTNER_WORDS[name]) if snapshot.depth == "pasted" else ""
    if complaint and (torch is None or partner is None):
        title = f"install the {name} of this torch, or both anew in one command"
        return bad(complaint, fixes=(Fix(title=title, needs=("network",)),))
    packages = need(installed or probed.missing or NOT_LOOKED, "what is installed")
    if torch is None or partner is None:
        return skip(f"torch and {name} are not both installed")
    ours, theirs = _version(torch), _version(partner)
    seen = f"torch {ours}, {name} {theirs}"
    if not ours or not theirs or (_from_source(theirs) and _from_source(ours)):
        return skip(f"{seen}: built from source, or without a version")
    wanted = fits(name, theirs, ours)
    asked = next(
        (
            one
            for one in packages.unsatisfied
            if one.distribution == name and re.match(r"torch\b(?!-)", one.requirement)
        ),
        None,
    )
    newer = newer_than_table(name, theirs)
    if wanted is None and asked is None:
        if newer and snapshot.depth != "pasted" and _by_pip(packages, name):
            return ok(f"{seen}; {newer}: its own metadata is content")
        return skip(f"{seen}: {newer or 'not in the table'}")
    if wanted is False or (wanted is None and asked is not None):
        line = torch_for(name, theirs)
        evidence = f"{seen}; it was built for {f'torch {line}' if line else asked.requirement if asked else 'another'}"
        more = (f"{newer}: judged by its own metadata",) if newer else ()
        return bad(evidence, *more, fixes=_replace(snapshot, packages, name, torch), at_most=at_most)
    if asked is not None:
        return note(f"{seen}; it asks for {asked.requirement}, another patch of the same line")
    return ok(seen)


@check(FAIL, pillar="python", after=(*NO_TORCH, "torch-torchvision-mismatch"), since="0.1")
def torch_torchvision_cuda_variant_mismatch(packages: Packages, snapshot: Snapshot) -> Verdict:
    """torch and torchvision are builds for different devices.

    A CPU build of the one beside a CUDA build of the other has the right numbers and does not work: "operator
    torchvision::nms does not exist", or "compiled with different CUDA versions". `pip check` is content.

    How it is told: the CUDA, ROCm or CPU that each names in its own version.py. Another minor version of the same
    CUDA is a fault before torchvision 0.16, which compares both numbers; later ones compare the first alone.

    Known false alarms: a build that names no device, as on macOS and of conda-forge, is left alone.

    Sources: torchvision/extension.py; github.com/pytorch/pytorch/issues/157648.
    """
    torch, vision = packages.build("torch"), packages.build("torchvision")
    if torch is None or vision is None:
        return skip("torch and torchvision are not both installed")
    ours, theirs = _variant(torch), _variant(vision)
    seen = f"torch {_version(torch)} ({ours or 'not told'}), torchvision {_version(vision)} ({theirs or 'not told'})"
    if not ours or not theirs:
        return skip(seen)
    if ours == theirs:
        return ok(seen)
    both_cuda = ours.startswith("CUDA") and theirs.startswith("CUDA")
    if both_cuda and numbers(ours[5:])[:1] == numbers(theirs[5:])[:1] and numbers(_version(vision)) >= (0, 16):
        return note(f"{seen}: the same CUDA but for its minor version, which does no harm")
    if ours.startswith("ROCm") and theirs.startswith("ROCm"):
        return note(seen) if numbers(ours[5:])[:2] != numbers(theirs[5:])[:2] else ok(seen)
    return bad(seen, fixes=_replace(snapshot, packages, "torchvision", torch, reinstall=True))


@check(WARN, pillar="python", after=(*NO_TORCH, "user-site-shadows-environment", "conda-pip-mixed-torch"), since="0.1")
def duplicate_torch_install(packages: Packages, snapshot: Snapshot) -> Verdict:
    """More than one torch is installed.

    pip lists, upgrades and removes the one, the import takes the other: nothing that is done seems to help.

    How it is told: further folders of torch on sys.path than the one that is imported; a version in torch's own
    version.py that is not the one in the list of distributions; two versions of torch listed in one folder.

    Known false alarms: the part after + differs between the two by design; a namespace folder beside a real torch
    never wins; a file of your own named torch.py is no torch (`local-file-shadows-library`).
    """
    torch = packages.build("torch")
    if torch is None:
        return skip("torch is not installed")
    interpreter = snapshot.interpreter.value
    if interpreter is not None and any(one.path == torch.location for one in interpreter.shadows):
        return skip("the other one is a file of your own")
    version, listed = _version(torch), torch.metadata_version
    evidence = [f"also in {place}" for place in torch.other_locations]
    if version and listed and _public(version) != _public(listed):
        evidence.append(f"the distribution list says {listed}")
    places = packages.duplicates.get("torch", ())
    folders = [place.partition(" in ")[2] for place in places]
    if len(set(folders)) < len(set(places)):
        evidence.append("listed twice: " + ", ".join(places))
    if not evidence:
        return ok(f"torch {version} in {torch.location}")
    removal = uninstall(snapshot, ["torch"], title="").commands * 2  # each takes one
    pin = f"torch=={_public(version)}" if version else "torch"
    title = "remove them all and install one torch"
    fixes = install(snapshot, [pin], title=title, index_url=_index(listed), elsewhere=["torch"], before=removal)
    return bad(f"an import takes torch {version} in {torch.location}", *evidence, fixes=fixes)


@check(WARN, pillar="python", after=NO_TORCH, since="0.1")
def conda_pip_mixed_torch(interpreter: Interpreter, packages: Packages, snapshot: Snapshot) -> Verdict:
    """torch came from conda and from pip into one environment.

    Two builds overwrite each other's files, or bring two copies of CUDA, MKL and OpenMP: undefined symbols, "DLL load
    failed", OMP error 15.

    How it is told: conda's records name a PyTorch while torch's own metadata says pip or uv, or one of torch,
    torchvision and torchaudio came from each.

    Known false alarms: a torch from pip in a conda environment is the usual way, as long as conda brought none;
    packages that pip alone brought beside conda's are fine.

    Sources: github.com/pytorch/pytorch/issues/123097.
    """
    if interpreter.environment != "conda" and not packages.conda:
        return skip("this is no conda environment")
    names = ("torch", "torchvision", "torchaudio")
    installers = {(one.name, one.installer or "conda") for one in packages.distributions if one.name in names}
    by_conda = {name for name, installer in installers if installer == "conda"}
    by_conda |= {one.name for one in packages.conda if one.name in ("pytorch", "libtorch", *names[1:])}
    by_pip = {name for name, installer in installers if installer != "conda"}
    if not by_conda or not by_pip:
        return ok(f"torch by {'conda' if by_conda else 'pip'} alone" if by_conda or by_pip else "no torch")
    evidence = f"by conda: {', '.join(sorted(by_conda))}; by pip: {', '.join(sorted(by_pip))}"
    version = _version(build) if (build := packages.build("torch")) else ""
    pin = [f"torch=={_public(version)}"] if version else ["torch"]
    wanted = [*pin, *(name for name in names[1:] if any(name == one for one, _ in installers))]
    if not conda_program(snapshot):
        return bad(evidence, fixes=(Fix(title="remove conda's PyTorch, then install all of it again by pip"),))
    removed = sorted(name for name in by_conda if name != "torch") or ["pytorch"]
    step = conda_command(snapshot, "remove", "--force", *removed)
    fixes = install(snapshot, wanted, title="keep pip's PyTorch alone", reinstall=True, before=[step])
    return bad(evidence, fixes=fixes)


def _replace(
    snapshot: Snapshot, packages: Packages, name: Partner, torch: Build, *, reinstall: bool = False
) -> tuple[Fix, ...]:
    """The partner of the torch that is there, from where that torch came; else both anew, from the configured index."""
    version = _version(torch)
    if "dev" in version:
        return (Fix(title=f"install the nightly builds of torch and {name} of the same day, in one command"),)
    wanted = partner_for(name, version)
    verify = f"import torch, {name}; print(torch.__version__, {name}.__version__)"
    if name == "torchvision":
        verify = "import torch, torchvision; print(torchvision.ops.nms(torch.ones(1, 4), torch.ones(1), 0.5))"
    if not wanted:
        both = ["torch", name]
        return install(snapshot, both, title=f"install torch and {name} in one command", upgrade=True, verify=verify)
    if installed_by_conda(snapshot, "torch") and conda_program(snapshot):
        spec = wanted.replace("==", "=")
        step = conda_command(snapshot, "install", spec)
        return (
            Fix(title=f"install the {name} of this torch", commands=(step,), needs=("network",), changes_packages=True),
        )
    both = [f"torch=={_public(version)}", wanted]
    return install(
        snapshot,
        [wanted],
        title=f"install the {name} of this torch",
        index_url=_index(torch.metadata_version),
        elsewhere=both,
        reinstall=reinstall,
        verify=verify,
        source="https://github.com/pytorch/vision#installation" if name == "torchvision" else "",
    )


def _index(listed: str) -> str:
    """The address of PyTorch's own index for the build in the distribution list; an empty text for another index."""
    tag = listed.partition("+")[2]
    return f"{INDEX}/{tag}" if re.fullmatch(r"cpu|xpu|cu\d{2,3}|rocm[\d.]+", tag) else ""


def _by_pip(packages: Packages, name: str) -> bool:
    """Has it metadata that binds it to a torch? conda keeps that in records of its own."""
    found = packages.find(name)
    return found is not None and found.installer != "conda"


def _version(build: Build) -> str:
    return known(build.version) or build.metadata_version


def _public(version: str) -> str:
    return version.partition("+")[0]


def _from_source(version: str) -> bool:
    return bool(re.search(r"\d[ab]\d|git|\+[0-9a-f]{7,}", version))


def _variant(build: Build) -> str:
    """What a build is for: CUDA and ROCm with their version, XPU or CPU; an empty text where it does not tell."""
    tag = _version(build).partition("+")[2]
    if cuda := known(build.cuda):
        return f"CUDA {cuda}"
    if hip := known(build.hip):
        return f"ROCm {hip}"
    if known(build.xpu):
        return "XPU"
    if found := re.match(r"cu(\d+)(\d)$", tag):
        return f"CUDA {found[1]}.{found[2]}"
    return "CPU" if tag.startswith("cpu") else ""
