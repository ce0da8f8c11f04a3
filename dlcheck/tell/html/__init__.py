"""One HTML file that holds everything it needs: to read on a phone, on a desktop and in print, by light and by dark.

No script, no picture, no address that is fetched: a content security policy in the file itself forbids them. Folded
parts are `details` elements; every mark also stands in words, for those who do not see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from importlib import resources

from dlcheck.model.report import PILLAR_TITLES, PILLARS, Command, Finding, Fix, Pillar, Report, Status
from dlcheck.tell.order import Arranged, arrange
from dlcheck.tell.phrases import (
    STATUS_WORDS,
    VERDICT_WORDS,
    conditions,
    judged,
    not_looked_at,
    plural,
    profile,
    titled,
)
from dlcheck.tell.style import Style
from dlcheck.tell.visible import exactly, visible, visible_lines

GLYPHS: dict[Status, str] = {"pass": "✓", "note": "·", "warn": "!", "fail": "✗", "unknown": "?", "skip": "–"}
VERDICT_STATUS: dict[str, Status] = {
    "ready": "pass",
    "ready-with-warnings": "pass",
    "not-ready": "fail",
    "unknown": "unknown",
}
PROMPTS = {"powershell": "> ", "cmd": "> ", "notebook": ""}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PROBLEMS = ("fail", "warn", "unknown")


def render(report: Report, style: Style) -> str:
    """The whole page."""
    arranged = arrange(report)
    css = (resources.files(__package__) / "page.css").read_text("utf-8").strip()
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>dlcheck: {_text(VERDICT_WORDS[report.verdict])}</title>",
        f"<style>\n{css}\n</style>",
        "</head>",
        "<body>",
        *_header(report),
        "<main>",
        *_since(report),
        *_first(arranged),
        *(line for pillar in PILLARS for line in _pillar(pillar, report, arranged)),
        *(() if report.findings else ("<p>No check was made.</p>",)),
        *_hardware(report),
        "</main>",
        *_footer(report),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A line of text in which nothing is markup."""
    return escape(visible(text))


def _mark(status: Status) -> str:
    """A status for the eye, and in words for who does not see it."""
    return (
        f'<span class="mark {status}" aria-hidden="true">{GLYPHS[status]}</span>'
        f'<span class="spoken">{STATUS_WORDS[status]}: </span>'
    )


def _header(report: Report) -> list[str]:
    lines = ["<header>", f"<h1>{_mark(VERDICT_STATUS[report.verdict])} {_text(report.summary)}</h1>"]
    if who := judged(report):
        lines.append(f'<p class="quiet">Judged: {_text(who)}</p>')
    return [*lines, "</header>"]


def _since(report: Report) -> list[str]:
    """What changed since the baseline."""
    if report.since.value is None:
        return []
    from dlcheck.tell.drift.phrases import about, headline, moved

    lines = ['<section aria-labelledby="since">', '<h2 id="since">What changed</h2>']
    lines.append(f"<p>{_text(headline(report.since.value))}</p>")
    lines.append(f'<p class="quiet">Since {_text(about(report.since.value.before))}</p>')
    rows = [f"<li>{_text(change.words)}: {_text(moved(change))}</li>" for change in report.since.value.changes]
    return [*lines, *(["<ul>", *rows, "</ul>"] if rows else []), "</section>"]


def _first(arranged: Arranged) -> list[str]:
    """The one thing to do first."""
    first = arranged.first
    if first is None:
        return []
    lines = [
        '<section aria-labelledby="first">',
        '<h2 id="first">Do this first</h2>',
        f'<article class="{first.status}">',
    ]
    if not first.fixes:
        title = f"Find out why: {titled(first)}"
        explain = f'<pre><code><span class="prompt">$ </span>dlcheck explain {_text(first.id)}</code></pre>'
        return [*lines, f'<h3 class="plain">{_text(title)}</h3>', explain, "</article>", "</section>"]
    return [
        *lines,
        f'<h3 class="plain">{_text(first.fixes[0].title)}</h3>',
        f'<p class="quiet">It mends: {_text(titled(first))}</p>',
        *_steps(first.fixes[0]),
        "</article>",
        "</section>",
    ]


def _pillar(pillar: Pillar, report: Report, arranged: Arranged) -> list[str]:
    findings = [one for one in report.findings if one.pillar == pillar]
    if not findings:
        return []
    problems = [one for one in arranged.roots[pillar] if one.status in PROBLEMS]
    rest = [one for one in findings if all(one is not problem for problem in problems)]
    lines = [
        f'<section aria-labelledby="{pillar}">',
        f'<h2 id="{pillar}">{_mark(_worst(findings))} {_text(PILLAR_TITLES[pillar])} '
        f"<small>{_counts(findings)}</small></h2>",
    ]
    for finding in problems:
        lines += _problem(finding, arranged)
    if rest:
        summary = f"{_counts(rest)}: show" if problems else f"show {plural(len(rest), 'check')}"
        lines += ["<details>", f"<summary>{summary}</summary>", '<ul class="checks">']
        lines += [line for one in rest for line in _row(one)]
        lines += ["</ul>", "</details>"]
    return [*lines, "</section>"]


def _worst(findings: list[Finding]) -> Status:
    order: tuple[Status, ...] = ("fail", "warn", "unknown", "pass", "note", "skip")
    return min((one.status for one in findings), key=order.index)


