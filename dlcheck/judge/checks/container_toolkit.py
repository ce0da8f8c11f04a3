"""Docker and the GPU: can this host hand its GPU to containers, and did a container get the driver's libraries?"""

from __future__ import annotations

from dlcheck.judge.advice.system import as_admin, package_manager
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.nvidia_facts import driver_works, in_container
from dlcheck.judge.said import complained
from dlcheck.model.devices import CudaDriver, Nvidia, VisibleDevices
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Container, Os
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Tools

LAYER = "hardware"
GUIDE = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"
DOCKER_GUIDE = "https://docs.docker.com/engine/install/"


@check(WARN, pillar="system", after=("docker-from-snap", "no-driver"), since="0.1")
def container_toolkit_missing(
    tools: Probed[Tools], nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], os: Os, snapshot: Snapshot
) -> Verdict:
    """Docker cannot hand this machine's GPU to a container: NVIDIA's container toolkit is missing.

    `docker run --gpus all` then ends with "could not select device driver". The toolkit belongs on the host, beside
    Docker; nothing inside the image helps.

    How it is told: Docker's own words; or Docker and a working NVIDIA GPU are there and nvidia-ctk is not, a note.

    Known false alarms: Docker Desktop, as in WSL, brings its own way; who uses no containers needs none.

    Sources: https://github.com/NVIDIA/nvidia-docker/issues/1034, 1243; NVIDIA/dcgm-exporter#33 (solved so)
    """
    complaint, facts = complained(snapshot, "container-toolkit-missing"), tools.value
    configure = ("nvidia-ctk", "runtime", "configure", "--runtime=docker")
    steps = [as_admin(snapshot, *configure), as_admin(snapshot, "systemctl", "restart", "docker")]
    add = {"apt": ("apt-get", "install", "-y"), "dnf": ("dnf", "install", "-y"), "zypper": ("zypper", "-n", "install")}
    manager = package_manager(os)
    if manager in add:
        steps.insert(0, as_admin(snapshot, *add[manager], "nvidia-container-toolkit"))
    title = "install the toolkit on the host (first add its repository, as the page says), and tell Docker of it"
    fix = Fix(
        title=title, commands=tuple(steps) if os.system == "linux" else (), needs=("admin", "network"), source=GUIDE
    )
    if complaint:
        return bad(complaint, fixes=(fix,))
    if (
        facts is None
        or os.system != "linux"
        or os.wsl
        or in_container(snapshot)
        or "nvidia-ctk" not in facts.looked_for
    ):
        return skip("nobody asks Docker for a GPU here")
    if facts.find("docker") is None or not driver_works(nvidia, cuda_driver):
        return skip("there is no Docker, or no working NVIDIA GPU")
    if facts.find("nvidia-ctk") is not None:
        return ok("nvidia-ctk is there")
    return note("Docker is there, nvidia-ctk is not: containers get no GPU", fixes=(fix,))


@check(WARN, pillar="system", since="0.1")
def docker_from_snap(tools: Probed[Tools], nvidia: Probed[Nvidia], snapshot: Snapshot) -> Verdict:
    """Docker was installed as a snap, which does not see NVIDIA's container toolkit.

    A snap is shut off from the host's files, the toolkit among them: "could not select device driver", although it is
    installed. Docker's own packages see it.

    How it is told: the path of `docker`, or a text that names the snap, and Docker's words.

    Known false alarms: where nobody complains it is a note: newer snaps of Docker bring a support of their own.

    Sources: https://github.com/NVIDIA/nvidia-docker/issues/1642 (NVIDIA's own answer), 1637, 1591
    """
    docker = tools.value.find("docker") if tools.value else None
    if docker is None or not docker.path.startswith("/snap/"):
        return skip("there is no Docker by snap")
    complaint = complained(snapshot, "container-toolkit-missing")
    if not complaint and nvidia.value is None:
        return skip("there is no NVIDIA GPU")
    steps = (as_admin(snapshot, "snap", "remove", "docker"),)
    title = f"remove the snap, and install Docker's own packages ({DOCKER_GUIDE}); images and containers of the snap go"
    fix = Fix(title=title, commands=steps, needs=("admin", "network"), source=DOCKER_GUIDE)
    if complaint:
        return bad(complaint, f"docker is {docker.path}", fixes=(fix,))
    return note(f"docker is {docker.path}", fixes=(fix,))


@check(
    FAIL,
    pillar="system",
    wanted="cuda",
    otherwise=NOTE,
    after=("container-without-gpu", "gpu-access-denied"),
    since="0.1",
)
def container_without_cuda_library(
    container: Container, nvidia: Nvidia, cuda_driver: Probed[CudaDriver], visible_devices: Probed[VisibleDevices]
) -> Verdict:
    """This container has the GPU's device files, and not the driver's CUDA library.

    What of the driver is put into a container is chosen by NVIDIA_DRIVER_CAPABILITIES. With "utility" alone, which is
    the default of images that are not NVIDIA's, nvidia-smi works and CUDA does not.

    How it is told: /dev/nvidia* is there and no libcuda.

    Known false alarms: a container that only watches the GPUs needs no CUDA: a note, unless a GPU is expected.

    Sources: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
    """
    nodes = [node for node in known(nvidia.device_nodes) or () if node.startswith("/dev/nvidia")]
    missing = cuda_driver.missing or (cuda_driver.value.library if cuda_driver.value else None)
    if not nodes:
        return skip("it has no device files of NVIDIA's")
    if not isinstance(missing, Missing) or missing.gap != "absent":
        return ok("libcuda is there")
    variables = visible_devices.value.variables if visible_devices.value else {}
    told = variables.get("NVIDIA_DRIVER_CAPABILITIES")
    again = Fix(
        title=f"start the {container.engine} container anew with -e NVIDIA_DRIVER_CAPABILITIES=compute,utility",
        source="https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",
    )
    words = f"NVIDIA_DRIVER_CAPABILITIES={told}" if told is not None else "NVIDIA_DRIVER_CAPABILITIES is not set"
    return bad(f"{', '.join(nodes[:3])} are there, and no libcuda.so.1", words, fixes=(again,))
