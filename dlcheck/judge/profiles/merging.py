"""A profile laid over the one that it extends."""

from __future__ import annotations

import re
from typing import Any

JOINED = ("required", "recommended", "tools_required", "tools_recommended", "grades", "bench", "allowed_skips")
"""Lists that are joined; every other value takes the place of the other's."""


def over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The base's tables with the own ones laid over them."""
    merged = {key: value for key, value in base.items() if key not in ("name", "extends", "title", "description")}
    for key, value in own.items():
        if key in JOINED and isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] = _joined(merged[key], value)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    return merged


def _joined(base: list[Any], own: list[Any]) -> list[Any]:
    """Both, each once; of what is about the same package or the same check the own one."""
    mine = {_about(one) for one in own}
    return [*(one for one in base if _about(one) not in mine), *own]


def _about(entry: Any) -> Any:
    if isinstance(entry, dict):
        return entry.get("check") or repr(sorted(entry.items()))
    text = str(entry)
    name = re.match(r"\s*([A-Za-z0-9][\w.-]*)", text)
    return re.sub(r"[-_.]+", "-", name[1]).lower() if name else text
