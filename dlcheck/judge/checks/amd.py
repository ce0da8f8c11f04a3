"""AMD's GPUs: the driver, the access to it, and a PyTorch that is built for them."""

from __future__ import annotations

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.advice.torch_wheel import runs_here, torch_fixes, why_nothing_fits
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.nvidia_facts import gpu_is_there, in_container
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import is_asked_for, torch_build
from dlcheck.model.devices import Amd, Pci
from dlcheck.model.gaps import NOT_LOOKED, Probed, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
FOR_CUDA = r"Found no NVIDIA driver on your system|Torch not compiled with CUDA enabled"
ROCM_GUIDE = "https://rocm.docs.amd.com/projects/install-on-linux/en/latest/"


@check(FAIL, pillar="system", wanted="rocm", otherwise=WARN, since="0.1")
def amdgpu_not_loaded(pci: Pci, amd: Probed[Amd], os: Os, profile: Profile, snapshot: Snapshot) -> Verdict:
    """The AMD GPU's kernel driver gives programs no way to compute on it.

    ROCm needs the kernel's amdgpu driver and its compute interface, /dev/kfd. For GPUs before Vega the driver shows a
    picture and computes nothing.

    How it is told: an AMD GPU on the bus that amdgpu does not hold, or no /dev/kfd, or none of its compute nodes is a
    GPU.

    Known false alarms: a processor's own AMD GPU with a PyTorch for the CPU or for CUDA is no fault: this is judged
    only where ROCm is expected or installed. Under WSL the GPU comes through /dev/dxg.

    Sources: https://github.com/ROCm/ROCm/issues/1211, 2232 (a GPU too old), jax/_src/hardware_utils.py
    """
    cards = pci.of("amd")
    if not cards or os.system != "linux" or os.wsl or not is_asked_for("rocm", profile, snapshot):
        return skip("there is no AMD GPU, or nothing here asks for ROCm")
    bound = [card for card in cards if known(card.driver) == "amdgpu"]
    kfd = known(amd.value.kfd) if amd.value else None
    nodes = known(amd.value.gfx) if amd.value else None
    if bound and kfd is not False and nodes == ():
        words = "amdgpu holds it, and its compute interface lists no GPU: as a rule the GPU is too old for ROCm"
        other = Fix(title="compute on the CPU; the kernel's log says “not supported in kfd” where that is the cause")
        return bad(f"{bound[0].name or bound[0].address}: {words}", fixes=(other,))
    if bound and kfd is not False:
        return ok("amdgpu holds the GPU")
    if all(card.driver == NOT_LOOKED for card in cards) and kfd is not False:
        return skip("which driver holds the GPU is not told")
    evidence = [
        f"{card.name or f'PCI id 1002:{card.device_id:04x}'}: driver {known(card.driver) or 'none'}" for card in cards
    ]
    if kfd is False:
        evidence.append("there is no /dev/kfd")
    if in_container(snapshot):
        return bad(*evidence, fixes=(_amd_container(),))
    load = Fix(
        title="load the driver; where that fails, install AMD's driver for this distribution",
        commands=(as_admin(snapshot, "modprobe", "amdgpu"),),
        needs=("admin",),
        source=ROCM_GUIDE,
    )
    return bad(*evidence, fixes=(load,))


@check(FAIL, pillar="system", wanted="rocm", otherwise=WARN, after=("amdgpu-not-loaded",), since="0.1")
def amd_gpu_not_accessible(amd: Amd, os: Os, profile: Profile, snapshot: Snapshot) -> Verdict:
    """This user may not use the AMD GPU.

    /dev/kfd and /dev/dri/renderD* belong to the groups render and video; who is in neither is refused, and PyTorch says
    that there is no GPU.

    How it is told: the files may not be opened for reading and writing by this process.

    Known false alarms: the desktop's session may have been let in by name, without the group: the files are tried.

    Sources: https://github.com/ROCm/ROCm/issues/5613 (AMD: both groups), 3072, 2838
    """
    if not is_asked_for("rocm", profile, snapshot):
        return skip("nothing here asks for ROCm")
    if known(amd.kfd_accessible) is not False and known(amd.render_accessible) is not False:
        return ok("the GPU's device files may be opened") if known(amd.kfd_accessible) else skip("there is no /dev/kfd")
    files = ["/dev/kfd"] if known(amd.kfd_accessible) is False else []
    if known(amd.render_accessible) is False:
        files.append("/dev/dri/renderD*")
    evidence = [f"may not be opened: {', '.join(files)}"]
    if amd.closed_groups:
        evidence.append(f"they belong to {', '.join(amd.closed_groups)}")
    if in_container(snapshot):
        return bad(*evidence, fixes=(_amd_container(),))
    if amd.pending_groups:
        again = Fix(title="log out and in again: you are in the group, but this login is older than that")
        return bad(*evidence, f"you were added to {', '.join(amd.pending_groups)} since you logged in", fixes=(again,))
    return bad(*evidence, fixes=(join_groups(snapshot, os),))


def join_groups(snapshot: Snapshot, os: Os) -> Fix:
    """Let this user into the groups that own a GPU's device files."""
    return Fix(
        title="join the groups render and video, then log out and in again",
        commands=(as_admin(snapshot, "usermod", "-aG", "render,video", os.user or "USER"),),
        needs=("admin",),
        ask=() if os.user else ("USER",),
        source=ROCM_GUIDE,
    )


def _amd_container() -> Fix:
    title = "start the container anew with --device=/dev/kfd --device=/dev/dri --group-add video --group-add render"
    return Fix(title=title, source="https://rocm.docs.amd.com/projects/install-on-linux/en/latest/how-to/docker.html")


@check(FAIL, pillar="python", wanted="rocm", otherwise=WARN, since="0.1")
def torch_without_rocm(pci: Pci, amd: Probed[Amd], os: Os, profile: Profile, snapshot: Snapshot) -> Verdict:
    """PyTorch is not built for ROCm, and this machine has an AMD GPU that it could use.

    How it is told: an AMD GPU on the bus whose compute node the kernel lists, Linux, and a PyTorch without ROCm, while
    a build for this GPU exists. In a text: an AMD GPU is named, none of NVIDIA's, and PyTorch asks for NVIDIA's driver.

    Known false alarms: a note, unless ROCm is expected: many of these GPUs are a processor's own and only drive the
    screen.

    Sources: https://pytorch.org/get-started/locally/
    """
    build, cards = torch_build(snapshot), pci.of("amd")
    refused = said(snapshot, FOR_CUDA) if snapshot.depth == "pasted" and not gpu_is_there(snapshot) else ""
    if refused and build is not None and not build.hip and cards and os.system != "windows":
        title = "install PyTorch's build for ROCm, by the selector on https://pytorch.org/get-started/locally/"
        fixes = torch_fixes(snapshot, "rocm") or (Fix(title=title, needs=("network",)),)
        return bad(build.words, f"the GPU is {cards[0].name}", refused, fixes=fixes)
    gfx_targets = known(amd.value.gfx) if amd.value else None
    if build is None or os.system != "linux" or not cards or not gfx_targets:
        return skip("there is no PyTorch, or no AMD GPU that computes")
    if build.hip or (build.cuda and pci.of("nvidia")):
        return ok(build.words)
    gfx = ", ".join(gfx_targets)
    if not runs_here(snapshot, "rocm"):
        return skip(why_nothing_fits(snapshot, "rocm"))
    at_most: Grade = FAIL if is_expected("rocm", profile, snapshot) else NOTE
    return bad(build.words, f"the GPU is {gfx}", fixes=torch_fixes(snapshot, "rocm"), at_most=at_most)
