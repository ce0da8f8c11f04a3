"""What is imported in the place of a library: files of the person's own, packages of the user's own folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.advice.files import rename_file
from dlcheck.judge.advice.install import conda_program, run_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, note, ok
from dlcheck.judge.presence import required_names, wanted_frameworks
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages, Shadow
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

IMPORTED_BY_KERNELS = frozenset({
    "argparse", "array", "ast", "asyncio", "base64", "bdb", "binascii", "bisect", "bz2", "calendar", "cmath", "cmd",
    "code", "codeop", "collections", "concurrent", "contextlib", "contextvars", "copy", "copyreg", "csv", "ctypes",
    "dataclasses", "datetime", "decimal", "difflib", "dis", "email", "encodings", "enum", "fcntl", "fnmatch",
    "fractions", "functools", "getopt", "getpass", "gettext", "glob", "gzip", "hashlib", "heapq", "hmac", "html",
    "http", "importlib", "inspect", "ipaddress", "json", "keyword", "linecache", "locale", "logging", "lzma", "math",
    "mmap", "multiprocessing", "numbers", "opcode", "operator", "pathlib", "pdb", "pickle", "pickletools", "pkgutil",
    "platform", "plistlib", "pprint", "pyexpat", "queue", "quopri", "random", "re", "reprlib", "secrets", "select",
    "selectors", "shlex", "shutil", "signal", "socket", "socketserver", "ssl", "string", "struct", "subprocess",
    "sysconfig", "tarfile", "tempfile", "textwrap", "threading", "timeit", "token", "tokenize", "traceback", "types",
    "typing", "unicodedata", "unittest", "urllib", "uuid", "warnings", "weakref", "xml", "zipfile", "zlib",
    "zoneinfo",
})  # fmt: skip
"""Modules of the standard library loaded once ipykernel, NumPy, pandas, Matplotlib and torch are (CPython 3.11,
read 2026-11-22), and the debugger's, which older kernels import: a file of such a name stops a notebook."""


@check(FAIL, pillar="python", after=("python-does-not-start",), since="0.1")
def local_file_shadows_library(
    interpreter: Interpreter, snapshot: Snapshot, profile: Profile, packages: Packages
) -> Iterator[Verdict]:
    """A file of your own is imported in the place of a library.

    A script named torch.py, or random.py, beside a notebook: every import of that name takes it. The words are
    "partially initialized module … (most likely due to a circular import)", or a kernel that dies at its start.

    How it is told: modules in the working folder or on PYTHONPATH that are named like a library or a module of the
    standard library, and are found before it.

    Known false alarms: a folder without __init__.py loses to the real package; names that nothing imports (test,
    site, docs) are left out; a project's own package, installed for editing, is meant to be imported.

    Sources: github.com/obss/sahi/issues/402, github.com/microsoft/vscode-jupyter/issues/9234.
    """
    editable = {one.name.replace("-", "_") for one in packages.distributions if one.editable}
    shadows = [one for one in interpreter.shadows if one.module.lower() not in editable]
    needed = {name.replace("-", "_") for name in (*required_names(profile), *wanted_frameworks(profile))} | {"sklearn"}
    seen_at_it = snapshot.depth == "pasted"
    for one in shadows:
        what = "the standard library's" if one.standard_library else "the library"
        evidence = f"{one.path} is imported in the place of {what} {one.module}"
        stops = seen_at_it or one.module in (IMPORTED_BY_KERNELS if one.standard_library else needed)
        at_most: Grade = FAIL if stops else NOTE if one.standard_library else WARN
        yield bad(evidence, fixes=(_rename(one, snapshot),), subject=one.module, at_most=at_most)
    if not shadows:
        yield ok("no file of your own is named like a library")


def _rename(shadow: Shadow, snapshot: Snapshot) -> Fix:
    name = re.split(r"[/\\]", shadow.path)[-1]
    module = f"import {shadow.module}; print({shadow.module}.__file__)"
    return Fix(
        title=f"rename it, to my_{name} for one, and what imports it",
        commands=(rename_file(snapshot, shadow.path, f"my_{name}"),),
        verify=run_python(snapshot, module),
    )


@check(WARN, pillar="python", since="0.1")
def user_site_shadows_environment(interpreter: Interpreter, packages: Packages, snapshot: Snapshot) -> Verdict:
    """Packages of your user folder are imported in the place of the environment's own.

    `pip install --user`, once done with another Python of the same version, is seen by every conda environment, and
    comes first: whatever is installed into the environment then changes nothing.

    How it is told: a package that is both in the user's own site-packages and in the environment, with the user's
    folder first on sys.path.

    Known false alarms: a system's Python without an environment, where that folder is the place for packages; a
    virtual environment, which does not see it; packages that are there and not in the environment are a note.

    Sources: github.com/conda/conda/issues/448, peps.python.org/pep-0370.
    """
    in_environment = interpreter.environment == "conda" or interpreter.prefix != interpreter.base_prefix
    if not interpreter.user_site_enabled or not in_environment:
        return ok("packages of the user's own folder stay outside" if in_environment else "not in an environment")
    users = {one.name: one.version for one in packages.distributions if one.in_user_site}
    hidden = {one.name: one.version for one in packages.distributions if not one.in_user_site and one.name in users}
    for name, places in packages.duplicates.items():
        if name in users and len(places) > 1 and interpreter.user_site and interpreter.user_site in places[0]:
            hidden.setdefault(name, places[1].partition(" in ")[0])
    if snapshot.depth == "pasted" and [one.origin for one in interpreter.path] == ["user-site", "site-packages"]:
        return bad(
            f"{interpreter.user_site} stands before the environment's own packages on sys.path",
            fixes=(_without_user_site(interpreter, snapshot),),
        )
    if not hidden:
        if not users:
            return ok("nothing is in the user's own folder")
        return note(f"from {interpreter.user_site}: {', '.join(users)}")
    first = f"in {interpreter.user_site}, which comes before the environment:"
    pairs = [f"{name} {users[name]} hides {version}" for name, version in hidden.items()]
    return bad(f"{first} {'; '.join(pairs)}", fixes=(_without_user_site(interpreter, snapshot),))


def _without_user_site(interpreter: Interpreter, snapshot: Snapshot) -> Fix:
    program = conda_program(snapshot)
    verify = run_python(snapshot, "import site; print(site.ENABLE_USER_SITE)")
    if interpreter.environment == "conda" and program and "micromamba" not in program:
        words = ("env", "config", "vars", "set", "-p", interpreter.prefix, "PYTHONNOUSERSITE=1")
        return Fix(
            title="let this environment ignore the user's own packages, then activate it again",
            commands=(command(snapshot, program, *words),),
            verify=verify,
        )
    return Fix(
        title="set the variable PYTHONNOUSERSITE to 1 in the start-up file of your shell, and open a new terminal",
        verify=verify,
    )
