"""A class of machines as one HTML file that holds everything it needs: no script, nothing fetched, plots as SVG."""

from __future__ import annotations

from importlib import resources

from dlcheck.model.cohort import STANDING_WORDS, Cohort, Count, Member, Spread
from dlcheck.tell.cohort.bars import bars
from dlcheck.tell.cohort.phrases import MARKS, headline, missing, need, needy, standings
from dlcheck.tell.escaping import html
from dlcheck.tell.html import GLYPHS, POLICY
from dlcheck.tell.phrases import plural
from dlcheck.tell.style import Style

CSS = """
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1.5rem; }
.plots figure { margin: 0; min-width: 0; }
.plots figcaption { font-weight: bold; margin-bottom: .35rem; }
svg { display: block; width: 100%; max-width: 26rem; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink); } svg .count { fill: var(--quiet); }
svg .track { fill: var(--raised); } svg .bar { fill: var(--note); }
tbody th { font-weight: 600; min-width: 9rem; }
.who { columns: 2 12rem; padding-left: 1.2rem; margin: .35rem 0; }
"""
ROWS = 2_000
"""People that are listed by name; a page of a hundred thousand rows is none."""
NAMES = 500
"""Of one cause."""


def render(cohort: Cohort, style: Style) -> str:
    """The whole page."""
    css = (resources.files("dlcheck.tell.html") / "page.css").read_text("utf-8").strip()
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{html(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>dlcheck: {html(headline(cohort))}</title>",
        f"<style>\n{css}\n{CSS.strip()}\n</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{html(headline(cohort))}</h1>",
        f'<p class="quiet">{html(plural(len(cohort.members), "document"))}: {html(standings(cohort))}.</p>',
        "</header>",
        "<main>",
        *_roster(cohort),
        *_causes(cohort),
        *_people(cohort),
        *_plots(cohort),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _mark(status: str, words: str) -> str:
    glyph = next(glyph for name, glyph in GLYPHS.items() if name == status)
    return f'<span class="mark {status}" aria-hidden="true">{glyph}</span><span class="spoken">{html(words)}: </span>'


def _names(names: tuple[str, ...], most: int = NAMES) -> list[str]:
    lines = [f"<li>{html(name)}</li>" for name in names[:most]]
    more = [f"<li>… and {len(names) - most} more, in the CSV</li>"] if len(names) > most else []
    return ['<ul class="who">', *lines, *more, "</ul>"]


def _roster(cohort: Cohort) -> list[str]:
    if not cohort.roster:
        return []
    roster = cohort.roster[0]
    lines = ['<section aria-labelledby="roster">', '<h2 id="roster">The roster</h2>', f"<p>{html(missing(cohort))}</p>"]
    lines += _names(roster.missing) if roster.missing else []
    for title, names in (("On no roster", roster.unexpected), ("Not clear whose", roster.ambiguous)):
        if names:
            lines += [f"<details><summary>{title}: {len(names)}</summary>", *_names(names), "</details>"]
    return [*lines, "</section>"]


def _causes(cohort: Cohort) -> list[str]:
    if not cohort.causes:
        return []
    lines = ['<section aria-labelledby="causes">', '<h2 id="causes">What is wrong, and with whom</h2>']
    for cause in cohort.causes:
        status = "fail" if cause.blocks else "warn"
        lines += [
            f'<article class="{status}">',
            f"<h3>{_mark(status, STANDING_WORDS['not-ready'] if cause.blocks else 'warning')} "
            f"{len(cause.who)} × {html(cause.title or cause.id)}</h3>",
            f'<p class="quiet"><code>{html(cause.id)}</code></p>',
            *([f"<p><strong>To mend it:</strong> {html(cause.fix)}</p>"] if cause.fix else []),
            f"<details><summary>with whom: {plural(len(cause.who), 'machine')}</summary>",
            *_names(cause.who),
            "</details>",
            "</article>",
        ]
    return [*lines, "</section>"]


def _people(cohort: Cohort) -> list[str]:
    people = needy(cohort)
    if not people:
        return []
    lines = [
        '<section aria-labelledby="people">', '<h2 id="people">Who needs what</h2>', "<table>",
        '<thead><tr><th scope="col">who</th><th scope="col">what to do first</th></tr></thead>', "<tbody>",
        *(_person(one) for one in people[:ROWS]), "</tbody>", "</table>",
    ]  # fmt: skip
    if len(people) > ROWS:
        lines.append(f'<p class="quiet">… and {len(people) - ROWS} more, in the CSV.</p>')
    return [*lines, "</section>"]


def _person(one: Member) -> str:
    mark = _mark(MARKS[one.standing], STANDING_WORDS[one.standing])
    return f'<tr><th scope="row">{mark} {html(one.who)}</th><td>{html(need(one))}</td></tr>'


def _plots(cohort: Cohort) -> list[str]:
    counts = tuple(
        Count(value=STANDING_WORDS[standing], count=count) for standing, count in cohort.standings.items() if count
    )
    spreads = [Spread(name="Standing", counts=counts), *(one for one in cohort.spreads if one.counts)]
    lines = ['<section aria-labelledby="spread">', '<h2 id="spread">What there is</h2>', '<div class="plots">']
    for spread in spreads:
        lines += ["<figure>", f"<figcaption>{html(spread.name)}</figcaption>", *bars(spread), "</figure>"]
    return [*lines, "</div>", "</section>"]
