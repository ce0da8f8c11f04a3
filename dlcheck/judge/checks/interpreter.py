"""The judged Python itself: is there one, does it start, and is it one that deep learning has wheels for."""

from __future__ import annotations

import re

from dlcheck.judge.advice.environment import ENVIRONMENT
from dlcheck.judge.advice.install import belongs_to_system, has_uv
from dlcheck.judge.advice.missing import fresh_environment, install_missing, missing_requirements
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, need, note, ok, skip, unknown
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import enough_works
from dlcheck.model.gaps import Probed, is_limited, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Pythons

LAYER = "interpreter"

OLDEST_JUDGED = (3, 8)
"""The worker programs need it."""

SYSTEM_PYTHON = SystemPackage(
    apt="python3 python3-venv", dnf="python3", pacman="python", zypper="python3", apk="python3", brew="python@3.12",
    winget="Python.Python.3.12",
)  # fmt: skip


@check(FAIL, pillar="python", since="0.1")
def python_missing(interpreter: Probed[Interpreter], snapshot: Snapshot) -> Verdict:
    """There is no Python to judge.

    Everything in deep learning begins with a Python of the person's own.

    How it is told: the one asked for does not exist, or none is on PATH. On Windows the alias that only opens the
    Store, on macOS the stub that only offers the command line tools, are no Python.
    """
    if interpreter.missing is None:
        return ok(interpreter.value.executable if interpreter.value else "")
    if interpreter.missing.gap == "not-looked":
        return skip(interpreter.missing.words())
    if interpreter.missing.gap != "absent":
        return ok("there is one, which did not answer")
    pythons = snapshot.pythons.value
    if pythons is not None and pythons.chosen_because.startswith("asked for"):
        there = ", ".join(dict.fromkeys(known(one.executable) or one.path for one in pythons.found if not one.is_own))
        title = f"name one that is there: {there}" if there else "name one that is there, or let dlcheck choose"
        return bad(interpreter.missing.why, fixes=(Fix(title=title),))
    steps = install_program(snapshot, SYSTEM_PYTHON)
    fix = Fix(title="install Python", commands=steps, needs=admin_needs(snapshot))
    words = Fix(title="install Python 3.12 (64 bit) from python.org, by uv or by Miniforge, then open a new terminal")
    return bad(interpreter.missing.why or "no python or python3 on PATH", fixes=(fix, words) if steps else (words,))


@check(FAIL, pillar="python", after=("python-too-old-to-judge",), since="0.1")
def python_does_not_start(interpreter: Probed[Interpreter], snapshot: Snapshot) -> Verdict:
    """The judged Python does not start.

    How it is told: a program of a few lines, run by it, crashed, ended with an error, or did not come back. The usual
    causes: PYTHONHOME names another Python (`No module named 'encodings'`), a virtual environment whose base Python
    was removed or upgraded, a file of the person's own named like a module of the standard library.

    Sources: github.com/bioconda/bioconda-utils/issues/717 (PYTHONHOME), github.com/pypa/pipx/issues/1593 (base gone).
    """
    missing = interpreter.missing
    if missing is None:
        return ok()
    if missing.gap in ("absent", "not-looked"):
        return skip(missing.words())
    if is_limited(missing) or missing.kind == "defect":
        return unknown(missing.words())
    said = missing.words()
    ending = interpreter.ending
    tail = ending.stderr_tail.strip() if ending else ""
    evidence = [said, *([ending.words] if ending and ending.words not in said else []), *tail.splitlines()[-3:]]
    text = f"{said}\n{tail}"
    if re.search(r"No module named '?encodings|init_fs_encoding|PYTHONHOME = '", text):
        fix = Fix(title="unset the variable PYTHONHOME (unload the module that sets it), then run dlcheck again")
        return bad(*evidence, fixes=(fix,))
    if re.search(r"No Python at|required file not found|bad interpreter|is a link to", text):
        fix = Fix(title="its base Python is gone: delete this environment and make it again")
        return bad(*evidence, fixes=(fix,))
    return bad(
        *evidence, fixes=(Fix(title="run it by hand and read its own words; reinstall it if it does not start"),)
    )


