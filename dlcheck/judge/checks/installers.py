"""pip itself: is it able to install, and does it install where the person means."""

from __future__ import annotations

from dlcheck.judge.advice.install import belongs_to_system, newer_pip, pip_is_too_old, run_python
from dlcheck.judge.check import WARN, Verdict, bad, check, ok, skip
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"


@check(WARN, pillar="python", after=("externally-managed-python",), since="0.1")
def pip_too_old(interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """This pip is too old to see the wheels of today, or to start.

    pip before 20.3 does not know the names of current Linux wheels and says "No matching distribution found", or
    starts to compile; before 23.1.2 it does not start on Python 3.12 and newer: "module 'pkgutil' has no attribute
    'ImpImporter'".

    How it is told: the version of the environment's own pip against the version of its Python.

    Known false alarms: an environment without pip, as uv makes it, needs none. The same words about ImpImporter come
    from an old package that is built from source, with a pip that is fine: then the version that was asked for has no
    wheel for this Python.

    Sources: github.com/pypa/pip/issues/12416, github.com/pypa/pip/issues/12358.
    """
    if not interpreter.has_pip or not interpreter.pip_version:
        return skip("there is no pip in this environment")
    seen = f"pip {interpreter.pip_version} with Python {interpreter.version}"
    if not pip_is_too_old(snapshot):
        return ok(seen)
    if belongs_to_system(snapshot):
        return ok(f"{seen}; it is the operating system's, and a new environment brings a pip of its own")
    fix = Fix(
        title="bring pip up to date",
        commands=newer_pip(snapshot),
        needs=("network",),
        changes_packages=True,
        verify=run_python(snapshot, "import pip; print(pip.__version__)"),
    )
    return bad(seen, fixes=(fix,))
