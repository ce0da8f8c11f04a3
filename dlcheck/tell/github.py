"""Annotations of GitHub Actions: workflow commands on stdout, a problem each.

A step may show ten annotations of each level; what is more is summed up in the tenth. Nothing that was judged can be
read as a command: line ends and the separators are escaped, and `##[` is broken up. The job summary is the Markdown
report (`dlcheck.tell.markdown`); the command line appends it to the file that GITHUB_STEP_SUMMARY names.

Format: docs.github.com/en/actions/reference/workflow-commands-for-github-actions, read 2026-11-22; escaping as in
actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from typing import Literal

from dlcheck.model.report import Finding, Report
from dlcheck.tell.phrases import VERDICT_WORDS, conditions, is_green, is_red, titled
from dlcheck.tell.style import Style
from dlcheck.tell.visible import exactly, visible, visible_lines

Level = Literal["error", "warning", "notice"]
MOST = 10
"""Annotations of one level that a step shows."""
MOST_MESSAGE = 3000
"""Characters of one message: longer ones are cut by GitHub without a word."""


def render(report: Report, style: Style) -> str:
    """One command a line, the gravest first, and the verdict in plain words."""
    levels: dict[Level, list[Finding]] = {"error": [], "warning": [], "notice": []}
    for finding in report.findings:
        if finding.status in ("fail", "warn", "unknown", "note") and not finding.caused_by:
            levels[_level(report, finding)].append(finding)
    lines = []
    if report.since.value is not None:
        from dlcheck.tell.drift import github

        lines += github.render(report.since.value, style).splitlines()
    lines += [f"dlcheck: {_harmless(visible(report.summary))}"]
    if not levels["error"] and not is_green(report):
        lines.append(_command("error", VERDICT_WORDS[report.verdict], visible(report.summary)))
    for level, findings in levels.items():
        shown = findings if len(findings) <= MOST else findings[: MOST - 1]
        lines += [_command(level, one.id, _message(one)) for one in shown]
        if rest := findings[len(shown) :]:
            names = ", ".join(dict.fromkeys(visible(one.id) for one in rest))
            lines.append(_command(level, f"{len(rest)} more", f"{len(rest)} more: {names}"))
    lines += [f"dlcheck: a check of dlcheck's own failed: {_harmless(visible(one))}" for one in report.defects]
    lines.append(f"dlcheck: {VERDICT_WORDS[report.verdict]}, by the profile {_harmless(visible(report.profile.name))}")
    return "\n".join(lines) + "\n"


def _level(report: Report, finding: Finding) -> Level:
    if is_red(report, finding) or (finding.status == "unknown" and report.verdict == "unknown"):
        return "error"
    return "warning" if finding.status in ("warn", "unknown") else "notice"


def _message(finding: Finding) -> str:
    """What it is, what was seen, and the first way to mend it."""
    undetermined = "not determined: " if finding.status == "unknown" else ""
    lines = [f"{undetermined}{visible(titled(finding))}"]
    lines += [line for one in finding.evidence for line in visible_lines(one)]
    if finding.status in ("fail", "warn") and finding.fixes:
        fix = finding.fixes[0]
        asked = conditions(fix)
        lines.append(f"To mend it: {visible(fix.title)}{f' ({visible(asked)})' if asked else ''}")
        lines += [f"  {exactly(command.text)}" for command in fix.commands]
    if finding.status in ("fail", "warn"):
        lines.append(f"dlcheck explain {visible(finding.id)}")
    text = "\n".join(lines)
    return text if len(text) <= MOST_MESSAGE else text[: MOST_MESSAGE - 1] + "…"


def _command(level: Level, title: str, message: str) -> str:
    return f"::{level} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return _harmless(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def _harmless(text: str) -> str:
    """The runner also knows an older form of command, `##[…]`, and finds it anywhere in a line."""
    return text.replace("##[", "# #[")
