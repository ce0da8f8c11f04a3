"""Texts that tell less than a report does: a log, one error, a session at a prompt. What they tell is judged."""

import pytest

from dlcheck.observe.importers.gpu_names import nvidia_names
from tests.texts import facts, healthy, roots, said

TF_LOG = (
    "2021-10-27 22:44:43.971468: W tensorflow/stream_executor/platform/default/dso_loader.cc:55] Could not load dynamic "
    "library 'libcudart.so.10.0'; dlerror: libcudart.so.10.0: cannot open shared object file; LD_LIBRARY_PATH: "
    "/usr/local/cuda-11.0/lib64\n"
)
CUDNN = "RuntimeError: cuDNN version incompatibility: PyTorch was compiled  against (8, 5, 0) but found runtime version (8, 3, 3).\n"
NOT_COMPILED = "AssertionError: Torch not compiled with CUDA enabled\n"
NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU\n"
NO_GPUS = "RuntimeError: No CUDA GPUs are available\n"
SMI = "| NVIDIA-SMI 475.14       Driver Version: 475.14       CUDA Version: 11.4     |\n"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (TF_LOG, "tf-cuda-version-mismatch"),
        (NOT_COMPILED + "I have an NVIDIA GeForce RTX 2080 Ti\n", "torch-cpu-build-on-gpu-machine"),
        (NOT_COMPILED + SMI, "torch-cpu-build-on-gpu-machine"),
        (CUDNN, "cuda-libs-shadowed-by-ld-library-path"),
        (NOT_COMPILED + "Processor: Apple M1\nmacOS 13.1\n", "cuda-asked-on-mac"),  # no NVIDIA GPU could be used
        (f"docker-compose run app\n{NO_DRIVER}", "container-without-gpu"),
        (f"root@0123456789ab:/app# python train.py\n{NO_DRIVER}", "container-without-gpu"),
        (NO_DRIVER, "no-driver"),
        (f"os.environ['CUDA_VISIBLE_DEVICES'] = '7'\n{NO_GPUS}", "gpu-hidden-by-environment"),
        ("numba.cuda.cudadrv.driver.CudaAPIError: [34] Call to cuInit results in CUDA_ERROR\n", "cuda-stub-library"),
        ("Mapped libcuda.so paths:\n    /usr/local/cuda-11.8/lib/stubs/libcuda.so\n", "cuda-stub-library"),
        (
            "hipErrorNoBinaryForGpu: Coudn't find binary for current devices!\nRX470 (gfx803)\n"
            "pip install https://download.pytorch.org/whl/rocm4.0.1/torch-1.8.0%2Brocm4.0.1-cp39-cp39-linux_x86_64.whl\n",
            "rocm-gfx-not-in-wheel",
        ),
        (
            "PyTorch Version: 1.5.0\nDriver: 418.152.00\nNVIDIA GPU: Tesla V100\n"
            "ImportError: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by /opt/lib/libnvinfer.so.7)\n",
            "glibc-too-old",  # for which CUDA that PyTorch is built is a guess
        ),
        (
            "It needs GLIBC 2.23\n/lib64/libm.so.6: version `GLIBC_2.23' not found (required by libtorch_cpu.so)\n"
            "PyTorch version: 1.5.0\nCUDA used to build PyTorch: 10.2\nIs CUDA available: No\n"
            "CUDA runtime version: No CUDA\nGPU models and configuration: No CUDA\nNvidia driver version: No CUDA\n",
            "glibc-too-old",
        ),
        (
            "conda install pytorch cudatoolkit=10.1 -c pytorch\nThe following NEW packages will be INSTALLED:\n"
            "  cpuonly            pytorch/noarch::cpuonly-2.0-0\n"
            "  pytorch            pytorch/win-64::pytorch-1.10.0-py3.6_cpu_0\n",
            "torch-cpu-build-on-gpu-machine",
        ),
        (
            "OSError: libcusparse.so.10: cannot open shared object file\ntorch  1.4.0+cu100\ntorch-sparse  0.6.4\n",
            "extension-built-for-other-torch",
        ),
        ("GPU has fallen off of the bus\nGPU 0: NVIDIA GeForce RTX 3070 Ti\n", "gpu-lost"),
        ("cupy.cuda.runtime.CUDARuntimeError: cudaErrorSystemNotReady: system not\n", "fabric-manager-not-running"),
    ],
)
def test_an_error_without_a_report_is_enough(text, cause):
    assert roots(text) == [cause]


