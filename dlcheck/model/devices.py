"""Facts about accelerators and their drivers. Sizes are bytes, clocks MHz, temperatures degrees Celsius."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, Path, Serial


class PciDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A display controller or accelerator on the bus, read before any driver is asked."""

    address: str
    """"0000:01:00.0"; on macOS and Windows whatever identifies it there."""
    vendor_id: int
    device_id: int
    class_code: int = 0
    """0x0300xx display, 0x0302xx 3D controller, 0x0380xx, 0x1200xx accelerator."""
    vendor: str = ""
    """"nvidia", "amd", "intel", "google", "apple", "habana", "other"."""
    name: str = ""
    """Where the system knows one."""
    driver: Maybe[str] = NOT_LOOKED
    """The kernel driver bound to it: "nvidia", "nouveau", "vfio-pci", "amdgpu", "i915", "xe"; absent where none is."""
    virtual_function: bool = False
    power_state: str = ""
    """"D0", "D3cold"; a laptop's sleeping GPU is no fault."""
    config_all_ones: Maybe[bool] = NOT_LOOKED
    """Its configuration space reads ff ff ff ff: it fell off the bus."""
    bar_unassigned: Maybe[bool] = NOT_LOOKED
    link_speed: Maybe[str] = NOT_LOOKED
    link_width: Maybe[int] = NOT_LOOKED
    link_width_max: Maybe[int] = NOT_LOOKED
    """What the device itself could do; a slot may be narrower by its make."""
    driver_version: Maybe[str] = NOT_LOOKED
    """Windows: the display driver's version as Windows numbers it ("32.0.15.6094")."""
    problem: Maybe[int] = NOT_LOOKED
    """Windows: the device manager's error code; 0 is none, 43 a device that was stopped, 28 one without a driver."""


class Pci(msgspec.Struct, frozen=True, kw_only=True):
    """Display GPUs and accelerators on the bus."""

    devices: tuple[PciDevice, ...] = ()
    source: str = ""
    """"/sys/bus/pci", "system_profiler", "Win32_VideoController"."""
    nvswitches: int = 0
    """NVSwitch bridges on the bus: GPUs behind them need the fabric manager."""

    def of(self, vendor: str) -> tuple[PciDevice, ...]:
        """Those of one vendor."""
        return tuple(device for device in self.devices if device.vendor == vendor)


class MigInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One slice of a GPU that is split by MIG."""

    name: str = ""
    uuid: Serial = ""
    memory_bytes: Maybe[int] = NOT_LOOKED


class NvidiaGpu(msgspec.Struct, frozen=True, kw_only=True):
    """One NVIDIA GPU as NVML tells it; each field stands or falls alone."""

    index: int
    name: Maybe[str] = NOT_LOOKED
    uuid: Maybe[Serial] = NOT_LOOKED
    pci_address: Maybe[str] = NOT_LOOKED
    compute_capability: Maybe[tuple[int, int]] = NOT_LOOKED
    memory_total_bytes: Maybe[int] = NOT_LOOKED
    memory_used_bytes: Maybe[int] = NOT_LOOKED
    memory_free_bytes: Maybe[int] = NOT_LOOKED
    other_processes: Maybe[int] = NOT_LOOKED
    """How many processes compute on it."""
    other_processes_bytes: Maybe[int] = NOT_LOOKED
    compute_mode: Maybe[str] = NOT_LOOKED
    """"default", "exclusive-process", "prohibited"."""
    persistence_mode: Maybe[bool] = NOT_LOOKED
    pcie_generation: Maybe[int] = NOT_LOOKED
    pcie_generation_max: Maybe[int] = NOT_LOOKED
    pcie_width: Maybe[int] = NOT_LOOKED
    pcie_width_max: Maybe[int] = NOT_LOOKED
    ecc_enabled: Maybe[bool] = NOT_LOOKED
    ecc_uncorrected: Maybe[int] = NOT_LOOKED
    remap_pending: Maybe[bool] = NOT_LOOKED
    remap_failed: Maybe[bool] = NOT_LOOKED
    mig_enabled: Maybe[bool] = NOT_LOOKED
    mig_instances: Maybe[tuple[MigInstance, ...]] = NOT_LOOKED
    throttle_bits: Maybe[int] = NOT_LOOKED
    """nvmlClocksEventReasons."""
    temperature_celsius: Maybe[int] = NOT_LOOKED
    temperature_slowdown_celsius: Maybe[int] = NOT_LOOKED
    power_watts: Maybe[float] = NOT_LOOKED
    power_limit_watts: Maybe[float] = NOT_LOOKED
    power_limit_default_watts: Maybe[float] = NOT_LOOKED
    utilization_percent: Maybe[int] = NOT_LOOKED
    sm_clock_mhz: Maybe[int] = NOT_LOOKED
    sm_clock_max_mhz: Maybe[int] = NOT_LOOKED
    multiprocessors: Maybe[int] = NOT_LOOKED
    fabric_state: Maybe[str] = NOT_LOOKED
    """"not-supported", "not-started", "in-progress", "completed"."""
    display_active: Maybe[bool] = NOT_LOOKED
    """A screen is driven by it, which takes some of its memory."""
    virtualization: Maybe[str] = NOT_LOOKED
    """"none", "passthrough", "vgpu", "host-vgpu", "host-vsga"."""
    handle_code: int = 0
    """NVML's return code for the handle, or of a later call by which the GPU was lost (15) or needs a reset (16)."""


