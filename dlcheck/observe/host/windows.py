"""Windows asked by its own calls and its registry: the only file that does. On other systems all of it is empty."""

from __future__ import annotations

import os
import sys

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.observe.host.mounts import Mount

OS_KEY = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CPU_KEY = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
SECURE_BOOT_KEY = r"SYSTEM\CurrentControlSet\Control\SecureBoot\State"
RUNTIME_KEY = r"SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
FILE_SYSTEM_KEY = r"SYSTEM\CurrentControlSet\Control\FileSystem"
POWERSHELL_KEY = r"SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
BIOS_KEY = r"HARDWARE\DESCRIPTION\System\BIOS"

DRIVE_REMOTE = 4
MACHINES: dict[int, str] = {0xAA64: "ARM64", 0x8664: "AMD64", 0x014C: "x86"}
"""IMAGE_FILE_MACHINE_… of winnt.h."""
FEATURES: dict[int, str] = {
    37: "sse4_1", 38: "sse4_2", 39: "avx", 40: "avx2", 41: "avx512f", 19: "neon", 43: "asimddp", 46: "sve", 47: "sve2",
}  # fmt: skip
"""PF_… numbers of IsProcessorFeaturePresent (winnt.h). Windows before 10 version 2004 does not know them and says no:
only a yes counts."""


def registry(key: str, *, of_user: bool = False) -> Maybe[dict[str, str]]:
    """All values of a key under HKEY_LOCAL_MACHINE, or of the user's own, each as text."""
    if sys.platform == "win32":
        import winreg

        try:
            access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            hive = winreg.HKEY_CURRENT_USER if of_user else winreg.HKEY_LOCAL_MACHINE
            with winreg.OpenKey(hive, key, 0, access) as opened:
                found = (winreg.EnumValue(opened, number) for number in range(winreg.QueryInfoKey(opened)[1]))
                return {name: str(value) for name, value, _ in found}
        except FileNotFoundError:
            return Missing("absent", f"there is no key {key}")
        except PermissionError:
            return Missing("denied", f"the key {key} may not be read")
        except OSError as error:
            return Missing("broken", f"the key {key}: {error}")
    return Missing("absent", "this is not Windows")


def vc_runtime(values: Maybe[dict[str, str]]) -> Maybe[str]:
    """The version of the Visual C++ runtime by its key's values, without the letter before it."""
    if isinstance(values, Missing):
        return values
    version = values.get("Version", "").lstrip("v")
    return version if version and values.get("Installed", "1") == "1" else Missing("absent", "it is not registered")


def long_paths(values: Maybe[dict[str, str]]) -> Maybe[bool]:
    """Are paths of more than 260 characters allowed?"""
    return values if isinstance(values, Missing) else values.get("LongPathsEnabled") == "1"


def script_policy(of_user: Maybe[dict[str, str]], of_machine: Maybe[dict[str, str]]) -> Maybe[str]:
    """PowerShell's execution policy: the user's own before the machine's."""
    for values in (of_user, of_machine):
        if not isinstance(values, Missing) and values.get("ExecutionPolicy"):
            return values["ExecutionPolicy"]
    return Missing("absent", "none is set")


def machine() -> str:
    """The hardware's architecture, also for a process that Windows on ARM translates."""
    if sys.platform == "win32":
        import ctypes

        process, native = ctypes.c_ushort(), ctypes.c_ushort()
        kernel32 = ctypes.windll.kernel32
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        handle = ctypes.c_void_p(kernel32.GetCurrentProcess())
        if hasattr(kernel32, "IsWow64Process2") and kernel32.IsWow64Process2(
            handle, ctypes.byref(process), ctypes.byref(native)
        ):
            return MACHINES.get(native.value, hex(native.value))
    return os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE", "")


def features() -> tuple[str, ...]:
    """The processor's features that Windows says yes to."""
    if sys.platform == "win32":
        import ctypes

        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return tuple(name for number, name in FEATURES.items() if present(number))
    return ()


def uptime_seconds() -> Maybe[float]:
    """Seconds since Windows started."""
    if sys.platform == "win32":
        import ctypes

        count = ctypes.windll.kernel32.GetTickCount64
        count.restype = ctypes.c_ulonglong
        return float(count()) / 1000
    return Missing("absent", "this is not Windows")


def code_page() -> str:
    """The code page of programs that know no Unicode: "cp1252"."""
    if sys.platform == "win32":
        import ctypes

        return f"cp{ctypes.windll.kernel32.GetACP()}"
    return ""


def is_admin() -> bool:
    """Does this process run with an elevated administrator's rights?"""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return False


def drives() -> tuple[Mount, ...]:
    """The drives that have a letter. A network drive is told by its kind alone and not touched."""
    found: list[Mount] = []
    if sys.platform == "win32":
        import ctypes

        kernel32 = ctypes.windll.kernel32
        letters = kernel32.GetLogicalDrives()
        for point in (f"{chr(ord('A') + number)}:\\" for number in range(26) if letters >> number & 1):
            if kernel32.GetDriveTypeW(point) == DRIVE_REMOTE:
                found.append(Mount(point=point, kind="cifs"))
                continue
            name = ctypes.create_unicode_buffer(64)
            told = kernel32.GetVolumeInformationW(point, None, 0, None, None, None, name, 64)
            found.append(Mount(point=point, kind=name.value if told else ""))
    return tuple(found)
