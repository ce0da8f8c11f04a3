"""Reading over HTTP: one request, bounded in time and size, its failure in words."""

from __future__ import annotations

import base64
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping

import msgspec

SECONDS = 60.0
ATTEMPTS = 3
MIB = 2**20


class Unreadable(Exception):
    """What was asked for could not be had; the reason in words, without the address of a package index."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer."""

    status: int
    kind: str = ""
    """The media type."""
    content_range: str = ""
    body: bytes = b""


Read = Callable[[str, Mapping[str, str], int], Reply]
"""(address, headers, the most bytes that may come) → answer. Raises Unreadable."""


def reader(certificates: str = "") -> Read:
    """A reader that trusts the system's certificates, or those of a file."""
    try:
        context = ssl.create_default_context(cafile=certificates or None)
    except OSError as error:
        raise Unreadable(f"the certificates in {certificates} could not be read: {error.strerror}") from error
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    def read(address: str, headers: Mapping[str, str], at_most: int) -> Reply:
        plain, own = without_credentials(address)
        request = urllib.request.Request(plain, headers={"User-Agent": "dlcheck-tables", **own, **headers})
        for attempt in range(ATTEMPTS):
            try:
                with opener.open(request, timeout=SECONDS) as answer:
                    body = answer.read(at_most + 1)
                    got = answer.headers
            except urllib.error.HTTPError as error:
                if error.code < 500 or attempt == ATTEMPTS - 1:
                    raise Unreadable(f"the server answers {error.code}") from error
            except (OSError, ValueError, EOFError) as error:
                if attempt == ATTEMPTS - 1:
                    raise Unreadable(f"it cannot be reached: {getattr(error, 'reason', error)}") from error
            else:
                if len(body) > at_most:
                    raise Unreadable(f"the answer is longer than {at_most // MIB or 1} MiB")
                kind, span = got.get_content_type(), got.get("Content-Range", "")
                return Reply(status=answer.status, kind=kind, content_range=span, body=body)
            time.sleep(2.0**attempt)
        raise Unreadable("it cannot be reached")

    return read


def without_credentials(address: str) -> tuple[str, dict[str, str]]:
    """An address without user name and password, and the header that carries them. Raises Unreadable for no address."""
    try:
        parts = urllib.parse.urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Unreadable("it is no address of the web") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreadable("it is no address of the web")
    if parts.username is None:
        return address, {}
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
    header = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return urllib.parse.urlunsplit(parts._replace(netloc=host + port)), header
