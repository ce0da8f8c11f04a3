"""TensorFlow and the GPU: is there a build for it here, is it made for it, and does it find its CUDA libraries?"""

from __future__ import annotations

import re

from dlcheck.judge import text_witnesses
from dlcheck.judge.advice.driver import newer_driver
from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.needs import needs_of
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.advice.tensorflow_wheel import (
    ON_GPU,
    SOURCE,
    installed,
    tensorflow_fixes,
    tensorflow_otherwise,
    why_no_tensorflow,
)
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.checks.cuda import NOT_BEFORE
from dlcheck.judge.knowledge.cubin import Capability, covers, machine_code, ptx, written
from dlcheck.judge.knowledge.cuda_drivers import driver_for, driver_runs
from dlcheck.judge.knowledge.gpus import capability_words
from dlcheck.judge.knowledge.tensorflow_releases import newer_than_table, release_of, tested_with
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import (
    capability,
    driver_system,
    driver_version,
    driver_works,
    gpu_is_there,
    gpu_names,
    has_tegra,
    visible_gpus,
)
from dlcheck.judge.presence import installed as framework_installed
from dlcheck.judge.presence import named_frameworks
from dlcheck.model.devices import CudaDriver, Nvidia, NvidiaGpu
from dlcheck.model.frameworks import TensorFlow
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
LAST_NATIVE = (2, 10)
"""The last TensorFlow with CUDA on native Windows (https://www.tensorflow.org/install/source_windows)."""
MISSING = r"(?i)(?:library|load) '?((?:lib)?(?:cu|nv)\w+[\w.]*\.(?:so[\w.]*|dll))"


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
    return bad(f"TensorFlow {found.version}", told, fixes=tensorflow_otherwise(snapshot))


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
        return bad(*evidence, fixes=(*tensorflow_fixes(snapshot), *newer_driver(snapshot, floor)))
    missing = list(dict.fromkeys(re.findall(MISSING, tensorflow.gpu_reason)))
    if missing:
        evidence.append(f"not found: {', '.join(missing[:5])}")
    elif tensorflow.gpu_reason:
        evidence.append(tensorflow.gpu_reason.strip().splitlines()[-1][:300])
    cudnn = [one for one in packages.distributions if one.name.startswith("nvidia-cudnn-")]
    evidence.append(f"{cudnn[0].name} {cudnn[0].version} is installed" if cudnn else "no nvidia-cudnn is installed")
    return bad(*evidence, fixes=_cuda_fixes(tensorflow, snapshot))


