"""Snapshots for tests: a healthy machine, and the same with one thing changed.

`machine(git=unseen("absent"))` is a healthy laptop without a GPU and without git; `gpu_machine(...)` one with an
NVIDIA GPU and a CUDA build of torch that works. `findings(id, snapshot)` are what that check says of it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dlcheck.judge import profiles
from dlcheck.judge.engine import judge
from dlcheck.model.devices import ArrayDevice, CudaDriver, Nvidia, NvidiaGpu, Pci, PciDevice, VisibleDevices
from dlcheck.model.frameworks import Exercise, Numerics, Torch
from dlcheck.model.gaps import ABSENT, Probed, seen, unseen
from dlcheck.model.host import Cpu, Memory, Os, Place, Storage
from dlcheck.model.profile import Profile
from dlcheck.model.python import Build, Distribution, ExtraRequirement, Interpreter, Packages
from dlcheck.model.report import Finding, Report
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Git, Jupyter, Kernel, OtherPython, Project, Pythons, Tool, Tools

GIB = 2**30
PREFIX = "/home/ada/course/.venv"
SITE = f"{PREFIX}/lib/python3.12/site-packages"
PYTHON = f"{PREFIX}/bin/python"

OS = Os(
    system="linux", name="Ubuntu 24.04.1 LTS", version="24.04", distribution="ubuntu", distribution_like=("debian",),
    kernel="6.8.0-49-generic", machine="x86_64", glibc="2.39", virtualization=ABSENT, shell="bash",
    locale_encoding="UTF-8", user="ada", hostname="lovelace", uptime_seconds=86400.0, secure_boot=False,
    open_files_limit=1048576, processes_limit=63000,
)  # fmt: skip
CPU = Cpu(
    brand="Intel(R) Core(TM) i7-1185G7", architecture="x86_64", physical_cores=4, logical_cores=8, usable_cores=8.0,
    affinity_cores=8, quota_cores=ABSENT, frequency_mhz=3000.0, max_frequency_mhz=4800.0,
    instruction_sets=("sse4_2", "avx", "avx2", "fma", "avx512f"),
)  # fmt: skip
MEMORY = Memory(
    total_bytes=16 * GIB, available_bytes=9 * GIB, swap_total_bytes=2 * GIB, cgroup_limit_bytes=ABSENT,
    shm_total_bytes=8 * GIB, shm_free_bytes=8 * GIB, address_space_limit_bytes=ABSENT, oom_kills=0,
)  # fmt: skip
STORAGE = Storage(
    places=(
        Place(role="environment", path=PREFIX, filesystem="ext4", total_bytes=500 * GIB, free_bytes=200 * GIB, writable=True),
        Place(role="hugging-face", path="/home/ada/.cache/huggingface", filesystem="ext4", total_bytes=500 * GIB,
              free_bytes=200 * GIB, writable=True),
        Place(role="temporary", path="/tmp", filesystem="ext4", total_bytes=500 * GIB, free_bytes=200 * GIB, writable=True),
    ),
    trial_write=256 * 2**20, trial_seconds=0.1,
)  # fmt: skip
GIT = Git(
    executable="/usr/bin/git", version="2.43.0", identity_name_set=True, identity_email_set=True, lfs_version="3.4.1",
    trial_commit=True,
)  # fmt: skip
TOOLS = Tools(
    found=(Tool(name="gcc", path="/usr/bin/gcc", version="13.2.0"), Tool(name="g++", path="/usr/bin/g++", version="13.2.0")),
    looked_for=("gcc", "g++", "nvcc", "uv"),
)  # fmt: skip
JUPYTER = Jupyter(
    command=f"{PREFIX}/bin/jupyter", command_python=PYTHON,
    kernels=(
        Kernel(name="python3", display_name="Python 3 (ipykernel)", language="python",
               spec=f"{PREFIX}/share/jupyter/kernels/python3", executable=PYTHON, exists=True, prefix=PREFIX),
    ),
    runtime_folder="/home/ada/.local/share/jupyter/runtime", runtime_writable=True,
)  # fmt: skip
PYTHONS = Pythons(
    judged=PYTHON, chosen_because="the active virtual environment",
    found=(OtherPython(command="python3", path=PYTHON, executable=PYTHON, prefix=PREFIX, version="3.12.7"),),
    pip=f"{PREFIX}/bin/pip", pip_python=PYTHON,
)  # fmt: skip
INTEL_GPU = PciDevice(
    address="0000:00:02.0", vendor_id=0x8086, device_id=0x9A49, class_code=0x030000, vendor="intel", driver="i915",
    power_state="D0",
)  # fmt: skip
NVIDIA_GPU = PciDevice(
    address="0000:01:00.0", vendor_id=0x10DE, device_id=0x2684, class_code=0x030000, vendor="nvidia",
    name="NVIDIA GeForce RTX 4090", driver="nvidia", power_state="D0", config_all_ones=False, bar_unassigned=False,
)  # fmt: skip
INTERPRETER = Interpreter(
    executable=PYTHON, version="3.12.7", prefix=PREFIX, base_prefix="/usr", machine="x86_64", platform_tag="linux-x86_64",
    translated=ABSENT, environment="venv", externally_managed=ABSENT, has_pip=True, pip_version="24.2",
    site_packages=(SITE,), user_site="/home/ada/.local/lib/python3.12/site-packages", encoding="utf-8",
    openssl="OpenSSL 3.0.13", certificates="/usr/lib/ssl/certs",
)  # fmt: skip


def distribution(name: str, version: str, **changes: Any) -> Distribution:
    """An installed distribution."""
    return Distribution(**{"name": name, "version": version, "installer": "pip", "location": SITE, **changes})


DISTRIBUTIONS = (
    distribution("numpy", "2.1.3"), distribution("pandas", "2.2.3"), distribution("scipy", "1.14.1"),
    distribution("scikit-learn", "1.5.2"), distribution("matplotlib", "3.9.2"), distribution("jupyter", "1.1.1"),
    distribution("ipykernel", "6.29.5"), distribution("pip", "24.2"),
)  # fmt: skip


def exercise(topic: str, name: str, library: str, **changes: Any) -> Exercise:
    """One exercise that came out right."""
    return Exercise(**{"topic": topic, "name": name, "library": library, "expected": "3", "got": "3", **changes})


NUMERICS = Numerics(
    imports={"numpy": "2.1.3", "pandas": "2.2.3", "matplotlib": "3.9.2", "scipy": "1.14.1", "scikit-learn": "1.5.2"},
    exercises=(
        exercise("python-basics", "containers", "python"), exercise("table-reading", "csv-table", "pandas"),
        exercise("figure-drawing", "figure", "matplotlib"), exercise("vector-products", "dot-product", "numpy"),
        exercise("matrix-algebra", "transpose", "numpy"), exercise("derivatives", "difference-quotient", "numpy"),
        exercise("descriptive-statistics", "five-number-summary", "numpy"),
        exercise("distributions", "normal-distribution", "python"),
        exercise("central-limit-theorem", "means-of-40-draws", "numpy"), exercise("hypothesis-test", "t-tests", "scipy"),
        exercise("regression", "linear-regression", "numpy"),
        exercise("classification", "nearest-neighbours", "scikit-learn"), exercise("clustering", "k-means", "scikit-learn"),
        exercise("metrics", "of-classes", "scikit-learn"), exercise("validation", "folds", "scikit-learn"),
        exercise("gradient-descent", "descent", "numpy"), exercise("fitting", "polynomials", "numpy"),
    ),
)  # fmt: skip
TORCH_EXERCISES = (
    exercise("vector-products", "dot-product", "torch"), exercise("matrix-algebra", "transpose", "torch"),
    exercise("derivatives", "chain-rule", "torch"),
    exercise("classification", "logistic-regression-as-network", "torch"),
    exercise("network", "exclusive-or-network", "torch"),
)  # fmt: skip
TORCH_CPU = Torch(
    version="2.13.0+cpu", location=f"{SITE}/torch", import_seconds=2.1, cuda=ABSENT, hip=ABSENT, xpu=ABSENT, cudnn=ABSENT,
    arch_list=(), numpy_bridge=True, cuda_available=False, mps_built=False, mps_available=False, xpu_available=False,
    threads=4, devices=(ArrayDevice(name="cpu", kind="cpu", product_right=True),),
    exercises=TORCH_EXERCISES,
)  # fmt: skip
TORCH_CUDA = msgspec.structs.replace(
    TORCH_CPU, version="2.13.0+cu130", cuda="13.0", cudnn="92000", cuda_available=True, cuda_driver_version=13000,
    arch_list=("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"),
    devices=(
        *TORCH_CPU.devices,
        ArrayDevice(name="cuda:0", kind="cuda", model="NVIDIA GeForce RTX 4090", compute_capability=(8, 9),
                    memory_total_bytes=24 * GIB, product_right=True),
    ),
)  # fmt: skip
GPU = NvidiaGpu(
    index=0, name="NVIDIA GeForce RTX 4090", uuid="GPU-0f1e2d3c", pci_address="0000:01:00.0", compute_capability=(8, 9),
    memory_total_bytes=24 * GIB, memory_used_bytes=GIB // 2, memory_free_bytes=23 * GIB, other_processes=0,
    other_processes_bytes=0, compute_mode="default", persistence_mode=False, pcie_generation=4, pcie_generation_max=4,
    pcie_width=16, pcie_width_max=16, ecc_enabled=ABSENT, ecc_uncorrected=ABSENT, remap_pending=ABSENT,
    remap_failed=ABSENT, mig_enabled=ABSENT, throttle_bits=0x1, temperature_celsius=41, power_watts=24.0,
    power_limit_watts=450.0, power_limit_default_watts=450.0, utilization_percent=0, multiprocessors=128,
    fabric_state="not-supported",
)  # fmt: skip
NVIDIA = Nvidia(
    kernel_module_version="580.82.07", kernel_module_open=True, kernel_module_files=("6.8.0-49-generic",),
    library_version="580.82.07", device_nodes=("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"),
    modules_loaded=("nvidia", "nvidia_uvm", "nvidia_modeset", "nvidia_drm"), nvml_library="/usr/lib/libnvidia-ml.so.1",
    nvml_code=0, driver_version="580.82.07", driver_cuda=(13, 0), gpus=(GPU,), xids=(),
)  # fmt: skip
CUDA_DRIVER = CudaDriver(
    library="/usr/lib/x86_64-linux-gnu/libcuda.so.580.82.07", version=(13, 0), init_code=0, device_count=1
)


def packages(*extra: Distribution, builds: tuple[Build, ...] = (), **changes: Any) -> Packages:
    """The packages of a course, and further ones; a further one replaces its namesake."""
    names = {one.name for one in extra}
    return Packages(
        **{
            "distributions": (*(one for one in DISTRIBUTIONS if one.name not in names), *extra),
            "builds": builds,
            **changes,
        }
    )


def build(name: str, version: str, **changes: Any) -> Build:
    """A framework's build as text tells it."""
    plain = version.split("+", maxsplit=1)[0]
    return Build(
        **{"name": name, "location": f"{SITE}/{name}", "version": version, "cuda": ABSENT, "hip": ABSENT, "xpu": ABSENT,
           "cudnn": ABSENT, "metadata_version": plain, **changes}
    )  # fmt: skip


