"""Packages that were made for another Python, another processor or another system than the judged one."""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import belongs_to_system, install
from dlcheck.judge.advice.missing import fresh_environment
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, ok
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import imported, required_names, wanted_frameworks
from dlcheck.model.profile import Profile
from dlcheck.model.python import Distribution, Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

SYSTEM_FOLDER = "/usr/lib/python3/"
"""Debian's and Ubuntu's, seen by every Python that is installed beside the system's own."""
MANY = 8
"""More than these are no slip: the environment was copied, and is made anew."""
_PROCESSORS = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64", "i686": "i686"}
_SYSTEMS = {"manylinux": "linux", "musllinux": "linux", "linux": "linux", "macosx": "macosx", "win": "win"}


@check(FAIL, pillar="python", after=("rosetta-python", "python-32bit", "cluster-modules-bring-packages"), since="0.1")
def distribution_of_another_python(
    packages: Packages, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """A package was installed for another Python, processor or system.

    PYTHONPATH or a module of the cluster puts the site-packages of another Python first, or an environment was copied
    from another machine, or filled from a terminal under Rosetta. The import then ends with "No module named
    'numpy._core._multiarray_umath'" or "incompatible architecture (have 'x86_64', need 'arm64')".

    How it is told: the tag in each package's own WHEEL file, cp311-cp311-macosx_11_0_arm64 for one, against the
    interpreter's version, system and processor.

    Known false alarms: builds with the stable ABI (abi3) and pure Python serve every version; universal2 serves both
    processors of a Mac; a package that was really imported works, whatever its tag says; one that another hides is
    not imported at all. Debian keeps one folder for all of its Pythons: what nobody asks for there is left out.

    Sources: packaging.python.org/en/latest/specifications/platform-compatibility-tags,
    github.com/ml-explore/mlx/issues/621, github.com/Kaggle/docker-python (harmless entries of PYTHONPATH).
    """
    works = imported(snapshot)
    needed = required_names(profile) | set(wanted_frameworks(profile)) | {"numpy"}
    found: dict[str, tuple[Distribution, str]] = {}
    for name, one in {one.name: one for one in reversed(packages.distributions)}.items():
        of_system = one.location.startswith(SYSTEM_FOLDER) and name not in needed
        why = mismatch(one.tag, interpreter)
        if why and name not in works and not of_system:
            found[name] = (one, why)
    if not found:
        return ok(f"{sum(bool(one.tag) for one in packages.distributions)} wheels are for this Python")
    evidence = [f"{one.name} {one.version} in {one.location} is {why}" for one, why in found.values()]
    evidence.append(f"this Python is {interpreter.version} for {interpreter.platform_tag}")
    at_most: Grade = FAIL if needed & set(found) else WARN
    return bad(
        *evidence, fixes=_fixes([one for one, _ in found.values()], interpreter, snapshot, profile), at_most=at_most
    )


def mismatch(tag: str, interpreter: Interpreter) -> str:
    """What a wheel's tag says that this interpreter is not: "for Python 3.11"; "" where it fits or tells nothing."""
    python, _, rest = tag.partition("-")
    abi, _, platform = rest.partition("-")
    made_for = re.fullmatch(r"cp(\d)(\d+)", python)
    own = numbers(interpreter.version)[:2]
    if made_for and not abi.startswith("abi3") and interpreter.implementation == "cpython":
        version = (int(made_for[1]), int(made_for[2]))
        if version != own:
            return f"for Python {version[0]}.{version[1]}"
        if re.fullmatch(r"cp\d+t?", abi) and abi.endswith("t") != interpreter.free_threaded:
            return f"for Python {version[0]}.{version[1]} {'without' if abi.endswith('t') else 'with'} the global lock"
    system = next((name for prefix, name in _SYSTEMS.items() if platform.startswith(prefix)), "")
    own_system = next((name for prefix, name in _SYSTEMS.items() if interpreter.platform_tag.startswith(prefix)), "")
    if system and own_system and system != own_system:
        return f"for {platform}"
    processor = next((name for end, name in _PROCESSORS.items() if platform.endswith(end)), "")
    own_processor = _PROCESSORS.get(interpreter.machine, "")
    return f"for {platform}" if processor and own_processor and processor != own_processor else ""


def _fixes(
    foreign: list[Distribution], interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> tuple[Fix, ...]:
    variable = {entry.path for entry in interpreter.path if entry.origin == "PYTHONPATH"}
    if all(one.location in variable for one in foreign):
        return (without_variables(snapshot, ["PYTHONPATH"], "import sys; print(sys.path)"),)
    if len(foreign) > MANY or belongs_to_system(snapshot):
        return fresh_environment(snapshot, profile, why=" anew")
    again = [f"{one.name}=={one.version}" for one in foreign]
    return (
        *install(snapshot, again, title="install them again for this Python", reinstall=True),
        *fresh_environment(snapshot, profile, why=" anew"),
    )
