"""PyTorch: is it there, and can it be imported?"""

from __future__ import annotations

from dlcheck.judge.advice.import_cures import reinstall
from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.missing import install_missing, unmet
from dlcheck.judge.advice.torch_wheel import best_backend, torch_fixes
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.imports import Library, import_crashed, import_failed, import_hung
from dlcheck.judge.presence import FRAMEWORK_TITLES, installed
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"
_NO_WHEELS = ("python-unsupported", "platform-without-wheels", "python-32bit", "externally-managed-python")
TORCH = Library(distribution="torch", title="PyTorch", module="torch")


@check(
    FAIL,
    pillar="python",
    wanted="torch",
    otherwise=NOTE,
    after=("uv-passes-over-active-environment",),
    since="0.1",
)
def torch_not_installed(
    torch: Probed[Torch], interpreter: Interpreter, profile: Profile, snapshot: Snapshot
) -> Verdict:
    """PyTorch is not installed.

    The judged interpreter has no torch, and the profile wants it.

    How it is told: the interpreter itself finds no module of that name; under `--quick`, its folders hold none.

    Known false alarms: it is installed for another Python (the first lines of the report say which one is judged); the
    profile is content with another framework that is there; a remainder without code is `torch-leftover`.
    """
    missing = torch.missing
    packages = snapshot.packages.value
    if missing is None:
        return ok(f"PyTorch {torch.value.version if torch.value else ''}")
    if missing.gap == "not-looked":
        if packages is None:
            return skip(missing.words())
        if packages.build("torch"):
            return ok("PyTorch is installed; it was not imported")
    elif missing.gap != "absent":
        return skip(f"there is one: {missing.words()}")
    if "torch" not in profile.frameworks_any and not profile.needs_framework("torch"):
        return skip("this profile does not need PyTorch")
    others = [name for name in profile.frameworks_any if name != "torch" and installed(snapshot, name)]
    if others and not profile.needs_framework("torch"):
        # If that one does not work, its own checks say so: two ways out of one trouble are not two problems.
        return skip(f"{FRAMEWORK_TITLES[others[0]]} is there, and this profile needs one of them")
    evidence = [f"{interpreter.executable} finds no module torch", *([missing.why] if missing.why else [])]
    if others or len(profile.frameworks_any) > 1:
        names = " or ".join(FRAMEWORK_TITLES[name] for name in profile.frameworks_any)
        evidence.append(f"this profile needs {names}")
    if unmet(snapshot, profile):
        # Two lacks, one installation: what is said of the other packages brings PyTorch along.
        return bad(*evidence, fixes=install_missing(snapshot, profile), after=(*_NO_WHEELS, "required-package-missing"))
    fixes = torch_fixes(snapshot, best_backend(snapshot)) or install(snapshot, ["torch"], title="install PyTorch")
    return bad(*evidence, fixes=fixes, after=_NO_WHEELS)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, since="0.1")
def torch_leftover(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """What is left of PyTorch is an empty or half-removed folder.

    `import torch` then works and gives a module that holds nothing, so that the first line which uses it fails with
    "module 'torch' has no attribute …". A failed or interrupted uninstall leaves such a folder, on Windows above all,
    where files in use cannot be deleted.

    How it is told: an import would take a folder without __init__.py.

    Known false alarms: a folder named torch in the working folder, or beside a real torch, which always wins.
    """
    packages = snapshot.packages.value
    build = packages.build("torch") if packages else None
    missing = torch.missing
    if missing is not None and missing.kind == "leftover":
        evidence = missing.why
    elif missing is not None and missing.gap == "not-looked" and build is not None and not build.has_code:
        evidence = f"{build.location} holds no __init__.py"
    elif missing is not None:
        return skip(missing.words())
    else:
        return ok()
    again = reinstall(snapshot, "torch")
    return bad(evidence, fixes=again)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, since="0.1")
def torch_import_fails(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """Importing PyTorch fails.

    The import raises an exception, or ends the process with an exit status. The exception's message is looked up: a
    missing or shadowed library, NumPy of another generation, a file of the person's own named torch.py, an incomplete
    installation. Where another check names the cause itself, this one is its consequence.

    Known false alarms: an interpreter that does not start at all is no fault of torch's, and is unknown here.
    """
    if torch.missing is not None and torch.missing.kind == "leftover":
        return skip(torch.missing.why)
    return import_failed(TORCH, torch, snapshot)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, since="0.1")
def torch_import_crashes(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """Importing PyTorch kills the process.

    It ends by a signal or an abort, so that no `except` can catch it and a notebook's kernel just dies: an
    instruction that the processor lacks, memory that ran out, compiled parts that do not fit each other.
    """
    return import_crashed(TORCH, torch, snapshot)


@check(FAIL, pillar="python", wanted="torch", otherwise=WARN, since="0.1")
def torch_import_hangs(torch: Probed[Torch], snapshot: Snapshot) -> Verdict:
    """Importing PyTorch does not come back in time.

    Either it is slow (a cold disk, a network drive, a virus scanner that reads every file), or it waits for something
    that never comes. Which of the two: whether it still used the processor or the disk at its deadline.
    """
    return import_hung(TORCH, torch, snapshot)
