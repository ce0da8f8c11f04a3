"""What is installed: `pip list`, `pip freeze`, `pip show`, `conda list`, `uv pip list`, collect_env's libraries."""

from __future__ import annotations

import re

import msgspec

from dlcheck.observe.importers.clues import Clues, Installed
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import cuda_of_tag

_VERSION = r"v?\d[\w.!+-]{0,60}"
_NAME = r"[A-Za-z][\w.-]{0,60}"
_RELEVANT = re.compile(
    rf"^[ \t]*\[(pip3?|conda|uv)\][ \t]+({_NAME}?)(?:==|[ \t]+)({_VERSION})(?:[ \t]+(\S+))?"
    r"(?:[ \t]+\[[^\]]{1,20}\])?(?:[ \t]+(\S+))?[ \t]*$"
)
_FREEZE = rf"^[ \t]*({_NAME})==({_VERSION})[ \t]*(?:#.*|;.*)?$"
_UV = rf"^[ \t]{{0,8}}[+~] ({_NAME})==({_VERSION})[ \t]*$"
"""What `uv pip install` has just installed."""
_CONDA = (
    rf"^[ \t]*([a-z_][\w.-]{{0,60}})[ \t]{{1,80}}({_VERSION})(?:[ \t]+(\S+))?(?:[ \t]+\[[^\]]{{1,20}}\])?"
    r"(?:[ \t]+(\S+))?[ \t]*$"
)
_PLANNED = (
    rf"^[ \t]*({_NAME})[ \t]{{1,80}}([\w./-]{{1,60}}?)(?:/(?:linux|win|osx|noarch)[\w-]{{0,12}})?::"
    r"\1-(\d[\w.!+]{0,40})-([\w.]{1,60})(?:[ \t].*)?$"
)
"""What conda says that it installs: "pytorch  pytorch/win-64::pytorch-1.10.0-py3.6_cpu_0"."""
_LISTED = rf"^[ \t]*({_NAME})[ \t]{{1,80}}({_VERSION})(?:[ \t]+\S+)?[ \t]*$"
_SHOWN = r"^Name:[ \t]*(\S{1,60})[ \t]*\n+Version:[ \t]*(\S{1,60})"
_DASHED = rf"^[ \t]*-[ \t]+(?P<name>{_NAME}):[ \t]+(?P<version>{_VERSION})[ \t]*$"
"""Lightning's own report: a package a line, its name and a colon."""
FEWEST_DASHED = 4
_NUMPY = r"cannot be run in[ \t]*\n?[ \t|]*NumPy (\d[\w.]{0,20}?)\.?[ \t]+as it may crash"
_BY_PIP = ("pypi", "pypi_0", "<pip>")
_CONDA_HEAD = re.compile(r"^[ \t]*#?[ \t]*Name[ \t]+Version[ \t]+Build\b")
_PIP_HEAD = re.compile(r"^[ \t]*(?:Package|Name)[ \t]+Version\b")


def read(text: Text, clues: Clues) -> None:
    """Tell what this text lists as installed."""
    table = ""
    for line in text.lines:
        if not line or line.isspace():
            continue
        if "]" in line and (found := _RELEVANT.match(line)):
            _relevant(clues, found)
            continue
        table = _table(line, table)
        if table == "conda" and (found := re.match(_CONDA, line)):
            clues.source("conda list")
            _conda(clues, found.group(1), found.group(2), found.group(3) or "", found.group(4) or "")
        elif "::" in line and (found := re.match(_PLANNED, line)):
            clues.source("conda install")
            _conda(clues, found.group(1), found.group(3), found.group(4), found.group(2))
        elif table == "pip" and (found := re.match(_LISTED, line)):
            clues.source("pip list")
            _add(clues, found.group(1), found.group(2), "pip")
        elif "==" in line and (found := re.match(_UV, line)):
            clues.source("uv pip install")
            _add(clues, found.group(1), found.group(2), "pip")
        elif "==" in line and (found := re.match(_FREEZE, line)) and not text.has("no matching distribution"):
            clues.source("pip freeze")
            _add(clues, found.group(1), found.group(2), "pip")
    for shown in text.findall(_SHOWN, "name:", flags=re.M):
        clues.source("pip show")
        _add(clues, shown.group(1), shown.group(2), "pip")
    dashed = text.findall(_DASHED, "- ", flags=re.M)
    if len(dashed) >= FEWEST_DASHED and not clues.installed:
        clues.source("Lightning's report")
        for one in dashed:
            _add(clues, one.group("name"), one.group("version"), "")
    if there := text.search(_NUMPY, "compiled using numpy"):
        _add(clues, "numpy", there.group(1), "")
    _installed_now(text, clues)
    clues.installed[:] = _each_once(clues.installed)
    _partners(clues)


