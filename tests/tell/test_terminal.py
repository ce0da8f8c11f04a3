import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.model.report import Fix
from dlcheck.tell.style import Style
from dlcheck.tell.terminal import render
from dlcheck.tell.terminal.pillars import fold
from dlcheck.tell.visible import exactly
from tests.facts import gpu_machine, machine, report
from tests.tell.golden import FOLDER, screens
from tests.tell.reports import HOSTILE, LONG_COMMAND, ONE_OF_EACH, REPORTS, finding, shell, written

SCREENS = screens()
SGR = re.compile(r"\x1b\[[0-9;]*m")


def plain(text):
    return SGR.sub("", text)


def is_command(line):
    return line.lstrip().startswith(("$ ", "> "))


def columns(line):
    from rich.cells import cell_len

    return cell_len(line)


@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_is_the_one_that_was_looked_at_and_kept(name):
    assert SCREENS[name] == (FOLDER / f"{name}.txt").read_text("utf-8"), "python -m tests.tell.golden writes them anew"


@pytest.mark.parametrize("width", [40, 41, 59, 60, 80, 100, 140, 300])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.parametrize("name", REPORTS)
def test_only_a_command_is_wider_than_the_terminal(name, width, unicode, verbose):
    text = render(REPORTS[name], Style(width=width, unicode=unicode, verbose=verbose))

    assert [line for line in text.splitlines() if columns(line) > width and not is_command(line)] == []


def test_a_terminal_that_is_narrower_than_forty_columns_gets_forty():
    assert render(ONE_OF_EACH, Style(width=10)) == render(ONE_OF_EACH, Style(width=40))


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("colour", [True, False])
def test_a_command_stands_whole_on_a_line_of_its_own(width, colour):
    lines = plain(render(ONE_OF_EACH, Style(width=width, colour=colour))).splitlines()

    assert f"$ {LONG_COMMAND}" in [line.strip() for line in lines]
    assert "$ sudo apt-get install -y git" in [line.strip() for line in lines]


def test_the_first_line_is_the_verdict_and_then_comes_what_to_do_first():
    lines = render(ONE_OF_EACH, Style()).splitlines()

    assert lines[0] == "Not ready: git is not installed."
    first = next(number for number, line in enumerate(lines) if line.startswith("Do this first: Install git with apt"))
    assert first < 5
    assert lines[first + 2 : first + 6] == [
        "  $ sudo apt-get update",
        "  $ sudo apt-get install -y git",
        "  then check:",
        "  $ git --version",
    ]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("verbose", [True, False])
def test_without_colour_there_is_no_escape_code_and_no_control_character(name, verbose):
    text = render(REPORTS[name], Style(verbose=verbose))

    assert [character for character in text if not character.isprintable() and character != "\n"] == []


def test_with_colour_the_only_escape_codes_are_ours():
    text = render(HOSTILE, Style(colour=True, verbose=True))

    assert "\x1b[" in text
    assert [character for character in plain(text) if not character.isprintable() and character != "\n"] == []


@pytest.mark.parametrize("name", REPORTS)
def test_in_ascii_everything_is_ascii(name):
    assert render(REPORTS[name], Style(unicode=False, verbose=True)).isascii()


def test_a_gpu_named_like_markup_prints_as_it_is():
    text = render(HOSTILE, Style(width=140))

    assert "gpu [red]x[/] ␛[31mred␛[0m: [link=https://x.example]A GPU[/link] is lost :skull:" in text
    assert "\\u202egnp.exe\\u2066" in text


def test_a_line_of_evidence_cannot_pose_as_a_line_of_ours():
    lines = render(HOSTILE, Style()).splitlines()

    assert [line for line in lines if line.startswith("Not ready")] == [lines[0]]


def test_evidence_of_many_lines_is_cut_unless_all_is_asked_for():
    long = written(
        findings=(finding("torch-import-fails", "fail", evidence=("\n".join(f"line {n}" for n in range(50)),)),)
    )

    assert "… 42 more lines with --verbose" in render(long, Style())
    assert "line 49" in render(long, Style(verbose=True))


def test_consequences_stand_under_their_cause_and_nowhere_else():
    lines = render(ONE_OF_EACH, Style()).splitlines()

    assert [line.strip() for line in lines if "git-identity-missing" in line] == [
        "follows from it: git does not know who you are  git-identity-missing"
    ]
    assert "  1 check could not be made because of numpy2-abi" in lines


def test_causes_that_point_at_each_other_do_not_lose_a_finding():
    circle = written(findings=(finding("a", "fail", caused_by=("b",)), finding("b", "fail", caused_by=("a",))))

    assert "A  a" in render(circle, Style())
    assert "follows from it: B  b" in render(circle, Style())


@pytest.mark.parametrize("snapshot", [machine(), gpu_machine()])
def test_a_healthy_machine_fits_on_a_screen(snapshot):
    assert len(render(report(snapshot), Style()).splitlines()) <= 40


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text(min_size=1), st.integers(40, 120), st.booleans())
def test_whatever_was_judged_stays_text(name, evidence, command, width, unicode):
    judged = written(
        summary=name,
        findings=(
            finding(
                "gpu-lost",
                "fail",
                subject=name,
                evidence=(evidence,),
                fixes=(Fix(title=name, commands=(shell(command),)),),
            ),
            finding("x", evidence=(evidence,)),
        ),
        not_looked_at=(evidence,),
    )
    text = render(judged, Style(width=width, unicode=unicode))

    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert [line for line in text.splitlines() if columns(line) > width and not is_command(line)] == []
    assert unicode or text.isascii()
    assert f"  $ {exactly(command, unicode)}".rstrip() in text.splitlines()


def test_what_passed_is_folded_into_what_fits():
    phrases = [
        "git 2.43",
        "it was asked",
        "mean (5, of two four) and a long deviation (3): NumPy",
        "x" * 70,
        "glibc 2.39",
        "git 2.43",
    ]

    assert fold(phrases, lambda text: len(text) <= 80) == (
        "git 2.43 · mean and a long deviation: NumPy · glibc 2.39 · and 1 more"
    )
    assert fold(["x" * 90, "y" * 90], lambda text: len(text) <= 80) == "2 more"
    assert fold([], lambda text: True) == ""


def test_one_fault_of_several_subjects_is_one_problem():
    fix = Fix(title="install everything", commands=(shell("pip install a b"),), verify=shell("python -c 'import a, b'"))
    other = Fix(title="install it elsewhere", commands=(shell("conda install a b"),), verify=fix.verify)
    missing = [
        finding(
            "required-package-missing",
            "fail",
            subject=name,
            title="A package is missing",
            evidence=("not there",),
            fixes=(fix, other),
        )
        for name in ("a", "b")
    ]
    elsewhere = finding("torch-import-fails", "fail", title="torch does not import", fixes=(fix,))
    lines = [line.strip() for line in render(written(findings=(*missing, elsewhere)), Style()).splitlines()]

    assert "✗ System  2 problems" in lines
    assert "✗ A package is missing: a, b  required-package-missing" in lines
    assert lines.count("not there") == 1
    assert lines.count("$ pip install a b") == 1
    assert lines.count("to mend it: see “Do this first” above") == 2
    assert lines.count("$ python -c 'import a, b'") == 1


def test_evidence_that_differs_names_its_subject():
    gpus = [finding("gpu-throttled", "warn", subject=f"gpu {n}", evidence=(f"{90 + n} degrees",)) for n in (0, 1)]
    text = render(written(findings=tuple(gpus)), Style())

    assert "! Gpu throttled: gpu 0, gpu 1  gpu-throttled" in text
    assert "gpu 0: 90 degrees" in text
