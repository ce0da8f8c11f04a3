"""A benchmark as its JSON document, `dlcheck.bench/1`."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.model.documents import encode_pretty
from dlcheck.tell.style import Style


def render(bench: Bench, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    return encode_pretty(bench) + "\n"
