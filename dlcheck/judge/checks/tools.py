"""git and the other programs that a course works with."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip, unknown
from dlcheck.model.gaps import Probed
from dlcheck.model.host import Git
from dlcheck.model.profile import Profile

LAYER = "library"


@check(FAIL, pillar="system", since="0.1")
def git_missing(git: Probed[Git], profile: Profile) -> Verdict:
    """git is not installed.

    Courses, frameworks and model hubs hand out their material as git repositories.

    How it is told: no `git` on PATH. On macOS the stub in /usr/bin that only offers to install the command line tools
    is no git.
    """
    if git.value is not None:
        return ok(f"git {git.value.version}")
    assert git.missing is not None
    if git.missing.gap == "not-looked":
        return skip(git.missing.words())
    if git.missing.gap != "absent":
        return unknown(f"git: {git.missing.words()}")
    if "git" not in profile.tools_required:
        return skip("this profile does not need git")
    return bad("there is no git on PATH")
