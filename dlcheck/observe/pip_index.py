"""The package index that pip, or uv, is configured for: read from variables and files, pip is never run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, Missing
from dlcheck.model.python import PipOption
from dlcheck.observe import files
from dlcheck.observe.named_environments import home


def configured_index(prefix: str, environ: Mapping[str, str], system: str = sys.platform) -> Maybe[str]:
    """The index of pip, else of uv, without credentials; absent where none is configured.

    prefix: the judged environment, whose own pip.conf counts too.
    """
    named = environ.get("PIP_INDEX_URL") or _of_pip_files(prefix, environ, system)
    if isinstance(named, str) and named:
        return without_credentials(named)
    of_uv = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or _of_uv_files(environ, system)
    if of_uv:
        return without_credentials(of_uv.rpartition("=")[2] if "://" not in of_uv.partition("=")[0] else of_uv)
    return named if isinstance(named, Missing) else ABSENT


OPTIONS = ("target", "prefix", "user", "no-index", "require-virtualenv", "index-url")
"""Options that change where packages come from or go to (pip's documentation, "Configuration", read 2026-11-22)."""


def configured_options(prefix: str, environ: Mapping[str, str], system: str = sys.platform) -> tuple[PipOption, ...]:
    """The options of pip that are in force, by variable before file."""
    found: dict[str, PipOption] = {}
    for name in OPTIONS:
        variable = f"PIP_{name.upper().replace('-', '_')}"
        if environ.get(variable):
            value = without_credentials(environ[variable])
            found[name] = PipOption(name=name, value=value, source=variable)
    for path in _pip_files(prefix, environ, system):
        text = files.read(path)
        if isinstance(text, str):
            for one in parse_options(text, str(path)):
                found.setdefault(one.name, one)
    return tuple(found.values())


def parse_options(text: str, source: str) -> tuple[PipOption, ...]:
    """The options of a pip.conf that matter here: of [install], else of [global]."""
    import configparser

    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.Error:
        return ()
    found: dict[str, PipOption] = {}
    for section in ("install", "global"):
        for written, value in config.items(section) if config.has_section(section) else ():
            name = written.replace("_", "-")
            if name in OPTIONS and value:
                option = PipOption(name=name, value=without_credentials(value), source=source, section=section)
                found.setdefault(name, option)
    return tuple(found.values())


def without_credentials(url: str) -> str:
    """The address without user, password and query, which may hold a token."""
    url = url.strip().split("?", 1)[0]
    scheme, separator, rest = url.partition("://")
    if separator and scheme.lower() != "file" and "@" in rest:
        rest = rest.rpartition("@")[2]
    return scheme + separator + rest


def parse_pip(text: str) -> str:
    """The index-url of a pip.conf: of [install], else of [global]; "" where it names none."""
    import configparser

    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.Error:
        return ""
    for section in ("install", "global"):
        for key in ("index-url", "index_url"):
            if config.has_option(section, key):
                return config.get(section, key).strip()
    return ""


def parse_uv(text: str) -> str:
    """The default index of a uv.toml; "" where it names none."""
    import msgspec

    try:
        said = msgspec.toml.decode(text)
    except (msgspec.DecodeError, ImportError, RecursionError):
        return ""
    for table in (said, said.get("pip", {})):
        indexes = table.get("index", []) if isinstance(table, dict) else []
        for one in indexes if isinstance(indexes, list) else []:
            if isinstance(one, dict) and one.get("default") and isinstance(one.get("url"), str):
                return str(one["url"])
        if isinstance(table, dict) and isinstance(table.get("index-url"), str):
            return str(table["index-url"])
    return ""


def _pip_files(prefix: str, environ: Mapping[str, str], system: str) -> Iterator[Path]:
    """pip's configuration files, the one that wins first."""
    base = home(environ)
    name = "pip.ini" if system == "win32" else "pip.conf"
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen:
        yield Path(chosen)
    if chosen == os.devnull:
        return
    if prefix:
        yield Path(prefix, name)
    if system == "win32":
        yield Path(environ.get("APPDATA") or base / "AppData/Roaming", "pip", name)
        yield base / "pip" / name
        yield Path(environ.get("PROGRAMDATA") or "C:\\ProgramData", "pip", name)
        return
    if system == "darwin":
        yield base / "Library/Application Support/pip" / name
    yield Path(environ.get("XDG_CONFIG_HOME") or base / ".config", "pip", name)
    yield base / ".pip" / name
    if system == "darwin":
        yield Path("/Library/Application Support/pip", name)
    for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", name)
    yield Path("/etc", name)


def _of_pip_files(prefix: str, environ: Mapping[str, str], system: str) -> str | Missing:
    denied: Missing | None = None
    for path in _pip_files(prefix, environ, system):
        text = files.read(path)
        if isinstance(text, Missing):
            denied = denied or (text if text.gap != "absent" else None)
        elif found := parse_pip(text):
            return found
    return denied or ""


def _of_uv_files(environ: Mapping[str, str], system: str) -> str:
    base = home(environ)
    folders: list[str | Path] = [environ.get("XDG_CONFIG_HOME") or base / ".config", "/etc/xdg", "/etc"]
    if system == "win32":
        folders = [environ.get("APPDATA") or base / "AppData/Roaming", environ.get("PROGRAMDATA") or "C:\\ProgramData"]
    paths = [Path(folder, "uv", "uv.toml") for folder in folders]
    chosen = environ.get("UV_CONFIG_FILE")
    for path in [Path(chosen)] if chosen else paths:
        text = files.read(path)
        found = parse_uv(text) if isinstance(text, str) else ""
        if found:
            return found
    return ""
