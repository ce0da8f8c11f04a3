"""Commands that remove, rename or make files, in the words of the person's shell."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.judge.advice.shell import command, join, shell_of
from dlcheck.model.report import Command
from dlcheck.model.snapshot import Snapshot


def remove_files(snapshot: Snapshot, paths: Sequence[str]) -> Command:
    """Remove files and folders, whatever is in them."""
    shell = shell_of(snapshot)
    if shell == "powershell":
        return _powershell("Remove-Item -Recurse -Force -LiteralPath " + ", ".join(map(_literal, paths)))
    if shell == "cmd":
        inner = " & ".join(join(("rmdir", "/s", "/q", path), "cmd") for path in paths)
        return Command(argv=("cmd", "/c", inner), text=inner, shell="cmd")
    return command(snapshot, "rm", "-rf", "--", *paths)


def rename_file(snapshot: Snapshot, path: str, name: str) -> Command:
    """Give a file or folder another name in its folder; nothing is written over."""
    shell = shell_of(snapshot)
    if shell == "powershell":
        return _powershell(f"Rename-Item -LiteralPath {_literal(path)} -NewName {_literal(name)}")
    if shell == "cmd":
        inner = join(("ren", path, name), "cmd")
        return Command(argv=("cmd", "/c", inner), text=inner, shell="cmd")
    folder = path.replace("\\", "/").rpartition("/")[0]
    return command(snapshot, "mv", "-n", "--", path, f"{folder}/{name}")


def _powershell(line: str) -> Command:
    """A cmdlet: no program of its own, so PowerShell runs it."""
    return Command(argv=("powershell", "-NoProfile", "-Command", line), text=line, shell="powershell")


def _literal(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
