"""Error and warning lines as they stand, and CUDA's codes in them. What they mean is for the judge to say."""

from __future__ import annotations

import re

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

MAX_ERRORS = 100
MAX_ERROR = 1_500
CONSOLES = (79, 80, 100, 119, 120)
"""The widths at which consoles cut lines."""

_ERROR = re.compile(
    r"\b\w{0,40}(?:Error|Exception|Warning|Exit)\b ?[:(\[]|\b(?:error|ERROR|Error|WARNING|WARN|FAILED|Fatal|FATAL)\b"
    r"|\b[Ff]ail(?:ed|ure|s)?\b|[Cc]annot |[Cc]ould ?n[o']t |[Cc]an'?t |not (?:found|compatible|supported"
    r"|compiled|built|available)"
    r"|undefined symbol|No such file|too old|no kernel image|is lost|Segmentation fault|core dumped|with PyTorch,"
    r"|[Ii]llegal (?:hardware )?instruction"
    r"|Bus error|\bKilled\b|[Mm]ismatch|[Uu]nsupported|[Ii]ncompatib|Xid|too old|No matching|dlerror|[Uu]nable to"
    r"|No module named|n't (?:available|supported)"
    r"|does not exist|has no attribute|was built for|compiled using|_ARRAY_API|terminated|Unknown error"
    # What installers, shells, git and Jupyter say without any of these words.
    r"|\b(?:warning|fatal):|tell me who you are|identity unknown|is not recognized|command not found|no matches found"
    r"|is disabled on this system|[Tt]imed? ?out|previously imported|restart the runtime|is required for|requires the"
    r"|[Dd]enied|load key|inotify|invalid active developer|is externally managed|have collided|early EOF"
    r"|off (?:of )?the bus|Found no NVIDIA|\b(?:hip|cuda)Error[A-Z]|temporarily unavailable|isn't valid"
    r"|not yet valid|has expired|certificate verify|IProgress|You tried to install|is deprecated, use '|[Pp]ermission"
    r"|initialized|currently installed version|appear(?:s)? to have died|shm\)|Graphviz exec"
    r"|exit(?:ed with)? (?:code|status) 137"
    r"|is inconsistent|licens|conda init|bad interpreter|\\r|set LC_|locale|Terms of Service|not installed|ensurepip"
    r"|\w(?:NotFound|InvalidChannel):|^No Python at|\bMemoryError$|was removed|[Tt]imeout|\bdied\b|crashed"
    r"|exited unexpectedly"
    r"|OfflineMode|consider renaming|there was an issue|NOT MATCH|not valid yet|is not on PATH|disconnect"
    # What frameworks say while they run.
    r"|\bfatal\b|source was compiled with|[Oo]utdated|not in available|already in use|is not installed"
    r"|NVRM: (?!loading)[^\n]{0,80}(?:not called|not supported|Legacy|invalid|rivafb)|NVRM: BAR\d is 0M"
    r"|ROCk module is|not (?:a )?member of|don't match with|No MIG devices"
    r"|which is of compute capability|[Ff]alling back|is corrupted|CUDA Version: {1,3}ERR!|synStatus="
)
_NOT_AN_ERROR = re.compile(
    # Headings are none, but for those that an error is the title of.
    r"Could not collect$|^[ \t]*(?:\||\+)-|^[ \t]*Vulnerability |[Mm]itigation|Not affected|: (?:False|None|True|N/A)$"
    r"|^[ \t]*(?:GCC|Clang|CMake|Libc|cuDNN) version *:|\bECC\b(?! error)|^Flags:"
    r"|^[ \t]*(?:#{1,6}(?!#| ?(?:\[\w{1,12}\]:? ?)?[\w.]{0,60}(?:Error|Exception): )|\*\*(?!\*))"
    r"|deprecat(?!ed, use ')|DeprecationWarning|FutureWarning|^[ \t]*at [\w.]+\("
    # JAX tries every hardware it knows, and logs those that are not there.
    r"|(?:xla_bridge|absl)\b.{0,40}Unable to initialize backend '(?:rocm|plugin|interpreter|tpu_driver|tpu)'"
    r"(?!.*(?:in use|lockfile|[Pp]ermission))"
)
_EVERYDAY = re.compile(r"cannot |could ?n[o']t |can'?t |unable to", re.I)
"""Who writes so may tell of anything: "I cannot come today"."""
_OF_A_PROGRAM = re.compile(r"[:/\\_=<>`\"+(\[]")
"""What stands in words of programs, and hardly in everyday language."""
CODES: tuple[tuple[str, int], ...] = (
    ("system not yet initialized", 802),
    ("system has unsupported display driver / cuda driver combination", 803),
    ("forward compatibility was attempted on non supported hw", 804),
    ("cuda driver is a stub library", 34),
    ("cuda unknown error", 999),
    ("cuda_error_system_not_ready", 802),
    ("cuda_error_system_driver_mismatch", 803),
    ("cuda_error_compat_not_supported_on_device", 804),
    ("cuda_error_stub_library", 34),
    ("cuda_error_no_device", 100),
    ("no cuda-capable device is detected", 100),
    ("cuda_error_unknown", 999),
    ("cudaerrorsystemnotready", 802),
    ("cudaerrorsystemdrivermismatch", 803),
    ("cudaerrorcompatnotsupportedondevice", 804),
    ("cudaerrorstublibrary", 34),
    ("cudaerrornodevice", 100),
    ("cudaerrorunknown", 999),
)
"""What CUDA's runtime, libcuda's names of codes and the frameworks say for cuInit's codes (cuda.h)."""


