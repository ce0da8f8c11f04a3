"""A commit and a file of the size of a data set, tried for real; and nothing stays behind."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe import trials
from dlcheck.observe.worker import trial_write

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")
not_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")


@needs_git
def test_a_commit_works_whatever_the_person_configured(tmp_path):
    home = tmp_path / "home"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    home.mkdir()
    hook = hooks / "pre-commit"
    hook.write_text("#!/bin/sh\ntouch %s\nexit 1\n" % (tmp_path / "ran"))
    hook.chmod(0o755)
    config = f"[commit]\n gpgsign = true\n[core]\n hooksPath = {hooks}\n fsmonitor = true\n safecrlf = true\n autocrlf = input\n"
    (home / ".gitconfig").write_text(config + "[user]\n useConfigOnly = true\n")
    repository = tmp_path / "mine"
    subprocess.run([GIT, "init", "--quiet", repository], check=True)
    environ = {
        **os.environ,
        "HOME": str(home),
        "GIT_DIR": str(repository / ".git"),
        "GIT_INDEX_FILE": str(tmp_path / "i"),
    }
    before = sorted(tmp_path.rglob("*"))

    assert trials.commit(GIT, environ, 10.0) is True
    assert sorted(tmp_path.rglob("*")) == before
    assert (home / ".gitconfig").read_text().startswith(config)


@needs_git
def test_a_commit_that_cannot_be_made_says_git_s_words(tmp_path):
    (tmp_path / ".gitconfig").write_text("[core\n")

    failed = trials.commit(GIT, {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}, 10.0)

    assert isinstance(failed, Missing)
    assert failed.gap == "broken"
    assert "git init exited with status 128: fatal: bad config line 1" in failed.why


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for git")
def test_a_git_that_hangs_is_ended(tmp_path):
    stand_in = tmp_path / "git"
    stand_in.write_text("#!/bin/sh\nsleep 60\n")
    stand_in.chmod(0o755)

    assert trials.commit(str(stand_in), os.environ, 1.0).gap == "timed-out"


def test_a_data_set_can_be_written_and_is_gone(tmp_path):
    written, seconds = trials.write(str(tmp_path / "not" / "yet"), "", 30.0)

    assert written == trials.DATA_SET_BYTES
    assert seconds > 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_in_memory_is_not_filled(tmp_path):
    assert trials.write(str(tmp_path), "tmpfs", 30.0)[0] == trials.IN_MEMORY_BYTES


@not_root
def test_a_folder_that_is_read_only_is_denied(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert trials.write(str(tmp_path), "", 30.0)[0].gap == "denied"
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc takes no files")
def test_a_folder_that_takes_no_file_says_why():
    written, _ = trials.write("/proc", "", 30.0)

    assert written.gap in ("broken", "denied")
    assert written.why.startswith("/proc: ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on file sizes is tried on Linux")
def test_no_room_is_said_in_the_system_s_words(tmp_path):
    import resource

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 2**20, limit[1]))
    try:
        written, _ = trials.write(str(tmp_path), "", 30.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    assert written == Missing("broken", f"{tmp_path}: {os.strerror(errno.EFBIG)}")


def test_where_nothing_can_be_set_aside_all_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(trial_write, "set_aside", lambda file, size: False)
    with (tmp_path / "file").open("wb") as file:
        assert trial_write.fill(file.fileno(), 10 * 2**20) == 10 * 2**20
    assert (tmp_path / "file").stat().st_size == 10 * 2**20
