"""The drift as its JSON document, `dlcheck.drift/1`."""

from __future__ import annotations

from dlcheck.model.documents import encode_pretty
from dlcheck.model.drift import Drift
from dlcheck.tell.style import Style


def render(drift: Drift, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    return encode_pretty(drift) + "\n"
