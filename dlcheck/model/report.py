"""A Report: what the facts mean for one profile, and what to do."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.drift import Drift
from dlcheck.model.gaps import NOT_LOOKED, ForeignText, HostName, Path, Probed
from dlcheck.model.snapshot import Snapshot

REPORT_SCHEMA = "dlcheck.report/1"

Pillar = Literal["system", "python", "linear-algebra-calculus", "probability-statistics", "machine-learning"]
PILLARS: tuple[Pillar, ...] = (
    "system",
    "python",
    "linear-algebra-calculus",
    "probability-statistics",
    "machine-learning",
)
PILLAR_TITLES: dict[Pillar, str] = {
    "system": "System",
    "python": "Python and its libraries",
    "linear-algebra-calculus": "Linear algebra and calculus",
    "probability-statistics": "Probability and statistics",
    "machine-learning": "Machine learning",
}

Status = Literal["pass", "note", "warn", "fail", "unknown", "skip"]
"""pass     looked at, and well
note     a fact worth telling that is no problem
warn     a problem that does not stop what the profile wants
fail     a problem that does
unknown  the facts it needs were not got
skip     does not apply here, or was left out
"""

VerdictWord = Literal["ready", "ready-with-warnings", "not-ready", "unknown"]
Shell = Literal["bash", "zsh", "fish", "powershell", "cmd", "notebook"]
Need = Literal["admin", "reboot", "network"]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command, complete and non-interactive, for the shell it names."""

    argv: tuple[Path, ...]
    """The words of it; for a line that needs a shell (a pipe, a variable): the shell and its -c."""
    text: Path
    """As a person types it, quoted for `shell`."""
    shell: Shell = "bash"


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One way to mend it: steps in order. Several fixes of a finding are alternatives, best first."""

    title: ForeignText
    commands: tuple[Command, ...] = ()
    """Empty where only a person can act: the title then says what to do or where to look."""
    needs: tuple[Need, ...] = ()
    changes_packages: bool = False
    ask: tuple[str, ...] = ()
    """Names of values that only the person knows; the command holds an example of each."""
    verify: Command | None = None
    source: str = ""
    """Address of the page the fix comes from, where no test runs it."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says of one subject."""

    id: str
    pillar: Pillar
    subject: ForeignText = ""
    """"" for the machine as a whole, else "gpu 0", a package, a kernel."""
    status: Status
    title: str
    evidence: tuple[ForeignText, ...] = ()
    """What was seen, with values and units."""
    caused_by: tuple[str, ...] = ()
    """Ids of the findings that this one follows from."""
    fixes: tuple[Fix, ...] = ()


class UsedProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The profile a report was judged by."""

    name: str
    title: str = ""
    expects: tuple[str, ...] = ()


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged, for the first lines of every format."""

    python: Path = ""
    python_version: str = ""
    chosen_because: ForeignText = ""
    environment: str = ""
    host: HostName = ""
    machine: str = ""
    """For a person: "Ubuntu 24.04, Intel Core i7-1185G7, 16 GB"."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One row of "your hardware against minimum and recommended"."""

    name: str
    have: str
    minimum: str = ""
    recommended: str = ""
    status: Literal["recommended", "minimum", "below", "unknown", "not-needed"] = "unknown"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer: a verdict in a sentence, the findings in rank, and the facts they rest on."""

    schema: str = REPORT_SCHEMA
    verdict: VerdictWord
    summary: ForeignText
    root_causes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    not_looked_at: tuple[ForeignText, ...] = ()
    """Phrases for the summary: what nobody looked at, and why."""
    defects: tuple[ForeignText, ...] = ()
    """Checks of ours that raised: the reason for exit 70 where nothing else failed."""
    strict: bool = False
    redacted: bool = False
    """What names the person, the machine or its folders was taken out."""
    since: Probed[Drift] = Probed(missing=NOT_LOOKED)
    """What changed since a baseline, where one was given."""
    profile: UsedProfile
    judged: Judged
    timings_ms: dict[str, float] = {}
    snapshot: Snapshot
