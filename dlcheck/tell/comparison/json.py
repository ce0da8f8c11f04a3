"""A comparison as its JSON document, `dlcheck.comparison/1`."""

from __future__ import annotations

from dlcheck.model.comparison import Comparison
from dlcheck.model.documents import encode_pretty
from dlcheck.tell.style import Style


def render(comparison: Comparison, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    return encode_pretty(comparison) + "\n"
