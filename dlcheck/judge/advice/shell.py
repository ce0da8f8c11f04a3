"""Commands as a person types them: every word quoted for the shell that will read it."""

from __future__ import annotations

import re
import shlex

from dlcheck.model.report import Command, Shell
from dlcheck.model.snapshot import Snapshot

_PLAIN_POSIX = re.compile(r"[\w@%+:,./-][\w@%+=:,./-]*", re.ASCII)
"""Safe in bash, zsh and fish alike: no leading `=`, which zsh expands, and no `[`, `~`, `>` or `*` anywhere."""
_PLAIN_WINDOWS = re.compile(r"[\w./\\:+-]+", re.ASCII)
_POWERSHELL_SPLITS = re.compile(r"-[^:.]*[:.]")
"""PowerShell reads `-name:value` and `-name.rest` as two words."""


def shell_of(snapshot: Snapshot) -> Shell:
    """The shell that the person will type into: a notebook's cell where this is one."""
    cloud, os = snapshot.cloud.value, snapshot.os.value
    if cloud is not None and cloud.is_notebook:
        return "notebook"
    if os is None:
        return "bash"
    named: dict[str, Shell] = {
        "zsh": "zsh",
        "fish": "fish",
        "powershell": "powershell",
        "pwsh": "powershell",
        "cmd": "cmd",
        "notebook": "notebook",
    }
    fallback: Shell = "powershell" if os.system == "windows" else "bash"
    return named.get(os.shell, fallback)


def command(snapshot: Snapshot, *argv: str) -> Command:
    """One command for the person's own shell."""
    shell = shell_of(snapshot)
    return Command(argv=argv, text=join(argv, shell), shell=shell)


def join(argv: tuple[str, ...], shell: Shell) -> str:
    """The command line that this shell splits into exactly these words."""
    text = " ".join(quote(word, shell) for word in argv)
    if shell == "powershell" and text.startswith("'"):
        return f"& {text}"  # a quoted word alone is a string to PowerShell, and no call
    return f"!{text}" if shell == "notebook" else text


def quote(word: str, shell: Shell) -> str:
    """One word, quoted only where the shell would otherwise read something else into it."""
    if shell == "powershell":
        plain = _PLAIN_WINDOWS.fullmatch(word) and not _POWERSHELL_SPLITS.match(word)
        return word if plain else "'" + word.replace("'", "''") + "'"
    if shell == "cmd":
        return word if _PLAIN_WINDOWS.fullmatch(word) else '"' + word.replace('"', '\\"') + '"'
    if shell == "notebook":
        # IPython fills in {names} and $names before the shell sees the line.
        return quote(word, "bash").replace("{", "{{").replace("}", "}}").replace("$", "$$")
    if _PLAIN_POSIX.fullmatch(word):
        return word
    if not re.search(r'["$`\\!]', word):
        return f'"{word}"'
    if shell == "fish":  # the only one in which a backslash counts inside single quotes
        return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return shlex.quote(word)
