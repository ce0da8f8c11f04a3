"""Reading and writing documents: strict of type, kind to fields of a newer writer, firm on a newer schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dlcheck.model.report import REPORT_SCHEMA, Report
from dlcheck.model.snapshot import SNAPSHOT_SCHEMA, Snapshot

if TYPE_CHECKING:
    from dlcheck.model.bench import Bench
    from dlcheck.model.cohort import Cohort
    from dlcheck.model.comparison import Comparison
    from dlcheck.model.drift import Drift

    Document = Snapshot | Report | Bench | Comparison | Drift | Cohort

T = TypeVar("T", bound=msgspec.Struct)

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024


class DocumentError(ValueError):
    """A document that cannot be read, in one sentence that says why."""


class _Head(msgspec.Struct):
    schema: str = ""


def encode(document: Document) -> bytes:
    """The document as JSON, one line."""
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        # Names of files are bytes; those that are no UTF-8 came as lone surrogates, which JSON cannot hold.
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(document)))


def _without_surrogates(value: Any) -> Any:
    """The same with every lone surrogate written as its escape."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return [_without_surrogates(one) for one in value] if isinstance(value, list | tuple) else value


def encode_pretty(document: Document) -> str:
    """The document as indented JSON, as it is printed."""
    return msgspec.json.format(encode(document), indent=1).decode()


def decode_snapshot(data: bytes) -> Snapshot:
    """A Snapshot, from a snapshot document or from the one inside a report.

    Raises DocumentError where it is neither, damaged, too large or of a newer schema.
    """
    kind = _schema_of(data)
    if kind.startswith("dlcheck.report/"):
        return _decode(data, Report, REPORT_SCHEMA, kind).snapshot
    return _decode(data, Snapshot, SNAPSHOT_SCHEMA, kind)


def decode_report(data: bytes) -> Report:
    """A Report. Raises DocumentError where it is none, damaged, too large or of a newer schema."""
    return _decode(data, Report, REPORT_SCHEMA, _schema_of(data))


def decode_either(data: bytes) -> Report | Snapshot:
    """A Report or a Snapshot. Raises DocumentError where it is neither, damaged, too large or of a newer schema."""
    kind = _schema_of(data)
    if kind.startswith("dlcheck.report/"):
        return _decode(data, Report, REPORT_SCHEMA, kind)
    return _decode(data, Snapshot, SNAPSHOT_SCHEMA, kind)


def decode_bench(data: bytes) -> Bench:
    """A Bench. Raises DocumentError where it is none, damaged, too large or of a newer schema."""
    from dlcheck.model.bench import BENCH_SCHEMA, Bench

    return _decode(data, Bench, BENCH_SCHEMA, _schema_of(data))


def _schema_of(data: bytes) -> str:
    if len(data) > MAX_DOCUMENT_BYTES:
        raise DocumentError(f"it has {len(data)} bytes; at most {MAX_DOCUMENT_BYTES} are read")
    try:
        return msgspec.json.decode(data, type=_Head).schema
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"it is no dlcheck document: {error}") from None


def _decode(data: bytes, kind: type[T], schema: str, found: str) -> T:
    family, _, number = schema.partition("/")
    found_family, _, found_number = found.partition("/")
    if found_family != family:
        raise DocumentError(f"it is no {family} document: its schema is {found or 'not named'!r}")
    if not found_number.isdigit() or int(found_number) > int(number):
        raise DocumentError(f"its schema {found!r} is newer than this dlcheck, which reads {schema!r}: update dlcheck")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"it is damaged: {error}") from None
