"""NVIDIA's GPU is there: may this process use it? Containers, device files, variables."""

from __future__ import annotations

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.shell import command, shell_of
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import cuda_code
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.knowledge.visible_devices import Visibility, cuda_visible
from dlcheck.judge.nvidia_facts import card_words, cards, driver_works, gpus, init_code
from dlcheck.model.devices import CudaDriver, Nvidia, Pci, VisibleDevices
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Cloud, Container
from dlcheck.model.profile import Profile
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
IMAGE = "pytorch/pytorch"


@check(FAIL, pillar="system", wanted="cuda", otherwise=NOTE, since="0.1")
def container_without_gpu(
    container: Container,
    pci: Probed[Pci],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    cloud: Probed[Cloud],
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """This container was started without the GPU of its host.

    A container sees a GPU only where it was asked for at its start; the driver's files are put into it then. Installing
    a driver in the container does not help.

    How it is told: no device file of NVIDIA's and no driver that answers, while the host's bus shows a GPU, or the
    host's kernel module shows through /proc; or a GPU is expected, and the host's bus is not visible.

    Known false alarms: a container for the CPU, by design: a note, unless a GPU is expected.

    Sources: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/,
    https://github.com/NVIDIA/nvidia-docker/issues/1591
    """
    nodes = (known(nvidia.value.device_nodes) or ()) if nvidia.value else ()
    if any(node.startswith("/dev/nvidia") or node == "/dev/dxg" for node in nodes):
        return ok(f"the container has {', '.join(nodes[:3])}")
    if driver_works(nvidia, cuda_driver):
        return ok("NVIDIA's driver works in this container")
    found = cards(pci)
    module = known(nvidia.value.kernel_module_version) if nvidia.value else None
    wanted = known(container.gpu_requested) is True or profile.expects_accelerator("cuda")
    if not found and module is None and not (wanted and pci.value is None):
        return skip("nothing tells of an NVIDIA GPU in the host")
    evidence = [f"{container.engine} container ({container.evidence})", "it has no /dev/nvidia* device file"]
    if module is not None:
        evidence.append(f"its host has NVIDIA's kernel module {module} loaded")
    if found:
        evidence.append(f"its host has {', '.join(card_words(card) for card in found)}")
    if known(container.nvidia_visible_devices) in ("void", "none", ""):
        evidence.append(f"NVIDIA_VISIBLE_DEVICES is {known(container.nvidia_visible_devices)!r}")
    return bad(*evidence, fixes=_container_fixes(container, cloud))


def _container_fixes(container: Container, cloud: Probed[Cloud]) -> tuple[Fix, ...]:
    """How a container of this engine is started with the host's GPU: on the host, not in here."""
    platform = cloud.value.platform if cloud.value else ""
    if platform == "colab":
        return (Fix(title="in Colab choose Runtime, Change runtime type, and there a GPU"),)
    if platform == "kaggle":
        return (Fix(title="in the notebook's settings choose an accelerator"),)
    guide = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/"
    if container.engine == "kubernetes":
        title = "ask for a GPU in the pod's resources: limits: nvidia.com/gpu: 1"
        return (Fix(title=title, source="https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/"),)
    words: dict[str, tuple[str, ...]] = {
        "docker": ("docker", "run", "--rm", "--gpus", "all", IMAGE, "nvidia-smi"),
        "podman": ("podman", "run", "--rm", "--device", "nvidia.com/gpu=all", IMAGE, "nvidia-smi"),
        "apptainer": ("apptainer", "exec", "--nv", f"docker://{IMAGE}", "nvidia-smi"),
    }
    argv = words.get(container.engine)
    if argv is None:
        title = (
            "hand the host's /dev/nvidia0, /dev/nvidiactl and /dev/nvidia-uvm to the container, and its driver's files"
        )
        return (Fix(title=title, needs=("admin",), source=guide),)
    start = Command(argv=argv, text=" ".join(argv))
    title = "start the container anew, on the host, with its GPU (NVIDIA's container toolkit must be installed there)"
    return (Fix(title=title, commands=(start,), ask=("IMAGE",), source=guide),)


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("container-without-gpu",), since="0.1")
def gpu_access_denied(nvidia: Nvidia, container: Probed[Container], snapshot: Snapshot) -> Verdict:
    """This user or this container may not open the NVIDIA GPU's device files.

    How it is told: the device files /dev/nvidia* may not be opened for reading and writing, or NVML answers with code 4
    or 17. Where the file's mode allows it and the kernel refuses all the same, it is the container's device rules: they
    are lost when the host reloads its services.

    Sources: https://github.com/NVIDIA/nvidia-docker/issues/1730 (device rules lost at a reload of systemd), nvml.h
    """
    code = known(nvidia.nvml_code)
    closed = nvidia.blocked_nodes or nvidia.unreadable_nodes
    if code == 0 and not closed:
        return ok("the GPU's device files may be opened")
    if not closed and code not in (4, 17):
        return skip("nothing tells of a refusal")
    evidence = [f"may not be opened: {', '.join(closed)}"] if closed else []
    if code is not None and code != 0:
        evidence.append(f"NVML: code {code}, {nvml_words(code).words}")
    if nvidia.blocked_nodes or (code == 17 and container.value is not None):
        again = Fix(
            title="start the container anew; so that it lasts, let the host make the links that its device rules need",
            commands=(
                Command(
                    argv=("sudo", "nvidia-ctk", "system", "create-dev-char-symlinks", "--create-all"),
                    text="sudo nvidia-ctk system create-dev-char-symlinks --create-all",
                ),
            ),
            needs=("admin",),
            source="https://github.com/NVIDIA/nvidia-docker/issues/1730",
        )
        return bad(*evidence, "the files' mode allows it: it is the container's device rules", fixes=(again,))
    os = snapshot.os.value
    join = Fix(
        title="join the group that owns the files, then log out and in again",
        commands=(as_admin(snapshot, "usermod", "-aG", "video,render", os.user if os and os.user else "USER"),),
        needs=("admin",),
        verify=driver.smi(snapshot),
        source=driver.NVIDIA_GUIDE,
    )
    return bad(*evidence, fixes=(join,))


