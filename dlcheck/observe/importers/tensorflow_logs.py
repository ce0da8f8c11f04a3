"""What TensorFlow logs of the GPU: libraries it opened or missed, devices it found, what it was built with."""

from __future__ import annotations

import re

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text
from dlcheck.observe.importers.words import cuda_in

_FOUND = (
    r"Found device \d{1,2} with properties:\s{0,20}(?:\n[^\n]{0,200}){0,2}?name: (?P<name>"
    r"[^\n]{2,60}?)[ \t]+(?:computeCapability|major): (?P<major>\d{1,2})[. ](?:minor: )?(?P<minor>\d)"
)
_CREATED = (
    r"Created (?:TensorFlow )?device [^\n]{0,200}?name: (?P<name>[^,\n]{2,60}), pci bus id: "
    r"[^,\n]{4,20}, compute capability: (?P<major>\d{1,2})\.(?P<minor>\d)"
)
_LISTED = (
    r"(?:list_physical_devices\([\"']?(?:GPU)?[\"']?\)\)?|Is GPU Available|Num GPUs Available"
    r"|GPUs? [Aa]vailable|gpus?)[^\n\[\d]{0,30}[:\n ]?\s{0,3}(?P<answer>\[[^\]]{0,300}\]|\d{1,2}\b)"
)
_LOGGED = r"(?<!org_)tensorflow/(?:stream_executor|core|compiler|tsl)/[\w/]{1,80}\.cc:\d"
_TOOLKIT = r"/cuda-(\d{1,2}\.\d)/|\\CUDA\\v(\d{1,2}\.\d)\\"


def read(text: Text, clues: Clues) -> None:
    """Tell what TensorFlow's own log says."""
    if not text.has("tensorflow", "dso_loader", "list_physical_devices", "cudart", "num gpus", "is gpu available"):
        return
    if text.search(r"tensorflow[/\\\\]\w[^\n]{0,100}\.cc:\d{1,5}\]", ".cc:"):
        clues.source("TensorFlow log")
    _only_by_its_log(text, clues)
    for found in text.findall(_FOUND, "with properties") or text.findall(_CREATED, "created"):
        clues.source("TensorFlow log")
        if found["name"] not in [gpu.name for gpu in clues.gpus]:
            clues.gpu(found["name"], capability=(int(found["major"]), int(found["minor"])))
    if text.search(_CREATED, "created"):
        clues.tell(tensorflow_gpus=1)
    if listed := text.search(_LISTED, "list_physical_devices", "gpus available", "gpu available"):
        words = listed["answer"]
        clues.tell(
            tensorflow_gpus=words.count("GPU:") or words.count("PhysicalDevice") if words[0] == "[" else int(words)
        )
    if text.search(
        r"Cannot dlopen some GPU libraries|Skipping registering GPU devices", "cannot dlopen", "skipping registering"
    ):
        clues.source("TensorFlow log")
        clues.tell(tensorflow_gpus=0)
    if built := text.search(r"[\"']cuda_version[\"']: [\"']([\d.]{2,8})", "cuda_version"):
        clues.tell(tensorflow_cuda=cuda_in(built.group(1)))
    if built := text.search(r"[\"']cudnn_version[\"']: [\"']([\d.]{1,8})", "cudnn_version"):
        clues.tell(tensorflow_cudnn=built.group(1))
    if loaded := text.search(r"Loaded (?:runtime )?[Cc]u[Dd][Nn][Nn] (?:library|version):? (\d[\d.]{2,8})", "loaded "):
        clues.tell(cudnn=loaded.group(1).rstrip("."))
    if compiled := text.search(r"source was compiled with: (\d[\d.]{2,8})", "compiled with"):
        clues.tell(tensorflow_cudnn=compiled.group(1).rstrip("."))
    if driver := text.search(r"kernel (?:driver|reported) version(?: is)?:? (\d{3}\.[\d.]{2,8})", "version"):
        clues.tell(kernel_module=driver.group(1).rstrip("."))
    if library := text.search(r"libcuda reported version is:? (\d{3}\.[\d.]{2,8})", "libcuda reported"):
        clues.tell(library=library.group(1).rstrip("."))
    if code := text.search(r"failed call to cuInit: (?:UNKNOWN ERROR \((\d{1,3})\)|CUDA_ERROR_(\w{4,40}))", "cuinit"):
        clues.source("TensorFlow log")
        names = {"NO_DEVICE": 100, "UNKNOWN": 999, "NOT_INITIALIZED": 3, "STUB_LIBRARY": 34, "SYSTEM_NOT_READY": 802,
                 "SYSTEM_DRIVER_MISMATCH": 803, "COMPAT_NOT_SUPPORTED_ON_DEVICE": 804}  # fmt: skip
        number = int(code.group(1)) if code.group(1) else names.get(re.sub(r"_+$", "", code.group(2)))
        clues.tell(cuda_init_code=number)


def _only_by_its_log(text: Text, clues: Clues) -> None:
    """TensorFlow's own lines show that it is there, of whatever version, and whose CUDA folders it was pointed to.

    Beside PyTorch they show nothing: TensorBoard brings them into any program, and there nobody minds them.
    """
    if text.has("torch") or not text.search(_LOGGED, ".cc:"):
        return
    clues.source("TensorFlow log")
    clues.tell(tensorflow_shown=True)
    if folder := text.search(_TOOLKIT, "cuda"):
        clues.tell(toolkit=folder.group(1) or folder.group(2))