@check(FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=NOT_BEFORE, since="0.1")
def tensorflow_cpu_build_on_gpu_machine(
    packages: Packages,
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """TensorFlow is built for the CPU only, and this machine has an NVIDIA GPU.

    It works, and never uses the GPU. tensorflow-cpu, conda's default build and the wheels for ARM Linux are such
    builds; installed beside tensorflow, tensorflow-cpu overwrites its files.

    How it is told: TensorFlow's own build file, or the name of the distribution, while a driver shows an NVIDIA GPU.

    Known false alarms: a GPU that no TensorFlow runs on, and a TensorFlow that is only there beside a PyTorch which is
    not asked to give way: notes. Native Windows has a check of its own.

    Sources: https://www.tensorflow.org/install/pip
    """
    found, build = installed(snapshot), packages.build("tensorflow")
    if found is None or on_windows(snapshot):
        return skip("there is no TensorFlow, or this is Windows")
    told = known(snapshot.tensorflow.value.gpu_build) if snapshot.tensorflow.value else None
    by_file = build is not None and isinstance(build.cuda, Missing) and build.cuda.gap == "absent"
    if told is not False and not by_file and found.name != "tensorflow-cpu":
        return ok(f"{found.name} {found.version}")
    if not gpu_is_there(snapshot) or has_tegra(snapshot):
        return skip("there is no NVIDIA GPU, or it is a Jetson, which has builds of its own")
    if not driver_works(nvidia, cuda_driver):
        return skip("the GPU's driver does not work, or nobody asked it")
    evidence = [
        f"{found.name} {found.version}, built for the CPU",
        f"there is {gpu_names(snapshot) or 'an NVIDIA GPU'}",
    ]
    fixes = tensorflow_fixes(snapshot)
    if not fixes:
        evidence.append(why_no_tensorflow(snapshot))
    main = "tensorflow" in named_frameworks(profile) or not framework_installed(snapshot, "torch")
    return bad(*evidence, fixes=fixes or tensorflow_otherwise(snapshot), at_most=FAIL if main and fixes else NOTE)


@check(
    FAIL, pillar="python", wanted="cuda", otherwise=WARN, after=(*NOT_BEFORE, "tf-cuda-version-mismatch"), since="0.1"
)
def gpu_arch_not_in_tensorflow(gpu: NvidiaGpu, packages: Packages, profile: Profile, snapshot: Snapshot) -> Verdict:
    """TensorFlow has no code for this GPU.

    An older GPU than those it is built for is left out ("Ignoring visible gpu device"). For a newer one the driver must
    compile at the first run, which takes half an hour or ends with CUDA_ERROR_INVALID_PTX or INVALID_HANDLE, as on
    Blackwell (RTX 50) with all releases up to 2.21.

    How it is told: the GPU's compute capability against the architectures in TensorFlow's build information, or in
    dlcheck's table of its releases.

    Known false alarms: a GPU on which TensorFlow computed the known product; one that is not visible; one beside
    another that is served is a note; builds of NVIDIA, conda and distributions hold other code than the table says.

    Sources: https://github.com/tensorflow/tensorflow/issues/99592,
    https://github.com/tensorflow/tensorflow/issues/101746
    """
    found, device = installed(snapshot), capability(gpu)
    codes, told_by = codes_of(snapshot)
    if found is None or device is None or not codes:
        return skip("for which GPUs TensorFlow is built, or the GPU's compute capability, is not known")
    visible = visible_gpus(snapshot)
    if gpu.index not in [one.index for one in visible]:
        return skip("it is not visible to programs here")
    seen = f"{known(gpu.name) or 'the GPU'} has {capability_words(device)}"
    newer = newer_than_table(found.version)
    judged_by = (f"{newer}: judged by {told_by}",) if newer else ()
    if covers(codes, device) or _computes(snapshot, device):
        return ok(seen, *judged_by)
    others = [one for one in map(capability, visible) if one is not None and covers(codes, one)]
    evidence = [
        seen,
        f"TensorFlow {found.version} has code for {', '.join(map(written, codes))} ({told_by})",
        *judged_by,
    ]
    if others:
        return bad(*evidence, "another GPU is served by this build", at_most=NOTE)
    fixes = tensorflow_fixes(snapshot)
    if not fixes:
        evidence.append(why_no_tensorflow(snapshot))
    main = "tensorflow" in named_frameworks(profile) or not framework_installed(snapshot, "torch")
    return bad(*evidence, fixes=fixes or tensorflow_otherwise(snapshot), at_most=FAIL if main else NOTE)


def codes_of(snapshot: Snapshot) -> tuple[tuple[Capability, ...], str]:
    """The compute capabilities that this TensorFlow has machine code for, and who says so; none where nobody knows."""
    tensorflow, found = snapshot.tensorflow.value, installed(snapshot)
    told = (known(tensorflow.arch_list) or ()) if tensorflow is not None else ()
    if told:
        # compute_90 stands for machine code and PTX of 9.0 (the comment in TensorFlow's own .bazelrc).
        return tuple(sorted({*machine_code(told), *ptx(told)})), "its own build information"
    release = release_of(found.version) if found is not None else None
    if found is None or release is None or found.name != "tensorflow" or found.installer == "conda":
        return (), ""
    return release.machine_code, "the table of TensorFlow's releases"


def _computes(snapshot: Snapshot, device: Capability) -> bool:
    """Did TensorFlow compute the known product on a GPU of this kind?"""
    tensorflow = snapshot.tensorflow.value
    devices = tensorflow.devices if tensorflow is not None else ()
    return any(one.product_right is True and known(one.compute_capability) == device for one in devices)


def _cuda_fixes(tensorflow: TensorFlow, snapshot: Snapshot) -> tuple[Fix, ...]:
    """A TensorFlow that brings its libraries; else the versions that have to be in the system."""
    if not tensorflow.version:
        title = "install the CUDA and cuDNN whose files TensorFlow looks for, or the TensorFlow that fits those here"
        return (Fix(title=title, needs=("network",), source="https://www.tensorflow.org/install/source#gpu"),)
    fixes = tensorflow_fixes(snapshot)
    if fixes:
        return fixes
    release = release_of(tensorflow.version)
    if needs_of(snapshot, "cuda") is None and release is not None and release.extra and not on_windows(snapshot):
        # A text rarely tells the Python and the system: what brings the libraries is the same for all of them.
        wanted = f"tensorflow[{release.extra}]=={tensorflow.version.partition('+')[0]}"
        title = "install TensorFlow with the CUDA libraries that it needs"
        return install(snapshot, [wanted], title=title, verify=ON_GPU, source=SOURCE)
    built = tested_with(tensorflow.version)
    cuda = known(tensorflow.cuda) or (built.cuda if built else "?")
    cudnn = known(tensorflow.cudnn) or (built.cudnn if built else "?")
    versions = f"CUDA {cuda} and cuDNN {cudnn}"
    title = f"install exactly {versions} in the system, or a newer TensorFlow (under Windows in WSL 2)"
    return (Fix(title=title, needs=("admin", "network"), source="https://www.tensorflow.org/install/source#gpu"),)
