import os
import shutil
import sys

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe import child
from dlcheck.observe.host import command_line_tools, git
from tests.observe.trees import context, lay

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
posix_only = pytest.mark.skipif(os.name != "posix", reason="a stand-in program is a shell script")


def environ(home, **more):
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "XDG_CONFIG_HOME": str(home / "none"), "GIT_CONFIG_NOSYSTEM": "1",
        **more,
    }  # fmt: skip


def probe(home, cwd=None, **more):
    return git.probe(context("/", environ(home, **more), cwd=str(cwd or home), depth="quick"))


def stand_in(folder, script):
    lay(folder, {"git": f"#!/bin/sh\n{script}\n"})
    (folder / "git").chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("git version 2.43.0\n", "2.43.0"),
        ("git version 2.39.5 (Apple Git-154)\n", "2.39.5"),
        ("git version 2.47.1.windows.2\n", "2.47.1"),
        ("xcode-select: note: No developer tools were found\n", ""),
        ("", ""),
    ],
)
def test_versions(text, version):
    assert git.parse_version(text) == version


def test_git_lfs():
    assert git.parse_lfs("git-lfs/3.4.1 (GitHub; linux amd64; go 1.22.2)\n") == "3.4.1"
    assert git.parse_lfs("git: 'lfs' is not a git command. See 'git --help'.\n") == ABSENT


def test_settings_may_hold_lines_and_equal_signs():
    text = "user.name\nAda\0alias.x\n!f() {\n a=b\n}; f\0core.bare\0core.autocrlf\ntrue\0core.autocrlf\ninput\0"
    found = git.parse_config(text)
    assert found["user.name"] == "Ada" and found["core.autocrlf"] == "input" and found["core.bare"] == ""


@pytest.mark.parametrize(
    ("settings", "variables", "name", "email"),
    [
        ({"user.name": "Ada", "user.email": "a@b"}, {}, True, True),
        ({}, {}, False, False),
        ({"user.name": "Ada"}, {}, True, False),
        ({"user.name": " ", "user.email": ""}, {}, False, False),
        ({}, {"EMAIL": "a@b"}, False, True),
        ({}, {"GIT_AUTHOR_NAME": "Ada"}, False, False),
        ({}, {"GIT_AUTHOR_NAME": "Ada", "GIT_COMMITTER_NAME": "Ada"}, True, False),
        ({"author.name": "Ada", "committer.name": "Ada"}, {}, True, False),
        ({"author.email": "a@b"}, {"GIT_COMMITTER_EMAIL": "a@b"}, False, True),
    ],
)
def test_identity(settings, variables, name, email):
    assert git.identity_set("name", settings, variables) is name
    assert git.identity_set("email", settings, variables) is email


def test_an_unread_configuration_is_no_missing_identity():
    gap = Missing("broken", "bad")
    assert git.identity_set("name", gap, {}) == gap
    assert git.identity_set("email", gap, {"EMAIL": "a@b"}) is True


@needs_git
def test_git_of_this_machine(tmp_path):
    lay(tmp_path, {".gitconfig": "[user]\n\tname = Ada Lovelace\n[core]\n\tautocrlf = input\n"})
    found = probe(tmp_path).value
    assert found is not None
    assert found.version and (found.identity_name_set, found.identity_email_set) == (True, False)
    assert found.autocrlf == "input"
    assert "Lovelace" not in repr(found)


@needs_git
def test_a_repositorys_own_identity_counts_where_the_person_stands(tmp_path):
    here = tmp_path / "course"
    here.mkdir()
    child.run(["git", "init", "-q", str(here)], seconds=20, env=environ(tmp_path))
    child.run(["git", "-C", str(here), "config", "user.email", "a@b"], seconds=20, env=environ(tmp_path))
    found = probe(tmp_path, cwd=here).value
    assert found is not None and (found.identity_name_set, found.identity_email_set) == (False, True)


@needs_git
def test_a_damaged_configuration_is_told_without_its_words(tmp_path):
    lay(tmp_path, {".gitconfig": '[user]\n\tname = Ada\n[url "https://ada:hunter2@host/\n'})
    found = probe(tmp_path).value
    assert found is not None and isinstance(found.identity_name_set, Missing)
    assert found.identity_name_set.gap == "broken" and "hunter2" not in repr(found)
    assert "line 3 of .gitconfig" in found.identity_name_set.why


@needs_git
def test_a_working_folder_that_is_gone_does_not_hide_git(tmp_path):
    assert probe(tmp_path, cwd=tmp_path / "gone").value is not None


def test_no_git(tmp_path):
    found = git.probe(context("/", {"PATH": str(tmp_path)}))
    assert found.missing is not None and found.missing.gap == "absent"


@posix_only
@pytest.mark.parametrize(
    ("script", "gap"),
    [("kill -SEGV $$", "crashed"), ("exit 3", "broken"), ("echo hello", "broken"), ("sleep 30", "timed-out")],
)
def test_a_git_that_misbehaves_is_a_gap_with_its_end(tmp_path, script, gap):
    found = git.probe(context("/", stand_in(tmp_path, script), timeout=1.0))
    assert found.missing is not None and found.missing.gap == gap
    assert found.ending is not None


@pytest.mark.parametrize(
    ("program", "stub"),
    [
        ("/usr/bin/git", True),
        ("/usr/bin/clang", True),
        ("/opt/homebrew/bin/git", False),
        ("/usr/bin/curl", False),
        ("/usr/local/bin/git", False),
    ],
)
def test_apples_stubs(program, stub):
    assert command_line_tools.names_a_stub(program) is stub


@pytest.mark.skipif(sys.platform == "darwin", reason="there it depends on the machine")
def test_elsewhere_usr_bin_git_is_git():
    assert not command_line_tools.is_stub(context(), "/usr/bin/git")


def test_command_line_tools_that_an_upgrade_removed(tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    assert command_line_tools.names_a_folder(f"{tmp_path}\n")
    assert not command_line_tools.names_a_folder("/Library/Developer/CommandLineToolsThatAreGone\n")
    assert not command_line_tools.names_a_folder("")
