"""What workers inside the judged interpreter answer, as groups of facts. A function is the probe of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.python import ExtraRequirement, Interpreter, Packages
from dlcheck.observe import ask
from dlcheck.observe import requirements as lookup
from dlcheck.observe.context import Context
from dlcheck.observe.pip_index import configured_index, configured_options

T = TypeVar("T", bound=msgspec.Struct)

OFTEN_ABSENT = ("tensorflow", "jax", "torch_xla")
"""Frameworks that are imported only where the inventory finds them. PyTorch's import does not wait for that."""

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


def interpreter(context: Context) -> Probed[Interpreter]:
    """The judged interpreter, told by itself."""
    answered = inventory(context)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    if not answered.finished and "executable" not in answered.facts:
        return Probed(
            missing=_does_not_start(answered, context), seconds=answered.ended.seconds, ending=answered.ended.ending
        )
    return ask.probed(answered, Interpreter)


def packages(context: Context) -> Probed[Packages]:
    """What is installed for the judged interpreter; a gap where the list is not whole."""
    answered = _listed(context)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    installed = list(lookup.distributions(answered.facts))
    facts = {
        **answered.facts,
        "unsatisfied": lookup.unsatisfied(installed, answered.facts["marker_environment"]),
        "pip_index_url": configured_index(answered.facts["prefix"], context.environ),
        "pip_options": configured_options(answered.facts["prefix"], context.environ),
    }
    answered = msgspec.structs.replace(answered, facts=msgspec.to_builtins(facts))
    return ask.probed(answered, Packages)


def requirements(context: Context) -> Probed[tuple[ExtraRequirement, ...]]:
    """The requirements of the profile and of -r, looked up among what is installed."""
    answered = _listed(context)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    installed = list(lookup.distributions(answered.facts))
    wanted = context.request.requirements
    facts = answered.facts
    found = lookup.look_up(wanted, installed, facts["marker_environment"], facts["modules"])
    return Probed(value=found, seconds=answered.ended.seconds)


def is_absent(context: Context, framework: str) -> bool:
    """Is there surely no such module? Where the inventory does not tell, it is for the framework's own child to say.

    A child for each framework that is not there would cost a doctor on two cores a twentieth of its time.
    """
    answered = inventory(context)
    return not isinstance(answered, Missing) and framework in answered.facts.get("absent", ())


def inventory(context: Context) -> ask.Answered | Missing:
    """One run of the worker `packages` for all who need it."""
    return context.once("inventory", lambda: ask_judged(context, "packages", {"frameworks": OFTEN_ABSENT}))


def _listed(context: Context) -> ask.Answered | Missing:
    """The worker's answer where it is whole, else why not: half a list would make packages look missing."""
    answered = inventory(context)
    if isinstance(answered, Missing):
        return answered
    if answered.too_old or not answered.finished:
        probed = interpreter(context)
        return probed.missing or answered.gap
    return answered


def _does_not_start(answered: ask.Answered, context: Context) -> Missing:
    """Why an interpreter gave no sign of life, with its own last words."""
    gap = answered.gap
    why = f"{context.judged().python}: {gap.why}"
    stderr = answered.ended.stderr.strip().splitlines()
    fatal = [line for line in stderr if "rror" in line] or stderr[:1]
    if fatal:
        why += f" ({fatal[-1].strip()[:200]})"
    if context.environ.get("PYTHONHOME"):
        why += f"; PYTHONHOME is set to {context.environ['PYTHONHOME']}"
    return Missing(gap.gap, why)
