"""Words that several formats use for what changed."""

from __future__ import annotations

from dlcheck.model.drift import Change, Drift, Side
from dlcheck.tell.phrases import listed, plural


def headline(drift: Drift) -> str:
    """The one sentence: is it as it was?"""
    if not drift.compared:
        return "Nothing can be compared: no fact was seen on both sides."
    unexpected, expected = len(drift.unexpected), len(drift.changes) - len(drift.unexpected)
    allowed = f", {expected} more as expected" if expected else ""
    if unexpected:
        return f"{plural(unexpected, 'change')}{allowed}, of {plural(drift.compared, 'fact')} that both hold."
    if expected:
        return f"Nothing changed but what was expected ({plural(expected, 'change')})."
    return f"Nothing that matters changed: {plural(drift.compared, 'fact')} are the same."


def about(side: Side) -> str:
    """Which document this is."""
    when = side.taken_at.replace("T", " ").removesuffix("Z")
    return ", ".join(part for part in (side.name, f"{when} UTC" if when else "", side.machine, side.python) if part)


def moved(change: Change) -> str:
    """From what to what."""
    if not change.before:
        return f"new: {change.after}"
    if not change.after:
        return f"gone (was {change.before})"
    return f"{change.before} → {change.after}"


def asides(drift: Drift) -> list[str]:
    """What else a reader should know."""
    told = []
    if drift.not_compared:
        told.append(f"Not compared, since only one side looked at it: {listed(drift.not_compared)}.")
    if drift.before.dlcheck != drift.after.dlcheck and drift.before.dlcheck and drift.after.dlcheck:
        told.append(f"Two versions of dlcheck looked: {drift.before.dlcheck} and {drift.after.dlcheck}.")
    if drift.unused:
        told.append(f"No change needed these allowances: {', '.join(drift.unused)}.")
    return told
