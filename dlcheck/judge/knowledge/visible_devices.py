"""What CUDA_VISIBLE_DEVICES and its kin leave over of the GPUs.

Sources: the CUDA C++ Programming Guide, "CUDA Environment Variables"; `_parse_visible_devices` and
`_raw_device_uuid_cuda` of torch/cuda/__init__.py (2.13, read 2026-11), which imitates the driver; ROCm's
documentation, "GPU isolation techniques" (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

UUID_PREFIXES = ("GPU-", "MIG-")


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """What one variable leaves over."""

    devices: tuple[int, ...]
    """Indices of the GPUs that stay visible, in the order in which a program sees them."""
    restricts: bool = False
    """The variable is set: what it names, and nothing else, is visible."""
    ends_at: str = ""
    """The entry that is no device here; it and all after it are ignored."""
    why: str = ""
    """Why that entry ends the list, in words."""
    slices: tuple[str, ...] = ()
    """Names of MIG instances in the list: a process sees the first of them only."""

    @property
    def hides_all(self) -> bool:
        """Nothing is left."""
        return self.restricts and not self.devices and not self.slices


def cuda_visible(value: str | None, count: int, uuids: Sequence[str] = ()) -> Visibility:
    """What CUDA_VISIBLE_DEVICES leaves of `count` GPUs, numbered as CUDA numbers them.

    value: None where the variable is not set, which differs from "". uuids: "GPU-…" of each GPU by index; "" where it
    is not known. An entry is a number, or a UUID or the unambiguous beginning of one; the first invalid entry ends the
    list, and a device named twice empties it.
    """
    if value is None:
        return Visibility(devices=tuple(range(count)))
    if not value.strip():
        return Visibility(devices=(), restricts=True, why="it is set and empty")
    entries = [entry.strip() for entry in value.split(",")]
    for prefix in UUID_PREFIXES:
        if entries[0].startswith(prefix):
            return _by_name(entries, prefix, uuids)
    return _by_number(entries, count)


def rocm_visible(rocr: str | None, hip: str | None, cuda: str | None, count: int) -> Visibility:
    """What ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES and CUDA_VISIBLE_DEVICES leave of `count` AMD GPUs.

    ROCR's is applied first. HIP's then counts within what that left over; CUDA's stands in where HIP's is not set.
    """
    first = cuda_visible(rocr, count)
    second = cuda_visible(hip if hip is not None else cuda, len(first.devices))
    return Visibility(
        devices=tuple(first.devices[index] for index in second.devices),
        restricts=first.restricts or second.restricts,
        ends_at=second.ends_at or first.ends_at,
        why=second.why or first.why,
    )


def leading_number(entry: str) -> int | None:
    """The number an entry begins with, as C's strtol reads it ("1gpu2" is 1); None where it begins with none."""
    found = re.match(r"[+-]?[0-9]+", entry)
    return int(found.group()) if found else None


def _by_number(entries: Sequence[str], count: int) -> Visibility:
    devices: list[int] = []
    for entry in entries:
        index = leading_number(entry)
        if index is None:
            return _ended(devices, entry, f"{entry!r} is no device number")
        if index < 0:
            return _ended(devices, entry, f"{entry!r} is negative, which ends the list")
        if index in devices:
            return _ended([], entry, f"device {index} is named twice, which hides all")
        if index >= count:
            return _ended(devices, entry, f"there is no device {index}: {_numbered(count)}")
        devices.append(index)
    return Visibility(devices=tuple(devices), restricts=True)


def _by_name(entries: Sequence[str], prefix: str, uuids: Sequence[str]) -> Visibility:
    if prefix == "MIG-":
        return _slices(entries)
    devices: list[int] = []
    for entry in entries:
        if not entry.startswith(prefix):
            return _ended(devices, entry, f"{entry!r} is no UUID, while the first entry is one")
        matches = [index for index, uuid in enumerate(uuids) if uuid.startswith(entry)]
        if len(matches) != 1:
            return _ended(devices, entry, f"{entry!r} is the beginning of {len(matches) or 'no'} GPU's UUID")
        if matches[0] in devices:
            return _ended([], entry, f"device {matches[0]} is named twice, which hides all")
        devices.append(matches[0])
    return Visibility(devices=tuple(devices), restricts=True)


def _slices(entries: Sequence[str]) -> Visibility:
    """Names of MIG instances; whether they are there, only the list of instances could tell."""
    named: list[str] = []
    for entry in entries:
        if not entry.startswith("MIG-"):
            why = f"{entry!r} is no MIG instance, while the first entry is one"
            return Visibility(devices=(), restricts=True, ends_at=entry, why=why, slices=tuple(named))
        named.append(entry)
    return Visibility(devices=(), restricts=True, slices=tuple(named))


def _ended(devices: Sequence[int], entry: str, why: str) -> Visibility:
    return Visibility(devices=tuple(devices), restricts=True, ends_at=entry, why=why)


def _numbered(count: int) -> str:
    if count == 0:
        return "there is none"
    return "the only one is 0" if count == 1 else f"they are 0 to {count - 1}"
