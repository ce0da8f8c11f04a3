"""A benchmark as one HTML page, whole in itself: no script, nothing loaded from elsewhere; for screen and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlcheck.model.bench import Bench
from dlcheck.model.gaps import known
from dlcheck.model.quantities import digits, per_cent, times
from dlcheck.tell.bench import phrases, rows
from dlcheck.tell.bench.html.css import CSS
from dlcheck.tell.bench.html.svg import plot
from dlcheck.tell.bench.series import curves
from dlcheck.tell.escaping import html
from dlcheck.tell.style import Style

TITLE = "dlcheck bench"
FLOOR_CLASS = {"met": "good", "missed": "bad", "unknown": "unsure"}
WORDS = ("device", "bound", "format", "note")
"""Columns of words, set to the left."""


def render(bench: Bench, style: Style) -> str:
    """The whole page."""
    body = [
        *_opening(bench),
        *_figure(bench),
        *_table(bench, everything=False),
        *_ladder(bench),
        *_list("What others measured", phrases.references(bench.assessment.references)),
        *_list(
            "What you could borrow (published figures, not measured here)",
            phrases.published(bench.assessment.published),
        ),
        *_sources(bench),
        *_list("What limits this machine", bench.assessment.limits),
        *_besides(bench),
        *_all_rows(bench),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{TITLE}</title>",
            f"<style>{CSS}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _opening(bench: Bench) -> list[str]:
    found = bench.assessment
    lines = [f"<h1>{TITLE}</h1>"]
    lines += ['<p class="unsure">Interrupted: this is what was measured until then.</p>'] if bench.interrupted else []
    lines += [f'<p class="bad">{html(problem)}</p>' for problem in bench.verdict.problems]
    lines += [f'<p class="summary">{html(" ".join(found.summary))}</p>'] if found.summary else []
    lines += [f'<p class="unsure">Not to be believed, and left out: {html(one)}</p>' for one in rows.refusals(bench)]
    for floor in found.floors:
        words = f"{floor.asked}: {floor.standing}. {floor.words}"
        lines.append(f'<p class="{FLOOR_CLASS[floor.standing]}">{html(words)}</p>')
    lines.append("<dl>")
    lines += [f"<dt>{html(name)}</dt><dd>{html(words)}</dd>" for name, words in phrases.devices(bench)]
    return [*lines, "</dl>"]


def _figure(bench: Bench) -> list[str]:
    found = curves(bench)
    return ["<h2>TFLOP/s over the size N</h2>", *plot(found)] if found else []


def _table(bench: Bench, *, everything: bool) -> list[str]:
    shown = rows.shown(bench, everything=everything)
    if not shown:
        return []
    with_format = everything or len({row.dtype for row in shown}) > 1
    cells = [rows.cells(bench, row, with_format=with_format).all() for row in shown]
    heads = [
        {"best": "TFLOP/s, best", "rated": "% of rated peak", "clock": "% at clock", "of best": "% of best"}.get(
            head, head
        )
        for head in rows.HEADS
    ]
    table = _cells(heads, cells)
    if everything:
        return table
    title = f"Products of two N × N matrices{'' if with_format else ', ' + rows.format_of(bench)}"
    return [f"<h2>{html(title)}</h2>", *table]


def _cells(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """A table without its empty columns."""
    kept = [number for number in range(len(heads)) if any(line[number] for line in lines)]
    kinds = {number: ' class="words"' if heads[number] in WORDS else "" for number in kept}
    out = ['<div class="wide"><table>', "<thead><tr>"]
    out += [f'<th scope="col"{kinds[number]}>{html(heads[number])}</th>' for number in kept]
    out.append("</tr></thead><tbody>")
    for line in lines:
        tds = "".join(f"<td{kinds[number]}>{html(line[number])}</td>" for number in kept)
        out.append(f"<tr>{tds}</tr>")
    return [*out, "</tbody></table></div>"]


def _ladder(bench: Bench) -> list[str]:
    rungs = bench.assessment.ladder
    if not rungs:
        return []
    lines = []
    for rung in rungs:
        share = known(rung.pct_peak)
        rate = f"{'≈' if rung.approximate else ''}{digits(rung.tflops)}"
        note = f"emulated, {times(rung.emulated)} × slower than {rung.emulated_against}" if rung.emulated else ""
        factor = times(rung.times_fp32) if rung.times_fp32 else ""
        lines.append((rung.device, rung.dtype, rate, factor, per_cent(share) if share is not None else "", note))
    return ["<h2>Formats</h2>", *_cells(("device", "format", "TFLOP/s", "× fp32", "of peak", "note"), lines)]


def _list(title: str, sentences: Iterable[str]) -> list[str]:
    items = [f"<li>{html(one)}</li>" for one in sentences if one]
    return [f"<h2>{html(title)}</h2>", "<ul>", *items, "</ul>"] if items else []


def _sources(bench: Bench) -> list[str]:
    found = bench.assessment
    sources = [source for usual in found.references for source in usual.sources]
    sources += [source for one in found.published for source in one.sources]
    words = ", ".join(html(source) for source in dict.fromkeys(sources))
    return [f'<p class="small">From {words}.</p>'] if words else []


def _besides(bench: Bench) -> list[str]:
    groups = {
        "Crossover": [phrases.crossover(one) for one in bench.crossover],
        "Copies": phrases.copies(bench),
        "Memory bandwidth": phrases.memory(bench),
        "Latency": phrases.latency(bench),
        "First call": phrases.first_calls(bench),
        "Burst": phrases.burst(bench),
        "Energy": phrases.energy(bench),
        "Training": [phrases.training(one) for one in bench.training],
        "Not measured": rows.omissions(bench),
        "Note": list(bench.notes),
        "Checked": [phrases.verified(bench)],
        "Ended": [known(bench.ended) or ""],
        "Measured with": [phrases.measured_with(bench)],
        "Took": [phrases.budget(bench)],
        "When": [bench.started_at],
    }
    lines = ["<h2>Besides</h2>", "<dl>"]
    for label, sentences in groups.items():
        told = [html(one) for one in sentences if one]
        if told:
            lines.append(f"<dt>{label}</dt><dd>{'<br>'.join(told)}</dd>")
    return [*lines, "</dl>"]


def _all_rows(bench: Bench) -> list[str]:
    table = _table(bench, everything=True)
    if not table:
        return []
    return [
        "<details><summary>Every row</summary>",
        *table,
        f'<p class="small">{html(phrases.COLUMNS)}</p>',
        "</details>",
    ]
