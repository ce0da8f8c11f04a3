"""The operating system, its C library, and the session the person sits in."""

from __future__ import annotations

import os
import platform
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, Missing, Probed, known, seen
from dlcheck.model.host import Os
from dlcheck.observe import child, files
from dlcheck.observe.context import Context
from dlcheck.observe.host import (
    cgroup,
    interfaces,
    proxies,
    session_limits,
    shared_libraries,
    shell,
    sysctl,
    virtualization,
    windows,
)
from dlcheck.observe.host.system import system
from dlcheck.observe.named_environments import home

SECURE_BOOT_VARIABLE = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
LIBC_FILES = ("lib/*-linux-gnu*/libc.so.6", "lib64/libc.so.6", "usr/lib/libc.so.6", "lib/libc.so.6")
DESKTOP_LIBRARIES = ("libGL.so.1", "libgthread-2.0.so.0")
"""What opencv-python is linked to and does not bring (ldd of its wheels 4.9 to 5.0, read 2026-11-22)."""
MAX_LIBC_BYTES = 16 * 1024 * 1024


def probe(context: Context) -> Probed[Os]:
    """What runs on this machine."""
    kind = system()
    if kind == "darwin":
        return seen(_macos(context))
    if kind == "windows":
        return seen(_windows(context))
    return seen(_linux(context))


def _linux(context: Context) -> Os:
    root = context.root
    release = _os_release(root)
    kernel = files.line(root / "proc/sys/kernel/osrelease") or platform.release()
    wsl = wsl_version(kernel, context.environ)
    libc = glibc_version(root)
    uptime = files.line(root / "proc/uptime").partition(" ")[0]
    return Os(
        system=system(),
        name=release.get("PRETTY_NAME") or release.get("NAME") or f"{platform.system()} {kernel}",
        version=release.get("VERSION_ID", ""),
        distribution=release.get("ID", ""),
        distribution_like=tuple(release.get("ID_LIKE", "").split()),
        kernel=kernel,
        machine=platform.machine(),
        glibc=libc,
        musl=isinstance(libc, Missing) and any(root.glob("lib/ld-musl-*.so.1")),
        wsl=wsl,
        windows_build=windows_build_of_kernel(kernel) if wsl else ABSENT,
        virtualization=virtualization.linux(root, known(files.read(root / "proc/cpuinfo")) or "", wsl),
        uptime_seconds=float(uptime) if re.fullmatch(r"\d+(\.\d+)?", uptime) else Missing("absent", "no /proc/uptime"),
        secure_boot=secure_boot(root),
        reboot_required=(root / "run/reboot-required").exists() or (root / "var/run/reboot-required").exists(),
        missing_interfaces=interfaces.missing(root, context.environ),
        inotify_watches=session_limits.inotify(root, "max_user_watches"),
        inotify_instances=session_limits.inotify(root, "max_user_instances"),
        desktop_libraries_missing=tuple(
            name for name in DESKTOP_LIBRARIES if shared_libraries.find(name, root, context.environ) is None
        ),
        **_session(context),  # type: ignore[arg-type]
    )


def _os_release(root: Path) -> dict[str, str]:
    for name in ("etc/os-release", "usr/lib/os-release"):
        text = files.read(root / name)
        if not isinstance(text, Missing):
            return parse_os_release(text)
    return {}


def parse_os_release(text: str) -> dict[str, str]:
    """The assignments of os-release(5); a value's quotes and backslashes are taken off."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            found[name] = re.sub(r"\\(.)", r"\1", value)
    return found


def wsl_version(kernel: str, environ: Mapping[str, str]) -> int:
    """0: no WSL. WSL 1 is named "4.4.0-19041-Microsoft", WSL 2 "5.15.167.4-microsoft-standard-WSL2".

    A kernel that the person built for WSL 2 may have any name; the distribution's variable then tells.
    """
    if re.search(r"-Microsoft$", kernel):
        return 1
    if "microsoft" in kernel.lower() or "wsl2" in kernel.lower():
        return 2
    return 2 if environ.get("WSL_DISTRO_NAME") and environ.get("WSL_INTEROP") else 0


def windows_build_of_kernel(kernel: str) -> Maybe[int]:
    """WSL 1 names Windows' build in its kernel release; WSL 2 does not."""
    found = re.fullmatch(r"\d+\.\d+\.\d+-(\d+)-Microsoft", kernel)
    return int(found.group(1)) if found else Missing("not-looked", "it is not told inside WSL 2")


