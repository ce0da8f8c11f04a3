"""Commands of a page, fitted to this machine's shell and set beside those of the other two systems."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

import msgspec

from dlcheck.model.host import Os
from dlcheck.model.pages import Section, Task, Typed
from dlcheck.model.report import Shell
from dlcheck.model.snapshot import Snapshot

SYSTEMS = {"linux": "Linux", "windows": "Windows", "darwin": "macOS"}
USUAL: dict[str, Shell] = {"linux": "bash", "windows": "powershell", "darwin": "zsh"}


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One task of a table. A shell without a command of its own takes that of bash."""

    does: str
    bash: str
    macos: str = ""
    fish: str = ""
    powershell: str = ""
    cmd: str = ""
    old: str = ""
    done: str = ""

    def text(self, system: str, shell: Shell, *, old: bool = False) -> str:
        """As it is typed there."""
        if old and self.old:
            return self.old
        own = {"powershell": self.powershell, "cmd": self.cmd or self.powershell, "fish": self.fish}.get(shell, "")
        return own or (self.macos if system == "darwin" else "") or self.bash


class KnownSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tasks that belong together."""

    title: str
    task: tuple[Known, ...]
    needs: str = ""
    """A tool without which it is left out."""


class Tasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole table."""

    source: str
    read: date
    section: tuple[KnownSection, ...]


class Place(msgspec.Struct, frozen=True):
    """Where a person types."""

    system: str
    """"linux", "darwin", "windows"."""
    shell: Shell

    @property
    def title(self) -> str:
        """For a person: "Linux"."""
        return SYSTEMS[self.system]


@cache
def table(name: str) -> Tasks:
    """The table `name`.toml."""
    text = (resources.files(__package__) / f"{name}.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Tasks)


def here(snapshot: Snapshot) -> Place:
    """This machine's system and shell; where nobody looked, Linux. In a notebook the shell that `!` starts."""
    os = snapshot.os.value
    system = os.system if os is not None and os.system in SYSTEMS else "linux"
    return Place(system, _shell(os, system))


def _shell(os: Os | None, system: str) -> Shell:
    known: dict[str, Shell] = {
        "bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "powershell", "cmd": "cmd", "pwsh": "powershell",
    }  # fmt: skip
    return known.get(os.shell, USUAL[system]) if os is not None else USUAL[system]


def sections(
    name: str,
    snapshot: Snapshot,
    *,
    old: bool = False,
    done: frozenset[str] = frozenset(),
    tools: frozenset[str] = frozenset(),
) -> tuple[Section, ...]:
    """The table's sections for this machine. old: this git has no `switch`. done: what it has already."""
    own = here(snapshot)
    others = tuple(Place(system, USUAL[system]) for system in SYSTEMS if system != own.system)
    return tuple(
        Section(
            title=section.title,
            blocks=tuple(
                Task(
                    does=task.does,
                    here=_typed(task, own, old=old),
                    others=tuple(_typed(task, place, old=old) for place in others),
                    done=bool(task.done) and task.done in done,
                )
                for task in section.task
            ),
        )
        for section in table(name).section
        if not section.needs or section.needs in tools
    )


def _typed(task: Known, place: Place, *, old: bool) -> Typed:
    return Typed(where=place.title, shell=place.shell, text=task.text(place.system, place.shell, old=old))
