"""Failures of the field as people paste them: the cause is named first. The words are those of the pages named."""

import pytest

from tests.texts import roots, said

SMI = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI {driver}             Driver Version: {driver}     CUDA Version: {cuda}     |
|-----------------------------------------+------------------------+----------------------+
|   0  {name}        Off |   00000000:01:00.0 Off |                  N/A |
|  0%   40C    P8             20W /  450W |     300MiB /  24564MiB |      0%      Default |
+-----------------------------------------+------------------------+----------------------+
"""


def smi(driver, cuda, name):
    return SMI.format(driver=driver, cuda=cuda, name=name)


def collect_env(torch, cuda, gpu="GPU 0: NVIDIA GeForce RTX 4090", driver="580.82.07", available="True", extra=""):
    return f"""\
PyTorch version: {torch}
CUDA used to build PyTorch: {cuda}
OS: Ubuntu 24.04.1 LTS (x86_64)
Python version: 3.12.7 (64-bit runtime)
Is CUDA available: {available}
GPU models and configuration: {gpu}
Nvidia driver version: {driver}
{extra}
"""


TEXTS = {
    "JAX was asked for a GPU": (
        "jax 0.4.35, Ubuntu 22.04, NVIDIA GeForce RTX 4090\nRuntimeError: Unknown backend: 'gpu' requested, but no platforms "
        "that are instances of gpu are present. Platforms present are: cpu", "jax-cpu-build-on-gpu-machine"),
    "no driver, by torch": (
        "NVIDIA RTX 3060, Ubuntu 22.04\nRuntimeError: Found no NVIDIA driver on your system. Please check that you have "
        "an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx", "no-driver"),
    "no driver, by nvidia-smi": (
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA "
        "driver is installed and running.", "no-driver"),
    "driver and library differ": (
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.124",
        "driver-library-mismatch"),
    "kernel's words of two versions": (
        "NVRM: API mismatch: the client 'nvidia-smi' (pid 1234) has the version 570.124.06, but\nNVRM: this kernel module "
        "has the version 570.86.15.  Please make sure that this kernel module and all NVIDIA driver components have the "
        "same version.", "driver-library-mismatch"),
    "nouveau was first": (
        "NVRM: The NVIDIA probe routine was not called for 1 device(s).\nNVRM: This can occur when a driver such as:\n"
        "NVRM: nouveau, rivafb, nvidiafb or rivatv\nNVRM: was loaded and obtained ownership of the NVIDIA device(s).",
        "nouveau-in-use"),
    "Secure Boot": (
        "$ sudo modprobe nvidia\nmodprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        "secure-boot-blocks-module"),
    "a legacy GPU": (
        "NVRM: The NVIDIA GeForce GT 640 GPU installed in this system is\nNVRM: supported through the NVIDIA 470.xx "
        "Legacy drivers. Please\nNVRM: visit http://www.nvidia.com/object/unix.html for more\nNo devices were found",
        "driver-finds-no-gpu"),
    "the open module and an old GPU": (
        "NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:1b80)\nNVRM: installed in this system is not supported by open\n"
        "NVRM: nvidia.ko because it does not include the required GPU\nNVRM: System Processor (GSP).\n"
        "No devices were found", "driver-finds-no-gpu"),
    "no room in memory": (
        "NVRM: This PCI I/O region assigned to your NVIDIA device is invalid:\nNVRM: BAR1 is 0M @ 0x0 (PCI:0000:01:00.0)\n"
        "nvidia-smi: No devices were found", "driver-finds-no-gpu"),
    "fell off the bus": (
        "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU",
        "gpu-lost"),
    "Xid 79": ("NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus.", "gpu-lost"),
    "GSP does not answer": (
        "NVRM: Xid (PCI:0000:3b:00): 119, pid=2213, Timeout after 45s of waiting for RPC response from GPU0 GSP!",
        "gpu-lost"),
    "memory errors": (
        "NVRM: Xid (PCI:0000:3b:00): 48, pid=2213, DBE (double bit error)\nRuntimeError: CUDA error: uncorrectable ECC "
        "error encountered", "gpu-hardware-errors"),
    "NVLink": ("NVRM: Xid (PCI:0000:3b:00): 74, pid=2213, NVLink: fatal error detected on link 6", "gpu-hardware-errors"),
    "after sleep": (
        collect_env("2.8.0+cu128", "12.8", available="False",
                    extra="UserWarning: CUDA initialization: CUDA unknown error - this may be due to an incorrectly set "
                    "up environment, e.g. changing env variable CUDA_VISIBLE_DEVICES after program start. Setting the "
                    "available devices to be zero."), "cuda-unknown-error"),
    "NVSwitch": (
        "8x NVIDIA H100 80GB HBM3\nRuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda "
        "functions before calling NumCudaDevices() that might have already set an error? Error 802: system not yet "
        "initialized", "fabric-manager-not-running"),
    "driver too old": (
        "UserWarning: CUDA initialization: The NVIDIA driver on your system is too old (found version 12040). Please "
        "update your GPU driver by downloading and installing a new version", "driver-too-old-for-torch-cuda"),
    "driver too old, by numbers": (
        collect_env("2.11.0+cu130", "13.0", driver="550.54.15", available="False"), "driver-too-old-for-torch-cuda"),
    "compat on a GeForce": (
        "RTX 2080 Ti\nRuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was "
        "attempted on non supported HW", "cuda-compat-not-usable"),
    "PTX of a newer toolkit": (
        "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain.",
        "driver-older-than-toolkit-ptx"),
    "the toolkit's stub": (
        "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 34: CUDA driver is a stub library",
        "cuda-stub-library"),
    "too little memory to start": (
        "NVIDIA RTX A5000, WSL2 with two GPUs\nRuntimeError: Unexpected error from cudaGetDeviceCount(). Error 2: out of "
        "memory (Triggered internally at ../c10/cuda/CUDAFunctions.cpp:109.)", "cuda-does-not-start"),
    "a CPU build": (
        collect_env("2.9.1+cpu", "None", available="False",
                    extra="AssertionError: Torch not compiled with CUDA enabled"), "torch-cpu-build-on-gpu-machine"),
    "a new GPU": (
        "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n"
        "The current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90.\nRuntimeError: "
        "CUDA error: no kernel image is available for execution on the device", "gpu-arch-not-in-wheel-new"),
    "an old GPU, in the words of 2.10": (
        "Found GPU0 Tesla P100-PCIE-16GB which is of compute capability (CC) 6.0.\nThe following list shows the CCs this "
        "version of PyTorch was built for and the hardware CCs it supports:\n- 7.5 which supports hardware CC >=7.5,<8.0\n"
        "torch.AcceleratorError: CUDA error: no kernel image is available for execution on the device",
        "gpu-arch-not-in-wheel-old"),
    "Volta": (collect_env("2.11.0+cu128", "12.8", gpu="GPU 0: Tesla V100-SXM2-16GB"), "gpu-arch-not-in-wheel-old"),
    "torchvision of another torch": (
        "[pip3] torch==2.5.1\n[pip3] torchvision==0.19.0\nRuntimeError: operator torchvision::nms does not exist",
        "torch-torchvision-mismatch"),
    "torchvision of another build": (
        "[pip3] torch==2.6.0+cu126\n[pip3] torchvision==0.21.0+cpu\nNotImplementedError: Could not run "
        "'torchvision::nms' with arguments from the 'CUDA' backend.", "torch-torchvision-cuda-variant-mismatch"),
    "an older nvJitLink": (
        "ImportError: /x/site-packages/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: "
        "__nvJitLinkComplete_12_4, version libnvJitLink.so.12", "cuda-libs-shadowed-by-ld-library-path"),
    "an older cuDNN": (
        "RuntimeError: cuDNN version incompatibility: PyTorch was compiled  against (8, 7, 0) but found runtime version "
        "(8, 2, 4). PyTorch already comes bundled with cuDNN. Looks like your LD_LIBRARY_PATH contains incompatible "
        "version of cudnn", "cuda-libs-shadowed-by-ld-library-path"),
    "an older NCCL": (
        "ImportError: /x/site-packages/torch/lib/libtorch_cuda.so: undefined symbol: ncclCommRegister\n"
        "LD_LIBRARY_PATH=/usr/local/nccl/lib", "cuda-libs-shadowed-by-ld-library-path"),
    "another nvcc": (
        "RuntimeError: The detected CUDA version (12.0) mismatches the version that was used to compile PyTorch (11.8). "
        "Please make sure to use the same CUDA versions.", "nvcc-torch-mismatch"),
    "no CUDA_HOME": (
        "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.",
        "cuda-home-malformed"),
    "FlashAttention of another torch": (
        "[pip3] torch==2.6.0\n[pip3] flash_attn==2.8.0.post2\nImportError: /x/site-packages/flash_attn_2_cuda.cpython-311-"
        "x86_64-linux-gnu.so: undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_",
        "extension-abi-mismatch"),
    "torch_xla of another torch": (
        "[pip3] torch==2.14.0\n[pip3] torch-xla==2.9.0\nImportError: /x/_XLAC.cpython-310-x86_64-linux-gnu.so: undefined "
        "symbol: _ZN2at6native12cpu_fallbackERKN3c1014OperatorHandleE", "torch-companion-of-another-release"),
    "torch_npu of another torch": (
        "[pip3] torch==2.5.1\n[pip3] torch_npu==2.1.0\nImportError: /x/torch_npu/lib/libtorch_npu.so: undefined symbol: "
        "_ZN3atb15CreateOperationE", "torch-companion-of-another-release"),
    "the toolkit cannot load NVML": (
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object "
        "file: no such file or directory", "no-driver"),
    "an image for a newer driver": (
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a newer "
        "version, or use an earlier cuda container", "driver-too-old-for-torch-cuda"),
    "device rules lost": (
        "It worked for hours, then inside the docker container: $ nvidia-smi\nFailed to initialize NVML: Unknown Error",
        "gpu-access-denied"),
    "TensorFlow on Windows": (
        "Windows 11, tensorflow 2.15.0, Python 3.11, CUDA 12.2\n>>> tf.config.list_physical_devices('GPU')\n[]",
        "tf-no-native-windows-gpu"),
    "TensorFlow without its libraries": (
        "tensorflow 2.16.1, Ubuntu 22.04, Python 3.10\n" + smi("550.54.15", "12.4", "NVIDIA GeForce RTX 3090")
        + "W tensorflow/core/common_runtime/gpu/gpu_device.cc:2251] Cannot dlopen some GPU libraries. Please make sure "
        "the missing libraries mentioned above are installed properly if you would like to use GPU.\nCould not load "
        "dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file\nSkipping registering GPU "
        "devices...", "tf-cuda-version-mismatch"),
    "old TensorFlow, another CUDA": (
        "Windows 10, tensorflow 2.1.0 installed from pip, Python 3.7.7, CUDA 10.2.89, GTX 1650\nCould not load dynamic "
        "library 'cudart64_101.dll'; dlerror: cudart64_101.dll not found", "tf-cuda-version-mismatch"),
    "ROCm without code for the GPU": (
        "PyTorch version: 2.10.0.dev20250929+rocm7.0\nROCM used to build PyTorch: 7.0\nAMD Ryzen AI Max, gfx1151\nRuntimeError: HIP "
        "error: invalid device function", "rocm-gfx-not-in-wheel"),
    "no access to /dev/kfd": (
        "PyTorch version: 2.6.0+rocm6.2.4\nROCM used to build PyTorch: 6.2.4\nUnable to open /dev/kfd read-write: "
        "Permission denied\nada is not member of \"render\" group", "amd-gpu-not-accessible"),
    "no kernel driver of AMD's": (
        "PyTorch version: 2.6.0+rocm6.2.4\nROCM used to build PyTorch: 6.2.4\n$ rocminfo\nROCk module is NOT loaded, "
        "possibly no GPU devices", "amdgpu-not-loaded"),
    "a build without XPU": (
        "Intel Arc B580, Ubuntu 24.10\nPyTorch version: 2.7.0+cpu\nAssertionError: Torch not compiled with XPU enabled",
        "torch-without-xpu"),
    "no XPU devices": (
        "Intel Arc A770\nPyTorch version: 2.7.0+xpu\nRuntimeError: No XPU devices are available.", "level-zero-missing"),
    "an old macOS": (
        "MacBook M1, macOS 12.7.6 arm64\nPyTorch version: 2.5.1\nIs MPS available: False\nRuntimeError: The MPS backend "
        "is supported on MacOS 12.3+.Current OS version can be queried using `sw_vers`", "macos-too-old-for-mps"),
    "a CUDA index on a Mac": (
        "MacBook Pro M3, macOS 15.1\n$ pip install torch --index-url https://download.pytorch.org/whl/cu124\nERROR: Could "
        "not find a version that satisfies the requirement torch (from versions: none)\nERROR: No matching distribution "
        "found for torch", "wheel-index-of-another-system"),
    "GPUs hidden by a script": (
        smi("580.82.07", "13.0", "NVIDIA GeForce RTX 4090") + "CUDA_VISIBLE_DEVICES=3\nRuntimeError: No CUDA GPUs are "
        "available", "gpu-hidden-by-environment"),
    "a script hides the GPU, and the shell does not": (
        smi("535.104.05", "12.2", "NVIDIA GeForce RTX 3090") + "torch 2.1.0+cu121 torch.cuda.is_available() True in the "
        "shell\nos.environ[\"CUDA_VISIBLE_DEVICES\"] = '7'\nRuntimeError: No CUDA GPUs are available",
        "gpu-hidden-by-environment"),
    "something hides the GPU": (
        smi("535.104.05", "12.2", "NVIDIA GeForce RTX 3090") + "torch 2.1.0+cu121\nRuntimeError: No CUDA GPUs are available",
        "gpu-hidden-by-environment"),
    "Colab without a GPU": (
        "Google Colab, torch 2.6.0+cu124\nRuntimeError: Found no NVIDIA driver on your system. Please check that you have "
        "an NVIDIA GPU", "no-nvidia-gpu"),
    "TensorFlow does not say which library": (
        "TensorFlow 2.16.1 installed with pip install tensorflow[and-cuda], Ubuntu 22.04, RTX 3090, driver 550.54.15\n"
        "Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed properly if "
        "you would like to use GPU. Skipping registering GPU devices...", "tf-cuda-version-mismatch"),
    "Intel's extension of another torch": (
        "torch==2.9.0\nintel-extension-for-pytorch==2.8.0\nImportError: /x/libintel-ext-pt-cpu.so: undefined symbol: "
        "_ZNK3c1010TensorImpl", "torch-companion-of-another-release"),
    "another version of the fabric manager": (
        "nvidia-fabricmanager.service: failed\nfabric manager NVIDIA GPU driver interface version 535.104.05 don't match "
        "with driver version 535.129.03. Please update with matching NVIDIA driver package.",
        "fabric-manager-not-running"),
    "a GPU reset is required": (
        "NVRM: Xid (PCI:0000:18:00): 154, pid='<unknown>', GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset "
        "Required)", "gpu-hardware-errors"),
    "MIG without a slice": (
        "NVIDIA A100-SXM4-40GB, driver 535.104.05, MIG M. Enabled\n|  No MIG devices found  |\ntorch 2.4.0+cu121\n"
        "RuntimeError: No CUDA GPUs are available", "cuda-does-not-start"),
    "error 803 with a new driver": (
        "vLLM docker image, driver 580.82.07\nRuntimeError: Unexpected error from cudaGetDeviceCount(). Error 803: system "
        "has unsupported display driver / cuda driver combination", "driver-library-mismatch"),
    "an ARM wheel of before 2.11": (
        "DGX Spark GB10, aarch64, Ubuntu 24.04\n$ pip install torch==2.9.1\ntorch 2.9.1+cpu\nAssertionError: Torch not "
        "compiled with CUDA enabled", "torch-cpu-build-on-gpu-machine"),
    "an AMD GPU and a build for CUDA": (
        "AMD Radeon RX 7900 XTX, Ubuntu 22.04\ntorch 2.9.0+cu128\nRuntimeError: Found no NVIDIA driver on your system. "
        "Please check that you have an NVIDIA GPU and installed a driver", "torch-without-rocm"),
    "Kaggle's P100": (
        "Kaggle notebook, Tesla P100-PCIE-16GB, torch 2.8.0+cu128\ntorch.AcceleratorError: CUDA error: no kernel image is "
        "available for execution on the device", "gpu-arch-not-in-wheel-old"),
    "an Intel Python on Apple silicon": (
        "PyTorch version: 2.2.2\nOS: macOS 15.3 (x86_64)\nPython platform: macOS-15.3-x86_64-i386-64bit\nCPU:\nApple M2 "
        "Pro\nIs CUDA available: False", "rosetta-python"),
    "podman without /dev/nvidia-uvm": (
        "podman container, nvidia-smi works\n$ ls /dev/nvidia*\n/dev/nvidia0 /dev/nvidiactl\nRuntimeError: CUDA unknown error "
        "- this may be due to an incorrectly set up environment, e.g. changing env variable CUDA_VISIBLE_DEVICES after "
        "program start.", "nvidia-uvm-missing"),
    "no module for the new kernel": (
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA "
        "driver is installed and running.\nmodprobe: FATAL: Module nvidia not found in directory "
        "/lib/modules/6.8.0-50-generic", "no-driver"),
    "Linux driver inside WSL": (
        "Ubuntu 22.04 in WSL2, kernel 5.15.146.1-microsoft-standard-WSL2\nlibcuda.so.1 => /usr/lib/x86_64-linux-gnu/"
        "libcuda.so.1\nCall to cuInit results in CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected",
        "linux-driver-in-wsl"),
}  # fmt: skip


@pytest.mark.parametrize("why", TEXTS)
def test_the_cause_is_named_first(why):
    text, cause = TEXTS[why]

    assert roots(text)[:1] == [cause], [(one.id, one.status, one.caused_by, one.evidence) for one in said(text).findings
                                        if one.status in ("fail", "note")]  # fmt: skip


HEALTHY = {
    "nvidia-smi is not on PATH in WSL": (
        "WSL2 Ubuntu: nvidia-smi: command not found, torch.cuda.is_available() True\ntorch 2.6.0+cu124"),
    "a Mac has no nvidia-smi": "macOS 15.1, torch 2.8.0\n$ nvidia-smi\nzsh: command not found: nvidia-smi",
    "a machine without a GPU has no nvidia-smi": (
        "Ubuntu 22.04, torch 2.8.0+cpu\n>>> torch.cuda.is_available()\nFalse\n$ nvidia-smi\nbash: nvidia-smi: command not found"),
    "JAX on a Mac": "macOS 15.1\njax 0.4.30\nWARNING:absl:No GPU/TPU found, falling back to CPU.",
    "JAX on a laptop": "Ubuntu 22.04\njax==0.3.25\njaxlib==0.3.25\nWARNING:absl:No GPU/TPU found, falling back to CPU.",
    "JAX looks for a TPU too": (
        "INFO:jax._src.xla_bridge:Unable to initialize backend 'rocm': NOT_FOUND: Could not find registered platform with name: "
        "\"rocm\"\nINFO:jax._src.xla_bridge:Unable to initialize backend 'tpu': INTERNAL: Failed to open libtpu.so: libtpu.so: "
        "cannot open shared object file: No such file or directory\n[CudaDevice(id=0)]"),
    "MPS falls back by itself": (
        "macOS 14.5, pytorch 1.12.1\nUserWarning: The operator 'aten::bitwise_and.Tensor_out' is not currently supported on "
        "the MPS backend and will fall back to run on the CPU."),
    "libcuda is no symbolic link in WSL": (
        "WSL2, torch 2.6.0+cu124, torch.cuda.is_available() True\nldconfig: /usr/lib/wsl/lib/libcuda.so.1 is not a symbolic "
        "link"),
    "a driver of the same major version": collect_env("2.8.0+cu128", "12.8", driver="550.54.15"),
    "Ada runs Ampere's code": collect_env("2.13.0+cu130", "13.0", gpu="GPU 0: NVIDIA L4"),
    "another nvcc that nothing is compiled with": collect_env("2.8.0+cu128", "12.8", extra="CUDA runtime version: 11.5.119"),
    "torchaudio stopped at 2.11": collect_env(
        "2.13.0+cu130", "13.0", extra="[pip3] torch==2.13.0\n[pip3] torchaudio==2.11.0"),
}  # fmt: skip


@pytest.mark.parametrize("why", HEALTHY)
def test_it_is_no_fault(why):
    assert roots(HEALTHY[why]) == []


def test_a_module_that_is_not_built_is_built_first():
    text, _ = TEXTS["no module for the new kernel"]
    finding = next(one for one in said(text).findings if one.id == "no-driver")

    assert "dkms autoinstall" in finding.fixes[0].title
