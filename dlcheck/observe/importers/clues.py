"""What the sources in one text told, before it becomes a Snapshot. The first word on a thing stands."""

from __future__ import annotations

import msgspec

from dlcheck.model.gaps import Missing
from dlcheck.model.pasted import Extension, InstallAttempt
from dlcheck.model.python import Unsatisfied

NOT_TOLD = Missing("not-looked", "not in the text")
MOST_GPUS = 64
"""Of one text; more are noise."""
MOST_PACKAGES = 3_000


class ToldGpu(msgspec.Struct, kw_only=True):
    """A GPU that the text names."""

    name: str
    memory_bytes: int | None = None
    capability: tuple[int, int] | None = None
    lost: bool = False


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that the text lists."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    installer: str = ""
    build: str = ""
    channel: str = ""


class FailedImport(msgspec.Struct, frozen=True, kw_only=True):
    """An import that raised."""

    module: str
    kind: str
    """"ImportError", "OSError"."""
    message: str


class Crash(msgspec.Struct, frozen=True, kw_only=True):
    """An import that ended the process."""

    module: str
    words: str
    """The shell's: "Illegal instruction"."""
    signal: str


class Clues(msgspec.Struct, kw_only=True):
    """Everything that was told; None where nothing was."""

    sources: list[str] = []
    crashed: Crash | None = None
    system: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    machine: str | None = None
    kernel: str | None = None
    glibc: str | None = None
    musl: bool | None = None
    wsl: int | None = None
    windows_build: int | None = None
    container: str | None = None
    cloud: str | None = None
    cpu: str | None = None
    instruction_sets: tuple[str, ...] | None = None

    python: str | None = None
    python_bits: int | None = None
    python_machine: str | None = None
    python_platform: str | None = None
    python_executable: str | None = None
    python_translated: bool | None = None
    conda: bool | None = None
    free_threaded: bool | None = None
    search_path: tuple[str, str] | None = None
    """The user's own site-packages, and the environment's that come after them."""

    torch: str | None = None
    torch_cuda: str | Missing | None = None
    """The CUDA it was built for; absent: the text says that it was built without."""
    torch_hip: str | Missing | None = None
    torch_cuda_available: bool | None = None
    torch_reason: str | None = None
    """The warning with which torch said no to CUDA."""
    torch_archs: tuple[str, ...] | None = None
    torch_location: str | None = None
    torchvision: str | None = None
    torchvision_cuda: str | Missing | None = None
    torchaudio: str | None = None
    torchaudio_cuda: str | Missing | None = None
    mps_available: bool | None = None
    mps_built: bool | None = None

    tensorflow: str | None = None
    tensorflow_shown: bool | None = None
    """It is there, whatever its version: its own log says so."""
    tensorflow_gpus: int | None = None
    tensorflow_cuda: str | None = None
    tensorflow_cudnn: str | None = None
    jax: str | None = None
    jaxlib: str | None = None
    jax_backend: str | None = None

    gpus: list[ToldGpu] = []
    gpus_told_none: str | None = None
    """The words with which the text says that there is none: "No CUDA", "Could not collect"."""
    driver_told_none: str | None = None
    nvidia_answered: bool | None = None
    """nvidia-smi or NVML answered."""
    nvml_code: int | None = None
    driver: str | None = None
    driver_cuda: str | None = None
    kernel_module: str | None = None
    kernel_module_open: bool | None = None
    library: str | None = None
    xids: list[int] = []
    kernel_log: list[str] = []
    cuda_init_code: int | None = None
    cuda_library: str | None = None
    fabric_state: str | None = None
    device_nodes: tuple[str, ...] = ()
    """NVIDIA's device files, where the text lists them."""
    compat_libraries: list[str] = []
    amd_names: list[str] = []
    amd_gfx: list[str] = []
    rocm: str | None = None

    docker: str | None = None
    """Where `docker` lies."""
    toolkit: str | None = None
    cudnn: str | None = None
    cuda_home: str | None = None
    stated_cuda: str | None = None
    compiler: str | None = None
    from_source: bool | None = None
    variables: dict[str, str] = {}
    installed: list[Installed] = []
    extensions: list[Extension] = []
    attempts: list[InstallAttempt] = []
    failed_imports: list[FailedImport] = []
    missing_libraries: list[str] = []
    shadows: dict[str, str] = {}
    """Module → the file of the person's own that is imported in its place."""
    unsatisfied: list[Unsatisfied] = []
    conda_builds: int = 0
    conda_foreign: list[str] = []
    """Packages of an environment.yml that another system alone has."""
    absent: list[str] = []
    """Modules that the text says are not there."""
    ended_by: str | None = None
    """The well-known distribution whose module the last error of the text did not find."""
    pip_folder: str | None = None
    """Where pip finds what the Python that ran does not find."""
    notebook_lacks: str = ""
    """A module that was imported at a terminal's prompt and that a notebook, or IPython, did not find."""
    kernel_python: str | None = None
    errors: list[str] = []
    error_is_plain: bool = False
    """One of them is told by more than a word of everyday language."""

    @property
    def tells_something(self) -> bool:
        """Is there anything in it that a judge could use?"""
        named = (
            self.torch,
            self.tensorflow,
            self.jax,
            self.python,
            self.driver,
            self.os_name,
            self.toolkit,
            self.cuda_init_code,
            self.cuda_library,
            self.crashed,
        )
        listed = (
            self.gpus,
            self.installed,
            self.attempts,
            self.extensions,
            self.failed_imports,
            self.amd_gfx,
            self.xids,
            self.shadows,
            self.unsatisfied,
            self.conda_foreign,
            self.pip_folder,
        )
        kinds = [kind for kind in self.sources if kind not in ("error message", "traceback")]
        return bool(
            kinds
            or self.error_is_plain
            or self.missing_libraries
            or any(listed)
            or any(one is not None for one in named)
        )

    def tell(self, **values: object) -> None:
        """Record values of fields that nobody told yet; None and "" tell nothing."""
        for name, value in values.items():
            if value not in (None, "") and getattr(self, name) is None:
                setattr(self, name, value)

    def shadow(self, module: str, path: str) -> None:
        """Record a file of the person's own that is imported in the place of a library."""
        if len(self.shadows) < MOST_GPUS:
            self.shadows.setdefault(module, path)

    def source(self, name: str) -> None:
        """Record that a kind of text was recognised."""
        if name not in self.sources:
            self.sources.append(name)

    def gpu(
        self,
        name: str,
        *,
        memory_bytes: int | None = None,
        capability: tuple[int, int] | None = None,
        lost: bool = False,
    ) -> None:
        """Record a GPU."""
        if len(self.gpus) < MOST_GPUS:
            self.gpus.append(ToldGpu(name=name, memory_bytes=memory_bytes, capability=capability, lost=lost))

    def install(self, one: Installed) -> None:
        """Record a distribution; one that is told again just so is the same."""
        if len(self.installed) < MOST_PACKAGES and one not in self.installed[-MOST_GPUS:]:
            self.installed.append(one)

    def listed(self, *names: str) -> Installed | None:
        """The first listed distribution of one of these names."""
        return next((one for one in self.installed if one.name in names), None)
