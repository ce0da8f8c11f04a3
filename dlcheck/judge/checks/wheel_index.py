"""The index that PyTorch is installed from: has it wheels for this system at all?"""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.pasted import Pasted
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
FOR_OTHER_SYSTEMS = re.compile(r"/whl/(?:nightly/)?(?:cu\d{2,3}|rocm[\d.]+|xpu)\b")


@check(FAIL, pillar="python", only_on=("darwin",), since="0.1")
def wheel_index_of_another_system(
    packages: Probed[Packages], pasted: Probed[Pasted], os: Os, snapshot: Snapshot
) -> Verdict:
    """PyTorch is looked for in an index that has no wheels for macOS.

    The indexes for CUDA, ROCm and XPU hold builds for Linux and Windows alone. On a Mac pip then says "No matching
    distribution found for torch", uv "no wheels with a matching platform tag". The package index itself has the build
    for the Mac, with Apple's GPU in it.

    How it is told: the index of an installation that failed, or the one that pip is configured for.

    Known false alarms: an extra index beside the package index does no harm.

    Sources: https://pytorch.org/get-started/locally/,
    https://github.com/rohitg00/ai-engineering-from-scratch/issues/340
    """
    configured = known(packages.value.pip_index_url) if packages.value else None
    failed = [one.index_url for one in (pasted.value.attempts if pasted.value else ()) if one.failed]
    wrong = next((url for url in (*failed, configured) if url and FOR_OTHER_SYSTEMS.search(url)), "")
    if not wrong:
        return ok(f"pip asks {configured}") if configured else skip("no such index is asked")
    if wrong == configured:
        title = "let pip ask the package index again: pip config unset global.index-url, and unset PIP_INDEX_URL"
        return bad(f"pip is configured for {wrong}", fixes=(Fix(title=title),))
    fixes = install(snapshot, ["torch"], title="install PyTorch from the package index, without --index-url")
    return bad(f"{wrong} was asked, on macOS", fixes=fixes)
