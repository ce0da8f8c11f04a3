"""What the importers make of texts: a fact for what stands there, a gap with its reason for what does not."""

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe import importers
from dlcheck.observe.importers.gpu_names import amd_names, nvidia_names
from tests.texts import COLLECT_ENV, TAKEN, facts, healthy


def gap(fact):
    assert isinstance(fact, Missing), fact
    return fact.gap


def pasted(text):
    return facts(text).pasted.value


def gpus(text):
    listed = facts(text).nvidia.value.gpus
    return [gpu.name for gpu in listed]


def listed(text):
    return {one.name: (one.version, one.installer) for one in facts(text).packages.value.distributions}


def test_collect_env_tells_what_stands_in_it():
    read = facts(COLLECT_ENV)

    assert read.depth == "pasted"
    assert read.pasted.value.sources[0] == "collect_env"
    torch, nvidia, interpreter = read.torch.value, read.nvidia.value, read.interpreter.value
    assert (torch.version, torch.cuda, torch.cuda_available) == ("2.5.1+cu121", "12.1", True)
    assert gap(torch.hip) == "not-looked"
    assert (nvidia.driver_version, [gpu.name for gpu in nvidia.gpus]) == ("535.183.01", ["NVIDIA GeForce RTX 4090"])
    assert (interpreter.version, interpreter.bits, interpreter.machine) == ("3.10.12", 64, "x86_64")
    assert (read.os.value.system, read.os.value.version, read.os.value.glibc) == ("linux", "22.04.5", "2.35")
    assert read.pasted.value.toolkit_cuda == "12.1.105"


DRIVER = "Nvidia driver version: {}"
GPUS = "GPU models and configuration: {}"


@pytest.mark.parametrize(
    ("words", "answer"),
    [("No CUDA", "absent"), ("Could not collect", "broken"), ("N/A", "not-looked"), (None, "not-looked")],
)
def test_no_cuda_could_not_collect_not_applicable_and_silence_are_four_things(words, answer):
    text = healthy(
        available="Is CUDA available: False",
        driver=DRIVER.format(words) if words else "",
        gpu=GPUS.format(words) if words else "",
        toolkit="",
    )

    nvidia = facts(text).nvidia

    fact = nvidia.missing if nvidia.value is None else nvidia.value.driver_version
    assert gap(fact) == answer
    assert words is None or words == "N/A" or words in fact.why


@pytest.mark.parametrize(
    ("words", "cuda"),
    [("12.1", "12.1"), ("10.1.243", "10.1.243"), ("None", "absent"), ("Could not collect", "absent"), ("N/A", "not-looked")],
)  # fmt: skip
def test_the_cuda_of_the_build(words, cuda):
    """`Could not collect` is what collect_env writes where torch.version.cuda is None: a build for the CPU."""
    torch = facts(
        healthy(torch="PyTorch version: 1.9.0", cuda=f"CUDA used to build PyTorch: {words}", listed="")
    ).torch.value

    assert (gap(torch.cuda) if isinstance(torch.cuda, Missing) else torch.cuda) == cuda


def test_the_c_library_of_an_old_python_is_not_that_of_the_system():
    text = "PyTorch version: 1.9.0\nLibc version: glibc-2.9\nPython version: 3.6.13 (64-bit runtime)\n"

    assert gap(facts(text).os.value.glibc) == "not-looked"


TABLE = """\
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 470.82.01    Driver Version: 470.82.01    CUDA Version: 11.4     |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
|===============================+======================+======================|
|   0  Tesla V100-SXM2...  Off  | 00000000:00:1E.0 Off |                    0 |
| N/A   35C    P0    38W / 300W |      0MiB / 16160MiB |      0%      Default |
|   1  NVIDIA A100 80G...  Off  | 00000000:00:1F.0 Off |                    0 |
| N/A   35C    P0    38W / 300W |      0MiB / 81920MiB |      0%      Default |
+-----------------------------------------------------------------------------+
"""
QUERY = """\
==============NVSMI LOG==============
Driver Version                            : 535.104.05
CUDA Version                              : 12.2
Attached GPUs                             : 1
GPU 00000000:01:00.0
    Product Name                          : NVIDIA L4
"""


