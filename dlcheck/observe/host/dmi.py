"""The firmware's description of the machine (DMI, SMBIOS): who made it, what it is called.

Linux shows these fields to everybody; serial numbers need root and are not read. Containers and small virtual
machines often have none of them.
"""

from __future__ import annotations

from pathlib import Path

from dlcheck.observe import files

FIELDS = (
    "sys_vendor", "product_name", "product_version", "board_vendor", "board_name", "bios_vendor", "bios_version",
    "chassis_asset_tag", "board_asset_tag",
)  # fmt: skip


def read(root: Path) -> dict[str, str]:
    """The fields that are there and not empty."""
    folder = root / "sys/class/dmi/id"
    return {name: text for name in FIELDS if (text := files.line(folder / name))}
