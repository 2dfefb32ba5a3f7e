"""Values of any message, made from its declaration, and where in a message what stands."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from common.encoding import times
from common.encoding.octets import to_base64url
from common.log.entries import Entry, EntryKind
from common.messages import message as declarations

# --- values from declarations


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Any value that a declaration allows."""
    arguments = get_args(annotation)
    made = {
        Annotated: lambda: annotated(annotation, arguments[0], list(constraints(annotation))),
        typing.Union: lambda: st.one_of(*map(values, arguments)),
        types.UnionType: lambda: st.one_of(*map(values, arguments)),
        Literal: lambda: st.sampled_from(arguments),
        tuple: lambda: st.lists(values(arguments[0]), max_size=2).map(tuple),
        dict: lambda: st.dictionaries(st.text("abc", min_size=1, max_size=2), values(arguments[1]), max_size=2),
        Entry: lambda: st.builds(Entry, st.sampled_from(EntryKind), values(declarations.Digest)),
        str: lambda: st.text("AZaz09-_", min_size=1, max_size=6),
        int: lambda: st.integers(0, 9),
        bool: st.booleans,
        type(None): st.none,
    }.get(get_origin(annotation) or annotation)
    return made() if made is not None else built(annotation)


@cache
def built(kind: Any) -> st.SearchStrategy[Any]:
    declared = hints(kind)
    return st.builds(kind, *(values(declared[field.name]) for field in fields(kind)))


@cache
def hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def constraints(annotation: Any) -> Iterator[Any]:
    for item in annotation.__metadata__:
        yield from item.metadata if isinstance(item, FieldInfo) else [item]


def annotated(annotation: Any, base: Any, found: list[Any]) -> st.SearchStrategy[Any]:
    if annotation in SPECIAL:
        return SPECIAL[annotation]
    bounds = {type(item): item for item in found}
    if base is int:
        low = bounds[Ge].ge
        high = bounds[Le].le
        return st.sampled_from([low, low + 1, high]) | st.integers(low, high)
    if get_origin(base) is tuple:
        least = bounds[MinLen].min_length if MinLen in bounds else 0
        most = bounds[MaxLen].max_length if MaxLen in bounds else least + 1
        return st.lists(values(get_args(base)[0]), min_size=least, max_size=min(most, least + 1)).map(tuple)
    patterns = [item.pattern for item in found if getattr(item, "pattern", None)]
    return st.from_regex(patterns[0].replace("$", r"\Z")) if patterns else values(base)


SPECIAL: dict[Any, st.SearchStrategy[str]] = {
    declarations.Time: st.integers(0, 10**10).map(times.to_rfc3339),
    declarations.Base64: st.binary(min_size=1, max_size=9).map(to_base64url),
    declarations.Text: st.text("AZaz09õ ", min_size=1, max_size=6).map(lambda text: text.strip() or "x"),
}


# --- where in a message what stands


@dataclass(frozen=True)
class Place:
    """A place in a message's JSON: the path to it, its declaration, the message and field it belongs to."""

    path: tuple[str | int, ...]
    declared: Any
    field: tuple[str, str]


def places(
    value: Any, declared: Any, path: tuple[str | int, ...] = (), field: tuple[str, str] = ("", "")
) -> Iterator[Place]:
    """The place of a value, then all places inside it."""
    yield Place(path, declared, field)
    if is_dataclass(value):
        for name, inner in hints(value.__class__).items():
            yield from places(getattr(value, name), inner, (*path, name), (type(value).__name__, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from places(item, member(declared), (*path, index), field)


def member(declared: Any) -> Any:
    """What is declared of a tuple's members, through `Annotated` and `| None`."""
    while get_origin(declared) is not tuple:
        declared = get_args(declared)[0]
    return get_args(declared)[0]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def replaced(data: bytes, path: tuple[str | int, ...], item: Any) -> bytes:
    """The same JSON with another value at a place, keys sorted, without white space; not confined to our types."""
    if not path:
        return written(item)
    value = json.loads(data)
    at(value, path[:-1])[path[-1]] = item
    return written(value)


def written(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