def test_the_table_of_nvidia_smi():
    read = facts(TABLE)

    assert gpus(TABLE) == ["Tesla V100-SXM2", "NVIDIA A100 80G"]
    assert read.nvidia.value.driver_version == "470.82.01"
    assert read.nvidia.value.driver_cuda == (11, 4)
    assert read.nvidia.value.nvml_code == 0
    assert [gpu.memory_total_bytes for gpu in read.nvidia.value.gpus] == [16160 * 2**20, 81920 * 2**20]


@pytest.mark.parametrize(
    ("text", "names", "driver"),
    [
        ("GPU 0: NVIDIA A10G (UUID: GPU-1)\nGPU 1: NVIDIA A10G (UUID: GPU-2)\n", ["NVIDIA A10G", "NVIDIA A10G"], None),
        ("name, driver_version\nTesla T4, 525.85.12\n", ["Tesla T4"], "525.85.12"),
        (QUERY, ["NVIDIA L4"], "535.104.05"),
        ("GPU: 2x RTX 3090\ntorch 2.1.0\n", ["RTX 3090", "RTX 3090"], None),
    ],
)
def test_other_forms_of_nvidia_smi(text, names, driver):
    version = facts(text).nvidia.value.driver_version

    assert gpus(text) == names
    assert (None if isinstance(version, Missing) else version) == driver


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.144\n", 18),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", 9),
    ],
)
def test_failures_of_nvidia_smi_are_its_codes(text, code):
    assert facts(text).nvidia.value.nvml_code == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("torch==2.1.0\nnumpy==1.26.0  # via torch\n", {"torch": ("2.1.0", "pip"), "numpy": ("1.26.0", "pip")}),
        ("Package Version\n------- -------\ntorch   2.1.0+cu118\n", {"torch": ("2.1.0+cu118", "pip")}),
        ("Name: torch\nVersion: 2.1.0\nSummary: x\n", {"torch": ("2.1.0", "pip")}),
        (" + torch==2.1.0\n + numpy==2.0.0\n", {"torch": ("2.1.0", "pip"), "numpy": ("2.0.0", "pip")}),
        ("Successfully installed numpy-2.0.1 torch-2.4.0\n", {"torch": ("2.4.0", "pip"), "numpy": ("2.0.1", "pip")}),
        ("# Name  Version  Build  Channel\nnumpy   1.26.4   pypi_0   pypi\npytorch 2.5.1 py3.10_cuda12.1_cudnn9.1.0_0  pytorch\n",
         {"numpy": ("1.26.4", "pip"), "pytorch": ("2.5.1", "conda")}),
    ],
)  # fmt: skip
def test_lists_of_packages(text, expected):
    assert listed(text) == expected


def test_conda_keeps_its_libraries_apart():
    text = "# Name  Version  Build  Channel\nlibcublas  12.1.0.26  0  nvidia\npytorch-cuda  12.1  ha16c6d3_6  pytorch\n"

    packages = facts(text).packages.value

    assert {(one.name, one.version) for one in packages.conda} >= {("libcublas", "12.1.0.26"), ("pytorch-cuda", "12.1")}


def test_a_requested_version_is_not_an_installed_one():
    text = (
        "$ pip install torch==1.4.0\n"
        "ERROR: Could not find a version that satisfies the requirement torch==1.4.0 (from versions: 2.5.0, 2.5.1)\n"
        "ERROR: No matching distribution found for torch==1.4.0\n"
    )

    read = facts(text)

    assert read.packages.value is None or not read.packages.value.distributions
    assert [(one.requirement, one.failed, one.offered) for one in read.pasted.value.attempts] == [
        ("torch==1.4.0", True, ("2.5.0", "2.5.1"))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:\n"
        "    PyTorch 2.1.2+cu121 with CUDA 1201 (you have 2.1.2+cpu)\n",
        "torch_scatter 2.1.2+pt21cu121\n# Package Version\ntorch-scatter==2.1.2+pt21cu121\n",
    ],
)
def test_extensions_say_what_they_were_built_for(text):
    one = pasted(text).extensions[0]

    assert one.built_for_torch.startswith("2.1")
    assert one.built_for_cuda == "12.1"


