"""What the METADATA of a wheel asks for, on one platform and with one extra."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import HeaderParser

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}


def requirements(metadata: str, *, extra: str = "") -> Iterator[Requirement]:
    """The requirements that hold on Linux x86_64 with this extra; those that cannot be read are left out."""
    for line in HeaderParser().parsestr(metadata).get_all("Requires-Dist") or ():
        try:
            wanted = Requirement(" ".join(str(line).split()))
        except InvalidRequirement:
            continue
        environment = {**{key: str(value) for key, value in default_environment().items()}, **LINUX, "extra": extra}
        if wanted.marker is None or wanted.marker.evaluate(environment):
            yield wanted


def requirement_of(metadata: str, name: str, *, extra: str = "") -> Requirement | None:
    """What it asks of one distribution, a version if any line says one; None where it asks for none of it."""
    found = [one for one in requirements(metadata, extra=extra) if canonicalize_name(one.name) == name]
    return next((one for one in found if one.specifier), found[0] if found else None)


def oldest_allowed(wanted: Requirement) -> str:
    """The version of `==X` or `>=X`; "" where it names neither."""
    bounds = [one.version for one in wanted.specifier if one.operator in ("==", ">=", "~=")]
    return bounds[0].removesuffix(".*") if bounds else ""
