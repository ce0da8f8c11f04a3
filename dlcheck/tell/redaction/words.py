"""Fields and free text without what is private."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dlcheck.tell.redaction.private import SHORTEST_COMPONENT, SHORTEST_WORD, Private, private_host

PUBLIC_CHANNELS = ("defaults", "main", "free", "r", "msys2", "conda-forge", "pytorch", "nvidia", "bioconda", "anaconda")
SHARED_HOMES = "shared|public|default|all users|linuxbrew|conda"
"""Folders beside the homes that belong to nobody."""
BEFORE_PATH = r"(?:(?<![\w.~-])|(?<=[\s'\"]-[A-Za-z]))"
"""A path begins here, also behind an option of one letter: -I/usr/include."""
NAMED = r"(?:(?<![\w.\-/\\])|(?<=[/\\]envs[/\\])|(?<=[/\\]kernels[/\\]))"
"""Where a name of an environment or a kernel stands as such: alone, or in the folder that conda or Jupyter gave it.
As any other folder it is a part of a path, and of commands that have to run."""
OTHER_HOME = re.compile(
    rf"(?i)((?:/(?:home|users)/+|\b[a-z]:[\\/]+users[\\/]+))"
    rf"(?!(?:{SHARED_HOMES})(?![\w.-]))([^/\\\s'\"`:;,<>|()\[\]$]+)"
)
"""The home folder of another person, or of this one where no fact tells it."""
DEVICE_UUID = re.compile(
    r"\b((?:GPU|MIG)(?:-GPU)?)-(?=[0-9a-f-]*\d)[0-9a-f]{4,8}(?:-[0-9a-f]{2,12})*(?:/\d+)*", re.IGNORECASE
)
"""GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, also cut short, as CUDA_VISIBLE_DEVICES allows; MIG-GPU-…/1/0."""
UUID = re.compile(r"(?<![0-9a-fA-F-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F-])")
MAC = re.compile(r"(?<![0-9a-fA-F:.-])(?:[0-9a-fA-F]{2}([:-]))(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}(?![0-9a-fA-F:-])")
EMAIL = re.compile(r"(?<![\w.+-])(?!git@)[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class Redactor:
    """Texts of one document."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._homes = [_folder(home) for home in private.homes]
        sentences = [one for one in private.users if len(one) >= SHORTEST_WORD]
        paths = [one for one in private.users if len(one) >= SHORTEST_COMPONENT]
        self._in_sentences = self._words(sentences)
        self._in_paths = self._words(paths)
        self._at = _alternatives(private.users, before=r"(?<![\w.-])", after=r"(?=@)")
        self._urls = _alternatives(
            private.url_hosts, before=r"(?i)\b[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?", after=r"[^\s'\"<>)\]]*"
        )

    def field(self, kind: str, text: str) -> str:
        """A field by its mark."""
        if kind == "user":
            return "<user>" if text else ""
        if kind == "host":
            return "<host>" if text else ""
        if kind == "serial":
            return self._serial(text)
        if kind == "name":
            return self._name(text)
        if kind == "url":
            return self._url(text)
        if kind == "path":
            return self._free(text, self._in_paths)
        if kind == "text":
            return self._free(text, self._in_sentences)
        return shapes(text)

    def _serial(self, text: str) -> str:
        found = DEVICE_UUID.fullmatch(text)
        return f"{found[1]}-<uuid>" if found else "<serial>" if text else ""

    def _name(self, text: str) -> str:
        names = self._private.names
        return f"<name {names.index(text) + 1}>" if text in names else self._free(text, self._in_sentences)

    def _url(self, text: str) -> str:
        if "://" in text:
            return "<url>" if private_host(text) or text.startswith("file:") else self._free(text, self._in_paths)
        if "/" in text or "\\" in text:
            return self._free(text, self._in_paths)
        return text if not text or text in PUBLIC_CHANNELS else "<name>"

    def _free(self, text: str, words: list[tuple[re.Pattern[str], str]]) -> str:
        if not text:
            return text
        for pattern in self._homes:
            text = pattern.sub("~", text)
        text = OTHER_HOME.sub(r"\1<user>", text)
        if self._urls is not None:
            text = self._urls.sub("<url>", text)
        text = shapes(text)
        if self._at is not None:
            text = self._at.sub("<user>", text)
        for pattern, mark in words:
            text = pattern.sub(mark, text)
        return text

    def _words(self, users: Iterable[str]) -> list[tuple[re.Pattern[str], str]]:
        """What is looked for as whole words, and what stands in its place."""
        private = self._private
        words = private.vocabulary
        kinds = [
            ([one for one in private.serials if not one.isalpha()], "<serial>"),
            ([one for one in private.hosts if one.lower() not in words], "<host>"),
            ([one for one in users if one.lower() not in words], "<user>"),
        ]
        found = [(pattern, mark) for texts, mark in kinds if (pattern := _alternatives(texts)) is not None]
        return found + [
            (re.compile(rf"{NAMED}{re.escape(one)}(?![\w-]|\.\w)"), f"<name {number}>")
            for number, one in enumerate(private.names, 1)
            if len(one) >= SHORTEST_WORD
        ]


def shapes(text: str) -> str:
    """What is told by its shape alone: UUIDs, hardware addresses, e-mail addresses."""
    if "-" not in text and ":" not in text and "@" not in text:
        return text
    text = DEVICE_UUID.sub(r"\1-<uuid>", text)
    text = UUID.sub("<uuid>", text)
    text = MAC.sub("<mac>", text)
    return EMAIL.sub("<email>", text)


def _folder(path: str) -> re.Pattern[str]:
    """A folder and what lies in it, in either kind of slashes and doubled as Python's repr writes them."""
    escaped = r"[/\\]+".join(re.escape(part) for part in re.split(r"[/\\]+", path))
    flags = re.IGNORECASE if re.match(r"[A-Za-z]:|/mnt/", path) else 0
    return re.compile(rf"{BEFORE_PATH}{escaped}(?![\w-]|\.\w)", flags)


def _alternatives(
    texts: Iterable[str], before: str = r"(?<![\w.-])", after: str = r"(?![\w-]|\.\w)"
) -> re.Pattern[str] | None:
    wanted = "|".join(re.escape(one) for one in texts)
    return re.compile(f"{before}(?:{wanted}){after}") if wanted else None
