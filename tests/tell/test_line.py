"""Lines of styled texts: where they are wrapped, and what is written."""

import pytest

from dlcheck.tell.terminal.line import Line
from dlcheck.tell.visible import columns


def texts(text, width):
    return [line.plain for line in Line((text, "")).wrapped(width)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 13, ["one two three"]),
        ("one two three", 12, ["one two", "three"]),
        ("one two three", 7, ["one two", "three"]),
        ("one  two", 4, ["one", "two"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a abcdefghij b", 4, ["a", "abcd", "efgh", "ij b"]),
        ("  indented text", 10, ["  indented", "text"]),
        ("trailing   ", 8, ["trailing"]),
        ("   ", 2, [""]),
        ("ドライバが古い", 6, ["ドライ", "バが古", "い"]),
        ("ab ドライバ", 5, ["ab", "ドラ", "イバ"]),
    ],
)
def test_a_text_is_wrapped_between_its_words_and_only_a_long_word_is_divided(text, width, lines):
    assert texts(text, width) == lines


@pytest.mark.parametrize("width", range(2, 30))
def test_wrapping_loses_nothing_but_spaces_and_keeps_to_the_width(width):
    text = "The driver 450.80.02 ist zu alt für CUDA 12.1: ドライバ /usr/lib/x86_64-linux-gnu/libcuda.so.1 é x"
    lines = texts(text, width)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if columns(line) > width or line != line.rstrip()] == []


def test_a_style_goes_on_over_the_end_of_a_line():
    lines = Line(("too old: ", "bold red"), ("it needs 525", "dim")).wrapped(12)

    assert [line.written(True) for line in lines] == [
        "\x1b[1;31mtoo old: \x1b[0m\x1b[2mit\x1b[0m",
        "\x1b[2mneeds 525\x1b[0m",
    ]
    assert [line.written(False) for line in lines] == ["too old: it", "needs 525"]


def test_a_line_that_ends_in_spaces_is_written_without_them():
    assert (Line(("a", "bold")) + Line(("   ", ""))).written(True) == "\x1b[1ma\x1b[0m"
