"""Apple's GPUs: is this macOS new enough for PyTorch's MPS, and does Metal show a GPU?"""

from __future__ import annotations

from dlcheck.judge.advice.install import run_python
from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.torch_releases import mps_floor, newer_than_table
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
MPS_GUIDE = "https://developer.apple.com/metal/pytorch/"


@check(FAIL, pillar="system", wanted="mps", otherwise=WARN, after=("rosetta-python",), only_on=("darwin",), since="0.1")
def macos_too_old_for_mps(os: Os, interpreter: Interpreter, profile: Profile, snapshot: Snapshot) -> Verdict:
    """This macOS is older than PyTorch's GPU backend (MPS) needs.

    PyTorch then says that MPS is built in and not available. Its own message may name an older macOS than it needs.

    How it is told: Apple silicon, and macOS against the floor of the installed release: 12.3 up to 2.4, 13.0 up to 2.9,
    14.0 from 2.10 on.

    Known false alarms: an x86_64 Python under Rosetta is told a false macOS, and has its own check.

    Sources: https://github.com/pytorch/pytorch/issues/139425 (a maintainer's answer), 164943, 177390
    """
    build = torch_build(snapshot)
    if os.system != "darwin" or interpreter.machine != "arm64" or build is None:
        return skip("this is not PyTorch on Apple silicon")
    floor = mps_floor(build.version)
    torch = snapshot.torch.value
    works = torch is not None and known(torch.mps_available) is True
    newer = newer_than_table(build.version)
    if newer and works:
        return ok(f"macOS {os.version}; {newer}, and says that MPS is available")
    if not floor or not numbers(os.version):
        return skip(newer or "this release's floor is not known")
    if works or at_least(numbers(os.version), numbers(floor)):
        return ok(f"macOS {os.version}; PyTorch {build.version} needs {floor}")
    update = Fix(title=f"update macOS to {floor} or newer", needs=("admin", "network", "reboot"), source=MPS_GUIDE)
    evidence = f"macOS {os.version}; the MPS of PyTorch {build.version} needs {floor} or newer"
    return bad(evidence, fixes=(*torch_fixes(snapshot, "mps"), update))


@check(
    FAIL,
    pillar="system",
    wanted="mps",
    otherwise=WARN,
    after=("macos-too-old-for-mps", "rosetta-python"),
    only_on=("darwin",),
    since="0.1",
)
def mps_unavailable(os: Os, torch: Torch, snapshot: Snapshot) -> Verdict:
    """PyTorch finds no Apple GPU, although it is built for it.

    Metal shows programs no GPU: in a virtual machine, in a sandbox, or in a session without a login.

    How it is told: MPS is built in and not available, and this macOS is new enough.

    Sources: https://github.com/pytorch/pytorch/issues/167679, 177819 (both open: the cause is not confirmed)
    """
    if os.system != "darwin" or known(torch.mps_built) is not True:
        return skip("this PyTorch has no MPS")
    if known(torch.mps_available) is not False:
        return ok("MPS is available")
    evidence = ["MPS is built in, and not available"]
    machine = known(os.virtualization)
    if machine:
        evidence.append(f"this is a virtual machine ({machine}), which as a rule has no Metal")
    code = "import torch; assert torch.backends.mps.is_available(); print('works')"
    run = Fix(
        title="run it from a terminal of the logged-in user, outside any sandbox or virtual machine",
        verify=run_python(snapshot, code),
        source="https://github.com/pytorch/pytorch/issues/167679",
    )
    return bad(*evidence, fixes=(run,), at_most=NOTE if machine else FAIL)
