"""Programs on PATH: every one of a name, not only the first; and what files tell of a Python without starting it."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dlcheck.observe import files

WINDOWS = sys.platform == "win32"
PYTHON_NAMES = ("python3", "python")
"""On one folder of PATH the first is preferred: on old systems `python` is Python 2."""
MAX_CONFIG_BYTES = 64 * 1024

_COMMAND_LINE_TOOLS = (
    "/Library/Developer/CommandLineTools/usr/bin/python3",
    "/Applications/Xcode.app/Contents/Developer/usr/bin/python3",
)


def folders(environ: Mapping[str, str], cwd: str) -> list[str]:
    """The folders of PATH in order, each once; an empty entry is the working folder."""
    entries = environ.get("PATH", os.defpath).split(os.pathsep)
    return list(dict.fromkeys(str(Path(cwd, entry.strip('"'))) for entry in entries))


def programs(names: Sequence[str], environ: Mapping[str, str], cwd: str) -> list[tuple[str, str]]:
    """All programs of these names on PATH as (name, path), in PATH's order; two ways to one file count once."""
    endings = ("",) if not WINDOWS else (".exe", ".bat", ".cmd")
    found: dict[str, tuple[str, str]] = {}
    for folder in folders(environ, cwd):
        real_folder = os.path.realpath(folder)
        for name in names:
            for ending in endings:
                path = str(Path(folder, name + ending))
                if is_program(path) and f"{real_folder}/{name}" not in found:
                    found[f"{real_folder}/{name}"] = (name, path)
    return list(found.values())


def is_program(path: str) -> bool:
    """Is it a file that this user may start, and neither the Store's nor Apple's stand-in for a missing Python?"""
    if not (is_file(path) and os.access(path, os.X_OK)):
        return False
    return not (is_store_alias(path) or is_apple_stub(path))


def is_file(path: str | Path) -> bool:
    """Is it a file, as far as this user may see?"""
    with contextlib.suppress(OSError, ValueError):
        return Path(path).is_file()
    return False


def is_store_alias(path: str) -> bool:
    """Is it Windows' alias that opens the Store? It has no bytes; a Python from the Store has a folder beside it."""
    folder = Path(path).parent
    if folder.name.lower() != "windowsapps":
        return False
    with contextlib.suppress(OSError):
        if os.lstat(path).st_size:
            return False
        return not any(folder.glob("PythonSoftwareFoundation.Python.*"))
    return True


def store_aliases(names: Sequence[str], environ: Mapping[str, str], cwd: str) -> tuple[str, ...]:
    """Of these commands, those for which PATH leads to the alias that opens the Store before any real program."""
    found = []
    for name in names:
        for folder in folders(environ, cwd):
            path = str(Path(folder, f"{name}.exe"))
            if is_store_alias(path) and os.path.lexists(path):
                found.append(name)
            elif not is_file(path):
                continue
            break
    return tuple(found)


def is_apple_stub(path: str, system: str = sys.platform, tools: Iterable[str] = _COMMAND_LINE_TOOLS) -> bool:
    """Is it Apple's stub that asks, in a window, to install the command line tools?"""
    if system != "darwin" or path not in ("/usr/bin/python3", "/usr/bin/pip3"):
        return False
    return not any(is_file(tool) for tool in (*tools, "/var/db/xcode_select_link/usr/bin/python3"))


def is_shim(path: str) -> bool:
    """Must it be started to know which Python it is: a script, or a program of another name behind a link?"""
    real = os.path.realpath(path)
    if not re.match(r"(python|pypy|graalpy)[\d.]*[a-z]*(\.exe)?$", Path(real).name, re.IGNORECASE):
        return True
    with contextlib.suppress(OSError), files.binary(real) as file:
        return file.read(2) == b"#!"
    return False


def python_in(prefix: str | Path) -> str:
    """The interpreter of an environment; "" where it has none. A link to a base that is gone counts."""
    places = ("Scripts/python.exe", "python.exe") if WINDOWS else ("bin/python", "bin/python3")
    for place in places:
        path = Path(prefix, place)
        if is_file(path) or path.is_symlink():
            return str(path)
    return ""


def virtual_prefix(executable: str) -> str:
    """The virtual environment that an interpreter belongs to, by its pyvenv.cfg; "" where it is none."""
    folder = Path(executable).parent
    for prefix in (folder, folder.parent):
        if is_file(prefix / "pyvenv.cfg"):
            return str(prefix)
    return ""


def prefix_of(executable: str) -> str:
    """The sys.prefix of an interpreter, by files: of a virtual environment, of conda, else of its real place; or ""."""
    virtual = virtual_prefix(executable)
    if virtual:
        return virtual
    folder = Path(executable).parent
    for prefix in (folder, folder.parent):
        if Path(prefix, "conda-meta").is_dir():
            return str(prefix)
    real = Path(os.path.realpath(executable)).parent
    if WINDOWS:
        return str(real)
    return str(real.parent) if real.name == "bin" else ""


def spelled_as(prefix: str, other: str) -> str:
    """`other` where it is the same folder through another link, so that texts can be compared; else `prefix`."""
    return other if other and os.path.realpath(prefix) == os.path.realpath(other) else prefix


def pyvenv(prefix: str) -> dict[str, str]:
    """What pyvenv.cfg says; keys in small letters. Empty where there is none."""
    with contextlib.suppress(OSError), files.binary(Path(prefix, "pyvenv.cfg")) as file:
        return parse_pyvenv(file.read(MAX_CONFIG_BYTES).decode("utf-8", "replace"))
    return {}


def parse_pyvenv(text: str) -> dict[str, str]:
    """The `key = value` lines of a pyvenv.cfg."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def version_by_files(executable: str) -> str:
    """The version as far as files tell it without a start: "3.11", "3.12.4"; "" where they do not."""
    prefix = virtual_prefix(executable)
    if prefix:
        config = pyvenv(prefix)
        found = re.match(r"\d+\.\d+(\.\d+)?", config.get("version_info") or config.get("version", ""))
        if found:
            return found.group()
    real = Path(os.path.realpath(executable))
    named = re.fullmatch(r"python(\d\.\d+)[a-z]*(\.exe)?", real.name)
    if named:
        return named.group(1)
    with contextlib.suppress(OSError):
        for library in real.parent.glob("python[23]*.dll"):
            dll = re.fullmatch(r"python(\d)(\d+)t?\.dll", library.name)
            if dll:
                return f"{dll.group(1)}.{dll.group(2)}"
    return ""
