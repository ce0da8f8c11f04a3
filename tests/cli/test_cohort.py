import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest

from dlcheck.cli.gathering import MOST_BYTES, Source
from dlcheck.model.documents import encode, encode_pretty
from dlcheck.model.gaps import unseen
from tests.facts import gpu_machine, machine, report

WELL = report(machine())
NO_GIT = report(machine(git=unseen("absent")))


@pytest.fixture
def folder(tmp_path):
    """Answers of a class: two reports, a snapshot, a damaged one, and what else lies about in such folders."""
    place = tmp_path / "answers"
    (place / "Byron_77").mkdir(parents=True)
    (place / "ada.json").write_bytes(encode(WELL))
    (place / "Byron_77" / "report.json").write_text(encode_pretty(NO_GIT), "utf-8")
    (place / "snapshot of eve.json").write_bytes(encode(machine(git=unseen("absent"))))
    (place / "joe.json").write_bytes(encode(WELL)[:500])
    (place / "notes.txt").write_text("hello", "utf-8")
    (place / "._ada.json").write_bytes(b"\0\5\26\7")
    return place


def rows(text):
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_folder_is_one_page_and_a_damaged_file_one_row(dlcheck, folder):
    status, out, err = dlcheck("cohort", folder)

    assert (status, err) == (1, "")
    assert out.startswith("1 of 3 machines is ready.")
    assert "1 file of another kind passed over" in out
    assert "send it again: it is no dlcheck document" in " ".join(out.split())


def test_files_are_told_by_name_also_in_folders(dlcheck, folder):
    found = rows(dlcheck("cohort", folder, "--format", "csv")[1])

    assert set(found) == {"ada", str(Path("Byron_77") / "report"), "snapshot of eve", "joe"}
    assert found["snapshot of eve"]["root_causes"] == "git-missing"


def test_the_roster_tells_who_is_missing(dlcheck, folder, tmp_path):
    (tmp_path / "roster.txt").write_text("Ada\nByron\nAlan\n", "utf-8")
    out = dlcheck("cohort", folder, "--expect", tmp_path / "roster.txt", "--format", "json")[1]

    assert json.loads(out)["roster"][0]["missing"] == ["Alan"]


def test_all_ready_is_status_0(dlcheck, tmp_path):
    (tmp_path / "ada.json").write_bytes(encode(WELL))

    assert dlcheck("cohort", tmp_path)[0] == 0


def lines(tmp_path, *documents):
    (tmp_path / "all.jsonl").write_bytes(b"".join(documents))
    return tmp_path / "all.jsonl"


def test_one_document_a_line_is_told_by_an_anonymous_id(dlcheck, tmp_path):
    text = dlcheck(
        "cohort", lines(tmp_path, encode(WELL), b"\n\n", encode(NO_GIT), b"\nnonsense\n"), "--format", "csv"
    )[1]

    assert [row["standing"] for row in rows(text).values()] == ["ready", "not-ready", "damaged"]
    assert all(name.startswith("report-") and len(name) == 19 for name in rows(text))


def test_indented_documents_one_after_the_other_are_as_good(dlcheck, tmp_path):
    pretty = [encode_pretty(one).encode() + b"\n" for one in (WELL, NO_GIT)]
    cut = pretty[0][: len(pretty[0]) // 2].rpartition(b"\n")[0] + b"\n"
    text = dlcheck("cohort", lines(tmp_path, pretty[0], cut, pretty[1]), "--format", "csv")[1]

    assert sorted(row["standing"] for row in rows(text).values()) == ["damaged", "not-ready", "ready"]


def test_what_powershell_writes_can_be_read(dlcheck, tmp_path):
    (tmp_path / "ada.json").write_bytes(encode_pretty(WELL).encode("utf-16"))
    joined = b"".join((encode(one) + b"\r\n").decode().encode("utf-16-le") for one in (WELL, NO_GIT))

    assert dlcheck("cohort", tmp_path)[0] == 0
    text = dlcheck("cohort", lines(tmp_path, b"\xff\xfe", joined), "--format", "csv")[1]
    assert sorted(row["standing"] for row in rows(text).values()) == ["not-ready", "ready"]


def test_a_line_without_end_is_one_damaged_row(tmp_path):
    file = lines(tmp_path, encode(WELL), b"\n", b"x" * (MOST_BYTES * 2 + 5), b"\n", encode(NO_GIT), b"\n")
    found = list(Source(str(file)).documents())

    assert [bool(one.problem) for one in found] == [False, True, False]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_the_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ada.json")
    (found,) = Source(str(tmp_path)).documents()

    assert "no file" in found.problem


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read_is_a_row(dlcheck, tmp_path):
    (tmp_path / "ada.json").write_bytes(encode(WELL))
    (tmp_path / "ada.json").chmod(0)

    assert "it cannot be read" in dlcheck("cohort", tmp_path)[1]


def test_a_profile_judges_everybody_afresh(dlcheck, tmp_path):
    (tmp_path / "ada.json").write_bytes(encode(report(gpu_machine())))
    (tmp_path / "bob.json").write_bytes(encode(WELL))
    (tmp_path / "course.toml").write_text('name = "course"\nexpects = ["cuda"]\n', "utf-8")
    found = rows(dlcheck("cohort", tmp_path, "--profile", tmp_path / "course.toml", "--format", "csv")[1])

    assert (found["ada"]["standing"], found["bob"]["standing"]) == ("ready", "not-ready")
    assert found["bob"]["profile"] == "course"


def test_wrong_input_is_refused_in_a_sentence(dlcheck, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "roster.txt").write_text("# nobody\n", "utf-8")
    for arguments in (
        [tmp_path / "none"], [tmp_path / "empty"], [folder, "--expect", tmp_path / "roster.txt"],
        [folder, "--format", "markdown"], [folder, "--profile", "none"],
    ):  # fmt: skip
        status, out, err = dlcheck("cohort", *arguments)
        assert (status, out, len(err.splitlines())) == (2, "", 1), err
