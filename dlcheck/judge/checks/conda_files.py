"""Whether what conda installed is still there."""

from __future__ import annotations

from dlcheck.judge.advice.missing import fresh_environment
from dlcheck.judge.advice.shell import command
from dlcheck.judge.check import WARN, Verdict, bad, check, ok, skip
from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

HALF_GONE = 4
"""So many of a package's first files have to be missing before it counts: cleaners of caches delete single ones."""
NAMED = 5


@check(WARN, pillar="python", after=("conda-package-overwritten-by-pip", "disk-almost-full"), since="0.1")
def conda_environment_damaged(
    packages: Packages, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """Files that conda installed are gone from the environment.

    An installation was interrupted, a cluster purged old files of its scratch disk, or an antivirus program took them:
    imports fail with missing modules, and conda says "The environment is inconsistent" or CondaVerificationError.

    How it is told: the first files of each record in conda-meta are looked for; several have to be missing.

    Known false alarms: packages that pip replaced lack files on purpose, and have a check of their own; compiled
    Python (.pyc) is made anew and not looked for.

    Sources: docs.conda.io (conda doctor, missing files), github.com/conda/conda/blob/main/conda/core/solve.py.
    """
    if not packages.conda:
        return skip("no conda environment")
    by_pip = {one.name for one in packages.distributions if one.installer in ("pip", "uv")}
    gone = [one for one in packages.conda if one.files_gone >= HALF_GONE and one.name not in by_pip]
    if not gone:
        return ok(f"{len(packages.conda)} packages of conda")
    evidence = [f"{one.name} {one.version}: files are gone" for one in gone[:NAMED]]
    evidence += [f"and {len(gone) - NAMED} more"] if len(gone) > NAMED else []
    conda = snapshot.conda.value
    program = (known(conda.executable) if conda else None) or "conda"
    again = tuple(f"{one.name}={one.version}" for one in gone)
    words = (program, "install", "-y", "-p", interpreter.prefix, "--force-reinstall", *again)
    verify = command(snapshot, program, "doctor", "-p", interpreter.prefix)
    step = command(snapshot, *words)
    fix = Fix(title="install them again", commands=(step,), needs=("network",), changes_packages=True, verify=verify)
    return bad(*evidence, fixes=(fix, *fresh_environment(snapshot, profile)))
