"""Labels that people and tools give the same thing, as `pairs.label_of` leaves them: small, without "version"."""

from __future__ import annotations


def _labels(words: str) -> tuple[str, ...]:
    return tuple(label.strip() for label in words.split("·"))


OS = _labels(
    "os · operating system · os platform and distribution · os platform · platform · system · sys platform · distro"
    " · linux distribution · distribution · os pretty name · pretty name · description · os name · windows build"
    " · os distribution · your os · environment os · machine · which os · osx · macos · platform platform · product"
)
PYTHON = _labels(
    "python · python3 · sys · sys version · python v · python implementation · python build · py · v python"
    " · your python · python and os · python virtualenv · python v 3 · python used"
)
TORCH = _labels(
    "pytorch · torch · torch version · pytorch v · torch v · pytorch or torch · installed torch · pip torch"
    " · importlib metadata torch · torch build · pytorch build · pytorch torch · v torch · torch pytorch"
    " · pytorch tensorflow · library pytorch"
)
TORCHVISION = _labels("torchvision · torch vision · torchvision version · vision")
TORCHAUDIO = _labels("torchaudio · torch audio")
TENSORFLOW = _labels(
    "tensorflow · tf · tensorflow gpu · tensorflow cpu · tensorflow installed · tensorflow installed from"
    " · tensorflow version · tensor flow · tf nightly · tensorflow build"
)
CUDA = _labels(
    "cuda · cuda cudnn · cuda toolkit · cudatoolkit · cuda and cudnn · cuda tool kit · cuda v · cuda cudnn v"
    " · installed cuda · cuda driver · nvidia cuda · system cuda"
)
TORCH_CUDA = _labels(
    "torch version cuda · torch cuda · cuda used by pytorch · pytorch cuda · cuda version used by torch"
)
CUDNN = _labels("cudnn · cudnn v · torch backends cudnn")
DRIVER = _labels(
    "nvidia driver · driver · gpu driver · cuda driver · nvidia smi · nvidia driver for wsl · nvidia · driver nvidia"
    " · graphics driver · nvidia gpu driver · nvidia drivers · gpu drivers · drivers · nvidia graphics driver"
    " · driver ver"
)
GPU = _labels(
    "gpu · gpus · gpu model · gpu models · gpu name · gpu type · gpu model and memory · graphics card · gpu s"
    " · gpu models and configuration · nvidia gpu · nvidia gpu detected · pytorch gpu type · pytorch accelerator"
    " · hardware · detected physical gpus · detected gpus · video card · device name · accelerator · using gpu type"
    " · gpu device · cuda device · device · graphics · gpu 0 · gpu 1 · gpu0 · gpu card · gpu hardware · vga"
    " · torch cuda get device name · cuda device name · gpu configuration · using gpu in script · video · display"
    " · using distributed or parallel set up in script · machine · instance · gpu cuda · card"
)
CUDA_AVAILABLE = _labels(
    "is cuda available · cuda available · torch cuda is available · gpu available · is gpu available"
    " · cuda is available · cuda availability · pytorch cuda available · torch cuda available · pytorch gpu available"
    " · using gpu"
)
MPS_AVAILABLE = _labels("is mps available · torch backends mps is available · mps available · mps")
VARIABLES = (
    "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH", "CUDA_ROOT", "PYTHONPATH", "LD_PRELOAD",
    "HSA_OVERRIDE_GFX_VERSION", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
)  # fmt: skip
"""Variables of the environment that decide which libraries are loaded and which devices are seen."""
