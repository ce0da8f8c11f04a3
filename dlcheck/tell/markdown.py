"""Markdown for an issue, a chat or a job summary: problems open, everything else folded.

Whatever was judged stands in code spans and fences, or is escaped: it can neither be formatted, nor link, nor call a
person by an @, nor end a fence (CommonMark 0.31, sections 4.5 and 6.1; GitHub Flavored Markdown 0.29).
"""

from __future__ import annotations

import re

from dlcheck.model.report import PILLAR_TITLES, PILLARS, Command, Finding, Fix, Pillar, Report
from dlcheck.tell.order import Arranged, arrange
from dlcheck.tell.phrases import (
    STATUS_WORDS,
    conditions,
    judged,
    not_looked_at,
    plural,
    profile,
    titled,
)
from dlcheck.tell.style import Style
from dlcheck.tell.visible import exactly, visible, visible_lines

MARKS = {"fail": "❌", "warn": "⚠️", "unknown": "❓", "note": "ℹ️", "pass": "✅", "skip": "➖"}
VERDICT_MARKS = {"ready": "✅", "ready-with-warnings": "✅", "not-ready": "❌", "unknown": "❓"}
LANGUAGES = {
    "bash": "bash",
    "zsh": "bash",
    "fish": "fish",
    "powershell": "powershell",
    "cmd": "bat",
    "notebook": "python",
}
MOST_BYTES = 1024 * 1024
"""What a job summary of GitHub may have; a longer one is not shown at all."""
SPARE = 4096
"""Kept free for what closes a report that is cut."""
SPECIAL = re.compile(r"([\\`*_\[\]|~&$#])")
"""What is markup in the middle of a line; no text of a report begins one."""


def render(report: Report, style: Style) -> str:
    """The whole report; long ones end where a job summary must."""
    arranged = arrange(report)
    lines = _since(report)
    lines += [f"### {VERDICT_MARKS[report.verdict]} {escaped(report.summary)}", ""]
    if who := judged(report):
        lines += [f"Judged: {code(who)}", ""]
    for finding in report.findings:  # in rank
        if finding.status in ("fail", "warn", "unknown") and any(
            finding is one for one in arranged.roots[finding.pillar]
        ):
            lines += _problem(finding, arranged)
    lines += _hardware(report)
    for pillar in PILLARS:
        lines += _folded(pillar, report, arranged)
    lines += _closing(report)
    return bounded("\n".join(lines).rstrip("\n") + "\n")


def _since(report: Report) -> list[str]:
    """What changed since the baseline."""
    if report.since.value is None:
        return []
    from dlcheck.tell.drift import markdown

    return markdown.lines(report.since.value)


def escaped(text: str) -> str:
    """A line of text in which nothing is markup, a link or a call to a person."""
    plain = SPECIAL.sub(r"\\\1", visible(text)).replace("<", "&lt;").replace("@", "@<!-- -->")
    return re.sub(r"(?i)(https?|www)([.:])", r"\1<!-- -->\2", plain)


def code(text: str) -> str:
    """A code span, whatever backticks the text holds."""
    return _span(visible(text))


