"""conda's configuration files, read without a YAML library: only top-level words and lists of words count here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dlcheck.model.gaps import Missing
from dlcheck.observe import files
from dlcheck.observe.named_environments import home

Value = str | list[str]


def read(root: str, environ: Mapping[str, str]) -> dict[str, Value]:
    """What all files say together: of words the nearest to the person wins, lists are joined, the nearest first."""
    merged: dict[str, Value] = {}
    for path in places(root, environ):
        text = files.read(path)
        if isinstance(text, Missing):
            continue
        for key, value in parse(text).items():
            before = merged.get(key)
            if isinstance(value, list) and isinstance(before, list):
                merged[key] = [*before, *(one for one in value if one not in before)]
            else:
                merged.setdefault(key, value)
    return merged


def places(root: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """The files in conda's order (conda/base/constants.py, SEARCH_PATH), the one that wins first."""
    base = home(environ)
    if environ.get("CONDARC"):
        yield Path(environ["CONDARC"])
    if environ.get("CONDA_PREFIX"):
        yield from _both(Path(environ["CONDA_PREFIX"]))
    yield from (base / ".condarc", base / ".mambarc")
    yield from _both(base / ".conda")
    yield from _both(Path(environ.get("XDG_CONFIG_HOME") or base / ".config", "conda"))
    if root:
        yield from _both(Path(root))
    yield from _both(Path("/etc/conda"))


def parse(text: str) -> dict[str, Value]:
    """The top-level words and lists of words of a .condarc. Deeper tables are passed over."""
    found: dict[str, Value] = {}
    key = ""
    for raw in text.removeprefix("\ufeff").splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw.replace("\t", "    ")).rstrip()
        if not line.strip() or line in ("---", "..."):
            continue
        item = re.match(r"\s*-\s+(.+)$", line)
        if item and key:
            current = found.setdefault(key, [])
            if isinstance(current, list) and not re.match(r"[\w-]+:\s", item.group(1)):
                current.append(_plain(item.group(1)))
            continue
        named = re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?$", line)
        if not named:
            key = key if line[0].isspace() else ""
            continue
        key, value = named.group(1), (named.group(2) or "").strip()
        if value.startswith("[") and value.endswith("]"):
            found[key] = [_plain(one) for one in value[1:-1].split(",") if one.strip()]
        elif value and value[0] not in "{|>&*!":
            found[key] = _plain(value)
    return found


def _plain(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _both(folder: Path) -> tuple[Path, Path]:
    return folder / ".condarc", folder / "condarc"
