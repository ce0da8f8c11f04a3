"""Is this a virtual machine, and whose? Told by the firmware's names, the processor's flag and the kernel's files.

Names and order after systemd-detect-virt (src/basic/virt.c), read 2026-11-22.
"""

from __future__ import annotations

from pathlib import Path

from dlcheck.model.gaps import ABSENT, Maybe, Missing
from dlcheck.observe import files
from dlcheck.observe.host import dmi

BY_FIRMWARE: tuple[tuple[str, str], ...] = (
    ("KVM", "kvm"),
    ("OpenStack", "kvm"),
    ("KubeVirt", "kvm"),
    ("Amazon EC2", "amazon"),
    ("Google Compute Engine", "google"),
    ("QEMU", "qemu"),
    ("VMware", "vmware"),
    ("VMW", "vmware"),
    ("innotek GmbH", "virtualbox"),
    ("VirtualBox", "virtualbox"),
    ("Oracle Corporation", "virtualbox"),
    ("Xen", "xen"),
    ("Bochs", "bochs"),
    ("Parallels", "parallels"),
    ("BHYVE", "bhyve"),
    ("Hyper-V", "hyperv"),
    ("Apple Virtualization", "apple"),
    ("Google", "google"),
)
"""Beginning of a DMI field → the hypervisor."""


def by_firmware(fields: dict[str, str], hypervisor_flag: bool | None) -> str:
    """The hypervisor that the firmware's fields name; "" where they name none.

    Oracle makes real machines too, Google real laptops, and EC2 rents bare metal: those names count only where the
    processor does not deny being virtual.
    """
    names = ("product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version")
    if fields.get("sys_vendor") == "Microsoft Corporation" and fields.get("product_name") == "Virtual Machine":
        return "hyperv"
    for beginning, hypervisor in BY_FIRMWARE:
        ambiguous = beginning in ("Oracle Corporation", "Google", "Amazon EC2")
        if ambiguous and (hypervisor_flag is False or fields.get("product_name", "").endswith(".metal")):
            continue
        if any(fields.get(name, "").startswith(beginning) for name in names):
            return hypervisor
    return ""


def linux(root: Path, cpuinfo: str, wsl: int) -> Maybe[str]:
    """The hypervisor by name; absent on bare metal; a gap where this processor does not tell."""
    if wsl:
        return "hyperv" if wsl > 1 else ABSENT
    flag = hypervisor_flag(cpuinfo)
    found = by_firmware(dmi.read(root), flag)
    if found:
        return found
    kind = files.line(root / "sys/hypervisor/type")
    if kind:
        privileged = "control_d" in files.line(root / "proc/xen/capabilities")
        return ABSENT if privileged else kind
    tree = files.line(root / "proc/device-tree/hypervisor/compatible")
    if tree:
        return "kvm" if "kvm" in tree else "xen" if "xen" in tree else "vmware" if "vmware" in tree else "unnamed"
    if flag:
        return "unnamed"
    if flag is False:
        return ABSENT
    return Missing("not-looked", "neither the processor nor the firmware tells")


def hypervisor_flag(cpuinfo: str) -> bool | None:
    """The flag that an x86 hypervisor sets; None where the processor's flags do not tell (ARM, POWER)."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return "hypervisor" in value.split()
    return None
