"""An error that was pasted alone."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"


@check(FAIL, pillar="python", since="0.1")
def cause_only_likely(snapshot: Snapshot) -> Verdict:
    """An error whose usual cause is known, in a text that tells nothing of the machine.

    What usually causes it, and what mends that, is told; the text does not prove it. With the report of the machine
    beside the error (`dlcheck doctor` there, or `python -m torch.utils.collect_env`) it can be proved, or ruled out.

    How it is told: the error's words are looked up. Only where the text names no framework's version, no packages, no
    GPU and no driver, and where no other check explains the error.

    Known false alarms: the same words may come from a fault of the program itself.

    Sources: the page that each of its fixes names.
    """
    return told_by_text(snapshot, "cause-only-likely")