def _counts(findings: Iterable[Finding]) -> str:
    statuses = [one.status for one in findings]
    return ", ".join(
        plural(statuses.count(status), words) if status in ("warn", "note") else f"{statuses.count(status)} {words}"
        for status, words in STATUS_WORDS.items()
        if status in statuses
    )


def _problem(finding: Finding, arranged: Arranged) -> list[str]:
    undetermined = "not determined: " if finding.status == "unknown" else ""
    lines = [
        f'<article class="{finding.status}">',
        f"<h3>{_mark(finding.status)} {_text(undetermined + titled(finding))}</h3>",
        f'<p class="quiet"><code>{_text(finding.id)}</code></p>',
        *_seen(finding),
    ]
    for number, fix in enumerate(finding.fixes):
        if finding is arranged.first and not number:
            lines.append('<p>To mend it: see <a href="#first">Do this first</a>.</p>')
            continue
        lead = "Or" if number else "To mend it"
        lines += [f"<p><strong>{lead}:</strong> {_text(fix.title)}</p>", *_steps(fix)]
    following = [one for one in arranged.following(finding) if one.status in ("fail", "warn")]
    if following:
        names = ", ".join(f"{_text(titled(one))} <code>{_text(one.id)}</code>" for one in following)
        lines.append(f"<p>What follows from it: {names}</p>")
    return [*lines, "</article>"]


def _seen(finding: Finding) -> list[str]:
    lines = [escape(line) for one in finding.evidence for line in visible_lines(one)]
    return [f'<pre class="seen">{_joined(lines)}</pre>'] if lines else []


def _steps(fix: Fix) -> list[str]:
    lines = []
    if asked := conditions(fix):
        lines.append(f'<p class="quiet">({_text(asked)})</p>')
    if fix.commands:
        lines.append(_commands(fix.commands, f"Commands: {fix.title}"))
    if fix.verify is not None:
        lines += ["<p>Then check:</p>", _commands((fix.verify,), f"Check: {fix.title}")]
    if re.fullmatch(r"https://[\w./?=&%#~+:,@-]+", fix.source):
        lines.append(
            f'<p class="quiet">Source: <a rel="noreferrer" href="{escape(fix.source)}">{_text(fix.source)}</a></p>'
        )
    return lines


def _commands(commands: tuple[Command, ...], label: str) -> str:
    """Commands never wrap; who has no mouse can scroll them by the keyboard."""
    lines = [f"{_prompt(one)}{escape(exactly(one.text))}" for one in commands]
    return f'<pre tabindex="0" role="region" aria-label="{_text(label)}"><code>{_joined(lines)}</code></pre>'


def _prompt(command: Command) -> str:
    """What stands before a command and is not copied with it."""
    prompt = PROMPTS.get(command.shell, "$ ")
    return f'<span class="prompt">{escape(prompt)}</span>' if prompt else ""


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _row(finding: Finding) -> list[str]:
    """One line of a folded part."""
    seen = "; ".join(" ".join(visible_lines(one)) for one in finding.evidence)
    subject = f" <strong>{_text(finding.subject)}</strong>" if finding.subject else ""
    cause = f" (follows from {_text(', '.join(finding.caused_by))})" if finding.caused_by else ""
    lines = [f"<li>{_mark(finding.status)} <code>{_text(finding.id)}</code>{subject}{cause}"]
    if finding.status in ("note", "warn", "fail"):
        lines[0] += f" {_text(finding.title)}"
    if seen:
        lines[0] += f"<br><small>{escape(seen)}</small>"
    lines[0] += "</li>"
    return lines


def _hardware(report: Report) -> list[str]:
    rows = [one for one in report.measures if one.status != "not-needed"]
    if not rows:
        return []
    statuses: dict[str, Status] = {"recommended": "pass", "minimum": "note", "below": "warn", "unknown": "unknown"}
    lines = [
        '<section aria-labelledby="hardware">',
        '<h2 id="hardware">Your hardware</h2>',
        "<table>",
        "<caption>Against what the profile asks for</caption>",
        '<thead><tr><th scope="col">part</th><th scope="col">you have</th>'
        '<th scope="col">minimum</th><th scope="col">recommended</th></tr></thead>',
        "<tbody>",
    ]
    for row in rows:
        cells = "".join(f"<td>{_text(cell or '-')}</td>" for cell in (row.have, row.minimum, row.recommended))
        lines.append(f'<tr><th scope="row">{_mark(statuses[row.status])} {_text(row.name)}</th>{cells}</tr>')
    return [*lines, "</tbody>", "</table>", "</section>"]


def _footer(report: Report) -> list[str]:
    rows = [("Profile", profile(report)), ("Machine", report.judged.machine)]
    rows += [("Not looked at", sentence) for sentence in not_looked_at(report)]
    rows += [("Defect of dlcheck", one) for one in report.defects]
    rows += [("Looked at", report.snapshot.taken_at), ("dlcheck", report.snapshot.dlcheck)]
    lines = ["<footer>", "<dl>"]
    lines += [f"<dt>{_text(name)}</dt><dd>{_text(words)}</dd>" for name, words in rows if words]
    lines.append("</dl>")
    if report.redacted:
        lines.append("<p>Names, folders and serial numbers were taken out; <code>~</code> is the home folder.</p>")
    lines.append("<p>What a check means: <code>dlcheck explain</code> and its name.</p>")
    return [*lines, "</footer>"]
