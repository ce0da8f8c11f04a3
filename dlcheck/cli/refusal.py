"""What ends a command with status 2: the command line or an input file is wrong."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """One sentence on what is wrong and what would be right."""


def unknown_name(kind: str, name: str, known: Iterable[str], where: str) -> Refusal:
    """There is no such thing: the nearest names, or where they are listed."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else where
    return Refusal(f"there is no {kind} {name!r}: {hint}")
