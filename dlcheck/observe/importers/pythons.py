"""The Python that a text is about: banners, `python -VV`, forms, paths, and the platform it was built for."""

from __future__ import annotations

import re

from dlcheck.observe.importers import labels
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

_RELEASE = re.compile(r"(?<![\d.])(3\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d{1,2})?t?\+?|2\.7(?:\.\d{1,2})?)(?![\d.]*\d)")
_BANNER = r"^\W{0,12}(?:Python )?'?((?:3|2)\.\d{1,2}\.\d{1,2}\S{0,8} ?[|(][^\n]{0,200}\[[^\n\]]{1,60}\][^\n]{0,60})"


def read(text: Text, clues: Clues) -> None:
    """Tell which Python stands in the text."""
    if found := text.search(_BANNER, "[gcc", "[msc", "[clang", flags=re.M):
        tell_python(clues, found.group(1))
        if "MSC v." in found.group(1):
            clues.tell(system="windows")
            if "(ARM64)" in found.group(1):  # the build of this Python, whatever runs it
                clues.tell(python_machine="arm64", machine="arm64")
        elif "darwin" in found.group(1):
            clues.tell(system="darwin")
    for words in text.values(*labels.PYTHON):
        tell_python(clues, words)
    if found := text.search(
        r"\b[Pp]ython(?: is installed:?| version)?[ :=(]{0,4}(?:version )?v?(?:[Pp]ython )?("
        r"(?:3\.\d{1,2}|2\.7)(?:\.\d{1,2})?)\b",
        "python",
    ):
        tell_python(clues, found.group(1))
    if found := text.search(r"\bcp(3)(\d{1,2})(t?)-|\bcpython-(3)(\d{1,2})(t?)-", "cp3", "cpython-3"):
        major, minor = found.group(1) or found.group(4), found.group(2) or found.group(5)
        tell_python(clues, f"{major}.{minor}")
    if found := text.search(r"[/\\][Pp]ython(3\.\d{1,2})[/\\]", "python3."):
        tell_python(clues, found.group(1))
    if found := text.search(r"[/\\][Pp]ython(3)(\d{1,2})(-32)?[/\\]", "python3"):
        tell_python(clues, f"3.{found.group(2)}" + (" 32 bit" if found.group(3) else ""))
    clues.tell(python_executable=_executable(text))
    _platform(text, clues)
    _search_path(text, clues)


def tell_python(clues: Clues, words: str | None) -> None:
    """Tell the Python by words such as "3.9.12 | packaged by conda-forge | … (64-bit runtime)"."""
    if not words:
        return
    words = words[:300]
    if found := _RELEASE.search(words):
        clues.tell(python=found.group(1).rstrip("+t"))
        if "free-threading" in words or found.group(1).endswith("t"):
            clues.tell(free_threaded=True)
    if re.search(r"conda|continuum", words, re.I):
        clues.tell(conda=True)
    if found := re.search(r"\b(32|64)[- ]?bit", words):
        clues.tell(python_bits=int(found.group(1)))
    elif re.search(r"\[GCC[^\]]{0,40}\] on linux2?\b|\(AMD64\)", words):
        clues.tell(python_bits=64)


def _search_path(text: Text, clues: Clues) -> None:
    """sys.path with the user's own folder before an environment's, where the text has more to say of that folder."""
    found = text.search(
        r"['\"](?P<user>[^'\"\n]{0,200}[/\\](?P<folder>\.local[/\\]lib[/\\]python3\.\d{1,2}[/\\]site-packages"
        r"|Python[/\\]Python3\d{1,2}[/\\]site-packages))['\"],(?:\s{0,8}['\"][^'\"\n]{0,300}['\"],?){0,12}?"
        r"\s{0,8}['\"](?P<own>[^'\"\n]{0,200}(?:conda|mamba|forge|envs)[^'\"\n]{0,200}[/\\]site-packages)['\"]",
        "site-packages",
        flags=re.I,
    )
    if found and text.whole.count(found.group("folder")) > 1:
        clues.search_path = (found.group("user"), found.group("own"))
        clues.tell(conda=True)


def _executable(text: Text) -> str | None:
    told = text.value("python executable", "sys executable", "executable", "interpreter", "python interpreter")
    return told if told and re.search(r"[/\\]", told) else None


def _platform(text: Text, clues: Clues) -> None:
    """platform.platform(), sysconfig.get_platform(), struct.calcsize: what the interpreter was built for."""
    if found := text.search(
        r"\b(macosx-\d{1,2}\.\d{1,2}-(?:arm64|x86_64|universal2)|win-amd64|win-arm64"
        r"|win32|linux-(?:x86_64|aarch64|i686))\b",
        "macosx-",
        "win-a",
        "win32",
        "linux-",
    ):
        clues.tell(python_platform=found.group(1))
    if text.search(r"calcsize\([\"']P[\"']\)(?:\s{0,3}\*\s{0,3}8)?\)?\s{1,3}(?:4|32)\b", "calcsize"):
        clues.tell(python_bits=32)
    if text.search(r"proc_translated:?\s{0,3}1\b", "proc_translated"):
        clues.tell(python_translated=True)
    if told := text.value("platform machine", "python machine", "python architecture"):
        clues.tell(python_machine=told if re.fullmatch(r"[\w]{3,12}", told) else None)
