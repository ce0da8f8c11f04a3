import json
import os
import stat
import sys
from pathlib import Path

import pytest

from dlcheck.cli.requests import probes_for
from dlcheck.judge.engine import Selection
from dlcheck.model.documents import decode_report
from dlcheck.model.gaps import unseen
from dlcheck.model.snapshot import PROBES
from dlcheck.observe.examine import FRAMEWORKS
from tests.facts import BEGINNER, change


def one_sentence(err):
    assert err.startswith("dlcheck: ")
    assert err.count("\n") == 1, err
    return err


def test_ready_is_0(dlcheck, recorded):
    status, out, err = dlcheck("doctor", "--snapshot", recorded())

    assert (status, err) == (0, "")
    assert out.startswith("Ready for deep learning on this machine's CPU.\n")


def test_not_ready_is_1(dlcheck, without_git):
    status, out, _ = dlcheck("doctor", "--snapshot", without_git)

    assert status == 1
    assert out.startswith("Not ready: git is not installed.\n")


def test_what_could_not_be_determined_is_3(dlcheck, recorded):
    assert dlcheck("doctor", "--snapshot", recorded(git=unseen("timed-out", "no answer after 60 s")))[0] == 3


def test_a_fault_outweighs_what_could_not_be_determined(dlcheck, recorded):
    both = recorded(git=unseen("absent"), storage=unseen("timed-out", "no answer"))

    assert dlcheck("doctor", "--snapshot", both)[0] == 1


def test_a_defect_of_ours_is_70_and_its_report_is_still_told(dlcheck, recorded):
    from dlcheck.judge import check

    @check.check(check.NOTE, pillar="system", since="0.1")
    def check_that_raises(git: object) -> check.Verdict:
        """A check of ours fails."""
        raise KeyError("name")

    try:
        status, out, _ = dlcheck("doctor", "--snapshot", recorded())
    finally:
        del check.registry["check-that-raises"]

    assert status == 70
    assert "check-that-raises: KeyError: 'name'" in " ".join(out.split())


LAYER = "hygiene"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--quick", "--deep"], "--quick and --deep exclude each other"),
        (["--python", "x", "--env", "y"], "--python and --env exclude each other"),
        (["--snapshot", "s.json", "--python", "x"], "--snapshot and --python exclude each other"),
        (["--snapshot", "s.json", "--env", "x"], "--snapshot and --env exclude each other"),
        (["--snapshot", "s.json", "--quick"], "--snapshot and --quick exclude each other"),
        (["--snapshot", "s.json", "--deep"], "--snapshot and --deep exclude each other"),
        (["--format", "json", "--format", "terminal"], "only one format can go to stdout"),
        (["--format", "jsno"], "there is no format 'jsno': did you mean json?"),
        (["--format", "json="], "names no file"),
        (["--only", "git-mising"], "there is no check or pillar 'git-mising': did you mean git-missing"),
        (["--skip", "sistem"], "did you mean system?"),
        (["--only", "git-missing", "--skip", "git-missing"], "leave no check"),
        (["--profile", "begginer"], "there is no profile 'begginer': did you mean beginner?"),
        (["--profile", "absent.toml"], "absent.toml cannot be read: No such file or directory"),
        (["--requirements", "absent.txt"], "absent.txt cannot be read"),
        (["--snapshot", "absent.json"], "absent.json cannot be read"),
        (["--snapshot", "\x1b[31m\n"], "cannot be read"),
        (["--snapshot", "nul\0"], "cannot be read"),
        (["--timeout", "soon"], "--timeout is a number of seconds"),
        (["--timeout", "nan"], "--timeout is a number of seconds"),
        (["--deadline", "-1"], "--deadline is a number of seconds"),
        (["--output", "absent/report.txt"], "there is no folder"),
        (["--bogus"], "No such option: --bogus"),
        (["--timeout"], "requires an argument"),
        (["stray"], "unexpected extra argument"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_is_2(dlcheck, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    status, out, err = dlcheck("doctor", *arguments)

    assert (status, out) == (2, "")
    assert words in one_sentence(err)
    assert "\x1b" not in err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe\x01",
        b"[]",
        b"{}",
        b"null",
        b'{"schema": "dlcheck.snapshot/1", "git": 3}',
        b'{"schema": "dlcheck.snapshot/1", "git": {"value": null}}',
        b'{"schema": "dlcheck.snapshot/99"}',
        b'{"schema": "dlcheck.profile/1"}',
        b'{"schema": "dlcheck.snapshot/1", "os": ' + b'{"value": ' * 100_000,
        b"[" * 1_000_000,
        b'{"schema": "\\ud800"}',
        b'{"schema": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_hostile_snapshot_ends_in_a_sentence(dlcheck, tmp_path, content):
    file = tmp_path / "snapshot.json"
    file.write_bytes(content)

    status, out, err = dlcheck("doctor", "--snapshot", file)

    assert (status, out) == (2, "")
    one_sentence(err)


def test_a_folder_a_device_without_end_and_a_profile_that_is_too_large_are_refused(dlcheck, tmp_path):
    large = tmp_path / "large.toml"
    large.write_bytes(b"# " * 2**20)

    for arguments in (["--snapshot", tmp_path], ["--profile", large], ["--requirements", tmp_path]):
        assert dlcheck("doctor", *arguments)[0] == 2
    if Path("/dev/zero").exists():
        assert "too large" in dlcheck("doctor", "--requirements", "/dev/zero")[2]


def test_a_snapshot_that_powershell_redirected_is_read(dlcheck, recorded):
    file = recorded()
    file.write_text(file.read_text("utf-8"), "utf-16")

    assert dlcheck("doctor", "--snapshot", file)[0] == 0


def test_a_snapshot_is_read_from_a_report_and_from_stdin(dlcheck, without_git, tmp_path, monkeypatch):
    _, out, _ = dlcheck("doctor", "--snapshot", without_git, "--format", "json")
    again = tmp_path / "report.json"
    again.write_text(out, "utf-8")

    assert dlcheck("doctor", "--snapshot", again)[0] == 1
    with again.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert dlcheck("doctor", "--snapshot", "-")[0] == 1


def test_a_profile_may_be_a_file(dlcheck, without_git, tmp_path):
    profile = tmp_path / "own.toml"
    profile.write_text('name = "own"\ntools_required = []\n')

    status, out, _ = dlcheck("doctor", "--snapshot", without_git, "--profile", profile, "--only", "git-missing")

    assert status in (0, 3)
    assert "own" in out


def test_json_goes_to_stdout_alone_and_is_a_report(dlcheck, without_git):
    status, out, err = dlcheck("doctor", "--snapshot", without_git, "--format", "json")

    assert (status, err) == (1, "")
    assert decode_report(out.encode()).root_causes == ("git-missing",)


def test_where_every_format_has_a_file_the_terminal_report_still_goes_to_stdout(dlcheck, recorded, tmp_path):
    _, out, _ = dlcheck("doctor", "--snapshot", recorded(), "--format", f"json={tmp_path / 'report.json'}")

    assert out.startswith("Ready")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["verdict"] == "ready"


def test_a_format_with_a_file_beside_one_without(dlcheck, recorded, tmp_path):
    _, out, _ = dlcheck(
        "doctor", "--snapshot", recorded(), "--format", f"terminal={tmp_path / 'report.txt'}", "--format", "json"
    )

    assert json.loads(out)["verdict"] == "ready"
    assert (tmp_path / "report.txt").read_text("utf-8").startswith("Ready")


def test_output_takes_the_place_of_stdout_and_replaces_the_old_document_whole(dlcheck, recorded, tmp_path):
    file = tmp_path / "report.txt"
    file.write_text("old")
    file.chmod(0o640)
    before = sorted(path.name for path in tmp_path.iterdir())
    snapshot = recorded()

    status, out, _ = dlcheck("doctor", "--snapshot", snapshot, "--output", file)

    assert (status, out) == (0, "")
    assert file.read_text("utf-8").startswith("Ready")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640 or sys.platform == "win32"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*before, "snapshot.json"})