@check(FAIL, pillar="python", since="0.1")
def python_too_old_to_judge(interpreter: Probed[Interpreter], snapshot: Snapshot, profile: Profile) -> Verdict:
    """The judged Python is too old to be judged.

    Python 3.8 is the oldest that dlcheck can ask; no framework has had a release for an older one since 2023.

    How it is told: the version it answers with, or the version that its command gave.
    """
    version = _version(interpreter, snapshot)
    if not version or snapshot.depth == "pasted":
        return skip("its version is not known" if not version else "nobody asks it: a text tells of it")
    if numbers(version)[:2] >= OLDEST_JUDGED:
        return ok(f"Python {version}")
    return bad(f"Python {version}; 3.8 is the oldest that can be judged", fixes=fresh_environment(snapshot, profile))


def _version(interpreter: Probed[Interpreter], snapshot: Snapshot) -> str:
    """The judged Python's version: by itself, by its command, by the words of the gap."""
    if interpreter.value is not None:
        return interpreter.value.version
    pythons = snapshot.pythons.value
    judged = known(pythons.judged) if pythons else None
    for found in pythons.found if pythons and judged else ():
        if judged in (found.path, known(found.executable)) and isinstance(found.version, str):
            return found.version
    said = re.search(r"Python (\d+\.\d+[.\d]*)", interpreter.missing.why if interpreter.missing else "")
    return said[1].rstrip(".") if said else ""