def machine(**groups: Any) -> Snapshot:
    """A healthy laptop without an NVIDIA GPU, torch's CPU build in a virtual environment.

    A group is given as a Probed, or as a value that is then seen.
    """
    facts: dict[str, Any] = {
        "os": OS, "cpu": CPU, "memory": MEMORY, "storage": STORAGE, "container": unseen("absent"),
        "cloud": unseen("absent"), "git": GIT, "conda": unseen("absent"), "tools": TOOLS, "jupyter": JUPYTER,
        "pythons": PYTHONS, "project": Project(looked_at=12), "pci": Pci(devices=(INTEL_GPU,), source="/sys/bus/pci"), "nvidia": unseen("absent"),
        "cuda_driver": unseen("absent"), "visible_devices": VisibleDevices(), "amd": unseen("absent"),
        "intel": unseen("absent"), "apple": unseen("absent"), "tpu": unseen("absent"), "interpreter": INTERPRETER,
        "packages": packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),)),
        "requirements": tuple(
            ExtraRequirement(requirement=name, name=name, found="1.0", satisfied=True)
            for name in ("numpy", "pandas", "matplotlib", "scikit-learn", "jupyter")
        ),
        "numerics": NUMERICS, "torch": TORCH_CPU, "tensorflow": unseen("absent"), "jax": unseen("absent"),
        "torch_xla": unseen("absent"),
        **groups,
    }  # fmt: skip
    plain = {name: facts.pop(name) for name in ("taken_at", "depth", "working_folder", "seconds") if name in facts}
    return Snapshot(
        dlcheck="0.1.0",
        **{"taken_at": "2026-11-22T09:00:00Z", "working_folder": "/home/ada/course", **plain},
        **{name: value if isinstance(value, Probed) else seen(value) for name, value in facts.items()},
    )