def test_output_through_a_link_writes_the_file_behind_it(dlcheck, recorded, tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)

    dlcheck("doctor", "--snapshot", recorded(), "--output", link)

    assert link.is_symlink()
    assert real.read_text("utf-8").startswith("Ready")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_2_in_a_sentence(dlcheck, recorded):
    status, _, err = dlcheck("doctor", "--snapshot", recorded(), "--output", "/dev/full")

    assert status == 2
    assert "No space left" in one_sentence(err)


def test_two_documents_to_one_file_are_refused_and_so_is_a_folder(dlcheck, recorded, tmp_path):
    file = tmp_path / "one"
    snapshot = recorded()

    assert dlcheck("doctor", "--snapshot", snapshot, "--format", f"json={file}", "--output", file)[0] == 2
    assert "it is a folder" in dlcheck("doctor", "--snapshot", snapshot, "--output", tmp_path)[2]
    assert not file.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(dlcheck, recorded, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)

    assert dlcheck("doctor", "--snapshot", recorded(), "--output", folder / "report")[0] == 2


def test_strict_makes_a_warning_fail(dlcheck, recorded):
    from dlcheck.judge import check

    @check.check(check.WARN, pillar="system", since="0.1")
    def always_warns(git: object) -> check.Verdict:
        """A warning."""
        return check.bad("as in every test")

    try:
        assert dlcheck("doctor", "--snapshot", recorded())[0] == 0
        assert dlcheck("doctor", "--snapshot", recorded(), "--strict")[0] == 1
    finally:
        del check.registry["always-warns"]


def test_only_and_skip_leave_the_other_checks_out(dlcheck, without_git):
    assert dlcheck("doctor", "--snapshot", without_git, "--skip", "git-missing")[0] != 1
    _, out, _ = dlcheck("doctor", "--snapshot", without_git, "--only", "git-missing", "--format", "json")

    assert {one["id"] for one in json.loads(out)["findings"] if one["status"] != "skip"} == {"git-missing"}


def test_only_probes_what_the_checks_need(dlcheck):
    _, out, _ = dlcheck("doctor", "--only", "git-missing", "--format", "json")
    snapshot = json.loads(out)["snapshot"]

    assert "value" in snapshot["git"] or snapshot["git"]["missing"]["gap"] == "absent"
    assert snapshot["torch"]["missing"]["why"] == "not asked for"
    assert snapshot["numerics"]["missing"]["why"] == "not asked for"
    assert "Ready" not in json.loads(out)["summary"]


@pytest.mark.parametrize(
    ("parameters", "probes"),
    [
        (("git",), {"git"}),
        (("gpu", "torch"), {"nvidia", "torch"}),
        (("profile", "kernel"), {"jupyter"}),
        (("snapshot",), set(PROBES)),
        (("git", "snapshot"), set(PROBES) - set(FRAMEWORKS)),
    ],
)
def test_the_probes_follow_from_the_parameters_of_the_checks(monkeypatch, parameters, probes):
    from dlcheck.judge import check

    def judge(**facts):
        """A check."""

    one = check.check(check.NOTE, pillar="system", since="0.1")(judge) and check.registry.pop("judge")
    changed = change(one, parameters=tuple((name, "object") for name in parameters))
    monkeypatch.setitem(check.registry, "judge", changed)

    assert set(probes_for(Selection(only=("judge",)), BEGINNER)) == probes
