"""The page of Python: environments, packages, notebooks, and which of them this machine means."""

from __future__ import annotations

from dlcheck.guide.tasks import sections
from dlcheck.model.pages import Line, Page, Section
from dlcheck.model.snapshot import Snapshot

KINDS = {
    "venv": "a virtual environment", "conda": "a conda environment", "system": "the operating system's own Python",
    "pyenv": "a Python of pyenv", "uv-managed": "a Python that uv keeps", "store": "the Microsoft Store's Python",
    "framework": "python.org's Python for macOS", "other": "a Python without an environment",
}  # fmt: skip
NOT_TO_INSTALL_INTO = ("system", "store", "uv-managed")


def page(snapshot: Snapshot) -> Page:
    """The page for this machine."""
    interpreter = snapshot.interpreter.value
    return Page(
        name="python",
        title="Python, environments and packages",
        here=f"Python {interpreter.version} at {interpreter.executable}" if interpreter is not None else "",
        sections=(
            Section(title="What you have", blocks=_lines(snapshot)),
            *sections("python", snapshot, tools=_tools(snapshot)),
        ),
    )


def _lines(snapshot: Snapshot) -> tuple[Line, ...]:
    interpreter = snapshot.interpreter.value
    lines = [
        Line(
            words="An environment is a folder with a Python and packages of its own. One for each course keeps the "
            "courses from breaking each other, and it can be deleted and made anew at any time."
        )
    ]
    if interpreter is None:
        words = "No Python was judged here: `dlcheck doctor` tells which there are."
        return (*lines, Line(words=words, mark="unknown"))
    kind = KINDS[interpreter.environment]
    own = interpreter.environment in ("venv", "conda")
    pip = "with pip" if interpreter.has_pip else "without pip (uv installs into it)"
    name = f" named {interpreter.environment_name}" if own and interpreter.environment_name else ""
    words = f"The one that was judged is {kind}{name}, Python {interpreter.version}, {pip}."
    lines.append(Line(words=words, mark="pass" if own else "note"))
    if interpreter.environment in NOT_TO_INSTALL_INTO:
        lines.append(Line(words="Install nothing into it: make an environment first.", mark="warn"))
    conda = snapshot.conda.value
    if conda is not None and conda.base_active:
        lines.append(
            Line(words="conda's base environment is active: make one of your own for the course.", mark="warn")
        )
    return tuple(lines)


def _tools(snapshot: Snapshot) -> frozenset[str]:
    tools = snapshot.tools.value
    found = {"uv"} if tools is not None and tools.find("uv") is not None else set()
    return frozenset(found | ({"conda"} if snapshot.conda.value is not None else set()))
