"""Which release of a library has a wheel for which Python, platform, glibc and macOS."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table
from dlcheck.judge.knowledge.versions import Version, numbers

WheelPlatform = Literal[
    "linux_x86_64", "linux_aarch64", "windows_amd64", "macos_arm64", "macos_x86_64", "musl", "win32", "win_arm64", ""
]
"""What wheels are made for; "" for every other: 32-bit Linux, POWER, RISC-V."""

Span = tuple[str, str]
"""The first and the last CPython, "3.10" and "3.14"."""


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One release and the Pythons it has wheels for."""

    package: str
    version: str
    requires_python: str = ""
    linux_x86_64: Span | None = None
    linux_aarch64: Span | None = None
    windows_amd64: Span | None = None
    macos_arm64: Span | None = None
    macos_x86_64: Span | None = None
    musl: Span | None = None
    win32: Span | None = None
    win_arm64: Span | None = None
    free_threaded: tuple[str, ...] = ()
    """CPythons without the global lock that it has wheels for too."""
    glibc: str = ""
    glibc_aarch64: str = ""
    """Of ARM's wheels, where it is another."""
    macos: str = ""
    """The oldest macOS on which its Apple silicon wheels of every Python run."""
    macos_intel: str = ""
    """The same of its wheels for Intel Macs."""

    def span(self, platform: WheelPlatform) -> Span | None:
        """The Pythons it has wheels for on a platform; None where it has none."""
        found: Span | None = getattr(self, platform, None) if platform else None
        return found

    def glibc_on(self, platform: WheelPlatform) -> str:
        """The oldest C library of its wheels for a platform; "" where they ask for none."""
        return (self.glibc_aarch64 if platform == "linux_aarch64" else "") or self.glibc

    def macos_on(self, platform: WheelPlatform) -> str:
        """The oldest macOS of its wheels for a platform; "" where they ask for none."""
        return self.macos_intel if platform == "macos_x86_64" else self.macos

    def serves(self, platform: WheelPlatform, python: str, *, free_threaded: bool = False) -> bool:
        """Has it a wheel for that Python ("3.12.7")?"""
        span = self.span(platform)
        minor = numbers(python)[:2]
        if span is None or not numbers(span[0]) <= minor <= numbers(span[1]):
            return False
        if free_threaded and ".".join(map(str, minor)) not in self.free_threaded:
            return False
        return not self.leaves_out(python)

    def leaves_out(self, python: str) -> bool:
        """Does its metadata exclude exactly that Python: "!=3.14.1"?"""
        return numbers(python) in [numbers(one) for one in re.findall(r"!=([\d.]+)", self.requires_python)]


class Wheels(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of wheels."""

    recommended: str
    """The Python that every framework and library here has wheels for."""
    release: tuple[Release, ...]


@cache
def wheels() -> Wheels:
    """The whole table."""
    return read_table("python_wheels", Wheels)


def releases(package: str) -> tuple[Release, ...]:
    """The releases of a package, oldest first; none where the table does not know it."""
    name = {"jax": "jaxlib"}.get(package, package)
    return tuple(one for one in wheels().release if one.package == name)


def newest(
    package: str,
    platform: WheelPlatform,
    python: str = "",
    *,
    glibc: str = "",
    macos: str = "",
    free_threaded: bool = False,
) -> str:
    """The newest release with a wheel for this machine; "" where there is none. What is not given is not asked for."""
    for release in reversed(releases(package)):
        if glibc and numbers(release.glibc_on(platform)) > numbers(glibc):
            continue
        if macos and numbers(release.macos_on(platform)) > numbers(macos):
            continue
        if release.span(platform) is None:
            continue
        if not python or release.serves(platform, python, free_threaded=free_threaded):
            return release.version
    return ""


def first_that_leaves_out(package: str, python: str) -> str:
    """The release line from which on a package excludes exactly that Python, to this day; "" where none does."""
    known, first = releases(package), ""
    for release in reversed(known):
        if not release.leaves_out(python):
            break
        first = ".".join(map(str, numbers(release.version)[:2]))
    return first


def matching(requirement: str) -> tuple[Release, ...]:
    """The releases in the table that a PEP 508 requirement with a version may mean; none for one without.

    The table holds the last patch of each line, so a pin to another patch means that line.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(requirement)
    except InvalidRequirement:
        return ()
    pinned = {numbers(one.version)[:2] for one in wanted.specifier if one.operator in ("==", "===", "~=")}
    return tuple(
        one
        for one in (releases(wanted.name.lower().replace("_", "-")) if wanted.specifier else ())
        if numbers(one.version)[:2] in pinned or wanted.specifier.contains(one.version)
    )


def older_than_known(requirement: str) -> Release | None:
    """The oldest release in the table, where a PEP 508 requirement pins one that is older still; else None.

    No release has wheels for a newer Python than those that came after it.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(requirement)
    except InvalidRequirement:
        return None
    known = releases(wanted.name.lower().replace("_", "-"))
    pinned = [numbers(one.version) for one in wanted.specifier if one.operator in ("==", "===", "~=")]
    return known[0] if known and pinned and max(pinned)[:2] < numbers(known[0].version)[:2] else None


FIRST_TENSORFLOW: dict[Version, Version] = {
    (3, 8): (2, 2), (3, 9): (2, 5), (3, 10): (2, 8), (3, 11): (2, 12), (3, 12): (2, 16), (3, 13): (2, 20),
}  # fmt: skip
"""Python → the first TensorFlow with wheels for it (tensorflow.org/install/source, tested build configurations; the
last from the package index; read 2026-11-22). The table holds the newer releases alone."""


def pythons_of(package: str, platform: WheelPlatform) -> Span | None:
    """The Pythons that the newest release with wheels for this platform serves."""
    return next((span for one in reversed(releases(package)) if (span := one.span(platform))), None)


def wheel_platform(tag: str, machine: str, *, musl: bool = False) -> WheelPlatform:
    """The platform of an interpreter, by its sysconfig.get_platform() and the machine it was built for."""
    tag = tag.lower().replace("-", "_")
    if tag == "win32":
        return "win32"
    if tag.startswith("win"):
        return "win_arm64" if "arm64" in tag else "windows_amd64"
    if tag.startswith("macos"):
        built_for = machine if tag.endswith(("universal2", "universal")) else tag
        return "macos_arm64" if built_for.endswith("arm64") else "macos_x86_64"
    if tag.startswith("linux"):
        if musl:
            return "musl"
        if tag.endswith("x86_64"):
            return "linux_x86_64"
        return "linux_aarch64" if tag.endswith(("aarch64", "arm64")) else ""
    return ""
