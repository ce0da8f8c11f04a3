"""python_wheels.toml: every row from the names of the wheels on the package index."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from dlcheck.judge.knowledge.wheels import Release, Wheels
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import File, Index, named
from scripts.refresh.toml_text import with_day, with_rows, written
from scripts.refresh.wheel_tags import Built, built_for

COMMON = ("linux_x86_64", "linux_aarch64", "windows_amd64", "macos_arm64", "macos_x86_64")
"""A patch release without a wheel for any of these is not the last of its line."""
SPANS = (*COMMON, "musl", "win_arm64", "win32")
ASKED_FOR_PYTHON = "numpy"
"""The first of all to have wheels for a new CPython: its newest is the newest there is."""


def look(sources: Sources) -> Look:
    """Every row that the index would have otherwise."""
    table = read(sources)
    found = {(str(one["package"]), str(one["version"])): one for one in rows(sources.index, table.release)}
    known = {(one.package, one.version): one for one in table.release}
    lacks = [f"{package} {version}" for package, version in found if (package, version) not in known]
    lacks += [
        f"{package} {version} as the index has it"
        for (package, version), row in found.items()
        if (old := known.get((package, version))) and msgspec.convert(row, Release) != old
    ]
    newest = dotted(max(numbers(one.linux_x86_64[1]) for one in table.release if one.linux_x86_64))
    shown = dotted(newest_python(sources.index))
    packages = len({one.package for one in table.release})
    return Look(knows=f"{packages} packages, Python {newest}", shown=f"Python {shown}", lacks=tuple(lacks))


def refresh(text: str, sources: Sources) -> Refreshed:
    """The whole list anew, from the oldest line on that the table has of each package."""
    table = msgspec.toml.decode(text, type=Wheels)
    new = with_rows(text, "release", [written(row) for row in rows(sources.index, table.release)])
    left = f"recommended = {table.recommended!r}: chosen by hand among the Pythons that all of them have wheels for"
    return Refreshed(text=with_day(new, sources.today), left=(left,))


def read(sources: Sources) -> Wheels:
    """The table as it is."""
    del sources
    from dlcheck.judge.knowledge.wheels import wheels

    return wheels()


def rows(index: Index, known: Iterable[Release]) -> list[dict[str, object]]:
    """The last patch of each release line, package by package. Raises Unreadable."""
    oldest: dict[str, Version] = {}
    for one in known:
        oldest.setdefault(one.package, numbers(one.version)[:2])
    newest = newest_python(index)
    found = []
    for package, first in sorted(oldest.items()):
        lines: dict[Version, dict[str, object]] = {}
        for version, files in index.project(package).wheels().items():
            line = (version.major, version.minor)
            built = built_for(named(files), newest)
            if line >= first and any(built.span(platform) for platform in COMMON):
                lines[line] = row(package, str(version), files, built)
        found += [lines[line] for line in sorted(lines)]
    return found


def row(package: str, version: str, files: list[File], built: Built) -> dict[str, object]:
    """One row, in the order in which the table writes it; what says nothing is left out."""
    spans = {platform: list(span) for platform in SPANS if (span := built.span(platform))}
    glibc, on_arm = built.glibc.get("linux_x86_64", ""), built.glibc.get("linux_aarch64", "")
    values: dict[str, object] = {
        "package": package,
        "version": version,
        "requires_python": files[0].requires_python or "",
        **spans,
        "free_threaded": [dotted(one) for one in built.free_threaded],
        "glibc": glibc or on_arm,
        "glibc_aarch64": on_arm if glibc and on_arm != glibc else "",
        "macos": built.macos.get("macos_arm64", ""),
        "macos_intel": built.macos.get("macos_x86_64", ""),
    }
    return {key: value for key, value in values.items() if value}


def newest_python(index: Index) -> Version:
    """The newest CPython that the index has wheels for."""
    releases = list(index.project(ASKED_FOR_PYTHON).wheels().values())
    newest = built_for(named(releases[-1]), (0, 0)) if releases else Built(pythons={})
    return max((found[-1] for found in newest.pythons.values()), default=(0, 0))


SOURCE = Source(look=look, refresh=refresh)
