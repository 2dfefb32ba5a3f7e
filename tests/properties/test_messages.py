"""Every message: what is written is read back, and nothing that differs from it in form is read at all.

Values are made from the declarations themselves, so that a new message is covered as soon as it is declared.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import types
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

import pytest
from annotated_types import MaxLen, MinLen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import common.messages
from common.encoding import canonical
from common.errors import EncodingError, MalformedMessage
from common.messages import message as declarations
from common.messages.message import decode, encode
from tests.properties.message_values import at, constraints, places, replaced, values, written

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
