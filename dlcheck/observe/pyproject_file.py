"""pyproject.toml: what a project requires, with the extras and dependency groups that are asked for.

`pyproject.toml[gpu,dev]` asks for extras (PEP 621), `pyproject.toml:test` for a dependency group (PEP 735).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from dlcheck.observe.requirements import normal
from dlcheck.observe.requirements_file import RequirementsFileError, Wanted

MOST_GROUPS = 100


def parse(text: str, extras: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Wanted:
    """The requirements of a project, of its extras and of its groups. Raises RequirementsFileError."""
    try:
        tables: Any = msgspec.toml.decode(text.removeprefix("\ufeff"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise RequirementsFileError(f"it is no TOML: {error or 'nested too deeply'}") from None
    project = tables.get("project", {})
    if not isinstance(project, dict):
        raise RequirementsFileError("its [project] is no table")
    found = [] if groups and not extras else _texts(project.get("dependencies", []), "project.dependencies")
    named = _tables_of(project.get("optional-dependencies", {}))
    every_group = _tables_of(tables.get("dependency-groups", {}))
    for extra in extras:
        if normal(extra) not in named and normal(extra) in every_group:
            raise RequirementsFileError(f"{extra!r} is no extra but a dependency group: write :{extra}")
        found += _extra(extra, named, normal(str(project.get("name", ""))), ())
    for group in groups:
        found += _group(group, every_group, ())
    python = project.get("requires-python", "")
    return Wanted(tuple(dict.fromkeys(found)), python if isinstance(python, str) else "")


def _tables_of(value: Any) -> dict[str, Any]:
    return {normal(str(key)): one for key, one in value.items()} if isinstance(value, dict) else {}


def _texts(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RequirementsFileError(f"its {where} is no list of texts")
    return list(value)


def _extra(name: str, extras: dict[str, Any], own: str, above: tuple[str, ...]) -> list[str]:
    """An extra's requirements; one of the project itself, `name[other]`, stands for its other extras."""
    key = normal(name)
    if key not in extras:
        raise RequirementsFileError(f"it has no extra {name!r}; there are {', '.join(extras) or 'none'}")
    if key in above:
        return []
    found = []
    for one in _texts(extras[key], f"extra {name}"):
        itself = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*\[([^\]]*)\]", one)
        if itself and own and normal(itself[1]) == own:
            for other in itself[2].split(","):
                found += _extra(other.strip(), extras, own, (*above, key))
        else:
            found.append(one)
    return found


def _group(name: str, groups: dict[str, Any], above: tuple[str, ...]) -> list[str]:
    """A group's requirements, with those of the groups that it includes."""
    key = normal(name)
    if key not in groups:
        raise RequirementsFileError(f"it has no dependency group {name!r}; there are {', '.join(groups) or 'none'}")
    if key in above or len(above) > MOST_GROUPS or not isinstance(groups[key], list):
        raise RequirementsFileError(f"its dependency group {name!r} includes itself, or is no list")
    found: list[str] = []
    for one in groups[key]:
        if isinstance(one, dict) and isinstance(one.get("include-group"), str):
            found += _group(one["include-group"], groups, (*above, key))
        elif isinstance(one, str):
            found.append(one)
        else:
            raise RequirementsFileError(f"its dependency group {name!r} holds what is no requirement")
    return found
