"""Where pip would look for packages: its configuration is the only place that names the index."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from scripts.refresh.web import Unreadable

BUILT_IN = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
"""What pip itself takes where nothing is configured."""


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What pip is told."""

    index: str
    certificates: str = ""
    """A file; "" for the system's."""


def configured(environment: Mapping[str, str] = os.environ, python: str = sys.executable) -> Configured:
    """The index and the certificates: the environment's, else those of pip's files, else pip's own default.

    Raises Unreadable where none of them tells, because there is no pip.
    """
    told = settings(_pip(python, "-m", "pip", "config", "list"))
    index = environment.get("PIP_INDEX_URL") or setting(told, "index-url") or _pip(python, "-c", BUILT_IN).strip()
    if not index:
        raise Unreadable("no index is configured, and there is no pip to ask: set PIP_INDEX_URL")
    certificates = environment.get("PIP_CERT") or setting(told, "cert")
    return Configured(index=index.rstrip("/") + "/", certificates=certificates)


def settings(text: str) -> dict[str, str]:
    """`pip config list`: "global.index-url='https://…'" a line; what is no such line is left out."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        try:
            plain = ast.literal_eval(value) if equals else None
        except (ValueError, SyntaxError):
            continue
        if isinstance(plain, str):
            found[name.strip()] = plain
    return found


def setting(told: Mapping[str, str], name: str) -> str:
    """One setting, the nearest first, as pip reads them for `pip install`."""
    return next((told[key] for scope in (":env:", "install", "global") if (key := f"{scope}.{name}") in told), "")


def _pip(python: str, *arguments: str) -> str:
    try:
        done = subprocess.run([python, *arguments], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