@check(FAIL, pillar="python", since="0.1")
def python_32bit(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python is a 32-bit build.

    PyTorch, TensorFlow, SciPy and scikit-learn have no 32-bit wheels; pip then says only "no matching distribution".

    How it is told: the size of a pointer in the interpreter itself, whatever the machine is.

    Known false alarms: none; a 32-bit Raspberry Pi OS is rightly named.

    Sources: github.com/tensorflow/tensorflow/issues/13340, github.com/tensorflow/tensorflow/issues/43244.
    """
    if interpreter.bits != 32:
        return ok(f"{interpreter.bits}-bit Python")
    os = snapshot.os.value
    evidence = f"{interpreter.executable} is built for {interpreter.platform_tag or '32 bits'}"
    if os is not None and not re.search(r"64|s390x", os.machine):
        return bad(evidence, f"the machine is {os.machine}", fixes=(Fix(title=_NO_64_BIT),))
    return bad(evidence, fixes=fresh_environment(snapshot, profile, why=" of 64 bits"))


_NO_64_BIT = "install a 64-bit operating system if the processor allows it, else use a hosted notebook"


@check(FAIL, pillar="python", only_on=("darwin",), since="0.1")
def rosetta_python(interpreter: Interpreter, os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """An Intel Python runs on Apple silicon by translation.

    It gets wheels for Intel Macs only (PyTorch's ended with 2.2), has no MPS, and programs that use AVX end with
    "illegal hardware instruction".

    How it is told: the process is translated by Rosetta, or an x86_64 interpreter sits on an Apple M processor.

    Known false alarms: a real Intel Mac is not Apple silicon; see platform-without-wheels.

    Sources: github.com/apple/tensorflow_macos/issues/81, github.com/pytorch/pytorch/issues/146236.
    """
    if os.system != "darwin":
        return skip("this is no Mac")
    apple, cpu = snapshot.apple.value, snapshot.cpu.value
    chip = (known(apple.chip) if apple else None) or (known(cpu.brand) if cpu else None) or ""
    silicon = chip.startswith("Apple") or os.machine == "arm64" or (cpu is not None and cpu.architecture == "arm64")
    built_for = interpreter.machine or interpreter.platform_tag
    if interpreter.translated is not True and not (silicon and built_for.endswith("x86_64")):
        return ok(f"built for {built_for}")
    evidence = f"{interpreter.executable} is built for x86_64; the processor is {chip or 'Apple silicon'}"
    working = enough_works(snapshot, profile)
    return bad(evidence, fixes=_native(snapshot), at_most=WARN if working else FAIL)


def _native(snapshot: Snapshot) -> tuple[Fix, ...]:
    """Environments with a Python for Apple silicon, made from a terminal that may itself be translated."""
    fixes = []
    tools, conda = snapshot.tools.value, snapshot.conda.value
    words = "untick 'Open using Rosetta' in the terminal's Get Info window, and"
    if tools is not None and tools.find("uv"):
        uv = command(snapshot, "uv", "venv", "--allow-existing", "--python", "cpython-3.12-macos-aarch64-none", ".venv")
        fixes.append(Fix(title=f"{words} make an environment for Apple silicon", commands=(uv,), needs=("network",)))
    if conda is not None:
        program = known(conda.executable) or "conda"
        argv = ("env", "CONDA_SUBDIR=osx-arm64", program, "create", "-y", "-n", ENVIRONMENT, "python=3.12", "pip")
        made = command(snapshot, *argv)
        fixes.append(Fix(title=f"{words} make an environment for Apple silicon", commands=(made,), needs=("network",)))
    fixes.append(Fix(title=f"{words} install Python for Apple silicon from python.org or Miniforge for arm64"))
    return tuple(fixes)


@check(WARN, pillar="python", since="0.1")
def externally_managed_python(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This Python belongs to the operating system, and pip may install nothing into it.

    `pip install` ends with "externally-managed-environment" (PEP 668). A virtual environment is the way out; forcing
    pip can break programs of the system.

    How it is told: the marker EXTERNALLY-MANAGED beside its standard library, and no virtual environment. It is a
    problem only where packages must be installed.

    Known false alarms: inside a virtual environment the base's marker means nothing.

    Sources: peps.python.org/pep-0668, github.com/Comfy-Org/ComfyUI/issues/3554.
    """
    marker = known(interpreter.externally_managed)
    if not marker or not belongs_to_system(snapshot):
        return ok("packages can be installed into it")
    if not missing_requirements(snapshot, profile):
        return note(f"{marker} forbids changes; everything that is required is there")
    return bad(f"{marker} forbids pip to install what is missing", fixes=install_missing(snapshot, profile))


@check(WARN, pillar="python", since="0.1")
def pip_of_another_python(interpreter: Interpreter, pythons: Pythons, snapshot: Snapshot) -> Verdict:
    """`pip` belongs to another Python than the judged one.

    `pip install` then reports success, and the import still says "No module named …".

    How it is told: the interpreter in the first line of the `pip` on PATH lies in another environment. In a pasted
    text: pip finds a package in a folder from which the import does not get it.

    Known false alarms: links between python, python3 and python3.12 of one folder are the same Python; where the judged
    one was asked for by --python or --env, another `pip` on PATH is no surprise.

    Sources: github.com/jupyter/notebook/issues/397, github.com/tensorflow/tensorflow/issues/10786.
    """
    pip = need(pythons.pip, "pip on PATH")
    owner = need(pythons.pip_python, "the Python that pip belongs to")
    if _same_environment(owner, interpreter, pythons):
        return ok(f"{pip} belongs to it")
    evidence = f"{pip} installs for {owner}, not for {interpreter.executable or 'the Python that ran'}"
    fixes = _ways_to_its_own_pip(interpreter, snapshot, active=pythons.chosen_because.startswith("the active"))
    if pythons.chosen_because.startswith("asked for"):
        return note(evidence, fixes=fixes)
    return bad(evidence, fixes=fixes)


def _ways_to_its_own_pip(interpreter: Interpreter, snapshot: Snapshot, *, active: bool) -> tuple[Fix, ...]:
    """An environment without pip, as uv makes them, has none to find, however active it is."""
    python = interpreter.executable or "python3"
    if interpreter.has_pip:
        return (
            Fix(title=f"{'' if active else 'activate this environment, or '}type {python} -m pip in the place of pip"),
        )
    by_uv = Fix(title=f"type uv pip … --python {python} in the place of pip")
    own = Fix(
        title="give this environment a pip of its own",
        commands=(command(snapshot, python, "-m", "ensurepip", "--upgrade"),),
        changes_packages=True,
    )
    return (by_uv, own) if has_uv(snapshot) else (own,)


def _same_environment(owner: str, interpreter: Interpreter, pythons: Pythons) -> bool:
    """Is an interpreter's path the judged environment's, under whichever of its names?"""
    if _plain(owner) == _plain(interpreter.executable):
        return True
    found = next((one for one in pythons.found if owner in (one.path, known(one.executable))), None)
    if found is not None and isinstance(found.prefix, str):
        return _plain(found.prefix) == _plain(interpreter.prefix) and _fits(known(found.version), interpreter)
    folder, _, name = _plain(owner).rpartition("/")
    named = re.search(r"(\d+\.\d+)(?:\.exe)?$", name)
    prefix = _plain(interpreter.prefix)
    homes = {_plain(interpreter.executable).rpartition("/")[0], prefix, f"{prefix}/bin", f"{prefix}/scripts"}
    return folder in homes and _fits(named[1] if named else None, interpreter)


def _fits(version: str | None, interpreter: Interpreter) -> bool:
    return not version or numbers(version)[:2] == numbers(interpreter.version)[:2]


def _plain(path: str) -> str:
    """A path for comparing: one kind of separator; on Windows, where a drive is named, one case."""
    path = path.replace("\\", "/").rstrip("/")
    return path.lower() if path[1:2] == ":" else path
