"""What workers inside the judged interpreter answer, as groups of facts. A function is the probe of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from dlcheck.model.gaps import Missing, Probed
from dlcheck.observe import ask
from dlcheck.observe.context import Context

T = TypeVar("T", bound=msgspec.Struct)

_LAUNCHER_VARIABLES = ("__PYVENV_LAUNCHER__",)
"""What our own launcher set for us and would mislead another interpreter (framework builds of macOS)."""


def ask_judged(
    context: Context, program: str, asked: Mapping[str, Any] | None = None, env: Mapping[str, str] | None = None
) -> ask.Answered | Missing:
    """Run a worker program in the judged interpreter, in the person's own environment and working folder.

    env: variables to add to the person's own. A Missing where there is no interpreter to ask.
    """
    python = context.python()
    if isinstance(python, Missing):
        return python
    environ = {name: value for name, value in context.environ.items() if name not in _LAUNCHER_VARIABLES}
    return ask.ask(
        python,
        program,
        {"depth": context.request.depth, **(asked or {})},
        seconds=context.seconds(),
        env={**environ, **(env or {})},
        cwd=context.request.cwd,
    )


def ask_framework(
    context: Context,
    program: str,
    kind: type[T],
    asked: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
) -> Probed[T]:
    """The facts of one framework as its worker answers them: a module of `observe/worker` and a struct of the model."""
    answered = ask_judged(context, program, asked, env)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    return ask.probed(answered, kind)