class Nvidia(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of NVIDIA: files of the driver, NVML's and libcuda's answers. Absent only where nothing is."""

    kernel_module_version: Maybe[str] = NOT_LOOKED
    """/proc/driver/nvidia/version or /sys/module/nvidia/version."""
    kernel_module_open: Maybe[bool] = NOT_LOOKED
    kernel_module_files: Maybe[tuple[str, ...]] = NOT_LOOKED
    """Kernel releases for which an nvidia.ko lies under /lib/modules."""
    dkms_versions: Maybe[tuple[str, ...]] = NOT_LOOKED
    """Driver versions that DKMS is to build for each new kernel (/var/lib/dkms/nvidia)."""
    blacklisted_in: tuple[Path, ...] = ()
    """Files of modprobe that forbid loading the nvidia module."""
    library_version: Maybe[str] = NOT_LOOKED
    """Version in the name of the file that libcuda.so.1 or libnvidia-ml.so.1 is."""
    device_nodes: Maybe[tuple[str, ...]] = NOT_LOOKED
    """/dev/nvidia*, /dev/dxg."""
    unreadable_nodes: tuple[str, ...] = ()
    """Of those, the ones this user may not open."""
    blocked_nodes: tuple[str, ...] = ()
    """Those whose mode lets this user in and that the kernel refuses to open (EPERM): a container's device rules."""
    modules_loaded: Maybe[tuple[str, ...]] = NOT_LOOKED
    """Of nvidia, nvidia_uvm, nvidia_modeset, nvidia_drm, nouveau."""
    nvml_library: Maybe[Path] = NOT_LOOKED
    nvml_code: Maybe[int] = NOT_LOOKED
    """nvmlInit's return code; a gap where no library was found or it never answered."""
    nvml_version: Maybe[str] = NOT_LOOKED
    """The NVML library's own version, told without the driver: "570.124.06"."""
    driver_version: Maybe[str] = NOT_LOOKED
    """As NVML tells it; on Windows the driver's own number ("572.16")."""
    driver_cuda: Maybe[tuple[int, int]] = NOT_LOOKED
    """The newest CUDA that the driver supports, as NVML tells it."""
    gpus: Maybe[tuple[NvidiaGpu, ...]] = NOT_LOOKED
    nvswitch: bool = False
    """An NVSwitch is on the bus or /dev/nvidia-nvswitchctl is there."""
    fabric_manager: Maybe[str] = NOT_LOOKED
    """State of the service where it can be told: "running", "not running"."""
    xids: Maybe[tuple[int, ...]] = NOT_LOOKED
    """Xid codes in the kernel log; a gap where the log may not be read. Never "none" because nobody looked."""
    kernel_log: Maybe[tuple[ForeignText, ...]] = NOT_LOOKED
    """The driver's own lines in the kernel log ("NVRM: …"), each once, the last 40; a gap as for `xids`."""
    tegra: str = ""
    """A Jetson or another Tegra board: the release of its Linux ("R36.4.0"), or "yes" where that is not told."""
    gsp_firmware: Maybe[bool] = NOT_LOOKED
    """Firmware for the loaded kernel module's version lies under /lib/firmware/nvidia; a gap where none is loaded."""
    compat_libraries: tuple[Path, ...] = ()
    """Folders named `compat` with a libcuda on the library search path."""

    @property
    def driver(self) -> str | None:
        """The driver's version from the nearest witness: NVML, then the loaded module."""
        for fact in (self.driver_version, self.kernel_module_version):
            if isinstance(fact, str):
                return fact
        return None


class CudaDriver(msgspec.Struct, frozen=True, kw_only=True):
    """libcuda, asked by ctypes in a child of its own."""

    library: Maybe[Path] = NOT_LOOKED
    """The file that libcuda.so.1 (nvcuda.dll) turned out to be."""
    version: Maybe[tuple[int, int]] = NOT_LOOKED
    """cuDriverGetVersion: the CUDA of the loaded libcuda."""
    init_code: Maybe[int] = NOT_LOOKED
    """cuInit(0)'s return code under this person's variables; a gap where it never came back."""
    device_count: Maybe[int] = NOT_LOOKED
    is_stub: bool = False
    unhidden_count: Maybe[int] = NOT_LOOKED
    """How many devices there are with CUDA_VISIBLE_DEVICES taken away; asked only where that variable is set."""


class VisibleDevices(msgspec.Struct, frozen=True, kw_only=True):
    """Variables that choose or hide devices, as they are set for this process."""

    variables: dict[str, ForeignText] = {}
    """CUDA_VISIBLE_DEVICES, NVIDIA_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES,
    ZE_AFFINITY_MASK, CUDA_DEVICE_ORDER, PJRT_DEVICE, JAX_PLATFORMS, TPU_VISIBLE_CHIPS …"""


class Amd(msgspec.Struct, frozen=True, kw_only=True):
    """AMD GPUs: the kernel driver, the compute nodes and ROCm's user space."""

    module_loaded: Maybe[bool] = NOT_LOOKED
    module_version: Maybe[str] = NOT_LOOKED
    """Of an amdgpu module from outside the kernel (DKMS); absent for the kernel's own."""
    kfd: Maybe[bool] = NOT_LOOKED
    """/dev/kfd is there."""
    kfd_accessible: Maybe[bool] = NOT_LOOKED
    render_accessible: Maybe[bool] = NOT_LOOKED
    gfx: Maybe[tuple[str, ...]] = NOT_LOOKED
    """"gfx1100", by the topology of KFD."""
    rocm_version: Maybe[str] = NOT_LOOKED
    user_groups: Maybe[tuple[ForeignText, ...]] = NOT_LOOKED
    """Groups of this process."""
    closed_groups: tuple[ForeignText, ...] = ()
    """Groups that own the nodes which this user may not open; a number where the group has no name here."""
    pending_groups: tuple[ForeignText, ...] = ()
    """Of those, the ones the user is listed in, but this login is older than that: log out and in again."""
    gfx_override: str = ""
    """HSA_OVERRIDE_GFX_VERSION."""


class Intel(msgspec.Struct, frozen=True, kw_only=True):
    """Intel GPUs: which kernel driver, Level Zero."""

    driver: Maybe[str] = NOT_LOOKED
    level_zero: Maybe[bool] = NOT_LOOKED
    """Level Zero's loader (libze_loader.so.1, ze_loader.dll) is there."""
    level_zero_gpu: Maybe[bool] = NOT_LOOKED
    """Linux: its GPU driver (libze_intel_gpu.so.1) is there."""
    render_accessible: Maybe[bool] = NOT_LOOKED


class Apple(msgspec.Struct, frozen=True, kw_only=True):
    """Apple silicon and Metal."""

    chip: Maybe[str] = NOT_LOOKED
    gpu_cores: Maybe[int] = NOT_LOOKED
    metal: Maybe[str] = NOT_LOOKED
    rosetta: Maybe[bool] = NOT_LOOKED
    """dlcheck's own process is translated by Rosetta."""
    command_line_tools: Maybe[bool] = NOT_LOOKED


class Tpu(msgspec.Struct, frozen=True, kw_only=True):
    """Google TPUs: what told of them, and the libraries that could drive them."""

    evidence: tuple[ForeignText, ...]
    """"PCI device 1ae0:0063 (TPU v5e)", "/dev/accel0", "the variable TPU_ACCELERATOR_TYPE"."""
    chips: Maybe[int] = NOT_LOOKED
    version: Maybe[str] = NOT_LOOKED
    device_files: tuple[str, ...] = ()
    unreadable_files: tuple[str, ...] = ()
    variables: dict[str, ForeignText] = {}
    lock_file: Maybe[bool] = NOT_LOOKED
    """/tmp/libtpu_lockfile is there: another process may hold the TPU. Never opened."""
    library: Maybe[Path] = NOT_LOOKED
    """A libtpu.so of the system or of TPU_LIBRARY_PATH; one from a package is among the packages."""


class ArrayDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device as a framework names it, and what it made of the known product."""

    name: str
    """"cpu", "cuda:0", "mps", "xpu:0", "xla:0", "GPU:0"."""
    kind: Literal["cpu", "cuda", "rocm", "mps", "xpu", "xla", "tpu", "other"]
    model: Maybe[str] = NOT_LOOKED
    compute_capability: Maybe[tuple[int, int]] = NOT_LOOKED
    gfx: Maybe[str] = NOT_LOOKED
    memory_total_bytes: Maybe[int] = NOT_LOOKED
    product_right: Maybe[bool] = NOT_LOOKED
    """A small matrix product on it was the known answer; a gap with the error's words where it raised."""
    product_detail: ForeignText = ""
    product_seconds: float = 0.0
