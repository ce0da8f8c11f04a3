"""Facts about the machine itself and its operating system. Sizes are bytes, clocks MHz."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, HostName, Maybe, Path, Url, UserName

System = Literal["linux", "darwin", "windows", "other"]

Count = Annotated[int, msgspec.Meta(ge=0)]
"""Of bytes or cores: a document that holds less than none is damaged."""


class Os(msgspec.Struct, frozen=True, kw_only=True):
    """The operating system and the session the person sits in."""

    system: System
    name: str
    """For a person: "Ubuntu 24.04.1 LTS", "macOS 15.1", "Windows 11"."""
    version: str
    """The release as a number: "24.04", "15.1", "10.0.22631"."""
    distribution: str = ""
    """Linux: ID of os-release ("ubuntu", "debian", "fedora" …)."""
    distribution_like: tuple[str, ...] = ()
    kernel: str = ""
    machine: str = ""
    """Of the hardware: "x86_64", "aarch64", "arm64", "AMD64"."""
    glibc: Maybe[str] = NOT_LOOKED
    """Linux: the C library's version; absent on musl."""
    musl: bool = False
    wsl: int = 0
    """0: no WSL, else 1 or 2."""
    windows_build: Maybe[int] = NOT_LOOKED
    """Windows' build number, also seen from inside WSL where that can be told."""
    virtualization: Maybe[str] = NOT_LOOKED
    """"kvm", "vmware", "hyperv" …; absent on bare metal."""
    shell: str = ""
    """"bash", "zsh", "fish", "powershell", "cmd"; "notebook" where a Jupyter kernel runs us."""
    locale_encoding: str = ""
    user: UserName = ""
    home: Path = ""
    """The person's home folder."""
    is_admin: bool = False
    hostname: HostName = ""
    uptime_seconds: Maybe[float] = NOT_LOOKED
    secure_boot: Maybe[bool] = NOT_LOOKED
    reboot_required: bool = False
    open_files_limit: Maybe[int] = NOT_LOOKED
    """Files that a process may have open (the soft limit); absent where there is no limit."""
    processes_limit: Maybe[int] = NOT_LOOKED
    """Processes and threads that this user, or this control group, may have; absent where there is no limit."""
    vc_runtime: Maybe[str] = NOT_LOOKED
    """Windows: the version of Microsoft's Visual C++ runtime, "14.44.35211"; absent where none is registered."""
    long_paths: Maybe[bool] = NOT_LOOKED
    """Windows: may paths have more than 260 characters?"""
    script_policy: Maybe[str] = NOT_LOOKED
    """Windows: PowerShell's execution policy as the registry tells it; absent where none is set, which forbids scripts
    on Windows for persons and allows one's own on servers."""
    dead_proxies: tuple[Url, ...] = ()
    """Proxies on this machine itself that a variable names, and where nothing listens; credentials removed."""
    missing_interfaces: tuple[str, ...] = ()
    """Linux: "VARIABLE=name" for each network interface that NCCL_SOCKET_IFNAME or GLOO_SOCKET_IFNAME asks for, and
    that this machine has not."""
    inotify_watches: Maybe[Count] = NOT_LOOKED
    """Linux: files and folders that this user's programs may watch for changes; absent elsewhere."""
    inotify_instances: Maybe[Count] = NOT_LOOKED
    """Linux: watchers that this user may have at once."""
    desktop_libraries_missing: tuple[str, ...] = ()
    """Linux: of the libraries that OpenCV's desktop build needs, those that the loader does not find."""


class Cpu(msgspec.Struct, frozen=True, kw_only=True):
    """The processor as the operating system sees it, and what of it this process may use."""

    brand: Maybe[str] = NOT_LOOKED
    architecture: str = ""
    """"x86_64" or "arm64" of the hardware, whatever the interpreter was built for."""
    physical_cores: Maybe[Count] = NOT_LOOKED
    logical_cores: Count = 0
    usable_cores: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """What this process may use: affinity and the cgroup quota taken together."""
    affinity_cores: Count = 0
    quota_cores: Maybe[float] = NOT_LOOKED
    """The cgroup's CPU quota in cores; absent where there is none."""
    quota_source: Path = ""
    """The file that sets it: "cpu.max of /docker/0f1e"."""
    frequency_mhz: Maybe[float] = NOT_LOOKED
    max_frequency_mhz: Maybe[float] = NOT_LOOKED
    instruction_sets: Maybe[tuple[str, ...]] = NOT_LOOKED
    """Those that matter to numerical libraries: sse4_2 avx avx2 fma avx512f avx512_bf16 avx512_vnni amx_bf16 amx_int8
    neon asimd sve bf16 i8mm …, as the kernel writes them."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """RAM, swap, the cgroup's limit and /dev/shm."""

    total_bytes: Count
    available_bytes: Count
    swap_total_bytes: Count = 0
    cgroup_limit_bytes: Maybe[Count] = NOT_LOOKED
    """The lowest limit of the process's cgroup and its ancestors; absent where there is none."""
    cgroup_limit_source: Path = ""
    """The file that sets it: "memory.high of /user.slice/user-1000.slice"."""
    shm_total_bytes: Maybe[Count] = NOT_LOOKED
    shm_free_bytes: Maybe[Count] = NOT_LOOKED
    address_space_limit_bytes: Maybe[int] = NOT_LOOKED
    """`ulimit -v` of this session; absent where it is unlimited."""
    oom_kills: Maybe[int] = NOT_LOOKED
    """Processes of this control group that the kernel has killed for lack of memory since the group began."""

    @property
    def usable_bytes(self) -> int:
        """RAM that this process may use."""
        limit = self.cgroup_limit_bytes
        return min(self.total_bytes, limit) if isinstance(limit, int) else self.total_bytes


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A folder whose file system matters."""

    role: str
    """"environment", "home", "temporary", "hugging-face", "torch-hub", "pip-cache", "conda-packages", "working"."""
    path: Path
    filesystem: str = ""
    total_bytes: Maybe[Count] = NOT_LOOKED
    free_bytes: Maybe[Count] = NOT_LOOKED
    writable: Maybe[bool] = NOT_LOOKED
    network: bool = False
    noexec: bool = False


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """Disk space where the environment and the model caches live."""

    places: tuple[Place, ...] = ()
    trial_write: Maybe[int] = NOT_LOOKED
    """Bytes of a trial file, the size of a small data set, that could be written where the caches live and was
    removed again; a gap with the operating system's words where it could not."""
    trial_seconds: float = 0.0


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """The container this runs in."""

    engine: Literal["docker", "podman", "kubernetes", "lxc", "apptainer", "containerd", "systemd-nspawn", "other"]
    evidence: ForeignText
    """The file or variable that told."""
    gpu_requested: Maybe[bool] = NOT_LOOKED
    """NVIDIA_VISIBLE_DEVICES or a device request asked for a GPU."""
    nvidia_visible_devices: Maybe[ForeignText] = NOT_LOOKED


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """The hosted notebook, cloud machine or cluster this is."""

    platform: str
    """"colab", "kaggle", "paperspace", "sagemaker", "sagemaker-studio-lab", "lightning", "codespaces", "slurm",
    "aws", "gcp", "azure" …"""
    name: str
    """For a person: "Google Colab"."""
    evidence: ForeignText
    is_notebook: bool = False
    instance_type: Maybe[str] = NOT_LOOKED
    inside_job: Maybe[bool] = NOT_LOOKED
    """On a cluster: inside an allocation, or on a login node?"""