@pytest.mark.parametrize(
    "text",
    [
        f"export CUDA_VISIBLE_DEVICES=0\n{NO_GPUS}",  # which is what most people set
        "os.environ['CUDA_VISIBLE_DEVICES'] = '1'\n" + healthy(),
        "conda install pytorch cpuonly -c pytorch\n  pytorch     pytorch/linux-64::pytorch-1.10.0-py3.9_cpu_0\n",
        f"docker run --gpus all image\n{healthy()}",
        "Found GPU0 Ellesmere [Radeon RX 580] which is of cuda capability 3.0.\n"
        "    PyTorch no longer supports this GPU because it is too old.\ntensor([9], device='cuda:0')\n",
        TF_LOG + healthy(),  # TensorBoard's line beside a PyTorch that works
        "tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary is optimized to use AVX2 FMA\n",
    ],
)
def test_nor_does_it_say_more_than_it_tells(text):
    assert set(roots(text)) <= {"cause-only-likely"}, "the usual cause of an error is no diagnosis"


def test_a_mac_is_advised_no_build_for_cuda():
    finding = next(one for one in said(NOT_COMPILED + "macOS 13.1\n").findings if one.status == "fail")

    assert [fix.commands for fix in finding.fixes] == [()]
    assert "torch.device('mps' if torch.backends.mps.is_available() else 'cpu')" in finding.fixes[0].title


def test_a_visible_device_that_may_be_right_is_not_called_wrong():
    (finding,) = (one for one in said(f"export CUDA_VISIBLE_DEVICES=0\n{NO_GPUS}").findings if one.status == "fail")

    assert finding.id == "cause-only-likely"
    assert "see what CUDA_VISIBLE_DEVICES is set to" in finding.fixes[0].title


def test_a_tensorflow_of_unknown_version_gets_advice_that_names_none():
    finding = next(one for one in said(TF_LOG).findings if one.id == "tf-cuda-version-mismatch")

    assert "of a version that is not told" in finding.evidence[0]
    assert all("==" not in fix.title for fix in finding.fixes)


PROMPT = """\
>>> from torchvision import _C
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
ImportError: libcudart.so.10.1: cannot open shared object file: No such file or directory
"""
IPYTHON = """\
In [1]: import torch
---------------------------------------------------------------------------
OSError                                   Traceback (most recent call last)
File /envs/e/lib/python3.10/site-packages/torch/__init__.py:176, in _load_global_deps()
    175 try:
--> 176     ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)

OSError: libcudart.so.12: cannot open shared object file: No such file or directory
"""
OLD_IPYTHON = """\
ImportError                               Traceback (most recent call last)
<ipython-input-1-4cf0a64f61c0> in <module>()
----> 1 import torchaudio

~/envs/e/lib/python3.6/site-packages/torchaudio/__init__.py in <module>()
      4 import torch
----> 5 import _torch_sox

ImportError: libcudart.so.9.0: cannot open shared object file: No such file or directory
"""


@pytest.mark.parametrize(("text", "module"), [(PROMPT, "torchvision"), (OLD_IPYTHON, "torchaudio")])
def test_what_was_imported_is_what_was_typed(text, module):
    assert [one.module for one in facts(text).libraries.value.imported] == [module]


def test_an_import_of_torch_that_failed_in_ipython():
    assert facts(IPYTHON).torch.missing.kind == "OSError"


