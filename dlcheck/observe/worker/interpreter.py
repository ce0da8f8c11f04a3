"""What an interpreter is: version, build, environment, sys.path and where its entries come from."""

import os
import re
import site
import sys

from . import certificates, shadows

MODULES_THAT_MAY_LACK = (
    "_ssl",
    "_ctypes",
    "_lzma",
    "_bz2",
    "_sqlite3",
    "_hashlib",
    "zlib",
    "_tkinter",
    "venv",
    "ensurepip",
)
"""Left out by a Python that was compiled without their headers, or put into packages of their own by Debian."""

VARIABLES = (
    "ASCEND_HOME_PATH ASCEND_TOOLKIT_HOME "
    "BNB_CUDA_VERSION CONDA_DEFAULT_ENV CONDA_PREFIX CONDA_SHLVL CONDA_SUBDIR CUDA_HOME CUDA_PATH CUDNN_PATH "
    "DYLD_INSERT_LIBRARIES "
    "DYLD_LIBRARY_PATH HF_HOME HF_HUB_OFFLINE KERAS_BACKEND KMP_DUPLICATE_LIB_OK LANG LC_ALL LC_CTYPE "
    "LD_LIBRARY_PATH LD_PRELOAD LOADEDMODULES MKL_NUM_THREADS MKL_SERVICE_FORCE_INTEL MKL_THREADING_LAYER MPLBACKEND "
    "NUMEXPR_NUM_THREADS OMP_NUM_THREADS OPENBLAS_NUM_THREADS PIP_BREAK_SYSTEM_PACKAGES PIP_NO_INDEX PIP_PREFIX "
    "PIP_REQUIRE_VIRTUALENV PIP_TARGET PIP_USER PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONIOENCODING PYTHONNOUSERSITE "
    "PYTHONPATH PYTHONSAFEPATH PYTHONUSERBASE PYTHONUTF8 PYTHONWARNINGS PYTORCH_CUDA_ALLOC_CONF "
    "PYTORCH_ENABLE_MPS_FALLBACK ROCM_PATH TF_CPP_MIN_LOG_LEVEL TF_ENABLE_ONEDNN_OPTS TF_FORCE_GPU_ALLOW_GROWTH "
    "TF_USE_LEGACY_KERAS TORCH_HOME TRANSFORMERS_OFFLINE TRITON_PTXAS_PATH UV_PROJECT_ENVIRONMENT UV_SYSTEM_PYTHON "
    "VIRTUAL_ENV "
    "XLA_PYTHON_CLIENT_PREALLOCATE"
).split()
"""Variables that change what Python and its libraries do. None of them holds a secret."""


def facts(path):
    """The fields of `Interpreter`, but for pip; `path` as `entries` gives it."""
    config = pyvenv()
    environment = kind()
    platform_tag = tag()
    fields = {
        "executable": sys.executable or "",
        "version": "%d.%d.%d" % sys.version_info[:3] + suffix(),
        "implementation": sys.implementation.name,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "machine": machine(platform_tag),
        "platform_tag": platform_tag,
        "free_threaded": "t" in getattr(sys, "abiflags", "") or "free-threading" in sys.version,
        "debug": hasattr(sys, "gettotalrefcount"),
        "store_python": is_store(),
        "translated": translated(),
        "environment": environment,
        "environment_name": name_of(environment, config),
        "externally_managed": externally_managed(),
        "created_by_uv": "uv" in config,
        "site_packages": site_packages(),
        "user_site": user_site(),
        "user_site_enabled": bool(site.ENABLE_USER_SITE),
        "path": path,
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "missing_stdlib": missing_modules(),
        "headers": headers(),
        "encoding": default_encoding(),
        "unknown_locale": unknown_locale(),
    }
    fields.update(certificates.facts())
    return fields


