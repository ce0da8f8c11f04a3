"""Processors by number: ARM tells implementer and part where x86 tells a name.

Numbers: util-linux, sys-utils/lscpu-arm.c, read 2026-11-22; those after Neoverse-V2, and Microsoft's, are newer than
the copy that was read and only give a name to show.
"""

from __future__ import annotations

ARM_IMPLEMENTERS: dict[int, str] = {
    0x41: "ARM", 0x42: "Broadcom", 0x43: "Cavium", 0x46: "Fujitsu", 0x48: "HiSilicon", 0x4E: "NVIDIA", 0x50: "APM",
    0x51: "Qualcomm", 0x61: "Apple", 0x6D: "Microsoft", 0xC0: "Ampere",
}  # fmt: skip

ARM_PARTS: dict[tuple[int, int], str] = {
    (0x41, 0xD03): "Cortex-A53", (0x41, 0xD04): "Cortex-A35", (0x41, 0xD05): "Cortex-A55",
    (0x41, 0xD07): "Cortex-A57", (0x41, 0xD08): "Cortex-A72", (0x41, 0xD09): "Cortex-A73",
    (0x41, 0xD0A): "Cortex-A75", (0x41, 0xD0B): "Cortex-A76", (0x41, 0xD0C): "Neoverse-N1",
    (0x41, 0xD0D): "Cortex-A77", (0x41, 0xD40): "Neoverse-V1", (0x41, 0xD41): "Cortex-A78",
    (0x41, 0xD42): "Cortex-A78AE", (0x41, 0xD44): "Cortex-X1", (0x41, 0xD46): "Cortex-A510",
    (0x41, 0xD47): "Cortex-A710", (0x41, 0xD48): "Cortex-X2", (0x41, 0xD49): "Neoverse-N2",
    (0x41, 0xD4A): "Neoverse-E1", (0x41, 0xD4D): "Cortex-A715", (0x41, 0xD4E): "Cortex-X3",
    (0x41, 0xD4F): "Neoverse-V2", (0x41, 0xD80): "Cortex-A520", (0x41, 0xD81): "Cortex-A720",
    (0x41, 0xD82): "Cortex-X4", (0x41, 0xD84): "Neoverse-V3", (0x41, 0xD8E): "Neoverse-N3",
    (0x41, 0xD85): "Cortex-X925", (0x41, 0xD87): "Cortex-A725", (0x43, 0x0AF): "ThunderX2-99xx",
    (0x46, 0x001): "A64FX", (0x48, 0xD01): "TaiShan-v110", (0x4E, 0x004): "Carmel", (0x6D, 0xD49): "Azure-Cobalt-100",
    (0x61, 0x000): "virtual", (0xC0, 0xAC3): "Ampere-1", (0xC0, 0xAC4): "Ampere-1a",
}  # fmt: skip


def arm_brand(implementer: str, part: str) -> str:
    """The name as in "ARM Neoverse-N1"; numbers where they are not known; "" where `implementer` is none."""
    try:
        maker, model = int(implementer, 16), int(part, 16)
    except ValueError:
        return ""
    if maker == 0:
        # Some virtual machines hide the processor behind zeros.
        return ""
    maker_name = ARM_IMPLEMENTERS.get(maker, f"ARM implementer {maker:#04x}")
    if maker == 0x61:
        # Apple's virtual machines show 0x000, Linux on the hardware itself one number for each kind of core.
        return "Apple silicon"
    return f"{maker_name} {ARM_PARTS.get((maker, model), f'part {model:#05x}')}"
