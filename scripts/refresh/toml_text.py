"""Editing a table as text, so that its comments and what was written by hand stay where they are.

Only what the tables hold is understood: `key = value` on one line, blocks under [[name]], sections under [name].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

KEY = re.compile(r'("[^"]*"|[\w-]+) = ')


def written(value: object) -> str:
    """A value as the tables write it: texts, numbers, truth, lists, {a = "b"}."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, date)):
        return str(value)
    if isinstance(value, str):
        plain = value.replace("\\", "\\\\").replace('"', '\\"')
        if not plain.isprintable():
            raise ValueError(f"a text of one line is wanted, not {value!r}")
        return f'"{plain}"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(written(one) for one in value) + "]"
    raise TypeError(f"no value of a table: {value!r}")


def with_day(text: str, day: date) -> str:
    """The table as read on that day."""
    return re.sub(r"(?m)^read = .*$", f"read = {day.isoformat()}", text, count=1)


def blocks(text: str, name: str) -> list[str]:
    """The text before the first [[name]], then each block with all that follows it up to the next."""
    return re.split(rf"(?m)^(?=\[\[{re.escape(name)}\]\]$)", text)


def value_of(block: str, key: str) -> str:
    """A text in a block; "" where the block has it not."""
    found = re.search(rf'(?m)^{re.escape(key)} = "(.*)"$', block)
    return found.group(1) if found else ""


def with_values(block: str, values: Mapping[str, object], order: Sequence[str]) -> str:
    """A block with these values; None takes a key out. A key that is new stands where `order` puts it."""
    lines = block.split("\n")
    for key, value in values.items():
        at = next((number for number, line in enumerate(lines) if line.startswith(f"{key} = ")), None)
        if value is None:
            if at is not None:
                del lines[at]
        elif at is not None:
            lines[at] = f"{key} = {written(value)}"
        else:
            lines.insert(_place(lines, key, order), f"{key} = {written(value)}")
    return "\n".join(lines)


def new_block(name: str, values: Mapping[str, object], order: Sequence[str]) -> str:
    """A block with an empty line after it."""
    keys = sorted((key for key, value in values.items() if value is not None), key=order.index)
    return "\n".join([f"[[{name}]]", *(f"{key} = {written(values[key])}" for key in keys), "", ""])


def with_rows(text: str, key: str, rows: Iterable[str]) -> str:
    """The list `key = [ … ]` of one row a line, with other rows; comments among the old ones go with them."""
    start = f"\n{key} = [\n"
    head, found, rest = text.partition(start)
    _, end, tail = rest.partition("\n]")
    if not found or not end:
        raise ValueError(f"there is no list {key} of one row a line")
    return head + start + "\n".join(f"  {row}," for row in rows) + end + tail


def with_lines(text: str, section: str, lines: Mapping[str, str]) -> str:
    """A section `[section]` of `"key" = "value"` lines: known keys get their value, new ones stand at its end."""
    start = f"[{section}]\n"
    head, found, rest = text.partition(start)
    if not found:
        raise ValueError(f"there is no section {section}")
    body, gap, tail = rest.partition("\n\n")
    old = body.rstrip("\n").split("\n")
    for key, value in lines.items():
        quoted = f"{written(key)} = {written(value)}"
        at = next((number for number, line in enumerate(old) if line.startswith(f"{written(key)} = ")), None)
        if at is None:
            old.append(quoted)
        else:
            old[at] = quoted
    return head + start + "\n".join(old) + (gap + tail if gap else "\n")


def _place(lines: Sequence[str], key: str, order: Sequence[str]) -> int:
    """After the last key that comes before it."""
    before = set(order[: order.index(key)])
    found = [number for number, line in enumerate(lines) if (key_ := KEY.match(line)) and key_.group(1) in before]
    return (found[-1] if found else 0) + 1
