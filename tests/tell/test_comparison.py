"""Comparisons in every format: what fits, and that nothing becomes mark-up."""

import csv
import io
import json
from importlib import resources

import jsonschema
import pytest

from dlcheck.bench.comparison import compare
from dlcheck.tell.comparison import csv as as_csv
from dlcheck.tell.comparison import json as as_json
from dlcheck.tell.comparison import markdown, terminal
from dlcheck.tell.style import Style
from tests.benches import BENCHES, HOSTILE_NAME
from tests.tell.test_terminal import columns

ALL = compare([(name, BENCHES[name]) for name in BENCHES])
TWO = compare([("laptop", BENCHES["gpu"]), (HOSTILE_NAME, BENCHES["cpu"])])


@pytest.mark.parametrize("width", [40, 59, 60, 80, 140])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.parametrize("comparison", [ALL, TWO], ids=["all", "two"])
def test_nothing_is_wider_than_the_terminal(comparison, width, unicode, verbose):
    text = terminal.render(comparison, Style(width=width, unicode=unicode, verbose=verbose))

    assert [line for line in text.splitlines() if columns(line) > width] == []
    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert unicode or text.isascii()


def test_the_first_lines_say_what_was_compared_and_what_came_of_it():
    lines = terminal.render(compare([("a", BENCHES["gpu"]), ("b", BENCHES["gpu"])]), Style()).splitlines()

    assert lines[:2] == ["b against a (the same devices)", f"{len(BENCHES['gpu'].measured)} SAME"]


def test_json_fits_its_schema():
    schema = json.loads((resources.files("dlcheck.model") / "schemas" / "comparison-1.json").read_text("utf-8"))

    for comparison in (ALL, TWO):
        jsonschema.Draft202012Validator(schema).validate(json.loads(as_json.render(comparison, Style())))


def test_csv_has_a_line_for_every_difference_and_no_formula():
    lines = list(csv.reader(io.StringIO(as_csv.render(ALL, Style()))))

    assert len(lines) == 1 + sum(len(against.differences) for against in ALL.against)
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [
        cell for line in csv.reader(io.StringIO(as_csv.render(TWO, Style()))) for cell in line if cell.startswith("=")
    ] == []


def test_markdown_keeps_hostile_text_text():
    text = markdown.render(TWO, Style())

    assert "<script" not in text and "\x1b" not in text
    widths = {line.count(" | ") for line in text.splitlines() if line.startswith(("| laptop", "| run"))}
    assert len(widths) == 1
