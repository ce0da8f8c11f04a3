"""What the names of a release's wheels tell: which CPythons on which platforms, the C library, the macOS."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from dlcheck.judge.knowledge.versions import Version, numbers

CPYTHON = re.compile(r"cp(3)(\d{1,2})")
"""No table speaks of Python 2."""
FIRST_WITH_FREE_THREADS = (3, 13)
OLDEST = 6
"""The first minor version of CPython 3 that a wheel for any Python is said to serve."""
MANYLINUX_NAMES = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}
"""PEP 513, 571 and 599: the names that came before manylinux_2_17."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What one release was built for. Platforms by the names of python_wheels.toml."""

    pythons: dict[str, tuple[Version, ...]]
    """Platform → CPythons with the global lock, oldest first."""
    free_threaded: tuple[Version, ...] = ()
    glibc: dict[str, str] = {}
    """Platform → the oldest C library on which it runs with every Python."""
    macos: dict[str, str] = {}

    def span(self, platform: str) -> tuple[str, str] | None:
        """The first and the last CPython of a platform."""
        found = self.pythons.get(platform)
        return (_written(found[0]), _written(found[-1])) if found else None


def built_for(wheels: Iterable[tuple[str, str]], newest: Version) -> Built:
    """What these wheels serve, each by its name and its Requires-Python; a name that is no wheel's is left out.

    newest: the newest CPython that wheels of the stable ABI (abi3) and of any Python (py3) are taken to serve, as they
    serve all that follow.
    """
    floors: dict[str, dict[Version, Version]] = {}
    free: set[Version] = set()
    for filename, requires_python in wheels:
        tags = _tags(filename)
        served = {one for tag in tags for one in _pythons(tag, newest)}
        if any(tag.interpreter == "py3" and tag.abi == "none" for tag in tags):
            served |= allowed(requires_python, newest)
            free |= served
        elif any(tag.abi.endswith("t") and CPYTHON.match(tag.abi) for tag in tags):
            free |= served
            continue
        for platform, floor in _platforms(tags).items():
            for python in served:
                of_platform = floors.setdefault(platform, {})
                of_platform[python] = min(floor, of_platform.get(python, floor))
    highest = {platform: ".".join(map(str, max(found.values()))) for platform, found in floors.items()}
    return Built(
        pythons={platform: tuple(sorted(found)) for platform, found in floors.items()},
        free_threaded=tuple(sorted(one for one in free if one >= FIRST_WITH_FREE_THREADS)),
        glibc={platform: floor for platform, floor in highest.items() if platform.startswith("linux") and floor},
        macos={platform: floor for platform, floor in highest.items() if platform.startswith("macos")},
    )


def allowed(requires_python: str, newest: Version) -> set[Version]:
    """The CPythons 3 that a Requires-Python lets in, up to the newest; all of them where it cannot be read."""
    try:
        wanted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        wanted = SpecifierSet()
    return (
        {(3, minor) for minor in range(OLDEST, newest[1] + 1) if wanted.contains(f"3.{minor}.99")} if newest else set()
    )


def platforms_of(filename: str) -> frozenset[str]:
    """The platforms of one wheel: {"linux_x86_64"}; empty for what is no wheel."""
    return frozenset(_platforms(_tags(filename)))


def _tags(filename: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def _pythons(tag: Tag, newest: Version) -> tuple[Version, ...]:
    found = CPYTHON.fullmatch(tag.interpreter)
    if found is None:
        return ()
    first = (int(found.group(1)), int(found.group(2)))
    if tag.abi == "abi3":
        return tuple((first[0], minor) for minor in range(first[1], max(first, newest)[1] + 1))
    return (first,) if tag.abi == "none" or tag.abi.startswith(f"cp{first[0]}{first[1]}") else ()


def _platforms(tags: frozenset[Tag]) -> dict[str, Version]:
    """Platform → the oldest C library or macOS that one wheel needs; of several names the easiest counts."""
    found: dict[str, Version] = {}
    for tag in tags:
        for platform, floor in _platform(tag.platform):
            found[platform] = min(floor, found.get(platform, floor))
    return found


def _platform(tag: str) -> list[tuple[str, Version]]:
    if parts := re.fullmatch(r"manylinux_(\d+)_(\d+)_(x86_64|aarch64)", tag):
        return [(f"linux_{parts.group(3)}", (int(parts.group(1)), int(parts.group(2))))]
    if parts := re.fullmatch(r"(manylinux\d+|linux)_(x86_64|aarch64)", tag):
        return [(f"linux_{parts.group(2)}", numbers(MANYLINUX_NAMES.get(parts.group(1), "")))]
    if re.fullmatch(r"musllinux_\d+_\d+_x86_64", tag):
        return [("musl", ())]
    if parts := re.fullmatch(r"macosx_(\d+)_(\d+)_(arm64|x86_64|universal2)", tag):
        kinds = ("arm64", "x86_64") if parts.group(3) == "universal2" else (parts.group(3),)
        floor = (int(parts.group(1)), int(parts.group(2)))
        return [(f"macos_{kind}", max(floor, (11, 0)) if kind == "arm64" else floor) for kind in kinds]
    name = {"win_amd64": "windows_amd64", "win32": "win32", "win_arm64": "win_arm64"}.get(tag)
    return [(name, ())] if name else []


def _written(version: Version) -> str:
    return ".".join(map(str, version))
