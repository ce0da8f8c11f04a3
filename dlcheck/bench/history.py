"""Runs that a person kept: one SQLite file in the user's data folder.

A run is written in one transaction: other writers wait for it, and a writer that is killed leaves the file as it was.
The rollback journal is kept (no write-ahead log), since home folders may lie on a network.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from dlcheck.model.bench import Bench
from dlcheck.model.documents import DocumentError, decode_bench, encode
from dlcheck.model.gaps import known

FILE = "bench.sqlite3"
VERSION = 1
"""Of the tables, in the file's user_version."""
WAIT_SECONDS = 30.0
"""For other writers."""
TABLES = """
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  started_at TEXT NOT NULL,
  machine TEXT NOT NULL,
  summary TEXT NOT NULL,
  document BLOB NOT NULL
);
CREATE INDEX run_name ON run (name);
"""


class HistoryError(Exception):
    """What is wrong with the store or a name, in one sentence."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """One run that was kept, without its document."""

    number: int
    name: str
    """"" where none was given."""
    saved_at: str
    started_at: str
    machine: str
    summary: str


def default_file() -> Path:
    """Where the person's runs are kept."""
    import platformdirs

    return platformdirs.user_data_path("dlcheck", appauthor=False) / FILE


def save(bench: Bench, name: str, file: Path) -> int:
    """Keep a run. Names may repeat: the name then means the newest. Returns its number.

    Raises HistoryError where the file cannot be written, is damaged or of a newer dlcheck.
    """
    models = [known(device.model) or device.name for device in bench.devices]
    values = (
        name,
        datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        bench.started_at,
        ", ".join(dict.fromkeys(models)),
        " ".join(bench.assessment.summary),
        encode(bench),
    )
    with _opened(file, for_writing=True) as store:
        cursor = store.execute(
            "INSERT INTO run (name, saved_at, started_at, machine, summary, document) VALUES (?, ?, ?, ?, ?, ?)", values
        )
        return int(cursor.lastrowid or 0)


def prepare(file: Path) -> None:
    """See that a run could be kept, before it is measured. Raises HistoryError."""
    with _opened(file, for_writing=True):
        pass


def kept(file: Path) -> list[Saved]:
    """All runs, the newest last; none where nothing was ever kept. Raises HistoryError."""
    if not file.exists():
        return []
    with _opened(file, for_writing=False) as store:
        if not _has_runs(store):
            return []
        rows = store.execute("SELECT number, name, saved_at, started_at, machine, summary FROM run ORDER BY number")
        return [
            Saved(number=row[0], name=row[1], saved_at=row[2], started_at=row[3], machine=row[4], summary=row[5])
            for row in rows
        ]


def load(which: str, file: Path) -> Bench | None:
    """The run of that name (the newest) or number ("#3" or "3"); None where there is none. Raises HistoryError."""
    if not file.exists():
        return None
    number = which.removeprefix("#")
    with _opened(file, for_writing=False) as store:
        if not _has_runs(store):
            return None
        row = store.execute("SELECT document FROM run WHERE name = ? ORDER BY number DESC LIMIT 1", (which,)).fetchone()
        if row is None and number.isascii() and number.isdigit() and len(number) < 19:
            row = store.execute("SELECT document FROM run WHERE number = ?", (int(number),)).fetchone()
    if row is None:
        return None
    try:
        return decode_bench(row[0] if isinstance(row[0], bytes) else str(row[0]).encode())
    except DocumentError as error:
        raise HistoryError(f"the run {which!r} in {file}: {error}") from None


@contextlib.contextmanager
def _opened(file: Path, *, for_writing: bool) -> Iterator[sqlite3.Connection]:
    """The store, its tables made where they are not there; one transaction around what is done with it."""
    try:
        if for_writing:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Reading, too, must be able to write: what a killed writer left is rolled back by whoever comes next.
        mode = "rwc" if for_writing else "rw"
        store = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None
        )
        try:
            _begin(store, for_writing=for_writing)
            _check_version(store, file, for_writing=for_writing)
            yield store
            store.execute("COMMIT")
        finally:
            store.close()  # what was not committed is rolled back
    except sqlite3.DatabaseError as error:
        raise HistoryError(f"{file} cannot be used: {error}; move it away to begin anew") from None
    except OSError as error:
        raise HistoryError(f"{file} cannot be used: {error.strerror}") from None


def _begin(store: sqlite3.Connection, *, for_writing: bool) -> None:
    """Take the lock. SQLite does not always wait for it itself: not where it fears that two wait for each other."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            store.execute("BEGIN IMMEDIATE" if for_writing else "BEGIN")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _check_version(store: sqlite3.Connection, file: Path, *, for_writing: bool) -> None:
    version = store.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise HistoryError(f"{file} is of a newer dlcheck: update dlcheck")
    if version == 0 and store.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
        raise HistoryError(f"{file} is no history of dlcheck's: move it away to begin anew")
    if version == 0 and for_writing:
        for statement in TABLES.split(";"):
            if statement.strip():
                store.execute(statement)
        store.execute(f"PRAGMA user_version = {VERSION}")


def _has_runs(store: sqlite3.Connection) -> bool:
    """Are the tables there? They are not where the first writer was killed."""
    return store.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchone() is not None
