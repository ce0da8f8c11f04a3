import csv
import importlib
import io
import json
import re
from html.parser import HTMLParser

import pytest

from dlcheck.model.cohort import Cause, Cohort, Count, Member, Roster, Spread
from dlcheck.tell.cohort.csv import COLUMNS, cell
from dlcheck.tell.style import Style
from tests.tell.test_schemas import validator

HOSTILE = "\x1b[31m<script>alert(1)</script>\n\"'=cmd|' /C calc'!A0"
MEMBERS = (
    Member(name="ada", standing="ready", os="Ubuntu 24.04", ram_bytes=16 * 2**30),
    Member(name="bob", standing="not-ready", causes=("git-missing",), first="install git"),
    Member(name="eve", standing="damaged", problem="it is damaged"),
)
SMALL = Cohort(
    members=MEMBERS, standings={"ready": 1, "not-ready": 1, "damaged": 1},
    causes=(Cause(id="git-missing", title="git is not installed", fix="install git", blocks=1, who=("bob",)),),
    spreads=(Spread(name="RAM", counts=(Count(value="8 to 16 GB", count=2),)),),
    roster=(Roster(expected=4, missing=("Alan Turing",), unexpected=("eve",)),), passed_over=1,
)  # fmt: skip


def told(name, cohort=SMALL, **style):
    return importlib.import_module(f"dlcheck.tell.cohort.{name}").render(cohort, Style(**style))


@pytest.mark.parametrize("name", ("terminal", "html"))
def test_the_page_says_who_is_ready_what_is_wrong_and_who_is_missing(name):
    text = told(name)

    assert "1 of 2 machines is ready." in text
    for word in ("git is not installed", "bob", "install git", "Alan Turing", "it is damaged", "8 to 16 GB"):
        assert word in text


@pytest.mark.parametrize("width", (40, 60, 100))
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(len, told("terminal", width=width).splitlines())) <= width


def test_in_ascii_there_is_nothing_else():
    assert told("terminal", unicode=False).isascii()


def test_csv_has_a_row_for_each_document_and_each_missing_name():
    rows = list(csv.DictReader(io.StringIO(told("csv"))))

    assert [(row["name"], row["person"], row["standing"]) for row in rows] == [
        ("ada", "", "ready"), ("bob", "", "not-ready"), ("eve", "", "damaged"), ("", "Alan Turing", "missing"),
    ]  # fmt: skip
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["ram_gb"] == "16.0"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "'=1", '"=1', "|calc", "a;=1+1", "\n=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_in_any_locale(text):
    rows = list(csv.reader(io.StringIO(told("csv", Cohort(members=(Member(name=text, standing="ready"),))))))

    assert len(rows) == 2
    assert not re.match(r"""[\s"]*[=+\-@＝|%]""", rows[1][0])
    assert ";" not in rows[1][0]


def test_a_plain_name_stays_as_it_is():
    assert cell("Ada Lovelace-Byron") == "Ada Lovelace-Byron"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []
        self.opened = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in ("meta",):
            self.opened.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


def test_the_page_holds_everything_it_needs_and_nothing_that_was_judged_acts_in_it():
    hostile = Cohort(
        members=(Member(name=HOSTILE, standing="not-ready", first=HOSTILE),), standings={"not-ready": 1},
        causes=(Cause(id=HOSTILE, title=HOSTILE, fix=HOSTILE, who=(HOSTILE,)),),
        spreads=(Spread(name="OS", counts=(Count(value=HOSTILE, count=1),)),),
        roster=(Roster(expected=1, missing=(HOSTILE,), ambiguous=(HOSTILE,)),),
    )  # fmt: skip
    for cohort in (SMALL, hostile):
        parser = Tags()
        parser.feed(told("html", cohort))
        parser.close()

        assert parser.opened == []
        assert "script" not in [tag for tag, _ in parser.seen]
        assert not any({"src", "href", "onload", "style"} & set(attributes) for _, attributes in parser.seen)
        assert "svg" in [tag for tag, _ in parser.seen]


def test_a_bar_is_as_long_as_its_share():
    spread = Spread(name="RAM", counts=(Count(value="a", count=4), Count(value="b", count=1)))
    widths = re.findall(r'class="bar"[^>]*width="([\d.]+)"', told("html", Cohort(spreads=(spread,))))

    assert [float(one) for one in widths] == [320.0, 80.0]


def test_a_large_class_is_a_page_that_still_opens():
    many = tuple(Member(name=f"m{number}", standing="not-ready", first="install git") for number in range(5000))
    text = told("html", Cohort(members=many, standings={"not-ready": 5000}))

    assert text.count("<tr>") == 2001
    assert "and 3000 more" in text


def test_the_document_fits_its_schema_small_and_large():
    schema = validator("cohort-1")
    schema.validate(json.loads(told("json")))
    large = Cohort(members=tuple(Member(name=f"m{number}", standing="ready") for number in range(1500)))

    assert len(told("json", large).splitlines()) == 1
    schema.validate(json.loads(told("json", large)))
