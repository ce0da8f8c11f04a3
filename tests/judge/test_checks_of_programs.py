"""What programs say while they run, pasted: the check that explains it is the root cause, and advises something."""

import shutil
import subprocess

import pytest

from dlcheck.judge.engine import all_checks
from dlcheck.judge.knowledge.program_words import explained_by, is_said, program_words
from tests.facts import gpu_machine, machine, report
from tests.texts import PASTED, healthy, roots, said

SAID = {
    "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.": "c-compiler-missing",
    "/tmp/tmpltteoigt/main.c:5:10: fatal error: Python.h: No such file or directory": "python-headers-missing",
    "AssertionError: libcuda.so cannot found!\nPossible files are located at ['/lib/x86_64-linux-gnu/libcuda.so.1'].": (
        "triton-finds-no-libcuda"
    ),
    "RuntimeError: Cannot find a working triton installation. Either the package is not installed or it is too old.": (
        "triton-missing"
    ),
    "RuntimeError: Windows not yet supported for torch.compile": "triton-missing",
    "RuntimeError: Found NVIDIA GeForce GTX 1080 which is too old to be supported by the triton GPU compiler, which is "
    "used as the backend. Triton only supports devices of CUDA Capability >= 7.0": "gpu-too-old-for-triton",
    "ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'": "ptxas-older-than-gpu",
    "2026-03-01 [E:onnxruntime:Default, provider_bridge_ort.cc:1992] [ONNXRuntimeError] : 1 : FAIL : Failed to load "
    "library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such "
    "file or directory": "cuda-libraries-of-another-major",
    "RuntimeError: Library libcublas.so.12 is not found or cannot be loaded": "cuda-libraries-of-another-major",
    "Unable to load any of {libcudnn_ops.so.9.1.0, libcudnn_ops.so.9.1, libcudnn_ops.so.9, libcudnn_ops.so}\n"
    "Invalid handle. Cannot load symbol cudnnCreateTensorDescriptor\nAborted (core dumped)": "cudnn-not-found",
    "Could not locate cudnn_ops64_9.dll. Please make sure it is in your library path!": "cudnn-not-found",
    "Could not load library libcudnn_ops_infer.so.8. Error: libcudnn_ops_infer.so.8: cannot open shared object file: "
    "No such file or directory": "cudnn-not-found",
    "RuntimeError:\n        CUDA Setup failed despite GPU being available. Please run the following command to get "
    "more information:\n\n        python -m bitsandbytes": "bitsandbytes-without-its-cuda",
    "WARNING: BNB_CUDA_VERSION=124 environment variable detected; loading libbitsandbytes_cuda124.so.\n"
    "RuntimeError: Could not find the bitsandbytes CUDA binary at PosixPath('/x/libbitsandbytes_cuda124.so')": (
        "bitsandbytes-without-its-cuda"
    ),
    "UserWarning: Specified provider 'CUDAExecutionProvider' is not in available provider names. Available providers: "
    "'AzureExecutionProvider, CPUExecutionProvider'": "onnxruntime-without-cuda",
    "RuntimeError: FlashAttention only supports Ampere GPUs or newer.": "gpu-too-old-for-flash-attention",
    "2022-12-01 error: libdevice not found at ./libdevice.10.bc": "xla-finds-no-libdevice",
    "tensorflow: Can't find libdevice directory ${CUDA_DIR}/nvvm/libdevice. This may result in compilation failures": (
        "xla-finds-no-libdevice"
    ),
    "ERROR! Intel® Extension for PyTorch* needs to work with PyTorch 2.1.*, but PyTorch 2.2.0 is found. Please switch "
    "to the matching version": "torch-companion-of-another-release",
    "WARNING:2023-01-01:jax._src.xla_bridge: An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is "
    "not installed. Falling back to cpu.": "jax-cpu-build-on-gpu-machine",
    "WARNING:absl:No GPU/TPU found, falling back to CPU. (Set TF_CPP_MIN_LOG_LEVEL=0 and rerun for more info.)": (
        "jax-cpu-build-on-gpu-machine"
    ),
    "ERROR:jax._src.xla_bridge: Jax plugin configuration error: Exception when calling jax_plugins.xla_cuda12."
    "initialize()": "jax-plugin-mismatch",
    "E external/org_tensorflow/cuda_dnn.cc:362] Loaded runtime CuDNN library: 8.0.5 but source was compiled with: "
    "8.1.0.  CuDNN library needs to have matching major version and equal or higher minor version.\nRuntimeError: "
    "Unimplemented: DNN library is not found.": "jax-cudnn-too-old",
    "RuntimeError: CUDA error: uncorrectable ECC error encountered": "gpu-hardware-errors",
    "WARNING: infoROM is corrupted at gpu 0000:3B:00.0": "gpu-reports-a-fault",
    "RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable": "gpu-closed-to-this-program",
    'RuntimeError: device >= 0 && device < num_gpus INTERNAL ASSERT FAILED at "../aten/src/ATen/cuda/CUDAContext.cpp":49':
        "one-mig-slice-per-process",
    "| NVIDIA-SMI 545.46                 Driver Version: 546.80       CUDA Version: ERR!     |": "nvidia-smi-finds-no-cuda",
    "RuntimeError: cuDNN version 91900 is not compatible with devices with SM < 7.5. Please install a version of "
    "PyTorch with a compatible cuDNN version.": "cudnn-refuses-an-old-gpu",
    "RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
    "'spawn' start method": "cuda-started-before-a-fork",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB": (
        "gpu-memory-exhausted"
    ),
    "RuntimeError: MPS backend out of memory (MPS allocated: 18.04 GB, other allocations: 64.00 KB, max allowed: 18.13 "
    "GB). Tried to allocate 100 MB. Use PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0": "gpu-memory-exhausted",
    "RuntimeError: DataLoader worker (pid 46794) is killed by signal: Bus error. It is possible that dataloader's "
    "workers are out of shared memory. Please try to raise your shared memory limit.": "shm-too-small",
    "include/shm.h:28 NCCL WARN Call to posix_fallocate failed : No space left on device\nRuntimeError: NCCL error": (
        "shm-too-small"
    ),
    "NotImplementedError: Using RTX 4000 series doesn't support faster communication broadband via P2P or IB. Please "
    'set `NCCL_P2P_DISABLE="1"`': "geforce-without-peer-access",
    "node1:88:88 [0] bootstrap.cc:45 NCCL WARN Bootstrap : no socket interface found\ntorch.distributed.DistBackendError: "
    "NCCL error in: ProcessGroupNCCL.cpp:1970, internal error": "network-interface-missing",
    'NCCL WARN Missing "iommu=pt" from kernel command line which can lead to system instablity or hang!': (
        "iommu-in-the-way-of-gpus"
    ),
    'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].': (
        "container-toolkit-missing"
    ),
    "NotImplementedError: The operator 'aten::_linalg_eigh' is not currently implemented for the MPS device.": (
        "mps-operator-missing"
    ),
    "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. Please use "
    "float32 instead.": "mps-without-float64",
    "RuntimeError: Unable to initialize backend 'tpu': ABORTED: The TPU is already in use by process with pid 176028. "
    "Not attempting to load libtpu.so in this process.": "tpu-in-use",
    "WARNING: A Google TPU may be present on this machine, but either a TPU-enabled jaxlib or libtpu is not installed. "
    "Falling back to cpu.": "libtpu-missing",
    "KeyError: 'COLAB_TPU_ADDR'": "colab-tpu-of-the-old-kind",
    "RuntimeError: synStatus=26 [Generic failure] Device acquire failed.": "gaudi-not-acquired",
    "ImportError: libhccl.so: cannot open shared object file: No such file or directory": "ascend-environment-not-set",
    "EH9999: Inner Error!\n        [Init][Env]init env failed![FUNC:ReportInnerError]": "ascend-python-packages-missing",
}  # fmt: skip


