"""Which texts of the model are private is told by their marks: none that sounds so was forgotten."""

import importlib
import inspect
import pkgutil
import re

import msgspec

import dlcheck.model

SOUNDS_PRIVATE = re.compile(
    r"path|folder|location|prefix|execut|(^|_)dir|url|user|host|uuid|serial|home|site|why|words|message|traceback|said|stderr|"
    r"stdout|stack|evidence|groups|argv|channel|origin|notes|reason|problem"
)
LOOKED_AT = {
    "Assessment.problems", "Difference.why", "Floor.words", "InstallAttempt.index_url", "Member.problem", "Outcome.problems",
    "Contention.words", "Incomparable.why", "Regrade.reason", "Throttle.reasons",
}  # fmt: skip
"""Sentences of ours that hold figures, a profile's own words, PyTorch's own index."""


def marks(described, mark=""):
    if isinstance(described, msgspec.inspect.Metadata):
        return marks(described.type, (described.extra or {}).get("private", mark))
    if isinstance(described, msgspec.inspect.StrType):
        return [mark]
    if isinstance(described, msgspec.inspect.UnionType):
        return [found for one in described.types for found in marks(one, mark)]
    if isinstance(described, msgspec.inspect.VarTupleType):
        return marks(described.item_type, mark)
    return marks(described.value_type, mark) if isinstance(described, msgspec.inspect.DictType) else []


def unmarked():
    for entry in pkgutil.iter_modules(dlcheck.model.__path__):
        module = importlib.import_module(f"dlcheck.model.{entry.name}")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__:
                for field in msgspec.inspect.type_info(kind).fields:
                    if "" in marks(field.type):
                        yield f"{name}.{field.name}"


def test_no_field_that_sounds_private_is_without_a_mark():
    forgotten = {one for one in unmarked() if SOUNDS_PRIVATE.search(one.partition(".")[2])} - LOOKED_AT

    assert forgotten == set(), (
        "mark it with Path, ForeignText … of dlcheck.model.gaps, or say here why it is not private"
    )
