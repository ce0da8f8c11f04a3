"""Every text of a document with the mark that the model gives it: found by the types, never by what the text says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, get_origin

import msgspec
from msgspec import inspect

T = TypeVar("T", bound=msgspec.Struct)

Text = Callable[[str, str], str]
"""Kind of the field and its text → the text that shall stand there."""
Special = Mapping[type, Callable[[Any], Any]]
"""Structs that are handled as a whole."""
Walk = Callable[[Any, Text, Special], Any]

UNMARKED = "plain"


def mapped(document: T, text: Text, special: Special | None = None) -> T:
    """The same document with every text mapped. Keys of tables stay; what does not change is not copied."""
    walk = _of_struct(type(document))
    changed: T = walk(document, text, special or {})
    return changed


def visit(document: msgspec.Struct, seen: Callable[[str, str], None]) -> None:
    """Tell every text of a document with its mark."""

    def look(kind: str, text: str) -> str:
        seen(kind, text)
        return text

    mapped(document, look)


@cache
def _of_struct(kind: type) -> Walk:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return _struct(described)


def _walk(described: inspect.Type, mark: str = UNMARKED) -> Walk | None:
    """How a value of this type is walked; None where no text can be in it."""
    if isinstance(described, inspect.Metadata):
        return _walk(described.type, (described.extra or {}).get("private", mark))
    if isinstance(described, inspect.StrType):
        return lambda value, text, special: text(mark, value)
    if isinstance(described, inspect.StructType):
        return _struct(described)
    if isinstance(described, inspect.UnionType):
        return _union(described, mark)
    if isinstance(described, inspect.VarTupleType):
        return _items(_walk(described.item_type, mark))
    if isinstance(described, inspect.TupleType):
        return _fixed([_walk(one, mark) for one in described.item_types])
    if isinstance(described, inspect.DictType):
        return _values(_walk(described.value_type, mark))
    return None


def _struct(described: inspect.StructType) -> Walk:
    walks = [(field.name, walk) for field in described.fields if (walk := _walk(field.type)) is not None]

    def of_struct(value: Any, text: Text, special: Special) -> Any:
        if type(value) in special:
            return special[type(value)](value)
        changed = {}
        for name, walk in walks:
            before = getattr(value, name)
            after = walk(before, text, special)
            if after is not before:
                changed[name] = after
        return msgspec.structs.replace(value, **changed) if changed else value

    return of_struct


def _union(described: inspect.UnionType, mark: str) -> Walk | None:
    """Which member a value belongs to is told by its class: a text, a row of them, a table, a struct."""
    walks: dict[type, Walk] = {}
    for member in described.types:
        walk = _walk(member, mark)
        if walk is not None:
            walks[_class(member)] = walk
    if not walks:
        return None

    def of_union(value: Any, text: Text, special: Special) -> Any:
        walk = walks.get(type(value))
        return walk(value, text, special) if walk is not None else value

    return of_union


def _class(described: inspect.Type) -> type:
    if isinstance(described, inspect.Metadata):
        return _class(described.type)
    if isinstance(described, inspect.StructType):
        return get_origin(described.cls) or described.cls
    if isinstance(described, inspect.StrType):
        return str
    return dict if isinstance(described, inspect.DictType) else tuple


def _items(walk: Walk | None) -> Walk | None:
    if walk is None:
        return None

    def of_items(value: Any, text: Text, special: Special) -> Any:
        changed = tuple(walk(one, text, special) for one in value)
        return changed if any(new is not old for new, old in zip(changed, value, strict=True)) else value

    return of_items


def _fixed(walks: list[Walk | None]) -> Walk | None:
    if not any(walks):
        return None

    def of_fixed(value: Any, text: Text, special: Special) -> Any:
        return tuple(one if walk is None else walk(one, text, special) for walk, one in zip(walks, value, strict=True))

    return of_fixed


def _values(walk: Walk | None) -> Walk | None:
    if walk is None:
        return None

    def of_values(value: Any, text: Text, special: Special) -> Any:
        return {key: walk(one, text, special) for key, one in value.items()}

    return of_values
