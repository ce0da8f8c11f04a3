"""Facts about the judged interpreter's frameworks and numerical libraries, and what they compute."""

from __future__ import annotations

from typing import Literal

import msgspec

from dlcheck.model.devices import ArrayDevice
from dlcheck.model.gaps import NOT_LOOKED, ForeignText, Maybe, Path


class ImportFailure(msgspec.Struct, frozen=True, kw_only=True):
    """An exception that an import raised."""

    kind: str
    """"ImportError", "OSError", "SystemExit"."""
    message: ForeignText
    traceback: ForeignText = ""


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """One calculation with a known answer, as it came out in the judged environment."""

    name: str
    """What was calculated: "dot-product", "chain-rule", "linear-regression"."""
    topic: str
    """The check that judges it: "vector-products", "derivatives", "regression"."""
    library: str
    """"python", "numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "torch", "tensorflow"."""
    device: str = "cpu"
    outcome: Literal["right", "wrong", "error", "import-failed", "missing-library", "left-out"] = "right"
    """error: it raised or ended its process, `got` holds the words. import-failed: its library is installed and could
    not be imported. left-out: only under `--deep`, or not offered by this version or device, `got` then says why."""
    expected: str = ""
    got: ForeignText = ""
    needs: str = ""
    """The distribution to install, where a library is missing; else a second one that the library needs for it."""
    seconds: float = 0.0


class Torch(msgspec.Struct, frozen=True, kw_only=True):
    """PyTorch, really imported. The probe's gap tells where that failed, its ending how."""

    version: str
    location: Path = ""
    import_seconds: float = 0.0
    warnings: tuple[ForeignText, ...] = ()
    cuda: Maybe[str] = NOT_LOOKED
    """torch.version.cuda; absent in a build without it."""
    hip: Maybe[str] = NOT_LOOKED
    xpu: Maybe[str] = NOT_LOOKED
    cudnn: Maybe[str] = NOT_LOOKED
    arch_list: Maybe[tuple[str, ...]] = NOT_LOOKED
    """"sm_80", "compute_120", "gfx942": of the build, whether a GPU is there or not."""
    numpy_bridge: Maybe[bool] = NOT_LOOKED
    """torch.from_numpy works; a gap with the words where NumPy's ABI does not fit."""
    cuda_available: Maybe[bool] = NOT_LOOKED
    """Also of ROCm builds, which answer by the same name."""
    cuda_reason: ForeignText = ""
    """The warning that torch gave when it said no."""
    cuda_driver_version: Maybe[int] = NOT_LOOKED
    mps_built: Maybe[bool] = NOT_LOOKED
    mps_available: Maybe[bool] = NOT_LOOKED
    xpu_available: Maybe[bool] = NOT_LOOKED
    xpu_reason: ForeignText = ""
    threads: Maybe[int] = NOT_LOOKED
    devices: tuple[ArrayDevice, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    libraries: tuple[Path, ...] = ()
    """CUDA, cuDNN, NCCL, OpenMP and MKL files that the process really loaded."""
    missing_libraries: tuple[str, ...] = ()


class TensorFlow(msgspec.Struct, frozen=True, kw_only=True):
    """TensorFlow, really imported."""

    version: str
    location: Path = ""
    import_seconds: float = 0.0
    warnings: tuple[ForeignText, ...] = ()
    cuda: Maybe[str] = NOT_LOOKED
    cudnn: Maybe[str] = NOT_LOOKED
    gpu_build: Maybe[bool] = NOT_LOOKED
    gpu_reason: ForeignText = ""
    arch_list: Maybe[tuple[str, ...]] = NOT_LOOKED
    """"sm_80", "compute_90": of the build, whether a GPU is there or not; absent in a build without CUDA."""
    devices: tuple[ArrayDevice, ...] = ()
    exercises: tuple[Exercise, ...] = ()


class Jax(msgspec.Struct, frozen=True, kw_only=True):
    """JAX, really imported, without touching a TPU."""

    version: str
    location: Path = ""
    import_seconds: float = 0.0
    warnings: tuple[ForeignText, ...] = ()
    backend: Maybe[str] = NOT_LOOKED
    reason: ForeignText = ""
    devices: tuple[ArrayDevice, ...] = ()
    exercises: tuple[Exercise, ...] = ()


class TorchXla(msgspec.Struct, frozen=True, kw_only=True):
    """torch_xla, asked only where a TPU or its packages are there."""

    version: str
    import_seconds: float = 0.0
    pjrt_device: str = ""
    devices: tuple[ArrayDevice, ...] = ()
    exercises: tuple[Exercise, ...] = ()


class Numerics(msgspec.Struct, frozen=True, kw_only=True):
    """What Python, NumPy, pandas, SciPy, scikit-learn and Matplotlib computed against known answers."""

    imports: dict[str, str] = {}
    """Library → version, for those that were imported."""
    failed_imports: dict[str, ImportFailure] = {}
    exercises: tuple[Exercise, ...] = ()


class LibraryImport(msgspec.Struct, frozen=True, kw_only=True):
    """One library of the profile, imported under `--deep`."""

    name: str
    """The distribution."""
    module: str
    version: str = ""
    seconds: float = 0.0
    error: Maybe[ForeignText] = NOT_LOOKED
    """The exception or the crash in words; absent where the import worked."""


class Libraries(msgspec.Struct, frozen=True, kw_only=True):
    """Every library of the profile, imported in a child of its own."""

    imported: tuple[LibraryImport, ...] = ()
