"""JUnit XML, as Jenkins and GitLab read it: a suite for each pillar, a testcase for each check.

failure  the check found its fault, and the exit status is 1
error    whether there is a fault could not be determined, and the exit status is not 0
skipped  the check does not apply here, was left out, or could not be made and nothing that is required hangs on it
A warning passes (but under `--strict`), and is told in system-out.

Format: the schema of Jenkins' xunit plugin (junit-10.xsd), and GitLab's documentation of its unit test reports,
docs.gitlab.com/ci/testing/unit_test_reports, both read 2026-11-22.
"""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from dlcheck.model.report import PILLAR_TITLES, PILLARS, Finding, Report, Status
from dlcheck.tell.phrases import STATUS_WORDS, conditions, is_green, is_red, judged, profile
from dlcheck.tell.style import Style
from dlcheck.tell.visible import exactly, visible, visible_lines

Outcome = Literal["failure", "error", "skipped", "passed"]
GRAVEST: tuple[Outcome, ...] = ("failure", "error", "passed", "skipped")
"""Of several subjects of a check: one that passed outweighs one that was left out."""


def render(report: Report, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    suites = [lines for number, pillar in enumerate(PILLARS) if (lines := _suite(report, pillar, number))]
    cases = [outcome for pillar in PILLARS for outcome in _outcomes(report, pillar)]
    if not {"failure", "error"} & set(cases) and not is_green(report):
        cases.append("error")
        suites.append(_verdict(report))
    seconds = report.snapshot.seconds or sum(report.timings_ms.values()) / 1000
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="dlcheck" {_counts(cases)} time="{seconds:.3f}">',
        *(line for suite in suites for line in suite),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def outcome(report: Report, finding: Finding) -> Outcome:
    """What a testcase's reader is told of a finding: red if and only if the exit status is not 0."""
    if is_red(report, finding):
        return "failure"
    if finding.status == "unknown":
        # Where the verdict stands in spite of it, or a cause is told as red, it must not turn a build red by itself.
        stands = report.verdict in ("ready", "ready-with-warnings") or bool(finding.caused_by)
        return "skipped" if stands else "error"
    return "skipped" if finding.status == "skip" else "passed"


def _verdict(report: Report) -> list[str]:
    """A suite of one case, where no check is red and the whole is not green: nothing was looked at, a defect."""
    words = "; ".join(report.defects) or report.summary
    return [
        f'  <testsuite name="Verdict" id="{len(PILLARS)}" {_counts(["error"])} time="0.000">',
        '    <testcase name="verdict" classname="dlcheck" time="0.000">',
        f'      <error message={_attribute(words)} type="{report.verdict}"/>',
        "    </testcase>",
        "  </testsuite>",
    ]


def _outcomes(report: Report, pillar: str) -> list[Outcome]:
    return [
        min((outcome(report, one) for one in findings), key=GRAVEST.index)
        for findings in _cases(report, pillar).values()
    ]


def _cases(report: Report, pillar: str) -> dict[str, list[Finding]]:
    """Check → its findings, in rank."""
    cases: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.pillar == pillar:
            cases.setdefault(finding.id, []).append(finding)
    return cases


def _counts(outcomes: list[Outcome]) -> str:
    return " ".join(
        f'{name}="{count}"'
        for name, count in (
            ("tests", len(outcomes)),
            ("failures", outcomes.count("failure")),
            ("errors", outcomes.count("error")),
            ("skipped", outcomes.count("skipped")),
        )
    )


def _suite(report: Report, pillar: str, number: int) -> list[str]:
    cases = _cases(report, pillar)
    if not cases:
        return []
    title = PILLAR_TITLES[pillar]  # type: ignore[index]
    counts = _counts(_outcomes(report, pillar))
    moment = report.snapshot.taken_at.removesuffix("Z")
    timestamp = f" timestamp={_attribute(moment)}" if moment else ""
    properties = {"summary": report.summary, "profile": profile(report), "judged": judged(report)}
    return [
        f'  <testsuite name={_attribute(title)} id="{number}" {counts} time="0.000"{timestamp}>',
        "    <properties>",
        *(
            f"      <property name={_attribute(name)} value={_attribute(value)}/>"
            for name, value in properties.items()
            if value
        ),
        "    </properties>",
        *(line for identity, findings in cases.items() for line in _case(report, pillar, identity, findings)),
        "  </testsuite>",
    ]


def _case(report: Report, pillar: str, identity: str, findings: list[Finding]) -> list[str]:
    start = f'    <testcase name={_attribute(identity)} classname={_attribute(f"dlcheck.{pillar}")} time="0.000"'
    worst = min((outcome(report, one) for one in findings), key=GRAVEST.index)
    telling = [one for one in findings if outcome(report, one) == worst]
    told = [line for one in findings for line in _told(one)]
    if worst == "passed":
        return [f"{start}>", *_element("system-out", told), "    </testcase>"] if told else [f"{start}/>"]
    message = f"message={_attribute(_message(telling))}"
    if worst == "skipped":
        return [f"{start}>", f"      <skipped {message}/>", "    </testcase>"]
    return [f"{start}>", *_element(worst, told, f'{message} type="{telling[0].status}"'), "    </testcase>"]


def _message(findings: list[Finding]) -> str:
    """One line: the title where it is a problem, else the reason; and whom it concerns."""
    first = findings[0]
    words = first.title if first.status in ("fail", "warn") else "; ".join(first.evidence) or first.title
    if first.status == "unknown":
        words = f"{STATUS_WORDS['unknown']}: {words}"
    if first.caused_by:
        words += f" (follows from {', '.join(first.caused_by)})"
    subjects = list(dict.fromkeys(one.subject for one in findings if one.subject))
    return f"{', '.join(subjects)}: {words}" if subjects else words


def _told(finding: Finding) -> list[str]:
    """Everything that is worth reading of a finding, as lines."""
    subject = f"{finding.subject}: " if finding.subject else ""
    told_status: tuple[Status, ...] = ("fail", "warn", "unknown", "note")
    if finding.status not in told_status:
        return [f"{subject}{line}" for one in finding.evidence for line in visible_lines(one)]
    lines = [f"{subject}{STATUS_WORDS[finding.status]}: {visible(finding.title)}"]
    lines += [f"  {line}" for one in finding.evidence for line in visible_lines(one)]
    for number, fix in enumerate(finding.fixes):
        lines.append(f"{'or' if number else 'to mend it'}: {visible(fix.title)}")
        if asked := conditions(fix):
            lines.append(f"  ({visible(asked)})")
        lines += [f"  $ {exactly(command.text)}" for command in fix.commands]
        if fix.verify is not None:
            lines += ["  then check:", f"  $ {exactly(fix.verify.text)}"]
    if finding.status in ("fail", "warn"):
        lines.append(f"dlcheck explain {finding.id}")
    return lines


def _element(name: str, lines: list[str], attributes: str = "") -> list[str]:
    text = escape(_valid("\n".join(visible(line) for line in lines)))
    return f"      <{name}{' ' if attributes else ''}{attributes}>{text}</{name}>".split("\n")


def _attribute(text: str) -> str:
    return quoteattr(_valid(visible(text)))


def _valid(text: str) -> str:
    """Without what XML 1.0 cannot hold, not even escaped."""
    return "".join(
        character
        for character in text
        if character == "\n"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )
