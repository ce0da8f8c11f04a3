"""Draw the README's screens, as SVG.

Each snapshot in scripts/screens is judged and told by the program itself, each benchmark there (bench-*.json) told.

usage: python scripts/screens.py

`ready`, `torch-crashes` and `nothing-installed` were recorded with `dlcheck snapshot` on a machine without a GPU, the
second with a torch whose import aborts; `driver-too-old` and `bench-gpu` were written by hand.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

FOLDER = Path(__file__).resolve().parent / "screens"
sys.path.insert(0, str(FOLDER.parent.parent))

from dlcheck.judge import profiles  # noqa: E402
from dlcheck.judge.engine import judge  # noqa: E402
from dlcheck.model.documents import decode_bench, decode_snapshot  # noqa: E402
from dlcheck.tell.bench import terminal as bench_terminal  # noqa: E402
from dlcheck.tell.redaction import redact  # noqa: E402
from dlcheck.tell.style import Style  # noqa: E402
from dlcheck.tell.terminal import render  # noqa: E402

COLUMNS = 88


def main() -> None:
    """Draw all of them."""
    for file in sorted(FOLDER.glob("*.json")):
        command = "dlcheck bench" if file.stem.startswith("bench-") else "dlcheck doctor"
        style = Style(width=COLUMNS, colour=True, again=command)
        if command == "dlcheck bench":
            text = bench_terminal.render(redact(decode_bench(file.read_bytes())), style)
        else:
            text = render(judge(decode_snapshot(file.read_bytes()), profiles.load("beginner")), style)
        file.with_suffix(".svg").write_text(drawn(f"$ {command}\n{text}", file.stem, command), "utf-8")


def drawn(text: str, name: str, title: str) -> str:
    """A coloured text as SVG: as wide as its longest line, without a font from elsewhere."""
    lines = Text.from_ansi(text)
    width = max(COLUMNS, *(line.cell_len for line in lines.split("\n")))
    console = Console(record=True, file=io.StringIO(), width=width, force_terminal=True, color_system="standard")
    console.print(lines, soft_wrap=True)
    svg = console.export_svg(title=title, theme=MONOKAI, unique_id=name)
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main()
