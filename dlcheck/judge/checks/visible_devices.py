"""Variables that choose GPUs: do they hide one that is there?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.advice.shell import command, shell_of
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.visible_devices import Visibility, cuda_visible, rocm_visible
from dlcheck.judge.nvidia_facts import gpus, nvml_code
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import is_asked_for
from dlcheck.model.devices import CudaDriver, Nvidia, VisibleDevices
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Cloud
from dlcheck.model.profile import Profile
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
NO_GPUS = r"No CUDA GPUs are available|no CUDA-capable device is detected|CUDA_ERROR_NO_DEVICE"


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
def gpu_hidden_by_environment(
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    visible_devices: Probed[VisibleDevices],
    cloud: Probed[Cloud],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """A variable of the environment hides a GPU that is there.

    CUDA_VISIBLE_DEVICES lists the GPUs that programs may see. The first entry that is no GPU of this machine ends the
    list, and an empty value or -1 hides all. Scripts that were written for another machine set it. HIP_VISIBLE_DEVICES
    and ROCR_VISIBLE_DEVICES do the same for AMD's GPUs, ZE_AFFINITY_MASK for Intel's.

    How it is told: what the variable leaves over of the GPUs that the driver lists; nearer still, libcuda finds devices
    without the variable and none with it. In a text: nvidia-smi lists a GPU, and a program finds none. Intel's and
    AMD's count where PyTorch is built for them or they are expected.

    Known false alarms: choosing some of several GPUs is what it is for; a Slurm task that was given none; MIG
    instances, whose names cannot be looked up from here.

    Sources: CUDA C++ programming guide, "CUDA environment variables"; https://github.com/ziplab/PTQD/issues/13
    """
    variables = visible_devices.value.variables if visible_devices.value else {}
    yield _nvidia(variables, nvidia, cuda_driver, cloud, snapshot)
    amd = snapshot.amd.value
    devices = known(amd.gfx) if amd else None
    if devices and is_asked_for("rocm", profile, snapshot):
        yield _amd(variables, devices, snapshot)
    torch = snapshot.torch.value
    mask = variables.get("ZE_AFFINITY_MASK")
    if mask is not None and torch is not None and isinstance(torch.xpu, str) and torch.xpu_available is False:
        evidence = (f"ZE_AFFINITY_MASK={mask!r}", "PyTorch, built for Intel GPUs, finds none")
        yield bad(*evidence, subject="intel", fixes=(_unset(snapshot, "ZE_AFFINITY_MASK"),))


def _amd(variables: dict[str, str], devices: tuple[str, ...], snapshot: Snapshot) -> Verdict:
    names = ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")
    rocr, hip, cuda = (variables.get(name) for name in names)
    left = rocm_visible(rocr, hip, cuda, len(devices))
    if not left.restricts or not _hides(left, None):
        return ok(f"{len(left.devices)} of {len(devices)} AMD GPUs visible", subject="amd")
    guilty = [name for name in names if name in variables]
    evidence = [f"{name}={variables[name]!r}" for name in guilty]
    return bad(
        *evidence,
        *([left.why] if left.why else []),
        f"AMD GPUs: {len(devices)}, visible: {len(left.devices)}",
        subject="amd",
        fixes=[_unset(snapshot, name) for name in guilty[:1]],
    )


def _nvidia(
    variables: dict[str, str],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    cloud: Probed[Cloud],
    snapshot: Snapshot,
) -> Verdict:
    value = variables.get("CUDA_VISIBLE_DEVICES")
    listed = gpus(nvidia)
    facts = cuda_driver.value
    seen_now = known(facts.device_count) if facts else None
    unhidden = known(facts.unhidden_count) if facts else None
    complaint = said(snapshot, NO_GPUS) if snapshot.depth == "pasted" else ""
    if value is None and complaint and listed and nvml_code(nvidia) == 0 and not snapshot.container.value:
        there = f"nvidia-smi lists {len(listed)} GPU{'s' if len(listed) != 1 else ''}, and the program sees none"
        return bad(complaint, there, fixes=(_look_for_it(snapshot),))
    if value is None:
        return ok("CUDA_VISIBLE_DEVICES is not set") if listed else skip("CUDA_VISIBLE_DEVICES is not set")
    if complaint and not listed and not re.match(r"\s*0\b", value):
        return bad(f"CUDA_VISIBLE_DEVICES={value!r}", complaint, fixes=(_unset(snapshot, "CUDA_VISIBLE_DEVICES"),))
    if not listed and not unhidden:
        return skip("there is no GPU that it could hide")
    torch = snapshot.torch.value
    if snapshot.depth == "pasted" and torch is not None and known(torch.cuda_available) and not complaint:
        return skip("the text shows a GPU that is not hidden")
    left = cuda_visible(value, max(len(listed), unhidden or 0), [known(gpu.uuid) or "" for gpu in listed])
    if left.slices or any(known(gpu.mig_enabled) for gpu in listed):
        return skip("it names MIG instances")
    if seen_now or not _hides(left, seen_now):
        return ok(f"CUDA_VISIBLE_DEVICES={value!r} leaves {seen_now or len(left.devices)} visible")
    evidence = [f"CUDA_VISIBLE_DEVICES={value!r}", *([left.why] if left.why else [])]
    total = max(len(listed), unhidden or 0)
    evidence.append(f"{total} GPU{'s are' if total != 1 else ' is'} there, {len(left.devices)} of them visible")
    if cloud.value is not None and cloud.value.platform == "slurm" and not value.strip():
        return bad(*evidence, "Slurm gave this task no GPU", at_most=NOTE, fixes=(_slurm_fix(),))
    return bad(*evidence, fixes=(_unset(snapshot, "CUDA_VISIBLE_DEVICES"),))


def _hides(left: Visibility, seen_now: int | None) -> bool:
    """Is a GPU hidden by mistake: all of them, or those after an entry that is no GPU?"""
    return left.hides_all or seen_now == 0 or bool(left.ends_at and "negative" not in left.why)


def _slurm_fix() -> Fix:
    argv = ("srun", "--gres=gpu:1", "--pty", "bash")
    return Fix(title="ask Slurm for a GPU", commands=(Command(argv=argv, text=" ".join(argv)),))


def _look_for_it(snapshot: Snapshot) -> Fix:
    """Where nobody tells the variable: most often a script sets it, written for a machine of more GPUs."""
    argv = ("grep", "-rn", "CUDA_VISIBLE_DEVICES", ".")
    step = Command(argv=argv, text=" ".join(argv))
    return Fix(
        title="see what script and shell set CUDA_VISIBLE_DEVICES to, and take it away or set it to 0: a number "
        "that is no GPU of this machine hides them all",
        commands=(step,),
        source="https://github.com/ziplab/PTQD/issues/13",
    )


def _unset(snapshot: Snapshot, name: str) -> Fix:
    """Take a variable away, in the words of the person's shell; where it is set for good, only they can find out."""
    shell = shell_of(snapshot)
    texts = {
        "powershell": f"Remove-Item Env:{name}",
        "cmd": f"set {name}=",
        "fish": f"set -e {name}",
    }
    text = texts.get(shell, f"unset {name}")
    argv = {"powershell": ("powershell", "-Command", text), "cmd": ("cmd", "/c", text)}.get(shell, ("sh", "-c", text))
    if shell == "notebook":
        step = command(snapshot, "env", "-u", name, "nvidia-smi")
        title = f"take the line away that sets {name} in the notebook, and restart its kernel"
        return Fix(title=title, verify=step)
    step = Command(argv=argv, text=text, shell=shell)
    title = "take the variable away in this shell, and the line that sets it from your scripts and start-up files"
    return Fix(title=title, commands=(step,), source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/")
