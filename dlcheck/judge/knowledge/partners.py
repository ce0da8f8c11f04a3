"""Which torch a torchvision or torchaudio was built for, and the other way round."""

from __future__ import annotations

from functools import cache
from typing import Literal

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import numbers

Partner = Literal["torchvision", "torchaudio"]


class Partners(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Release line of the partner → release line of torch."""

    torchvision: dict[str, str]
    torchaudio: dict[str, str]


@cache
def partners() -> Partners:
    """The whole table."""
    return read_table("partners", Partners)


def torch_for(partner: Partner, version: str) -> str:
    """The release line of torch that this release was built for: "2.13" or ">=2.14"; "" where it is not known."""
    lines: dict[str, str] = getattr(partners(), partner)
    release = numbers(version)
    for length in (3, 2):
        line = ".".join(str(number) for number in release[:length])
        if line in lines:
            return lines[line]
    return ""


def newer_than_table(partner: Partner, version: str) -> str:
    """In words, that a release is newer than all that the table knows; "" where it is not."""
    lines: dict[str, str] = getattr(partners(), partner)
    if numbers(version)[:2] <= numbers(max(lines, key=numbers))[:2]:
        return ""
    return f"{partner} {version} is newer than dlcheck's table of {partners().read}"


def fits(partner: Partner, version: str, torch: str) -> bool | None:
    """Does this release of the partner go with this torch? None where the table knows it not."""
    line = torch_for(partner, version)
    if not line or len(numbers(torch)) < 2:
        return None
    if line.startswith(">="):
        return numbers(torch)[:2] >= numbers(line[2:])
    return numbers(torch)[:2] == numbers(line)


def partner_for(partner: Partner, torch: str) -> str:
    """A requirement for the partner of this torch: "torchvision==0.28.*"; "" where the table knows none."""
    lines: dict[str, str] = getattr(partners(), partner)
    release = numbers(torch)[:2]
    for line, wanted in sorted(lines.items(), key=lambda item: numbers(item[0]), reverse=True):
        if wanted.startswith(">=") and release >= numbers(wanted[2:]):
            return f"{partner}>={line}"
        if numbers(wanted) == release:
            return f"{partner}=={line}" if line.count(".") > 1 else f"{partner}=={line}.*"
    return ""
