"""Which interpreter a script such as `pip` or `jupyter` belongs to: by its first lines, without starting it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.observe import files, search_path

MAX_SCRIPT_BYTES = 4 * 1024 * 1024
"""A Windows launcher has some 100 kB; what is larger is no launcher."""
HEAD_BYTES = 8192

_PROGRAM = re.compile(r"(python|pypy|graalpy)[\w.]*$", re.IGNORECASE)


def owner(script: str, environ: Mapping[str, str], cwd: str) -> Maybe[str]:
    """The interpreter that a script on PATH runs under; a gap where its text does not tell."""
    try:
        with files.binary(script) as file:
            data = file.read(HEAD_BYTES)
            if data[:2] == b"MZ":
                data += file.read(MAX_SCRIPT_BYTES)
    except PermissionError:
        return Missing("denied", f"{script} may not be read")
    except (OSError, ValueError) as error:
        return Missing("broken", f"{script}: {error}")
    said = parse_launcher(data) if data[:2] == b"MZ" else parse_script(data.decode("utf-8", "replace"))
    if not said:
        return Missing("broken", f"{script} does not tell its interpreter")
    if said.startswith("./"):
        return str(Path(os.path.realpath(script)).parent / said[2:])
    if os.sep in said or "/" in said:
        return said
    on_path = search_path.programs((said,), environ, cwd)
    return on_path[0][1] if on_path else Missing("absent", f"{script} asks for {said}, which is not on PATH")


def parse_script(text: str) -> str:
    """The interpreter of a script's first lines: a path, a bare name for PATH, "./python" beside the script, or "".

    The first line is `#!` and the interpreter; where its path is too long or holds blanks, installers write a shell
    script whose second line starts it.
    """
    lines = text.splitlines()[:3]
    if not lines or not lines[0].startswith("#!"):
        return ""
    words = _words(lines[0][2:])
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if words and _PROGRAM.match(_last(words[0])):
        return words[0]
    second = lines[1] if len(lines) > 1 else ""
    if not second.startswith(("'''exec'", '"exec"', "''':'", "''''exec'", "''''exec")):
        return ""
    if "dirname" in second:
        beside = re.search(r"/'?((?:python|pypy)[\w.]*)", second)
        return f"./{beside.group(1)}" if beside else ""
    return next((word for word in _words(re.sub(r"^['\"]*exec['\"]?", "", second)) if _PROGRAM.match(_last(word))), "")


def parse_launcher(data: bytes) -> str:
    """The interpreter in a Windows launcher: in the line before the zip at its end, or where uv writes it; or ""."""
    lines = re.findall(rb"#!\s*\"?([^\r\n\"\0#]*?python[\w.]*\.exe)\"?[^\r\n]*\r?\n", data, re.IGNORECASE)
    if lines:
        return str(lines[-1].decode("utf-8", "replace"))
    for text in (data.decode("latin-1"), data[len(data) % 2 :].decode("utf-16-le", "replace")):
        paths = re.findall(r"[A-Za-z]:[\\/][^\0\r\n\"<>|*?]*?\\pythonw?\.exe", text, re.IGNORECASE)
        if paths:
            return str(paths[-1])
    return ""


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.strip())
    except ValueError:
        return line.split()


def _last(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]