def unknown_locale():
    """The first of LC_ALL, LC_CTYPE and LANG that asks for what the C library does not have; this process ends soon.

    LC_ALL outweighs the others. Where LANG is unknown Python itself has set LC_CTYPE to one that is there (PEP 538).
    """
    if os.name == "nt":
        return ""
    asked = [os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)]
    try:
        import _locale
    except ImportError:
        return ""
    for wanted in asked[:1] if os.environ.get("LC_ALL") else asked:
        try:
            before = _locale.setlocale(_locale.LC_CTYPE, None)
            _locale.setlocale(_locale.LC_CTYPE, wanted)
            _locale.setlocale(_locale.LC_CTYPE, before)
        except Exception as error:
            if "unsupported locale" in str(error):
                return wanted
    return ""


def suffix():
    """What a pre-release adds to the version: "rc2"."""
    letter = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(sys.version_info[3])
    return "%s%d" % (letter, sys.version_info[4]) if letter else ""


def pyvenv():
    """What pyvenv.cfg says; keys in small letters."""
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), "rb") as file:
            text = file.read(65536).decode("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def is_store():
    """Is this Microsoft Store's Python?"""
    return "WindowsApps" in sys.base_prefix or "PythonSoftwareFoundation" in (sys.executable or "")


def kind():
    """Which kind of environment this is, by its files."""
    prefix = sys.prefix.replace("\\", "/")
    base = os.path.realpath(sys.base_prefix).replace("\\", "/")
    if sys.prefix != sys.base_prefix:
        return "venv"
    if os.path.isdir(os.path.join(sys.prefix, "conda-meta")):
        return "conda"
    if is_store():
        return "store"
    if re.search(r"/pyenv(-win)?/versions/", prefix.replace("/.pyenv/", "/pyenv/")):
        return "pyenv"
    if "/uv/python/" in base or re.search(r"/(cpython|pypy|graalpy)-\d+\.\d+[^/]*-(linux|macos|windows)-", base + "/"):
        return "uv-managed"
    if sys.platform == "darwin" and (getattr(sys, "_framework", "") or "Python.framework" in base):
        return "framework"
    return "system" if prefix in ("/usr", "/") else "other"


def name_of(environment, config):
    """The environment's name, as a prompt shows it; "" where it has none."""
    if environment == "venv":
        folder = os.path.basename(sys.prefix)
        prompt = config.get("prompt", "").strip("'\"")
        return prompt or (os.path.basename(os.path.dirname(sys.prefix)) if folder in (".venv", "venv") else folder)
    if environment == "conda":
        is_base = os.path.isdir(os.path.join(sys.prefix, "condabin"))
        return "base" if is_base else os.path.basename(sys.prefix)
    return ""


def headers():
    """Is Python.h in the folder of headers? By its usual path: the module sysconfig is slow to import."""
    if not sys.platform.startswith("linux"):
        return {"gap": "not-looked", "why": "only on Linux"}
    name = "python%d.%d%s" % (sys.version_info[0], sys.version_info[1], getattr(sys, "abiflags", ""))
    return True if os.path.isfile(os.path.join(sys.base_prefix, "include", name, "Python.h")) else {"gap": "absent"}


def externally_managed():
    """The file that forbids pip to change this Python (PEP 668); absent in every virtual environment."""
    marker = os.path.join(os.path.dirname(os.__file__), "EXTERNALLY-MANAGED")
    if sys.prefix == sys.base_prefix and os.path.isfile(marker):
        return marker
    return {"gap": "absent"}


def tag():
    """sysconfig.get_platform(); its module is only imported where the answer takes more than uname's words."""
    if sys.platform == "linux":
        return "linux-" + os.uname().machine
    import sysconfig

    return sysconfig.get_platform()


def machine(platform_tag):
    """The processor that the interpreter was built for."""
    last = platform_tag.split("-")[-1].replace("amd64", "x86_64")
    if last == "universal2":
        last = os.uname().machine
    if last == "win32" or (sys.maxsize <= 2**32 and last == "x86_64"):
        return "i686"
    return last


def translated():
    """Does Rosetta translate this process? sysctl.proc_translated; absent elsewhere than on macOS."""
    if sys.platform != "darwin":
        return {"gap": "absent"}
    try:
        import ctypes

        value, size = ctypes.c_int(0), ctypes.c_size_t(4)
        name = b"sysctl.proc_translated"
        failed = ctypes.CDLL(None).sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0)
        return not failed and value.value == 1
    except Exception as error:
        return {"gap": "broken", "why": "%s: %s" % (type(error).__name__, error)}


