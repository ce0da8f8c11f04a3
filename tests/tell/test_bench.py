"""Benchmarks in every format: what is kept, what fits, and that nothing that was measured becomes mark-up."""

import csv
import importlib
import io
import json
import re
from html.parser import HTMLParser
from importlib import resources
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.model.bench import BenchDevice
from dlcheck.model.documents import decode_bench, encode
from dlcheck.model.measured import Verification
from dlcheck.tell.bench import terminal
from dlcheck.tell.bench.html.svg import ticks
from dlcheck.tell.bench.series import curves
from dlcheck.tell.escaping import markdown, workflow_data, workflow_property
from dlcheck.tell.style import Style
from tests.benches import BENCHES, CPU, finished, row
from tests.tell.bench_golden import AGAIN, FOLDER, FORMATS, STYLES, goldens, told
from tests.tell.test_terminal import columns, is_command, plain

GOLDENS = goldens()
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((resources.files("dlcheck.model") / "schemas" / "bench-1.json").read_text("utf-8"))
)


@pytest.mark.parametrize("name", GOLDENS)
def test_the_text_is_the_one_that_was_looked_at_and_kept(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        assert GOLDENS[name] == file.read(), "python -m tests.tell.bench_golden writes them anew"


@pytest.mark.parametrize("width", [40, 41, 59, 60, 79, 80, 100, 140, 300])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.parametrize("name", BENCHES)
def test_only_a_command_is_wider_than_the_terminal(name, width, unicode, verbose):
    text = told(name, "terminal", Style(width=width, unicode=unicode, verbose=verbose, again=AGAIN))

    assert [line for line in text.splitlines() if columns(line) > width and not is_command(line)] == []
    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert unicode or text.isascii()


def test_with_colour_the_only_escape_codes_are_ours():
    text = told("hostile", "terminal", STYLES["80-colour"])

    assert "\x1b[" in text
    assert [character for character in plain(text) if not character.isprintable() and character != "\n"] == []


def test_a_kernel_that_adds_in_varying_order_is_told_and_is_no_error():
    varying = Verification(
        ok=True, method="freivalds fp64, 2 vectors", residual_u=2, limit_u=8, bitwise_repeat=False, deterministic=False
    )
    bench = finished(devices=(CPU,), results=(row("cpu", "fp32", 512, 1.0, threads=2, verify=varying),))
    text = " ".join(terminal.render(bench, STYLES["80"]).split())

    assert "no error seen in one product" in text
    assert "cpu fp32 gave slightly other products of the same matrices" in text


def test_a_beginner_reads_three_sentences_and_is_done():
    text = " ".join(told("gpu", "terminal").split())

    assert text.startswith(
        "Your GPU multiplies matrices 34 × faster than your CPU. It pays off from 149 × 149 (530 × 530 where each matrix "
        "is copied first). Use bf16: 3.0 × the speed of fp32."
    )


def test_a_contended_row_is_refused_in_words_and_stands_in_no_table():
    screen = told("contended", "terminal", STYLES["140"])
    text = " ".join(screen.split())

    assert "! Not to be believed, and left out: cpu ×2 fp32 (128 to 2048)" in text
    assert "the CPU was contended: other programs took 46 % of it" in text
    assert "0.204" not in text
    assert "×2" not in screen.split("Products of two")[1].split("TFLOP/s over")[0]


def test_a_wrong_product_is_the_first_thing_that_is_said():
    text = told("wrong", "terminal", STYLES["140"])

    assert text.startswith("Wrong product: cuda:0 multiplied 4096 × 4096 in bf16 wrongly")
    assert "Use bf16" not in text


def test_figures_of_the_third_quality_are_marked():
    table = told("wrong", "terminal", STYLES["140"]).split("Products of two")[1]

    assert re.search(r"cuda:0 .*≈35\.1", table)
    assert not re.search(r"cpu ×16 .*≈", table)


@pytest.mark.parametrize("name", BENCHES)
def test_json_fits_its_schema_and_comes_back_the_same(name):
    text = told(name, "json")

    SCHEMA.validate(json.loads(text))
    assert json.loads(encode(decode_bench(text.encode()))) == json.loads(text)


@pytest.mark.parametrize("name", BENCHES)
def test_csv_has_a_line_for_every_row_and_no_formula(name):
    lines = list(csv.reader(io.StringIO(told(name, "csv"))))

    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) == 1 + len(BENCHES[name].results)
    assert [cell for line in lines for cell in line if cell.startswith(("=", "@", "+"))] == []


@pytest.mark.parametrize("name", BENCHES)
def test_junit_is_xml_whose_counts_are_right(name):
    root = ElementTree.fromstring(told(name, "junit"))

    for element in (root, *root.iter("testsuite")):
        for counted, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(element.get(counted)) == len(list(element.iter(tag)))


