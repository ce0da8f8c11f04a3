"""NVIDIA's GPU is there: may this process use it? Containers and device files."""

from __future__ import annotations

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import cuda_code
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.nvidia_facts import card_words, cards, driver_works, init_code
from dlcheck.judge.said import said
from dlcheck.model.devices import CudaDriver, Nvidia, Pci
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Cloud, Container
from dlcheck.model.profile import Profile
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
IMAGE = "pytorch/pytorch"
NO_RUNTIME = (
    r"could not select device driver|unknown or invalid runtime name: nvidia|NVIDIA Driver was not detected"
    r"|Found no NVIDIA driver on your system"
)
"""What is said in a container that was given no GPU, or where its engine could give it none."""


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
    if snapshot.depth == "pasted":
        words = said(snapshot, NO_RUNTIME)
        return bad(words, fixes=_container_fixes(container, cloud)) if words else skip("the text does not say so")
    if driver_works(nvidia, cuda_driver):
        return ok("NVIDIA's driver works in this container")
    found = cards(pci)
    module = known(nvidia.value.kernel_module_version) if nvidia.value else None
    wanted = known(container.gpu_requested) is True or is_expected("cuda", profile, snapshot)
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
