"""Packages that extend PyTorch for other devices: each release fits one release of PyTorch alone."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.install import install, uninstall
from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.said import complained
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.gaps import Probed
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
COMPANIONS: dict[str, str] = {
    "torch-xla": "https://github.com/pytorch/xla/issues/2259",
    "intel-extension-for-pytorch": "https://github.com/intel/intel-extension-for-pytorch/issues/244",
    "torch-npu": "https://github.com/vllm-project/vllm-ascend/issues/117",
}
"""Distribution → the page that says so."""


@check(FAIL, pillar="python", after=("torch-not-installed", "torch-leftover"), since="0.1")
def torch_companion_of_another_release(packages: Probed[Packages], snapshot: Snapshot) -> Iterator[Verdict]:
    """An extension of PyTorch was built for another release of it.

    torch_xla (TPUs), Intel's Extension for PyTorch and torch_npu (Ascend) hold compiled code for one release of
    PyTorch. With another their import ends in "undefined symbol", or the device is not there.

    How it is told: major and minor number of the two differ; or their own words.

    Known false alarms: who never imports it loses nothing, so it is a warning; torch_npu is imported by PyTorch itself.

    Sources: https://github.com/pytorch/xla/issues/2259, https://github.com/vllm-project/vllm-ascend/issues/117,
    https://github.com/intel/intel-extension-for-pytorch/issues/244
    """
    build, facts = torch_build(snapshot), packages.value
    ours = build.version if build is not None else ""
    found = [one for name in COMPANIONS if facts is not None and (one := facts.find(name))]
    complaint = complained(snapshot, "torch-companion-of-another-release")
    differing = [one for one in found if ours and numbers(one.version)[:2] != numbers(ours)[:2]]
    for one in differing:
        line = ".".join(map(str, numbers(one.version)[:2]))
        evidence = [f"{one.name} {one.version}, PyTorch {ours}", *([complaint] if complaint else [])]
        fixes = _fixes(one.name, line, snapshot)
        at_most: Grade = FAIL if one.name == "torch-npu" or snapshot.depth == "pasted" else WARN
        yield bad(
            *evidence,
            fixes=fixes,
            subject=one.name,
            at_most=at_most,
        )
    if complaint and not differing:
        title = "install the release of it that has PyTorch's own major and minor number, or both anew in one command"
        yield bad(complaint, *([build.words] if build else []), fixes=(Fix(title=title, needs=("network",)),))
    if not complaint and not differing:
        yield ok(", ".join(f"{one.name} {one.version}" for one in found)) if found else skip("there is none")


def _fixes(name: str, line: str, snapshot: Snapshot) -> tuple[Fix, ...]:
    if name == "intel-extension-for-pytorch":
        # PyTorch drives Intel's GPUs itself since 2.5, and the extension ended with 2.8.
        remove = uninstall(snapshot, [name], title="remove it: PyTorch itself drives Intel's GPUs")
        return (remove, *torch_fixes(snapshot, "xpu"))
    wanted = [f"torch=={line}.*", "torch_xla[tpu]" if name == "torch-xla" else name]
    wanted[1] += f"=={line}.*"
    return install(
        snapshot, wanted, title=f"install PyTorch {line} and {name} {line} together", source=COMPANIONS[name]
    )
