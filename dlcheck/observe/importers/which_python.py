"""Two Pythons that a text shows where the person thinks of one: pip's and the program's, a terminal's and a notebook's.

pip3 tells that it is of Python 2. Or pip says "Requirement already satisfied: pandas in …/site-packages", and the
import ends with "No module named 'pandas'": then it serves another Python. Or sys.executable is told once for the
notebook and once for a terminal.
"""

from __future__ import annotations

import re

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.failures import distribution_of
from dlcheck.observe.importers.text import Text

_SATISFIED = (
    r"Requirement already (?:satisfied|up-to-date)[^:\n]{0,40}: (?P<name>[A-Za-z][\w.-]{0,60})[^\n]{0,80}? in "
    r"(?P<folder>[^\n(]{1,300}?(?:site|dist)-packages)"
)
_OF_PIP = (
    r"\bpip(?P<asked>\d(?:\.\d{1,2})?) (?:--version|-V)\b(?:[^\n]{0,200}\n){1,4}?\W{0,4}pip [\d.]{1,12} from "
    r"(?P<folder>[^\n(]{1,300}) \(python (?P<python>\d\.\d{1,2})\)"
)
_EXECUTABLE = (
    r"(?P<label>[^\n/\\]{0,80})(?:\n\W{0,12}|[\s'\"`:=]{1,8})"
    r"(?P<path>(?:[A-Za-z]:\\|/)[^\s'\"`:<>|]{0,300}[/\\][Pp]ython[\d.]{0,5}(?:\.exe)?)(?=['\"`\s,;)]|$)"
)
_IMPORTED = r"^[^\n]{0,8}>>> import (?P<module>\w+)[ \t]*\n[^\n]{0,8}>>>"
"""An import at a prompt that the next prompt follows at once: it worked."""
_IN_NOTEBOOK = r"<ipython-input|^In \[\d+\]:|Cell In\[\d+\]|ipykernel_\d"
_NOTEBOOK = r"\b(?:jupyter\w{0,4}|notebooks?|i?kernel|ipynb)\b"
_TERMINAL = r"\b(?:python\d?|terminal|console|shell|command (?:line|prompt)|cmd|bash|script)\b"


def read(text: Text, clues: Clues) -> None:
    """Tell the folder that pip fills for another Python, and the two Pythons of a notebook and a terminal."""
    for found in text.findall(_SATISFIED, "requirement already"):
        name = re.sub(r"[-_.]+", "-", found.group("name")).lower()
        gone = {distribution_of(module) or module.lower().replace("_", "-") for module in clues.absent}
        if name in gone and not _runs_there(found.group("folder"), text):
            clues.tell(pip_folder=found.group("folder").strip())
    for found in text.findall(_OF_PIP, "(python "):
        if not f"{found.group('python')}.".startswith(f"{found.group('asked')}."):
            clues.tell(pip_folder=found.group("folder"))
    paths = {
        kind: found.group("path")
        for found in text.findall(_EXECUTABLE, "sys.executable", "which python")
        if (kind := _kind(found.group("label")))
    }
    works = {found.group("module") for found in text.findall(_IMPORTED, ">>> import", flags=re.M)}
    if works & set(clues.absent) and text.search(_IN_NOTEBOOK, "ipython-input", "in [", "ipykernel", flags=re.M):
        clues.notebook_lacks = sorted(works & set(clues.absent))[0]
    if len(paths) == 2 and paths["notebook"] != paths["terminal"]:
        clues.tell(kernel_python=paths["notebook"], python_executable=paths["terminal"])


def _runs_there(folder: str, text: Text) -> bool:
    """Does a file of that folder run in a traceback?"""
    inside = folder.strip().replace("\\", "/").lower()
    return any(line.lstrip().startswith("File ") and inside in line.replace("\\", "/").lower() for line in text.lines)


def _kind(label: str) -> str:
    """Whose Python a line tells, by its words: "notebook", "terminal" or ""."""
    if re.search(_NOTEBOOK, label, re.I):
        return "notebook"
    return "terminal" if re.search(_TERMINAL, label, re.I) else ""
