"""Write the judge's TOML files as JSON, into dlcheck/judge/shipped.json. `--check` only compares.

usage: python scripts/write_tables.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dlcheck.judge import shipped  # noqa: E402

JUDGE = ROOT / "dlcheck" / "judge"


def main() -> int:
    """Write or compare; the exit status."""
    file = JUDGE / shipped.COMPILED
    text = compiled()
    if file.exists() and file.read_bytes() == text:
        return 0
    if "--check" in sys.argv:
        print(f"not as the TOML says: {file.relative_to(ROOT)}; run: python scripts/write_tables.py")
        return 1
    file.write_bytes(text)
    return 0


def compiled() -> bytes:
    """All of them, one a line."""
    lines = []
    for file in sorted([*JUDGE.glob("knowledge/*.toml"), *JUDGE.glob("profiles/*.toml")]):
        text = file.read_bytes()
        tables = msgspec.Raw(msgspec.json.encode(msgspec.toml.decode(text)))
        one = shipped.Compiled(checksum=shipped.checksum(text), tables=tables)
        name = f"{file.parent.name}/{file.stem}"
        lines.append(msgspec.json.encode(name) + b":" + msgspec.json.encode(one))
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


if __name__ == "__main__":
    sys.exit(main())
