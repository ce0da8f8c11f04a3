"""The session: which shell the person types in, its encoding, and whether it is an administrator's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dlcheck.model.gaps import Missing, known
from dlcheck.observe import files
from dlcheck.observe.host import windows

SHELLS = {
    "bash": "bash", "zsh": "zsh", "fish": "fish", "pwsh": "powershell", "powershell": "powershell", "cmd": "cmd",
    "nu": "nu", "xonsh": "xonsh", "tcsh": "tcsh", "csh": "csh", "ksh": "ksh", "dash": "dash", "ash": "ash", "sh": "sh",
    "elvish": "elvish",
}  # fmt: skip
MAX_ANCESTORS = 24


def current(environ: Mapping[str, str], root: Path) -> str:
    """The shell the person types in: the nearest interactive one above this process, else $SHELL."""
    above = ancestors(root, os.getppid()) if (root / "proc/self/stat").exists() else _ancestors_by_psutil()
    return choose(above, environ)


def ancestors(root: Path, process: int) -> list[list[str]]:
    """The command lines of a process and those above it, nearest first, by /proc."""
    lines: list[list[str]] = []
    while process > 0 and len(lines) < MAX_ANCESTORS:
        folder = root / "proc" / str(process)
        words = (known(files.read(folder / "cmdline", 64 * 1024)) or "").split("\0")
        lines.append(words[:-1] if words[-1] == "" else words)
        # The name in brackets may hold anything, brackets too: the parent is the second field behind the last one.
        fields = (known(files.read(folder / "stat", 4096)) or "").rpartition(")")[2].split()
        process = int(fields[1]) if len(fields) > 1 and fields[1].isdigit() else 0
    return lines


def _ancestors_by_psutil() -> list[list[str]]:
    """The same on systems without /proc."""
    import psutil

    lines = []
    try:
        for parent in psutil.Process().parents()[:MAX_ANCESTORS]:
            try:
                lines.append(parent.cmdline() or [parent.name()])
            except psutil.Error:
                lines.append([])
    except psutil.Error:
        pass
    return lines


def choose(ancestors: Sequence[Sequence[str]], environ: Mapping[str, str]) -> str:
    """The shell, from the command lines above, nearest first.

    A shell with a script or a command to run is none that the person types in (make's, conda run's); a Jupyter kernel
    ends the search: what is typed there goes to the notebook.
    """
    for line in ancestors:
        if any("ipykernel" in word or "kernel_launcher" in word for word in line[:4]):
            return "notebook"
        name = _name(line[0]) if line else ""
        if name in SHELLS and _interactive(name, line[1:]):
            return SHELLS[name]
    login = _name(environ.get("SHELL", ""))
    if login:
        return SHELLS.get(login, login)
    nearest = next((SHELLS[_name(line[0])] for line in ancestors if line and _name(line[0]) in SHELLS), "")
    return nearest or ("powershell" if sys.platform == "win32" else "")


def _name(path: str) -> str:
    """The bare name of a program: "zsh" of "-zsh", "pwsh" of "C:/…/pwsh.exe"."""
    return path.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe").lstrip("-")


def _interactive(shell: str, words: Sequence[str]) -> bool:
    """Nothing but options: and none that names a command or a file to run, unless the shell stays afterwards."""
    lowered = [word.lower() for word in words]
    if "-noexit" in lowered or "/k" in lowered:
        return True
    if any(word in ("-c", "/c", "-command", "-file", "-f", "-encodedcommand") for word in lowered):
        return False
    # Of bash's long options two take a file: `bash --init-file …`, as Visual Studio Code starts it.
    takes_value = {"--init-file", "--rcfile", "-o", "+o", "-executionpolicy"}
    rest = [word for before, word in zip(["", *lowered], lowered, strict=False) if before not in takes_value]
    return all(word.startswith("/" if shell == "cmd" else ("-", "+")) for word in rest)


def locale_encoding(environ: Mapping[str, str], root: Path) -> str:
    """The encoding of the session's locale; Python's own UTF-8 mode does not change what other programs see."""
    if sys.platform == "win32":
        return windows.code_page()
    import locale

    before = files.read(root / "proc/self/environ")
    given = environ if isinstance(before, Missing) else without_coercion(environ, before)
    return encoding_of(given, locale.nl_langinfo(locale.CODESET))


def without_coercion(environ: Mapping[str, str], before: str) -> dict[str, str]:
    """The variables without the LC_CTYPE that Python sets for itself where there is no locale (PEP 538).

    before: /proc/self/environ, the variables with which this process was started.
    """
    ours = not any(entry.startswith("LC_CTYPE=") for entry in before.split("\0"))
    coerced = ours and environ.get("LC_CTYPE", "") in ("C.UTF-8", "C.utf8", "UTF-8")
    return {name: value for name, value in environ.items() if not (coerced and name == "LC_CTYPE")}


def encoding_of(environ: Mapping[str, str], codeset: str) -> str:
    """The encoding that LC_ALL, LC_CTYPE or LANG name; else `codeset`, what the C library says.

    Python takes UTF-8 where the locale is C or POSIX: the C library of this process would say UTF-8 then.
    """
    name = next((environ[one] for one in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(one)), "")
    if name in ("", "C", "POSIX"):
        return "UTF-8" if sys.platform == "darwin" and not name else "ASCII"
    return "UTF-8" if codeset.upper() in ("UTF-8", "UTF8") else codeset


def is_admin() -> bool:
    """Root, or an elevated administrator of Windows."""
    if sys.platform == "win32":
        return windows.is_admin()
    return os.geteuid() == 0
