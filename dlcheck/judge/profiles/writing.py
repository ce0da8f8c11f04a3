"""A profile as TOML: what is not said otherwise is left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from dlcheck.model.profile import Hardware, Profile

WIDTH = 100
SIZES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"))
NOT_WRITTEN = ("extra_requirements", "of_text")


def write(profile: Profile, comment: str = "") -> str:
    """The profile as a text that `parse` reads again. Requirements of `-r` and `--require` are written as required."""
    whole = msgspec.structs.replace(
        profile,
        required=tuple(dict.fromkeys((*profile.required, *profile.extra_requirements))),
        extra_requirements=(),
        extends="",
    )
    plain, tables, lists = [], [], []
    for field in msgspec.structs.fields(Profile):
        value = getattr(whole, field.name)
        if field.name in NOT_WRITTEN or (value == field.default and field.name != "schema"):
            continue
        if isinstance(value, Hardware):
            tables += _table(f"[{field.name}]", value)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            lists += [line for one in value for line in _table(f"[[{field.name}]]", one)]
        elif value is not None:
            plain.append(f"{field.name} = {_value(value)}")
    head = [f"# {line}" if line else "#" for line in comment.splitlines()]
    return "\n".join([*head, *plain, *tables, *lists]) + "\n"


def _table(header: str, value: msgspec.Struct) -> list[str]:
    lines = []
    for field in msgspec.structs.fields(value):
        one = getattr(value, field.name)
        if one != field.default and one is not None:
            text = _size(one) if field.name.endswith("_bytes") else _value(one)
            lines.append(f"{field.name} = {text}")
    return ["", header, *lines] if lines else []


def _size(count: int) -> str:
    """A size in the largest unit that leaves it whole."""
    for unit, name in SIZES:
        if count and count % unit == 0:
            return f'"{count // unit} {name}"'
    return str(count)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | date):
        return str(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's; DEL alone stands bare in JSON and may not in TOML.
        return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
    texts = [_value(one) for one in value]
    line = f"[{', '.join(texts)}]"
    return line if len(line) <= WIDTH else "[\n" + "".join(f"  {one},\n" for one in texts) + "]"
