"""JAX and cuDNN: is the one that it finds as new as the one it was built with?"""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.jax_wheel import jax_fixes, verify_code
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, skip
from dlcheck.judge.said import complained
from dlcheck.model.gaps import Probed
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
GUIDE = "https://docs.jax.dev/en/latest/installation.html"


@check(FAIL, pillar="python", wanted="jax", otherwise=WARN, since="0.1")
def jax_cudnn_too_old(packages: Probed[Packages], interpreter: Probed[Interpreter], snapshot: Snapshot) -> Verdict:
    """JAX finds an older cuDNN than it was built with.

    It takes the same major and the same or a newer minor version. The older one comes from LD_LIBRARY_PATH, from the
    system, or is pinned by PyTorch in the same environment.

    How it is told: JAX's own words, which name both versions.

    Known false alarms: none; JAX does not use that cuDNN.

    Sources: https://github.com/jax-ml/jax/issues/6517 (solved by a newer cuDNN), 15268, 15508
    """
    complaint = complained(snapshot, "jax-cudnn-too-old")
    if not complaint:
        return skip("nothing complains of it")
    facts = packages.value
    variables = interpreter.value.variables if interpreter.value else {}
    there = [one for one in facts.distributions if one.name.startswith("nvidia-cudnn-")] if facts else []
    evidence = [complaint, *(f"{one.name} {one.version} is installed" for one in there)]
    fixes: list[Fix] = []
    if value := variables.get("LD_LIBRARY_PATH"):
        evidence.append(f"LD_LIBRARY_PATH={value}")
        fixes.append(without_variables(snapshot, ["LD_LIBRARY_PATH"], verify_code("cuda"), source=GUIDE))
    if there:
        fixes += install(
            snapshot, [there[0].name], title="install a newer cuDNN", upgrade=True, verify=verify_code("cuda")
        )
    else:
        fixes += jax_fixes(snapshot, "cuda")
    fixes.append(Fix(title="keep PyTorch and JAX in two environments: each asks for a cuDNN of its own"))
    return bad(*evidence, fixes=fixes)
