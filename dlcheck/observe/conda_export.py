"""What an environment.yml pins that only another machine has: builds, and packages of another system."""

from __future__ import annotations

import re

FOREIGN: dict[str, frozenset[str]] = {
    "windows": frozenset(
        {"vc", "vc14_runtime", "vs2015_runtime", "ucrt", "pywin32", "pywinpty", "menuinst", "wincertstore"}
    ),
    "darwin": frozenset({"appnope", "pyobjc-core", "ld64_osx-64", "ld64_osx-arm64"}),
    "linux": frozenset({"_libgcc_mutex", "ld_impl_linux-64", "ld_impl_linux-aarch64"}),
}
"""Packages of conda that exist for one operating system alone."""


def parse_conda(text: str, here: str) -> tuple[int, tuple[str, ...]]:
    """Of an environment.yml: how many packages it pins to a build, and those of another system than `here`."""
    names, builds = [], 0
    for line in text.splitlines():
        named = re.match(r"\s*-\s+['\"]?([\w.-]+)(=[^=\s]+)?(=[^=\s'\"]+)?['\"]?\s*(?:#.*)?$", line)
        if named:
            names.append(named[1].lower())
            builds += bool(named[3])
    others = [packages for of_system, packages in FOREIGN.items() if of_system != here]
    return builds, tuple(name for name in names if any(name in packages for packages in others))
