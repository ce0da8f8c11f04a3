import importlib
import json

import jsonschema
import pytest

from dlcheck.model.drift import Change, Drift, Side
from tests.tell.test_schemas import validator

HOSTILE = "\x1b[31mred\n::error::x ##[error]y | `z` <script>@ada %0A"
SIDES = {"before": Side(name="good.json", taken_at="2026-11-01T08:00:00Z"), "after": Side(name="now.json")}
FORMATS = ("terminal", "markdown", "json", "github")


def drift(*changes, **fields):
    return Drift(**{**SIDES, "changes": changes, "compared": 200, **fields})


def change(words="numpy", before="1.26.4", after="2.1.3", **fields):
    return Change(
        **{"group": "packages", "key": f"packages:{words}", "words": words, "before": before, "after": after, **fields}
    )


def told(name, document, style):
    return importlib.import_module(f"dlcheck.tell.drift.{name}").render(document, style)


@pytest.fixture
def style():
    from dlcheck.tell.style import Style

    return Style(width=60)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_every_change(name, style):
    text = told(name, drift(change(), change("torch", "", "2.13.0"), change("keras", "3.1", "")), style)

    assert all(word in text for word in ("numpy", "1.26.4", "2.1.3", "torch", "2.13.0", "keras", "3.1"))


@pytest.mark.parametrize("name", ("terminal", "markdown", "github"))
def test_nothing_changed_is_said_in_a_sentence(name, style):
    assert "Nothing that matters changed: 200 facts are the same" in told(name, drift(), style)
    assert "Nothing can be compared" in told(name, drift(compared=0), style)


def test_what_was_expected_stands_behind_and_says_so(style):
    text = told("terminal", drift(change(allowed_by="numpy = 2.*"), change("keras", "2", "3")), style)

    assert text.index("keras") < text.index("numpy: 1.26.4")
    assert "expected by “numpy = 2.*”" in " ".join(text.split())


def test_long_groups_are_folded_and_open_with_verbose(style):
    from dlcheck.tell.style import Style

    many = drift(*(change(f"package-{number}") for number in range(30)))

    assert "18 more with --verbose" in told("terminal", many, style)
    assert "package-29" in told("terminal", many, Style(width=60, verbose=True))


@pytest.mark.parametrize("name", ("terminal", "markdown", "github"))
def test_a_hostile_value_stays_text(name, style):
    text = told(name, drift(change(HOSTILE, HOSTILE, HOSTILE), unused=(HOSTILE,), not_compared=(HOSTILE,)), style)

    assert "\x1b" not in text
    assert not any(line.startswith("::error") for line in text.splitlines())
    if name == "markdown":
        assert "<script>" not in text
        assert "@ada" not in text
    if name == "github":
        assert "##[" not in text


def test_no_line_is_wider_than_the_terminal(style):
    text = told("terminal", drift(change("a" * 150, "b" * 150, "c" * 150), not_compared=("d" * 150,)), style)

    assert max(map(len, text.splitlines())) <= 60


def test_the_document_fits_its_schema(style):
    schema = validator("drift-1")
    schema.validate(json.loads(told("json", drift(change()), style)))

    with pytest.raises(jsonschema.ValidationError):
        schema.validate({"schema": "dlcheck.drift/2"})


def test_github_is_one_annotation_for_each_group(style):
    text = told("github", drift(*(change(f"p{number}") for number in range(40)), change(allowed_by="numpy")), style)

    assert [line.partition("::")[0] + line.split()[0] for line in text.splitlines() if line.startswith("::")] == [
        "::warning", "::notice"
    ]  # fmt: skip
    assert "%0A" in text