@pytest.mark.parametrize(
    ("asked", "built", "cause"),
    [
        ("10.1", "10.0.130", ["torch-torchvision-cuda-variant-mismatch"]),
        ("12", "11.8", ["torch-torchvision-cuda-variant-mismatch"]),
        ("11.0", "11.8", ["library-import-fails"]),  # one file of CUDA 11 for all its versions: it is missing
    ],
)
def test_a_torchvision_that_asks_for_another_cuda_is_of_another_build(asked, built, cause):
    report = (
        f"PyTorch version: 1.13.1\nCUDA used to build PyTorch: {built}\nOS: Ubuntu 20.04\nIs CUDA available: True\n"
    )

    assert roots(report + PROMPT.replace("10.1", asked)) == cause


def test_lines_that_a_terminal_padded_to_its_width_are_several():
    padded = PROMPT.replace("\n", " " * 150, 3)

    assert [one.module for one in facts(padded).libraries.value.imported] == ["torchvision"]


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ("torch version：1.8.2cu111 +torchvision0.9.2+cu111", "1.8.2+cu111"),
        ("torch version: 2.1.0 cu118", "2.1.0+cu118"),
    ],
)
def test_a_plus_may_be_forgotten(told, version):
    assert facts(told + "\n").torch.value.version == version


@pytest.mark.parametrize("name", ["rtx3060", "RTX3060Ti", "rtx 3060", "GTX 3060"])
def test_a_gpu_is_known_however_its_name_is_written(name):
    text = f"GPU: {name}\nPyTorch: 1.7.1+cu101\nRuntimeError: CUDA error: no kernel image is available\n"

    assert roots(text) == ["gpu-arch-not-in-wheel-new"]


OPENED_NOT = (
    "tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library '{}'; dlerror: {}: "
)
OPENED_NOT += "cannot open shared object file: No such file or directory; LD_LIBRARY_PATH: /usr/local/cuda/lib64\n"


@pytest.mark.parametrize(
    ("library", "causes"), [("libcudnn.so.8", ["tf-cuda-version-mismatch"]), ("libcudart.so.11.0", [])]
)
def test_what_tensorflow_opens_only_for_a_gpu_shows_that_there_is_one(library, causes):
    assert roots(OPENED_NOT.format(library, library)) == causes


@pytest.mark.parametrize(
    ("words", "gpu"),
    [
        ("on Fedora with an Nvidia gpu (4090)", "RTX 4090"),
        ("a 3090 Ti GPU", "RTX 3090 Ti"),
        ("gpu: 1080", "GTX 1080"),
        ("GPU 1060 MiB", ""),
        ("GPU 3080.5 W", ""),
    ],
)
def test_a_gpu_is_known_by_what_people_call_it(words, gpu):
    assert [name for name, _ in nvidia_names(words)] == ([gpu] if gpu else [])


NO_KERNEL = "RuntimeError: CUDA error: no kernel image is available for execution on the device\n"


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        (f"my nvidia 5090\n{NO_KERNEL}", ["gpu-arch-not-in-wheel-new"]),  # in no build but the newest ones
        (f"my nvidia 3090\n{NO_KERNEL}", []),  # in most builds: an extension may be the one that lacks it
        (
            f"PyTorch version: 2.8.0+cu128\nGPU 0: NVIDIA GeForce RTX 5090\n{NO_KERNEL}",
            ["extension-built-for-other-arch"],  # for this PyTorch itself is built for it
        ),
        (
            "If you want to use the NVIDIA GeForce RTX 3090 GPU with PyTorch, please check the instructions at x\n",
            ["gpu-arch-not-in-wheel-new"],
        ),
        ("AttributeError: module 'torch._C' has no attribute '_cuda_setDevice'\n", ["cause-only-likely"]),
    ],
)
def test_a_gpu_without_a_kernel_and_a_build_without_cuda_are_told_without_a_version(text, causes):
    assert roots(text) == causes


@pytest.mark.parametrize("title", ["# {}", "### {}", "# [BUG]{}", "# [Bug]: {}"])
def test_an_error_may_be_a_title(title):
    assert roots(title.format("RuntimeError: Found no NVIDIA driver on your system.") + "\nPyTorch 2.1.0+cu121\n")
    assert roots("### Error traceback\n### Could not load it: why?\n" + healthy()) == []