@pytest.mark.parametrize("words", SAID, ids=SAID.values())
def test_what_a_program_said_is_explained(words):
    found = said(words)

    assert list(found.root_causes)[:1] == [SAID[words]]
    finding = next(one for one in found.findings if one.id == SAID[words] and one.status == "fail")
    assert finding.fixes, "there is something to do"
    assert found.verdict == "not-ready"


@pytest.mark.parametrize("words", SAID, ids=SAID.values())
def test_and_stays_the_cause_beside_a_report_in_which_all_is_well(words):
    assert roots(f"{healthy()}\n\nThe error:\n\n{words}\n")[:1] == [SAID[words]]


@pytest.mark.parametrize("check", dict.fromkeys(SAID.values()))
@pytest.mark.parametrize("whole", [machine, gpu_machine])
def test_a_healthy_machine_complains_of_nothing(check, whole):
    (status,) = {one.status for one in report(whole()).findings if one.id == check}

    assert status in ("pass", "skip")


def test_every_row_is_of_a_check_and_tried_here():
    assert {one.check for one in program_words()} <= set(all_checks())
    assert {one.check for one in program_words()} <= set(SAID.values()), "add what such a program says"
    assert all(one.source for one in program_words())


def test_a_row_that_is_not_there_is_a_defect_of_ours():
    with pytest.raises(KeyError):
        is_said("a line", "torch-not-installed")


