"""A probe's facts in a few words, for the moments while others are still looking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcheck.model.devices import Nvidia
from dlcheck.model.frameworks import Jax, TensorFlow, Torch
from dlcheck.model.gaps import Missing, known
from dlcheck.model.host import Cpu, Memory, Os
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.tools import Conda, Git

WAITING: dict[str, str] = {
    "torch": "importing PyTorch",
    "tensorflow": "importing TensorFlow",
    "jax": "importing JAX",
    "torch_xla": "importing torch_xla",
    "numerics": "calculating",
    "libraries": "importing the libraries",
    "packages": "reading the packages",
    "interpreter": "asking Python",
    "nvidia": "asking the NVIDIA driver",
    "cuda_driver": "asking CUDA",
    "storage": "trying the disk",
    "pythons": "looking for Pythons",
    "project": "looking through the working folder",
    "requirements": "looking up requirements",
}
"""What a probe is doing; one that is not here is doing what its name says."""


def waiting_for(name: str) -> str:
    """What this probe is doing."""
    return WAITING.get(name, name.replace("_", " "))


def glimpse(name: str, value: Any) -> str:
    """The first thing worth knowing of these facts; "" where there is none."""
    words = WORDS.get(name)
    return words(value) if words is not None and value is not None else ""


def _os(os: Os) -> str:
    return os.name


def _cpu(cpu: Cpu) -> str:
    return known(cpu.brand) or f"{cpu.logical_cores} cores"


def _memory(memory: Memory) -> str:
    return f"{memory.usable_bytes / 2**30:.0f} GB RAM"


def _git(git: Git) -> str:
    return f"git {git.version}"


def _conda(conda: Conda) -> str:
    return conda.family


def _interpreter(interpreter: Interpreter) -> str:
    return f"Python {interpreter.version}"


def _packages(packages: Packages) -> str:
    return f"{len(packages.distributions)} packages"


def _nvidia(nvidia: Nvidia) -> str:
    if isinstance(nvidia.gpus, Missing):
        return ""
    return ", ".join(known(gpu.name) or f"GPU {gpu.index}" for gpu in nvidia.gpus)


def _torch(torch: Torch) -> str:
    return f"PyTorch {torch.version}"


def _tensorflow(tensorflow: TensorFlow) -> str:
    return f"TensorFlow {tensorflow.version}"


def _jax(jax: Jax) -> str:
    return f"JAX {jax.version}"


WORDS: dict[str, Callable[[Any], str]] = {
    "os": _os,
    "cpu": _cpu,
    "memory": _memory,
    "git": _git,
    "conda": _conda,
    "interpreter": _interpreter,
    "packages": _packages,
    "nvidia": _nvidia,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "jax": _jax,
}
