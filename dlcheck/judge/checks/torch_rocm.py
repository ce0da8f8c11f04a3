"""A ROCm build of PyTorch and the AMD GPU: does it hold code for it?"""

from __future__ import annotations

from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.gpus import gfx_of_name
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed, known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
NO_HIP_CODE = (
    r"HIP error: [Ii]nvalid device function|hipErrorInvalidDeviceFunction|hipErrorNoBinaryForGpu"
    r"|Unable to find code object"
)


@check(FAIL, pillar="python", wanted="rocm", otherwise=WARN, since="0.1")
def rocm_gfx_not_in_wheel(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """The AMD GPU's architecture is not in this ROCm build of PyTorch.

    The first calculation ends with "invalid device function".

    How it is told: the GPU's gfx target by the kernel's compute nodes against the targets that torch was built for.

    Known false alarms: HSA_OVERRIDE_GFX_VERSION lets a relative of the same family stand in; a processor's own GPU
    beside a card that is served is a note.

    Sources: https://github.com/pytorch/pytorch/issues/164346, https://github.com/ROCm/TheRock
    """
    build, amd = torch_build(snapshot), snapshot.amd.value
    refused = said(snapshot, NO_HIP_CODE)
    if build is None and refused:
        named = ", ".join(_named_gfx(snapshot))
        return bad(refused, f"the GPU is {named}" if named else "which AMD GPU it is, is not told")
    if build is None or not build.hip:
        return skip("there is no PyTorch built for ROCm")
    devices = (known(amd.gfx) if amd else None) or _named_gfx(snapshot)
    if refused and devices and build.gfx is None:
        return bad(refused, f"the GPU is {', '.join(devices)}", build.words, fixes=torch_fixes(snapshot, "rocm"))
    if not devices or build.gfx is None:
        return skip("the GPU's gfx target or the build's targets are not known")
    targets = build.gfx
    lacking = [gfx for gfx in devices if gfx not in targets]
    if not lacking and refused and snapshot.depth == "pasted":
        # One of ROCm's own libraries may lack what PyTorch has code for: the words are the nearer witness.
        return bad(refused, f"the GPU is {', '.join(devices)}", build.words, fixes=torch_fixes(snapshot, "rocm"))
    if not lacking:
        return ok(f"{', '.join(devices)} is in the build")
    works = torch.value is not None and any(
        one.kind == "rocm" and one.product_right is True for one in torch.value.devices
    )
    if amd is not None and amd.gfx_override and works:
        return ok(f"{', '.join(lacking)} stands in as {amd.gfx_override} by HSA_OVERRIDE_GFX_VERSION")
    evidence = [f"the GPU is {', '.join(lacking)}", f"{build.words}, has code for {', '.join(targets)}"]
    if len(lacking) < len(devices):
        return bad(*evidence, "another GPU is served by this build", at_most=NOTE)
    fixes = list(torch_fixes(snapshot, "rocm"))
    stand_in = _stand_in(lacking[0])
    if stand_in:
        title = f"let the GPU pass for its relative: set HSA_OVERRIDE_GFX_VERSION={stand_in} before the program starts"
        fixes.append(Fix(title=title, source="https://github.com/pytorch/pytorch/issues/164346"))
    return bad(*evidence, fixes=fixes)


def _named_gfx(snapshot: Snapshot) -> tuple[str, ...]:
    """Of a text: the targets of the AMD GPUs that it names, by a table."""
    cards = snapshot.pci.value.of("amd") if snapshot.pci.value and snapshot.depth == "pasted" else ()
    return tuple(gfx for card in cards if (gfx := gfx_of_name(card.name)))


def _stand_in(gfx: str) -> str:
    """The relative whose code such a GPU runs, as people report; none for gfx1103, which it stops (TheRock#1184)."""
    if gfx in ("gfx1031", "gfx1032", "gfx1034", "gfx1035"):
        return "10.3.0"
    return "11.0.0" if gfx in ("gfx1101", "gfx1102", "gfx1150", "gfx1151") else ""
