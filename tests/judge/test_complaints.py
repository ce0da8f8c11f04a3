"""Words of installers, shells, git, Jupyter and the network: each is told, and names its check as the root cause."""

import re
import shlex

import pytest

from dlcheck.judge.advice.shell import join
from dlcheck.judge.engine import all_checks
from dlcheck.judge.knowledge.complaints import complaints, lone_errors
from dlcheck.model.gaps import seen
from dlcheck.model.pasted import Pasted
from tests.facts import machine
from tests.texts import facts, healthy, roots, said, status

NAMES = "pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f"
FIRES = [
    # Python and its environment
    ("externally-managed-python", "error: externally-managed-environment\n\n× This environment is externally managed\n╰─> To install Python packages system-wide, try apt install\n"),
    ("environment-manager-missing", "The virtual environment was not created successfully because ensurepip is not\navailable.  On Debian/Ubuntu systems, you need to install the python3-venv\npackage using the following command.\n"),
    ("python-does-not-start", "Python path configuration:\n  PYTHONHOME = '/opt/python/3.8'\nFatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\nModuleNotFoundError: No module named 'encodings'\n"),
    ("python-does-not-start", "No Python at 'C:\\Python310\\python.exe'\n"),
    ("python-does-not-start", "bash: v/bin/pip: cannot execute: required file not found\n"),
    ("store-alias-hides-python", "Python was not found; run without arguments to install from the Microsoft Store, or disable this shortcut from Settings > Manage App Execution Aliases.\n"),
    ("standard-library-incomplete", "WARNING: pip is configured with locations that require TLS/SSL\nCould not fetch URL: Can't connect to HTTPS URL because the SSL module is not available.\n"),
    ("ssl-cannot-be-loaded", "C:\\Users\\ada> conda install numpy\nCondaSSLError: OpenSSL appears to be unavailable on this machine. OpenSSL is required to\ndownload and install packages.\n"),
    ("local-file-shadows-library", "AttributeError: partially initialized module 'torch' has no attribute 'zeros' (consider renaming '/home/ada/torch.py' if it has the same name as a library you intended to import)\n"),
    ("pip-too-old", "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?\n"),
    ("pip-configured-elsewhere", "ERROR: Could not find an activated virtualenv (required).\n"),
    ("requirement-misnamed", "Exception: You tried to install \"pytorch\". The package named for PyTorch is \"torch\"\n"),
    ("requirement-misnamed", "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'\nrather than 'sklearn' for pip commands.\n"),
    ("broken-distribution", "WARNING: Ignoring invalid distribution -orch (c:\\users\\ada\\env\\lib\\site-packages)\n"),
    ("requirements-unsatisfied", "ImportError: tokenizers>=0.22.0,<=0.23.0 is required for a normal functioning of this module, but found tokenizers==0.21.4.\n"),
    ("keras-2-code-meets-keras-3", "ValueError: Your currently installed version of Keras is Keras 3, but this is not yet supported in Transformers. Please install the backwards-compatible tf-keras package\n"),
    ("program-behind-a-package-missing", "graphviz.backend.execute.ExecutableNotFound: failed to execute PosixPath('dot'), make sure the Graphviz executables are on your systems' PATH\n"),
    ("opencv-without-desktop-libraries", "ImportError: libGL.so.1: cannot open shared object file: No such file or directory\n"),
    ("opencv-without-windows", "cv2.error: OpenCV(5.0.0) /x/window.cpp:1215: error: (-2:Unspecified error) The function is not implemented. Rebuild the library with Windows, GTK+ 2.x or Cocoa support.\n"),
    ("matplotlib-backend-unusable", "ValueError: Key backend: 'module://matplotlib_inline.backend_inline' is not a valid value for backend; supported values are ['gtk3agg']\n"),
    ("notebook-widgets-missing", "ImportError: IProgress not found. Please update jupyter and ipywidgets.\n"),
    ("python-unsupported", "Python 3.12.1\nGetting requirements to build wheel: finished with status 'error'\nAttributeError: module 'pkgutil' has no attribute 'ImpImporter'\n"),
    # conda and uv
    ("conda-not-in-shell", "CondaError: Run 'conda init' before 'conda activate'\n"),
    ("conda-not-in-shell", "zsh: command not found: conda\n"),
    ("conda-terms-not-accepted", "CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels. Please accept or remove them before proceeding:\n    • https://repo.anaconda.com/pkgs/main\n"),
    ("conda-solver-slow", "Solving environment: failed with initial frozen solve. Retrying with flexible solve.\n"),
    ("conda-file-of-another-system", "ResolvePackageNotFound: \n  - matplotlib-base==3.1.3=py37hef1b27d_0\n"),
    ("conda-file-of-another-system", "Windows 10 64bit\nResolvePackageNotFound:\n  - freetype 2.5.5 2\n"),
    ("traffic-signed-by-another", "(Caused by SSLError(SSLCertVerificationError('“default.ssl.fastly.net” certificate name does not match input')))\n"),
    ("conda-settings-in-the-way", "UnavailableInvalidChannel: HTTP 404 NOT FOUND for channel nvidia <http://mirror.example/anaconda/nvidia>\n"),
    ("conda-environment-damaged", "The environment is inconsistent, please check the package plan carefully\n"),
    ("environment-not-writable", "EnvironmentNotWritableError: The current user does not have write permissions to the target environment.\n"),
    ("environment-not-writable", "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/usr/lib/python3/x'\nConsider using the `--user` option or check the permissions.\n"),
    ("conda-create-refused", "Error: Conda create is not allowed. A Studio has a default conda environment (max 1 environment).\n"),
    ("uv-passes-over-active-environment", "warning: `VIRTUAL_ENV=/x/env` does not match the project environment path `.venv` and will be ignored; use `--active` to target the active environment instead\n"),
    ("uv-passes-over-active-environment", "warning: `VIRTUAL_ENV=/x` does not match the project environment path `.venv` and will be ignored\nModuleNotFoundError: No module named 'pandas'\n"),
    # compilers
    ("compiler-missing", "error: Microsoft Visual C++ 14.0 or greater is required. Get it with \"Microsoft C++ Build Tools\"\n"),
    ("compiler-missing", "error: command 'gcc' failed: No such file or directory\n"),
    ("jax-plugin-mismatch", "ERROR:jax._src.xla_bridge: Jax plugin configuration error: Exception when calling\n"),
    ("command-line-tools-missing", "xcrun: error: invalid active developer path (/Library/Developer/CommandLineTools), missing xcrun at: /Library/Developer/CommandLineTools/usr/bin/xcrun\n"),
    # Jupyter
    ("jupyter-not-on-path", "zsh: command not found: jupyter\n"),
    ("jupyter-kernel-missing-interpreter", "FileNotFoundError: [Errno 2] No such file or directory: '/home/ada/envs/py3k/bin/python'\n"),
    ("jupyter-folder-not-writable", "PermissionError: [Errno 13] Permission denied: '/run/user/1000/jupyter'\n"),
    ("kernel-package-missing", "Running cells with '.venv (Python 3.12.7)' requires the ipykernel package.\n"),
    ("kernel-not-reached", "Timeout waiting for kernel_info reply from 3f1c\n"),
    ("kernel-older-than-its-packages", "WARNING: The following packages were previously imported in this runtime:\n  [numpy]\nYou must restart the runtime in order to use newly installed versions.\n"),
    ("kernel-older-than-its-packages", "Google Colab\n!pip install pandas==2.2.3 numpy==1.26.4\nValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject\n"),
    ("killed-for-memory", "RuntimeError: DataLoader worker (pid 46794) is killed by signal: Killed.\n"),
    ("cause-only-likely", "The kernel appears to have died. It will restart automatically.\n"),
    ("killed-for-memory", "  File \"/usr/lib/python3/dist-packages/pip/_vendor/msgpack/fallback.py\", line 1\nMemoryError\n"),
    ("cgroup-limits-below-host", "Linux\nUserWarning: This DataLoader will create 16 worker processes in total. Our suggested max number of worker in current system is 2, which is smaller than what this DataLoader is going to create.\n"),
    # limits and disks
    ("inotify-limit-low", "OSError: [Errno 28] inotify watch limit reached\n"),
    ("distribution-of-another-python", "ImportError: dlopen(/x/y.so, 0x0002): tried: '/x/y.so' (mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64'))\n"),
    ("glibc-too-old", "ImportError: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by /x/y.so)\n"),
    ("shm-too-small", "RuntimeError: unable to allocate shared memory(shm) for file </torch_7777_1>: No space left on device (28)\n"),
    ("shm-too-small", "RuntimeError: DataLoader worker (pid 46794) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.\n"),
    ("disk-almost-full", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"),
    ("disk-almost-full", "OSError: [Errno 122] Disk quota exceeded\n"),
    ("open-files-limit-low", "RuntimeError: received 0 items of ancdata\n"),
    ("processes-limited", "OpenBLAS blas_thread_init: pthread_create failed for thread 21 of 128: Resource temporarily unavailable\n"),
    ("locale-not-installed", "locale.Error: unsupported locale setting\n"),
    ("home-not-writable", "PermissionError: [Errno 13] Permission denied: '/.cache/huggingface'\n"),
    ("input-folder-read-only", "OSError: [Errno 30] Read-only file system: '/kaggle/input/titanic/out.csv'\n"),
    # Windows and terminals
    ("long-paths-disabled", "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\Users\\\\ada\\\\x'\nHINT: This error might have occurred since this system does not have Windows Long Path support enabled.\n"),
    ("scripts-forbidden-in-powershell", "File C:\\x\\.venv\\Scripts\\Activate.ps1 cannot be loaded because running scripts is disabled on this system.\n"),
    ("blocked-by-application-control", "OSError: [WinError 4551] An Application Control policy has blocked this file\n"),
    ("output-encoding-too-small", "UnicodeEncodeError: 'charmap' codec can't encode character '\\u2713' in position 0: character maps to <undefined>\n"),
    ("shell-reads-brackets", "zsh: no matches found: fastai[dev]\n"),
    # the network
    ("network-unreachable", f"WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('<{NAMES}>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')'\nERROR: Could not find a version that satisfies the requirement torch (from versions: none)\nERROR: No matching distribution found for torch\n"),
    ("network-unreachable", "error: Request failed after 3 retries\n  Caused by: Failed to download https://github.com/astral-sh/python-build-standalone/releases/x.tar.gz\n  Caused by: dns error: failed to lookup address information\n"),
    ("clock-wrong", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid (_ssl.c:1000)\n"),
    ("certificate-file-lost", "OSError: Could not find a suitable TLS CA certificate bundle, invalid path: /x.pem\n"),
    ("certificate-expired", "urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1125)>\n"),
    ("certificates-missing", "macOS 14.5\nurllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1129)>\n"),
    ("traffic-signed-by-another", "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1000)'))\nERROR: No matching distribution found for torch\n"),
    ("proxy-refuses", "ValueError: check_hostname requires server_hostname\n"),
    ("proxy-refuses", "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))': /simple/torch/\n"),
    ("download-broken-off", "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='index.example', port=443): Read timed out.\n"),
    ("download-broken-off", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"),
    ("download-broken-off", "error: RPC failed; curl 56 GnuTLS recv error (-9)\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output\n"),
    ("downloads-switched-off", "huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot folder for the specified revision on the local disk and outgoing traffic has been disabled.\n"),
    # git
    ("git-missing", "ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?\n"),
    ("git-identity-missing", "Author identity unknown\n\n*** Please tell me who you are.\n\nfatal: unable to auto-detect email address (got 'root@vm.(none)')\n"),
    ("git-access-denied", "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n"),
    ("git-names-collide", "warning: the following paths have collided (e.g. case-sensitive paths\non a case-insensitive filesystem) and only one from the same\ncolliding group is in the working tree:\n"),
    ("data-are-lfs-pointers", "_pickle.UnpicklingError: invalid load key, 'v'.\n"),
    ("data-are-lfs-pointers", "safetensors_rust.SafetensorError: Error while deserializing header: header too large\n"),
    ("home-not-writable", "Matplotlib created a temporary cache directory at /tmp/m because there was an issue with the default path\n"),
    ("data-are-lfs-pointers", "_pickle.UnpicklingError: Weights only load failed. In PyTorch 2.6, we changed the default value\nWeightsUnpickler error: Unsupported operand 118\n"),
    ("web-page-saved-as-data", "_pickle.UnpicklingError: Weights only load failed.\nWeightsUnpickler error: Unsupported operand 60\n"),
    ("scripts-with-windows-line-ends", "/usr/bin/env: ‘python3\\r’: No such file or directory\n"),
    # code of another time
    ("code-for-an-older-library", "AttributeError: module 'numpy' has no attribute 'bool'.\n"),
    ("code-for-an-older-library", "AttributeError: `np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.\n"),
    ("code-for-an-older-library", "AttributeError: module 'PIL.Image' has no attribute 'ANTIALIAS'\n"),
    ("code-for-an-older-library", "AttributeError: 'DataFrame' object has no attribute 'append'\n"),
    ("saved-by-another-version", "InconsistentVersionWarning: Trying to unpickle estimator PCA from version 1.2.2 when using version 1.5.2.\n"),
    ("saved-by-another-version", "_pickle.UnpicklingError: Weights only load failed. This file can still be loaded\n"),
    ("main-guard-missing", "RuntimeError: \n        An attempt has been made to start a new process before the\n        current process has finished its bootstrapping phase.\n"),
    ("notebook-packages-apart", "ModuleNotFoundError: No module named 'jupyter_server.contents'\n"),
    ("optional-package-too-old", "UserWarning: Pandas requires version '2.8.4' or newer of 'numexpr' (version '2.8.3' currently installed).\n"),
    ("nouveau-in-use", "NVRM: The NVIDIA probe routine was not called for 1 device(s).\nNVRM: nouveau, rivafb, nvidiafb or rivatv\n"),
    ("secure-boot-blocks-module", "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service\n"),
    ("driver-finds-no-gpu", "NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:1b80)\nNVRM: installed in this system is not supported by open\n"),
    ("gpu-access-denied", "Failed to initialize NVML: Unknown Error\n"),
    ("gpu-access-denied", "Failed to initialize NVML: Insufficient Permissions\n"),
    ("fabric-manager-not-running", "fabric manager NVIDIA GPU driver interface version 535.104.05 don't match with driver version 535.129.03. Please update with matching NVIDIA driver package.\n"),
    ("cuda-does-not-start", "No MIG devices found\nRuntimeError: No CUDA GPUs are available\n"),
    ("amdgpu-not-loaded", "ROCk module is NOT loaded, possibly no GPU devices\n"),
    ("amd-gpu-not-accessible", "Unable to open /dev/kfd read-write: Permission denied\n"),
    ("torch-without-xpu", "AssertionError: Torch not compiled with XPU enabled\n"),
    ("cuda-asked-on-mac", "Processor: Apple M1\nmacOS 13.1\nAssertionError: Torch not compiled with CUDA enabled\n"),
    ("cuda-asked-on-mac", "torch 2.5.1 on macOS 14.5 (arm64)\nAssertionError: Torch not compiled with CUDA enabled\n"),
    ("cuda-asked-on-mac", '  File "/Users/ada/app/wgp.py", line 9, in <module>\nAssertionError: Torch not compiled with CUDA enabled\n'),
    ("level-zero-missing", "RuntimeError: No XPU devices are available.\n"),
    ("no-nvidia-gpu", "Google Colab\nRuntimeError: No CUDA GPUs are available\n"),
    ("visual-cpp-runtime-missing", "ImportError: Could not find the DLL(s) 'msvcp140.dll or msvcp140_1.dll'. TensorFlow requires that these DLLs be installed\n"),
    ("glibc-too-old", "/lib64/libm.so.6: version `GLIBC_2.27' not found (required by /x/y.so)\n"),
    ("mkl-too-new-for-torch", "libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent\n"),
    ("numpy2-abi", "AttributeError: _ARRAY_API not found\n"),
    ("numpy2-abi", "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject\n"),
    ("torch-torchvision-mismatch", "RuntimeError: Couldn't load custom C++ ops. This can happen if your PyTorch and torchvision versions are incompatible\n"),
    ("torch-torchaudio-mismatch", "OSError: Could not load this library: /x/torchaudio/lib/libtorchaudio.so\n"),
    ("distribution-of-another-python", "ImportError: Error importing numpy: you should not try to import numpy from\n        its source directory; please exit the numpy source tree\n"),
    ("platform-without-wheels", "Error relocating /x/libgomp-a34b3233.so.1: pthread_attr_setaffinity_np: symbol not found\n"),
    ("platform-without-wheels", "error: Distribution `torch==2.4.0` can't be installed because it doesn't have a source distribution or wheel for the current platform\n"),
    ("visual-cpp-runtime-missing", "OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading \"C:\\env\\Lib\\site-packages\\torch\\lib\\c10.dll\" or one of its dependencies.\n"),
    ("python-missing", "zsh: command not found: python\n"),
    ("pip-missing", "/home/ada/.venv/bin/python: No module named pip\n"),
    ("environment-not-writable", "PermissionError: [WinError 32] The process cannot access the file because it is being used by another process\n"),
    ("library-import-fails", "OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized.\n"),
    ("library-import-fails", "ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found\n"),
    ("library-import-fails", "ImportError: /x/libgomp-d22c30c5.so.1: cannot allocate memory in static TLS block\n"),
    ("library-import-fails", "ModuleNotFoundError: No module named 'distutils'\n"),
    ("library-import-fails", "ModuleNotFoundError: No module named 'pkg_resources'\n"),
    ("library-import-fails", "ImportError: libtorch_cpu.so: failed to map segment from shared object\n"),
    ("library-import-fails", "xgboost.core.XGBoostError: XGBoost Library (libxgboost.dylib) could not be loaded. Likely causes: * OpenMP runtime is not installed\n"),
    ("library-import-fails", "TypeError: Descriptors cannot be created directly.\n"),
    ("visual-cpp-runtime-missing", "Windows 11\nImportError: DLL load failed while importing _pywrap_tensorflow_internal: A dynamic link library (DLL) initialization routine failed.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "text"), FIRES)
def test_the_words_name_their_check_and_nothing_else(identity, text):
    assert roots(text) == [identity]


LONE = [(row.check, words) for row in lone_errors() for words in row.says]


@pytest.mark.parametrize(("identity", "words"), LONE)
def test_an_error_that_stands_alone_is_told_its_usual_cause(identity, words):
    line = f"RuntimeError: {words.replace(' … ', ' x ')}"

    assert roots(f'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n{line}\n') == [identity]


SURROUNDED = ["torch 2.13.0\n", "numpy 2.1.3\npandas 2.2.3\nscipy 1.14.1\n"]


@pytest.mark.parametrize("around", SURROUNDED)
def test_beside_facts_of_the_machine_a_usual_cause_is_not_guessed(around):
    assert roots("RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED\n") == ["cause-only-likely"]
    assert (
        roots(f"Package Version\n------- -------\n{around}RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED\n")
        == []
    )


@pytest.mark.parametrize(
    "line",
    [
        "x.py:4: RuntimeWarning: numpy.dtype size changed, may indicate binary incompatibility. Expected 96, got 88",
        "2018-03-19 14:44:16.835465: W tensorflow/core/platform/cpu_feature_guard.cc:45] wasn't compiled to use AVX",
    ],
)
def test_a_warning_that_stands_alone_is_no_failure(line):
    assert roots(f"{line}\n") == []


def test_a_failed_import_that_stands_alone_is_told_what_it_means():
    findings = said("ImportError: libcudnn.so.8: cannot open shared object file\n").findings
    finding = next(one for one in findings if one.status == "fail")
    assert finding.id == "cause-only-likely"
    assert "libcudnn.so.8, which this build needs, is not found" in finding.evidence[1]


def test_every_row_of_the_table_has_words_that_fire_it():
    fired = {identity for identity, _ in FIRES}

    assert {row.check for row in complaints()} == fired - {"library-import-fails"}  # that by error_messages.toml
    assert fired <= set(all_checks())


@pytest.mark.parametrize("row", complaints(), ids=lambda row: f"{row.check}: {row.says[0][:30]}")
def test_a_row_says_what_to_do_and_where_it_was_read(row):
    assert row.says == tuple(words.lower() for words in row.says)
    assert all(words.strip() and len(words) >= 6 for words in row.says)
    assert len(row.advice) > 12
    assert re.fullmatch(r"https://[\w.-]+/\S*", row.source)


@pytest.mark.parametrize("row", [row for row in complaints() if row.steps], ids=lambda row: row.check)
def test_advised_steps_are_whole_words_that_a_shell_takes_as_they_are(row):
    assert all(step and all(word == word.strip() for word in step) for step in row.steps)
    assert all(tuple(shlex.split(join(step, "bash"))) == step for step in row.steps)


def test_pip_understands_every_step_that_is_its_own():
    commands = pytest.importorskip("pip._internal.commands")
    steps = [step[3:] for row in complaints() for step in row.steps if step[1:3] == ("-m", "pip")]

    assert len(steps) > 5
    for name, *words in steps:
        _, packages = commands.create_command(name).parse_args(words)
        assert packages, (name, words)


def test_on_windows_python_is_called_python():
    text = "Microsoft Windows\nERROR: Could not install packages due to an OSError: [WinError 13]\nConsider using the `--user` option or check the permissions.\n"
    finding = next(one for one in said(text).findings if one.id == "environment-not-writable")

    assert finding.fixes[0].commands[0].argv[0] == "python"


SILENT = [
    ("what the terminal imports and the notebook does not is there, for another Python", "$ python\nPython 3.6.0 |Continuum Analytics, Inc.| (default, Dec 23 2016, 12:22:00)\n>>> import torch\n>>> torch.__version__\n'0.4.1'\n>>>\n$ ipython\nIn [1]: import torch\n<ipython-input-1-c031d3dd82fc> in <module>()\n----> 1 import torch\nModuleNotFoundError: No module named 'torch'\n", "jupyter-kernel-of-another-python"),
    ("what neither finds is not installed", "$ python\n>>> import torch\nTraceback (most recent call last):\nModuleNotFoundError: No module named 'torch'\n>>>\nIn [1]: import torch\nModuleNotFoundError: No module named 'torch'\n", "torch-not-installed"),
    ("a native Python on Windows for ARM has no wheels, whatever its version", "Windows 11 ARM, Snapdragon\nPython 3.12.4 (tags/v3.12.4:8e8a4ba, Jun  6 2024) [MSC v.1940 64 bit (ARM64)] on win32\nERROR: Could not find a version that satisfies the requirement torch (from versions: none)\nERROR: No matching distribution found for torch\n", "platform-without-wheels"),
    ("that a wheel was not built tells no missing compiler", "ERROR: Failed building wheel for numpy\nerror: command '/usr/bin/gcc' failed with exit code 1\n"),
    ("a node that another one looks for is no package index", "torch.distributed.DistNetworkError: The IPv4 network addresses of (node1, 29500) cannot be retrieved (gai error: -2 - Name or service not known).\n"),
    ("git-lfs is not git", "zsh: command not found: git-lfs\n"),
    ("pipx is not pip", "/usr/bin/python3: No module named pipx\n"),
    ("a bar of tqdm beside a real cause", "TqdmWarning: IProgress not found. Please update jupyter and ipywidgets.\nFailed to initialize NVML: Driver/library version mismatch\n", "driver-library-mismatch"),
    ("Matplotlib's folder beside a real cause", "Matplotlib created a temporary cache directory at /tmp/m because there was an issue with the default path\nOSError: [Errno 28] No space left on device\n", "disk-almost-full"),
    ("pip tried again and all went well", healthy() + "Successfully installed torch-2.5.1\n"),
    ("a warning of pip beside a real cause", "WARNING: Ignoring invalid distribution -orch (c:\\x)\nFailed to initialize NVML: Driver/library version mismatch\n", "driver-library-mismatch"),
    ("an old package that is built, with a pip that is fine", "Python 3.12.1\nGetting requirements to build wheel: finished with status 'error'\nAttributeError: module 'pkgutil' has no attribute 'ImpImporter'\nsubprocess-exited-with-error\n", "python-unsupported"),
    ("no room for watching files is no full disk", "OSError: [Errno 28] inotify watch limit reached\n", "inotify-limit-low"),
    ("a pointer of Git LFS has nothing to do with the release of PyTorch", "_pickle.UnpicklingError: Weights only load failed.\nWeightsUnpickler error: Unsupported operand 118\n", "data-are-lfs-pointers"),
    ("a processor without AVX kills the kernel too", "The kernel appears to have died. It will restart automatically.\nThe TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.\n", "cpu-without-avx"),
    ("NumPy 1.15's warning, which is harmless", healthy() + "RuntimeWarning: numpy.dtype size changed, may indicate binary incompatibility. Expected 96, got 88\n"),
    ("an optimisation that TensorFlow was built without", healthy() + "W cpu_feature_guard.cc:45] The TensorFlow library wasn't compiled to use AVX instructions, but these are available on your machine\n"),
    ("a file of the person's own that is not there", healthy() + "FileNotFoundError: [Errno 2] No such file or directory: 'C:\\data\\train.csv'\n"),
    ("no name was resolved, so pip found nothing", "Python 3.13.0\nLinux\n[Errno -3] Temporary failure in name resolution\nERROR: Could not find a version that satisfies the requirement tensorflow==2.15.0 (from versions: none)\n", "network-unreachable"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "text", "expected"), [(*one, "")[:3] for one in SILENT])
def test_words_that_mean_something_else_name_that(why, text, expected):
    assert roots(text) == ([expected] if expected else []), why


def test_a_live_machine_is_not_judged_by_words():
    snapshot = machine(pasted=seen(Pasted(errors=("error: externally-managed-environment",))))

    from tests.facts import roots as roots_of

    assert roots_of(snapshot) == []


def test_the_line_is_the_evidence_and_the_advice_has_its_source():
    finding = next(one for one in said(FIRES[0][1]).findings if one.id == "externally-managed-python")

    assert finding.evidence == ("error: externally-managed-environment",)
    assert finding.fixes[0].source.startswith("https://")
    assert finding.fixes[0].commands[0].argv == ("python3", "-m", "venv", ".venv")


def test_what_no_line_says_is_not_told():
    assert status("network-unreachable", healthy()) == "skip"
    assert facts(healthy()).pasted.value.errors == ()
