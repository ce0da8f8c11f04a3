"""What a pasted text says of the NVIDIA driver and of TensorFlow's CUDA, where nobody can ask the machine."""

from __future__ import annotations

from dlcheck.judge.knowledge.tensorflow_releases import Release, soname, tested_with
from dlcheck.judge.nvidia_facts import driver_version, gpu_is_there
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.frameworks import TensorFlow
from dlcheck.model.gaps import Missing, known
from dlcheck.model.snapshot import Snapshot

NO_DRIVER = (
    r"Found no NVIDIA driver on your system|couldn'?t communicate with the NVIDIA driver|NVML: Driver Not Loaded"
    r"|kernel driver does not appear to be running"
    r"|libcuda\.so(?:\.1)?'?[;:] (?:dlerror|cannot open shared object)|nvcuda\.dll'?[;:]? (?:dlerror|not found)"
    r"|libnvidia-ml\.so(?:\.1)?: cannot open shared object"
)
NO_PROGRAM = r"nvidia-smi: command not found|command not found: nvidia-smi|'nvidia-smi' is not recognized"
GPU_WAS_SEEN = (
    r"Cannot dlopen some GPU libraries"
    r"|Could not load dynamic library '(?:lib)?(?:cublas|cufft|curand|cusolver|cusparse|cudnn)"
)
"""What TensorFlow says only after it has found a GPU: before that it opens no library but libcudart."""
OLD_DRIVER = (
    r"NVIDIA driver on your system is too old|unsatisfied condition: cuda *>=|driver version is insufficient"
    r"|does not support the required CUDA version|please update your (?:GPU |NVIDIA )?driver"
)


def no_driver(snapshot: Snapshot) -> list[str]:
    """What in the text says that there is no working driver: evidence, empty where nothing does."""
    complaint = said(snapshot, NO_DRIVER) or ("" if _no_gpu_is_meant(snapshot) else said(snapshot, NO_PROGRAM))
    nvidia, torch, cloud = snapshot.nvidia.value, snapshot.torch.value, snapshot.cloud.value
    if torch is not None and torch.cuda_available is True:
        return []  # nvidia-smi may be missing where the driver is well, as in WSL
    other = snapshot.pci.value is not None and bool(snapshot.pci.value.of("amd")) and not gpu_is_there(snapshot)
    if complaint and not other and not (cloud is not None and cloud.is_notebook):
        return [complaint]
    if nvidia is None or torch is None or torch.cuda_available is not False:
        return []
    words = nvidia.driver_version
    if not isinstance(words, Missing) or words.gap == "not-looked":
        return []
    build, pasted = torch_build(snapshot), snapshot.pasted.value
    toolkit = known(pasted.toolkit_cuda) if pasted else None
    if not (build is not None and build.cuda) or not (toolkit or gpu_is_there(snapshot)):
        return []
    there = f"a CUDA toolkit {toolkit} is there" if toolkit else "a GPU is named"
    return [f"driver: “{words.why}”; CUDA is not available to {build.words}", there]


def _no_gpu_is_meant(snapshot: Snapshot) -> bool:
    """Is this a Mac, or a PyTorch without CUDA on a machine of which no NVIDIA GPU is named?

    There nvidia-smi is missing by right.
    """
    if snapshot.os.value is not None and snapshot.os.value.system == "darwin":
        return True
    build = torch_build(snapshot)
    return build is not None and not (build.cuda or gpu_is_there(snapshot) or cuda_is_meant(snapshot))


def old_driver(snapshot: Snapshot) -> str:
    """The line in which the text says that the driver is too old; "" where none does."""
    return said(snapshot, OLD_DRIVER)


def other_cuda_for_tensorflow(tensorflow: TensorFlow, snapshot: Snapshot) -> list[str]:
    """What in the text says that TensorFlow finds another CUDA or cuDNN than it was built for."""
    pasted = snapshot.pasted.value
    if pasted is None or not (gpu_is_there(snapshot) or cuda_is_meant(snapshot) or said(snapshot, GPU_WAS_SEEN)):
        return []
    built = None if pasted.built_from_source else tested_with(tensorflow.version)
    missing = [one for one in pasted.missing_libraries if not one.startswith(("libcuda.so", "libnvidia", "libnvinfer"))]
    evidence = [f"not found: {', '.join(missing[:6])}"] if missing else []
    if built is not None:
        evidence += _differences(
            built, known(pasted.toolkit_cuda) or known(pasted.stated_cuda), known(pasted.system_cudnn)
        )
    if not evidence and (refused := said(snapshot, r"Cannot dlopen some GPU libraries")):
        evidence = [refused]
    if not evidence:
        return []
    needs = f", which is built for CUDA {built.cuda} and cuDNN {built.cudnn}" if built else ""
    return [f"TensorFlow {tensorflow.version or 'of a version that is not told'}{needs}", *evidence]


def _differences(built: Release, cuda: str | None, cudnn: str | None) -> list[str]:
    """In what the CUDA and cuDNN that the text names differ from those whose files TensorFlow opens by name."""
    found = []
    if cuda and soname("cuda", cuda) != soname("cuda", built.cuda):
        found.append(f"the text names CUDA {cuda}")
    if cudnn and soname("cudnn", cudnn) != soname("cudnn", built.cudnn):
        found.append(f"the text names cuDNN {cudnn}")
    return found


def driver_words(snapshot: Snapshot) -> str:
    """The driver in words: "driver 470.86", "driver of unknown version"."""
    return f"driver {driver_version(snapshot) or 'of unknown version'}"


def cuda_is_meant(snapshot: Snapshot) -> str:
    """Of a text that names no GPU: the CUDA that somebody installed to use one, in words; "" where it names none."""
    pasted = snapshot.pasted.value
    named = (known(pasted.toolkit_cuda) or known(pasted.stated_cuda)) if pasted else None
    return f"CUDA {named} is installed" if named else ""


def cuda_asked_for(snapshot: Snapshot) -> str:
    """CUDA that was asked for in the same installation as PyTorch: "cudatoolkit=10.1 was asked for"; "" where none."""
    pasted = snapshot.pasted.value
    asked = [one.requirement for one in pasted.attempts if not one.failed] if pasted else []
    named = [one for one in asked if one.startswith(("cudatoolkit", "pytorch-cuda"))]
    return f"{named[0]} was asked for" if named else ""
