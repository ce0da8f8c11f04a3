"""How a check is written: a function that asks for facts by its parameters and answers with a Verdict.

    @check(FAIL, pillar="system", after=("no-driver",), wanted="cuda", otherwise=WARN, since="0.1")
    def driver_too_old_for_torch_cuda(nvidia: Nvidia, torch: Torch) -> Verdict:
        '''The NVIDIA driver is older than PyTorch's CUDA needs.

        Why it matters … How it is told … Known false alarms … Sources …
        '''

The id is the function's name, the title its docstring's first line, `dlcheck explain` the rest. A parameter is named
as its group of facts in the Snapshot; `torch: Torch` gets a value or the check is not run, `torch: Probed[Torch]`
judges the gap itself; `gpu: NvidiaGpu`, `kernel: Kernel` and the others of `EACH` run once for each. `profile: Profile`
and `snapshot: Snapshot` may be asked for too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

import msgspec

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.model.host import System
from dlcheck.model.profile import Accelerator, Framework
from dlcheck.model.report import Fix, Pillar

T = TypeVar("T")

Grade = Literal["fail", "warn", "note"]
FAIL: Grade = "fail"
WARN: Grade = "warn"
NOTE: Grade = "note"

Layer = Literal["hardware", "interpreter", "framework", "library", "exercise", "hygiene"]
LAYERS: tuple[Layer, ...] = ("hardware", "interpreter", "framework", "library", "exercise", "hygiene")
"""Where a fault sits; among equals the lower layer comes first. Each module of checks states its own as LAYER."""

Wanted = Literal[Accelerator, Framework, ""]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check says of one subject."""

    outcome: Literal["pass", "bad", "note", "skip", "unknown"]
    evidence: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    subject: str = ""
    """Where a check answers for several subjects; for those of EACH the engine fills it in."""
    at_most: Grade = FAIL
    """A bad verdict of this case is never graded worse."""
    after: tuple[str, ...] = ()
    """Further checks whose failure explains this case."""
    asked: bool = True
    """False: the profile asks for nothing here, so that no fact was needed."""


Judge = Callable[..., "Verdict | Iterable[Verdict]"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check and what is known of it; all but the decorator's arguments is derived from the function."""

    id: str
    title: str
    explanation: str
    pillar: Pillar
    grade: Grade
    wanted: Wanted
    otherwise: Grade
    after: tuple[str, ...]
    only_on: tuple[System, ...]
    since: str
    layer: Layer
    parameters: tuple[tuple[str, str], ...]
    """Name and annotation, as written."""
    judge: Judge


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A check that answered "left out", and why."""

    check: str
    pillar: Pillar
    why: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the other checks left out: a check that asks for it is made after all others."""

    strict: bool = False
    skipped: tuple[Skipped, ...] = ()


NO_FACTS = ("profile", "snapshot", "left_out")
"""Parameters that are no group of facts."""


class Gapped(Exception):
    """A check met a gap where it needs a value: the engine makes `skip` or `unknown` of it."""

    def __init__(self, missing: Missing, what: str) -> None:
        super().__init__(what)
        self.missing = missing
        self.what = what


registry: dict[str, Check] = {}
"""Every check that was imported, by id."""


def check(
    grade: Grade,
    *,
    pillar: Pillar,
    since: str,
    after: tuple[str, ...] = (),
    only_on: tuple[System, ...] = (),
    wanted: Wanted = "",
    otherwise: Grade = WARN,
) -> Callable[[Judge], Judge]:
    """Register a check.

    grade: the worst it can be. wanted, otherwise: where the profile does not want this accelerator or framework, the
    grade is `otherwise`. after: ids of checks whose failure explains this one's. only_on: the systems that can
    have such a fault; elsewhere it is skipped, whatever facts are missing.
    """

    def register(judge: Judge) -> Judge:
        identity = judge.__name__.replace("_", "-")
        if identity in registry and registry[identity].judge.__module__ != judge.__module__:
            raise ValueError(f"{identity} is written twice: {registry[identity].judge.__module__}, {judge.__module__}")
        title, _, explanation = (judge.__doc__ or _written(judge) or identity).partition("\n")
        code = judge.__code__
        names = code.co_varnames[: code.co_argcount]
        registry[identity] = Check(
            id=identity,
            title=title.rstrip("."),
            explanation=explanation,
            pillar=pillar,
            grade=grade,
            wanted=wanted,
            otherwise=otherwise,
            after=after,
            only_on=only_on,
            since=since,
            layer=judge.__globals__["LAYER"],
            parameters=tuple((name, str(judge.__annotations__[name])) for name in names),
            judge=judge,
        )
        return judge

    return register


def _written(judge: Judge) -> str:
    """The docstring as it stands in the source: `python -OO` and PYTHONOPTIMIZE=2 leave it out of the program."""
    import ast
    import inspect

    try:
        function = ast.parse(inspect.getsource(judge)).body[0]
    except (OSError, SyntaxError):  # there is no source, or it is not a function of its own
        return ""
    return ast.get_docstring(function, clean=False) or "" if isinstance(function, ast.FunctionDef) else ""


def ok(*evidence: str, subject: str = "") -> Verdict:
    """Looked at, and well. The evidence says what was seen."""
    return Verdict(outcome="pass", evidence=evidence, subject=subject)


def bad(
    *evidence: str,
    fixes: Iterable[Fix] = (),
    subject: str = "",
    at_most: Grade = FAIL,
    after: Iterable[str] = (),
) -> Verdict:
    """The fault that the check is named after. The evidence says what was seen and what is needed."""
    return Verdict(
        outcome="bad", evidence=evidence, fixes=tuple(fixes), subject=subject, at_most=at_most, after=tuple(after)
    )


def note(*evidence: str, fixes: Iterable[Fix] = (), subject: str = "") -> Verdict:
    """A fact worth telling that is no problem here."""
    return Verdict(outcome="note", evidence=evidence, fixes=tuple(fixes), subject=subject)


def skip(why: str, subject: str = "") -> Verdict:
    """Does not apply to this machine."""
    return Verdict(outcome="skip", evidence=(why,), subject=subject)


def not_asked(why: str) -> Verdict:
    """The profile asks for nothing of the kind: whatever the facts are, nothing hangs on them."""
    return Verdict(outcome="skip", evidence=(why,), asked=False)


def unknown(why: str, subject: str = "") -> Verdict:
    """The facts it needs were not got."""
    return Verdict(outcome="unknown", evidence=(why,), subject=subject)


def need(fact: Maybe[T], what: str) -> T:
    """A field's value. A gap ends the check: absent and not looked at as skip, every other gap as unknown.

    `what` names the fact for the person: "the driver's version".
    """
    if isinstance(fact, Missing):
        raise Gapped(fact, what)
    return fact


def each_of(snapshot: Any) -> dict[str, list[tuple[str, Any]]]:
    """Parameters that run a check once for each: name → (subject, value)."""
    nvidia, jupyter, torch = snapshot.nvidia.value, snapshot.jupyter.value, snapshot.torch.value
    gpus = nvidia.gpus if nvidia is not None and not isinstance(nvidia.gpus, Missing) else ()
    return {
        "gpu": [(f"gpu {gpu.index}", gpu) for gpu in gpus],
        "kernel": [(kernel.name, kernel) for kernel in jupyter.kernels] if jupyter is not None else [],
        "device": [(device.name, device) for device in torch.devices] if torch is not None else [],
    }


EACH: dict[str, str] = {"gpu": "nvidia", "kernel": "jupyter", "device": "torch"}
"""Parameters that run a check once for each, and the group of facts they come from."""
