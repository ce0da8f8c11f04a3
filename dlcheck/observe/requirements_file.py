"""requirements.txt, as pip reads it: comments, continued lines, further files, options → requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

MAX_FILE_BYTES = 1024 * 1024
MAX_FILES = 50
MAX_DEPTH = 10


class Wanted(msgspec.Struct, frozen=True):
    """What a file asks for."""

    requirements: tuple[str, ...]
    python: str = ""
    """A range of versions; "" where it says none."""


class RequirementsFileError(ValueError):
    """A requirements file that cannot be read, in one sentence that says why."""


def read(path: str) -> tuple[str, ...]:
    """The requirements of a file and of those it includes by -r, each once, in order.

    Constraints (-c) narrow what is installed and ask for nothing; options of pip are passed over. A line that is no
    requirement is kept as written, so that it can be told. Raises RequirementsFileError.
    """
    return tuple(dict.fromkeys(_read(Path(path), (), set())))


def _read(path: Path, above: tuple[Path, ...], seen: set[Path]) -> Iterator[str]:
    where = f" (from {above[-1]})" if above else ""
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        raise RequirementsFileError(f"{path}{where} cannot be read: {error}") from None
    if real in seen:
        return
    seen.add(real)
    if len(seen) > MAX_FILES or len(above) > MAX_DEPTH:
        raise RequirementsFileError(f"{path}{where}: more than {MAX_FILES} files, or {MAX_DEPTH} within each other")
    for line in parse(_text(path, where)):
        included = re.match(r"(?:-r|--requirements?)(?:\s+|=)?(.+)", line)
        if included:
            name = included.group(1).strip().strip("'\"")
            if "://" in name:
                yield name
                continue
            yield from _read(path.parent / name, (*above, path), seen)
        else:
            yield line


def parse(text: str) -> Iterator[str]:
    """The requirements of a text, and its -r lines as they are; comments, hashes and other options are left out."""
    joined = re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff"))
    for raw in joined.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        editable = re.match(r"(?:-e|--editable)(?:\s+|=)(.+)", line)
        if editable:
            line = editable.group(1)
        elif line.startswith("-") and not re.match(r"(-r|--requirements?\b)", line):
            continue
        line = re.sub(r"\s--?[a-z][\w-]*(=|\s).*$", "", line).strip()
        if line:
            yield line if line.startswith("-") else named(line)


def named(line: str) -> str:
    """A line as a PEP 508 requirement, where it names its distribution at all.

    "git+https://…#egg=name" and a wheel's file name do; a path of a source folder does not, and is kept as it is.
    """
    place, _, marker = line.partition(" ; ")
    if "://" not in place and not place.lower().endswith((".whl", ".tar.gz", ".zip")):
        return line
    if re.match(r"[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*@", place):
        return line
    tail = f" ; {marker}" if marker else ""
    egg = re.search(r"[#&]egg=([A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?)", place)
    if egg:
        return egg.group(1) + tail
    file = re.split(r"[/\\]", place.split("#")[0].split("?")[0])[-1]
    wheel = re.match(r"([A-Za-z0-9][\w.]*?)-(\d[^-]*)-.+\.whl$", file)
    if wheel:
        return f"{wheel.group(1)}=={wheel.group(2).replace('%2B', '+')}{tail}"
    return line


def _text(path: Path, where: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        raise RequirementsFileError(f"{path}{where} cannot be read: {words}") from None
    if len(data) > MAX_FILE_BYTES:
        raise RequirementsFileError(f"{path}{where} is larger than {MAX_FILE_BYTES} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")
