"""Numbers as people write them: "8 GiB", "8.0"."""

from __future__ import annotations

import re
from typing import Any

UNITS: dict[str, int] = {
    "": 1, "B": 1,
    "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
    "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40,
}  # fmt: skip
SIZE = r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([KMGTkmgt]?(?:[Ii]?[Bb])?)\s*"
CAPABILITY = r"\s*(\d{1,3})\.(\d{1,2})\s*"


def size(text: str) -> int | None:
    """Bytes: "8 GiB", "512 MB"; None where that is no size."""
    found = re.fullmatch(SIZE, text, re.ASCII)
    return round(float(found[1]) * UNITS[found[2].upper()]) if found else None


def capability(text: str) -> tuple[int, int] | None:
    """A compute capability: "8.0"; None where that is none."""
    found = re.fullmatch(CAPABILITY, text, re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def read(tables: dict[str, Any]) -> dict[str, Any]:
    """The same tables with the numbers of `minimum` and `comfortable` read; what is no number stays, and is refused."""
    read_tables = dict(tables)
    for name in ("minimum", "comfortable"):
        table = tables.get(name)
        if isinstance(table, dict):
            read_tables[name] = {key: _number(key, value) for key, value in table.items()}
    return read_tables


def _number(key: str, value: Any) -> Any:
    if isinstance(value, str) and key.endswith("_bytes"):
        found = size(value)
        return value if found is None else found
    if key == "compute_capability" and isinstance(value, str | float):
        return capability(str(value)) or value
    return value
