"""A benchmark as GitHub-flavoured Markdown, to paste into an issue or a README."""

from __future__ import annotations

from dlcheck.model.bench import Bench
from dlcheck.model.gaps import known
from dlcheck.model.quantities import digits, per_cent, times
from dlcheck.tell.bench import phrases, rows
from dlcheck.tell.escaping import markdown as plain
from dlcheck.tell.escaping import markdown_table as table
from dlcheck.tell.style import Style

HEADS = (
    "size",
    "device",
    "time",
    "TFLOP/s, best",
    "now",
    "±",
    "% of rated peak",
    "% at clock",
    "% of best",
    "bound",
    "× CPU",
)


def render(bench: Bench, style: Style) -> str:
    """Headings, one table, lists."""
    found = bench.assessment
    lines = ["## dlcheck bench", ""]
    if bench.interrupted:
        lines += ["**Interrupted: this is what was measured until then.**", ""]
    lines += [line for problem in bench.verdict.problems for line in (f"**{plain(problem)}**", "")]
    lines += [plain(" ".join(found.summary)), ""] if found.summary else []
    lines += [f"- {plain(name)}: {plain(words)}" for name, words in phrases.devices(bench)]
    shown = rows.shown(bench, everything=style.verbose)
    with_format = len({row.dtype for row in shown}) > 1
    if shown:
        cells = [rows.cells(bench, row, with_format=with_format).all() for row in shown]
        lines += ["", f"### Products of two N × N matrices{'' if with_format else ', ' + rows.format_of(bench)}", ""]
        lines += table(HEADS, cells, words=("device", "bound"))
    lines += _ladder(bench)
    lines += _section("Refused", rows.refusals(bench))
    floors = [f"{floor.standing}: {floor.asked}: {floor.words}" for floor in found.floors]
    lines += _section("Asked for", floors)
    lines += _section("What others measured", phrases.references(found.references))
    lines += _section("Published, not measured here", phrases.published(found.published))
    sources = [source for usual in found.references for source in usual.sources]
    sources += [source for one in found.published for source in one.sources]
    lines += _section("Sources of these", list(dict.fromkeys(sources)))
    lines += _section("What limits this machine", list(found.limits))
    lines += _section("Besides", _besides(bench))
    return "\n".join(lines).rstrip("\n") + "\n"


def _ladder(bench: Bench) -> list[str]:
    rungs = bench.assessment.ladder
    if not rungs:
        return []
    cells = []
    for rung in rungs:
        share = known(rung.pct_peak)
        rate = f"{'≈' if rung.approximate else ''}{digits(rung.tflops)}"
        emulated = f"emulated, {times(rung.emulated)} × slower than {rung.emulated_against}" if rung.emulated else ""
        factor = times(rung.times_fp32) if rung.times_fp32 else ""
        cells.append((rung.device, rung.dtype, rate, factor, per_cent(share) if share is not None else "", emulated))
    heads = ("device", "format", "TFLOP/s", "× fp32", "of peak", "note")
    return ["", "### Formats", "", *table(heads, cells, words=("device", "format", "note"))]


def _section(title: str, sentences: list[str]) -> list[str]:
    return ["", f"### {title}", "", *(f"- {plain(one)}" for one in sentences)] if sentences else []


def _besides(bench: Bench) -> list[str]:
    told = [
        *(phrases.crossover(one) for one in bench.crossover),
        *(f"Copies {one}" for one in phrases.copies(bench)),
        *(f"Memory bandwidth {one}" for one in phrases.memory(bench)),
        *(f"Latency {one}" for one in phrases.latency(bench)),
        *(f"First call {one}" for one in phrases.first_calls(bench)),
        *(f"Energy {one}" for one in phrases.energy(bench)),
        *(phrases.training(one) for one in bench.training),
        *(f"Not measured: {one}" for one in rows.omissions(bench)),
        *bench.notes,
        f"Checked: {phrases.verified(bench)}",
        f"Measured with {with_what}" if (with_what := phrases.measured_with(bench)) else "",
        f"Took {phrases.budget(bench)}",
    ]
    return [one for one in told if one]
