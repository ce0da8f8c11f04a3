"""What the judged environment's libraries compute: a child that is asked again where one of its steps ended it."""

from __future__ import annotations

import msgspec

from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.python import Numerics
from dlcheck.observe import ask
from dlcheck.observe.context import Context
from dlcheck.observe.inside import ask_judged

MAX_CRASHES = 6
"""So many steps may end the child; each time what is left is asked again without them."""


def numerics(context: Context) -> Probed[Numerics]:
    """The exercises of Python, NumPy, pandas, Matplotlib, SciPy, scikit-learn and numexpr.

    An import or a calculation that ends the child (an instruction this processor lacks, an abort in a C library) is
    recorded with the words of its end, and costs only itself. One that never comes back costs all that follows it.
    """
    died: dict[str, dict[str, str]] = {"without_libraries": {}, "without_exercises": {}}
    answered = ask_judged(context, "numerics", died)
    for _ in range(MAX_CRASHES):
        if isinstance(answered, Missing) or answered.finished or answered.ended.outcome == "timed-out":
            break
        step = str(answered.facts.get("trying", ""))
        kind = "without_exercises" if "/" in step else "without_libraries"
        if not step or step in died[kind]:
            break
        died[kind][step] = words(answered.ended.ending.words, answered.ended.stderr)
        answered = ask_judged(context, "numerics", died)
    if isinstance(answered, Missing):
        return Probed(missing=answered)
    probed = ask.probed(answered, Numerics)
    value = probed.value
    if value is not None and not answered.finished and not value.exercises:
        # It never came as far as Python's own: nothing was seen.
        return msgspec.structs.replace(probed, value=None, missing=answered.gap)
    return probed


def words(ending: str, stderr: str) -> str:
    """How a step ended the child: the ending, and the last line it wrote, which often names the cause."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return f"{ending}; its last words: {lines[-1][:300]}" if lines else ending