def test_an_extension_that_misses_a_symbol():
    text = "ImportError: /env/lib/python3.10/site-packages/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN3c104cuda9SetDeviceEi\n"  # fmt: skip

    assert [(one.name, one.error) for one in pasted(text).extensions] == [
        ("flash-attn-2-cuda", "undefined symbol: _ZN3c104cuda9SetDeviceEi")
    ]


MMCV = """\
sys.platform: linux
Python: 3.7.3 (default, Jul 25 2020, 13:03:44) [GCC 8.3.0]
CUDA available: True
GPU 0,1: Tesla P100-PCIE-16GB
CUDA_HOME: /usr/local/cuda
NVCC: Cuda compilation tools, release 10.2, V10.2.89
PyTorch: 1.8.0
"""
DS_REPORT = """\
--------------------------------------------------
DeepSpeed general environment info:
torch install path ............... ['/env/lib/python3.10/site-packages/torch']
torch version .................... 2.1.0+cu118
deepspeed info ................... 0.12.6, unknown, unknown
torch cuda version ............... 11.8
nvcc version ..................... 12.1
"""
TRANSFORMERS = """\
- `transformers` version: 4.40.0
- Platform: Linux-5.15.0-105-generic-x86_64-with-glibc2.35
- Python version: 3.10.12
- PyTorch version (GPU?): 2.3.0+cu121 (False)
- Tensorflow version (GPU?): not installed (NA)
"""
ACCELERATE = """\
- `Accelerate` version: 0.30.1
- Platform: Windows-10-10.0.22631-SP0
- Python version: 3.11.7
- PyTorch version (GPU?): 2.3.0+cpu (False)
- GPU type: NVIDIA GeForce RTX 4090
"""
JAX = """\
jax:    0.4.33
jaxlib: 0.4.33
numpy:  1.26.4
python: 3.11.9 (main, Apr  6 2024, 17:59:24) [GCC 11.4.0]
device info: NVIDIA A100-SXM4-40GB-1, 1 local devices"
process_count: 1
platform: uname_result(system='Linux', node='x', release='5.15.0', version='#1', machine='x86_64')
"""


@pytest.mark.parametrize(
    ("text", "source", "version", "available"),
    [
        (MMCV, "mmcv", "1.8.0", True),
        (DS_REPORT, "ds_report", "2.1.0+cu118", None),
        (TRANSFORMERS, "transformers env", "2.3.0+cu121", False),
        (ACCELERATE, "accelerate env", "2.3.0+cpu", False),
    ],
)
def test_environments_of_libraries(text, source, version, available):
    read = facts(text)

    assert read.torch.value.version == version
    assert (
        None if isinstance(read.torch.value.cuda_available, Missing) else read.torch.value.cuda_available
    ) is available
    assert len(read.pasted.value.sources) >= 1


def test_ds_report_tells_the_compiler_apart_from_the_build():
    read = facts(DS_REPORT)

    assert read.torch.value.cuda == "11.8"
    assert read.pasted.value.toolkit_cuda == "12.1"


def test_jax_tells_its_devices():
    read = facts(JAX)

    assert read.jax.value.version == "0.4.33"
    assert read.interpreter.value.version == "3.11.9"
    assert gpus(JAX) == ["NVIDIA A100-SXM4-40GB"]


def test_the_logs_of_tensorflow():
    text = (
        "I tensorflow/core/common_runtime/gpu/gpu_device.cc:1561] Found device 0 with properties: \n"
        "pciBusID: 0000:01:00.0 name: GeForce RTX 2080 Ti computeCapability: 7.5\n"
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic library "
        "'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory\n"
        "Tensorflow version: 2.4.1\n"
    )

    read = facts(text)

    assert read.tensorflow.value.version == "2.4.1"
    assert read.pasted.value.missing_libraries == ("libcudart.so.11.0",)
    assert [(gpu.name, gpu.compute_capability) for gpu in read.nvidia.value.gpus] == [("GeForce RTX 2080 Ti", (7, 5))]


