"""The command line in this process, and snapshots in files."""

import sys

import pytest

from dlcheck.cli import app
from dlcheck.model.documents import encode
from dlcheck.model.gaps import unseen
from tests.facts import machine


@pytest.fixture
def dlcheck(monkeypatch, capsys):
    """Run the command line. Returns exit status, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dlcheck", *map(str, arguments)])
        status = app.run()
        out, err = capsys.readouterr()
        return status, out, err

    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "LC_ALL", "JPY_PARENT_PID", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    return run


@pytest.fixture
def recorded(tmp_path):
    """Write a snapshot to a file: a healthy machine, or one with other groups of facts."""

    def write(snapshot=None, **groups):
        file = tmp_path / "snapshot.json"
        file.write_bytes(encode(snapshot or machine(**groups)))
        return file

    return write


@pytest.fixture
def without_git(recorded):
    """A snapshot of a machine that has no git."""
    return recorded(git=unseen("absent"))
