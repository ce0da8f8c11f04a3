"""A sheet of lines: wrapped paragraphs, commands that never wrap, colour only where it is wanted.

Every text passes through `visible` here, so that nothing that was judged can act on the terminal.
"""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from dlcheck.model.report import Command, Shell, Status
from dlcheck.tell.style import NARROWEST, Style
from dlcheck.tell.visible import columns, exactly, visible

PROSE = 100
"""Columns after which prose is wrapped even where there is more room: longer lines are hard to read."""

ROOMY = 60
"""Columns from which labels stand in a column of their own."""
LABEL = 15

DIM, BOLD, COMMAND = "dim", "bold", "bold cyan"
STATUS_STYLE: dict[Status, str] = {
    "pass": "green",
    "note": "cyan",
    "warn": "yellow",
    "fail": "bold red",
    "unknown": "magenta",
    "skip": "dim",
}
GLYPHS: dict[Status, str] = {"pass": "✓", "note": "·", "warn": "!", "fail": "✗", "unknown": "?", "skip": "–"}
ASCII_GLYPHS: dict[Status, str] = {
    "pass": "[ok]",
    "note": "[i]",
    "warn": "[!]",
    "fail": "[x]",
    "unknown": "[?]",
    "skip": "[-]",
}
PROMPTS: dict[Shell, str] = {"powershell": "> ", "cmd": "> ", "notebook": ""}
"""What stands before a command; before all others "$ "."""

Part = str | tuple[str, str]
"""A text, or a text with its style."""


class Sheet:
    """Lines on their way to become a text."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.width = max(NARROWEST, style.width)
        self._file = io.StringIO()
        # The environment is not asked: the same document and style give the same text anywhere.
        self._console = Console(
            file=self._file,
            width=self.width,
            force_terminal=style.colour,
            color_system="standard" if style.colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )
        self._blank = True

    def say(self, *parts: Part, indent: int = 0, mark: Status | None = None) -> None:
        """A paragraph, wrapped. mark: a status' glyph before it."""
        lead = Text(" " * indent)
        if mark is not None:
            lead.append(self.glyph(mark) + " ", STATUS_STYLE[mark])
        text = self._text(parts)
        room = min(self.width, PROSE) - lead.cell_len
        for number, line in enumerate(text.wrap(self._console, room, overflow="fold")):
            self._put((lead if number == 0 else Text(" " * lead.cell_len)) + line)

    def field(self, label: str, *parts: Part) -> None:
        """A labelled paragraph: in a column of its own, or run in where there is little room."""
        if self.width < ROOMY:
            self.say((f"{label}: ", DIM), *parts)
            return
        label = visible(label, self.style.unicode)
        lead = Text().append(label + " " * max(1, LABEL - columns(label)), DIM)
        for line in self._text(parts).wrap(self._console, min(self.width, PROSE) - LABEL, overflow="fold"):
            self._put(lead + line)
            lead = Text(" " * LABEL)

    def columns(self, cells: list[Part], widths: list[int], indent: int = 0, mark: Status | None = None) -> None:
        """One row of a table; a cell that is wider than its column pushes the others to the right."""
        row = Text(" " * indent)
        if mark is not None:
            row.append(self.glyph(mark) + " ", STATUS_STYLE[mark])
        for cell, width in zip(cells, widths, strict=True):
            text = self._text((cell,))
            row += text + Text(" " * max(0, width - text.cell_len))
        self._put(row)

    def command(self, command: Command, indent: int) -> None:
        """A command on a line of its own: never wrapped, cut or changed."""
        self.command_line(command.text, PROMPTS.get(command.shell, "$ "), indent)

    def command_line(self, line: str, prompt: str, indent: int) -> None:
        """The same, of a bare text."""
        row = Text(" " * indent)
        row.append(prompt, DIM)
        row.append(exactly(line, self.style.unicode), COMMAND)
        self._put(row)

    def blank(self) -> None:
        """An empty line, never two."""
        if not self._blank:
            self._put(Text())

    def glyph(self, status: Status) -> str:
        """A status' mark, padded to the width of all of them."""
        return GLYPHS[status] if self.style.unicode else f"{ASCII_GLYPHS[status]:4}"

    @property
    def inside(self) -> int:
        """The indent of what stands under a marked line."""
        return len(self.glyph("pass")) + 1

    def cells(self, text: str) -> int:
        """How many columns a text takes."""
        return self._text((text,)).cell_len

    def fits(self, text: str, indent: int, lines: int) -> bool:
        """Does this text take at most so many lines at that indent?"""
        room = min(self.width, PROSE) - indent
        return len(self._text((text,)).wrap(self._console, room, overflow="fold")) <= lines

    def text(self) -> str:
        """All lines."""
        return self._file.getvalue().rstrip("\n") + "\n"

    def _text(self, parts: tuple[Part, ...]) -> Text:
        text = Text()
        for part in parts:
            words, style = part if isinstance(part, tuple) else (part, "")
            text.append(visible(words, self.style.unicode), style)
        return text

    def _put(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)
        self._blank = not line.plain
