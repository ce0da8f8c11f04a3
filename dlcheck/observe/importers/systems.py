"""The operating system: `uname -a`, `sw_vers`, `ver`, `lsb_release`, os-release, issue forms, and free words."""

from __future__ import annotations

import re

from dlcheck.observe.importers import labels
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

_MACHINE = r"\b(x86_64|amd64|aarch64|arm64|ppc64le|s390x|riscv64|armv7l|i[36]86)\b"
_DISTRIBUTION = re.compile(
    r"\b(ubuntu|debian|fedora|centos|red ?hat|rhel|rocky|almalinux|arch(?: linux)?|manjaro|(?:linux )?mint"
    r"|opensuse|suse"
    r"|gentoo|nixos|amazon linux|pop!_os|kali|dgx os|alpine|oracle linux|raspbian|scientific linux|cbl-mariner|l4t)\b",
)

_SNAP = (
    r"/snap/(?:bin/)?docker|snap (?:install|list|remove) docker|snap[^\n]{0,12} docker\b"
    r"|docker[^\n]{0,30} (?:from|via|as|by|using) (?:a |the )?snap\b"
)
"""Docker that came as a snap."""
_SETS = frozenset(
    (
        "sse4_1", "sse4_2", "popcnt", "avx", "f16c", "fma", "avx2", "bmi1", "bmi2", "avx512f", "avx512bw", "avx512vl",
        "avx512_vnni", "avx512_bf16", "amx_bf16",
    )
)  # fmt: skip
"""Of the processor's flags those that decide what a numerical library can run."""
_FREE_WORDS: tuple[tuple[str, str, int], ...] = (
    (r"\b(?:ubuntu|debian|centos|fedora|rhel)\b[ -]?(?:linux )?v?(\d{1,2}(?:\.\d{1,2})?)?", "linux", re.I),
    (r"\bmac ?os(?: ?x)?(?: [a-z]{4,12})?:? v?(\d{1,2}(?:\.\d{1,3}){0,2})\b", "darwin", re.I),
    (r"\b[Ww]in(?:dows)? ?(?:1[01]|7|8|[Ss]erver)\b|\b[A-Z]:\\|\.dll\b"
     r"|\[WinError|\.pyd\b|Microsoft Windows", "windows", 0),
    (r"\bmac ?os\b|\bosx\b|MacBook|\bM[1-5] (?:Pro|Max|Ultra)\b|macosx_\d|\.dylib\b|Apple (?:M[1-5]|silicon)",
     "darwin", re.I),
    (r"/usr/lib/|/home/\w|/opt/conda|linux[-_](?:x86_64|aarch64)|\.so(?:\.\d|\b)|/dev/nvidia|/proc/", "linux", 0),
)  # fmt: skip
"""What tells the system where nothing says it outright: the first that fits, the surer ones first."""


def read(text: Text, clues: Clues) -> None:
    """Tell what stands in the text of the system it comes from."""
    _tools(text, clues)
    _instruction_sets(text, clues)
    _wsl(text, clues)
    for words in text.values(*labels.OS):
        tell_os(clues, words)
    missed = [found.group(1) for found in text.findall(r"GLIBC_(\d\.\d{1,2})", "glibc_")]
    for found in text.findall(
        r"GLIBC (\d\.\d{1,2})\b|ldd \([^\n]{1,60}\) (\d\.\d{1,2})\b"
        r"|(?<!libc version: )\bglibc[ -]?(?:version)?[:= ]{0,3}(\d\.\d{1,2})\b",
        "glibc",
        "ldd (",
        flags=re.I,
    ):
        number = next(group for group in found.groups() if group)
        # The version that was not found here is not the one that is here.
        clues.tell(glibc=number if number not in missed else None)
    if text.search(
        r"\bmusl\b|[:-]alpine\b|\balpine ?(?:3\.\d|linux|docker|image)|\bapk (?:add|--)|Error relocating /",
        "musl",
        "alpine",
        "apk ",
        "error relocating",
        flags=re.I,
    ):
        clues.tell(musl=True)
        clues.tell(system="linux")
    _free_words(text, clues)
    _mac(text, clues)
    _where(text, clues)


