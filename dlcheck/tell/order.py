"""Which finding stands where: roots in their pillar, consequences under their cause. The report's order is kept."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dlcheck.model.report import PILLARS, Finding, Pillar, Report


class Arranged(msgspec.Struct, kw_only=True):
    """The findings in the places where they are told."""

    first: Finding | None = None
    """The problem to mend first."""
    roots: dict[Pillar, list[Finding]]
    """Problems, open questions and notes that follow from no other."""
    passed: dict[Pillar, list[Finding]]
    skipped: dict[Pillar, list[Finding]]
    consequences: dict[int, list[Finding]]
    """What follows from a root, by `id()` of the root."""
    elsewhere: dict[Pillar, list[tuple[Finding, Finding]]]
    """Consequences that are told under a root of another pillar, each with that root."""

    def following(self, root: Finding) -> list[Finding]:
        """What follows from this root."""
        return self.consequences.get(id(root), [])


def alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of the same check that are mended in the same way: one problem of several subjects."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        key = (one.id, one.status, one.title, one.fixes) if one.subject else (id(one),)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def arrange(report: Report) -> Arranged:
    """Every finding of the report, once."""
    arranged = Arranged(
        roots={pillar: [] for pillar in PILLARS},
        passed={pillar: [] for pillar in PILLARS},
        skipped={pillar: [] for pillar in PILLARS},
        elsewhere={pillar: [] for pillar in PILLARS},
        consequences={},
    )
    for finding in report.findings:
        if finding.status == "pass":
            arranged.passed[finding.pillar].append(finding)
            continue
        if finding.status == "skip":
            arranged.skipped[finding.pillar].append(finding)
            continue
        root = _root(finding, report.findings)
        if root is finding:
            arranged.roots[finding.pillar].append(finding)
            if arranged.first is None and finding.status in ("fail", "warn"):
                arranged.first = finding
        else:
            arranged.consequences.setdefault(id(root), []).append(finding)
            if root.pillar != finding.pillar:
                arranged.elsewhere[finding.pillar].append((finding, root))
    return arranged


def _root(finding: Finding, findings: Iterable[Finding]) -> Finding:
    """The finding that this one follows from in the end; itself where there is none in the report."""
    problems = [one for one in findings if one.status in ("fail", "warn")]
    met = [finding]
    while True:
        causes = [one for one in problems if one.id in met[-1].caused_by]
        new = [one for one in causes if all(one is not old for old in met)]
        if not new:
            # A document from elsewhere may hold a circle: its first member then stands for the root.
            return next(one for one in findings if any(one is old for old in met)) if causes else met[-1]
        same = [one for one in new if one.subject == met[-1].subject]
        met.append((same or new)[0])
