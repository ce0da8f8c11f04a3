"""Programs from the operating system's own package manager, and the folder a new environment may go to."""

from __future__ import annotations

import re

import msgspec

from dlcheck.judge.advice.shell import command
from dlcheck.model.host import Os
from dlcheck.model.report import Command, Need
from dlcheck.model.snapshot import Snapshot

_HOME = re.compile(r"(.+?)[/\\](?:\.local[/\\]lib|Library[/\\]Python|AppData[/\\]Roaming[/\\]Python)\b")
_FAMILIES: dict[str, str] = {
    "debian": "apt", "ubuntu": "apt", "fedora": "dnf", "rhel": "dnf", "centos": "dnf", "rocky": "dnf",
    "almalinux": "dnf", "amzn": "dnf", "arch": "pacman", "manjaro": "pacman", "suse": "zypper", "opensuse": "zypper",
    "opensuse-leap": "zypper", "opensuse-tumbleweed": "zypper", "sles": "zypper", "alpine": "apk",
}  # fmt: skip


class SystemPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One program, by its name in each package manager; "" where that one has none."""

    apt: str = ""
    dnf: str = ""
    pacman: str = ""
    zypper: str = ""
    apk: str = ""
    brew: str = ""
    winget: str = ""


def package_manager(os: Os) -> str:
    """Which of apt, dnf, pacman, zypper, apk, brew and winget this system has; an empty text where none is known."""
    if os.system == "darwin":
        return "brew"
    if os.system == "windows":
        return "winget"
    return next((_FAMILIES[name] for name in (os.distribution, *os.distribution_like) if name in _FAMILIES), "")


def install_program(snapshot: Snapshot, package: SystemPackage) -> tuple[Command, ...]:
    """The commands that install a program; none where this system's package manager or its name is not known."""
    os = snapshot.os.value
    if os is None:
        return ()
    manager = package_manager(os)
    name = getattr(package, manager, "")
    if not name or _is_absent(snapshot, manager):
        return ()
    names = tuple(name.split())
    if manager == "apt":
        return (
            as_admin(snapshot, "apt-get", "update"),
            as_admin(snapshot, "apt-get", "install", "-y", *names),
        )
    if manager == "brew":
        return (command(snapshot, "brew", "install", *names),)
    if manager == "winget":
        agreed = ("--accept-package-agreements", "--accept-source-agreements", "--disable-interactivity")
        return (command(snapshot, "winget", "install", "--exact", "--id", *names, *agreed),)
    verbs: dict[str, tuple[str, ...]] = {
        "dnf": ("dnf", "install", "-y"),
        "pacman": ("pacman", "-S", "--noconfirm", "--needed"),
        "zypper": ("zypper", "--non-interactive", "install"),
        "apk": ("apk", "add"),
    }
    return (as_admin(snapshot, *verbs[manager], *names),)


def _is_absent(snapshot: Snapshot, manager: str) -> bool:
    """Was the package manager itself looked for, and is not there?"""
    tools, program = snapshot.tools.value, "apt-get" if manager == "apt" else manager
    return tools is not None and program in tools.looked_for and tools.find(program) is None


def as_admin(snapshot: Snapshot, *argv: str) -> Command:
    """A command that needs the administrator: by sudo, unless this is the administrator already."""
    os = snapshot.os.value
    if os is not None and (os.is_admin or os.system == "windows"):
        return command(snapshot, *argv)
    return command(snapshot, "sudo", *argv)


def admin_needs(snapshot: Snapshot) -> tuple[Need, ...]:
    """What `install_program` needs here; Homebrew does without the administrator."""
    os = snapshot.os.value
    return ("network",) if os is not None and package_manager(os) == "brew" else ("admin", "network")


def home(snapshot: Snapshot) -> str:
    """The person's home folder, "" where no fact tells it."""
    storage, interpreter = snapshot.storage.value, snapshot.interpreter.value
    for place in storage.places if storage else ():
        if place.role == "home":
            return place.path.rstrip("/\\")
    found = _HOME.match(interpreter.user_site) if interpreter else None
    return found[1] if found else ""


def on_windows(snapshot: Snapshot) -> bool:
    """Is this Windows?"""
    os = snapshot.os.value
    return os is not None and os.system == "windows"