@pytest.mark.parametrize(
    ("name", "failures", "errors"),
    [("gpu", 0, 0), ("contended", 0, 0), ("wrong", 1, 0), ("empty", 0, 1), ("interrupted", 0, 0)],
)
def test_junit_is_red_where_the_exit_status_is_not_0(name, failures, errors):
    root = ElementTree.fromstring(told(name, "junit"))

    assert (int(root.get("failures")), int(root.get("errors"))) == (failures, errors)


@pytest.mark.parametrize("name", BENCHES)
def test_annotations_are_one_command_a_line(name):
    lines = told(name, "github").splitlines()

    assert [
        line for line in lines[:-1] if not re.fullmatch(r"::(error|warning|notice) title=[^:,]+::[^\r\n]+", line)
    ] == []
    assert lines[-1] == f"dlcheck bench: {BENCHES[name].verdict.word}"


@settings(max_examples=30, deadline=None)
@given(st.text(), st.text(), st.text(), st.integers(40, 120), st.booleans())
def test_whatever_a_device_is_called_stays_text(name, model, reason, width, unicode):
    document = finished(
        devices=(BenchDevice(name=name, type="cuda", model=model), CPU),
        results=(
            row(name, "fp32", 512, 3.0),
            row(name, "bf16", 512, 9.0, refused=reason or "x"),
            row("cpu", "fp32", 512, 1.0, threads=2),
        ),
        notes=(reason,),
        ended=reason,
    )
    screen = importlib.import_module("dlcheck.tell.bench.terminal").render(
        document, Style(width=width, unicode=unicode, again=AGAIN)
    )

    assert [character for character in screen if not character.isprintable() and character != "\n"] == []
    assert [line for line in screen.splitlines() if columns(line) > width and not is_command(line)] == []
    ElementTree.fromstring(importlib.import_module("dlcheck.tell.bench.junit").render(document, Style()))
    page = Page()
    page.feed(importlib.import_module("dlcheck.tell.bench.html").render(document, Style()))
    assert not page.tags & {"script", "img", "a", "iframe", "object"}
    lines = importlib.import_module("dlcheck.tell.bench.github").render(document, Style()).splitlines()
    assert all(re.match(r"::(error|warning|notice) title=[^:,]*::|dlcheck bench: ", line) for line in lines)


class Page(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("name", BENCHES)
def test_the_page_is_whole_in_itself_and_holds_nothing_foreign(name):
    text = told(name, "html")
    page = Page()
    page.feed(text)

    assert not page.tags & {"script", "b", "link", "img", "iframe", "object", "a"}
    assert [pair for pair in page.attributes if pair[0] in ("src", "href") or pair[0].startswith("on")] == []
    assert "url(" not in text and "@import" not in text


@pytest.mark.parametrize("language", FORMATS)
def test_hostile_text_stays_text(language):
    text = told("hostile", language)

    assert "\x1b" not in text and "\u202e" not in text
    assert "<script" not in text or language in ("csv", "github")
    assert not [line for line in text.splitlines() if line.startswith("::error::")]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a - b 4.5 + 3", "a - b 4.5 + 3"),
        ("1. x", "1\\. x"),
        ("- x", "\\- x"),
        ("# x", "\\# x"),
        ("a|b`c`*d*_e_", "a\\|b\\`c\\`\\*d\\*\\_e\\_"),
        ("<b>", "&lt;b\\>"),
        ("@ada", "@<!-- -->ada"),
        ("see https://x.example", "see https:<!-- -->//x.example"),
        ("https://x.example/a-b", "<https://x.example/a-b>"),
        ("![i](x)", "\\!\\[i\\](x)"),
    ],
)
def test_markdown_shows_what_was_written(text, safe):
    assert markdown(text) == safe


def test_a_workflow_command_cannot_be_left():
    assert workflow_data("a\n::error::b\r%0A##[error]x") == "a%0A::error::b%0D%250A# #[error]x"
    assert workflow_property("a:b,c") == "a%3Ab%2Cc"


def test_at_most_four_curves_and_none_of_one_point():
    assert [curve.name for curve in curves(BENCHES["gpu"])] == ["cpu fp32", "cpu bf16", "cuda:0 fp32", "cuda:0 bf16"]
    assert curves(BENCHES["empty"]) == []
    assert curves(BENCHES["hostile"]) == []


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0.9, 12, [1, 2, 5, 10]),
        (0.3, 170, [0.5, 1, 2, 5, 10, 20, 50, 100]),
        (1e-4, 100, [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]),
    ],
)
def test_ticks_are_round_and_few(low, high, found):
    assert ticks(low, high) == pytest.approx(found)
