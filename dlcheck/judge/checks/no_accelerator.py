"""An accelerator of any kind, or of a kind other than NVIDIA's, was asked for: is there one at all?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.accelerators import hardware_of
from dlcheck.judge.advice.way_to_a_gpu import held_for_machines, ways_to_a_gpu
from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip
from dlcheck.model.devices import Nvidia, Pci
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
NONE: dict[str, str] = {
    "rocm": "there is no AMD GPU in this machine",
    "mps": "this is no Mac with Apple's own processor",
    "xpu": "there is no Intel GPU in this machine that PyTorch could use",
    "tpu": "there is no TPU here",
    "any": "there is no GPU of NVIDIA's, AMD's, Intel's or Apple's here that PyTorch could use, and no TPU",
}


@check(
    FAIL,
    pillar="system",
    after=("container-without-gpu", "wsl1-no-gpu", "wsl2-windows-build-too-old"),
    since="0.1",
)
def no_accelerator(pci: Probed[Pci], nvidia: Probed[Nvidia], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """This machine has no GPU of the kind that was asked for.

    Everything can be computed on the processor (CPU) too, only slower; to learn with it is enough. What was asked for
    needs a graphics card that PyTorch can use, or a TPU, and there is none.

    How it is told: the bus, the device files and the driver all rule it out. Of a GPU of NVIDIA's that is asked for by
    name, `no-nvidia-gpu` says so.

    Known false alarms: none; where one of these witnesses could not be heard, nothing is said.

    Sources: the profile's own word (`expects`, --require)
    """
    kinds = [kind for kind in profile.expects if kind != "cuda"]
    if not kinds or snapshot.depth == "pasted":
        yield skip("no such accelerator is asked for")
        return
    for kind in kinds:
        if hardware_of(kind, snapshot) is not False:
            yield ok("the hardware is not ruled out", subject=kind)
            continue
        held = held_for_machines(snapshot) if kind == "any" else ""
        evidence = [NONE[kind], *([f"kept for a virtual machine: {held}"] if held else [])]
        cpu = Fix(title="go on with the CPU, and ask for no accelerator (--require, or `expects` in the profile)")
        # "any" is the option's word, and says nothing to who reads the finding.
        yield bad(*evidence, fixes=(*ways_to_a_gpu(snapshot), cpu), subject="" if kind == "any" else kind)