def site_packages():
    """Folders that hold what is installed for this environment, as far as they are on sys.path."""
    try:
        listed = site.getsitepackages()
    except Exception:
        listed = [one for one in sys.path if os.path.basename(one) in ("site-packages", "dist-packages")]
    on_path = {os.path.realpath(one) for one in sys.path if one}
    # On Windows the prefix itself is among them.
    return [one for one in dict.fromkeys(listed) if one.endswith("-packages") and os.path.realpath(one) in on_path]


def user_site():
    """The user's own site-packages, enabled or not."""
    try:
        return site.getusersitepackages() or ""
    except Exception:
        return ""


def default_encoding():
    """The encoding that open() takes where none is named."""
    try:
        with open(os.devnull) as file:
            return file.encoding.lower()
    except (OSError, LookupError):
        return ""


def entries():
    """sys.path, each entry with its origin."""
    real = os.path.realpath
    library = real(os.path.dirname(os.__file__))
    from_variable = {real(one) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one}
    ours, user = {real(one) for one in site_packages()}, real(user_site())
    found = []
    for position, entry in enumerate(sys.path):
        try:
            folder = entry or os.getcwd()
        except OSError:
            continue
        path = real(folder)
        if entry == "" and position == 0:
            origin = "working-folder"
        elif is_standard(path, library):
            origin = "standard-library"
        elif path == user:
            origin = "user-site"
        elif path in ours:
            origin = "site-packages"
        elif path in from_variable:
            origin = "PYTHONPATH"
        else:
            origin = "pth" if any(one["origin"].endswith(("site-packages", "user-site")) for one in found) else "other"
        found.append({"path": folder, "origin": origin})
    return found


def is_standard(path, library):
    """Is this the standard library, its extension modules or the zip file of it?"""
    if path == library or re.match(r"python\d+\.zip$", os.path.basename(path)):
        return True
    if os.path.dirname(path) == library:
        return not path.endswith("-packages")
    bases = {sys.prefix, sys.base_prefix, os.path.join(sys.base_prefix, "DLLs")}
    return path in {os.path.realpath(one) for one in bases}


def missing_modules():
    """Those of MODULES_THAT_MAY_LACK that this build does not have; `_tkinter` is told as `tkinter`."""
    return [name.replace("_tkinter", "tkinter") for name in MODULES_THAT_MAY_LACK if not shadows.can_find(name)]


def marker_environment():
    """The variables of PEP 508's environment markers, as this interpreter has them."""
    if os.name == "nt":
        release = sys.getwindowsversion()
        system, number = "Windows", "%d.%d.%d" % release[:3]
        hardware = os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE", "")
        kernel = str(release[0])
    else:
        system, _, kernel, number, hardware = os.uname()
    implementation = sys.implementation
    full = "%d.%d.%d" % sys.version_info[:3] + suffix()
    return {
        "implementation_name": implementation.name,
        "implementation_version": "%d.%d.%d" % implementation.version[:3],
        "os_name": os.name,
        "platform_machine": hardware,
        "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(
            implementation.name, implementation.name
        ),
        "platform_release": kernel,
        "platform_system": system,
        "platform_version": number,
        "python_full_version": full,
        "python_version": "%d.%d" % sys.version_info[:2],
        "sys_platform": sys.platform,
    }
