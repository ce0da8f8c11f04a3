"""macOS against the wheels of today, as glibc is on Linux."""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.knowledge.wheels import newest, releases
from dlcheck.judge.presence import FRAMEWORK_TITLES, enough_works, platform_of, wanted_frameworks
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"


@check(FAIL, pillar="system", after=("platform-without-wheels", "rosetta-python"), only_on=("darwin",), since="0.1")
def macos_too_old_for_wheels(os: Os, interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This macOS is older than today's wheels need.

    pip says nothing and chooses an old release: below macOS 14 the last PyTorch for Apple silicon is 2.11. A newer
    wheel that is forced in is "not a supported wheel on this platform".

    How it is told: the release of macOS against the tags of the releases that this Python could have.

    Known false alarms: where the frameworks work in the release that is there, this is a note; a Python built with an
    old SDK calls every newer macOS 10.16, and then nothing is said.

    Sources: the package index, read on the table's day; docs.python.org/3/library/platform.html (mac_ver).
    """
    platform, python, held = platform_of(snapshot), interpreter.version, []
    if platform != "macos_arm64" or not numbers(os.version) or os.version.startswith("10."):
        return skip("this is not Apple silicon" if platform != "macos_arm64" else "the release of macOS is not known")
    for name in wanted_frameworks(profile):
        best, here = newest(name, platform, python), newest(name, platform, python, macos=os.version)
        if best != here:
            floor = next(one.macos for one in releases(name) if one.version == best)
            got = f"the last for {os.version} is {here}" if here else f"there is none for {os.version}"
            held.append((name, here, f"{FRAMEWORK_TITLES[name]} {best} needs macOS {floor}; {got}"))
    if not held:
        return ok(f"macOS {os.version}")
    evidence = (f"macOS {os.version}", *(words for _, _, words in held))
    if enough_works(snapshot, profile):
        return note(*evidence)
    pins = tuple(f"{name}=={here}" for name, here, _ in held if here)[:1]
    older = install(snapshot, pins, title="install the last release for this macOS") if pins else ()
    newer = Fix(
        title="or update macOS (System Settings, General, Software Update)", needs=("admin", "network", "reboot")
    )
    served = any(newest(name, platform, python, macos=os.version) for name in wanted_frameworks(profile))
    return bad(*evidence, fixes=(*older, newer), at_most=WARN if served else FAIL)
