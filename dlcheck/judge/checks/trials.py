"""Two things tried on the machine itself: a commit, and a file of the size of a data set."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, need, ok, skip, unknown
from dlcheck.model.gaps import Missing, is_limited
from dlcheck.model.host import Storage
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Git

LAYER = "exercise"
MIB = 2**20


@check(FAIL, pillar="system", after=("git-missing", "disk-almost-full"), since="0.1")
def commit_fails(git: Git, profile: Profile) -> Verdict:
    """git cannot make a commit.

    How it is told: by one in a scratch repository in the folder for temporary files, with an identity, and without
    hooks, signature or templates of the person's. So neither a missing identity nor a project's own hooks fail it.
    """
    trial = git.trial_commit
    if trial is True:
        return ok("a commit in a scratch repository worked")
    if isinstance(trial, Missing) and trial.gap in ("not-looked", "absent"):
        return skip(trial.words())
    if isinstance(trial, Missing) and (trial.gap == "timed-out" or is_limited(trial)):
        return unknown(f"a commit: {trial.words()}")
    words = trial.why or trial.words() if isinstance(trial, Missing) else "git said no more"
    fix = Fix(title="Mend what git names: a damaged configuration file, a full or read-only folder for temporary files")
    grade = FAIL if "git" in profile.tools_required else WARN
    return bad(words, fixes=(fix,), at_most=grade)


@check(FAIL, pillar="system", after=("disk-almost-full",), since="0.1")
def data_set_not_writable(storage: Storage, snapshot: Snapshot) -> Verdict:
    """There is no writing a data set where the caches live.

    Data sets and models are downloaded into a cache in the home folder before the first line of training runs.

    How it is told: by a file of 256 MB without a name, of which 4 MB are written and the rest is set aside; 8 MB on a
    file system that lives in memory. It is gone at once. No room is grave; a folder that is not this user's to write is
    a warning, since the caches can be moved.
    """
    place = next((one.path for one in storage.places if one.role == "hugging-face"), "the home folder")
    trial = storage.trial_write
    if isinstance(trial, Missing) and is_limited(trial):
        return unknown(f"a trial file: {trial.words()}")
    if isinstance(trial, Missing) and trial.gap in ("denied", "broken"):
        folder = Fix(title="Point HF_HOME and TORCH_HOME to a folder that you may write to and that has room")
        room = Fix(title="Make room: empty the caches of pip, conda and models, or move them to another disk")
        denied = trial.gap == "denied"
        evidence = f"a trial file for {place}: {trial.why or trial.words()}"
        return bad(evidence, fixes=(folder,) if denied else (room, folder), at_most=WARN if denied else FAIL)
    written = need(trial, "a trial file where the caches live")
    return ok(f"{written // MIB} MB for {place}, in {storage.trial_seconds:.2f} s")