def _tools(text: Text, clues: Clues) -> None:
    """What uname, sw_vers, ver and platform.platform() print."""
    if found := text.search(r"\bLinux \S{1,80} (\d\.\d{1,3}[\w.+-]{0,60}) [^\n]{0,200}" + _MACHINE, "linux "):
        clues.source("uname")
        clues.tell(system="linux", kernel=found.group(1), machine=found.group(2))
    if found := text.search(r"Darwin Kernel Version[^\n]{0,200}\b(arm64|x86_64)\b", "darwin kernel"):
        clues.source("uname")
        clues.tell(system="darwin", machine="arm64" if "ARM64" in found.group(0) else found.group(1))
    if found := text.search(r"ProductVersion:[ \t]*(\d{1,2}(?:\.\d{1,3}){0,2})", "productversion"):
        clues.source("sw_vers")
        clues.tell(system="darwin", os_name=f"macOS {found.group(1)}", os_version=found.group(1))
    if found := text.search(r"\bmacOS-(\d{1,2}(?:\.\d{1,3}){0,2})-(arm64|x86_64)", "macos-"):
        clues.tell(python_platform=found.group(0), system="darwin")
        if found.group(2) == "arm64":
            clues.tell(machine="arm64")
        if found.group(1) != "10.16":  # what a program built with an old SDK is told on every newer macOS
            clues.tell(os_name=f"macOS {found.group(1)}", os_version=found.group(1))
    if found := text.search(r"Windows[^\n]{0,40}?\b10\.0\.(\d{5})\b", "10.0.") or text.search(
        r"(?:OS )?Build:? ?(\d{5})(?:\.\d{1,5})?\b", "build"
    ):
        clues.tell(windows_build=int(found.group(1)))
    if found := text.search(r"incompatible architecture \(have '(\w+)',? need '(arm64|x86_64)", "incompatible arch"):
        clues.tell(system="darwin", python_machine=found.group(2))
        if (found.group(1), found.group(2)) == ("arm64", "x86_64"):  # such files are there on Apple silicon alone
            clues.tell(machine="arm64", python_translated=True)
    if found := text.search(r"\b(?:Linux|linux)-(\d\.\d{1,3}[\w.+-]{0,80})", "linux-"):
        tell_os(clues, found.group(0))
        clues.tell(python_platform=found.group(0))


def _instruction_sets(text: Text, clues: Clues) -> None:
    """What /proc/cpuinfo and lscpu list. A list that may be cut off before AVX would stand in it tells nothing."""
    found = text.search(r"^[ \t]*[Ff]lags[ \t]*: {0,40}(fpu [a-z0-9_ ]{100,2900})", "flags", flags=re.M)
    flags = found.group(1).split() if found else []
    if "lahf_lm" in flags or "avx" in flags:
        clues.tell(instruction_sets=tuple(flag for flag in flags if flag in _SETS))
        clues.tell(machine="x86_64" if "lm" in flags else None)


def tell_os(clues: Clues, words: str | None) -> None:
    """Tell the system by words such as "Ubuntu 22.04.4 LTS (x86_64)" or "Linux-5.15.0-x86_64-with-glibc2.35"."""
    if not words:
        return
    words = words[:200]
    small = words.lower()
    if "wsl" in small or "microsoft-standard" in small:
        clues.tell(system="linux", wsl=1 if re.search(r"wsl ?1\b", small) else 2)
    if "windows" in small or re.match(r"win(?:32|64| ?1[01])?\b|nt\b", small):
        clues.tell(system="windows", os_name=words)
        if found := re.search(r"10\.0\.(\d{5})", words):
            clues.tell(windows_build=int(found.group(1)))
    elif found := re.search(
        r"(?:mac ?os ?x?|os ?x|darwin)[ -]{0,2}(?:[a-z]{3,12} )?v?(\d{1,2}(?:\.\d{1,3}){0,2})?", small
    ):
        version = None if "darwin" in found.group(0) else found.group(1)
        clues.tell(system="darwin", os_name=words, os_version=version if version != "10.16" else None)
    elif "linux" in small or _DISTRIBUTION.search(small):
        number = re.search(r"\b\d{1,2}(?:\.\d{1,2}){0,2}\b", re.sub(r"linux-\d\S*", "", small))
        if clues.system in (None, "linux"):
            named = bool(_DISTRIBUTION.search(small))
            clues.tell(system="linux", os_version=number.group(0) if number and named else None)
            clues.tell(os_name=words if named else None)
    if found := re.search(_MACHINE, small):
        clues.tell(machine=found.group(1))
    if found := re.search(r"with-glibc(\d\.\d{1,2})", small):
        clues.tell(glibc=found.group(1))


def _wsl(text: Text, clues: Clues) -> None:
    if not text.has("wsl", "microsoft-standard", "-microsoft"):
        return
    if found := text.search(
        r"WSL Version:?\s{0,3}(?:WSL ?)?([12])\b|\bWSL ?([12])\b|microsoft-standard-WSL(2)", flags=re.I
    ):
        clues.tell(wsl=int(next(group for group in found.groups() if group)))
    elif text.search(r"\b4\.4\.0-\d{5}-Microsoft\b"):
        clues.tell(wsl=1)
    elif text.search(r"\bWSL\b|-microsoft-standard|/usr/lib/wsl/"):
        clues.tell(wsl=2)
    if clues.wsl:
        clues.system = "linux"


def _free_words(text: Text, clues: Clues) -> None:
    """The system from names and paths in free text, where nothing said it outright."""
    if clues.system is None:
        for pattern, system, flags in _FREE_WORDS:
            if found := re.search(pattern, text.whole, flags):
                clues.tell(system=system)
                if found.lastindex and found.group(1):
                    clues.tell(os_name=found.group(0), os_version=found.group(1))
                break
    if clues.machine is None and (
        found := re.search(
            r"(?:manylinux\w{0,16}|linux)[-_](x86_64|aarch64)\b|macosx_\d{1,2}_\d{1,2}_(x86_64|arm64)"
            r"|win_(amd64|arm64)\b",
            text.whole,
        )
    ):
        clues.tell(machine=next(group for group in found.groups() if group))


def _mac(text: Text, clues: Clues) -> None:
    """The processors of a Mac and of its Python, where nobody but the person says them."""
    if built := text.search(r"python[\d.]{0,5}: {1,4}Mach-O 64-bit executable (arm64|x86_64)", "mach-o"):
        clues.tell(system="darwin", python_machine=built.group(1))
    if clues.system is None and text.search(r'\bFile "?/Users/[^/\n"]{1,80}/', 'file "/users/', "file /users/"):
        clues.tell(system="darwin", os_name="macOS")  # a traceback's paths: home folders are there on no other system
    if clues.system not in (None, "darwin") or clues.machine or not text.has("mac", "osx"):
        return
    silicon = text.search(r"\bApple (?:[Ss]ilicon|M\d)|\bM[1-5]\b(?! ?\d)|\buname -m[ \t]*\n[ \t]*arm64")
    intel = text.search(
        r"\bIntel[ -](?:based )?mac|\bmac(?:os|book|osx)?\b[^\n.]{0,20}\b(?:x86_64|intel)\b|\bx86_64 macs?\b|\bosx64\b",
        flags=re.I,
    )
    if silicon and (not intel or clues.python_machine):
        clues.tell(system="darwin", machine="arm64")
    elif intel and not silicon:
        clues.tell(system="darwin", machine="x86_64", python_machine="x86_64")


def _where(text: Text, clues: Clues) -> None:
    """The hosted notebook or the container that the text names."""
    if text.search(r"COLAB_|/content/|google\.colab|\b[Cc]olab\b", "colab", "/content/"):
        clues.tell(cloud="colab")
    elif text.search(r"KAGGLE_|/kaggle/(?:input|working)", "kaggle"):
        clues.tell(cloud="kaggle")
    if text.search(
        r"/\.dockerenv|docker[- ](?:run|exec|compose|container)\b|nvidia/cuda:\d|\b(?:inside|in) (?:a |the )?docker\b"
        r"|\broot@[0-9a-f]{12}:",
        "docker",
        "nvidia/cuda",
        "root@",
        flags=re.I,
    ):
        clues.tell(container="docker")
    if text.search(_SNAP, "snap", flags=re.I):
        clues.tell(docker="/snap/bin/docker")
