"""Taking variables of the environment away, in the person's own shell."""

from __future__ import annotations

from collections.abc import Sequence

from dlcheck.judge.advice.install import judged_python
from dlcheck.judge.advice.shell import command, shell_of
from dlcheck.judge.advice.system import on_windows
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot


def without_variables(snapshot: Snapshot, names: Sequence[str], code: str, *, source: str = "") -> Fix:
    """Unset them now, and say where they are set. code: Python that shows that it works without them."""
    shell = shell_of(snapshot)
    commands: tuple[Command, ...] = ()
    if shell in ("bash", "zsh"):
        text = f"unset {' '.join(names)}"
        commands = (Command(argv=(shell, "-c", text), text=text, shell=shell),)
    elif shell == "powershell":
        text = "Remove-Item " + ", ".join(f"Env:{name}" for name in names)
        commands = (Command(argv=("powershell", "-NoProfile", "-Command", text), text=text, shell=shell),)
    where = "in Windows' environment variables" if on_windows(snapshot) else "~/.bashrc, a module, conda's activation"
    words = [word for name in names for word in ("-u", name)]
    python = (judged_python(snapshot), "-c", code)
    return Fix(
        title=f"take {', '.join(names)} away, here and where it is set: {where}",
        commands=commands,
        verify=command(snapshot, *python) if on_windows(snapshot) else command(snapshot, "env", *words, *python),
        source=source,
    )
