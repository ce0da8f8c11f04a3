"""Return codes of NVML and CUDA, Xids and throttle reasons in words."""

from __future__ import annotations

from datetime import date

import msgspec

from dlcheck.judge.knowledge.table import table


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One return code."""

    number: int
    name: str
    words: str
    problem: bool = True


class Codes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """nvml_codes.toml and cuda_codes.toml."""

    source: str
    read: date
    code: tuple[Code, ...]


class Xid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One error of the NVIDIA kernel driver."""

    number: int
    name: str
    words: str
    grave: bool = False
    lost: bool = False


class Xids(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """xids.toml."""

    source: str
    read: date
    xid: tuple[Xid, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason for lowered clocks."""

    bit: int
    name: str
    words: str
    slows: bool = False


class Throttle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """throttle.toml."""

    source: str
    read: date
    reason: tuple[Reason, ...]


def nvml_code(number: int) -> Code:
    """An NVML code; one that is not in the table says so."""
    return _code("nvml_codes", number)


def cuda_code(number: int) -> Code:
    """A code of cuInit or of CUDA's runtime; one that is not in the table says so."""
    return _code("cuda_codes", number)


def xid(number: int) -> Xid | None:
    """An Xid, where it is one that matters."""
    return next((one for one in table("xids", Xids).xid if one.number == number), None)


def slowing_reasons(bits: int) -> tuple[Reason, ...]:
    """The reasons among these bits that are worth a warning."""
    return tuple(one for one in table("throttle", Throttle).reason if one.slows and bits & one.bit)


def _code(name: str, number: int) -> Code:
    unknown = Code(number=number, name="?", words="a code that dlcheck does not know")
    return next((one for one in table(name, Codes).code if one.number == number), unknown)
