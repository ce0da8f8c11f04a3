"""nvidia-smi: its table, `-L`, `-q`, `--query-gpu`, and what it says when it fails; `/proc/driver/nvidia/version`."""

from __future__ import annotations

import re

from dlcheck.observe.importers.clues import MOST_GPUS, Clues
from dlcheck.observe.importers.text import Text

_FAILURES: tuple[tuple[str, int], ...] = (
    (r"Driver/library version mismatch|API mismatch: the (?:client|NVIDIA)", 18),
    (r"couldn'?t communicate with the NVIDIA driver|NVML: Driver Not Loaded", 9),
    (r"NVML: Insufficient Permissions", 4),
    (r"NVML: N/A|GPU access blocked by the operating system", 17),
    (r"NVML: Unknown Error|NVML: GPU is not accessible", 999),
    (r"couldn'?t find libnvidia-ml|NVML Shared Library Not Found|NVMLError_LibraryNotFound", 12),
)
"""What nvidia-smi and pynvml print for NVML's return codes (nvml.h names them)."""
_ROW = re.compile(
    r"^[ \t]*\|[ \t]{1,4}\d{1,3}[ \t]{1,4}(?P<name>[^|\n]{2,60}?)[ \t]{1,30}(?:On|Off|N/A|WDDM|TCC"
    r"|MCDM)[ \t]*\|[ \t]*[0-9A-Fa-f]{4,8}:"
)
_CSV = r"^[ \t]*(?:\d{1,2}, ?)?(?P<name>(?:NVIDIA|GeForce|Tesla|Quadro|TITAN)[^,\n]{1,60}), ?(?P<rest>[^\n]{1,200})$"
_LISTED = r"^[ \t]*GPU \d{1,3}: (?P<name>[^\n(]{2,80}?)[ \t]*\(UUID"
_PRODUCT = r"^[ \t]*Product Name[ \t]*:[ \t]*(?P<name>[^\n]{2,80})$"


def read(text: Text, clues: Clues) -> None:
    """Tell what nvidia-smi and the driver's own files say in this text."""
    _header(text, clues)
    for pattern, code in _FAILURES:
        if text.search(pattern, "nvml", "nvidia", "api mismatch"):
            clues.source("nvidia-smi")
            clues.tell(nvml_code=code)
    if found := text.search(
        r"GPU(?: at)?[ \t]*(?:PCI:)?([0-9A-Fa-f:]{7,14}\.\d)?[:,]? [^\n]{0,40}?(?:GPU is lost"
        r"|fallen off the bus)|GPU is lost",
        "gpu is lost",
        "fallen off the bus",
    ):
        clues.source("nvidia-smi")
        clues.gpu(f"the GPU at {found.group(1)}" if found.group(1) else "a GPU", lost=True)
    if text.search(r"No devices were found", "no devices were found"):
        clues.source("nvidia-smi")
        clues.tell(nvml_code=0, gpus_told_none="No devices were found")
    if text.search(r"\bls [^\n]{0,60}/dev/nvidia", "/dev/nvidia"):
        named = (
            one.group(0)
            for one in text.findall(r"/dev/nvidia(?:\d{1,2}|ctl|-uvm(?:-tools)?|-modeset)\b(?![*?])", "/dev/nvidia")
        )
        clues.device_nodes = tuple(dict.fromkeys(named))
    _versions(text, clues)
    _table(text, clues)
    _lists(text, clues)
    _fabric(text, clues)
    if stub := text.search(
        r"[\w./~-]{0,200}/stubs/libcuda\.so[\w.]{0,20}|LD_LIBRARY_PATH[^\n]{0,500}/stubs\b", "/stubs"
    ):
        clues.tell(cuda_library=stub.group(0).partition("=")[2] or stub.group(0))
    if loaded := text.search(
        r"libcuda\.so\.1 (?:\([^)\n]{1,40}\) )?=> (/[\w./+-]{1,200}libcuda\.so[\w.]{0,20})", "libcuda.so.1"
    ):
        clues.tell(cuda_library=loaded.group(1))
    for found in text.findall(r"(?:/[\w.-]{1,40}){1,8}/compat\b|\bcuda-compat-\d{1,2}[-.]\d{1,2}", "compat"):
        if found.group(0) not in clues.compat_libraries and len(clues.compat_libraries) < 8:
            clues.compat_libraries.append(found.group(0))


def _header(text: Text, clues: Clues) -> None:
    if found := text.search(r"NVIDIA-SMI[ \t]+(?:version[ \t]*:?[ \t]*)?(\d{3}\.[\d.]{2,10})", "nvidia-smi"):
        clues.source("nvidia-smi")
        clues.tell(driver=found.group(1).rstrip("."))
    if found := text.search(
        r"(?:Driver|DRIVER) [Vv](?:ersion|ERSION)[ \t]*:[ \t]*(\d{3}\.[\d.]{2,10})", "driver version"
    ):
        clues.tell(driver=found.group(1).rstrip("."))
    found = text.search(
        r"CUDA (?:UMD )?(?:Version|VERSION)[ \t]*:[ \t]*(\d{1,2}\.\d{1,2})[ \t]*(?:\||$)", "cuda version", flags=re.M
    )
    if found and ("|" in found.group(0) or "nvidia-smi" in clues.sources):
        clues.source("nvidia-smi")
        clues.tell(driver_cuda=found.group(1), nvidia_answered=True)


