"""What the text does not tell, as gaps."""

from __future__ import annotations

from dlcheck.model.gaps import Maybe, Probed, T, unseen
from dlcheck.observe.importers.clues import NOT_TOLD


def not_told() -> Probed[T]:
    """A group of facts that is not in the text."""
    return unseen(NOT_TOLD.gap, NOT_TOLD.why)


def told(value: T | None) -> Maybe[T]:
    """The value, or that it is not in the text."""
    return NOT_TOLD if value is None else value
