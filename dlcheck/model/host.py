"""Facts about the machine itself, its operating system and the tools on it. Sizes are bytes, clocks MHz."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, HostName, Maybe, OwnName, Path, Url, UserName

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


class Git(msgspec.Struct, frozen=True, kw_only=True):
    """git and its set-up."""

    executable: Path
    version: str
    identity_name_set: Maybe[bool] = NOT_LOOKED
    identity_email_set: Maybe[bool] = NOT_LOOKED
    lfs_version: Maybe[str] = NOT_LOOKED
    autocrlf: str = ""
    trial_commit: Maybe[bool] = NOT_LOOKED
    """A commit in a scratch repository, with an identity of its own, worked."""


class CondaEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """One environment that conda knows."""

    name: OwnName
    prefix: Path


class Conda(msgspec.Struct, frozen=True, kw_only=True):
    """The conda family."""

    family: str
    """"Anaconda", "Miniconda", "Miniforge", "Mambaforge", "micromamba", "conda"."""
    executable: Maybe[Path] = NOT_LOOKED
    version: Maybe[str] = NOT_LOOKED
    root: Maybe[Path] = NOT_LOOKED
    active_prefix: Maybe[Path] = NOT_LOOKED
    active_name: Maybe[OwnName] = NOT_LOOKED
    base_active: bool = False
    solver: Maybe[str] = NOT_LOOKED
    channels: Maybe[tuple[Url, ...]] = NOT_LOOKED
    environments: tuple[CondaEnvironment, ...] = ()
    mamba: bool = False
    """mamba is there beside conda."""
    on_path: Maybe[bool] = NOT_LOOKED
    """Does the shell find `conda`, or mamba or micromamba?"""
    in_shell: Maybe[bool] = NOT_LOOKED
    """Is `conda activate` set up: in this session, or in a start-up file of a shell?"""
    odd_settings: tuple[str, ...] = ()
    """Settings that stand in the way, as "name: value": offline, ssl_verify, channel_priority."""
    terms_accepted: Maybe[bool] = NOT_LOOKED
    """The terms of Anaconda's own channels; absent where nothing asks for them: no plugin for them, other channels."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A program on PATH."""

    name: str
    path: Path
    version: Maybe[str] = NOT_LOOKED
    on_path: bool = True
    """False: PATH does not lead to it; nvcc of a CUDA toolkit that a variable or the usual folder names."""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Compilers, build tools and installers: those looked for that are there."""

    found: tuple[Tool, ...] = ()
    """gcc g++ clang cl cmake ninja make nvcc uv pipx mamba micromamba ubuntu-drivers mokutil docker …"""
    looked_for: tuple[str, ...] = ()

    def find(self, name: str) -> Tool | None:
        """The tool of that name, or None where it is not on PATH."""
        return next((tool for tool in self.found if tool.name == name), None)


class Kernel(msgspec.Struct, frozen=True, kw_only=True):
    """A registered Jupyter kernel and the interpreter that it starts."""

    name: OwnName
    display_name: OwnName = ""
    language: str = ""
    spec: Path = ""
    executable: Maybe[Path] = NOT_LOOKED
    """argv[0], resolved on PATH where it is a bare name."""
    exists: bool = False
    prefix: Maybe[Path] = NOT_LOOKED
    """sys.prefix of that interpreter, told by its files."""


class Jupyter(msgspec.Struct, frozen=True, kw_only=True):
    """Jupyter's kernels, and the `jupyter` command on PATH."""

    command: Maybe[Path] = NOT_LOOKED
    command_python: Maybe[Path] = NOT_LOOKED
    """The interpreter in the command's first line."""
    kernels: tuple[Kernel, ...] = ()
    runtime_folder: Path = ""
    """Where a running server and its kernels keep their connection files."""
    runtime_writable: Maybe[bool] = NOT_LOOKED
    loopback: Maybe[bool] = NOT_LOOKED
    """Two programs of this machine can speak to each other on 127.0.0.1, as a notebook and its kernel do; broken, with
    the system's words, where they cannot; absent where this session has no network at all, as in a sandbox."""
    loopback_proxies: tuple[str, ...] = ()
    """Variables of proxies from which no_proxy does not take this machine itself."""


class OtherPython(msgspec.Struct, frozen=True, kw_only=True):
    """What a Python command on PATH turns out to be."""

    command: str
    """As typed: "python3"; "" where it was found by another way (a virtual environment)."""
    path: Path
    executable: Maybe[Path] = NOT_LOOKED
    """Its own sys.executable, shims resolved."""
    prefix: Maybe[Path] = NOT_LOOKED
    version: Maybe[str] = NOT_LOOKED
    is_own: bool = False
    """It is the environment dlcheck itself runs in."""


class Pythons(msgspec.Struct, frozen=True, kw_only=True):
    """Which Pythons there are, what `python` and `pip` mean, and why one of them is judged."""

    judged: Maybe[Path] = NOT_LOOKED
    chosen_because: ForeignText = ""
    """For a person: "the active virtual environment", "python3 on PATH", "asked for by --python"."""
    found: tuple[OtherPython, ...] = ()
    pip: Maybe[Path] = NOT_LOOKED
    """`pip` on PATH."""
    pip_python: Maybe[Path] = NOT_LOOKED
    """The interpreter that `pip` belongs to."""
    store_aliases: tuple[str, ...] = ()
    """Windows: of `python` and `python3`, those that open the Store when they are typed."""


class OddFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the working folder that is not what its name says."""

    path: Path
    kind: Literal["lfs-pointer", "web-page", "windows-line-ends"]
    """lfs-pointer: what Git LFS leaves in the place of the data; web-page: HTML under the name of data or weights;
    windows-line-ends: a script whose first line ends with a carriage return."""


class OldName(msgspec.Struct, frozen=True, kw_only=True):
    """A name in a script or a notebook that its library once had."""

    path: Path
    name: str
    """"numpy.bool", "Image.ANTIALIAS", "load_boston"."""


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """The working folder, looked through to a small depth: names, sizes and the first bytes of data and scripts."""

    looked_at: int = 0
    """Files."""
    whole: bool = True
    """False: there was more than is looked through."""
    is_repository: bool = False
    """It, or a folder above it, is a git repository."""
    odd: tuple[OddFile, ...] = ()
    old_names: tuple[OldName, ...] = ()
    archive_folder: Path = ""
    """It is what a ZIP of a repository leaves, one folder in another of the same name: "course-main/course-main"."""
    uv_project: Path = ""
    """The nearest folder, this one or above it, with a uv.lock."""
    conda_file: Path = ""
    """environment.yml, where there is one."""
    conda_file_builds: int = 0
    """Packages that it pins to one build, as `conda env export` writes them."""
    conda_file_foreign: tuple[str, ...] = ()
    """Packages in it that exist for another operating system alone."""
    editor_python: Maybe[Path] = NOT_LOOKED
    """The interpreter that .vscode/settings.json names; absent where it names none."""
    editor_python_exists: bool = True