def _versions(text: Text, clues: Clues) -> None:
    """Versions of the loaded module and of the libraries, by the driver's own files and by package lists."""
    if found := text.search(
        r"NVRM version:[^\n]{0,60}?Kernel Module(?: for \S{1,20})?[ \t]+(\d{3}\.[\d.]{2,10})", "nvrm version"
    ):
        clues.source("/proc/driver/nvidia/version")
        clues.tell(kernel_module=found.group(1), kernel_module_open="Open Kernel" in found.group(0))
    if found := text.search(r"NVML library version:?[ \t]*(\d{3}[\d.]{0,10})", "nvml library"):
        clues.tell(library=found.group(1))
    if found := text.search(
        r"client has the version (\d{3}[\d.]{2,10})[^\n]{0,40}?\n?"
        r"[^\n]{0,60}?kernel module has the version (\d{3}[\d.]{2,10})",
        "kernel module has the version",
    ):
        clues.tell(library=found.group(1).rstrip("."), kernel_module=found.group(2).rstrip("."))
    if clues.kernel_module and (
        found := text.search(
            r"(?:libnvidia-(?:compute|gl)|nvidia-(?:driver|utils|smi))-?\d{0,3}(?:-\w{1,8})?"
            r"(?::\w{1,8})?[ \t=]+(\d{3}\.[\d.]{2,10})",
            "nvidia-",
        )
    ):
        clues.tell(library=found.group(1).rstrip("."))


def _table(text: Text, clues: Clues) -> None:
    """Rows like "|   0  NVIDIA GeForce RTX 4090  Off  | 00000000:01:00.0 …" and the memory in the row below."""
    rows = [(number, found) for number, line in enumerate(text.lines) if "|" in line and (found := _ROW.match(line))]
    if rows:
        clues.source("nvidia-smi")
        clues.tell(nvidia_answered=True)
    if clues.gpus:
        return
    for number, found in rows:
        below = text.lines[number + 1] if number + 1 < len(text.lines) else ""
        size = re.search(r"/[ \t]{0,8}(\d{3,7})[ \t]?MiB", below)
        name = found.group("name").rstrip(". ")
        clues.gpu(name, memory_bytes=int(size.group(1)) * 2**20 if size else None)


def _lists(text: Text, clues: Clues) -> None:
    """`nvidia-smi -L`, the product names of `-q`, and the rows of `--query-gpu`."""
    if clues.gpus:
        return
    found = text.findall(_LISTED, "(uuid", flags=re.M) or text.findall(_PRODUCT, "product name", flags=re.M)
    if not found and text.has("nvidia-smi -l", "nvidia-smi"):
        found = text.findall(
            r"^[ \t]*GPU \d{1,3}: (?P<name>(?:NVIDIA|GeForce|Tesla|Quadro|TITAN)[^\n(]{1,60})$", "gpu ", flags=re.M
        )
    if not found and _query(text, clues):
        return
    if not found and text.has("query-gpu"):
        found = text.findall(_CSV, flags=re.M)
    for one in found:
        clues.source("nvidia-smi")
        clues.gpu(one.group("name").strip())
        clues.tell(nvidia_answered=True)


def _query(text: Text, clues: Clues) -> bool:
    """`--query-gpu=name,driver_version,… --format=csv`: a heading with the names of the fields, and the rows below."""
    if not text.has("driver_version", "memory.total", "compute_cap"):
        return False
    for number, line in enumerate(text.lines):
        fields = [cell.partition("[")[0].strip() for cell in line.split(",")]
        if "name" not in fields or len(fields) < 2 or "nvidia-smi" in line:
            continue
        for below in text.lines[number + 1 : number + 1 + MOST_GPUS]:
            row = dict(zip(fields, map(str.strip, below.split(",")), strict=False))
            if len(row) < len(fields) or not row["name"]:
                break
            size = re.match(r"(\d{3,7}) ?MiB", row.get("memory.total", ""))
            capability = re.fullmatch(r"(\d{1,2})\.(\d)", row.get("compute_cap", ""))
            memory = int(size.group(1)) * 2**20 if size else None
            pair = (int(capability.group(1)), int(capability.group(2))) if capability else None
            clues.gpu(row["name"], memory_bytes=memory, capability=pair)
            if version := re.fullmatch(r"\d{3}\.[\d.]{2,10}", row.get("driver_version", "")):
                clues.tell(driver=version.group(0))
        if clues.gpus:
            clues.source("nvidia-smi")
            clues.tell(nvidia_answered=True)
        return bool(clues.gpus)
    return False


def _fabric(text: Text, clues: Clues) -> None:
    """What is said of the fabric behind NVSwitch systems."""
    if text.search(
        r"fabric[ -]?manager[^\n]{0,40}?(?:never|not running|failed|inactive|not started|is not)", "fabric", flags=re.I
    ):
        clues.tell(fabric_state="not running")
    if found := text.search(r"Fabric[ \t]*\n[ \t]*State[ \t]*:[ \t]*(In Progress|Not Started|Completed|N/A)", "fabric"):
        clues.tell(fabric_state=found.group(1).lower().replace(" ", "-"))
