"""What to install of a framework, and what else to do where nothing fits the machine as it is.

Each framework's own module finds the plan; here it becomes steps: in the judged environment, in one with another
Python, or for some of the GPUs alone.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from dlcheck.judge.advice.driver import install_driver
from dlcheck.judge.advice.environment import other_python_steps
from dlcheck.judge.advice.install import has_uv, install
from dlcheck.judge.advice.needs import Needs, Solver, driver_needed, other_python, without_some_gpus
from dlcheck.judge.advice.shell import command, shell_of
from dlcheck.judge.advice.wheel_index import index_flags
from dlcheck.judge.knowledge.cubin import written
from dlcheck.judge.nvidia_facts import capability, visible_gpus
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One release and build of a framework as requirements."""

    words: str
    """"PyTorch 2.14.1 for CUDA 12.6"."""
    requirements: tuple[str, ...]
    index_url: str = ""
    """The index that has it; "" for the configured one."""
    remove_first: tuple[str, ...] = ()
    verify: str
    """Code that computes on the device and fails where it does not."""
    source: str


Planner = Callable[[Needs], "Plan | None"]


def install_plan(snapshot: Snapshot, plan: Plan, *, title: str = "", reinstall: bool = False) -> tuple[Fix, ...]:
    """Alternatives that bring it into the judged environment, best first."""
    return install(
        snapshot,
        plan.requirements,
        title=title or f"install {plan.words}",
        index_url=plan.index_url,
        reinstall=reinstall,
        remove_first=plan.remove_first,
        verify=plan.verify,
        source=plan.source,
    )


def otherwise(snapshot: Snapshot, needs: Needs, solver: Solver, planner: Planner) -> tuple[Fix, ...]:
    """What helps where no build runs on this machine as it is, best first; none where nothing known would help.

    Another Python, where the present one is all that is in the way; a newer driver, where one still drives these GPUs;
    fewer GPUs, where each is served by some build and all of them by none.
    """
    fixes: list[Fix] = []
    if python := other_python(needs, solver):
        fitting = msgspec.structs.replace(needs, python=_version(python), free_threaded=False)
        if plan := planner(fitting):
            fixes.append(_in_another_python(snapshot, python, plan))
    # Where no driver is known of, bringing one is the matter of the checks that say so.
    if needs.driver and (floor := driver_needed(needs, solver)):
        fixes.append(install_driver(snapshot, floor))
    left = without_some_gpus(needs, solver)
    if left and (plan := planner(msgspec.structs.replace(needs, capabilities=left))):
        fixes += _for_some_gpus(snapshot, left, plan)
    return tuple(fixes)


def _version(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def _in_another_python(snapshot: Snapshot, version: str, plan: Plan) -> Fix:
    """An environment with that Python, and the plan in it."""
    steps, python, needs = other_python_steps(snapshot, version)
    title = f"make an environment with Python {version}, which {plan.words} has wheels for"
    if not steps:
        return Fix(title=f"install Python {version} (64 bit), and with it {plan.words}", source=plan.source)
    uv = has_uv(snapshot)
    argv = ("uv", "pip", "install", "--python", python) if uv else (python, "-m", "pip", "install")
    index = index_flags(snapshot, plan.index_url, uv=uv)
    return Fix(
        title=f"{title}, and from then on use {python}",
        commands=(*steps, command(snapshot, *argv, *index, *plan.requirements)),
        needs=needs,
        changes_packages=True,
        verify=command(snapshot, python, "-c", plan.verify),
        source=plan.source,
    )


def _for_some_gpus(snapshot: Snapshot, left: tuple[tuple[int, int], ...], plan: Plan) -> tuple[Fix, ...]:
    """The plan, with the other GPUs hidden from programs."""
    shown = [str(gpu.index) for gpu in visible_gpus(snapshot) if capability(gpu) in left]
    if not shown:
        return ()
    which = ", ".join(written(one) for one in left)
    hide = _hide(snapshot, ",".join(sorted(shown, key=int)))
    title = f"no build runs on all of these GPUs: show programs those of compute capability {which}"
    fixes = install_plan(snapshot, plan, title=f"{title} alone, and install {plan.words}")
    return tuple(msgspec.structs.replace(fix, commands=(*hide, *fix.commands)) for fix in fixes)


def _hide(snapshot: Snapshot, shown: str) -> tuple[Command, ...]:
    """Steps that leave only these GPUs, numbered as nvidia-smi does, to programs of this session."""
    shell = shell_of(snapshot)
    variables = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": shown}
    if shell == "powershell":
        text = "; ".join(f"$env:{name} = '{value}'" for name, value in variables.items())
        return (Command(argv=("powershell", "-NoProfile", "-Command", text), text=text, shell=shell),)
    if shell in ("bash", "zsh"):
        text = "export " + " ".join(f"{name}={value}" for name, value in variables.items())
        return (Command(argv=(shell, "-c", text), text=text, shell=shell),)
    return ()
