"""Vectors for the form of every message: one valid, many with one field wrong (spec 8, check C1 and each reader)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from tests.vectors.making.kit import Book, Json
from tests.vectors.making.shapes import SHAPES, B, D, T, V, example

WRONG: dict[str, list[tuple[str, Json]]] = {
    "digest": [("of 31 bytes", D[2:]), ("in capitals", "A" * 64), ("of 33 bytes", D + "11"), ("with a newline", D + "\n"), ("a number", 11)],
    "vote-id": [("of 15 bytes", V[2:]), ("in capitals", "B" * 32), ("of 32 bytes", D)],
    "election-id": [("of 15 bytes", V[2:]), ("in capitals", "B" * 32), ("of 32 bytes", D)],
    "base64url": [("padded", "AA=="), ("with an unused bit set", "AB"), ("empty", ""), ("in the other alphabet", "+AAA"),
                  ("of one character", "A"), ("a number", 0), ("with a newline", B + "\n")],
    "element": [("empty", ""), ("of 4097 characters", "A" * 4097), ("a number", 5)],
    "string": [("a number", 5), ("an array", [B]), ("null", None)],
    "time": [("with a fraction", "2027-03-01T09:00:00.0Z"), ("with an offset", "2027-03-01T09:00:00+00:00"),
             ("of a day that is not there", "2027-02-29T09:00:00Z"), ("a number", 1803891600), ("with a space", T.replace("T", " "))],
    "count": [("negative", -1), ("2^53", 2**53), ("a text", "0"), ("true", True), ("null", None)],
    "positive": [("zero", 0), ("negative", -1), ("2^53", 2**53), ("a text", "1"), ("true", True)],
    "to-1000": [("zero", 0), ("1001", 1001)],
    "integer": [("a text", "2"), ("true", True), ("null", None)],
    "seconds": [("negative", -1), ("10^9 + 1", 10**9 + 1), ("a text", "300"), ("true", True)],
    "name": [("with a capital", "North"), ("empty", ""), ("starting with a hyphen", "-north"), ("of 41 characters", "n" * 41),
             ("with an underscore", "no_rth"), ("with a newline", "north\n"), ("beyond ASCII", "põhi"), ("a number", 1)],
    "text": [("empty", ""), ("with a newline", "a\nb"), ("with a space before it", " a"), ("with a space after it", "a "),
             ("of 301 characters", "a" * 301), ("with a control character", "a\u0007b"), ("with a soft hyphen", "a\u00adb"),
             ("with a no-break space", "a\u00a0b"), ("with text turned round", "a\u202eb"), ("a number", 1)],
    "voter-id": [("of ten digits", "PNOEE-3710101900"), ("without a prefix", "37101019005"), ("of another country", "PNOLV-37101019005"),
                 ("with a newline", "PNOEE-37101019005\n")],
    "check-id": [("in small letters", "c2"), ("without a number", "C"), ("with three digits", "C123"), ("with a space", "C 2")],
    "boolean": [("a number", 1), ("a text", "true"), ("null", None)],
    "jws": [("empty", ""), ("a number", 1), ("null", None), ("an array", ["a.b.c"])],
    "open-object": [("an array", []), ("a text", B), ("null", None), ("with a number in it", {"n": 5})],
    "2-to-32": [("one", 1), ("33", 33), ("a text", "2")],
    "1-to-32": [("zero", 0), ("33", 33), ("a text", "1")],
    "token": [("empty", ""), ("of 20001 characters", "{" + " " * 19_999 + "}")],
    "lines": [("empty", ""), ("of 1001 characters", "a" * 1001)],
    "line": [("of 301 characters", "a" * 301)],
    "reason": [("of 2001 characters", "a" * 2001)],
}  # fmt: skip
_LENGTHY = ("manifest", "verification-answer", "recorded-vote", "signed-ballot")
"""Messages of many fields: one fault for each, not two."""


def books() -> list[Book]:
    return [_book()]


def _book() -> Book:
    book = Book(
        "messages",
        "message-decode",
        "8, 2.1, 2.2",
        "`kind` and bytes (`text`, UTF-8) of a message; of the authority's documents the body alone, and one `signed-document`. Only form "
        "is judged: signatures, elements and references in these examples mean nothing. One field is wrong in each "
        "refused vector; what is wrong with it goes round, so that not every field has every fault.",
    )
    turns: dict[str, Iterator[int]] = {name: count() for name in [*WRONG, "object"]}
    for kind, shape in SHAPES.items():
        valid = example(("object", shape))
        book.accept(kind, f"a {kind}", given(kind, valid))
        faults = 1 if kind in _LENGTHY else 2
        for path, what, value in _faults(("object", shape), valid, (), Turns(turns, faults)):
            slug = f"{kind}-{slug_of(path)}-{slug_of((what,))}"
            book.refuse(
                slug, kind, f"{named(path)}: {what}", given(kind, changed(valid, path, value)), "MalformedMessage"
            )
        spellings(book, kind, valid)
    _longest(book)
    _nulls(book)
    return book


LEFT_OUT = object()
Path: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Turns:
    """Which fault of a type is next, and how many a field gets."""

    counters: dict[str, Iterator[int]]
    faults: int

    def next(self, kind: str) -> int:
        return next(self.counters[kind])


def _faults(kind: Json, value: Json, path: Path, turns: Turns) -> Iterator[tuple[Path, str, Json]]:
    """(path, what is wrong, the wrong value), one after another for all fields inside."""
    if isinstance(kind, str):
        wrong = WRONG[kind]
        for _ in range(turns.faults):
            yield (path, *wrong[turns.next(kind) % len(wrong)])
        return
    name, inner = kind[0], kind[1]
    if name == "object":
        fields = list(inner)
        chosen = fields[turns.next("object") % len(fields)]
        yield (*path, chosen), "left out", LEFT_OUT
        yield (*path, "further"), "added", 1
        for field, type_ in inner.items():
            yield from _faults(type_, value[field], (*path, field), turns)
    elif name in ("list", "mixed"):
        least, most = kind[2], kind[3]
        yield path, "an object for a list", {}
        if least:
            yield path, f"fewer than {least}", value[: least - 1]
        if most is not None and most <= 64:
            yield path, f"more than {most}", value[:1] * (most + 1)
        yield from _faults(inner if name == "list" else ("object", inner[0]), value[0], (*path, 0), turns)
        if name == "mixed" and inner[-1] is not inner[0]:
            yield from _faults(("object", inner[-1]), value[-1], (*path, len(value) - 1), turns)
    elif name == "or-null":
        yield path, "false for null", False
        yield from _faults(inner, value, path, turns)
    else:
        yield path, "another constant", "another"
        yield path, "in capitals", inner[0].upper()


def spellings(book: Book, kind: str, valid: Json) -> None:
    """The same message in other bytes."""
    text = given(kind, valid)["text"]
    names = list(json.loads(text))
    for slug, what, wrong in (
        ("space", "a space after a colon", text.replace(":", ": ", 1)),
        ("newline", "a newline after it", text + "\n"),
        ("order", "another order of fields", _dump({name: valid[name] for name in reversed(names)}, sort=False)),
        ("twice", "a field twice", text[:-1] + "," + _dump({names[-1]: valid[names[-1]]})[1:]),
        ("array", "in an array", f"[{text}]"),
        ("null", "null", "null"),
        ("empty", "no bytes", ""),
    ):
        if slug != "order" or len(names) > 1:
            book.refuse(f"{kind}-{slug}", kind, what, {"kind": kind, "text": wrong}, "MalformedMessage")


def _longest(book: Book) -> None:
    """Texts and lists that are one too long, where that takes a long vector."""
    for slug, kind, what, path, value in (
        ("statement-long", "signed-ballot", "a signature of 40,001 characters", ("statement",), "a" * 40_001),
        ("checkpoint-long", "receipt", "a checkpoint of 10,001 characters", ("checkpoint",), "a" * 10_001),
        ("base64-long", "receipt", "base64url of 40,004 characters", ("ocsp",), "A" * 40_004),
        ("options-long", "manifest", "a contest of 1001 options", ("contests", 0, "options"), ["a"] * 1001),
        ("proofs-long", "ballot", "1002 proofs", ("contests", 0, "proofs"), [[]] * 1002),
        ("contests-long", "ballot", "101 contests", ("contests",),
         [{"ciphertexts": ["A"], "contest": "a", "proofs": []}] * 101),
        ("ciphertexts-long", "ballot", "1001 ciphertexts", ("contests", 0, "ciphertexts"), ["A"] * 1001),
    ):  # fmt: skip
        valid = example(("object", SHAPES[kind]))
        book.refuse(slug, kind, what, given(kind, changed(valid, path, value)), "MalformedMessage")


def _nulls(book: Book) -> None:
    """Fields that may be null, lists that may be empty, texts at their longest."""
    for slug, kind, what, path, value in (
        ("statement-first", "statement", "a voter's first vote supersedes nothing", ("supersedes",), None),
        ("session-view-stranger", "session-view", "a voter who is not on the roll", ("unit",), None),
        ("session-view-new", "session-view", "a voter who has not voted", ("earlier",), None),
        ("change-set-removal", "change-set", "a voter removed", ("changes", 0, "entry"), None),
        ("manifest-root-unit", "manifest", "a unit without a parent", ("units", 0, "parent"), None),
        ("roll-of-nobody", "roll", "a roll of nobody", ("voters",), []),
        ("receipt-first", "receipt", "an empty inclusion proof", ("proof",), []),
        ("receipt-64", "receipt", "an inclusion proof of 64 hashes", ("proof",), [D] * 64),
        ("aggregates-unopened", "aggregates", "a pool below the minimum", ("aggregates", 0, "ciphertexts"), []),
        ("order-largest", "order", "the largest count", ("tree_size",), 2**53 - 1),
        ("roll-long-name", "roll", "a name of 300 characters", ("voters", 0, "name"), "õ" * 300),
        ("ballot-long-id", "ballot", "an id of 40 characters", ("unit",), "n" * 40),
    ):
        valid = example(("object", SHAPES[kind]))
        book.accept(slug, what, given(kind, changed(valid, path, value)), base=kind)


def changed(valid: Json, path: Path, value: Json) -> Json:
    made = copy.deepcopy(valid)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    if value is LEFT_OUT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return made


def given(kind: str, value: Json) -> dict[str, Json]:
    return {"kind": kind, "text": _dump(value)}


def _dump(value: Json, *, sort: bool = True) -> str:
    return json.dumps(value, sort_keys=sort, separators=(",", ":"), ensure_ascii=False)


def named(path: Path) -> str:
    return ".".join(map(str, path))


def slug_of(words: tuple[str | int, ...]) -> str:
    text = "-".join(str(word) for word in words).lower()
    for old, new in (("_", "-"), (" ", "-"), (",", ""), ("^", "-"), ("+", "plus")):
        text = text.replace(old, new)
    return text
