"""Checks of what texts tell: each fires on its fault, and is silent on what only looks like it."""

import pytest

from tests.texts import healthy, roots, said, status

DETECTRON2 = """\
----------------------  -----------------------------------------------
sys.platform            linux
Python                  3.8.5 (default, Jan 27 2021, 15:41:15) [GCC 9.3.0]
detectron2              0.4 @/venv/lib/python3.8/site-packages/detectron2
{broken}
CUDA compiler           CUDA {nvcc}
detectron2 arch flags   {archs}
PyTorch                 {torch} @/venv/lib/python3.8/site-packages/torch
GPU available           True
GPU 0                   {gpu}
CUDA_HOME               /usr/local/cuda
torchvision             {vision} @/venv/lib/python3.8/site-packages/torchvision
----------------------  -----------------------------------------------
"""


def detectron2(**changes):
    facts = {"broken": "Compiler                GCC 9.3", "nvcc": "11.1", "archs": "7.5, 8.6", "torch": "1.8.1+cu111",
             "gpu": "GeForce RTX 2080 Ti (arch=7.5)", "vision": "0.9.1+cu111", **changes}  # fmt: skip
    return DETECTRON2.format(**facts)


SYMBOL = "detectron2._C           not built correctly: /x/_C.so: undefined symbol: _ZNK2at6Tensor7is_cudaEv"
XFORMERS = """\
WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:
    PyTorch {built} with CUDA {cuda} (you have {here})
    Python  3.11.7 (you have 3.11.0)
"""
CONDA = """\
# Name                    Version                   Build  Channel
pytorch                   {torch}          py3.10_cuda{cuda}_cudnn8.5.0_0    pytorch
pytorch-cuda              {cuda}               h778d358_5    pytorch
libcublas                 {cublas}             0    nvidia
libcusparse               {cusparse}           0    nvidia
libcurand                 10.3.5.147           0    nvidia
"""
PTX = "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain."
TF_LOG = """\
TensorFlow version: 2.4.1
OS: Ubuntu 20.04
GPU: GeForce RTX 2070
W tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic library '{library}'; dlerror: \
{library}: cannot open shared object file: No such file or directory
"""

