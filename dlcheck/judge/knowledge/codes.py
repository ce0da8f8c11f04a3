"""Return codes of NVML and CUDA, Xids and throttle reasons in words."""

from __future__ import annotations

from functools import cache

import msgspec

from dlcheck.judge.knowledge.tables import Table, read_table


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One return code."""

    number: int
    name: str
    words: str
    problem: bool = True


class Codes(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """nvml_codes.toml and cuda_codes.toml."""

    code: tuple[Code, ...]


class Xid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One error of the NVIDIA kernel driver."""

    number: int
    name: str
    words: str
    grave: bool = False
    lost: bool = False


class Xids(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """xids.toml."""

    xid: tuple[Xid, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason for lowered clocks."""

    bit: int
    name: str
    words: str
    slows: bool = False


class Throttle(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """throttle.toml."""

    reason: tuple[Reason, ...]


def nvml_code(number: int) -> Code:
    """An NVML code; one that is not in the table says so."""
    return _code("nvml_codes", number)


def cuda_code(number: int) -> Code:
    """A code of cuInit or of CUDA's runtime; one that is not in the table says so."""
    return _code("cuda_codes", number)


def xid(number: int) -> Xid | None:
    """An Xid, where it is one that matters."""
    return next((one for one in _xids().xid if one.number == number), None)


def slowing_reasons(bits: int) -> tuple[Reason, ...]:
    """The reasons among these bits that are worth a warning."""
    return tuple(one for one in _throttle().reason if one.slows and bits & one.bit)


def _code(name: str, number: int) -> Code:
    unknown = Code(number=number, name="?", words="a code that dlcheck does not know")
    return next((one for one in _codes(name).code if one.number == number), unknown)


@cache
def _codes(name: str) -> Codes:
    return read_table(name, Codes)


@cache
def _xids() -> Xids:
    return read_table("xids", Xids)


@cache
def _throttle() -> Throttle:
    return read_table("throttle", Throttle)
