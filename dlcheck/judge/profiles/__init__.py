"""Profiles: those that are built in, and reading one from a text.

A profile is TOML by the schema `dlcheck.profile/1` (dlcheck/model/schemas/profile-1.json). Sizes may be written as
texts ("8 GiB"), a compute capability as "8.0". Nothing in it is run, no file is read but those that it extends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from dlcheck.judge import shipped
from dlcheck.judge.profiles import merging, numbers
from dlcheck.judge.profiles.errors import ProfileError
from dlcheck.judge.profiles.lines import at_line, at_text
from dlcheck.judge.profiles.rules import broken_rule
from dlcheck.model.profile import PROFILE_SCHEMA, Profile

__all__ = ["MAX_PROFILE_BYTES", "ProfileError", "at_text", "built_in", "is_built_in", "load", "parse"]

MAX_PROFILE_BYTES = 1024 * 1024
MOST_EXTENDED = 5
"""So many profiles may extend each other."""

Read = Callable[[str], str]
"""The text of a file that a profile extends, by the name it gives. Raises ProfileError."""


def built_in() -> tuple[str, ...]:
    """Names of the profiles that are shipped."""
    from importlib import resources  # imported only where names are to be listed: 5 % of a short run's time

    names = (entry.name for entry in resources.files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load(name: str) -> Profile:
    """A profile that is shipped. Raises ProfileError where there is none of that name."""
    return _profile(_tables(_shipped(name), None, (), shipped_as=name))


def parse(text: str, read: Read | None = None) -> Profile:
    """A profile from TOML. Raises ProfileError with the line of what is wrong.

    read: gives the text of a file that it extends; without it only built-in profiles can be extended.
    """
    return _profile(_tables(text, read, ()))


def is_built_in(name: str) -> bool:
    """Is a profile of that name shipped?"""
    return bool(_text_of(name))


def _shipped(name: str) -> str:
    text = _text_of(name)
    if not text:
        raise ProfileError(f"there is no profile {name!r}; built in: {', '.join(built_in())}; or name a .toml file")
    return text


def _text_of(name: str) -> str:
    """The text of a profile that is shipped; "" where there is none of that name."""
    if not re.fullmatch(r"[\w-]+", name):  # no way into other folders
        return ""
    try:
        return shipped.text_of(f"profiles/{name}").decode()
    except OSError:
        return ""


def _profile(tables: dict[str, Any]) -> Profile:
    return msgspec.convert(numbers.read(tables), Profile)


def _tables(text: str, read: Read | None, above: tuple[str, ...], *, shipped_as: str = "") -> dict[str, Any]:
    """The tables of a profile, laid over those of the one that it extends; each text is held to the rules by itself.

    shipped_as: the name of the built-in one whose text it is.
    """
    if len(text) > MAX_PROFILE_BYTES:
        raise ProfileError(f"it has {len(text)} characters; at most {MAX_PROFILE_BYTES} are read")
    try:
        tables: dict[str, Any] = (
            shipped.decode(f"profiles/{shipped_as}", dict[str, Any])
            if shipped_as
            else msgspec.toml.decode(text.removeprefix("\ufeff"))
        )
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProfileError(f"it is no TOML: {error or 'it is nested too deeply'}") from None
    _refuse_other_schema(tables.get("schema", PROFILE_SCHEMA))
    try:
        own = _profile(tables)
    except msgspec.ValidationError as error:
        raise ProfileError(at_line(text, str(error))) from None
    # What is shipped is held to the rules by its tests; reading it costs no time for that.
    if broken := "" if shipped_as else broken_rule(own, text):
        raise ProfileError(broken)
    base = own.extends
    if not base:
        return tables
    if base in above or len(above) >= MOST_EXTENDED:
        raise ProfileError(f"profiles extend each other in a circle, or too many: {' → '.join((*above, base))}")
    if is_built_in(base):
        return merging.over(_tables(_shipped(base), None, (*above, base), shipped_as=base), tables)
    if read is None or not base.endswith(".toml"):
        where = f"there is no profile {base!r} to extend; built in: {', '.join(built_in())}"
        raise ProfileError(at_line(text, f"{where} - at `$.extends`"))
    try:
        found = _tables(read(base), read, (*above, base))
    except ProfileError as error:
        raise ProfileError(f"{base}, which it extends: {error}") from None
    return merging.over(found, tables)


def _refuse_other_schema(schema: object) -> None:
    family, _, number = str(schema).partition("/")
    if family != PROFILE_SCHEMA.partition("/")[0] or not number.isdigit():
        raise ProfileError(f"its schema is {schema!r}, not {PROFILE_SCHEMA!r}")
    if int(number) > int(PROFILE_SCHEMA.partition("/")[2]):
        raise ProfileError(f"its schema {schema!r} is newer than this dlcheck reads: update dlcheck")
