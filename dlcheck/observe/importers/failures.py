"""Imports that failed: by tracebacks, by single lines of an exception, and by libraries that were not found."""

from __future__ import annotations

import builtins
import re

from dlcheck.model.pasted import Extension
from dlcheck.observe.importers.clues import Clues, Crash, FailedImport
from dlcheck.observe.importers.text import Text

MAX_IMPORTS = 20
FRAMEWORKS = ("torch", "tensorflow", "jax", "jaxlib", "numpy", "torchvision", "torchaudio")
_RAISED = re.compile(
    r"^[ \t]*(?:E[ \t]+)?(?P<path>(?:\w{1,60}\.){0,8})(?P<kind>[A-Z]\w{0,40}(?:Error|Exception)): ?(?P<message>\S.*)$"
)
_AT_ONCE = (
    r"^\W{0,6}(?P<code>(?:import|from) [\w., ]{1,120}?)\W[^\n]{0,40}?\b(?P<path>)"
    r"(?P<kind>ImportError|ModuleNotFoundError|OSError): (?P<message>\S.*)$"
)
"""An import and what it raised, as people write it in one line."""
_BUILT_IN = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
)
_FRAME = re.compile(
    r"^[ \t]*(?:File \"(?P<file>[^\"\n]{1,400})\", line \d{1,7}, in (?P<function>\S{1,80})"
    r"|(?:File )?(?P<cell>(?:~|[A-Za-z]:)?[/\\][^\n:\"<>|*?]{0,300}\.pyx?|<ipython-input[^>\n]{1,80}>)"
    r"(?::\d{1,7})?,? in (?P<within>[\w<>.]{1,80}))"
)
_ARROW = r"^[ \t]*-{2,6}> ?\d{1,7} (?P<code>.*)$"
_ASKED = (
    r"^[ \t]*(?:>>>|In ?\[\d{0,4}\]:)[ \t]*(?P<typed>(?:import|from) .+)$"
    r"|python[\w.]{0,5} -c [\"'](?P<given>(?:import|from) [^\"'\n;]+)"
)
_MACHINERY = r"<frozen |importlib[/\\]|[/\\]runpy\.py"
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


_IMPORT = r"(?:from +\.\S* +)?(?:import|from) +(?P<module>[A-Za-z_]\w{0,60})"
Frame = tuple[str, str, str]
"""A file, a function and its line of code."""

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
    frames: list[Frame] = []
    asked: list[Frame] = []
    numpy = _numpy(text)
    for number, line in enumerate(text.lines):
        if found := _FRAME.match(line):
            place, function = (
                found.group("file") or found.group("cell"),
                found.group("function") or found.group("within"),
            )
            frames = [*frames[-40:], (place, function, _code(text.lines, number))]
        elif "import" in line and "Error: " in line and (raised := re.match(_AT_ONCE, line)):
            _raised(clues, raised, [("", "<module>", raised.group("code"))], numpy)
        elif "import" in line and (typed := re.search(_ASKED, line)):
            asked = [("", "<module>", typed.group("typed") or typed.group("given"))]
        elif "->" in line and not frames and (arrow := re.match(_ARROW, line)):
            asked = [("", "<module>", arrow.group("code").strip())]
        elif (raised := _RAISED.match(line)) and len(clues.failed_imports) < MAX_IMPORTS:
            _raised(clues, raised, [*asked, *frames], numpy)
            frames = []
        elif line.startswith("Traceback (most recent call last)"):
            frames = []
    for found in text.findall(_MISSING.pattern, "dlerror", "cannot open shared object", "not found"):
        if found.group("library") not in clues.missing_libraries and len(clues.missing_libraries) < 40:
            clues.missing_libraries.append(found.group("library"))
    _symbols(text, clues)


def _code(lines: list[str], number: int) -> str:
    """The code of a frame: the line below it, or the one that a notebook's arrow marks."""
    for line in lines[number + 1 : number + 12]:
        if "->" in line and (arrow := re.match(_ARROW, line)):
            return arrow.group("code").strip()
        if _FRAME.match(line):
            break
    below = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return "" if _FRAME.match(below) else below


def _raised(clues: Clues, raised: re.Match[str], frames: list[Frame], numpy: str) -> None:
    """An exception: was it raised by an import, and of which library?"""
    kind, message = raised.group("kind"), raised.group("message")[:1_000]
    clues.ended_by = None
    loading = kind in ("ImportError", "ModuleNotFoundError") or bool(re.search(_LOADING, message))
    if not loading and not _while_importing(frames):
        return
    if absent := re.match(r"No module named '?(?P<module>\w+)'?$", message):
        clues.absent.append(absent.group("module"))
        clues.ended_by = distribution_of(absent.group("module"))
    java = kind.endswith("Exception") and "." in raised.group("path")
    own = raised.group("path").partition(".")[0] if kind not in _BUILT_IN and not java else ""
    package = _package(message, frames) or own
    if numpy and "multiarray failed" in message:
        message += f" ({numpy})"
    if package and not (absent and absent.group("module") == package):
        clues.failed_imports.append(FailedImport(module=package, kind=kind, message=message))


def _numpy(text: Text) -> str:
    """What a compiled module says of NumPy's version, in an error of its own before that of the import."""
    found = text.search(r"compiled against API version 0x\w{1,8} but this version of numpy is 0x\w{1,8}", "api version")
    return found.group(0) if found else ""


def distribution_of(module: str) -> str | None:
    """The distribution that a well-known module comes with."""
    from dlcheck.observe.requirements import MODULES
    from dlcheck.observe.worker.shadows import LIBRARIES

    named = next((name for name, one in MODULES.items() if one == module), None)
    return named or (module if module in LIBRARIES else None)


def _while_importing(frames: list[Frame]) -> bool:
    """Did nothing but imports run, from some import on down to a library's own file?"""
    first = next((number for number, (_, _, code) in enumerate(frames) if re.match(_IMPORT, code)), None)
    if first is None:
        return False
    below = [(file, function) for file, function, _ in frames[first + 1 :] if not re.search(_MACHINERY, file)]
    return (
        bool(below) and all(function == "<module>" for _, function in below) and bool(re.search(_PACKAGE, below[-1][0]))
    )


def _package(message: str, frames: list[Frame]) -> str:
    """The library whose import failed: the outermost one that a frame or the message names."""
    frames = [frame for frame in frames if not re.search(_MACHINERY, frame[0])]
    for number, (file, _, code) in enumerate(frames):
        if asked := re.match(_IMPORT, code):
            if inside := re.search(_PACKAGE, file):
                return inside.group("package")
            below = frames[number + 1][0] if number + 1 < len(frames) else ""
            module = asked.group("module")
            if not below or below[0] == "<" or re.search(_PACKAGE, below) or distribution_of(module):
                return module
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
        name = {"torch-sox": "torchaudio"}.get(name, name)  # torchaudio's, up to 0.3
        known = [one.name for one in clues.extensions if one.error]
        if name not in known and len(clues.extensions) < MAX_IMPORTS:
            clues.extensions.append(Extension(name=name, error=f"undefined symbol: {symbol}"))
