"""uv's projects: the environment that uv uses, and the one that is active."""

from __future__ import annotations

from dlcheck.judge.check import NOTE, Verdict, bad, check, ok, skip
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.tools import Project

LAYER = "hygiene"


@check(NOTE, pillar="python", after=("python-on-path-of-another-environment",), since="0.1")
def uv_passes_over_active_environment(project: Project, interpreter: Interpreter) -> Verdict:
    """uv uses the project's own environment, and another one is active.

    "VIRTUAL_ENV=… does not match the project environment path .venv and will be ignored": `uv add` and `uv run` work
    on the folder's .venv, `python` and `pip` on the active one, so that what the one installs the other does not find.

    How it is told: a uv.lock in this folder or above it, and VIRTUAL_ENV names another folder than its .venv.

    Known false alarms: `uv run --active` and UV_PROJECT_ENVIRONMENT mean the other one on purpose, so it is a note.

    Sources: github.com/astral-sh/uv/issues/14747, github.com/astral-sh/uv/issues/11014.
    """
    active = interpreter.variables.get("VIRTUAL_ENV", "")
    if not project.uv_project or not active:
        return skip("this is no project of uv's" if not project.uv_project else "no virtual environment is active")
    separator = "\\" if "\\" in project.uv_project else "/"
    own = interpreter.variables.get("UV_PROJECT_ENVIRONMENT") or f"{project.uv_project}{separator}.venv"
    if _same(own, active) or (not own.startswith(("/", "\\")) and own[1:2] != ":"):
        return ok(active)
    fixes = (
        Fix(title=f"deactivate {active}, and start programs by uv run; the active one is meant by uv run --active"),
    )
    return bad(f"{active} is active; uv uses {own}", fixes=fixes)


def _same(one: str, two: str) -> bool:
    return one.replace("\\", "/").rstrip("/").lower() == two.replace("\\", "/").rstrip("/").lower()
