"""Windows: the runtime that compiled libraries need, long paths, PowerShell's policy, and the Store's alias."""

from __future__ import annotations

from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, install_program
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import enough_works
from dlcheck.judge.said import said
from dlcheck.model.gaps import Missing
from dlcheck.model.host import Os
from dlcheck.model.pasted import Pasted
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Pythons

LAYER = "interpreter"

RUNTIME = SystemPackage(winget="Microsoft.VCRedist.2015+.x64")
RUNTIME_ADDRESS = "https://aka.ms/vc14/vc_redist.x64.exe"
OLDEST_RUNTIME = (14, 40)
"""PyTorch from 2.9 on fails to start its c10.dll with an older one (pytorch/pytorch#169429)."""
NO_SUCH_LONG_FILE = r"\[Errno 2\] No such file or directory: '[A-Za-z]:\\[^']{245,}'"
"""Paths in Python's messages have each backslash twice, and what pip was about to write may be a little shorter."""
LONG_PREFIX = 110
"""The longest paths inside torch and TensorFlow have some 150 characters; a path may have 260."""
ALLOWS_OWN_SCRIPTS = ("remotesigned", "unrestricted", "bypass")


@check(FAIL, pillar="system", since="0.1")
def visual_cpp_runtime_missing(os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Microsoft's Visual C++ runtime is missing, or older than the frameworks need.

    Importing PyTorch or TensorFlow then ends with "[WinError 126] The specified module could not be found", "[WinError
    1114] A dynamic link library (DLL) initialization routine failed", or "DLL load failed".

    How it is told: the version that the runtime's installer wrote into the registry, below 14.40 or none.

    Known false alarms: programs may bring the runtime's files with them: where a framework was imported it is there.
    The same words come from a CUDA library that is missing.

    Sources: github.com/pytorch/pytorch/issues/131662, github.com/pytorch/pytorch/issues/169429.
    """
    if os.system != "windows":
        return skip("this is not Windows")
    found = os.vc_runtime
    if isinstance(found, Missing) and found.gap != "absent":
        return skip(found.words())
    if enough_works(snapshot, profile) or (isinstance(found, str) and numbers(found)[:2] >= OLDEST_RUNTIME):
        return ok(found if isinstance(found, str) else "a framework was imported")
    seen = f"version {found}, 14.40 or newer is wanted" if isinstance(found, str) else "none is registered"
    steps = install_program(snapshot, RUNTIME)
    fix = Fix(
        title=f"install it ({RUNTIME_ADDRESS}), and start Windows anew",
        commands=steps,
        needs=("admin", "network", "reboot"),
    )
    return bad(seen, fixes=(fix,))


@check(WARN, pillar="system", since="0.1")
def long_paths_disabled(os: Os, interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """Windows allows no paths of more than 260 characters, and the environment lies deep.

    Installing PyTorch or TensorFlow then ends with "[Errno 2] No such file or directory … This error might have
    occurred since this system does not have Windows Long Path support enabled".

    How it is told: the registry's LongPathsEnabled, and the length of the path of site-packages, above 110; or the
    length of the path that a pasted text's error names.

    Known false alarms: it is Windows' default, and with an environment in a short path it does no harm.

    Sources: github.com/pypa/pip/issues/7398, github.com/pytorch/pytorch/issues/23823.
    """
    if os.system != "windows":
        return skip("this is not Windows")
    if refused := said(snapshot, NO_SUCH_LONG_FILE):
        return bad(refused, fixes=_short_or_allowed())
    if os.long_paths is not False:
        return ok("allowed") if os.long_paths is True else skip("the registry does not tell")
    longest = max(interpreter.site_packages, key=len, default="")
    seen = f"{longest} has {len(longest)} characters"
    if len(longest) <= LONG_PREFIX:
        return ok(f"not allowed; {seen}")
    return bad(seen, fixes=_short_or_allowed())


def _short_or_allowed() -> tuple[Fix, ...]:
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
    words = ("reg", "add", key, "/v", "LongPathsEnabled", "/t", "REG_DWORD", "/d", "1", "/f")
    return (
        Fix(title=r"make the environment in a short path: C:\dl\env"),
        Fix(title="allow long paths, as administrator", commands=(_plain(words),), needs=("admin",)),
    )


def _plain(words: tuple[str, ...]) -> Command:
    return Command(argv=words, text=" ".join(words), shell="cmd")


@check(NOTE, pillar="system", since="0.1")
def scripts_forbidden_in_powershell(os: Os, interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """PowerShell runs no scripts, so an environment cannot be activated in it.

    "Activate.ps1 cannot be loaded because running scripts is disabled on this system."

    How it is told: PowerShell's policy in the registry, the user's own before the machine's; none means that scripts
    are forbidden.

    Known false alarms: it is the default; cmd's activate.bat works, and so does the environment's python by its path.
    An organisation's policy may stand above it and cannot be changed.

    Sources: github.com/microsoft/vscode-python/issues/2559.
    """
    if os.system != "windows" or os.shell != "powershell":
        return skip("this is not PowerShell")
    policy = os.script_policy
    if isinstance(policy, Missing) and policy.gap != "absent":
        return skip(policy.words())
    if isinstance(policy, str) and policy.lower() in ALLOWS_OWN_SCRIPTS:
        return ok(policy)
    if interpreter.environment != "venv" and not (isinstance(policy, str)):
        return skip("no environment to activate")
    words = ("powershell", "-NoProfile", "-Command", "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned -Force")
    fix = Fix(title="allow your own scripts", commands=(command(snapshot, *words),))
    return note(f"the policy is {policy}" if isinstance(policy, str) else "no policy is set", fixes=(fix,))


@check(WARN, pillar="python", after=("python-missing",), since="0.1")
def store_alias_hides_python(os: Os, pythons: Pythons) -> Verdict:
    """Typing `python` opens the Microsoft Store, although there is a Python.

    "Python was not found; run without arguments to install from the Microsoft Store": Windows puts aliases of that
    name on PATH, and they come before the Python that is installed.

    How it is told: for `python` and `python3`, the first file on PATH is an alias without contents.

    Known false alarms: a Python that came from the Store is started by the same alias, and is no fault; whoever types
    `py` is not touched by it: where `python` itself is a real one it is a note.

    Sources: github.com/mpcabete/bombcrypto-bot/issues/734, github.com/agrawal-d/cph/issues/155.
    """
    if os.system != "windows":
        return skip("this is not Windows")
    if not pythons.store_aliases:
        return ok("no alias comes first")
    names = " and ".join(pythons.store_aliases)
    title = (
        "switch the aliases off: Settings, Apps, Advanced app settings, App execution aliases, both entries for Python"
    )
    fix = Fix(title=title)
    if "python" not in pythons.store_aliases:
        return note(f"{names} opens the Store", fixes=(fix,))
    return bad(f"{names} opens the Store", fixes=(fix,))


@check(FAIL, pillar="system", since="0.1")
def blocked_by_application_control(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """Windows' application control does not let a program or a library run.

    Smart App Control, or a policy of the organisation, blocks libraries that nobody signed: "An Application Control
    policy has blocked this file", WinError 4551.

    How it is told: these words in the text.

    Known false alarms: none known; an antivirus program that takes a file away says WinError 5 or 225.

    Sources: learn.microsoft.com/windows/apps/develop/smart-app-control/overview.
    """
    return told_by_text(snapshot, "blocked-by-application-control")
