"""A sheet of lines: wrapped paragraphs, commands that never wrap, colour only where it is wanted.

Every text passes through `visible` here, so that nothing that was judged can act on the terminal.
"""

from __future__ import annotations

from dlcheck.model.report import Command, Shell, Status
from dlcheck.tell.style import NARROWEST, Style
from dlcheck.tell.terminal.line import Line
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
        self._lines: list[str] = []

    def say(self, *parts: Part, indent: int = 0, mark: Status | None = None) -> None:
        """A paragraph, wrapped. mark: a status' glyph before it."""
        lead = self._lead(indent, mark)
        for line in self._line(parts).wrapped(min(self.width, PROSE) - lead.columns):
            self._put(lead + line)
            lead = Line((" " * lead.columns, ""))

    def field(self, label: str, *parts: Part) -> None:
        """A labelled paragraph: in a column of its own, or run in where there is little room."""
        if self.width < ROOMY:
            self.say((f"{label}: ", DIM), *parts)
            return
        label = visible(label, self.style.unicode)
        lead = Line((label + " " * max(1, LABEL - columns(label)), DIM))
        for line in self._line(parts).wrapped(min(self.width, PROSE) - LABEL):
            self._put(lead + line)
            lead = Line((" " * LABEL, ""))

    def columns(self, cells: list[Part], widths: list[int], indent: int = 0, mark: Status | None = None) -> None:
        """One row of a table; a cell that is wider than its column pushes the others to the right."""
        row = self._lead(indent, mark)
        for cell, width in zip(cells, widths, strict=True):
            line = self._line((cell,))
            row += line + Line((" " * max(0, width - line.columns), ""))
        self._put(row)

    def command(self, command: Command, indent: int) -> None:
        """A command on a line of its own: never wrapped, cut or changed."""
        self.command_line(command.text, PROMPTS.get(command.shell, "$ "), indent)

    def command_line(self, line: str, prompt: str, indent: int) -> None:
        """The same, of a bare text."""
        self._put(Line((" " * indent, ""), (prompt, DIM), (exactly(line, self.style.unicode), COMMAND)))

    def blank(self) -> None:
        """An empty line, never two."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def glyph(self, status: Status) -> str:
        """A status' mark, padded to the width of all of them."""
        return GLYPHS[status] if self.style.unicode else f"{ASCII_GLYPHS[status]:4}"

    @property
    def inside(self) -> int:
        """The indent of what stands under a marked line."""
        return len(self.glyph("pass")) + 1

    def cells(self, text: str) -> int:
        """How many columns a text takes."""
        return self._line((text,)).columns

    def fits(self, text: str, indent: int, lines: int) -> bool:
        """Does this text take at most so many lines at that indent?"""
        return len(self._line((text,)).wrapped(min(self.width, PROSE) - indent)) <= lines

    def text(self) -> str:
        """All lines."""
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def _lead(self, indent: int, mark: Status | None) -> Line:
        """What stands before a paragraph or a row."""
        space = (" " * indent, "")
        return Line(space) if mark is None else Line(space, (self.glyph(mark) + " ", STATUS_STYLE[mark]))

    def _line(self, parts: tuple[Part, ...]) -> Line:
        runs = (part if isinstance(part, tuple) else (part, "") for part in parts)
        return Line(*((visible(words, self.style.unicode), style) for words, style in runs))

    def _put(self, line: Line) -> None:
        self._lines.append(line.written(self.style.colour))
