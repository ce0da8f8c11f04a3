"""What git says of a server, and of names that a disk does not tell apart."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.pasted import Pasted
from dlcheck.model.snapshot import Snapshot

LAYER = "hygiene"


@check(FAIL, pillar="system", since="0.1")
def git_access_denied(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """The git server does not let you in.

    The address begins with git@ and the account has no key of this machine, or a password was given where GitHub
    takes tokens alone. A public repository needs neither: its https address is enough.

    How it is told: "Permission denied (publickey)" and the like in the text.

    Known false alarms: a private repository that the account may not see says "not found" in its place.

    Sources: docs.github.com/authentication/troubleshooting-ssh, github.com/fastai/course-v3/issues/452.
    """
    return told_by_text(snapshot, "git-access-denied")


@check(FAIL, pillar="system", since="0.1")
def git_names_collide(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """Names in the repository differ by case alone, and this disk does not tell them apart.

    Of Cat.jpg and cat.jpg one is missing after the clone, and git shows changes that nobody made.

    How it is told: git's own warning in the text.

    Known false alarms: none known.

    Sources: github.com/duckduckgo/tracker-radar/issues/5, github.com/anthony-wang/BestPractices/issues/2.
    """
    return told_by_text(snapshot, "git-names-collide")
