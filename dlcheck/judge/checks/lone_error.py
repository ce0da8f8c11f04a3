"""An error that was pasted alone."""

from __future__ import annotations

from dlcheck.judge.advice.import_cures import alone
from dlcheck.judge.check import FAIL, Verdict, bad, check
from dlcheck.judge.complaints import failing, heard, stands_alone, told_by_text
from dlcheck.judge.knowledge.complaints import LIKELY
from dlcheck.judge.knowledge.error_messages import meaning_of
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"


@check(FAIL, pillar="python", since="0.1")
def cause_only_likely(snapshot: Snapshot) -> Verdict:
    """An error whose usual cause is known, in a text that tells too little to prove it.

    What usually causes it, and what mends that, is told; the text does not prove it. With the report of the machine
    beside the error (`dlcheck doctor` there, or `python -m torch.utils.collect_env`) it can be proved, or ruled out.

    How it is told: the error's words are looked up. Only where the text names no framework's version, no packages, no
    GPU and no driver, and where no other check explains the error.

    Known false alarms: the same words may come from a fault of the program itself.

    Sources: the page that each of its fixes names.
    """
    told, pasted = told_by_text(snapshot, LIKELY), snapshot.pasted.value
    if pasted is None or heard(snapshot) or not stands_alone(snapshot):
        return told
    for line in reversed(failing(pasted.errors)):
        meaning = meaning_of(line)
        if meaning is not None:
            return bad(" ".join(line.split()), meaning.meaning, fixes=alone(snapshot, meaning))
    return told
