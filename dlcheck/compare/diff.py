"""What changed from one report to another. Pure: the same two give the same drift on any machine, any day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from dlcheck.compare.allowances import Allowance, expected
from dlcheck.compare.facts import CALCULATED, GAPS, Fact, Flat, flatten
from dlcheck.compare.tables import table, told
from dlcheck.model.drift import GROUP_TITLES, Change, Drift, Group, Side
from dlcheck.model.gaps import Missing
from dlcheck.model.report import Finding, Report

NEAR = 0.02
"""Share by which two numbers may differ without being told: memory sizes vary from start to start."""
WEIGHED = ("_bytes", "usable_cores")
"""Ends of the fields whose numbers are measured and may vary; all others are counted."""
TROUBLE = ("fail", "warn", "unknown")


def drift(before: Report, after: Report, names: tuple[str, str], allowances: Iterable[Allowance] = ()) -> Drift:
    """Every change, those of the most important group first, what changed before what came and what went.

    Each is marked with the allowance that expects it.
    """
    allowed = tuple(allowances)
    old, new = flatten(before.snapshot), flatten(after.snapshot)
    left: dict[str, None] = {}
    # Redaction changes names and folders: what it may have touched is compared only where both or neither is redacted.
    uneven = before.redacted != after.redacted
    if uneven:
        left["names and folders, which one of the two does not hold"] = None
    facts = list(_facts(old, new, left, uneven=uneven))
    wholes = list(_wholes(old, new, left))
    changes = [*_verdicts(before, after), *wholes, *_once(facts, wholes)]
    order = list(GROUP_TITLES)
    changes.sort(key=lambda change: (order.index(change.group), not change.after, not change.before))
    marked, used = [], set()
    for change in changes:
        by = expected(change, allowed)
        if by is not None:
            used.add(by)
        marked.append(change if by is None else msgspec.structs.replace(change, allowed_by=by.line))
    return Drift(
        before=side(before, names[0]),
        after=side(after, names[1]),
        changes=tuple(marked),
        compared=len(old.facts.keys() & new.facts.keys()),
        not_compared=tuple(left),
        unused=tuple(one.line for one in allowed if one not in used),
    )


def side(report: Report, name: str) -> Side:
    """What is said of one of the two documents."""
    return Side(
        name=name,
        taken_at=report.snapshot.taken_at,
        dlcheck=report.snapshot.dlcheck,
        machine=report.judged.machine,
        python=report.judged.python,
        verdict=report.verdict,
    )


def _verdicts(before: Report, after: Report) -> Iterator[Change]:
    """The verdict, and every finding that is a problem on one side and something else on the other."""
    if before.verdict != after.verdict:
        yield Change(
            group="verdicts", key="verdict", words="verdict",
            before=before.verdict.replace("-", " "), after=after.verdict.replace("-", " "),
        )  # fmt: skip
    old, new = _findings(before), _findings(after)
    for identity in [*old, *(one for one in new if one not in old)]:
        was, now = old.get(identity), new.get(identity)
        one = now or was
        if one is None or _standing(was) == _standing(now):
            continue
        # What follows from another problem is that problem's change.
        if not any(side is not None and side.status in TROUBLE and not side.caused_by for side in (was, now)):
            continue
        subject = f" ({one.subject})" if one.subject else ""
        yield Change(
            group="verdicts", key=f"finding:{one.id}{f'/{one.subject}' if one.subject else ''}",
            words=f"{one.id}{subject}", before=_standing(was), after=_standing(now),
        )  # fmt: skip


def _findings(report: Report) -> dict[tuple[str, str], Finding]:
    return {(one.id, one.subject): one for one in report.findings}


def _standing(finding: Finding | None) -> str:
    """A finding's status as a change tells it: what passed, was skipped or only noted is no problem."""
    return finding.status if finding is not None and finding.status in TROUBLE else "no problem"


def _wholes(old: Flat, new: Flat, left: dict[str, None]) -> Iterator[Change]:
    """Groups of facts that came, went, or are now missing for another reason."""
    for name, whole in table().probes.items():
        was, now = old.gaps.get(name), new.gaps.get(name)
        if was is None and now is None:
            continue
        if any(gap is not None and gap.gap == "not-looked" for gap in (was, now)):
            if was is None or now is None or was.gap != now.gap:
                left[whole.words] = None
            continue
        texts = [_whole_text(flat, gap, whole.stands) for flat, gap in ((old, was), (new, now))]
        if texts[0] != texts[1]:
            yield Change(group=whole.group, key=name, words=whole.words, before=texts[0], after=texts[1])


def _whole_text(flat: Flat, gap: Missing | None, stands: str) -> str:
    if gap is None:
        return (flat.facts[stands].text if stands in flat.facts else "") or "there"
    kind = f" ({gap.kind})" if gap.kind else ""
    return f"{GAPS[gap.gap]}{kind}" if gap.gap in GAPS else ""


def _facts(old: Flat, new: Flat, left: dict[str, None], *, uneven: bool) -> Iterator[tuple[Fact, str, str, str]]:
    """Fact, key, before and after of each that differs; of a thing that came or went, its first fact alone."""
    things = ({_thing(key) for key in old.facts}, {_thing(key) for key in new.facts})
    met = set()
    for key in [*old.facts, *(key for key in new.facts if key not in old.facts)]:
        was, now = old.facts.get(key), new.facts.get(key)
        fact = now or was
        probe = key.partition(".")[0]
        if fact is None or probe in old.gaps or probe in new.gaps or (uneven and fact.private):
            continue
        if key in old.unseen or key in new.unseen:
            left[fact.words] = None
            continue
        if key.partition(":")[0].endswith(CALCULATED) and (was is None or now is None):
            continue
        thing = _thing(key)
        if thing and (thing not in things[0] or thing not in things[1]):
            if thing in met:
                continue
            met.add(thing)
        texts = (was.text if was else "", now.text if now else "")
        if texts[0] != texts[1] and not _near(key, was, now):
            yield fact, key, *texts


def _thing(key: str) -> tuple[str, str] | None:
    """The thing a key tells a fact of: its row and its name; None of a fact of the machine as a whole."""
    path, _, identity = key.partition(":")
    return (path.rpartition(".")[0], identity) if identity else None


def _near(key: str, was: Fact | None, now: Fact | None) -> bool:
    """Are both measured numbers, and all but the same?"""
    if was is None or now is None or was.number is None or now.number is None:
        return False
    weighed = key.partition(":")[0].endswith(WEIGHED)
    return weighed and abs(was.number - now.number) <= NEAR * max(abs(was.number), abs(now.number))


def _once(facts: list[tuple[Fact, str, str, str]], wholes: list[Change]) -> Iterator[Change]:
    """Each change once: PyTorch's version is told by the module, by its files and by its metadata."""
    order = {path: place for place, path in enumerate(told())}
    met = {_same((one.key, "version"), one.before, one.after) for one in wholes}
    for fact, key, before, after in sorted(facts, key=lambda one: order[one[1].partition(":")[0]]):
        same = _same(fact.about, before, after)
        if same not in met:
            met.add(same)
            group: Group = fact.told.group
            yield Change(group=group, key=key, words=fact.words, before=before, after=after)


def _same(about: tuple[str, str], before: str, after: str) -> tuple[tuple[str, str], str, str]:
    """By what two changes are the same. Metadata leave out the local part: "2.13.0" of a "2.13.0+cpu"."""
    return about, before.partition("+")[0], after.partition("+")[0]
