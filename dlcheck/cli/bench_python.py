"""Which interpreter's libraries are measured."""

from __future__ import annotations

import importlib.util
import os
import sys

from dlcheck.model.gaps import Maybe
from dlcheck.observe import child
from dlcheck.observe.judged import choose

HAS_TORCH = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"


def interpreter(python: str, env: str, cwd: str, seconds: float) -> tuple[Maybe[str], str]:
    """The interpreter that is asked for, else the one that `doctor` judges; and what is worth saying of the choice.

    Where nothing was asked for and that one has no PyTorch, dlcheck's own environment is measured if it has
    (`pip install dlcheck[torch]`).
    """
    choice = choose(python=python, env=env, environ=os.environ, cwd=cwd, seconds=seconds)
    if python or env or importlib.util.find_spec("torch") is None or not sys.executable:
        return choice.missing or choice.python, ""
    if choice.missing is None and _has_torch(choice.python, cwd, seconds):
        return choice.python, ""
    which = f"{choice.python} has no PyTorch" if choice.missing is None else "there is no other Python"
    return sys.executable, f"dlcheck's own PyTorch was measured, since {which}; --python names another."


def is_torch_somewhere(cwd: str, seconds: float) -> bool:
    """Has dlcheck's own environment PyTorch, or the one that is judged where nothing is asked for?"""
    if importlib.util.find_spec("torch") is not None:
        return True
    choice = choose(python="", env="", environ=os.environ, cwd=cwd, seconds=seconds)
    return choice.missing is None and _has_torch(choice.python, cwd, seconds)


def _has_torch(python: str, cwd: str, seconds: float) -> bool:
    return child.run([python, "-c", HAS_TORCH], seconds=seconds, cwd=cwd).outcome == "done"
