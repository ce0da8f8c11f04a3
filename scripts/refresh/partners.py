"""partners.toml: which torch each line of torchvision and torchaudio asks for in its own metadata."""

from __future__ import annotations

import msgspec
from packaging.requirements import Requirement

from dlcheck.judge.knowledge.partners import Partners, partners
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import Index
from scripts.refresh.requirements import requirement_of
from scripts.refresh.toml_text import with_day, with_lines

FIRST: dict[str, Version] = {"torchvision": (0, 15), "torchaudio": (2, 0)}
"""From these lines on the metadata of the wheels is asked; older ones were read from pages."""


def look(sources: Sources) -> Look:
    """Every line that the table has not, or has otherwise."""
    table, found = partners(), lines(sources.index)
    lacks = []
    for name, shown in found.items():
        known: dict[str, str] = getattr(table, name)
        lacks += [
            f"{name} {line} (of torch {torch or '?'})" for line, torch in shown.items() if known.get(line) != torch
        ]
    newest = {name: max(getattr(table, name), key=numbers) for name in FIRST}
    return Look(
        knows=", ".join(f"{name} {line}" for name, line in newest.items()),
        shown=", ".join(f"{name} {max(shown, key=numbers)}" for name, shown in found.items()),
        lacks=tuple(one for one in lacks if not one.endswith("(of torch ?)") or _is_new(one, table)),
    )


def refresh(text: str, sources: Sources) -> Refreshed:
    """Lines of the index with what they ask for; the older ones stay."""
    left = ["the lines before torchvision 0.15 and torchaudio 2.0: read from the READMEs of both"]
    known = msgspec.toml.decode(text, type=Partners)
    for name, shown in lines(sources.index).items():
        told = {line: torch for line, torch in shown.items() if torch}
        untold = [line for line in shown if line not in told]
        old: dict[str, str] = getattr(known, name)
        left += [
            f"{name} {line}: its metadata does not bind it to a release line of torch; "
            + ("the table's own line stays" if line in old else "write by hand whether it has a line here")
            for line in untold
        ]
        text = with_lines(text, name, told)
    return Refreshed(text=with_day(text, sources.today), left=tuple(left))


def lines(index: Index) -> dict[str, dict[str, str]]:
    """Partner → release line → torch: "2.13" or ">=2.14"; "" where the metadata does not tell. Raises Unreadable."""
    found: dict[str, dict[str, str]] = {}
    for name, first in FIRST.items():
        newest = {(one.major, one.minor): files[0] for one, files in index.project(name).wheels().items()}
        found[name] = {
            dotted(line): torch_line(requirement_of(index.metadata(file), "torch"))
            for line, file in newest.items()
            if line >= first
        }
    return found


def torch_line(wanted: Requirement | None) -> str:
    """A requirement as the table writes it: ==2.13.0 → "2.13", >=2.14 → ">=2.14"; "" for any other."""
    bounds = list(wanted.specifier) if wanted else []
    if len(bounds) != 1 or bounds[0].operator not in ("==", ">="):
        return ""
    line = dotted(numbers(bounds[0].version)[:2])
    return line if bounds[0].operator == "==" else f">={line}"


def _is_new(words: str, table: Partners) -> bool:
    name, line, *_ = words.split()
    return line not in getattr(table, name)


SOURCE = Source(look=look, refresh=refresh)
