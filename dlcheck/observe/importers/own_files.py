"""Files of the person's own that a text shows imported in the place of a library.

A traceback tells it: an `import random` whose next frame lies in a random.py outside of every library folder. So do
Python's own words about a module that is only partly initialised, where they name such a file.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

_FRAME = (
    r"^[ \t]*(?:File \"(?P<file>[^\"\n]{1,400}\.py)\", line \d{1,7}"
    r"|(?:File )?(?P<cell>[~/\w][^\n:\"<>|*?]{0,300}\.py|[A-Za-z]:[^\n:\"<>|*?]{1,300}\.py)(?::\d{1,7})?,? in )"
)
_IMPORT = r"^[\s>\-\d│|]*(?:from[ \t]+(?P<from>[A-Za-z_]\w*)[\w.]*[ \t]+import|import[ \t]+(?P<import>[^#\n]+))"
_PARTLY = (
    r"partially initialized module '(?P<module>[A-Za-z_]\w{0,60})'(?: has no attribute '(?P<attribute>\w{1,80})')?"
    r" \((?P<words>most likely due to a circular import|consider renaming)[^)\n]{0,300}\)"
    r"(?: \((?P<path>[^)\n]{1,300})\))?"
)
_OTHER = r"cannot import name '?\w{1,80}'? from '(?P<module>[A-Za-z_]\w{0,60})' \((?P<path>[^)\n]{1,300})\)"
_RENAME = r"consider renaming '(?P<path>[^'\n]{1,300})'"
_OF_LIBRARY = r"(?:site|dist)-packages|[/\\][Ll]ib[/\\](?:python\d|\w+\.py$)|[/\\]lib64?[/\\]python|<|\.zip[/\\]"
_MIXED_VERSIONS = frozenset({"cv2", "jax", "jaxlib", "torchvision", "torchaudio", "charset_normalizer"})
"""Modules that are left half initialised as a rule because two versions of them are mixed."""
AHEAD = 12
"""So many lines below an import the frame of what it imports begins at the latest: notebooks print lines around."""


def read(text: Text, clues: Clues) -> None:
    """Tell which files stand in for a library."""
    if not text.has("import", "partially initialized", "consider renaming"):
        return
    frames = _frames(text)
    own = {_module(file): file for _, file in frames if not re.search(_OF_LIBRARY, file)}
    for (number, _), (below, file) in pairwise(frames):
        module = _module(file)
        if re.search(_OF_LIBRARY, file) or below - number > AHEAD:
            continue
        asked = {name for line in text.lines[number:below] for name in _imported(line)}
        if module in asked and _is_library(module):
            clues.shadow(module, file)
    if named := text.search(_RENAME, "consider renaming"):
        clues.shadow(_module(named.group("path")), named.group("path"))
    for other in text.findall(_OTHER, "cannot import name"):
        module, path = other.group("module"), other.group("path")
        if _is_library(module) and _module(path) == module and not re.search(_OF_LIBRARY, path):
            clues.shadow(module, path)
    for partly in text.findall(_PARTLY, "partially initialized module"):
        module, path = partly.group("module"), partly.group("path") or ""
        file = path or own.get(module, "")
        if file and not re.search(_OF_LIBRARY, file) and _module(file) == module:
            if _is_library(module) or _imports_itself(module, file, text):
                clues.shadow(module, file)
        elif not path and not frames and _is_public(partly) and _is_library(module):
            clues.shadow(module, f"{module}.py")


def _frames(text: Text) -> list[tuple[int, str]]:
    """The files of every traceback, each with the number of its line."""
    found = []
    for number, line in enumerate(text.lines):
        if ".py" in line and (frame := re.match(_FRAME, line)):
            found.append((number, (frame.group("file") or frame.group("cell")).strip()))
    return found


def _imported(line: str) -> list[str]:
    """The top-level modules that a line of code imports."""
    found = re.match(_IMPORT, line)
    if found is None:
        return []
    if found.group("from"):
        return [found.group("from")]
    return [name.strip().partition(" ")[0].partition(".")[0] for name in found.group("import").split(",")]


def _imports_itself(module: str, file: str, text: Text) -> bool:
    """Does the text show a file importing the module of its own name?"""
    numbers = [number for number, one in _frames(text) if one == file or _module(one) == module]
    return any(module in _imported(line) for number in numbers for line in text.lines[number + 1 : number + AHEAD])


def _module(file: str) -> str:
    """The module that a file is: "random" of ~/x/random.py, "torch" of ~/x/torch/__init__.py."""
    parts = re.split(r"[/\\]", file)
    stem = parts[-1].removesuffix(".py")
    return parts[-2] if stem == "__init__" and len(parts) > 1 else stem


def _is_library(module: str) -> bool:
    """Is this the name of a library that people import, or of a module of the standard library?"""
    from dlcheck.observe.worker.shadows import HARMLESS, LIBRARIES, LOADED_FIRST

    return module in LIBRARIES or (module in sys.stdlib_module_names and module not in HARMLESS | LOADED_FIRST)


def _is_public(partly: re.Match[str]) -> bool:
    """Does it lack something that people use, and is it not a library whose versions are mixed as a rule?"""
    attribute = partly.group("attribute") or ""
    return bool(attribute) and not attribute.startswith("_") and partly.group("module") not in _MIXED_VERSIONS
