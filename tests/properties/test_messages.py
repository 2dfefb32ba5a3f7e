"""Every message: what is written is read back, and nothing that differs from it in form is read at all.

Values are made from the declarations themselves, so that a new message is covered as soon as it is declared.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

import common.messages
from common.encoding import canonical, times
from common.encoding.octets import to_base64url
from common.errors import EncodingError, MalformedMessage
from common.log.entries import Entry, EntryKind
from common.messages import message as declarations
from common.messages.message import decode, encode

PERSONAL_CODE = "38001085718"
SIZES = settings(
    max_examples=2,  # of each message for each claim: the mistakes made with them are many
    database=None,
    phases=[Phase.generate],  # a shrunk manifest says no more than a whole one
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BARE_INTEGERS = {("Share", "trustee"), ("KeyMaterial", "threshold")}
"""Declared in the crypto layer, without bounds: T3 and K2 look at them."""


def modules() -> list[types.ModuleType]:
    names = [found.name for found in pkgutil.iter_modules(common.messages.__path__)]
    return [importlib.import_module(f"common.messages.{name}") for name in names]


def messages() -> list[type[Any]]:
    return [
        kind
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type)
        and is_dataclass(kind)
        and kind.__module__ == module.__name__
        and hasattr(kind, "__pydantic_config__")
    ]


def name_of(kind: type[Any]) -> str:
    return kind.__name__


EVERY_MESSAGE = pytest.mark.parametrize("kind", messages(), ids=name_of)


def test_no_message_is_left_out() -> None:
    folder = Path(common.messages.__path__[0])
    declared = sum(path.read_text().count("\n@message\nclass ") for path in folder.glob("*.py"))
    assert len(messages()) == declared > 30


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


def refuse(kind: type[Any], data: bytes) -> str:
    with pytest.raises(MalformedMessage) as refused:
        decode(kind, data)
    assert PERSONAL_CODE not in str(refused.value)
    return str(refused.value)


# --- claims


@EVERY_MESSAGE
@settings(SIZES, max_examples=5)
@given(data=st.data())
def test_what_is_written_is_read_back(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    assert decode(kind, encode(value)) == value
    assert encode(decode(kind, encode(value))) == encode(value)
    assert encode(value) == canonical.encode(json.loads(encode(value)))


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_unknown_missing_and_repeated_fields_are_refused(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    raw = encode(value)
    objects = [place for place in places(value, kind) if is_dataclass(follow(value, place.path))]
    for place in data.draw(st.lists(st.sampled_from(objects), min_size=1, max_size=3)):
        found = at(json.loads(raw), place.path)
        for extra in ("zz", "", f"PNOEE-{PERSONAL_CODE}"):
            refuse(kind, replaced(raw, place.path, {**found, extra: None}))
        name = data.draw(st.sampled_from(sorted(found)))
        refuse(kind, replaced(raw, place.path, {key: item for key, item in found.items() if key != name}))
        once = written(found)
        twice = once[:-1] + b"," + written({name: found[name]})[1:]
        refuse(kind, raw.replace(once, twice, 1))


def follow(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_other_spellings_of_the_same_message_are_refused(kind: type[Any], data: st.DataObject) -> None:
    raw = encode(data.draw(values(kind)))
    value = json.loads(raw)
    backwards = {"separators": (",", ":"), "ensure_ascii": False}
    others = [
        *(
            raw + b" ",
            b" " + raw,
            raw + b"\n",
            b"\xef\xbb\xbf" + raw,
            raw + b"{}",
            raw + raw,
            raw[:-1],
            b"[" + raw + b"]",
        ),
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode(),
        json.dumps(value, **backwards).replace("a", "\\u0061").encode(),  # type: ignore[arg-type]
        raw.decode().encode("utf-16"),
    ]
    if len(value) > 1:
        others.append(json.dumps(dict(sorted(value.items(), reverse=True)), **backwards).encode())  # type: ignore[arg-type]
    for data_of_other in others:
        if data_of_other != raw:
            refuse(kind, data_of_other)


WRONG_TYPES: dict[type, list[Any]] = {
    str: [7, True, ["a"], {"a": "b"}],
    int: [True, "1", 1.0, 0.5, [1], {}],
    bool: [0, 1, "true", None],
    list: [{}, "", 0, True],
    dict: [[], "", 0, True],
    type(None): [0, False, [], {}, 1.5],
}


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_values_of_a_wrong_type_are_refused(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    raw = encode(value)
    for place in data.draw(st.lists(st.sampled_from(list(places(value, kind))), min_size=1, max_size=4)):
        for wrong in WRONG_TYPES[type(at(json.loads(raw), place.path))]:
            refuse(kind, replaced(raw, place.path, wrong))


NOT_PRINTABLE = [
    "a\nb",
    "a\x00",
    "a\x7f",
    "a\u0085b",
    "a\u202eb",
    "\u2066a\u2069",
    "a\u200bb",
    "a\u2028b",
    "a\u00a0b",
    "\ufeffa",
]
BEYOND: list[tuple[Any, list[Any]]] = [
    (declarations.Text, ["", " a", "a ", "a" * 301, *NOT_PRINTABLE]),
    (declarations.Name, ["", "A", "-a", "a" * 41, "a b", "ä", "a\n", f"pnoee {PERSONAL_CODE}"]),
    (declarations.Digest, ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "\u0660" * 64]),
    (declarations.VoteId, ["", "0" * 31, "0" * 33, "A" * 32]),
    (declarations.ElectionId, ["", "0" * 31, "0" * 33, "A" * 32]),
    (declarations.Base64, ["", "A", "AA==", "AB", "A+8A", "a" * 40_001, f"AAA {PERSONAL_CODE}"]),
    (declarations.Element, ["", "a" * 4_097]),
    (
        declarations.Time,
        ["", "2027-02-30T00:00:00Z", "2027-03-01T09:00:00", "2027-03-01 09:00:00Z", PERSONAL_CODE + "000000000"],
    ),
    (
        declarations.VoterId,
        ["", PERSONAL_CODE, f"PNOLV-{PERSONAL_CODE}", f"PNOEE-{PERSONAL_CODE}0", f" PNOEE-{PERSONAL_CODE}"],
    ),
    (declarations.Count, [-1, 2**53, 2**70, -(2**70)]),
    (declarations.Positive, [0, -1, 2**53]),
    (declarations.Seconds, [-1, 10**9 + 1]),
]


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_values_out_of_range_are_refused(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    raw = encode(value)
    for place in places(value, kind):
        outside = [wrong for declared, wrongs in BEYOND if place.declared == declared for wrong in wrongs]
        if get_origin(place.declared) is Literal:
            outside = ["", "valik/v2", PERSONAL_CODE]
        if isinstance(at(json.loads(raw), place.path), int) and not isinstance(at(json.loads(raw), place.path), bool):
            outside += [2**53] if place.field in BARE_INTEGERS else [-1, 2**53]
        for wrong in data.draw(st.permutations(outside))[:3]:
            refuse(kind, replaced(raw, place.path, wrong))


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_lists_of_a_wrong_length_are_refused(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    raw = encode(value)
    for place in places(value, kind):
        items = at(json.loads(raw), place.path)
        if get_origin(place.declared) is not Annotated or not isinstance(items, list):
            continue
        for bound in constraints(place.declared):
            if isinstance(bound, MinLen):
                refuse(kind, replaced(raw, place.path, items[: bound.min_length - 1]))
            if isinstance(bound, MaxLen) and items:
                refuse(kind, replaced(raw, place.path, items[:1] * (bound.max_length + 1)))


@EVERY_MESSAGE
@given(data=st.binary(max_size=30) | st.sampled_from([b"null", b"true", b"[]", b"{}", b'""', b"0", b"[" * 5_000]))
@settings(SIZES, max_examples=5)
def test_bytes_that_are_no_message_are_refused(kind: type[Any], data: bytes) -> None:
    refuse(kind, data)


@EVERY_MESSAGE
@SIZES
@given(data=st.data())
def test_flipped_bits_give_another_message_or_none(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    raw = bytearray(encode(value))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = decode(kind, bytes(raw))
    except EncodingError:
        return
    assert found != value
    assert encode(found) == raw


def test_a_personal_code_in_a_wrong_place_is_not_repeated() -> None:
    from common.messages.acts import Signed
    from common.messages.result import Outcome
    from common.messages.roll import RollChange

    for kind, raw in [
        (Signed, {"body": {"format": f"PNOEE-{PERSONAL_CODE}"}, "signature": "AAAA"}),
        (Signed, {"body": {f"PNOEE-{PERSONAL_CODE}": 1, "format": "valik/v1/order"}, "signature": "AAAA"}),
        (RollChange, {"voter": PERSONAL_CODE, "entry": None}),
        (RollChange, {"voter": f"PNOEE-{PERSONAL_CODE}", "entry": PERSONAL_CODE}),
        (Outcome, {"openings": [{PERSONAL_CODE: 1}]}),
    ]:
        refuse(kind, written(raw))
