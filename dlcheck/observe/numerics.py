"""What the judged environment's libraries compute: a child that is asked again where one of its steps ended it."""

from __future__ import annotations

import msgspec

from dlcheck.model.frameworks import Numerics
from dlcheck.model.gaps import Missing, Probed
from dlcheck.observe import ask
from dlcheck.observe.context import Context
from dlcheck.observe.inside import ask_judged
from dlcheck.observe.requirements import distribution_of

MAX_CRASHES = 6
"""So many steps may end the child; each time what is left is asked again without them."""

ENOUGH_CORES = 4


def numerics(context: Context) -> Probed[Numerics]:
    """The exercises of Python, NumPy, pandas, Matplotlib, SciPy, scikit-learn and numexpr.

    An import or a calculation that ends the child (an instruction this processor lacks, an abort in a C library) is
    recorded with the words of its end, and costs only itself. One that never comes back costs all that follows it.
    """
    died: dict[str, dict[str, str]] = {"without_libraries": {}, "without_exercises": {}}
    asked = {"left_out": left_out(context), **died}
    answered = ask_judged(context, "numerics", asked)
    for _ in range(MAX_CRASHES):
        if isinstance(answered, Missing) or answered.finished or answered.ended.outcome == "timed-out":
            break
        step = str(answered.facts.get("trying", ""))
        kind = "without_exercises" if "/" in step else "without_libraries"
        if not step or step in died[kind]:
            break
        died[kind][step] = words(answered.ended.ending.words, answered.ended.stderr)
        answered = ask_judged(context, "numerics", asked)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    probed = ask.probed(answered, Numerics)
    value = probed.value
    if value is not None and not answered.finished and not value.exercises:
        # It never came as far as Python's own: nothing was seen.
        return msgspec.structs.replace(probed, value=None, missing=answered.gap)
    return probed


def left_out(context: Context) -> dict[str, str]:
    """Libraries that are not imported this time, and why.

    SciPy and scikit-learn cost a second of processor time. Beside an import of PyTorch that is free where there are
    cores enough; where there are not, they are imported only where somebody asks for them: that a required library is
    listed does not tell that it works.
    """
    required = {distribution_of(one) for one in context.request.requirements}
    if context.deep or "scikit-learn" in required:
        return {}
    cpu = context.wait("cpu").value
    if cpu is None or not cpu.usable_cores or cpu.usable_cores >= ENOUGH_CORES:
        return {}
    why = f"on a machine of fewer than {ENOUGH_CORES} cores only with --deep"
    return {name: why for name in ("scipy", "scikit-learn") if name not in required}


def words(ending: str, stderr: str) -> str:
    """How a step ended the child: the ending, and the last line it wrote, which often names the cause."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return f"{ending}; its last words: {lines[-1][:300]}" if lines else ending
