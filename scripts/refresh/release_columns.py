"""Columns that the tables of frameworks share: what the names of a release's wheels tell of its platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh.package_index import File
from scripts.refresh.wheel_tags import Built, platforms_of

PLATFORMS = {
    "linux_x86_64": "linux-x86_64", "linux_aarch64": "linux-aarch64", "windows_amd64": "windows-x86_64",
    "macos_arm64": "macos-arm64", "macos_x86_64": "macos-x86_64",
}  # fmt: skip
"""Platforms by the names of wheel_tags → by those of the tables."""


def columns(built: Built) -> dict[str, object]:
    """Pythons by platform, the C library and macOS; None where there is none."""
    spans = {name: "-".join(span) for platform, name in PLATFORMS.items() if (span := built.span(platform))}
    floors = [numbers(floor) for platform, floor in built.glibc.items() if platform in PLATFORMS]
    return {
        "pythons": spans,
        "free_threaded": [dotted(one) for one in built.free_threaded] or None,
        "glibc": dotted(max(floors)) if floors else None,
        "macos": built.macos.get("macos_arm64"),
        "macos_intel": built.macos.get("macos_x86_64"),
    }


def day_of(files: Iterable[File]) -> str:
    """The month in which the first file of a release came; "" where the index does not tell."""
    return min((one.upload_time[:7] for one in files if one.upload_time), default="")


def wheel_for(platform: str, files: Iterable[File]) -> File | None:
    """A wheel of a release for a platform, named as wheel_tags does."""
    return next((one for one in files if platform in platforms_of(one.filename)), None)


def differences(row: Mapping[str, object], values: Mapping[str, object]) -> list[str]:
    """In which columns a row differs; what is empty is as if it were not there, and all lists are alike."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}
    return [f"{key} = {value}" for key, value in values.items() if (value or None) != (plain.get(key) or None)]


def line_of(version: str) -> Version:
    """The release line: "2.15.0" → (2, 15)."""
    return numbers(version)[:2]
