import pytest

from dlcheck.model.gaps import ABSENT
from dlcheck.observe.host import container
from tests.observe.trees import context, lay

LAYERS = (
    "lowerdir=/var/lib/docker/overlay2/l/AB:/var/lib/docker/overlay2/l/CD,upperdir=/var/lib/docker/overlay2/0f/diff"
)
DOCKER_MOUNTS = (
    f"1 0 0:154 / / rw,relatime - overlay overlay rw,{LAYERS},workdir=/var/lib/docker/overlay2/0f/work\n"
    "2 1 0:60 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k,inode64\n"
    "3 1 8:1 /var/lib/docker/containers/78d6/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n"
    "4 1 8:1 /var/lib/docker/containers/78d6/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n"
)
# A machine that runs Docker has mounts below /var/lib/docker, but is in no container.
HOST_MOUNTS = (
    "31 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n"
    f"120 31 0:50 / /var/lib/docker/overlay2/0a1b2c/merged rw,relatime - overlay overlay rw,{LAYERS}\n"
    "121 28 0:4 net:[4026532598] /run/docker/netns/1f2e3d rw shared:71 - nsfs nsfs rw\n"
    "122 31 0:51 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n"
)
POD_MOUNTS = (
    "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs\n"
    "2 1 8:1 /var/lib/kubelet/pods/6d/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
)


@pytest.mark.parametrize(
    ("files", "environ", "engine", "evidence"),
    [
        ({".dockerenv": "", "proc/self/mountinfo": DOCKER_MOUNTS}, {}, "docker", "/.dockerenv"),
        ({"proc/self/mountinfo": DOCKER_MOUNTS}, {}, "docker", "/proc/self/mountinfo"),
        ({".dockerenv": ""}, {}, "docker", "/.dockerenv"),
        ({"proc/1/cgroup": "12:memory:/docker/0f1e2d\n"}, {}, "docker", "/proc/1/cgroup"),
        ({"run/.containerenv": "engine=\"podman-4\"\n"}, {"container": "podman"}, "podman", "/run/.containerenv"),
        ({}, {"container": "podman"}, "podman", "the variable container"),
        ({".dockerenv": "", "proc/self/mountinfo": DOCKER_MOUNTS}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes",
         "the variable KUBERNETES_SERVICE_HOST"),
        ({"proc/self/mountinfo": POD_MOUNTS}, {}, "kubernetes", "/proc/self/mountinfo"),
        ({"proc/self/mountinfo": POD_MOUNTS.splitlines()[0]}, {}, "containerd", "/proc/self/mountinfo"),
        ({"run/systemd/container": "lxc\n"}, {}, "lxc", "/run/systemd/container"),
        ({"proc/self/mountinfo": "9 1 0:51 /proc/cpuinfo /proc/cpuinfo rw - fuse.lxcfs lxcfs rw\n"}, {}, "lxc",
         "/proc/self/mountinfo"),
        ({"run/systemd/container": "systemd-nspawn\n"}, {}, "systemd-nspawn", "/run/systemd/container"),
        ({".singularity.d/": ""}, {"APPTAINER_CONTAINER": "/images/torch.sif"}, "apptainer",
         "the variable APPTAINER_CONTAINER"),
        ({".flatpak-info": "[Application]\n"}, {}, "other", "/.flatpak-info"),
        ({"run/host/container-manager": "own\n"}, {}, "other", "/run/host/container-manager"),
    ],
)  # fmt: skip
def test_engines(tmp_path, files, environ, engine, evidence):
    found = container.probe(context(lay(tmp_path, files), environ)).value
    assert found is not None
    assert (found.engine, found.evidence) == (engine, evidence)


@pytest.mark.parametrize(
    ("files", "environ"),
    [
        ({}, {}),
        ({"proc/self/mountinfo": HOST_MOUNTS, "proc/1/cgroup": "0::/init.scope\n"}, {}),
        # An image unpacked onto a disk of its own: `wsl --import`, a small virtual machine.
        ({".dockerenv": "", "proc/self/mountinfo": "1 0 8:32 / / rw - ext4 /dev/sdc rw\n"}, {}),
        ({"run/systemd/container": "wsl\n"}, {"WSL_DISTRO_NAME": "Ubuntu"}),
    ],
)
def test_no_container(tmp_path, files, environ):
    found = container.probe(context(lay(tmp_path, files), environ))
    assert found.missing is not None and found.missing.gap == "absent"


@pytest.mark.parametrize(
    ("environ", "extra", "requested", "value"),
    [
        ({}, {}, False, ABSENT),
        ({"NVIDIA_VISIBLE_DEVICES": "all"}, {}, True, "all"),
        ({"NVIDIA_VISIBLE_DEVICES": "void"}, {}, False, "void"),
        ({"NVIDIA_VISIBLE_DEVICES": ""}, {}, False, ""),
        ({}, {"dev/nvidiactl": ""}, True, ABSENT),
        ({}, {"dev/dxg": ""}, True, ABSENT),
        ({}, {"proc/self/mountinfo": DOCKER_MOUNTS + "9 1 8:1 /usr/bin/nvidia-smi /usr/bin/nvidia-smi ro - ext4 /dev/a rw\n"},
         True, ABSENT),
    ],
)  # fmt: skip
def test_was_a_gpu_asked_for(tmp_path, environ, extra, requested, value):
    root = lay(tmp_path, {".dockerenv": "", "proc/self/mountinfo": DOCKER_MOUNTS, **extra})
    found = container.probe(context(root, environ)).value
    assert found is not None
    assert (found.gpu_requested, found.nvidia_visible_devices) == (requested, value)
