"""A profile from a machine that works: what it has, others are asked for."""

from __future__ import annotations

import re

from dlcheck.judge.knowledge.versions import numbers
from dlcheck.model.gaps import Missing, known
from dlcheck.model.profile import Accelerator, Hardware, Profile
from dlcheck.model.snapshot import Snapshot

LIBRARIES = (
    "torch", "torchvision", "torchaudio", "tensorflow", "tensorflow-cpu", "jax", "keras", "numpy", "pandas", "scipy",
    "matplotlib", "seaborn", "scikit-learn", "scikit-image", "opencv-python", "opencv-python-headless", "pillow",
    "timm", "albumentations", "transformers", "datasets", "tokenizers", "accelerate", "peft", "safetensors",
    "sentencepiece", "diffusers", "evaluate", "lightning", "pytorch-lightning", "xgboost", "lightgbm", "jupyter",
    "jupyterlab", "notebook", "ipykernel", "openpyxl", "nltk", "spacy", "gymnasium", "torch-geometric", "wandb",
    "tensorboard", "fastai",
)  # fmt: skip
"""What courses and projects ask for by name; everything else comes with them."""
GIB = 2**30
EXPECTED: dict[str, Accelerator] = {
    "cuda": "cuda",
    "rocm": "rocm",
    "mps": "mps",
    "xpu": "xpu",
    "tpu": "tpu",
    "xla": "tpu",
}


def from_machine(snapshot: Snapshot, name: str) -> Profile:
    """What this machine has, as a profile: its minor Python version, its libraries, the accelerators that computed.

    RAM and disk are asked for by half of what is there, in whole powers of two: others need not have the same machine.
    """
    interpreter, git = snapshot.interpreter.value, snapshot.git.value
    version = numbers(interpreter.version)[:2] if interpreter is not None else ()
    return Profile(
        name=name,
        title=f"Made from a machine that works, {snapshot.taken_at[:10]}",
        python=f">={version[0]}.{version[1]},<{version[0]}.{version[1] + 1}" if len(version) == 2 else "",
        required=_required(snapshot),
        tools_required=("git",) if git is not None else (),
        expects=_expects(snapshot),
        minimum=_minimum(snapshot),
    )


def _required(snapshot: Snapshot) -> tuple[str, ...]:
    packages = snapshot.packages.value
    found = {one.name: one.version for one in packages.distributions} if packages is not None else {}
    return tuple(f"{name}>={_minor(found[name])}" for name in LIBRARIES if name in found)


def _minor(version: str) -> str:
    """Major and minor version: "2.13.0+cu130" → "2.13"."""
    return ".".join(re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:2]) or "0"


def _expects(snapshot: Snapshot) -> tuple[Accelerator, ...]:
    """Accelerators on which a framework computed the known product."""
    frameworks = (snapshot.torch.value, snapshot.tensorflow.value, snapshot.jax.value, snapshot.torch_xla.value)
    kinds = [
        EXPECTED[device.kind]
        for framework in frameworks
        if framework is not None
        for device in framework.devices
        if device.kind in EXPECTED and device.product_right is True
    ]
    return tuple(dict.fromkeys(kinds))


def _minimum(snapshot: Snapshot) -> Hardware:
    memory, nvidia = snapshot.memory.value, snapshot.nvidia.value
    gpus = () if nvidia is None or isinstance(nvidia.gpus, Missing) else nvidia.gpus
    sizes = [size for gpu in gpus if (size := known(gpu.memory_total_bytes)) is not None]
    capabilities = [one for gpu in gpus if (one := known(gpu.compute_capability)) is not None]
    driver = nvidia.driver if nvidia is not None and gpus else None
    return Hardware(
        ram_bytes=_half(memory.usable_bytes) if memory is not None else 0,
        gpu_count=len(gpus),
        gpu_memory_bytes=min(sizes) // GIB * GIB if sizes and len(sizes) == len(gpus) else 0,
        compute_capability=min(capabilities) if capabilities and len(capabilities) == len(gpus) else None,
        driver=str(numbers(driver)[0]) if driver and numbers(driver) else "",
    )


def _half(count: int) -> int:
    """The power of two, in GiB, that is at most half of it, or nearly so: of 15.6 GB, 8."""
    wanted, size = count / 2 / 0.9, GIB
    while size * 2 <= wanted:
        size *= 2
    return size if size <= wanted else 0
