"""A Snapshot as a flat table of the facts that can be compared: key → value in words. Noise is left out."""

from __future__ import annotations

import typing
from functools import cache
from typing import Any

import msgspec

from dlcheck.compare.tables import Told, told
from dlcheck.model.devices import PciDevice
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.quantities import amount, digits
from dlcheck.model.snapshot import PROBES, Snapshot

IDENTITY: dict[str, tuple[str, ...]] = {
    "Place": ("role",), "Tool": ("name",), "Kernel": ("name",), "OtherPython": ("command",), "PciDevice": ("address",),
    "NvidiaGpu": ("index",), "MigInstance": ("uuid", "name"), "Shadow": ("module",), "Distribution": ("name",),
    "Unsatisfied": ("distribution",), "Leftover": ("name", "path"), "Build": ("name",), "CondaPackage": ("name",),
    "ExtraRequirement": ("requirement",), "Exercise": ("library", "topic", "name", "device"), "ArrayDevice": ("name",),
    "LibraryImport": ("name",), "PipOption": ("name",),
}  # fmt: skip
"""By which fields an item of a row is known again in another document."""
IN_ORDER = ("conda.channels",)
"""Rows in which the order means something; all others are sets."""
GAPS = {
    "denied": "may not be read",
    "broken": "gives an error",
    "timed-out": "does not answer in time",
    "crashed": "crashes",
}
CALCULATED = ".exercises.outcome"
OUTCOMES = ("right", "wrong", "error")
"""Of an exercise that was made; it is compared with one that was made."""
LONGEST = 300
"""Characters of a value."""


class Fact(msgspec.Struct, frozen=True):
    """One value that can be compared."""

    told: Told
    about: tuple[str, str]
    """Whose it is and which field: two facts of the same may say the same."""
    text: str
    """For a person; "" where there is nothing."""
    number: float | None = None
    private: bool = False
    """Redaction may have changed it."""

    @property
    def words(self) -> str:
        """What it is, for a person."""
        return self.told.words.replace("{}", self.about[0])


class Flat(msgspec.Struct):
    """The facts of one snapshot."""

    facts: dict[str, Fact]
    gaps: dict[str, Missing]
    """Groups of facts that were not got at all."""
    unseen: set[str]
    """Keys at which nobody looked."""


def flatten(snapshot: Snapshot) -> Flat:
    """Every fact that is compared, by its key."""
    flat = Flat({}, {}, set())
    writer = _Writer(flat, _places(snapshot))
    for name in ("os", *PROBES):
        probed: Probed[Any] = getattr(snapshot, name)
        if probed.missing is not None:
            flat.gaps[name] = probed.missing
        else:
            writer.write(probed.value, name, (), private=False)
    return flat


def _places(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Folders that have a name of their own, the longest first."""
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    named = [(interpreter.prefix, "(environment)")] if interpreter is not None else []
    named += [(os.home, "~")] if os is not None else []
    return sorted(((path, name) for path, name in named if len(path) > 1), key=lambda one: -len(one[0]))


class _Writer:
    """Walks through the groups of facts."""

    def __init__(self, flat: Flat, places: list[tuple[str, str]]) -> None:
        self._flat = flat
        self._places = places

    def write(self, value: Any, path: str, identity: tuple[str, ...], *, private: bool) -> None:
        """One value of the field at `path`, of the thing that `identity` names."""
        if isinstance(value, msgspec.Struct) and not isinstance(value, Missing):
            self._struct(value, path, identity)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            self._row(value, path, identity)
        elif path in told():
            if isinstance(value, dict):
                for key, one in value.items():
                    self._fact(one, path, (*identity, key), private=private)
            else:
                self._fact(value, path, identity, private=private)

    def _struct(self, value: msgspec.Struct, path: str, identity: tuple[str, ...]) -> None:
        for name, marked in _fields(type(value)).items():
            self.write(getattr(value, name), f"{path}.{name}", identity, private=marked)
        if isinstance(value, PciDevice):
            number = f"{value.vendor} {value.vendor_id:04x}:{value.device_id:04x}"
            self._fact(f"{value.name} ({number})" if value.name else number, f"{path}.device_id", identity)

    def _row(self, items: tuple[Any, ...], path: str, identity: tuple[str, ...]) -> None:
        """Items with an identity of their own; of two with the same, the first is the one in use."""
        met = set()
        for item in items:
            fields = IDENTITY.get(type(item).__name__, ())
            named = tuple(str(getattr(item, field)) for field in fields)
            name = next((one for one in named if one), "") if type(item).__name__ in FIRST else " ".join(named)
            if name.strip() and name not in met:
                met.add(name)
                self._struct(item, path, (*identity, name))

    def _fact(self, value: Any, path: str, identity: tuple[str, ...], *, private: bool = False) -> None:
        key = f"{path}:{'/'.join(identity)}" if identity else path
        if path.endswith(CALCULATED) and value not in OUTCOMES:
            return  # the missing library is told among the packages
        if isinstance(value, Missing) and value.gap == "not-looked":
            self._flat.unseen.add(key)
            return
        probe, _, field = path.partition(".")
        about = (" ".join(identity) or probe, "version" if field == "imports" else field.rpartition(".")[2])
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        self._flat.facts[key] = Fact(told()[path], about, self._text(value, path), number, private)

    def _text(self, value: Any, path: str) -> str:
        if isinstance(value, Missing):
            kind = f" ({value.kind})" if value.kind else ""
            return f"{GAPS[value.gap]}{kind}" if value.gap in GAPS else ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if path.endswith("_bytes"):
            return amount(value)
        if isinstance(value, float):
            return digits(value)
        if isinstance(value, tuple):
            texts = [self._placed(str(one)) for one in value]
            if value and all(isinstance(one, int) for one in value) and len(value) == 2:
                return ".".join(texts)
            return ", ".join(texts if path in IN_ORDER else sorted(set(texts)))[:LONGEST]
        if isinstance(value, msgspec.Struct):
            return str(getattr(value, "kind", "")) or "yes"
        return self._placed(str(value))[:LONGEST]

    def _placed(self, text: str) -> str:
        for path, name in self._places:
            if text.startswith((f"{path}/", f"{path}\\")):
                return name + text[len(path) :]
        return text


FIRST = ("MigInstance", "Leftover")
"""Known by the first of their fields that is filled; all others by all fields together."""


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, bool]:
    """The fields of a struct, and whether redaction may change their text."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {name: _is_marked(hint) for name, hint in hints.items()}


def _is_marked(hint: Any) -> bool:
    metadata = getattr(hint, "__metadata__", ())
    if any(isinstance(one, msgspec.Meta) and (one.extra or {}).get("private") for one in metadata):
        return True
    return any(_is_marked(part) for part in typing.get_args(hint))
