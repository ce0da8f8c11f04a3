"""Many documents, one after the other: of a folder, of a file with one a line, of stdin. Only one is in memory."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

import msgspec

from dlcheck.cli.inputs import BOMS
from dlcheck.cli.refusal import Refusal

MOST_BYTES = 8 * 2**20
"""Of one document: a report of a hundred packages has a tenth of a megabyte."""
ENDINGS = (".json", ".jsonl", ".ndjson")


class Found(msgspec.Struct):
    """One document, or why there is none."""

    name: str
    data: bytes = b""
    problem: str = ""


class Lines(Protocol):
    """What lines are read from."""

    def readline(self, most: int, /) -> bytes:
        """The next line or the beginning of it, of at most so many bytes; nothing at the end."""


class Source:
    """Where the documents come from."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.passed_over = 0
        """Files that are no JSON."""
        if name != "-" and not Path(name).exists():
            raise Refusal(f"{name} cannot be read: there is no such file or folder")

    def documents(self) -> Iterator[Found]:
        """All of them. What cannot be read is a document with a problem, never the end."""
        if self.name == "-":
            yield from _lines(sys.stdin.buffer)
        elif Path(self.name).is_dir():
            yield from self._folder()
        else:
            try:
                yield from _file(self.name, Path(self.name).name)
            except OSError as error:
                raise Refusal(f"{self.name} cannot be read: {error.strerror}") from None

    def _folder(self) -> Iterator[Found]:
        """Every JSON file in it and beneath, by name; hidden ones, such as a Mac's `._` files, are none."""
        for folder, folders, files in os.walk(self.name):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for file in sorted(files):
                path = os.path.join(folder, file)  # noqa: PTH118 (a hundred thousand of them)
                if file.startswith(".") or not file.lower().endswith(ENDINGS):
                    self.passed_over += not file.startswith(".")
                    continue
                name = os.path.relpath(path, self.name)
                try:
                    yield from _file(path, name)
                except (OSError, ValueError) as error:
                    reason = error.strerror if isinstance(error, OSError) else str(error)
                    yield Found(name, problem=f"it cannot be read: {reason}")


def _file(path: str, name: str) -> Iterator[Found]:
    """The documents in one file: one, unless its ending says that there are many."""
    with open(path, "rb", opener=_opener) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) and path != "/dev/stdin":
            yield Found(name, problem="it is no file but a device or a pipe")
            return
        if not path.lower().endswith(".json"):
            yield from _lines(file)
            return
        data = file.read(MOST_BYTES + 1)
    yield _bounded(name.rpartition(".")[0], _utf8(data))


def _opener(path: str, flags: int) -> int:
    """Do not wait for the writer of a pipe that somebody left in the folder."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _bounded(name: str, data: bytes) -> Found:
    if len(data) > MOST_BYTES:
        return Found(name, problem=f"it is too large: at most {MOST_BYTES // 2**20} MB are read")
    return Found(name, data) if data.strip() else Found(name, problem="it is empty")


def _utf8(data: bytes) -> bytes:
    """What PowerShell's `>` writes, as UTF-8."""
    encoding = next((encoding for mark, encoding in BOMS if data.startswith(mark)), "")
    return data.decode(encoding, "replace").encode() if encoding else data


def _lines(stream: IO[bytes]) -> Iterator[Found]:
    """One document a line; one that is indented over many lines begins with a lone { and ends with a lone }."""
    block: list[bytes] = []
    size = 0
    for line in _bounded_lines(_readable(stream)):
        bare = line.rstrip()
        if block and bare != b"{":
            block.append(line)
            size += len(line)
            if bare == b"}" or size > MOST_BYTES:
                yield _anonymous(b"".join(block))
                block = []
            continue
        if block:
            yield _anonymous(b"".join(block))
        block, size = ([line], len(line)) if bare == b"{" else ([], 0)
        if bare and not block:
            yield _anonymous(line)
    if block:
        yield _anonymous(b"".join(block))


def _readable(stream: IO[bytes]) -> Lines:
    """The stream as UTF-8: what PowerShell's `>` writes is UTF-16."""
    peek = getattr(stream, "peek", None)
    start = peek(3)[:3] if peek is not None else b""
    encoding = next((encoding for mark, encoding in BOMS if start.startswith(mark)), "")
    return _Recoded(codecs.getreader(encoding)(stream, "replace")) if encoding else stream


class _Recoded:
    """A text stream whose lines are read as UTF-8."""

    def __init__(self, text: codecs.StreamReader) -> None:
        self._text = text

    def readline(self, most: int, /) -> bytes:
        """The next line or the beginning of it."""
        return self._text.readline(most).encode("utf-8", "replace")


def _bounded_lines(stream: Lines) -> Iterator[bytes]:
    """Lines; of one that is too long the beginning, long enough to be refused."""
    while line := stream.readline(MOST_BYTES + 2):
        yield line
        while not line.endswith(b"\n") and len(line) > MOST_BYTES:
            line = stream.readline(MOST_BYTES + 2)


def _anonymous(data: bytes) -> Found:
    """A document without a file of its own: its name is told by its bytes."""
    identity = hashlib.sha256(data.strip()).hexdigest()[:12]
    return _bounded(f"report-{identity}", data)