def _span(text: str) -> str:
    if not text.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(lines: list[str], language: str = "") -> list[str]:
    """A block of code, whatever backticks it holds."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def _problem(finding: Finding, arranged: Arranged) -> list[str]:
    undetermined = "Not determined: " if finding.status == "unknown" else ""
    lines = [f"#### {MARKS[finding.status]} {undetermined}{escaped(titled(finding))}", ""]
    lines += [f"Check {code(finding.id)}: {STATUS_WORDS[finding.status]}", ""]
    seen = [line for one in finding.evidence for line in visible_lines(one)]
    lines += [*fenced(seen), ""] if seen else []
    for number, fix in enumerate(finding.fixes):
        lines += _fix(fix, "Or" if number else "To mend it")
    following = [one for one in arranged.following(finding) if one.status in ("fail", "warn")]
    if following:
        lines += [f"What follows from it: {', '.join(code(one.id) for one in following)}", ""]
    return lines


def _fix(fix: Fix, lead: str) -> list[str]:
    asked = conditions(fix)
    lines = [f"**{lead}:** {escaped(fix.title)}{f' ({escaped(asked)})' if asked else ''}", ""]
    lines += [*_commands(fix.commands), ""] if fix.commands else []
    if fix.verify is not None:
        lines += ["Then check:", "", *_commands((fix.verify,)), ""]
    return lines


def _commands(commands: tuple[Command, ...]) -> list[str]:
    return fenced([exactly(one.text) for one in commands], LANGUAGES[commands[0].shell])


def _hardware(report: Report) -> list[str]:
    rows = [one for one in report.measures if one.status != "not-needed"]
    if not rows:
        return []
    lines = ["| Hardware | you have | minimum | recommended |", "| --- | --- | --- | --- |"]
    marks = {"recommended": "", "minimum": "", "below": " ⚠️", "unknown": " ❓"}
    for row in rows:
        cells = [row.name, row.have, row.minimum or "-", row.recommended or "-"]
        texts = [escaped(cell) for cell in cells]
        lines.append(f"| {texts[0]} | {texts[1]}{marks.get(row.status, '')} | {texts[2]} | {texts[3]} |")
    return [*lines, ""]


def _folded(pillar: Pillar, report: Report, arranged: Arranged) -> list[str]:
    """Everything else of a pillar: what passed, notes, consequences, what was left out."""
    told = [
        one
        for one in report.findings
        if one.pillar == pillar
        and not (any(one is root for root in arranged.roots[pillar]) and one.status in ("fail", "warn", "unknown"))
    ]
    if not told:
        return []
    counts = [
        f"{sum(one.status == status for one in told)} {words}"
        for status, words in STATUS_WORDS.items()
        if any(one.status == status for one in told)
    ]
    lines = ["<details>", f"<summary>{PILLAR_TITLES[pillar]}: {', '.join(counts)}</summary>", ""]
    for one in told:
        subject = f" {code(one.subject)}" if one.subject else ""
        seen = "; ".join(" ".join(visible_lines(text)) for text in one.evidence)
        cause = f", follows from {', '.join(code(cause) for cause in one.caused_by)}" if one.caused_by else ""
        lines.append(f"- {MARKS[one.status]} {code(one.id)}{subject}{cause}{f': {code(seen)}' if seen else ''}")
    return [*lines, "", "</details>", ""]


def _closing(report: Report) -> list[str]:
    rows = [f"Profile: {code(profile(report))}"]
    rows += [f"Machine: {code(report.judged.machine)}"] if report.judged.machine else []
    rows += [f"Not looked at: {escaped(sentence)}" for sentence in not_looked_at(report)]
    rows += [f"A check of dlcheck's own failed, please report it: {code(one)}" for one in report.defects]
    if report.redacted:
        rows.append("Names, folders and serial numbers were taken out; `~` is the home folder.")
    passed = sum(one.status == "pass" for one in report.findings)
    rows.append(f"{plural(passed, 'check')} passed; dlcheck {escaped(report.snapshot.dlcheck or 'of unknown version')}")
    return [f"{row}  " for row in rows[:-1]] + [rows[-1]]


def bounded(text: str, most: int = MOST_BYTES) -> str:
    """Fewer bytes than this; what is cut is said, and no fence or fold is left open; "" where there is no room."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) < most:
        return text
    if most < 2 * SPARE:
        return ""
    kept = data[: most - SPARE].decode("utf-8", "ignore").split("\n")[:-1]
    fence = ""
    for line in kept:
        if found := re.match(r"`{3,}", line):
            fence = "" if fence and line == fence else fence or found[0]
    folds = kept.count("<details>") - kept.count("</details>")
    end = [
        *([fence] if fence else []),
        *(["", "</details>"] * folds),
        "",
        "… the rest is left out, it is too long.",
        "",
    ]
    return "\n".join([*kept, *end])
