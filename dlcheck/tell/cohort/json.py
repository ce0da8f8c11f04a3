"""The cohort as its JSON document, `dlcheck.cohort/1`."""

from __future__ import annotations

from dlcheck.model.cohort import Cohort
from dlcheck.model.documents import encode, encode_pretty
from dlcheck.tell.style import Style

INDENTED = 1_000
"""Members up to which it is indented for a person; a larger one is one line."""


def render(cohort: Cohort, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    if len(cohort.members) <= INDENTED:
        return encode_pretty(cohort) + "\n"
    return encode(cohort).decode() + "\n"
