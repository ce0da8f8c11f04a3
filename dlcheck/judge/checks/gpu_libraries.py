"""Libraries that use the GPU beside PyTorch: do they find a CUDA, a cuDNN and a GPU of their own generation?"""

from __future__ import annotations

from dlcheck.judge.advice.install import install, judged_python, run_python
from dlcheck.judge.advice.system import SystemPackage, install_program, on_windows
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.cubin import written
from dlcheck.judge.knowledge.torch_releases import index_url, release_of, variant_of_cuda
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.judge.said import complained
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.gaps import Probed, known
from dlcheck.model.python import Distribution, Interpreter, Packages
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Tools

LAYER = "library"
OF_CUDA_12: dict[str, tuple[int, ...]] = {"onnxruntime-gpu": (1, 25), "ctranslate2": (99,), "cupy-cuda12x": (99,)}
"""Libraries linked to CUDA 12 that bring none, and the first release of which that is not known. onnxruntime-gpu for
CUDA 13 had an index of its own up to 1.25 (microsoft/onnxruntime#27944)."""
LIBRARIES_OF_12 = ("nvidia-cublas-cu12", "nvidia-cudnn-cu12", "nvidia-cuda-runtime-cu12", "nvidia-cufft-cu12",
                   "nvidia-curand-cu12")  # fmt: skip
KEPT_VARIANT = "cu126"
"""The build for CUDA 12 that every release of PyTorch from 2.6 to 2.14 has."""
OLD_BITSANDBYTES = (0, 43)
AMPERE = (8, 0)
CUDNN = SystemPackage(apt="libcudnn9-cuda-12", dnf="libcudnn9-cuda-12")
"""Of NVIDIA's own repository, by the names of its installation guide."""


@check(WARN, pillar="python", since="0.1")
def cuda_libraries_of_another_major(packages: Probed[Packages], tools: Probed[Tools], snapshot: Snapshot) -> Verdict:
    """A library needs another CUDA than the one that is there.

    PyTorch from the package index brings CUDA 13 since 2.11. ONNX Runtime, CTranslate2 (faster-whisper) and CuPy for
    CUDA 12 look for libcublas.so.12 and the like, which older PyTorch brought along; ONNX Runtime then goes on with the
    CPU without an exception.

    How it is told: those words ("Failed to create CUDAExecutionProvider"); or such a library beside a PyTorch for
    CUDA 13, without the packages of CUDA 12 and without a toolkit of CUDA 12.

    Known false alarms: CUDA 12 in the system's own folders serves them.

    Sources: https://github.com/infiniflow/ragflow/pull/17030 (tried on a machine),
    https://github.com/microsoft/onnxruntime/issues/27944
    """
    complaint, build, facts = (
        complained(snapshot, "cuda-libraries-of-another-major"),
        torch_build(snapshot),
        packages.value,
    )
    found = [
        one
        for name, until in OF_CUDA_12.items()
        if facts is not None and (one := facts.find(name)) and numbers(one.version)[:2] < until
    ]
    has_13 = build is not None and numbers(build.cuda)[:1] == (13,)
    if not complaint and not (found and has_13):
        return ok(f"{found[0].name} {found[0].version}") if found else skip("no such library is there")
    if not complaint and _has_cuda_12(facts, tools):
        return ok("CUDA 12 is there too")
    evidence = [complaint] if complaint else []
    evidence += [f"{one.name} {one.version} is built for CUDA 12" for one in found]
    evidence += [build.words] if build is not None else []
    return bad(*evidence, fixes=_cuda_12_fixes(snapshot, found))


def _has_cuda_12(packages: Packages | None, tools: Probed[Tools]) -> bool:
    nvcc = tools.value.find("nvcc") if tools.value else None
    toolkit = known(nvcc.version) if nvcc is not None else None
    return bool(packages and packages.find("nvidia-cublas-cu12")) or (toolkit or "").startswith("12.")


def _cuda_12_fixes(snapshot: Snapshot, found: list[Distribution]) -> tuple[Fix, ...]:
    build = torch_build(snapshot)
    page = "https://github.com/infiniflow/ragflow/pull/17030"
    fixes: tuple[Fix, ...] = ()
    release = release_of(build.version) if build is not None else None
    if build is not None and release is not None and KEPT_VARIANT in release.variants:
        plain = build.version.partition("+")[0]
        fixes = install(
            snapshot,
            [f"torch=={plain}"],
            title=f"install PyTorch {plain} for CUDA 12.6, whose libraries serve both",
            index_url=index_url(KEPT_VARIANT),
            reinstall=True,
            source=page,
        )[:1]
    name = found[0].name if found else "the library"
    also = install(
        snapshot,
        LIBRARIES_OF_12,
        title=f"install CUDA 12's libraries beside it; {name} has to be told their folders (for ONNX Runtime "
        "onnxruntime.preload_dlls() does that)",
        verify="import nvidia.cublas; print(list(nvidia.cublas.__path__))",
    )[:1]
    return (*fixes, *also)


