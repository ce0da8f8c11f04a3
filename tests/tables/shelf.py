"""A package index in memory: projects of made wheels, served by ranges or whole, as a reader of scripts/refresh/web.py."""

import hashlib
import io
import json
import re
import zipfile
from datetime import date

from scripts.refresh.outcome import Sources
from scripts.refresh.package_index import JSON, Index
from scripts.refresh.web import Reply, Unreadable

INDEX = "https://index.example/simple/"
FILES = "https://files.example/"
TODAY = date(2027, 3, 1)


class Shelf:
    """What a reader finds: address → answer. `asked` lists every request."""

    def __init__(self, *, ranges: bool = True) -> None:
        self.pages: dict[str, Reply] = {}
        self.asked: list[str] = []
        self.ranges = ranges

    def read(self, address, headers, at_most):
        self.asked.append(f"{address} {headers.get('Range', '')}".strip())
        if address not in self.pages:
            raise Unreadable("the server answers 404")
        reply = self.pages[address]
        if len(reply.body) > at_most and not headers.get("Range"):
            raise Unreadable("the answer is too long")
        return _part(reply, headers["Range"]) if self.ranges and "Range" in headers else reply

    def put(self, address, body, kind="application/octet-stream"):
        self.pages[address] = Reply(status=200, kind=kind, body=body if isinstance(body, bytes) else body.encode())

    def project(self, name, *files, api_version="1.1"):
        answer = {"meta": {"api-version": api_version}, "name": name, "files": list(files)}
        self.put(f"{INDEX}{name}/", json.dumps(answer), JSON)

    def wheel(self, filename, *, requires=(), members=None, **fields):
        """Lay a wheel with its metadata beside it; what the index says of it comes back."""
        metadata = "Metadata-Version: 2.1\n" + "".join(f"Requires-Dist: {one}\n" for one in requires)
        self.put(f"{FILES}{filename}.metadata", metadata)
        digest = hashlib.sha256(metadata.encode()).hexdigest()
        if members is not None:
            self.put(f"{FILES}{filename}", zipped(members))
        told = {"filename": filename, "url": f"{FILES}{filename}", "hashes": {}, "upload-time": "2027-02-11T10:00:00Z"}
        return {**told, "core-metadata": {"sha256": digest}, **fields}

    def sources(self, **changes):
        index = Index(INDEX, self.read)
        return Sources(**{"index": index, "read": self.read, "today": TODAY, **changes})


def zipped(members):
    """A wheel's bytes: {"torch/version.py": "cuda = '13.2'"}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _part(reply, span):
    size = len(reply.body)
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", span)
    first = int(found[1]) if found[1] else size - int(found[2])
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    body = reply.body[first : last + 1]
    return Reply(status=206, kind=reply.kind, content_range=f"bytes {first}-{last}/{size}", body=body)
