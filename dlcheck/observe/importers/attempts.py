"""Installations that a text shows, and how they went: pip, uv and conda, their failures and what they were offered."""

from __future__ import annotations

import re

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.model.pasted import InstallAttempt
from dlcheck.observe.importers.clues import NOT_TOLD, Clues
from dlcheck.observe.importers.text import Text

OF_INTEREST = (
    "torch",
    "pytorch",
    "torchvision",
    "torchaudio",
    "tensorflow",
    "jax",
    "jaxlib",
    "xformers",
    "triton",
    "cudatoolkit",
    "pytorch-cuda",
    "numpy",
)
"""A name that begins so is kept, whatever else stands in the command."""
_OFFERED = (
    r"Could not find a version that satisfies the requirement ([^\s()]{1,80})"
    r"[^\n(]{0,80}\(from versions: ([^\n)]{0,3000})\)?"
)
_NO_MATCH = r"No matching distribution found for ([^\s(,]{1,80})"
_NOT_SUPPORTED = r"ERROR: (\S{1,200}\.whl) is not a supported wheel on this platform"
_UV = r"Because (\S{1,60}?)((?:==|>=|<=|~=|>|<)[\w.+*]{1,30})? has no wheels? with a matching ([^\n]{1,80})"
_COMMAND = r"(?:^|[\s`$!%;&(])(?:python[\w.]{0,6} -m )?(?:uv )?(?:pip[\d.]{0,4}|conda|mamba) install ([^\n`|&;]{1,600})"
_SOURCE = (
    r"^[ \t]*(?:Downloading|Using cached) (?:https?://\S{1,300}/)?"
    r"(?P<name>[A-Za-z][\w.-]{0,60}?)-(?P<version>\d[\w.]{0,30}?)\.(?:tar\.gz|zip|tar\.bz2)(?=[\s#]|$)"
)
_NOT_BUILT = (
    r"error: subprocess-exited-with-error|[Ee]rrored out with exit status|metadata-generation-failed"
    r"|egg_info did not run|failed with error code 1 in "
    r"|Failed building wheel for|Could not build wheels for|Failed to build installable wheels"
)
_FOLDER = r"[/\\]pip-install-\w{1,20}[/\\]([A-Za-z][\w.-]{0,60}?)(?:_[0-9a-f]{32})?[/\\]setup\.py"
_WHEEL = re.compile(
    r"\b([A-Za-z][\w.]{0,60})-(\d[\w.!+%]{0,40})-((?:cp|py)\d[\w.]{0,12})-(\w{1,16})-([\w.]{3,80}?)\.whl\b"
)


def read(text: Text, clues: Clues) -> None:
    """Tell which installations the text shows."""
    index = _index(text)
    for found in text.findall(_OFFERED, "from versions"):
        offered = tuple(one.strip() for one in found.group(2).split(",") if one.strip() not in ("", "none"))
        _failed(clues, found.group(1), offered, index)
    for found in text.findall(_NO_MATCH, "no matching distribution"):
        _failed(clues, found.group(1), Missing("not-looked", "not in the text"), index)
    for found in text.findall(_UV, "has no wheel"):
        _failed(clues, found.group(1) + (found.group(2) or ""), Missing("not-looked", found.group(3)), index)
    _built(text, clues, index)
    _wheels(text, clues)
    if not clues.attempts:
        for found in text.findall(_COMMAND, "install", flags=re.M):
            for word in found.group(1).split():
                if _name(word) in OF_INTEREST:
                    clues.source("pip install")
                    clues.attempts.append(InstallAttempt(requirement=_plain(word), failed=False, index_url=index))


def _failed(clues: Clues, requirement: str, offered: Maybe[tuple[str, ...]], index: str) -> None:
    requirement = _plain(requirement)
    if requirement in [one.requirement for one in clues.attempts] or len(clues.attempts) > 40:
        return
    clues.source("pip install")
    clues.attempts.append(InstallAttempt(requirement=requirement, offered=offered, index_url=index))


def _built(text: Text, clues: Clues, index: str) -> None:
    """What was to be built from source, as there was no wheel of it, and could not be."""
    failed = text.search(
        _NOT_BUILT, "errored out", "exited-with-error", "error code 1", "building wheel", "build", "egg_info"
    )
    if failed is None:
        return
    sources = [one for one in text.findall(_SOURCE, ".tar.", ".zip", flags=re.M) if one.start() < failed.start()]
    if sources:
        _failed(clues, f"{sources[-1].group('name')}=={sources[-1].group('version')}", NOT_TOLD, index)
    elif folder := text.search(_FOLDER, "pip-install-"):
        _failed(clues, folder.group(1), NOT_TOLD, index)


def _wheels(text: Text, clues: Clues) -> None:
    """File names of wheels: for which Python and platform; one that was refused is an attempt."""
    refused = {found.group(1).rsplit("/", 1)[-1] for found in text.findall(_NOT_SUPPORTED, "not a supported wheel")}
    for found in text.findall(_WHEEL.pattern, ".whl"):
        name, version, tag, _, platform = found.groups()
        clues.source("wheel")
        if found.group(0) in refused:
            clues.attempts.append(
                InstallAttempt(requirement=f"{name}=={version.replace('%2B', '+')}", wheel=f"{tag}-{platform}")
            )
            continue
        # A wheel that was asked for by its address is the one that is there, where nothing else is told.
        if name == "torch" and "http" in text.whole[max(0, found.start() - 120) : found.start()]:
            clues.tell(torch=version.replace("%2B", "+"))
        if platform.startswith("win"):
            clues.tell(system="windows")
        elif platform.startswith("macosx"):
            clues.tell(system="darwin", machine="x86_64" if platform.endswith("x86_64") else None)


def _name(word: str) -> str:
    found = re.match(r"[\"']?([A-Za-z][\w.-]{0,60}?)(?:\[|[=<>~!]|[\"']?$)", word)
    return re.sub(r"[-_.]+", "-", found.group(1)).lower() if found else ""


def _plain(requirement: str) -> str:
    return requirement.strip().strip("'\"`,.;")


def _index(text: Text) -> str:
    """PyTorch's wheel index, where that was asked; other addresses are the person's own and are not kept."""
    found = text.search(r"https://download\.pytorch\.org/whl/(?:nightly/)?[\w.]{0,20}", "download.pytorch.org")
    return found.group(0) if found else ""
