"""A benchmark as JUnit XML: a suite for each device, a testcase for each of its formats, a suite for what was asked.

failure  a product was wrong, or a floor was missed
error    it could not be judged, and the exit status is not 0
skipped  nothing was measured, or what was measured was refused
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dlcheck.model.bench import Bench
from dlcheck.model.measured import Row
from dlcheck.model.quantities import rate
from dlcheck.tell.bench import phrases
from dlcheck.tell.bench.rows import label, sides
from dlcheck.tell.escaping import xml_attribute, xml_text
from dlcheck.tell.style import Style


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One testcase."""

    suite: str
    name: str
    outcome: str
    """"passed", "failure", "error", "skipped"."""
    words: str
    seconds: float = 0.0


def render(bench: Bench, style: Style) -> str:
    """The whole document; the style does not matter to a machine."""
    cases = [*_products(bench), *_floors(bench)]
    if not bench.measured:
        words = "; ".join(bench.verdict.problems) or "nothing was measured"
        cases.append(Case(suite="run", name="measured", outcome="error", words=words))
    suites = list(dict.fromkeys(case.suite for case in cases))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="dlcheck bench" {_counts(cases)} time="{bench.duration_s:.3f}">',
        *(line for suite in suites for line in _suite(bench, suite, [one for one in cases if one.suite == suite])),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _products(bench: Bench) -> list[Case]:
    """One for each device, format and thread count."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in bench.results:
        groups.setdefault((row.device, label(row, with_format=True)), []).append(row)
    return [_product(device, name, rows) for (device, name), rows in groups.items()]


def _product(device: str, name: str, rows: list[Row]) -> Case:
    wrong = next((row for row in rows if row.verify is not None and not row.verify.ok), None)
    told = [row for row in rows if row.tflops is not None and not row.refused]
    seconds = sum(row.time_s.mean * row.samples * row.calls_per_sample for row in rows if row.time_s is not None)
    if wrong is not None and wrong.verify is not None:
        words = f"wrong product at {sides(wrong)}: {wrong.verify.fault_words}"
        return Case(suite=device, name=name, outcome="failure", words=words, seconds=seconds)
    if not told:
        words = next((row.refused or row.skipped_reason for row in rows if row.refused or row.skipped_reason), "")
        return Case(suite=device, name=name, outcome="skipped", words=words, seconds=seconds)
    words = "\n".join(
        f"{sides(row)}: {'≈' if row.quality == 'C' else ''}{rate(row.headline_tflops, row.dtype)}" for row in told
    )
    return Case(suite=device, name=name, outcome="passed", words=words, seconds=seconds)


def _floors(bench: Bench) -> list[Case]:
    outcomes = {"met": "passed", "missed": "failure", "unknown": "error"}
    return [
        Case(suite="asked for", name=floor.asked, outcome=outcomes[floor.standing], words=floor.words)
        for floor in bench.assessment.floors
    ]


def _counts(cases: Iterable[Case]) -> str:
    outcomes = [case.outcome for case in cases]
    failures, errors, skipped = (outcomes.count(name) for name in ("failure", "error", "skipped"))
    return f'tests="{len(outcomes)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _suite(bench: Bench, name: str, cases: list[Case]) -> list[str]:
    moment = bench.started_at.removesuffix("Z")
    stamp = f" timestamp={xml_attribute(moment)}" if moment else ""
    properties = {"summary": " ".join(bench.assessment.summary), "measured with": phrases.measured_with(bench)}
    seconds = sum(case.seconds for case in cases)
    return [
        f'  <testsuite name={xml_attribute(name)} {_counts(cases)} time="{seconds:.3f}"{stamp}>',
        "    <properties>",
        *(
            f"      <property name={xml_attribute(key)} value={xml_attribute(value)}/>"
            for key, value in properties.items()
            if value
        ),
        "    </properties>",
        *(line for case in cases for line in _case(case)),
        "  </testsuite>",
    ]


def _case(case: Case) -> list[str]:
    classname = xml_attribute(f"dlcheck.bench.{case.suite}")
    start = f'    <testcase name={xml_attribute(case.name)} classname={classname} time="{case.seconds:.3f}">'
    if case.outcome == "passed":
        return [start, f"      <system-out>{xml_text(case.words)}</system-out>", "    </testcase>"]
    return [start, f"      <{case.outcome} message={xml_attribute(case.words)}/>", "    </testcase>"]
