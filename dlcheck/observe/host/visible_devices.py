"""Variables that choose or hide devices, from an allow-list."""

from __future__ import annotations

from collections.abc import Mapping

from dlcheck.model.devices import VisibleDevices
from dlcheck.model.gaps import Probed, seen
from dlcheck.observe.context import Context

ALLOWED = (
    "CUDA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER",
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_REQUIRE_CUDA",
    "PYTORCH_NVML_BASED_CUDA_CHECK",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "GPU_DEVICE_ORDINAL",
    "HSA_OVERRIDE_GFX_VERSION",
    "ZE_AFFINITY_MASK",
    "ONEAPI_DEVICE_SELECTOR",
    "HABANA_VISIBLE_DEVICES",
    "ASCEND_RT_VISIBLE_DEVICES",
    "TPU_VISIBLE_CHIPS",
    "TPU_VISIBLE_DEVICES",
    "PJRT_DEVICE",
    "JAX_PLATFORMS",
    "JAX_PLATFORM_NAME",
    "ACCELERATE_USE_CPU",
    "PYTORCH_ENABLE_MPS_FALLBACK",
    "SLURM_JOB_GPUS",
    "SLURM_GPUS_ON_NODE",
)
"""Names of devices, platforms and versions: none of these holds a secret."""

LONGEST = 1000


def probe(context: Context) -> Probed[VisibleDevices]:
    """Those that are set; one that is set and empty counts."""
    return seen(read(context.environ))


def read(environ: Mapping[str, str]) -> VisibleDevices:
    """The allowed variables of an environment."""
    return VisibleDevices(variables={name: environ[name][:LONGEST] for name in ALLOWED if name in environ})