def glibc_version(root: Path) -> Maybe[str]:
    """The version of the system's own C library, by its file; else that of the Python that runs dlcheck.

    Our interpreter may bring a C library of its own (Nix) or have none (static musl builds): the file comes first.
    """
    for pattern in LIBC_FILES:
        for file in sorted(root.glob(pattern)):
            found = libc_banner_version(_bytes(file))
            if found:
                return found
    if any(root.glob("lib/ld-musl-*.so.1")):
        return Missing("absent", "the C library is musl")
    try:
        words = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
    except (ValueError, OSError, AttributeError):
        words = []
    return words[1] if len(words) == 2 and words[0] == "glibc" else Missing("absent", "no GNU C library was found")


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_LIBC_BYTES)
    except OSError:
        return b""


def libc_banner_version(data: bytes) -> str:
    """The version in "GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36."; "" where none."""
    at = data.find(b"GNU C Library ")
    found = re.match(rb"GNU C Library [^\n\0]{0,200}?version (\d+\.\d+)", data[at : at + 300]) if at >= 0 else None
    return found.group(1).decode() if found else ""


def secure_boot(root: Path) -> Maybe[bool]:
    """The firmware's variable: four bytes of attributes, then 1 or 0."""
    if not (root / "sys/firmware/efi").exists():
        return Missing("absent", "not started by EFI")
    text = files.read(root / SECURE_BOOT_VARIABLE)
    if isinstance(text, Missing):
        return text
    return text[-1:] == "\x01" if len(text) >= 5 else Missing("broken", "the variable is too short")


def _session(context: Context) -> dict[str, object]:
    """What is the same on every system."""
    return {
        "shell": shell.current(context.environ, context.root),
        "locale_encoding": shell.locale_encoding(context.environ, context.root),
        "user": user_name(context.environ, context.root),
        "home": _home(context.environ),
        "is_admin": shell.is_admin(),
        "hostname": socket.gethostname(),
        "open_files_limit": session_limits.open_files(),
        "processes_limit": _lower(session_limits.processes(), cgroup.processes(context.root)),
        "dead_proxies": proxies.dead(context.environ),
    }


def _home(environ: Mapping[str, str]) -> str:
    """The home folder; "" where neither a variable nor the system tells one."""
    try:
        return str(home(environ))
    except RuntimeError:
        return ""


def _lower(first: Maybe[int], second: Maybe[int]) -> Maybe[int]:
    limits = [one for one in (first, second) if isinstance(one, int)]
    return min(limits) if limits else ABSENT


def user_name(environ: Mapping[str, str], root: Path) -> str:
    """The user by variable, else by /etc/passwd: the system's name service may wait for a server."""
    for name in ("LOGNAME", "USER", "USERNAME"):
        if environ.get(name):
            return environ[name]
    number = str(os.getuid()) if hasattr(os, "getuid") else ""
    for line in (known(files.read(root / "etc/passwd")) or "").splitlines():
        fields = line.split(":")
        if number and len(fields) > 2 and fields[2] == number:
            return fields[0]
    return number


