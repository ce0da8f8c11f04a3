"""Proxies that variables name. Only those on this machine itself are tried: nothing leaves it."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping

from dlcheck.observe.pip_index import without_credentials

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
LISTENS_SECONDS = 0.3
"""A program on this machine answers, or is refused, at once."""


def local(environ: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Variable → host and port, of the proxies on this machine."""
    found = {}
    for name in VARIABLES:
        address = re.sub(r"^\w+://", "", without_credentials(environ.get(name, "")))
        named = re.match(r"(127\.[\d.]+|localhost|\[::1\]):(\d{1,5})(?:/|$)", address)
        if named and 0 < int(named[2]) < 65536:
            found[name] = (named[1].strip("[]"), int(named[2]))
    return found


def dead(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Those where nothing listens: "https_proxy=127.0.0.1:7890"."""
    tried: dict[tuple[str, int], bool] = {}
    for place in set(local(environ).values()):
        tried[place] = _listens(*place)
    return tuple(f"{name}={host}:{port}" for name, (host, port) in local(environ).items() if not tried[(host, port)])


def _listens(host: str, port: int) -> bool:
    """Does a program take connections there? Only a plain refusal says no."""
    try:
        with socket.create_connection((host, port), LISTENS_SECONDS):
            return True
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