def test_words_of_two_cudnns_in_one_process_are_no_missing_cudnn():
    mixed = (
        "Could not load library libcudnn_cnn_train.so.8. Error: /usr/local/cuda/lib64/libcudnn_cnn_train.so.8: undefined "
        "symbol: _Z22cudnnGenericOpTensorNd, version libcudnn_ops_infer.so.8"
    )

    assert "cudnn-not-found" not in explained_by(mixed)
    assert roots(mixed)[:1] == ["cuda-libs-shadowed-by-ld-library-path"]


def test_docker_by_snap_comes_before_the_toolkit():
    """https://github.com/NVIDIA/nvidia-docker/issues/1637: the toolkit was installed, and the snap did not see it."""
    text = """
        Ubuntu 20.04, nvidia driver 470.103.01, libnvidia-container 1.9.0. I installed docker with snap install docker.
        docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].
        """

    assert roots(text) == ["docker-from-snap"]
    assert PASTED.of_text


def test_the_way_out_on_colab_is_a_line_for_a_cell():
    """https://github.com/googlecolab/colabtools/issues/4300"""
    text = "Google Colab, V100, Python 3.10, triton 2.1.0\nAssertionError: libcuda.so cannot found!"

    finding = next(one for one in said(text).findings if one.id == "triton-finds-no-libcuda")

    assert finding.status == "fail"
    assert finding.fixes[0].commands[0].text == "!echo /usr/lib64-nvidia > /etc/ld.so.conf.d/libcuda.conf && ldconfig"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_what_is_advised_can_be_typed():
    """Every command for a POSIX shell is one to bash."""
    lines = [
        command.text.removeprefix("!")
        for words in SAID
        for finding in said(words).findings
        if finding.id == SAID[words]
        for fix in finding.fixes
        for command in (*fix.commands, *([fix.verify] if fix.verify else []))
        if command.shell in ("bash", "zsh", "notebook")
    ]

    assert len(lines) > 40
    subprocess.run(["bash", "-n"], input="\n".join(lines), text=True, check=True)


@pytest.mark.parametrize("words", SAID, ids=SAID.values())
def test_a_step_of_the_system_names_where_it_comes_from(words):
    """What no test of ours can run, because it takes another machine, has a page."""
    for finding in said(words).findings:
        for fix in finding.fixes if finding.id == SAID[words] else ():
            assert fix.source or fix.changes_packages or not fix.commands, fix.title
