"""Display GPUs and accelerators on the bus, before any driver is asked.

Linux: /sys/bus/pci/devices. macOS and Windows have no such files; there the system's own list is asked.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dlcheck.model.devices import Pci, PciDevice
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, seen, unseen
from dlcheck.observe.context import Context
from dlcheck.observe.host import display_lists

VENDORS: dict[int, str] = {
    0x10DE: "nvidia",
    0x1002: "amd",
    0x8086: "intel",
    0x1AE0: "google",
    0x106B: "apple",
    0x1DA3: "habana",
}
"""PCI vendor ids by the PCI ID repository; 0x1ae0 also by jax/_src/hardware_utils.py (2026-11)."""

TPU_DEVICES: dict[int, str] = {
    0x0027: "TPU v2 or v3",
    0x005E: "TPU v4",
    0x0062: "TPU v5p",
    0x0063: "TPU v5e",
    0x006F: "TPU v6e",
    0x0076: "TPU v7x",
    0x007C: "TPU v8t",
    0x0083: "TPU v8i",
}
"""Device ids of vendor 0x1ae0, which also makes network cards and disks. By jax/_src/hardware_utils.py (2026-11)."""

PCI_IDS = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "var/lib/pciutils/pci.ids")
NVSWITCH_FROM = 0x1000
"""NVIDIA's old chipsets also have bridges of class 0x0680; their device ids are all below this one."""

UNSET = 0x20000000
"""IORESOURCE_UNSET of linux/ioport.h: the kernel found no room for this window."""
MEMORY, MEMORY_64 = 0x200, 0x100000
"""IORESOURCE_MEM and IORESOURCE_MEM_64."""


def probe(context: Context) -> Probed[Pci]:
    """The devices by this system's way of telling them."""
    if sys.platform == "darwin":
        return display_lists.from_system_profiler(context.seconds())
    if sys.platform == "win32":
        return display_lists.from_windows(context.seconds())
    return read_sysfs(Path("/"))


def on_bus(context: Context) -> Probed[Pci]:
    """The bus as the probe `pci` found it; where that was not asked for, as Linux' files tell it at once."""
    found: Probed[Pci] = context.wait("pci")
    if found.missing is not None and found.missing.gap == "not-looked" and sys.platform.startswith("linux"):
        return read_sysfs(Path("/"))
    return found


def cards(bus: Probed[Pci], vendor: str) -> tuple[PciDevice, ...]:
    """One vendor's devices; none where the bus could not be read."""
    return bus.value.of(vendor) if bus.value else ()


def none_of(bus: Probed[Pci], why: str) -> Probed[Any]:
    """A vendor's group where nothing of it was found: absent, if the bus was read or is not there; else unknown."""
    if bus.missing is not None and bus.missing.gap != "absent":
        return unseen(bus.missing.gap, f"the list of devices: {bus.missing.why}")
    return unseen("absent", why)


def read_sysfs(root: Path) -> Probed[Pci]:
    """The devices below `root`/sys/bus/pci/devices. One whose files cannot be read is left out or has gaps."""
    bus = root / "sys/bus/pci/devices"
    try:
        folders = sorted(bus.iterdir())
    except FileNotFoundError:
        return unseen("absent", "there is no /sys/bus/pci here")
    except PermissionError:
        return unseen("denied", "/sys/bus/pci may not be read")
    except OSError as error:
        return unseen("broken", f"/sys/bus/pci: {error.strerror}")
    found: list[PciDevice] = []
    nvswitches = 0
    for folder in folders:
        identity = _identity(folder)
        if identity is None:
            continue
        if _is_nvswitch(identity):
            nvswitches += 1
        elif _counts(identity):
            found.append(_device(folder, identity))
    return seen(Pci(devices=_named(found, root), source="/sys/bus/pci", nvswitches=nvswitches))


class _Identity(NamedTuple):
    vendor: int
    device: int
    class_code: int


def _identity(folder: Path) -> _Identity | None:
    values = [_text(folder / name) for name in ("vendor", "device", "class")]
    try:
        return _Identity(*(int(value, 16) for value in values))
    except ValueError:
        return None


def _counts(identity: _Identity) -> bool:
    """Is it a display controller, a processing accelerator or a TPU?"""
    base = identity.class_code >> 16
    if identity.vendor == 0x1AE0:
        return identity.device in TPU_DEVICES
    return base in (0x03, 0x12)


def _is_nvswitch(identity: _Identity) -> bool:
    return identity.vendor == 0x10DE and identity.class_code >> 8 == 0x0680 and identity.device >= NVSWITCH_FROM


