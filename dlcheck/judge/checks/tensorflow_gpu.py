"""TensorFlow and the GPU: is there a build for it here, and does it find its CUDA libraries?"""

from __future__ import annotations

import re

from dlcheck.judge import text_witnesses
from dlcheck.judge.advice.driver import install_driver
from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.checks.cuda import NOT_BEFORE
from dlcheck.judge.knowledge.cuda_drivers import driver_for, driver_runs
from dlcheck.judge.knowledge.tensorflow_cuda import tested_with
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import (
    driver_system,
    driver_version,
    driver_works,
    gpu_is_there,
    gpu_names,
    visible_gpus,
)
from dlcheck.model.devices import CudaDriver, Nvidia
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.python import Packages, TensorFlow
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
LAST_NATIVE = (2, 10)
"""The last TensorFlow with CUDA on native Windows (https://www.tensorflow.org/install/source_windows)."""
FIRST_WITH_EXTRA = (2, 14)
"""From this TensorFlow on the extra and-cuda brings the libraries (https://www.tensorflow.org/install/pip)."""
MISSING = re.compile(r"(?:library|load) '?((?:lib)?(?:cu|nv)\w+[\w.]*\.(?:so[\w.]*|dll))", re.IGNORECASE)


@check(FAIL, pillar="python", wanted="cuda", otherwise=NOTE, only_on=("windows",), since="0.1")
def tf_no_native_windows_gpu(os: Os, tensorflow: Probed[TensorFlow], packages: Packages, snapshot: Snapshot) -> Verdict:
    """TensorFlow has no GPU support on native Windows.

    From 2.11 on its wheels for Windows compute on the CPU only. In WSL 2 the Linux wheels use the GPU.

    How it is told: Windows, TensorFlow 2.11 or newer, and an NVIDIA GPU.

    Known false alarms: where no GPU is expected, it is a note; a build that says it has CUDA, or that registered a GPU.

    Sources: https://www.tensorflow.org/install/pip, https://github.com/tensorflow/tensorflow/issues/60156
    """
    found = packages.find("tensorflow") or packages.find("tensorflow-intel")
    if os.system != "windows" or found is None:
        return skip("this is not Windows with TensorFlow")
    if numbers(found.version)[:2] <= LAST_NATIVE:
        return ok(f"TensorFlow {found.version}")
    facts = tensorflow.value
    if facts is not None and (known(facts.gpu_build) is True or any(one.kind != "cpu" for one in facts.devices)):
        return ok(f"TensorFlow {facts.version} says that it is built for GPUs")
    told = gpu_names(snapshot) if gpu_is_there(snapshot) else text_witnesses.cuda_is_meant(snapshot)
    if not told:
        return skip("there is no NVIDIA GPU")
    step = Command(argv=("wsl", "--install"), text="wsl --install", shell="powershell")
    linux = Fix(
        title='use TensorFlow in WSL 2: install WSL, and in it "tensorflow[and-cuda]"',
        commands=(step,),
        needs=("admin", "network", "reboot"),
        source="https://www.tensorflow.org/install/pip",
    )
    return bad(f"TensorFlow {found.version}", told, fixes=(linux,))


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=NOT_BEFORE, since="0.1")
def tf_cuda_version_mismatch(
    tensorflow: TensorFlow,
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    packages: Packages,
    snapshot: Snapshot,
) -> Verdict:
    """TensorFlow does not find the CUDA libraries that it was built for.

    Its Linux wheels bring them only with the extra `and-cuda`; without it TensorFlow looks for CUDA and cuDNN of
    exactly its own versions in the system, says "Cannot dlopen some GPU libraries", and computes on the CPU.

    How it is told: a build with CUDA that registered no GPU although the driver works and a GPU is visible; what it
    said, and the versions it was built for, are the evidence.

    Known false alarms: a driver that is itself too old or broken, which has its own check; a GPU that is hidden.

    Sources: https://www.tensorflow.org/install/source#gpu, https://github.com/tensorflow/tensorflow/issues/38090,
    https://github.com/tensorflow/tensorflow/issues/63362
    """
    if any(device.kind != "cpu" for device in tensorflow.devices):
        return ok("TensorFlow registered a GPU")
    cuda, system, version = known(tensorflow.cuda), driver_system(snapshot), driver_version(snapshot)
    if snapshot.depth == "pasted":
        words = text_witnesses.other_cuda_for_tensorflow(tensorflow, snapshot)
        return bad(*words, fixes=_cuda_fixes(tensorflow, snapshot)) if words else skip("the text does not say so")
    if known(tensorflow.gpu_build) is not True:
        return skip("this TensorFlow is built for the CPU")
    if not driver_works(nvidia, cuda_driver) or not visible_gpus(snapshot):
        return skip("no NVIDIA GPU is visible through a working driver")
    built = f"TensorFlow {tensorflow.version}, built for CUDA {cuda or '?'} and cuDNN {known(tensorflow.cudnn) or '?'}"
    evidence = [built, "it registered no GPU"]
    if cuda and version and driver_runs(version, cuda, system) is False:
        floor = driver_for(cuda, system) or ""
        evidence.append(f"driver {version}; CUDA {cuda} needs {floor} or newer")
        return bad(*evidence, fixes=(install_driver(snapshot, floor),))
    missing = list(dict.fromkeys(MISSING.findall(tensorflow.gpu_reason)))
    if missing:
        evidence.append(f"not found: {', '.join(missing[:5])}")
    elif tensorflow.gpu_reason:
        evidence.append(tensorflow.gpu_reason.strip().splitlines()[-1][:300])
    cudnn = [one for one in packages.distributions if one.name.startswith("nvidia-cudnn-")]
    evidence.append(f"{cudnn[0].name} {cudnn[0].version} is installed" if cudnn else "no nvidia-cudnn is installed")
    return bad(*evidence, fixes=_cuda_fixes(tensorflow, snapshot))


def _cuda_fixes(tensorflow: TensorFlow, snapshot: Snapshot) -> tuple[Fix, ...]:
    """The extra that brings the libraries where there is one; else the versions that have to be in the system."""
    if on_windows(snapshot) or numbers(tensorflow.version)[:2] < FIRST_WITH_EXTRA:
        built = tested_with(tensorflow.version)
        cuda = known(tensorflow.cuda) or (built.cuda if built else "?")
        cudnn = known(tensorflow.cudnn) or (built.cudnn if built else "?")
        versions = f"CUDA {cuda} and cuDNN {cudnn}"
        title = f"install exactly {versions} in the system, or a newer TensorFlow (under Windows in WSL 2)"
        return (Fix(title=title, needs=("admin", "network"), source="https://www.tensorflow.org/install/source#gpu"),)
    return install(
        snapshot,
        [f"tensorflow[and-cuda]=={tensorflow.version.partition('+')[0]}"],
        title="install TensorFlow with the CUDA libraries that it needs",
        verify="import tensorflow as tf; assert tf.config.list_physical_devices('GPU'); print('works')",
        source="https://www.tensorflow.org/install/pip",
    )
