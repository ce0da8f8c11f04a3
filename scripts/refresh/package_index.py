"""The package index by its Simple API in JSON (PEP 691 and 700) with the metadata of wheels beside them (PEP 658)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

import msgspec
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from scripts.refresh import remote_wheel
from scripts.refresh.web import MIB, Read, Unreadable

JSON = "application/vnd.pypi.simple.v1+json"
PAGE_AT_MOST = 64 * MIB
METADATA_AT_MOST = 4 * MIB


class File(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One file of a project, as the index tells of it."""

    filename: str
    url: str
    requires_python: str | None = None
    yanked: bool | str = False
    upload_time: str = ""
    size: int = 0
    core_metadata: bool | dict[str, str] = False

    @property
    def is_withdrawn(self) -> bool:
        """Did its authors yank it? A reason may stand in the place of true, and be empty."""
        return self.yanked is not False

    @property
    def version(self) -> Version | None:
        """A wheel's version; None for what is no wheel."""
        return _version(self.filename)


class _Meta(msgspec.Struct, frozen=True, rename="kebab"):
    api_version: str


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the index has of one project."""

    meta: _Meta
    name: str
    files: tuple[File, ...]

    def wheels(self) -> dict[Version, list[File]]:
        """Final releases that were not withdrawn → their wheels, oldest first."""
        found: dict[Version, list[File]] = {}
        for file in self.files:
            version = file.version
            if version is None or file.is_withdrawn or version.is_prerelease or version.local or version.is_postrelease:
                continue
            found.setdefault(version, []).append(file)
        return dict(sorted(found.items()))


def named(files: Iterable[File]) -> Iterator[tuple[str, str]]:
    """The names of files with what each says of Python."""
    return ((one.filename, one.requires_python or "") for one in files)


class Index:
    """The package index, each page read once."""

    def __init__(self, address: str, read: Read) -> None:
        self._address = address
        self._read = read
        self._projects: dict[str, Project] = {}
        self._metadata: dict[str, str] = {}

    def project(self, name: str) -> Project:
        """A project. Raises Unreadable where the index cannot be read, has it not, or answers in another form."""
        if name not in self._projects:
            self._projects[name] = self._project(name)
        return self._projects[name]

    def metadata(self, file: File) -> str:
        """The METADATA of a wheel: beside it, or where the index has none there, out of it. Raises Unreadable."""
        if file.url not in self._metadata:
            self._metadata[file.url] = self._metadata_of(file)
        return self._metadata[file.url]

    def member(self, file: File, ending: str, at_most: int) -> bytes:
        """A file in a wheel, by how its path ends, without the rest of the wheel. Raises Unreadable."""
        with told_of(file.filename):
            return remote_wheel.member(self._read, file.url, ending, at_most)

    def _project(self, name: str) -> Project:
        page = f"{self._address}{canonicalize_name(name)}/"
        with told_of(f"{name} on the package index"):
            reply = self._read(page, {"Accept": JSON}, PAGE_AT_MOST)
            return read_project(name, page, reply.kind, reply.body)

    def _metadata_of(self, file: File) -> str:
        if file.core_metadata is False:
            return self.member(file, ".dist-info/METADATA", METADATA_AT_MOST).decode("utf-8", "replace")
        with told_of(f"the metadata of {file.filename}"):
            body = self._read(f"{file.url}.metadata", {}, METADATA_AT_MOST).body
            wanted = file.core_metadata.get("sha256") if isinstance(file.core_metadata, dict) else None
            if wanted and hashlib.sha256(body).hexdigest() != wanted:
                raise Unreadable("it is not what its SHA-256 says")
            return body.decode("utf-8", "replace")


class told_of:  # noqa: N801 (read as words: with told_of(...))
    """Names in the failure what could not be read."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Unreadable):
            raise Unreadable(f"{self._what}: {error}") from error


def read_project(name: str, page: str, kind: str, body: bytes) -> Project:
    """The answer for a project: addresses made whole, those that are not of the web left out. Raises Unreadable."""
    if kind == "text/html":
        raise Unreadable("the index answers in HTML only, and its JSON form (PEP 691) is needed")
    try:
        project = msgspec.json.decode(body, type=Project)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"the answer is no page of a project: {error}") from error
    if project.meta.api_version.partition(".")[0] != "1":
        raise Unreadable(f"the answer is of version {project.meta.api_version[:20]} of the API, and 1 is understood")
    if canonicalize_name(project.name) != canonicalize_name(name):
        raise Unreadable(f"the answer is about {project.name[:60]!r}")
    whole = (msgspec.structs.replace(one, url=_joined(page, one.url)) for one in project.files)
    return msgspec.structs.replace(project, files=tuple(one for one in whole if one.url))


def _joined(page: str, url: str) -> str:
    """A whole address without the fragment; "" for what is not of the web."""
    try:
        address = urljoin(page, url).partition("#")[0]
        return address if urlsplit(address).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _version(filename: str) -> Version | None:
    if not re.fullmatch(r"[\w.+!-]{1,300}\.whl", filename):
        return None
    try:
        return parse_wheel_filename(filename)[1]
    except InvalidWheelFilename:
        return None
