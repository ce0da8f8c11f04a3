"""Environment modules of clusters (Lmod, Environment Modules): what they put before an environment."""

from __future__ import annotations

import re

from dlcheck.judge.check import WARN, Verdict, bad, check, ok, skip
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix

LAYER = "interpreter"


@check(WARN, pillar="python", since="0.1")
def cluster_modules_bring_packages(interpreter: Interpreter) -> Verdict:
    """A loaded module of the cluster puts its Python packages before those of your environment.

    `module load` sets PYTHONPATH, which every Python reads before its own packages: the import takes the module's
    NumPy, built for the module's Python, and not the one that was installed here.

    How it is told: LOADEDMODULES names loaded modules, and PYTHONPATH holds a folder of installed packages outside of
    the virtual or conda environment that is judged.

    Known false alarms: modules without Python packages (compilers, CUDA) set no such folder; where the module's own
    Python is judged they are meant to be there.

    Sources: lmod.readthedocs.io, github.com/bioconda/bioconda-utils/issues/717.
    """
    modules = [one for one in interpreter.variables.get("LOADEDMODULES", "").split(":") if one]
    if not modules:
        return skip("no module is loaded")
    if interpreter.environment not in ("venv", "conda"):
        return skip("no environment of your own is judged")
    folders = [one for one in re.split(r"[:;]", interpreter.variables.get("PYTHONPATH", "")) if one]
    of_modules = [one for one in folders if _holds_packages(one) and not one.startswith(interpreter.prefix)]
    if not of_modules:
        return ok(f"{len(modules)} modules loaded")
    title = "in the job's script: module purge, then load what is needed without Python, then activate the environment"
    return bad(
        f"loaded: {', '.join(modules)}", *(f"PYTHONPATH: {one}" for one in of_modules), fixes=(Fix(title=title),)
    )


def _holds_packages(folder: str) -> bool:
    return bool(re.search(r"/(?:site|dist)-packages(?:/|$)", folder))