FIRES = [
    ("extension-built-for-other-arch", detectron2(archs="8.6")),
    ("extension-built-for-other-arch",
     healthy() + "RuntimeError: CUDA error: no kernel image is available for execution on the device\n"),
    ("extension-abi-mismatch", detectron2(broken=SYMBOL)),
    ("cpu-without-avx", "TensorFlow version: 2.4\nIllegal instruction (core dumped)\nflags : fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ht tm pbe syscall nx lm pni sse4_1 lahf_lm pti\n"),
    ("cpu-without-avx", "The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.\n"),
    ("tensorflow-import-crashes", ">>> import tensorflow as tf\nIllegal instruction (core dumped)\n"),
    ("torch-import-crashes", "$ python -c 'import torch'\nSegmentation fault (core dumped)\n"),
    ("torch-cpu-build-on-gpu-machine", "# Name  Version  Build  Channel\npytorch   1.9.0   py3.8_cpu_0  [cpuonly]  pytorch\nGPU: NVIDIA GeForce RTX 3070\n"),
    ("gpu-lost", "Unable to determine the device handle for GPU0000:07:00.0: Unknown Error\n"),
    ("gpu-lost", "[ 18.3] NVRM: The NVIDIA GPU 0000:b3:00.0\n    NVRM: fallen off the bus and is not responding to commands.\n"),
    ("torch-torchvision-mismatch", "torch 2.4.0\nRuntimeError: operator torchvision::nms does not exist\n"),
    ("torch-torchaudio-mismatch", "OSError: /env/lib/python3.10/site-packages/torchaudio/lib/libtorchaudio.so: undefined symbol: _ZNK3c105Error4whatEv\n"),
    ("cuda-libs-shadowed-by-ld-library-path", "OSError: /env/lib/python3.9/site-packages/nvidia/cublas/lib/libcublas.so.11: symbol cublasLtGetStatusString version libcublasLt.so.11 not defined in file libcublasLt.so.11 with link time reference\n"),
    ("tf-no-native-windows-gpu", "TensorFlow version: 2.12.0\nOS: Windows 11\nCUDA/cuDNN version: 11.8/8.6\nNum GPUs Available:  0\n"),
    ("driver-too-old-for-torch-cuda", "Driver version 435.21, CUDA 10.1\ntorch 1.7.1\nUserWarning: CUDA initialization: The NVIDIA driver on your system is too old (found version 10010).\n"),
    ("numpy2-abi", "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.1 as it may crash.\n"),
    ("rocm-gfx-not-in-wheel", "AMD Radeon RX 580\nRuntimeError: HIP error: invalid device function\n"),
    ("extension-abi-mismatch", healthy() + "ImportError: /env/lib/python3.10/site-packages/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN3c104cuda9SetDeviceEi\n"),
    ("nvcc-torch-mismatch", detectron2(nvcc="10.1")),
    ("nvcc-torch-mismatch", healthy() + "RuntimeError: \nThe detected CUDA version (11.2) mismatches the version that was used to compile\nPyTorch (12.1). Please make sure to use the same CUDA versions.\n"),
    ("extension-built-for-other-torch", XFORMERS.format(built="2.2.0+cu121", cuda="1201", here="2.2.0+cpu")),
    ("extension-built-for-other-torch", XFORMERS.format(built="2.2.0+cu121", cuda="1201", here="2.4.1+cu121")),
    ("extension-built-for-other-torch", XFORMERS.format(built="2.2.0+cu121", cuda="1201", here="2.2.2+cu121")),
    ("extension-built-for-other-torch", healthy() + "torch_scatter: 2.1.2+pt20cu118\n"),
    ("extension-built-for-other-torch", healthy() + "ImportError: libcudart.so.11.0: cannot open shared object file: No such file or directory (required by /env/lib/python3.10/site-packages/mmcv/_ext.so)\n"),
    ("conda-cuda-libs-mismatch", CONDA.format(torch="1.13.0", cuda="11.7", cublas="12.0.1.189", cusparse="12.0.0.76")),
    ("mkl-too-new-for-torch", "ImportError: /opt/conda/lib/python3.10/site-packages/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent\n"),
    ("driver-older-than-toolkit-ptx", healthy(driver="Nvidia driver version: 525.60.13") + PTX),
    ("cuda-home-malformed", healthy() + "CUDA_HOME=/usr/local/cuda:/usr/local/cuda/bin\nerror: command '/usr/local/cuda:/usr/local/cuda/bin/bin/nvcc' failed\n"),
    ("cuda-home-malformed", "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.\n"),
    ("cuda-home-malformed", "FileNotFoundError: [Errno 2] No such file or directory: '/usr/local/cuda/bin/nvcc'\ntorch 2.1.0\n"),
    ("tf-cuda-version-mismatch", TF_LOG.format(library="libcudnn.so.8")),
    ("tf-cuda-version-mismatch", "TensorFlow version: 2.3.1\nCUDA/cuDNN version: 11.0 / 8.0\nGPU model and memory: GTX 1080\nOS: Linux Ubuntu 18.04\n"),
    ("tf-no-native-windows-gpu", "TensorFlow version: 2.12.0\nOS: Windows 11\nGPU: RTX 3060\nPython version: 3.10\n"),
    ("no-driver", healthy(available="Is CUDA available: False", gpu="GPU models and configuration: Could not collect", driver="Nvidia driver version: Could not collect")),
    ("no-driver", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\nGPU: RTX 3090\n"),
    ("no-nvidia-gpu", healthy(available="Is CUDA available: False", gpu="GPU models and configuration: No CUDA", driver="Nvidia driver version: No CUDA", toolkit="CUDA runtime version: No CUDA")),
    ("driver-too-old-for-torch-cuda", healthy(available="Is CUDA available: False", driver="Nvidia driver version: 450.80.02")),
    ("driver-too-old-for-torch-cuda", "RuntimeError: The NVIDIA driver on your system is too old (found version 11040).\n"),
    ("driver-too-old-for-torch-cuda", "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver to a newer version\n"),
    ("torch-cpu-build-on-gpu-machine", healthy(torch="PyTorch version: 2.5.1+cpu", cuda="CUDA used to build PyTorch: None", available="Is CUDA available: False", listed="")),
    ("cuda-compat-not-usable", "GPU: RTX 2080 Ti\nError 804: forward compatibility was attempted on non supported HW\n"),
    ("fabric-manager-not-running", "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)\nRuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized\n"),
    ("cuda-stub-library", "RuntimeError: CUDA error: CUDA driver is a stub library\ntorch 2.1.0\n"),
    ("cuda-unknown-error", "UserWarning: CUDA initialization: CUDA unknown error - this may be due to an incorrectly set up environment\nNvidia driver version: 470.57.02\nPyTorch version: 1.9.0\nIs CUDA available: False\n"),
    ("numpy2-abi", "A module that was compiled using NumPy 1.x cannot be run in NumPy 2.0.1 as it may crash.\ntorch 2.1.0\n"),
    ("glibc-too-old", "ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /x/site-packages/torch_sparse/_spmm.so)\n"),
    ("python-unsupported", "Python 3.13.0\nLinux\nERROR: Could not find a version that satisfies the requirement tensorflow==2.15.0 (from versions: none)\n"),
    ("python-32bit", "Python 3.10.6 (tags/v3.10.6, Aug  1 2022) [MSC v.1932 32 bit (Intel)]\nERROR: No matching distribution found for torch\n"),
    ("platform-without-wheels", "macOS-14.5-x86_64-i386-64bit\nPython 3.11.4\nERROR: Could not find a version that satisfies the requirement torch==2.4.0 (from versions: 2.0.0, 2.2.2)\n"),
    ("torch-not-installed", "Python 3.11.4\nModuleNotFoundError: No module named 'torch'\n"),
    ("duplicate-torch-install", "PyTorch version: 1.13.1\nIs CUDA available: False\n[pip3] torch==2.0.1\n"),
    ("driver-library-mismatch", "Failed to initialize NVML: Driver/library version mismatch\n"),
    ("gpu-lost", "Unable to determine the device handle for GPU 0000:41:00.0: GPU is lost.  Reboot the system to recover this GPU\n"),
    ("gpu-lost", "NVRM: Xid (PCI:0000:41:00): 79, pid=1234, GPU has fallen off the bus.\n"),
    ("gpu-arch-not-in-wheel-new", "PyTorch 2.6.0+cu124\nNVIDIA GeForce RTX 5080\nLinux\n"),
    ("gpu-arch-not-in-wheel-old", healthy(torch="PyTorch version: 2.9.0+cu130", cuda="CUDA used to build PyTorch: 13.0", gpu="GPU models and configuration: GPU 0: Tesla P100-PCIE-16GB", driver="Nvidia driver version: 580.65.06", listed="")),
    ("rocm-gfx-not-in-wheel", "PyTorch version: 2.4.1+rocm6.1\nOS: Ubuntu 22.04\nName:                    gfx1151\nRuntimeError: HIP error: invalid device function\n"),
    ("macos-too-old-for-mps", "macOS-12.7.6-arm64-arm-64bit\nPyTorch 2.5.1\n"),
    ("rosetta-python", "PyTorch version: 2.2.2\nIs CUDA available: False\nOS: macOS 14.4 (x86_64)\nPython version: 3.11.8 (64-bit runtime)\nPython platform: macOS-10.16-x86_64-i386-64bit\nCPU:\nApple M1\n"),
    ("wsl2-windows-build-too-old", "Microsoft Windows [Version 10.0.18363.1556]\nWSL 2\nUbuntu 20.04\nPyTorch 1.9.0\ntorch.cuda.is_available() False\nGPU: GTX 1080\n"),
    ("torch-torchvision-mismatch", "torch 2.1.0\ntorchvision 0.15.2\nRuntimeError: operator torchvision::nms does not exist\n"),
    ("torch-torchvision-cuda-variant-mismatch", "torch==2.1.0+cu118\ntorchvision==0.16.0+cpu\n"),
    ("torch-torchaudio-mismatch", "torch==2.1.0\ntorchaudio==2.0.2\n"),
    ("cuda-libs-shadowed-by-ld-library-path", "ImportError: /env/lib/python3.11/site-packages/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: __nvJitLinkAddData_12_1, version libnvJitLink.so.12\nLD_LIBRARY_PATH=/usr/local/cuda-12.0/lib64\n"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "text"), FIRES)
def test_the_fault_is_named_first(identity, text):
    assert roots(text)[:1] == [identity]


SILENT = [
    ("a healthy report", healthy()),
    ("code for 8.0 runs on 8.6", detectron2(archs="8.0", gpu="NVIDIA RTX A6000 (arch=8.6)")),
    ("another minor version of the same CUDA", detectron2(nvcc="11.3")),
    ("a processor without AVX on which nothing crashed", healthy() + "flags : fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ht tm pbe syscall nx lm pni sse4_1 lahf_lm pti\n"),
    ("flags cut off before AVX", "TensorFlow version: 2.4\nIllegal instruction (core dumped)\nflags : fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ht tm pbe syscall nx lm pni sse4_1\n"),
    ("an AMD GPU that works", "PyTorch version: 2.7.0+rocm6.3\nROCM used to build PyTorch: 6.3.42131\nOS: Ubuntu 24.04.2 LTS (x86_64)\nIs CUDA available: True\nGPU models and configuration: AMD Radeon Graphics (gfx906:sramecc+:xnack-)\n"),
    ("TensorFlow on Windows without CUDA", "TensorFlow version: 2.12.0\nOS: Windows 11\nPython version: 3.10\n"),
    ("a GPU that was lost and answers again", healthy() + "NVRM: GPU at PCI:0000:01:00: GPU-67a571b1\n"),
    ("an nvcc that nothing is compiled with", healthy(toolkit="CUDA runtime version: 11.5.119")),
    ("no nvcc", healthy(toolkit="CUDA runtime version: Could not collect")),
    ("a driver above the minor-version floor", healthy(driver="Nvidia driver version: 525.60.13")),
    ("the same torch, another patch", XFORMERS.replace("xFormers can't load C++/CUDA extensions. ", "").format(built="2.2.0+cu121", cuda="1201", here="2.2.2+cu121")),
    ("conda's libraries of one CUDA, libcurand is numbered apart",
     CONDA.format(torch="2.1.0", cuda="12.1", cublas="12.1.0.26", cusparse="12.0.2.55")),
    ("CUDA_HOME is Ubuntu's own", healthy() + "CUDA_HOME=/usr\n"),
    ("CUDA_HOME of Windows", "CUDA_HOME: C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\v11.8\ntorch 2.1.0+cu118\n"),
    ("TensorFlow without a GPU misses libraries that it does not need",
     "TensorFlow version: 2.4.1\nCould not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file\n"),
    ("TensorFlow finds its GPU", "TensorFlow version: 2.15.0\nGPU: RTX 3060\nNum GPUs Available:  1\n"),
    ("a Mac has no CUDA", healthy(cuda="CUDA used to build PyTorch: None", torch="PyTorch version: 2.5.1", os="OS: macOS 14.5 (arm64)", platform="Python platform: macOS-14.5-arm64-arm-64bit", available="Is CUDA available: False", toolkit="CUDA runtime version: No CUDA", gpu="GPU models and configuration: No CUDA", driver="Nvidia driver version: No CUDA", listed="")),
    ("a CPU build where there is no GPU", healthy(torch="PyTorch version: 2.5.1+cpu", cuda="CUDA used to build PyTorch: None", available="Is CUDA available: False", toolkit="CUDA runtime version: No CUDA", gpu="GPU models and configuration: No CUDA", driver="Nvidia driver version: No CUDA", listed="")),
    ("nvidia-smi is not there, and CUDA works", healthy(gpu="GPU models and configuration: Could not collect", driver="Nvidia driver version: Could not collect")),
    ("pip lists what conda installed", healthy() + "[conda] pytorch                   2.5.1           py3.10_cuda12.1_cudnn9.1.0_0  pytorch\n"),
    ("a requested version is not an installed one", healthy() + "$ pip install torch==1.4.0 torchvision==0.5.0\n"),
    ("an old Python", healthy(python="Python version: 3.6.9 (default)", torch="PyTorch version: 1.9.0", cuda="CUDA used to build PyTorch: 10.2", gpu="GPU models and configuration: GPU 0: GeForce GTX 1080", platform="", listed="")),
    ("nothing told of the build on Windows", "PyTorch version: 2.1.0\nOS: Windows 10\nGPU: NVIDIA GeForce RTX 3060\n"),
    ("the wheels of AMD's own index say whom they serve", "PyTorch version: 2.4.1+rocm6.1\nOS: Ubuntu 22.04\nName:                    gfx1100\n"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "text"), SILENT)
def test_what_only_looks_like_a_fault_is_no_root_cause(why, text):
    assert roots(text) == [], why


def test_no_check_breaks_on_a_text():
    assert [said(text).defects for _, text in (*FIRES, *SILENT) if said(text).defects] == []


def test_a_gpu_too_old_for_any_driver_explains_the_old_driver():
    text = healthy(torch="PyTorch version: 1.2.0", cuda="CUDA used to build PyTorch: 10.0", available="Is CUDA available: No",
                   gpu="GPU models and configuration: GPU 0: GeForce 210", driver="Nvidia driver version: 342.01", listed="")  # fmt: skip

    assert roots(text) == ["gpu-arch-not-in-wheel-old"]
    assert status("driver-too-old-for-torch-cuda", text) == "fail"


def test_the_build_that_an_extension_was_made_for_is_advised_to_the_letter():
    text = next(text for identity, text in FIRES if identity == "extension-built-for-other-torch")
    finding = next(one for one in said(text).findings if one.id == "extension-built-for-other-torch")

    assert "https://download.pytorch.org/whl/cu121" in finding.fixes[0].commands[-1].argv
    assert "torch==2.2.0+cu121" in finding.fixes[0].commands[-1].argv
