"""Editing tables as text: comments and columns of a hand stay, what comes out is TOML."""

from datetime import date

import msgspec
import pytest

from scripts.refresh import toml_text

TABLE = """# What it is.
source = "somewhere"
read = 2026-11-22

# --- a part ---
[[release]]
version = "2.15.0"
vision = "0.29.2"
note = "by hand"

[[release]]
version = "2.14.1"

# --- another part ---
[[release]]
version = "2.13.0"
"""
ORDER = ("version", "python", "vision", "note")


def test_blocks_are_the_text():
    found = toml_text.blocks(TABLE, "release")

    assert "".join(found) == TABLE
    assert [toml_text.value_of(one, "version") for one in found[1:]] == ["2.15.0", "2.14.1", "2.13.0"]
    assert toml_text.value_of(found[0], "version") == ""


def test_values_are_written_in_their_place_and_the_rest_stays():
    head, first, *rest = toml_text.blocks(TABLE, "release")
    values = {"version": "2.15.1", "python": "3.11-3.15", "vision": None}

    new = toml_text.with_values(first, values, ORDER)

    assert new == '[[release]]\nversion = "2.15.1"\npython = "3.11-3.15"\nnote = "by hand"\n\n'
    assert "# --- another part ---" in head + new + "".join(rest)


def test_a_new_block():
    text = toml_text.new_block("release", {"vision": "1", "version": "2", "note": None}, ORDER)

    assert text == '[[release]]\nversion = "2"\nvision = "1"\n\n'


def test_the_day_is_that_of_the_table_alone():
    text = TABLE + 'read = "no day"\n'

    assert toml_text.with_day(text, date(2027, 1, 2)).count("read = 2027-01-02") == 1


def test_a_list_of_rows_and_a_section_of_lines():
    text = 'read = 2026-11-22\nrelease = [\n  { a = "1" },\n]\n\n[torchvision]\n"0.3" = "1.1"\n"0.4" = "1.2"\n\n[torchaudio]\n"2.0" = "2.0"\n'

    text = toml_text.with_rows(text, "release", ['{ a = "2" }', '{ a = "3" }'])
    text = toml_text.with_lines(text, "torchvision", {"0.4": "1.3", "0.5": ">=1.4"})
    text = toml_text.with_lines(text, "torchaudio", {"2.1": "2.1"})

    assert msgspec.toml.decode(text) == {
        "read": date(2026, 11, 22),
        "release": [{"a": "2"}, {"a": "3"}],
        "torchvision": {"0.3": "1.1", "0.4": "1.3", "0.5": ">=1.4"},
        "torchaudio": {"2.0": "2.0", "2.1": "2.1"},
    }


@pytest.mark.parametrize("text", ["", "release = []\n", "x = [\n]\n"])
def test_what_is_not_there_is_not_edited(text):
    with pytest.raises(ValueError, match="no"):
        toml_text.with_rows(text, "release", [])
    with pytest.raises(ValueError, match="no section"):
        toml_text.with_lines(text, "torchvision", {"1": "2"})


@pytest.mark.parametrize(
    "value",
    ["plain", 'a "quote" and \\ a backslash', "]\\", True, 3, ["a", "b"], {"linux": "cu130"}, [], date(2026, 1, 2)],
)
def test_values_come_back_as_they_were(value):
    assert msgspec.toml.decode(f"a = {toml_text.written(value)}") == {"a": value}


@pytest.mark.parametrize("value", ["two\nlines", "\x00", "a\x1b[31m"])
def test_what_would_break_a_line_is_refused(value):
    with pytest.raises(ValueError, match="one line"):
        toml_text.written(value)
