"""The versions and settings that decide how fast a product is. Variables of an allow-list alone."""

import os
import platform
import re
import sys
from importlib import metadata

from . import processor
from .watch import read

BEGINNINGS = ("OMP_", "MKL_", "OPENBLAS_", "KMP_", "GOMP_", "ONEDNN_", "DNNL_")
NAMES = (
    "ATEN_CPU_CAPABILITY", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
    "CUDA_LAUNCH_BLOCKING",
    "NVIDIA_TF32_OVERRIDE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "PYTORCH_TUNABLEOP_ENABLED", "PYTORCH_CUDA_ALLOC_CONF",
    "PJRT_DEVICE", "CUBLAS_WORKSPACE_CONFIG",
)  # fmt: skip


def of(library):
    """Facts of the interpreter, the library and its parts."""
    facts = {
        "python": platform.python_version(),
        "executable": sys.executable,
        "env": variables(os.environ),
        "caches_bytes": caches(),
        "machine": machine(),
    }
    facts.update(library.versions())
    return facts


def variables(environ):
    """Those that change the figures; cut, for none of them is long."""
    return {name: str(environ[name])[:200] for name in sorted(environ) if name in NAMES or name.startswith(BEGINNINGS)}


def machine():
    """What decides the processor's speed, by the names of the model; but for its numbers only Linux tells it."""
    facts = {}
    facts.update(processor.numbers())
    governor = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip()
    if governor:
        facts["governor"] = governor
    pages = re.search(r"\[(\w+)\]", read("/sys/kernel/mm/transparent_hugepage/enabled"))
    if pages:
        facts["transparent_huge_pages"] = pages.group(1)
    supplies = "/sys/class/power_supply"
    kinds = [
        tuple(read("%s/%s/%s" % (supplies, name, what)).strip() for what in ("type", "online"))
        for name in (sorted(os.listdir(supplies)) if os.path.isdir(supplies) else ())
    ]
    mains = [online for kind, online in kinds if kind == "Mains"]
    if mains and any(kind == "Battery" for kind, _ in kinds):
        facts["on_battery"] = "1" not in mains
    return facts


def parse_config(text):
    """Versions of MKL, oneDNN and OpenBLAS in the text of torch.__config__.show()."""
    patterns = {
        "mkl": r"Math Kernel Library Version (\S+)",
        "onednn": r"(?:MKL-DNN|oneDNN) v(\S+)",
        "openblas": r"OpenBLAS[ /v]*(\d[\w.]*)",
        "blas_info": r"BLAS_INFO=(\w+)",
    }
    found = ((name, re.search(pattern, text)) for name, pattern in patterns.items())
    return {name: match.group(1) for name, match in found if match}


def triton_version():
    """Of the compiler that torch was installed with, whichever build it is; "" where there is none."""
    for name in ("triton", "pytorch-triton-rocm", "triton-rocm", "pytorch-triton-xpu", "triton-xpu", "triton-windows"):
        try:
            return str(metadata.version(name))
        except Exception:
            continue  # not installed, or what is installed says nothing of itself
    return ""


def caches(root="/sys/devices/system/cpu/cpu0/cache"):
    """Bytes of the caches that the first processor sees: "L1d", "L2", "L3"; empty where the kernel does not tell."""
    found = {}
    for index in range(8):
        parts = []
        for name in ("level", "type", "size"):
            try:
                with open("%s/index%d/%s" % (root, index, name)) as file:
                    parts.append(file.read().strip())
            except OSError:
                break
        if len(parts) == 3 and parts[1] != "Instruction" and re.match(r"^\d+[KM]$", parts[2]):
            size = int(parts[2][:-1]) << (10 if parts[2][-1] == "K" else 20)
            found["L1d" if parts[0] == "1" else "L" + parts[0]] = size
    return found