def _device(folder: Path, identity: _Identity) -> PciDevice:
    power = _text(folder / "power_state")
    # Reading the configuration of a device that sleeps wakes it up, and a sleeping one answers ff ff ff ff.
    asleep = power.startswith("D3") or _text(folder / "power/runtime_status") in ("suspended", "suspending")
    sleeping = Missing("not-looked", "the device is asleep")
    virtual = (folder / "physfn").is_symlink()
    return PciDevice(
        address=folder.name,
        vendor_id=identity.vendor,
        device_id=identity.device,
        class_code=identity.class_code,
        vendor=VENDORS.get(identity.vendor, "other"),
        driver=_driver(folder / "driver"),
        virtual_function=virtual,
        power_state=power or ("suspended" if asleep else ""),
        config_all_ones=sleeping if asleep else _all_ones(folder / "config"),
        bar_unassigned=_unassigned(folder / "resource", identity, virtual),
        link_speed=sleeping if asleep else _speed(folder / "current_link_speed"),
        link_width=sleeping if asleep else _width(folder / "current_link_width"),
        link_width_max=sleeping if asleep else _width(folder / "max_link_width"),
    )


def _text(path: Path) -> str:
    """The file's text without white space around it; "" where it cannot be read."""
    try:
        return path.read_bytes()[:65536].decode("ascii", "replace").strip()
    except OSError:
        return ""


def _driver(link: Path) -> Maybe[str]:
    try:
        return link.readlink().name
    except FileNotFoundError:
        return Missing("absent", "no driver is bound to it")
    except PermissionError:
        return Missing("denied")
    except OSError as error:
        return Missing("broken", error.strerror or "")


def _all_ones(path: Path) -> Maybe[bool]:
    """Do the vendor and device id read ff ff ff ff: does nothing answer at this address any more?"""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError:
        return ABSENT
    except PermissionError:
        return Missing("denied")
    except OSError as error:
        return Missing("broken", error.strerror or "")
    return head == b"\xff\xff\xff\xff" if len(head) == 4 else Missing("broken", f"{len(head)} bytes")


def _unassigned(path: Path, identity: _Identity, virtual: bool) -> Maybe[bool]:
    text = _text(path)
    if not text:
        return NOT_LOOKED
    return parse_resource(text, nvidia_gpu=identity.vendor == 0x10DE and not virtual)


def parse_resource(text: str, *, nvidia_gpu: bool) -> Maybe[bool]:
    """Has a memory window of the device no address? From sysfs's `resource`: a line "start end flags" a window.

    The kernel marks such a window, or empties it altogether. Empty ones are normal for most devices, but an NVIDIA GPU
    always has two: its registers, and the one through which its memory is reached (the third line where the first
    window is of 64 bits, else the second).
    """
    windows: list[tuple[int, int, int]] = []
    for line in text.splitlines()[:6]:
        words = line.split()
        try:
            start, end, flags = (int(word, 16) for word in words)
        except ValueError:
            return Missing("broken", f"{line[:60]!r}")
        windows.append((start, end, flags))
    if any(flags & MEMORY and (flags & UNSET or (start == 0 and end == 0)) for start, end, flags in windows):
        return True
    if nvidia_gpu and len(windows) >= 3:
        memory = windows[2 if windows[0][2] & MEMORY_64 else 1]
        return windows[0] == (0, 0, 0) or memory == (0, 0, 0)
    return False


def _speed(path: Path) -> Maybe[str]:
    text = _text(path)
    return text if text and not text.startswith("Unknown") else ABSENT


def _width(path: Path) -> Maybe[int]:
    """Lanes; 0 and 255 stand for a link that the kernel knows nothing of."""
    text = _text(path)
    return int(text) if text.isdecimal() and 0 < int(text) <= 32 else ABSENT


def _named(devices: list[PciDevice], root: Path) -> tuple[PciDevice, ...]:
    """The devices with their names, where a list of names is installed; it is long, and read only if needed."""
    wanted = {(device.vendor_id, device.device_id) for device in devices}
    names = {key: TPU_DEVICES[key[1]] for key in wanted if key[0] == 0x1AE0}
    for place in PCI_IDS if wanted else ():
        with contextlib.suppress(OSError):
            names.update(parse_pci_ids((root / place).read_bytes(), wanted))
            break
    return tuple(
        msgspec.structs.replace(device, name=names.get((device.vendor_id, device.device_id), "")) for device in devices
    )


def parse_pci_ids(data: bytes, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Names of (vendor, device) pairs by the text of a pci.ids: a vendor's line, below it its devices after a tab."""
    names: dict[tuple[int, int], str] = {}
    vendor = -1
    for line in data.split(b"\n"):
        number = line.lstrip(b"\t")[:4]
        if line[:1] in (b"#", b"") or line[:2] == b"\t\t" or not _is_hex(number):
            continue
        if line[:1] != b"\t":
            vendor = int(number, 16)
        elif (vendor, int(number, 16)) in wanted:
            names[vendor, int(number, 16)] = line[5:].decode("utf-8", "replace").strip()
    return names


def _is_hex(text: bytes) -> bool:
    return len(text) == 4 and all(byte in b"0123456789abcdef" for byte in text)
