"""Profiles: those that are built in, and reading one from a text."""

from __future__ import annotations

from importlib import resources

import msgspec

from dlcheck.model.profile import PROFILE_SCHEMA, Profile

MAX_PROFILE_BYTES = 1024 * 1024


class ProfileError(ValueError):
    """A profile that cannot be read, in one sentence that says why."""


def built_in() -> tuple[str, ...]:
    """Names of the profiles that are shipped."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load(name: str) -> Profile:
    """A profile that is shipped. Raises ProfileError where there is none of that name."""
    if name not in built_in():
        raise ProfileError(f"there is no profile {name!r}; built in: {', '.join(built_in())}; or name a .toml file")
    return parse((resources.files(__package__) / f"{name}.toml").read_text("utf-8"))


def parse(text: str) -> Profile:
    """A profile from TOML. Raises ProfileError with the place of what is wrong."""
    if len(text) > MAX_PROFILE_BYTES:
        raise ProfileError(f"it has {len(text)} characters; at most {MAX_PROFILE_BYTES} are read")
    try:
        profile = msgspec.toml.decode(text, type=Profile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProfileError(f"it is no profile: {error}") from None
    family, _, number = profile.schema.partition("/")
    if family != PROFILE_SCHEMA.partition("/")[0] or not number.isdigit():
        raise ProfileError(f"its schema is {profile.schema!r}, not {PROFILE_SCHEMA!r}")
    if int(number) > int(PROFILE_SCHEMA.partition("/")[2]):
        raise ProfileError(f"its schema {profile.schema!r} is newer than this dlcheck reads: update dlcheck")
    return profile
