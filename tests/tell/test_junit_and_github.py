"""What machines read: JUnit by its schema and a reader, GitHub's commands by their grammar."""

from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml
from lxml import etree

from dlcheck.cli import status
from dlcheck.model.report import Fix
from dlcheck.tell import github, junit
from dlcheck.tell.style import Style
from tests.tell.golden_formats import COMMAND, MACHINES, SCHEMA
from tests.tell.reports import finding, shell, written


@pytest.mark.parametrize("name", MACHINES)
def test_junit_is_valid_and_red_if_and_only_if_the_exit_status_is_not_0(name):
    text = junit.render(MACHINES[name], Style()).encode()
    SCHEMA.assertValid(etree.fromstring(text))
    suites = JUnitXml.fromstring(text)
    red = sum(suite.failures + suite.errors for suite in suites)

    assert bool(red) == bool(status.of(MACHINES[name]))
    assert (
        suites.tests
        == sum(1 for suite in suites for _ in suite)
        == len(ElementTree.fromstring(text).findall(".//testcase"))
    )
    assert (suites.failures, suites.errors) == (
        sum(suite.failures for suite in suites), sum(suite.errors for suite in suites)
    )  # fmt: skip


def test_one_testcase_a_check_whatever_subjects_it_has():
    gpus = (finding("gpu-lost", "fail", subject="gpu 1"), finding("gpu-lost", subject="gpu 0"))
    root = ElementTree.fromstring(junit.render(written(findings=gpus, verdict="not-ready"), Style()))

    (case,) = root.findall(".//testcase")
    assert case.get("name") == "gpu-lost"
    assert case.find("failure").get("message") == "gpu 1: Gpu lost"


@pytest.mark.parametrize(
    ("verdict", "fields", "outcome"),
    [
        ("not-ready", {"status": "fail"}, "failure"),
        ("ready-with-warnings", {"status": "warn"}, "system-out"),
        ("unknown", {"status": "unknown", "evidence": ("x",)}, "error"),
        ("ready", {"status": "unknown", "evidence": ("x",)}, "skipped"),
        ("not-ready", {"status": "unknown", "caused_by": ("y",)}, "skipped"),
        ("ready", {"status": "skip", "evidence": ("x",)}, "skipped"),
        ("ready", {"status": "note"}, "system-out"),
        ("ready", {"status": "pass", "evidence": ("x",)}, "system-out"),
    ],
)
def test_outcomes_are_used_as_they_mean(verdict, fields, outcome):
    root = ElementTree.fromstring(junit.render(written(findings=(finding("x", **fields),), verdict=verdict), Style()))

    assert [child.tag for child in root.find(".//testcase")] == [outcome]


def test_a_warning_is_a_failure_under_strict():
    judged = written(findings=(finding("x", "warn"),), verdict="ready-with-warnings", strict=True)

    assert ElementTree.fromstring(junit.render(judged, Style())).find(".//failure") is not None
    assert "::error title=x::" in github.render(judged, Style())


@pytest.mark.parametrize("name", MACHINES)
def test_annotations_are_one_line_each_and_nothing_else_is_a_command(name):
    for line in github.render(MACHINES[name], Style()).splitlines():
        assert COMMAND.fullmatch(line) or line.startswith("dlcheck: "), line


@pytest.mark.parametrize("name", MACHINES)
def test_there_is_an_error_if_and_only_if_the_exit_status_is_not_0(name):
    assert ("::error " in github.render(MACHINES[name], Style())) == bool(status.of(MACHINES[name]))


def test_at_most_ten_annotations_a_level_the_rest_summed_up():
    many = tuple(finding(f"check-{number}", state) for state in ("fail", "warn", "note") for number in range(14))
    lines = github.render(written(findings=many, verdict="not-ready"), Style()).splitlines()

    for level in ("error", "warning", "notice"):
        told = [line for line in lines if line.startswith(f"::{level} ")]
        assert len(told) == 10
        assert told[-1].startswith(f"::{level} title=5 more::5 more: check-9, check-10,")
    ten = github.render(written(findings=many[:10], verdict="not-ready"), Style())
    assert ten.count("::error") == 10
    assert "more" not in ten


def test_what_was_judged_cannot_pose_as_a_command():
    evil = "x\n::add-mask::y\r\n##[add-mask]z %0A::stop-commands::t"
    judged = written(
        summary=f"::error::{evil}", verdict="not-ready", defects=(evil,),
        findings=(finding("a", "fail", title=evil, subject=evil, evidence=(evil,), fixes=(Fix(title=evil, commands=(shell(evil),)),)),),
    )  # fmt: skip
    text = github.render(judged, Style())

    assert "##[" not in text
    assert [line for line in text.splitlines() if not line.startswith(("dlcheck: ", "::error title=a::"))] == []
    assert "%250A" in text
