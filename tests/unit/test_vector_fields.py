"""Every field of every message that travels or is signed has refused vectors, whatever messages there will be."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tests.vectors.running.messages import KINDS
from tests.vectors.running.verdict import load

ROOT = Path(__file__).parents[2]
PARTIES = ("auditor", "collector", "common", "tallier", "valik", "voter_client")
KEPT_AT_HOME = {"TrusteeState"}
"""Messages that one program writes for itself; so are those whose names begin with an underscore."""
LENGTHS = {"shorter": "min_length", "longer": "max_length"}
DECLARED = re.compile(r"^@message\nclass ([A-Za-z]\w*)", re.MULTILINE)

Spot = tuple[str, str]
"""Name of a class, name of a field; no field where one was added."""


def parts(hint: Any) -> tuple[Any, ...]:
    """What an annotation is made of: members of unions and lists, without constraints."""
    if get_origin(hint) in (Union, UnionType, tuple):
        return tuple(part for member in get_args(hint) if member is not ... for part in parts(member))
    return parts(get_args(hint)[0]) if get_origin(hint) is Annotated else (hint,)


@cache
def hints(kind: type) -> dict[str, Any]:
    of = get_type_hints(kind, include_extras=True)
    return {field.name: of[field.name] for field in fields(kind)}


@cache
def messages() -> dict[str, type]:
    """All message classes that the vectors' kinds reach, by name."""
    found: dict[str, type] = {}
    waiting: list[Any] = list(KINDS.values())
    while waiting:
        kind = waiting.pop()
        if is_dataclass(kind) and isinstance(kind, type) and found.get(kind.__name__) is not kind:
            assert kind.__name__ not in found
            found[kind.__name__] = kind
            waiting += (part for hint in hints(kind).values() for part in parts(hint))
    return found


def holder(hint: Any, value: dict[str, Any]) -> type | None:
    """Which of the message classes in an annotation this object is, if any: by its fields and constants."""
    for kind in parts(hint):
        if is_dataclass(kind) and isinstance(kind, type) and hints(kind).keys() == value.keys():
            constants = {name: get_args(h) for name, h in hints(kind).items() if get_origin(h) is Literal}
            if all(value[name] in allowed for name, allowed in constants.items()):
                return kind
    return None


def differences(hint: Any, spot: Spot, good: Any, bad: Any) -> Iterator[tuple[Spot, str]]:
    """Where two messages differ, and how: a field left out or added, null, another type, value, length, member."""
    if isinstance(good, dict) and isinstance(bad, dict) and (kind := holder(hint, good)):
        for name, of in hints(kind).items():
            here = kind.__name__, name
            if name not in bad:
                yield here, "left out"
            elif bad[name] != good[name] or type(bad[name]) is not type(good[name]):
                yield from differences(of, here, good[name], bad[name])
        if bad.keys() - good.keys():
            yield (kind.__name__, ""), "added"
    elif isinstance(good, list) and isinstance(bad, list) and len(good) == len(bad):
        for one, other in zip(good, bad, strict=True):
            if one != other:
                nested = isinstance(one, dict | list) and isinstance(other, dict | list)
                yield from differences(hint, spot, one, other) if nested else [(spot, "member")]
    elif bad is None:
        yield spot, "null"
    elif isinstance(good, list) and isinstance(bad, list):
        yield spot, "shorter" if len(bad) < len(good) else "longer"
    else:
        yield spot, "value" if type(good) is type(bad) else "type"


@cache
def covered() -> dict[Spot, frozenset[str]]:
    """How each field is wrong in a refused vector in which nothing else is wrong."""
    found: defaultdict[Spot, set[str]] = defaultdict(set)
    for book in (book for book in load().values() if book["operation"] == "message-decode"):
        by_id = {vector["id"]: vector["input"] for vector in book["vectors"]}
        for vector in book["vectors"]:
            if vector["expect"] == "accept":
                continue
            good = json.loads(by_id[vector["base"]]["text"])
            try:
                bad = json.loads(vector["input"]["text"])
            except ValueError:
                continue
            differing = list(differences(KINDS[vector["input"]["kind"]], ("", ""), good, bad))
            if len(differing) == 1:
                found[differing[0][0]].add(differing[0][1])
    return {spot: frozenset(ways) for spot, ways in found.items()}


def due(hint: Any) -> set[str]:
    """In which ways a field of this type must be wrong in some vector."""
    ways = {"left out", "type"}
    if NoneType not in parts(hint):
        ways.add("null")
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(bare) is tuple:
        limits = [limit for field in getattr(hint, "__metadata__", ()) for limit in field.metadata]
        ways |= {"member"} | {way for way, name in LENGTHS.items() if any(hasattr(limit, name) for limit in limits)}
    elif get_origin(hint) is Literal or (bare is not hint and not any(map(is_dataclass, parts(bare)))):
        ways.add("value")
    return ways


def uncovered(found: Mapping[Spot, frozenset[str]]) -> dict[str, set[str]]:
    """Of each field, the ways in which no vector has it wrong; fields of which that is not so are left out."""
    return {
        f"{name}.{field}": ways
        for name, kind in messages().items()
        for field, hint in hints(kind).items()
        if (ways := due(hint) - found.get((name, field), frozenset()))
    }


def test_every_message_that_is_declared_has_a_kind_of_vector() -> None:
    declared = {
        name
        for party in PARTIES
        for path in (ROOT / party).rglob("*.py")
        for name in DECLARED.findall(path.read_text(encoding="utf-8"))
        if not name.startswith("_")
    }
    assert len(declared) > 60
    assert declared - KEPT_AT_HOME - messages().keys() == set()


def test_every_field_of_every_message_has_refused_vectors_of_every_sort() -> None:
    assert uncovered(covered()) == {}


def test_a_field_without_vectors_is_noticed() -> None:
    roll, options = ("Manifest", "roll"), ("SingleContest", "options")
    known = {spot: ways for spot, ways in covered().items() if spot != roll}
    known[options] -= {"longer"}
    assert uncovered(known) == {
        "Manifest.roll": {"left out", "null", "type", "value"},
        "SingleContest.options": {"longer"},
    }


def test_every_message_refuses_a_field_too_many_in_some_vector() -> None:
    assert [name for name in messages() if "added" not in covered().get((name, ""), ())] == []