def _relevant(clues: Clues, found: re.Match[str]) -> None:
    """A row of collect_env's "Versions of relevant libraries"."""
    tool, name, version, build, channel = found.groups()
    if tool == "conda":
        _conda(clues, name, version, build or "", channel or "")
    else:
        _add(clues, name, version, "")


def _conda(clues: Clues, name: str, version: str, build: str, channel: str) -> None:
    by_pip = build in _BY_PIP or channel in _BY_PIP
    _add(clues, name, version, "pip" if by_pip else "conda", "" if by_pip else build, "" if by_pip else channel)


def _table(line: str, table: str) -> str:
    """Which table the lines are in: a heading opens one, a prompt, another heading or a sentence closes it."""
    if _CONDA_HEAD.match(line):
        return "conda"
    if _PIP_HEAD.match(line):
        return "pip"
    if table and (re.match(r"^[ \t]*(?:[$>%(]|\w+Error\b)", line) or len(line.split()) > 6):
        return ""
    return table


def _add(clues: Clues, name: str, version: str, installer: str, build: str = "", channel: str = "") -> None:
    plain = re.sub(r"[-_.]+", "-", name).lower()
    clues.install(
        Installed(name=plain, version=version[:60], installer=installer, build=build[:80], channel=channel[:80])
    )


def _installed_now(text: Text, clues: Clues) -> None:
    """Of a line "Successfully installed torch-2.2.2 torchvision-0.17.2 …": it is installed since."""
    for found in text.findall(r"^[ \t]*Successfully installed ([^\n]{3,2000})$", "successfully installed", flags=re.M):
        clues.source("pip install")
        for word in found.group(1).split():
            if one := re.match(rf"({_NAME}?)-({_VERSION})$", word):
                _add(clues, one.group(1), one.group(2), "pip")


def _each_once(installed: list[Installed]) -> list[Installed]:
    """Without what pip lists of conda's packages: collect_env shows both lists, and pip's holds conda's as well."""
    told = {(_library(one.name), one.version.partition("+")[0]) for one in installed if one.installer}
    any_conda = any(one.installer == "conda" for one in installed)
    kept = []
    for one in installed:
        if one.installer:
            kept.append(one)
        elif (_library(one.name), one.version.partition("+")[0]) not in told:
            kept.append(msgspec.structs.replace(one, installer="pip") if any_conda else one)
    return kept


def _library(name: str) -> str:
    return "torch" if name == "pytorch" else name


def _partners(clues: Clues) -> None:
    """What the list says of torchvision and torchaudio: version and build. pip's entry is the one an import takes."""
    for name in ("torchvision", "torchaudio"):
        entries = [one for one in clues.installed if one.name == name]
        if not entries:
            continue
        chosen = next((one for one in entries if one.installer == _torch_installer(clues)), entries[0])
        clues.tell(
            **{name: chosen.version, f"{name}_cuda": cuda_of_tag(chosen.version.partition("+")[2] or chosen.build)}
        )


def _torch_installer(clues: Clues) -> str:
    """Who installed the torch that is imported: the entry whose version is the one that torch told of itself."""
    entries = [one for one in clues.installed if one.name in ("torch", "pytorch")]
    told = (clues.torch or "").partition("+")[0]
    fitting = [one for one in entries if one.version.partition("+")[0] == told]
    chosen = (fitting or entries)[:1]
    return "conda" if chosen and (chosen[0].installer == "conda" or chosen[0].name == "pytorch") else "pip"