def _macos(context: Context) -> Os:
    values = context.once("sysctl", lambda: sysctl.ask(context.seconds()))
    text = files.read(context.root / "System/Library/CoreServices/SystemVersion.plist")
    version = parse_system_version(text) if not isinstance(text, Missing) else ""
    if version in ("", "10.16"):
        # A Python built for an old SDK is told 10.16 on every newer macOS.
        environ = {**context.environ, "SYSTEM_VERSION_COMPAT": "0"}
        ended = child.run(["/usr/bin/sw_vers", "-productVersion"], seconds=context.seconds(), env=environ)
        version = ended.stdout.strip() or version
    return from_macos(version, values, platform.release(), platform.machine(), time.time(), _session(context))


def from_macos(
    version: str, values: dict[str, str], kernel: str, process_machine: str, now: float, session: dict[str, object]
) -> Os:
    """macOS from its version and sysctl's values."""
    booted = re.search(r"sec = (\d+)", values.get("kern.boottime", ""))
    return Os(
        system="darwin",
        name=f"macOS {version}".strip(),
        version=version,
        kernel=kernel,
        machine="arm64" if values.get("hw.optional.arm64") == "1" else process_machine,
        glibc=ABSENT,
        windows_build=ABSENT,
        virtualization="apple" if values.get("kern.hv_vmm_present") == "1" else ABSENT,
        uptime_seconds=now - int(booted.group(1)) if booted else Missing("absent", "sysctl kern.boottime is not there"),
        secure_boot=Missing("not-looked", "macOS tells it only to an administrator"),
        **session,  # type: ignore[arg-type]
    )


def parse_system_version(text: str) -> str:
    """ProductVersion of SystemVersion.plist; "" where it is not there."""
    found = re.search(r"<key>ProductVersion</key>\s*<string>([\d.]+)</string>", text)
    return found.group(1) if found else ""


def _windows(context: Context) -> Os:
    secure = windows.registry(windows.SECURE_BOOT_KEY)
    bios = known(windows.registry(windows.BIOS_KEY)) or {}
    policies = (windows.registry(windows.POWERSHELL_KEY, of_user=True), windows.registry(windows.POWERSHELL_KEY))
    settings = {
        "vc_runtime": windows.vc_runtime(windows.registry(windows.RUNTIME_KEY)),
        "long_paths": windows.long_paths(windows.registry(windows.FILE_SYSTEM_KEY)),
        "script_policy": windows.script_policy(*policies),
    }
    return from_windows(
        known(windows.registry(windows.OS_KEY)) or {},
        secure.get("UEFISecureBootEnabled", "") if not isinstance(secure, Missing) else "",
        {"sys_vendor": bios.get("SystemManufacturer", ""), "product_name": bios.get("SystemProductName", "")},
        windows.machine(),
        {**_session(context), **settings},
    )


def from_windows(
    values: dict[str, str], secure: str, firmware: dict[str, str], machine: str, session: dict[str, object]
) -> Os:
    """Windows from the registry's values. `secure`: "1", "0" or "" as UEFISecureBootEnabled tells."""
    build = int(values.get("CurrentBuildNumber", "0")) if values.get("CurrentBuildNumber", "").isdigit() else 0
    hypervisor = virtualization.by_firmware(firmware, None)
    return Os(
        system="windows",
        name=windows_name(values, build),
        version=f"10.0.{build}" if build >= 10240 else f"{values.get('CurrentVersion', '')}.{build}",
        kernel=f"{build}.{values.get('UBR', '0')}",
        machine=machine,
        glibc=ABSENT,
        windows_build=build or Missing("absent", "the registry does not tell it"),
        virtualization=hypervisor or ABSENT,
        uptime_seconds=windows.uptime_seconds(),
        secure_boot=secure == "1" if secure else Missing("absent", "not started by EFI"),
        **session,  # type: ignore[arg-type]
    )


def windows_name(values: dict[str, str], build: int) -> str:
    """The name as in "Windows 11 Pro 23H2": ProductName says Windows 10 on 11 too, so the build decides."""
    product = values.get("ProductName", "Windows")
    if build >= 22000 and values.get("InstallationType") != "Server":
        product = product.replace("Windows 10", "Windows 11")
    return " ".join(part for part in (product, values.get("DisplayVersion", "")) if part)