@check(
    FAIL,
    pillar="system",
    wanted="cuda",
    otherwise=WARN,
    after=("gpu-access-denied", "driver-library-mismatch", "container-without-gpu"),
    since="0.1",
)
def nvidia_uvm_missing(
    nvidia: Nvidia, cuda_driver: Probed[CudaDriver], container: Probed[Container], snapshot: Snapshot
) -> Verdict:
    """The device file /dev/nvidia-uvm is missing, which CUDA needs.

    nvidia-smi works without it, CUDA does not. On a machine without a screen nothing creates it; LXC and podman
    containers have it only where it is handed in.

    How it is told: /dev/nvidiactl is there, /dev/nvidia-uvm is not, and CUDA does not start.

    Known false alarms: a healthy machine may lack it until CUDA starts for the first time.

    Sources: https://github.com/pytorch/pytorch/issues/49081, https://github.com/canonical/lxd/issues/5618
    """
    nodes, code = known(nvidia.device_nodes) or (), init_code(cuda_driver)
    if "/dev/nvidiactl" not in nodes:
        return skip("there are no device files of NVIDIA's")
    if "/dev/nvidia-uvm" in nodes:
        return ok("/dev/nvidia-uvm is there")
    if code in (0, None):
        return skip("CUDA starts, or was not asked")
    evidence = (
        "/dev/nvidiactl is there, /dev/nvidia-uvm is not",
        f"cuInit: error {code}, {cuda_code(code or 0).words}",
    )
    if container.value is not None:
        title = "hand /dev/nvidia-uvm to the container: docker and podman by --gpus all, LXC by an entry of its own"
        return bad(
            *evidence,
            fixes=(Fix(title=title, needs=("admin",), source="https://github.com/canonical/lxd/issues/5618"),),
        )
    create = Fix(
        title="load the module and create its device file",
        commands=(as_admin(snapshot, "nvidia-modprobe", "-c", "0", "-u"),),
        needs=("admin",),
        source="https://github.com/pytorch/pytorch/issues/49081",
    )
    return bad(*evidence, fixes=(create, driver.load_module(snapshot, "nvidia_uvm")))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
def gpu_hidden_by_environment(
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    visible_devices: VisibleDevices,
    cloud: Probed[Cloud],
    snapshot: Snapshot,
) -> Verdict:
    """CUDA_VISIBLE_DEVICES hides a GPU that is there.

    The variable lists the GPUs that programs may see. The first entry that is no GPU of this machine ends the list, and
    an empty value or -1 hides all. Scripts that were written for another machine set it.

    How it is told: what the variable leaves over of the GPUs that NVML lists; nearer still, libcuda finds devices
    without the variable and none with it.

    Known false alarms: choosing some of several GPUs is what it is for; a Slurm task that was given none; MIG
    instances, whose names cannot be looked up from here.

    Sources: CUDA C++ programming guide, "CUDA environment variables"; https://github.com/ziplab/PTQD/issues/13
    """
    value = visible_devices.variables.get("CUDA_VISIBLE_DEVICES")
    listed = gpus(nvidia)
    facts = cuda_driver.value
    seen_now = known(facts.device_count) if facts else None
    unhidden = known(facts.unhidden_count) if facts else None
    if value is None:
        return ok("CUDA_VISIBLE_DEVICES is not set") if listed else skip("CUDA_VISIBLE_DEVICES is not set")
    if not listed and not unhidden:
        return skip("there is no GPU that it could hide")
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
