"""Two documents made comparable: read, and judged by the same measure."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from dlcheck.cli import inputs
from dlcheck.cli.refusal import Refusal
from dlcheck.model.documents import MAX_DOCUMENT_BYTES, DocumentError, decode_either
from dlcheck.model.drift import Drift
from dlcheck.model.profile import Profile
from dlcheck.model.report import Report
from dlcheck.model.snapshot import Snapshot

if TYPE_CHECKING:
    from dlcheck.compare.allowances import Allowance

Pair = tuple[Report, Report]


def judged_alike(before: str, after: str, profile: str) -> Pair:
    """The two documents as reports of the same measure.

    Two reports by the same profile of the same dlcheck stand as they are. Otherwise both snapshots are judged afresh,
    by `profile` or by the one that a report names, so that no verdict changes because the measure did.
    """
    one, other = read(before), read(after)
    if not profile and isinstance(one, Report) and isinstance(other, Report) and _same_measure(one, other):
        return one, other
    named = profile or next((_profile_of(report) for report in (one, other) if _profile_of(report)), "beginner")
    measure = inputs.load_profile(named, [])
    return judged(one, measure), judged(other, measure)


def read(name: str) -> Report | Snapshot:
    """The report in that file, or the snapshot."""
    data = inputs.read_text(name, MAX_DOCUMENT_BYTES).encode()
    try:
        return decode_either(data)
    except DocumentError as error:
        raise Refusal(f"{name}: {error}") from None


def judged(document: Report | Snapshot, profile: Profile) -> Report:
    """The document's snapshot, judged by this profile; it stays redacted where it was."""
    import msgspec

    from dlcheck.judge.engine import Selection, judge

    snapshot = document.snapshot if isinstance(document, Report) else document
    report = judge(snapshot, profile, Selection())
    redacted = isinstance(document, Report) and document.redacted
    return msgspec.structs.replace(report, redacted=redacted)


def allowances(file: str) -> tuple[Allowance, ...]:
    """The changes that are expected; none where no file is named."""
    if not file:
        return ()
    from dlcheck.compare.allowances import AllowanceError, parse

    try:
        return parse(inputs.read_text(file, inputs.MAX_REQUIREMENTS_BYTES))
    except AllowanceError as error:
        raise Refusal(f"{file}: {error}") from None


def drift(pair: Pair, names: tuple[str, str], expected: tuple[Allowance, ...], *, redacted: bool = False) -> Drift:
    """What changed from the first to the second. redacted: both without names and folders."""
    from dlcheck.compare import diff

    if redacted:
        from dlcheck.tell.redaction import redact

        pair = (redact(pair[0]), redact(pair[1]))
        names = (PurePath(names[0]).name, PurePath(names[1]).name)
    return diff.drift(*pair, names, expected)


def _same_measure(one: Report, other: Report) -> bool:
    return (one.profile, one.snapshot.dlcheck) == (other.profile, other.snapshot.dlcheck)


def _profile_of(document: Report | Snapshot) -> str:
    """The profile a report was judged by, where it is one of ours."""
    from dlcheck.judge import profiles

    name = document.profile.name if isinstance(document, Report) else ""
    return name if profiles.is_built_in(name) else ""
