"""Requirements that a text says are not met: by pip's resolver, `pip check`, and libraries that look themselves."""

from __future__ import annotations

import re

from dlcheck.model.python import Unsatisfied
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

MOST = 40
_NAME = r"[A-Za-z][\w.-]{0,60}"
_BOUNDS = r"(?:[=<>~!]=?[\w.*+!-]{1,30}(?:, ?)?){1,6}"
_SELF = (
    rf"(?P<requirement>{_NAME}{_BOUNDS}) is required for a normal functioning of this module, "
    rf"but found {_NAME}==(?P<found>[\w.+-]{{1,40}}?)\.?(?:\s|$)"
)
"""transformers, datasets and accelerate, of what they import."""
_PIP = (
    rf"\b(?P<name>{_NAME}) v?\d[\w.+!-]{{0,40}} (?:requires|has requirement) (?P<requirement>{_NAME}[^,\n]{{0,80}}?), "
    rf"but you(?: have|'ll have) {_NAME} (?P<found>\d[\w.+!-]{{0,40}}?)(?:,? which is incompatible|\.?[ \t]*$)"
)
_CONFLICT = (
    rf"VersionConflict: \((?P<installed>{_NAME}) (?P<found>\d[\w.+!-]{{0,40}}) \([^\n)]{{0,300}}\), "
    rf"Requirement\.parse\('(?P<requirement>[^'\n]{{1,120}})'\)(?:, \{{'(?P<name>{_NAME})'\}})?"
)
_NOT_FOUND = (
    rf"The '(?P<requirement>{_NAME}[^'\n]{{0,80}})' distribution was not found and is required by (?P<name>{_NAME})"
)


def read(text: Text, clues: Clues) -> None:
    """Tell which requirements are not met."""
    for found in text.findall(_SELF, "for a normal functioning"):
        _add(clues, "transformers", found.group("requirement"), found.group("found"))
    for found in text.findall(_PIP, "but you have", "but you'll have", flags=re.M):
        _add(clues, found.group("name"), found.group("requirement"), found.group("found"))
    for found in text.findall(_CONFLICT, "versionconflict"):
        _add(clues, found.group("name") or "the application", found.group("requirement"), found.group("found"))
    for found in text.findall(_NOT_FOUND, "distribution was not found"):
        name = "the application" if found.group("name") == "the" else found.group("name")
        _add(clues, name, found.group("requirement"), "")


def _add(clues: Clues, name: str, requirement: str, found: str) -> None:
    one = Unsatisfied(distribution=re.sub(r"[-_.]+", "-", name).lower(), requirement=requirement, found=found)
    if one not in clues.unsatisfied and len(clues.unsatisfied) < MOST:
        clues.unsatisfied.append(one)
