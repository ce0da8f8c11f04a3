"""One file out of a wheel on a server, by ranges: the list at its end, then the bytes of that file alone."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from scripts.refresh.web import MIB, Read, Unreadable

BLOCK = MIB
WHOLE_AT_MOST = 64 * MIB
"""A server that knows no ranges sends all of it; so much is taken."""
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class RemoteFile(io.RawIOBase):
    """A file on a server that is read in blocks, each once."""

    def __init__(self, read: Read, address: str) -> None:
        super().__init__()
        self._read, self._address = read, address
        self._blocks: dict[int, bytes] = {}
        self._position = 0
        self._size = self._first()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        pieces = []
        while self._position < end:
            number, inside = divmod(self._position, BLOCK)
            piece = self._block(number)[inside : inside + end - self._position]
            if not piece:
                break
            pieces.append(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def _first(self) -> int:
        """The size, by asking for the last byte; of a server without ranges the whole file, kept as blocks."""
        reply = self._read(self._address, {"Range": "bytes=-1"}, WHOLE_AT_MOST)
        if reply.status == 206:
            found = RANGE.fullmatch(reply.content_range)
            if found is None:
                raise Unreadable("the server sent a part without saying which")
            return int(found.group(3))
        for number in range(len(reply.body) // BLOCK + 1):
            self._blocks[number] = reply.body[number * BLOCK : (number + 1) * BLOCK]
        return len(reply.body)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            first, last = number * BLOCK, min(self._size, (number + 1) * BLOCK) - 1
            reply = self._read(self._address, {"Range": f"bytes={first}-{last}"}, BLOCK)
            if reply.status != 206 or len(reply.body) != last - first + 1:
                raise Unreadable("the server sent another part than was asked for")
            self._blocks[number] = reply.body
        return self._blocks[number]


def member(read: Read, address: str, ending: str, at_most: int) -> bytes:
    """The shortest path in a wheel that ends so, its bytes. Raises Unreadable where it is not there or too long."""
    try:
        with zipfile.ZipFile(RemoteFile(read, address)) as archive:
            names = [one for one in archive.namelist() if one == ending or one.endswith("/" + ending.lstrip("/"))]
            names = names or [one for one in archive.namelist() if one.endswith(ending)]
            if not names:
                raise Unreadable(f"there is no {ending} in it")
            with archive.open(min(names, key=len)) as file:
                content = file.read(at_most + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Unreadable(f"it is no wheel that can be read: {error}") from error
    if len(content) > at_most:
        raise Unreadable(f"its {ending} is longer than {at_most // MIB or 1} MiB")
    return content
