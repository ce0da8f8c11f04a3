"""Where the environment lies: a folder nothing may run from, or write to, or that another program watches over."""

from __future__ import annotations

import re

from dlcheck.judge.advice.missing import fresh_environment, install_missing, missing_requirements
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.presence import enough_works
from dlcheck.model.host import Os, Place, Storage
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

OF_WINDOWS = ("9p", "drvfs")
_SYNCED = (
    r"[/\\](OneDrive(?: - [^/\\]+)?|Dropbox(?: \([^/\\]+\))?|Google Drive|Mobile Documents|CloudStorage|iCloudDrive)"
    r"(?=[/\\]|$)"
)


@check(FAIL, pillar="python", since="0.1")
def environment_mounted_noexec(storage: Storage, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The environment lies where no program may be run from.

    On a file system mounted noexec compiled libraries cannot be loaded: "failed to map segment from shared object",
    or "Permission denied" for the environment's own python.

    How it is told: the mount options of the environment's folder.

    Known false alarms: where a framework was imported it works, and this is a note. The same words come from a limit
    on address space.

    Sources: github.com/numpy/numpy/issues/15102, github.com/pytorch/pytorch/issues/91005.
    """
    place = _of(storage, "environment")
    if place is None or not place.noexec:
        return ok("programs may be run from the environment's folder") if place else skip("its folder is not known")
    seen = f"{place.path} is on a file system mounted noexec"
    if enough_works(snapshot, profile):
        return note(seen)
    return bad(seen, fixes=fresh_environment(snapshot, profile, why=" where programs may be run from"))


@check(FAIL, pillar="python", after=("externally-managed-python",), since="0.1")
def environment_not_writable(
    storage: Storage, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """You may not install packages into this environment.

    pip then installs somewhere else ("Defaulting to user installation"), or ends with "Permission denied"; conda says
    EnvironmentNotWritableError. It was made by another user, or with sudo.

    How it is told: the environment's folder may not be written to by this user. It is a problem only where packages
    must be installed.

    Known false alarms: a shared or read-only environment that has everything is fine.

    Sources: conda/exceptions.py (EnvironmentNotWritableError), github.com/pypa/pip/issues/3596.
    """
    place = _of(storage, "environment")
    if place is None or place.writable is not False:
        return ok("the environment's folder may be written") if place else skip("its folder is not known")
    seen = f"{place.path} may not be written to"
    if not missing_requirements(snapshot, profile):
        return note(f"{seen}; everything that is required is there")
    return bad(seen, fixes=install_missing(snapshot, profile))


@check(WARN, pillar="system", since="0.1")
def work_on_a_windows_drive(os: Os, storage: Storage, snapshot: Snapshot, profile: Profile) -> Verdict:
    """In WSL, the environment or the data lie on a drive of Windows.

    Every file under /mnt/c is asked for through another system: installing, importing and reading many small files
    take several times as long.

    How it is told: the file system of the environment, of the working folder and of the caches.

    Known false alarms: code alone may lie there; only the working folder being there is a note.

    Sources: github.com/microsoft/WSL/issues/4197.
    """
    if not os.wsl:
        return skip("this is not WSL")
    there = [one for one in storage.places if one.filesystem in OF_WINDOWS and re.match(r"/mnt/[a-z](?:/|$)", one.path)]
    seen = [f"{one.role}: {one.path}" for one in there if one.role in ("environment", "working", "hugging-face")]
    if not seen:
        return ok("environment and data are on Linux' own disk")
    if _of(storage, "environment") not in there:
        return note(*seen)
    return bad(*seen, fixes=fresh_environment(snapshot, profile, why=" in the home folder of Linux"))


@check(WARN, pillar="python", since="0.1")
def environment_in_a_synced_folder(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The environment lies in a folder that a cloud service keeps in step.

    OneDrive, Dropbox or iCloud lock the files while they copy them, take them off the disk, and carry an environment
    to computers on which its paths are wrong: PermissionError, WinError 32, slow imports.

    How it is told: the path of the environment.

    Known false alarms: notebooks and code are well kept there; only environments and data sets are not.

    Sources: github.com/microsoft/vscode-jupyter/issues/9234 (the path of such an environment); otherwise common
    knowledge.
    """
    found = re.search(_SYNCED, interpreter.prefix)
    if found is None:
        return ok("the environment is in no synced folder")
    fixes = fresh_environment(snapshot, profile, why=" outside of it")
    return bad(f"{interpreter.prefix} is kept in step by {found[1]}", fixes=fixes)


@check(WARN, pillar="python", since="0.1")
def path_with_odd_characters(os: Os, interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The environment's path has a blank or a letter that old tools stumble over.

    On Windows OpenCV reads no image from a path with letters outside of ASCII, compilers split paths at blanks, and
    batch files write them in another code page.

    How it is told: the path of the environment, on Windows.

    Known false alarms: most of today's programs do with any path: where everything that is required works it is a
    note; Linux and macOS have no such trouble with their own tools.

    Sources: github.com/conda/conda/issues/5788, github.com/ContinuumIO/anaconda-issues/issues/10595.
    """
    if os.system != "windows":
        return skip("this is not Windows")
    odd = [] if interpreter.prefix.isascii() else ["letters outside of ASCII"]
    odd += ["a blank"] if " " in interpreter.prefix else []
    if not odd:
        return ok(interpreter.prefix)
    seen = f"{interpreter.prefix} has {' and '.join(odd)}"
    if enough_works(snapshot, profile) and not missing_requirements(snapshot, profile):
        return note(seen)
    return bad(seen, fixes=(Fix(title=r"make the environment in a short, plain path: C:\dl\env"),))


@check(WARN, pillar="python", since="0.1")
def environment_on_a_network_drive(os: Os, storage: Storage, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The environment lies on a network drive.

    Importing a framework reads thousands of small files, each over the network, and a notebook gives up waiting for
    its kernel: "Timed out waiting to get a heartbeat from kernel process".

    How it is told: the file system of the environment's folder.

    Known false alarms: home folders of clusters are on a network as a rule and made for it: outside of Windows it is a
    note.

    Sources: github.com/microsoft/vscode-jupyter/issues/8182.
    """
    place = _of(storage, "environment")
    if place is None or not place.network:
        return ok("the environment lies on this machine") if place else skip("its folder is not known")
    seen = f"{place.path} is on {place.filesystem or 'a network file system'}"
    if os.system != "windows":
        return note(seen)
    return bad(seen, fixes=fresh_environment(snapshot, profile, why=" on a disk of this computer"))


@check(WARN, pillar="system", since="0.1")
def home_not_writable(storage: Storage, snapshot: Snapshot) -> Verdict:
    """You may not write into your own home folder.

    Matplotlib, Hugging Face's libraries, Keras and Jupyter keep their settings and caches there: "PermissionError:
    [Errno 13] Permission denied: '/.cache/huggingface'", or a slow start each time because nothing can be kept.

    How it is told: the home folder, or the nearest one above it that is there, may not be written to. As a rule a
    container runs as a user whom its image does not know.

    Known false alarms: where the caches were moved by HF_HOME, TORCH_HOME and XDG_CACHE_HOME it is a note.

    Sources: github.com/huggingface/huggingface_hub/issues/2797, github.com/tyriis/home-ops/pull/9610.
    """
    home = _of(storage, "home")
    if home is None or home.writable is not False:
        return ok("the home folder may be written") if home else skip("it is not known")
    caches = [one for one in storage.places if one.role in ("hugging-face", "torch-hub")]
    title = "set HOME, or HF_HOME, TORCH_HOME and MPLCONFIGDIR, to folders that you may write to"
    seen = f"{home.path} may not be written to"
    if caches and all(one.writable is True for one in caches):
        return note(f"{seen}; the caches lie elsewhere", fixes=(Fix(title=title),))
    return bad(seen, fixes=(Fix(title=title),))


def _of(storage: Storage, role: str) -> Place | None:
    return next((one for one in storage.places if one.role == role), None)
