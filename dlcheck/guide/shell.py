"""The page of the shell: the basic commands here, beside those of the other systems."""

from __future__ import annotations

from dlcheck.guide.tasks import SYSTEMS, here, sections
from dlcheck.model.pages import Line, Page, Section
from dlcheck.model.snapshot import Snapshot

TITLES = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "PowerShell", "cmd": "the Command Prompt"}


def page(snapshot: Snapshot) -> Page:
    """The page for this machine."""
    place, os = here(snapshot), snapshot.os.value
    name = os.name if os is not None else SYSTEMS[place.system]
    lines = [
        Line(
            words="A shell takes one command a line: its name, then what it works on. Tab completes a name, the arrow "
            "up brings the last command back, Ctrl+C ends a program that runs."
        )
    ]
    if os is not None and os.shell == "notebook":
        lines.append(
            Line(words="In a notebook a command stands after a !, as in !pwd; only %cd changes the folder for good.")
        )
    if os is not None and os.wsl:
        lines.append(
            Line(words="This is Linux inside Windows (WSL): your Windows files are under /mnt/c, and slower from here.")
        )
    if place.shell == "cmd":
        lines.append(Line(words="PowerShell is the newer shell of Windows; its commands stand beside those of Linux."))
    return Page(
        name="shell",
        title="The shell",
        here=f"{name}, {TITLES[place.shell]}",
        sections=(Section(title="How it works", blocks=tuple(lines)), *sections("shell", snapshot)),
    )
