"""Many reports become one page. One after the other, each only long enough to take its gist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from dlcheck.compare.gist import Gist, is_later, root, superseded
from dlcheck.compare.roster import Names
from dlcheck.model.cohort import Cause, Cohort, Count, Member, Roster, Spread, Standing
from dlcheck.model.quantities import digits
from dlcheck.model.report import Report

MOST_KINDS = 5_000
"""Different root causes that are told apart; documents from strangers could hold any number."""
SHOWN_VALUES = 25
"""Of one spread; the rest is counted together."""
SIZES = ((4, "under 4 GB"), (8, "4 to 8 GB"), (16, "8 to 16 GB"), (32, "16 to 32 GB"), (64, "32 to 64 GB"))
"""Upper bounds in GB of what is told as one class. Firmware and kernel keep a tenth of what was sold at the most."""
KEPT_SHARE = 0.1


class _Kind:
    """What is known of one root cause before everybody has been seen."""

    def __init__(self, title: str, fix: str) -> None:
        self.title = title
        self.fix = fix
        self.blocks: set[int] = set()


class Gatherer:
    """Takes documents one at a time; keeps of each a few hundred bytes."""

    def __init__(self, names: Names | None = None) -> None:
        self._names = names
        self._gist = Gist()
        self._members: list[Member] = []
        self._kinds: dict[str, _Kind] = {}
        self._latest: dict[str, int] = {}
        self._unexpected: list[str] = []
        self._ambiguous: list[str] = []

    def add(self, name: str, report: Report) -> None:
        """One report."""
        member = self._gist.member(name, report, self._person(name))
        self._take(member)
        for identity in member.causes:
            finding = root(report, identity)
            if identity not in self._kinds:
                if len(self._kinds) >= MOST_KINDS:
                    continue
                fix = finding.fixes[0].title if finding is not None and finding.fixes else ""
                title = finding.title if finding is not None else ""
                self._kinds[identity] = _Kind(self._gist.cut(title), self._gist.cut(fix))
            if finding is not None and finding.status == "fail":
                self._kinds[identity].blocks.add(len(self._members) - 1)

    def add_damaged(self, name: str, problem: str) -> None:
        """One document that cannot be read: a row like any other."""
        self._take(self._gist.damaged(name, problem, self._person(name)))

    def cohort(self, passed_over: int = 0) -> Cohort:
        """Everything that was taken, as one document."""
        standings: Counter[Standing] = Counter(member.standing for member in self._members)
        counted = [one for one in self._members if one.standing not in ("damaged", "superseded")]
        return Cohort(
            members=tuple(self._members),
            standings=dict(sorted(standings.items(), key=lambda item: -item[1])),
            causes=self._causes(),
            spreads=tuple(_spread(name, (value(one) for one in counted)) for name, value in SPREADS),
            roster=self._roster(),
            passed_over=passed_over,
        )

    def _person(self, name: str) -> str:
        """Who on the roster sent it; "" where that cannot be told."""
        if self._names is None:
            return ""
        found = self._names.of(name)
        if len(found) == 1:
            return found[0]
        if found:
            self._ambiguous.append(f"{self._gist.cut(name)}: {' or '.join(found[:5])}")
        else:
            self._unexpected.append(self._gist.cut(name))
        return ""

    def _take(self, member: Member) -> None:
        """Keep it; of several of one person the latest counts, of the same document twice the first."""
        place = self._latest.get(member.who)
        if place is None:
            self._latest[member.who] = len(self._members)
        elif is_later(member, self._members[place]):
            self._members[place] = superseded(self._members[place], member)
            self._latest[member.who] = len(self._members)
        else:
            member = superseded(member, self._members[place])
        self._members.append(member)

    def _causes(self) -> tuple[Cause, ...]:
        who: dict[str, list[int]] = {}
        for place, member in enumerate(self._members):
            if member.standing not in ("damaged", "superseded"):
                for identity in dict.fromkeys(member.causes):
                    who.setdefault(identity, []).append(place)
        causes = [
            Cause(
                id=identity, title=kind.title, fix=kind.fix,
                blocks=sum(place in kind.blocks for place in who[identity]),
                who=tuple(self._members[place].who for place in who[identity]),
            )
            for identity, kind in self._kinds.items()
            if identity in who
        ]  # fmt: skip
        return tuple(sorted(causes, key=lambda cause: (-len(cause.who), -cause.blocks, cause.id)))

    def _roster(self) -> tuple[Roster, ...]:
        if self._names is None:
            return ()
        missing = tuple(name for name in self._names.names if name not in self._latest)
        return (
            Roster(
                expected=len(self._names.names),
                missing=missing,
                unexpected=tuple(self._unexpected),
                ambiguous=tuple(self._ambiguous),
            ),
        )


def _spread(name: str, values: Iterable[str]) -> Spread:
    """How often each value is there; rare ones together."""
    counts: Counter[str] = Counter(values)
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [Count(value=value, count=count) for value, count in common[:SHOWN_VALUES]]
    rest = sum(count for _, count in common[SHOWN_VALUES:])
    return Spread(name=name, counts=(*shown, *((Count(value="others", count=rest),) if rest else ())))


def _ram(member: Member) -> str:
    """The class of memory sizes, by what the machine was sold with."""
    if not member.ram_bytes:
        return "unknown"
    sold = member.ram_bytes / (1 - KEPT_SHARE) / 2**30
    return next((words for bound, words in SIZES if sold < bound), "64 GB and more")


def _gpu(member: Member) -> str:
    if not member.accelerator:
        return "none"
    size = f", {digits(member.accelerator_bytes / 2**30)} GB" if member.accelerator_bytes else ""
    return f"{member.accelerator}{size}"


def _minor(version: str) -> str:
    """The series of a release: "3.12" of "3.12.7"."""
    return ".".join(version.split(".")[:2]) or "none"


SPREADS: tuple[tuple[str, Callable[[Member], str]], ...] = (
    ("Operating system", lambda one: one.os or "unknown"),
    ("RAM", _ram),
    ("CPU cores", lambda one: f"{one.cores:g}" if one.cores else "unknown"),
    ("Accelerator", _gpu),
    ("Driver", lambda one: one.driver or "none"),
    ("Python", lambda one: _minor(one.python)),
    ("Framework", lambda one: one.framework or "none"),
)