@pytest.mark.parametrize(
    ("text", "system", "version"),
    [
        ("Linux host 5.15.0-105-generic #115-Ubuntu SMP x86_64 x86_64 x86_64 GNU/Linux\n", "linux", ""),
        ("ProductName: macOS\nProductVersion: 14.5\nBuildVersion: 23F79\n", "darwin", "14.5"),
        ("OS: Microsoft Windows 11 Pro\ntorch 2.1.0\n", "windows", ""),
        ("PRETTY_NAME=\"Ubuntu 22.04.3 LTS\"\nVERSION_ID=\"22.04\"\ntorch 2.1.0\n", "linux", "22.04.3"),
    ],
)  # fmt: skip
def test_the_system(text, system, version):
    told = facts(text).os.value

    assert (told.system, told.version) == (system, version)


@pytest.mark.parametrize(
    ("text", "wsl"),
    [
        ("Linux-5.15.90.1-microsoft-standard-WSL2-x86_64-with-glibc2.35\ntorch 2.1.0\n", 2),
        ("- Platform: Linux-4.4.0-19041-Microsoft-x86_64-with-glibc2.31\ntorch 2.1.0\n", 1),
        ("Linux host 5.15.0-105-generic #115-Ubuntu SMP x86_64 x86_64 x86_64 GNU/Linux\n", 0),
    ],
)
def test_which_wsl(text, wsl):
    assert facts(text).os.value.wsl == wsl


@pytest.mark.parametrize(
    ("text", "version", "bits"),
    [
        ("Python 3.8.10 (default, May  3 2021, 08:55:58) [MSC v.1928 32 bit (Intel)] on win32\n", "3.8.10", 32),
        ("Python 3.9.7 (default, Sep 16 2021, 16:59:28) [MSC v.1916 64 bit (AMD64)] :: Anaconda\n", "3.9.7", 64),
        ("Python version: 3.7 (32-bit runtime)\nPyTorch version: N/A\n", "3.7", 32),
    ],
)
def test_pythons(text, version, bits):
    interpreter = facts(text).interpreter.value

    assert (interpreter.version, interpreter.bits) == (version, bits)


def test_rocminfo():
    text = (
        "ROCk module is loaded\n  Name:                    gfx1100\n  Marketing Name:          AMD Radeon RX 7900 XTX\n"
    )

    assert facts(text).amd.value.gfx == ("gfx1100",)


def test_the_kernel_log():
    text = (
        "[ 1.2] NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  570.158.01  Release Build  (dvs-builder@U22-I3-B10-02-5)\n"
        "[ 9.9] NVRM: Xid (PCI:0000:44:00): 79, GPU has fallen off the bus.\n"
    )  # fmt: skip

    nvidia = facts(text).nvidia.value

    assert (nvidia.kernel_module_version, nvidia.xids) == ("570.158.01", (79,))
    assert [gpu.handle_code for gpu in nvidia.gpus] == [15]


def test_a_crash_is_told_by_its_signal():
    tensorflow = facts(">>> import tensorflow as tf\nIllegal instruction (core dumped)\n").tensorflow

    assert (tensorflow.missing.gap, tensorflow.ending.signal) == ("crashed", "SIGILL")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("4080 RTX", ["RTX 4080"]),
        ("NVIDIA GeForce RTX 3050 Ti Laptop GPU", ["NVIDIA GeForce RTX 3050 Ti Laptop GPU"]),
        ("dvs-builder@U22-I3-B10-02-5", []),
        ("model A-100-SXM of 2021, RTX", []),
        ("Tesla V100-SXM2-32GB and Quadro P2000", ["Tesla V100-SXM2-32GB", "Quadro P2000"]),
        ("GT 240 km", []),
    ],
)
def test_names_of_nvidia_gpus(words, names):
    assert [name for name, _ in nvidia_names(words)] == names


def test_names_of_amd_gpus():
    assert amd_names("2x AMD Radeon (TM) Pro WX 5100 Graphics") == ["AMD Radeon (TM) Pro WX 5100 Graphics"]


def test_passwords_in_addresses_are_not_recorded():
    text = "pip install torch==9.0 --index-url https://user:s3cret@example.org/simple\nERROR: No matching distribution found for torch==9.0 at https://user:s3cret@example.org/simple\n"  # fmt: skip

    from dlcheck.model.documents import encode
    from dlcheck.observe.secrets import without_secrets

    assert b"s3cret" not in encode(without_secrets(facts(text), {}))


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello world\n", "The weather is fine today: 20 degrees.\n", "{}", "a: b"]
)
def test_nothing_recognised(text):
    assert importers.read(text, TAKEN) is None
