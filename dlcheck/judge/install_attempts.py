"""What an installation that failed tells of the Python: by the tables, or by the versions that pip was offered."""

from __future__ import annotations

import re

from dlcheck.judge.knowledge.torch_releases import release_of, releases
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from dlcheck.judge.knowledge.wheels import FIRST_TENSORFLOW, matching, newest
from dlcheck.judge.presence import FRAMEWORKS, platform_of
from dlcheck.judge.said import said
from dlcheck.model.gaps import known
from dlcheck.model.pasted import InstallAttempt
from dlcheck.model.python import Interpreter
from dlcheck.model.snapshot import Snapshot

SOURCE_ONLY = (0, 1, 2)
"""torch 0.1.2 on the package index is a source archive that installs nothing: whoever is offered it has no wheel."""
LATE_PYTHON = (3, 11)
"""From this Python on, a new one went without PyTorch's wheels for months (torch_releases.toml)."""
GLIBC_OF_WHEELS = (2, 28)
"""No wheel of the frameworks asks for a newer one."""
NO_ANSWER = (
    r"SSLError|SSL module|ssl module|CERTIFICATE_VERIFY_FAILED|ProxyError|NewConnectionError|ConnectTimeout|ReadTimeout"
    r"|Temporary failure in name resolution|getaddrinfo failed|Could not fetch URL"
    r"|Connection ?(?:refused|reset|aborted)"
)
"""The package index was not reached: that it offered nothing says nothing of the Python."""
GLIBC_ON_MUSL = r"Error relocating \S+: \w+: symbol not found"
"""musl's loader of a library that was built for glibc."""
WITH_SOURCES = frozenset({"numpy", "pandas", "scipy", "scikit-learn", "matplotlib"})
"""Each of their releases has a source archive: pip offers it to every Python that the release allows."""
_LEAST = r"([A-Za-z][\w.-]*?)\s*(?:===?|~=|>=)\s*v?(\d[\w.!-]*)(?:\s*,.*)?$"
_PIN = r"([A-Za-z][\w.-]*?)(?:\[[^\]]*\])?\s*===?\s*v?(\d[\w.+!-]*)$"


def python_refused(snapshot: Snapshot) -> list[str]:
    """Words on each failed installation that fails by its Python; none where another reason is as likely."""
    pasted, interpreter = snapshot.pasted.value, snapshot.interpreter.value
    if said(snapshot, NO_ANSWER):
        return []
    python = numbers(interpreter.version)[:2] if interpreter is not None else ()
    found = []
    for attempt in pasted.attempts if pasted else ():
        if attempt.failed and not attempt.wheel and _index_is_there(attempt):
            words = _refused(attempt, python, snapshot)
            found += [words] if words else []
    return list(dict.fromkeys(found))


def platform_refused(snapshot: Snapshot) -> list[str]:
    """Words on each failed installation that fails by its platform: musl, or what Intel Macs are offered."""
    pasted, os, interpreter = snapshot.pasted.value, snapshot.os.value, snapshot.interpreter.value
    if pasted is None or os is None or os.system == "windows" or said(snapshot, NO_ANSWER):
        return []
    found = [line for line in (said(snapshot, GLIBC_ON_MUSL),) if line]
    for attempt in pasted.attempts:
        if not attempt.failed or attempt.wheel:
            continue
        offered = _offered(attempt)
        if os.musl and not offered:
            found.append(f"pip was offered no wheel of {attempt.requirement} for musl")
        elif os.system != "linux" and _ends_with_intel_macs(attempt, offered, interpreter):
            last = dotted(max(offered or [()]))
            found.append(f"pip offers {attempt.requirement.partition('=')[0]} up to {last}, the last for Intel Macs")
    return list(dict.fromkeys(found))


def _ends_with_intel_macs(attempt: InstallAttempt, offered: list[Version] | None, python: Interpreter | None) -> bool:
    """Do the releases that pip was offered end where those for Intel Macs do, and nowhere else?"""
    pin = re.match(_PIN, attempt.requirement)
    if not offered or pin is None or pin.group(1).lower() != "torch":
        return False
    last = numbers(newest("torch", "macos_x86_64"))
    return max(offered) == last < numbers(pin.group(2)) and (python is None or "arm64" not in python.platform_tag)


