import json

import pytest

from dlcheck.cli.app import COMMANDS
from dlcheck.judge.engine import all_checks
from dlcheck.model.documents import decode_snapshot


def test_alone_it_prints_its_help_and_ends_well(dlcheck):
    status, out, _ = dlcheck()

    assert status == 0
    assert out.startswith("Usage: dlcheck")
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(dlcheck, command):
    for option in ("--help", "-h"):
        status, out, _ = dlcheck(command, option)

        assert status == 0
        assert out.startswith(f"Usage: dlcheck {command}")


def test_a_command_that_there_is_not(dlcheck):
    assert dlcheck("snapsot") == (2, "", "dlcheck: there is no command 'snapsot': did you mean snapshot?\n")


def test_snapshot_records_and_judges_nothing(dlcheck, tmp_path):
    status, out, _ = dlcheck("snapshot", "--quick", "--output", tmp_path / "facts.json")

    assert (status, out) == (0, "")
    assert decode_snapshot((tmp_path / "facts.json").read_bytes()).depth == "quick"
    assert "findings" not in json.loads((tmp_path / "facts.json").read_text("utf-8"))


def test_checks_lists_every_check_once(dlcheck):
    _, out, _ = dlcheck("checks")

    words = out.split()
    assert [identity for identity in all_checks() if words.count(identity) != 1] == []


@pytest.mark.parametrize("width", [40, 80, 140])
def test_checks_and_explain_keep_to_the_width(dlcheck, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    pages = [dlcheck("checks")[1], *(dlcheck("explain", identity)[1] for identity in all_checks())]

    wide = [line for page in pages for line in page.splitlines() if len(line) > width and " " in line.strip()]
    assert wide == []


@pytest.mark.parametrize("identity", all_checks())
def test_explain_tells_what_why_and_how(dlcheck, identity):
    status, out, _ = dlcheck("explain", identity)

    assert status == 0
    assert out.startswith(identity)
    assert all_checks()[identity].title in " ".join(out.split())


def test_explain_without_or_with_an_unknown_id(dlcheck):
    assert dlcheck("explain")[0] == 2
    status, out, err = dlcheck("explain", "git-mising")

    assert (status, out) == (2, "")
    assert err.startswith("dlcheck: there is no check 'git-mising': did you mean git-missing")