def read(text: Text, clues: Clues) -> None:
    """Keep every line that reports an error or a warning, each once, and the code that CUDA gave."""
    seen: set[str] = set()
    for number, line in enumerate(text.lines):
        if len(clues.errors) >= MAX_ERRORS:
            break
        if _ERROR.search(line) and not _NOT_AN_ERROR.search(line):
            whole = _continued(text.lines, number)
            if whole not in seen:
                seen.add(whole)
                clues.errors.append(whole)
                clues.error_is_plain = clues.error_is_plain or _is_plain(line)
    if text.has("traceback (most recent call last)"):
        clues.source("traceback")
    elif clues.errors:
        clues.source("error message")
    elif text.has("unable to initialize backend"):
        clues.source("JAX log")
    _code(text, clues)
    _reason(text, clues)


def _is_plain(line: str) -> bool:
    return bool(_OF_A_PROGRAM.search(line) or _ERROR.search(_EVERYDAY.sub(" ", line)))


def _continued(lines: list[str], number: int) -> str:
    """The line, and those below it in which a message goes on, as in torch's warnings."""
    whole = lines[number].strip()
    at = number
    while _cut(lines, at) and len(whole) < MAX_ERROR:
        at += 1
        whole += lines[at]
    number = at
    for line in lines[number + 1 : number + 4]:
        if not line.strip() or whole[-1:] not in (":", ",", "(") or len(whole) > MAX_ERROR:
            break
        whole += " " + line.strip()
    return whole[:MAX_ERROR]


def _cut(lines: list[str], number: int) -> bool:
    """Is this a line that a console cut in the middle of a word, at its width?"""
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else ""
    return len(line) in CONSOLES and line[-1].isalnum() and below[:1].isalnum()


def _code(text: Text, clues: Clues) -> None:
    """cuInit's code, by its number or by its words."""
    found = text.search(
        r"(?:Error|error|err|code|cuInit[^\n]{0,40}?)[ :=]{1,3}\[?"
        r"(80[0-9]|999|100|34|46|2(?=: out of memory))\b(?![.\d])[]:\s,)]",
        "cuda",
        "cuinit",
    )
    if found:
        clues.tell(cuda_init_code=int(found.group(1)))
    for words, code in CODES:
        if words in text.small:
            clues.tell(cuda_init_code=code)


def _reason(text: Text, clues: Clues) -> None:
    """The warning with which torch said no to CUDA."""
    found = text.search(
        r"(?:CUDA initialization: |RuntimeError: )?("
        r"(?:The NVIDIA driver on your system is too old|Found no NVIDIA driver on your system"
        r"|CUDA unknown error|Unexpected error from cudaGetDeviceCount"
        r"|CUDA driver initialization failed|Torch not compiled with CUDA"
        r"|CUDA driver version is insufficient)[^\n]{0,400})",
        "nvidia driver",
        "cuda unknown",
        "cudagetdevicecount",
        "cuda driver",
        "not compiled with cuda",
        flags=re.I,
    )
    if found is None:
        return
    clues.tell(torch_reason=found.group(1))
    if number := re.search(r"found version (\d{4,5})\)", found.group(1)):
        version = int(number.group(1))
        clues.tell(driver_cuda=f"{version // 1000}.{version % 1000 // 10}")