def _refused(attempt: InstallAttempt, python: Version, snapshot: Snapshot) -> str:
    pin = re.match(_PIN, attempt.requirement)
    offered = _offered(attempt)
    if words := _too_new(attempt, offered):
        return words
    if pin is None:
        return _none_offered(attempt, python, offered, snapshot)
    name, version = pin.group(1).lower().replace("_", "-"), numbers(pin.group(2))
    span = _pythons(name, pin.group(2), snapshot)
    if span is not None and python:
        outside = not numbers(span[0]) <= python <= numbers(span[1])
        return f"{attempt.requirement} has wheels for Python {span[0]} to {span[1]}" if outside else ""
    first = FIRST_TENSORFLOW.get(python[:2]) if name.startswith("tensorflow") else None
    if first is not None and version[:2] < first:
        python_words = f"the first TensorFlow for Python {dotted(python)}"
        return f"{attempt.requirement} is older than {dotted(first)}, {python_words}"
    if not offered or python:
        return ""
    oldest, newest = min(offered), max(offered)
    if version < oldest:
        return (
            f"pip offers {name} from {dotted(oldest)} on: this Python is newer than {attempt.requirement} was made for"
        )
    if version > newest and name == "torch" and _is_last_of_a_python(newest):
        return f"pip offers {name} up to {dotted(newest)}: this Python is older than {attempt.requirement} was made for"
    return ""


def _too_new(attempt: InstallAttempt, offered: list[Version] | None) -> str:
    """A release that is there, and newer than all that pip offers: they need a newer Python."""
    least = re.match(_LEAST, attempt.requirement)
    name = least.group(1).lower().replace("_", "-") if least is not None else ""
    if least is None or not offered or attempt.index_url or name not in WITH_SOURCES:
        return ""
    if not max(offered) < numbers(least.group(2)) <= numbers(newest(name, "linux_x86_64")):
        return ""
    return f"pip offers {name} up to {dotted(max(offered))}: this Python is older than {attempt.requirement} needs"


def _none_offered(attempt: InstallAttempt, python: Version, offered: list[Version] | None, snapshot: Snapshot) -> str:
    """A framework without a version, of which pip was offered nothing: what a Python meets in its first months."""
    name = attempt.requirement.lower()
    if offered != [] or name not in FRAMEWORKS or not python:
        return ""
    if python < LATE_PYTHON and not _has_any_wheel(snapshot):
        return ""
    first = [one for one in releases() if name == "torch" and one.has_python(python)]
    since = f"; the first PyTorch for it is {first[-1].version}" if first else ""
    return f"pip was offered no {name} for Python {dotted(python)}{since}"


def _has_any_wheel(snapshot: Snapshot) -> bool:
    """Is all but the Python told to be as the wheels want it: a Linux of 64 bits with glibc?"""
    os, python = snapshot.os.value, snapshot.interpreter.value
    glibc = known(os.glibc) if os is not None else None
    machine = python.machine if python is not None else ""
    return glibc is not None and numbers(glibc) >= GLIBC_OF_WHEELS and machine == "x86_64"


def _offered(attempt: InstallAttempt) -> list[Version] | None:
    """The releases that have wheels; None where the text does not tell."""
    told = known(attempt.offered)
    if told is None:
        return None
    found = {numbers(one) for one in told if numbers(one)}
    return sorted(one for one in found if one[:3] != SOURCE_ONLY)


def _pythons(name: str, version: str, snapshot: Snapshot) -> tuple[str, str] | None:
    """The first and the last Python of a release, by the tables."""
    platform = platform_of(snapshot)
    spans = [span for one in matching(f"{name}=={version.partition('+')[0]}") if (span := one.span(platform))]
    if spans:
        return spans[0][0], spans[-1][1]
    release = release_of(version) if name == "torch" else None
    if release is None:
        return None
    first, _, last = release.python.partition("-")
    return first, last


def _is_last_of_a_python(version: Version) -> bool:
    """Is this the newest release of torch for some Python that later ones have dropped?"""
    oldest_today = numbers(releases()[0].python.partition("-")[0])
    minors = [(3, minor) for minor in range(5, oldest_today[1])]
    last = {next((one.minor for one in releases() if one.has_python(python)), ()) for python in minors}
    return version[:2] in last


def _index_is_there(attempt: InstallAttempt) -> bool:
    """Does the wheel index that was asked exist, as far as the tables tell?"""
    variant = attempt.index_url.rstrip("/").rpartition("/")[2]
    if not re.fullmatch(r"cu\d{2,3}|rocm[\d.]+|xpu", variant):
        return True
    return any(variant in one.variants for one in releases())
