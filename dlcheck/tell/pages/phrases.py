"""Words that several formats use for a page of the guide."""

from __future__ import annotations

from dlcheck.model.pages import Row, Task, Typed
from dlcheck.model.report import Shell

SHELLS: dict[Shell, str] = {
    "bash": "bash",
    "zsh": "zsh",
    "fish": "fish",
    "powershell": "PowerShell",
    "cmd": "Command Prompt",
}


def place(typed: Typed) -> str:
    """The system and the shell: "Windows, PowerShell"."""
    return f"{typed.where}, {SHELLS.get(typed.shell, typed.shell)}"


def different(task: Task) -> tuple[Typed, ...]:
    """Those of the other systems that are typed otherwise."""
    return tuple(one for one in task.others if one.text != task.here.text)


def cells(heads: tuple[str, ...], row: Row) -> list[tuple[str, str]]:
    """Question and answer, where there is an answer."""
    return [(head, cell) for head, cell in zip(heads, row.cells, strict=True) if cell]


def origin(row: Row) -> str:
    """Where a row's facts come from, and when."""
    return f"{row.source}, {row.read}" if row.source and row.read else row.source
