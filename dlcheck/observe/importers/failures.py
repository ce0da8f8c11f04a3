"""Imports that failed: by tracebacks, by single lines of an exception, and by libraries that were not found."""

from __future__ import annotations

import re

from dlcheck.model.pasted import Extension
from dlcheck.observe.importers.clues import Clues, Crash, FailedImport
from dlcheck.observe.importers.text import Text

MAX_IMPORTS = 20
FRAMEWORKS = ("torch", "tensorflow", "jax", "jaxlib", "numpy", "torchvision", "torchaudio")
_KINDS = (
    "ImportError", "OSError", "ModuleNotFoundError", "AttributeError", "RuntimeError", "ValueError", "SystemError",
    "SyntaxError", "TypeError", "NameError", "KeyError",
)  # fmt: skip
_RAISED = re.compile(rf"^[ \t]*(?:E[ \t]+|\w[\w.]{{0,60}}\.)?(?P<kind>{'|'.join(_KINDS)}): ?(?P<message>\S.*)$")
_FRAME = re.compile(r"^[ \t]*File \"(?P<file>[^\"\n]{1,400})\", line \d{1,7}, in (?P<function>\S{1,80})")
_LOADING = (
    r"\.so\b|\.dll\b|\.dylib\b|DLL load failed|undefined symbol|Symbol not found|[Cc]annot import name|No module named"
    r"|numpy\.core|dtype size changed|partially initialized|GLIBC|has no attribute|operator torchvision"
    r"|static TLS|_ARRAY_API"
)
_PACKAGE = r"(?:site|dist)-packages[/\\](?P<package>[A-Za-z_]\w{0,60})"
_MISSING = re.compile(
    r"(?:dynamic library '?|libraries?:? '?|[\s(:'\"])(?P<library>lib[\w+-]{1,40}\.so(?:\.\d{1,4}){0,3}"
    r"|[\w-]{2,30}64_\d{1,3}\.dll)'?(?:;? dlerror|: cannot open shared object|[^\n]{0,12} not found)"
)
_SYMBOL = re.compile(
    r"(?P<file>[\w./\\~+-]{0,300}\.(?:so|pyd|dylib)[\w.]{0,12})?\W{0,4}(?:undefined symbol"
    r"|Symbol not found): ?(?P<symbol>\w{1,200})"
)
_OUR_SYMBOL = r"_+Z\w{0,12}(?:2at|3c10|5torch|at6|caffe2|cuda)|THP|aoti_torch"


_CRASH = (
    r"\bimport (?P<module>torch|tensorflow|jax|numpy)\b[^\n]{0,200}\n(?:[^\n]{0,300}\n){0,3}?"
    r"[^\n]{0,60}(?P<words>[Ii]llegal (?:hardware )?instruction|Segmentation fault|Bus error|Aborted \(core)[^\n]{0,60}"
)
_SIGNALS = {"illegal": "SIGILL", "segment": "SIGSEGV", "bus err": "SIGBUS", "aborted": "SIGABRT"}


def read(text: Text, clues: Clues) -> None:
    """Tell which imports failed and which libraries were not found."""
    if crash := text.search(_CRASH, "illegal", "segmentation fault", "bus error", "aborted (core"):
        words = crash.group("words")
        clues.crashed = Crash(module=crash.group("module"), words=words, signal=_SIGNALS[words.lower()[:7]])
    frames: list[tuple[str, str]] = []
    for number, line in enumerate(text.lines):
        if found := _FRAME.match(line):
            below = text.lines[number + 1] if number + 1 < len(text.lines) else ""
            frames = [*frames[-40:], (found.group("file"), below.strip())]
            continue
        if (raised := _RAISED.match(line)) and len(clues.failed_imports) < MAX_IMPORTS:
            _raised(clues, raised.group("kind"), raised.group("message")[:1_000], frames)
            frames = []
        elif line.startswith("Traceback (most recent call last)"):
            frames = []
    for found in text.findall(_MISSING.pattern, "dlerror", "cannot open shared object", "not found"):
        if found.group("library") not in clues.missing_libraries and len(clues.missing_libraries) < 40:
            clues.missing_libraries.append(found.group("library"))
    _symbols(text, clues)


def _raised(clues: Clues, kind: str, message: str, frames: list[tuple[str, str]]) -> None:
    """An exception: was it raised by an import, and of which library?"""
    loading = kind in ("ImportError", "ModuleNotFoundError") or bool(re.search(_LOADING, message))
    if not loading:
        return
    if absent := re.match(r"No module named '?(?P<module>\w+)'?$", message):
        clues.absent.append(absent.group("module"))
    package = _package(message, frames)
    if package:
        clues.failed_imports.append(FailedImport(module=package, kind=kind, message=message))


def _package(message: str, frames: list[tuple[str, str]]) -> str:
    """The library whose import failed: the outermost one that a frame or the message names."""
    for file, code in frames:
        if asked := re.match(r"(?:from +\.\S* +)?(?:import|from) +(?P<module>[A-Za-z_]\w{0,60})", code):
            inside = re.search(_PACKAGE, file)
            return inside.group("package") if inside else asked.group("module")
    found = re.search(_PACKAGE, message) or re.match(r"cannot import name '?\w+'? from '(?P<package>\w+)", message)
    return found.group("package") if found else ""


def _symbols(text: Text, clues: Clues) -> None:
    """Compiled extensions that look for a symbol of another torch."""
    for found in text.findall(_SYMBOL.pattern, "undefined symbol", "symbol not found"):
        file, symbol = found.group("file") or "", found.group("symbol")
        if not re.match(_OUR_SYMBOL, symbol):
            continue
        inside = re.search(_PACKAGE, file)
        base = re.split(r"[/\\]", file)[-1].split(".")[0]
        name = (inside.group("package") if inside else base) or "a compiled extension"
        if name.lower() in ("torch", "libtorch_cpu", "libtorch_python", "libtorch_cuda"):
            continue
        name = re.sub(r"[-_.]+", "-", name).lower().strip("-")
        known = [one.name for one in clues.extensions if one.error]
        if name not in known and len(clues.extensions) < MAX_IMPORTS:
            clues.extensions.append(Extension(name=name, error=f"undefined symbol: {symbol}"))