@check(WARN, pillar="python", after=("cuda-libs-shadowed-by-ld-library-path",), since="0.1")
def cudnn_not_found(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """A library does not find cuDNN, which another package brought along.

    PyTorch finds the cuDNN in its own packages by itself. CTranslate2, ONNX Runtime and others look for it by name
    where the loader looks, and end the process: "Unable to load any of {libcudnn_ops.so.9 …}". One that was built for
    cuDNN 8 does not take cuDNN 9 either.

    How it is told: those words.

    Known false alarms: PyTorch itself is well in this state.

    Sources: https://github.com/MahmoudAshraf97/whisper-diarization/issues/259 (solved so),
    https://github.com/disler/always-on-ai-assistant/issues/3
    """
    complaint = complained(snapshot, "cudnn-not-found")
    if not complaint:
        return skip("nothing complains of it")
    facts = packages.value
    there = [one for one in facts.distributions if one.name.startswith("nvidia-cudnn-")] if facts else []
    evidence = [complaint, *(f"{one.name} {one.version} is installed" for one in there)]
    if "so.8" in complaint or "64_8" in complaint:
        newer = Fix(title="upgrade the library that complains to a release for cuDNN 9 (CTranslate2 from 4.5 on)")
        old = install(snapshot, ["nvidia-cudnn-cu12==8.9.*"], title="give it cuDNN 8, in an environment of its own")
        return bad(*evidence, fixes=(newer, *old[:1]))
    if on_windows(snapshot):
        title = "install cuDNN 9 (https://developer.nvidia.com/cudnn-downloads), and put its folder bin on PATH"
        return bad(*evidence, fixes=(Fix(title=title, needs=("admin", "network")),))
    python = judged_python(snapshot)
    code = "import nvidia.cudnn; print(list(nvidia.cudnn.__path__)[0] + '/lib')"
    text = f'export LD_LIBRARY_PATH="$({python} -c "{code}"):$LD_LIBRARY_PATH"'
    tell = Fix(
        title="tell the loader where the cuDNN of the packages lies, before the program starts",
        commands=(Command(argv=("bash", "-c", text), text=text),),
        verify=run_python(snapshot, code),
        source="https://github.com/MahmoudAshraf97/whisper-diarization/issues/259",
    )
    steps = install_program(snapshot, CUDNN)
    system = Fix(
        title="install cuDNN 9 in the system, from NVIDIA's repository",
        commands=steps,
        needs=("admin", "network"),
        source="https://docs.nvidia.com/deeplearning/cudnn/installation/latest/linux.html",
    )
    return bad(*evidence, fixes=(tell, system))


@check(WARN, pillar="python", after=("torch-cpu-build-on-gpu-machine", "no-driver"), since="0.1")
def bitsandbytes_without_its_cuda(
    packages: Probed[Packages], interpreter: Probed[Interpreter], snapshot: Snapshot
) -> Verdict:
    """bitsandbytes has no library for this PyTorch's CUDA, so 4-bit and 8-bit models do not load.

    It brings one library for each CUDA it knows and takes the one of PyTorch's CUDA, or of BNB_CUDA_VERSION where that
    is set. Releases before 0.43 look for CUDA by themselves, and know no Windows.

    How it is told: its own words; or BNB_CUDA_VERSION names another CUDA than PyTorch's; or such an old release beside
    a PyTorch for CUDA.

    Known false alarms: BNB_CUDA_VERSION set on purpose, where that CUDA is there.

    Sources: https://github.com/bitsandbytes-foundation/bitsandbytes/issues/1559, 492 (the maintainer's answer)
    """
    complaint, build = complained(snapshot, "bitsandbytes-without-its-cuda"), torch_build(snapshot)
    found = packages.value.find("bitsandbytes") if packages.value else None
    variables = interpreter.value.variables if interpreter.value else {}
    told = variables.get("BNB_CUDA_VERSION", "")
    wanted = variant_of_cuda(build.cuda)[2:] if build is not None and build.cuda else ""
    other = bool(told and wanted and told != wanted)
    old = found is not None and bool(wanted) and numbers(found.version)[:2] < OLD_BITSANDBYTES
    if not complaint and (found is None or not (other or old)):
        return ok(f"bitsandbytes {found.version}") if found else skip("bitsandbytes is not installed")
    evidence = [complaint] if complaint else []
    evidence += [f"bitsandbytes {found.version}"] if found else []
    evidence += [f"BNB_CUDA_VERSION={told}; {build.words}"] if other and build else [build.words] if build else []
    code = "import bitsandbytes; print(bitsandbytes.__version__)"
    unset = (without_variables(snapshot, ["BNB_CUDA_VERSION"], code),) if told else ()
    newer = install(snapshot, ["bitsandbytes"], title="install the newest bitsandbytes", upgrade=True, verify=code)
    return bad(*evidence, fixes=(*unset, *newer) if other else (*newer, *unset))


@check(FAIL, pillar="python", after=("module-of-two-distributions",), since="0.1")
def onnxruntime_without_cuda(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """The ONNX Runtime that is imported is built for the CPU.

    onnxruntime and onnxruntime-gpu write into one folder, and the one that came last is imported. Another package that
    asks for plain onnxruntime brings it without a word.

    How it is told: its own words, that CUDAExecutionProvider is not among the providers it has.

    Known false alarms: none; who never asks for that provider never hears this.

    Sources: https://github.com/microsoft/onnxruntime/issues/7748, 26996
    """
    complaint = complained(snapshot, "onnxruntime-without-cuda")
    if not complaint:
        return skip("nothing complains of it")
    facts = packages.value
    names = [name for name in ("onnxruntime", "onnxruntime-gpu") if facts is not None and facts.find(name)]
    fixes = install(
        snapshot,
        ["onnxruntime-gpu"],
        title="remove every ONNX Runtime, then install onnxruntime-gpu alone",
        remove_first=names or ["onnxruntime"],
        verify="import onnxruntime; assert 'CUDAExecutionProvider' in onnxruntime.get_available_providers()",
        source="https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html",
    )
    return bad(complaint, *(f"{name} is installed" for name in names), fixes=fixes)


@check(WARN, pillar="python", since="0.1")
def gpu_too_old_for_flash_attention(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """FlashAttention needs a newer GPU than this one.

    FlashAttention 2 runs on Ampere (compute capability 8.0) and newer GPUs; a T4, an RTX 20 or a V100 is older.

    How it is told: its own words; or flash-attn is installed and every visible GPU is older.

    Known false alarms: models that are told to use another attention never call it.

    Sources: https://github.com/Dao-AILab/flash-attention/issues/762 (the author's answer), its README
    """
    complaint, devices = complained(snapshot, "gpu-too-old-for-flash-attention"), capabilities(snapshot)
    found = packages.value.find("flash-attn") if packages.value else None
    if not complaint and (found is None or not devices):
        return skip("flash-attn is not installed, or there is no GPU")
    if not complaint and max(devices) >= AMPERE:
        return ok(f"compute capability {written(max(devices))}")
    evidence = [complaint] if complaint else [f"flash-attn {found.version}"] if found else []
    evidence += [f"compute capability {written(max(devices))}, at least 8.0 wanted"] if devices else []
    other = Fix(
        title='load the model with attn_implementation="sdpa", PyTorch\'s own attention, which runs on this GPU',
        source="https://huggingface.co/docs/transformers/main/en/perf_infer_gpu_one",
    )
    return bad(*evidence, fixes=(other,))


@check(FAIL, pillar="python", since="0.1")
def xla_finds_no_libdevice(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """XLA, the compiler of TensorFlow and JAX, does not find parts of CUDA's compiler.

    It needs libdevice.10.bc and ptxas, which are part of NVIDIA's nvcc and not of the CUDA libraries. conda's
    cudatoolkit and CUDA images without the compiler lack them.

    How it is told: XLA's own words.

    Known false alarms: what is not compiled runs without them.

    Sources: https://github.com/tensorflow/tensorflow/issues/58681 (the guide's own text), 56927
    """
    complaint = complained(snapshot, "xla-finds-no-libdevice")
    if not complaint:
        return skip("nothing complains of it")
    facts, tensorflow = packages.value, snapshot.tensorflow.value
    page = "https://www.tensorflow.org/install/pip"
    version = tensorflow.version.partition("+")[0] if tensorflow is not None else ""
    listed = facts.find("tensorflow") if facts is not None else None
    if numbers(version or (listed.version if listed else ""))[:2] >= (2, 14):
        wanted = [f"tensorflow[and-cuda]=={version or (listed.version if listed else '')}"]
        brought = install(snapshot, wanted, title="install TensorFlow with CUDA's compiler", source=page)
    else:
        brought = install(
            snapshot,
            ["nvidia-cuda-nvcc-cu12"],
            title="install the part of CUDA's compiler that it needs",
            verify="import nvidia.cuda_nvcc; print(list(nvidia.cuda_nvcc.__path__))",
            source=page,
        )
    text = "export XLA_FLAGS=--xla_gpu_cuda_data_dir=/usr/local/cuda"
    toolkit = Fix(
        title="where a CUDA toolkit is installed, tell XLA its folder (in conda, after `conda install -c nvidia "
        "cuda-nvcc`, the environment's own)",
        commands=(Command(argv=("sh", "-c", text), text=text),),
        source="https://github.com/tensorflow/tensorflow/issues/58681",
    )
    return bad(complaint, fixes=(*brought, toolkit))