def gpu_machine(**groups: Any) -> Snapshot:
    """A healthy workstation: an RTX 4090, driver 580, torch for CUDA 13.0 that computes on it."""
    facts: dict[str, Any] = {
        "pci": Pci(devices=(INTEL_GPU, NVIDIA_GPU), source="/sys/bus/pci"), "nvidia": NVIDIA, "cuda_driver": CUDA_DRIVER,
        "torch": TORCH_CUDA,
        "packages": packages(
            distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cu130", cuda="13.0"),)
        ),
        **groups,
    }  # fmt: skip
    return machine(**facts)


def change(struct: Any, **fields: Any) -> Any:
    """The same facts with some fields changed."""
    return msgspec.structs.replace(struct, **fields)


BEGINNER = profiles.load("beginner")
EXPECTS_CUDA = change(BEGINNER, name="gpu", expects=("cuda",))


def report(snapshot: Snapshot, profile: Profile = BEGINNER) -> Report:
    """What is said of it."""
    return judge(snapshot, profile)


def findings(identity: str, snapshot: Snapshot, profile: Profile = BEGINNER) -> list[Finding]:
    """What one check says of it."""
    return [one for one in report(snapshot, profile).findings if one.id == identity]


def status(identity: str, snapshot: Snapshot, profile: Profile = BEGINNER) -> str:
    """The status of one check's only finding, or of its gravest."""
    order = ["fail", "warn", "unknown", "note", "pass", "skip"]
    return min((one.status for one in findings(identity, snapshot, profile)), key=order.index)


def roots(snapshot: Snapshot, profile: Profile = BEGINNER) -> list[str]:
    """The root causes, in rank."""
    return list(report(snapshot, profile).root_causes)
