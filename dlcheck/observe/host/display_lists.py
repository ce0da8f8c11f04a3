"""The graphics cards as macOS (system_profiler) and Windows (CIM) list them."""

from __future__ import annotations

import json
import re
from typing import Any

from dlcheck.model.devices import Pci, PciDevice
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, seen, unseen
from dlcheck.observe import child

SYSTEM_PROFILER = ("/usr/sbin/system_profiler", "-json", "SPDisplaysDataType")

WINDOWS_QUERY = (
    "[Console]::OutputEncoding=[Text.Encoding]::UTF8; "
    "Get-CimInstance Win32_VideoController | "
    "Select-Object Name,PNPDeviceID,DriverVersion,ConfigManagerErrorCode | ConvertTo-Json -Compress"
)

VENDOR_WORDS = (("nvidia", 0x10DE), ("amd", 0x1002), ("radeon", 0x1002), ("intel", 0x8086), ("apple", 0x106B))
"""What a vendor's name holds where its number is not told."""

VENDOR_NAMES = {0x10DE: "nvidia", 0x1002: "amd", 0x8086: "intel", 0x106B: "apple"}


def from_system_profiler(seconds: float) -> Probed[Pci]:
    """macOS: asks system_profiler, which opens no window."""
    ended = child.run(SYSTEM_PROFILER, seconds=seconds)
    if ended.outcome != "done":
        return unseen(
            "timed-out" if ended.outcome == "timed-out" else "broken", f"system_profiler: {ended.ending.words}"
        )
    entries = parse_system_profiler(ended.stdout)
    if isinstance(entries, Missing):
        return Probed(missing=entries)
    return seen(Pci(devices=tuple(map(of_mac, entries)), source="system_profiler"))


def parse_system_profiler(text: str) -> Maybe[list[dict[str, Any]]]:
    """The graphics cards in the JSON of SPDisplaysDataType, one a dict."""
    try:
        entries = json.loads(text)["SPDisplaysDataType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Missing("broken", "system_profiler's answer is no list of displays")
    if not isinstance(entries, list):
        return Missing("broken", "system_profiler's answer is no list of displays")
    return [entry for entry in entries if isinstance(entry, dict)]


def of_mac(entry: dict[str, Any]) -> PciDevice:
    """One entry of SPDisplaysDataType. Vendors read "sppci_vendor_Apple", "NVIDIA (0x10de)" or "Intel"."""
    vendor = str(entry.get("spdisplays_vendor", ""))
    model = str(entry.get("sppci_model") or entry.get("_name") or "")
    vendor_id = vendor_number(vendor) or vendor_number(model)
    width = re.fullmatch(r"x(\d+)", str(entry.get("spdisplays_pcie_width", "")))
    return PciDevice(
        address=str(entry.get("sppci_bus", "")),
        vendor_id=vendor_id,
        device_id=_number(str(entry.get("spdisplays_device-id", ""))),
        class_code=0x030000,
        vendor=VENDOR_NAMES.get(vendor_id, "other"),
        name=model,
        link_width=int(width.group(1)) if width else ABSENT,
    )


def metal_of_mac(entry: dict[str, Any]) -> str:
    """Which Metal a graphics card supports: "Metal 3", "Metal"; "" where none is told."""
    told = ""
    for key in ("spdisplays_mtlgpufamilysupport", "spdisplays_metalfamily", "spdisplays_metal"):
        told = told or str(entry.get(key, ""))
    if not told or "notsupported" in told.lower().replace("_", ""):
        return ""
    found = re.search(r"metal(\d+)", told)
    return f"Metal {found.group(1)}" if found else "Metal"


def from_windows(seconds: float) -> Probed[Pci]:
    """Windows: asks CIM through PowerShell."""
    argv = ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_QUERY)
    ended = child.run(argv, seconds=seconds)
    if ended.outcome != "done":
        return unseen("timed-out" if ended.outcome == "timed-out" else "broken", f"PowerShell: {ended.ending.words}")
    return parse_windows(ended.stdout)


def parse_windows(text: str) -> Probed[Pci]:
    """The JSON of Win32_VideoController: a list, one object where there is one card, nothing where there is none."""
    try:
        entries = json.loads(text.lstrip("\ufeff")) if text.strip() else []
    except (ValueError, RecursionError):
        return unseen("broken", "Win32_VideoController's answer is no JSON")
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        return unseen("broken", "Win32_VideoController's answer is no list")
    devices = [_of_windows(entry) for entry in entries if isinstance(entry, dict)]
    return seen(Pci(devices=tuple(devices), source="Win32_VideoController"))


def _of_windows(entry: dict[str, Any]) -> PciDevice:
    identity = str(entry.get("PNPDeviceID") or "")
    ids = re.match(r"PCI\\VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", identity, re.IGNORECASE)
    name = str(entry.get("Name") or "")
    # Screens of remote-desktop programs are no PCI devices, whatever vendor their driver names.
    vendor_id = int(ids.group(1), 16) if ids else 0
    code, version = entry.get("ConfigManagerErrorCode"), entry.get("DriverVersion")
    return PciDevice(
        address=identity.split("&SUBSYS", maxsplit=1)[0],
        vendor_id=vendor_id,
        device_id=int(ids.group(2), 16) if ids else 0,
        class_code=0x030000,
        vendor=VENDOR_NAMES.get(vendor_id, "other"),
        name=name,
        driver_version=version if isinstance(version, str) and version else ABSENT,
        problem=code if isinstance(code, int) else NOT_LOOKED,
    )


def vendor_number(words: str) -> int:
    """The PCI vendor's number in "NVIDIA (0x10de)", or by its name; 0 where neither is told."""
    number = re.search(r"\(0x([0-9a-f]{4})\)", words, re.IGNORECASE)
    if number:
        return int(number.group(1), 16)
    lower = words.lower()
    return next((value for word, value in VENDOR_WORDS if word in lower), 0)


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
