"""Intel's GPUs: the runtime, the access to it, and a PyTorch that is built for them."""

from __future__ import annotations

from dlcheck.judge.advice.system import SystemPackage, install_program
from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.checks.amd import join_groups
from dlcheck.judge.knowledge.gpus import intel_family_of_pci
from dlcheck.judge.torch_build import is_asked_for, torch_build
from dlcheck.model.devices import Intel, Pci, PciDevice
from dlcheck.model.gaps import known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
RUNTIME = SystemPackage(
    apt="libze1 libze-intel-gpu1 intel-opencl-icd",
    dnf="intel-level-zero oneapi-level-zero intel-opencl",
    pacman="intel-compute-runtime level-zero-loader",
)
"""apt: from Ubuntu 24.10 and Debian 13 on (https://github.com/talmolab/sleap-nn/issues/206); the others: general
knowledge."""


def _intel_cards(pci: Pci) -> list[PciDevice]:
    return [card for card in pci.of("intel") if intel_family_of_pci(card.device_id) is not None]


@check(FAIL, pillar="python", wanted="xpu", otherwise=NOTE, since="0.1")
def torch_without_xpu(pci: Pci, profile: Profile, snapshot: Snapshot) -> Verdict:
    """PyTorch is not built for Intel GPUs, and this machine has one that it could use.

    How it is told: an Arc, Data Center or Core Ultra GPU by its PCI id, and a PyTorch without XPU.

    Known false alarms: a note, unless an Intel GPU is expected; older processors' graphics are not supported and do not
    count; beside an NVIDIA GPU with a build for CUDA it is of no matter.

    Sources: https://docs.pytorch.org/docs/stable/notes/get_start_xpu.html,
    https://github.com/pytorch/pytorch/issues/150260
    """
    build, cards = torch_build(snapshot), _intel_cards(pci)
    if build is None or not cards:
        return skip("there is no PyTorch, or no Intel GPU that it could use")
    if build.xpu or (build.cuda and pci.of("nvidia")):
        return ok(build.words)
    family = intel_family_of_pci(cards[0].device_id)
    evidence = (build.words, f"the GPU is of the family {family.name if family else '?'}")
    return bad(*evidence, fixes=torch_fixes(snapshot, "xpu"))


@check(FAIL, pillar="system", wanted="xpu", otherwise=WARN, since="0.1")
def level_zero_missing(pci: Pci, intel: Intel, os: Os, profile: Profile, snapshot: Snapshot) -> Verdict:
    """Intel's GPU runtime (Level Zero) is not installed.

    PyTorch for Intel GPUs brings SYCL, and needs the system's Level Zero and its GPU driver.

    How it is told: no libze_loader or, on Linux, no libze_intel_gpu, while PyTorch is built for XPU or it is expected.

    Sources: https://docs.pytorch.org/docs/stable/notes/get_start_xpu.html, https://dgpu-docs.intel.com/
    """
    if not _intel_cards(pci) or not is_asked_for("xpu", profile, snapshot):
        return skip("there is no such Intel GPU, or nothing here asks for it")
    lacking = [name for name, fact in (("libze_loader", intel.level_zero), ("libze_intel_gpu", intel.level_zero_gpu))
               if known(fact) is False]  # fmt: skip
    if not lacking:
        return ok("Level Zero is there")
    runtime = Fix(
        title="install Intel's GPU runtime",
        commands=install_program(snapshot, RUNTIME),
        needs=("admin", "network"),
        source="https://dgpu-docs.intel.com/driver/client/overview.html",
    )
    return bad(f"not found: {', '.join(lacking)}", fixes=(runtime,))


@check(FAIL, pillar="system", wanted="xpu", otherwise=WARN, since="0.1")
def intel_gpu_not_accessible(pci: Pci, intel: Intel, os: Os, profile: Profile, snapshot: Snapshot) -> Verdict:
    """This user may not use the Intel GPU.

    How it is told: /dev/dri/renderD* may not be opened for reading and writing by this process, while PyTorch is built
    for XPU or it is expected.

    Known false alarms: the desktop's session may have been let in by name, without the group: the files are tried.

    Sources: https://dgpu-docs.intel.com/driver/client/overview.html
    """
    if not _intel_cards(pci) or not is_asked_for("xpu", profile, snapshot):
        return skip("there is no such Intel GPU, or nothing here asks for it")
    if known(intel.render_accessible) is not False:
        return ok("its device files may be opened")
    return bad("/dev/dri/renderD* may not be opened", fixes=(join_groups(snapshot, os),))
