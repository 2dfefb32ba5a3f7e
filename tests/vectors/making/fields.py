"""Vectors for every field of every message: left out, null, of another type, out of range (spec 8, 8.9, 15.3).

Each shape is gone through once, in the first and shortest message that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.vectors.making import messages
from tests.vectors.making.kit import Book, Json
from tests.vectors.making.messages import LEFT_OUT, WRONG, Path, changed, given, named, slug_of, spellings
from tests.vectors.making.shapes import SHAPES, brief, example
from tests.vectors.making.shapes_handed import BODIES, HANDED

_ANOTHER_TYPE: dict[type, tuple[str, Json]] = {
    str: ("a number for a text", 7),
    int: ("a text for a number", "1"),
    bool: ("a number for a truth", 1),
    list: ("an object for a list", {}),
    dict: ("a list for an object", []),
}


def books() -> list[Book]:
    done = _Done()
    handed = _book(
        "handed-over",
        "8.9, 2.1, 2.2",
        "Files that are handed over; as in `messages`, only form is judged.",
        HANDED,
        done,
    )
    bodies = _book(
        "bodies",
        "15.3, 15.4, 2.1, 2.2",
        "Bodies of requests and answers; as in `messages`, only form is judged.",
        BODIES,
        done,
    )
    for book in (handed, bodies):
        for kind in HANDED if book is handed else BODIES:
            spellings(book, kind, example(("object", (HANDED | BODIES)[kind])))
    _empty(handed, bodies)
    (already,) = messages.books()
    done.texts = {(vector["input"]["kind"], vector["input"]["text"]) for vector in already.vectors if vector["base"]}
    about = (
        "More of `messages`: each field left out, null, of another type and out of range, unless that stands there."
    )
    return [handed, bodies, _book("message-fields", "8, 2.1, 2.2", about, SHAPES, done)]


@dataclass(slots=True)
class _Done:
    """What has its vectors already, and whose turn it is among the faults of a type."""

    shapes: set[int] = field(default_factory=set)
    texts: set[tuple[str, str]] = field(default_factory=set)
    turns: dict[str, Iterator[int]] = field(default_factory=lambda: {name: count() for name in WRONG})

    def first_time(self, shape: dict[str, Json]) -> bool:
        """True once for each shape."""
        new = id(shape) not in self.shapes
        self.shapes.add(id(shape))
        return new


def _book(name: str, spec: str, about: str, shapes: dict[str, dict[str, Json]], done: _Done) -> Book:
    book = Book(name, "message-decode", spec, about)
    for kind, shape in sorted(shapes.items(), key=lambda item: len(str(example(("object", item[1]))))):
        valid = example(("object", shape))
        found = [
            (path, what, value)
            for path, what, value in _of_object(shape, valid, (), done)
            if (kind, given(kind, changed(valid, path, value))["text"]) not in done.texts
        ]
        if found:
            book.accept(kind, f"a {kind}", given(kind, valid))
        for path, what, value in found:
            slug = f"{kind}-{slug_of(path)}-{slug_of((what,))}"
            book.refuse(
                slug, kind, f"{named(path)}: {what}", given(kind, changed(valid, path, value)), "MalformedMessage"
            )
    return book


Fault = tuple[Path, str, Json]


def _of_object(shape: dict[str, Json], value: Json, path: Path, done: _Done) -> Iterator[Fault]:
    """(path, what is wrong, the wrong value) for each field."""
    if not done.first_time(shape):
        return
    yield (*path, "additional"), "added", 1
    for name, kind in shape.items():
        here = (*path, name)
        yield here, "left out", LEFT_OUT
        if kind[0] != "or-null":
            yield here, "null", None
        yield here, *_ANOTHER_TYPE[type(value[name])]
        yield from _of_value(kind, value[name], here, done)


def _of_value(kind: Json, value: Json, path: Path, done: _Done) -> Iterator[Fault]:
    if isinstance(kind, str):
        alike = [fault for fault in WRONG[kind] if type(fault[1]) is type(value)]
        if alike and isinstance(value, str):
            alike = [alike[next(done.turns[kind]) % len(alike)]]
        yield from ((path, what, wrong) for what, wrong in alike)
    elif kind[0] == "or-null":
        yield from _of_value(kind[1], value, path, done)
    elif kind[0] == "object":
        yield from _of_object(kind[1], value, path, done)
    elif kind[0] == "one-of":
        yield path, "another constant", "another"
    elif kind[0] in ("list", "mixed"):
        yield from _of_list(kind, value, path, done)


def _of_list(kind: Json, value: Json, path: Path, done: _Done) -> Iterator[Fault]:
    _, inner, least, most = kind
    if least:
        yield path, f"fewer than {least}", value[: least - 1]
    if most is not None:
        member = brief(inner if kind[0] == "list" else ("object", inner[0]))
        yield path, f"more than {most}", [member] * (most + 1)
    yield (*path, 0), "null", None
    yield (*path, 0), *_ANOTHER_TYPE[type(value[0])]
    if kind[0] == "list":
        yield from _of_value(inner, value[0], (*path, 0), done)
        return
    for at, shape in enumerate(inner):
        yield from _of_object(shape, value[at], (*path, at), done)


def _empty(handed: Book, bodies: Book) -> None:
    """Lists that may be empty."""
    for book, kind, path in (
        (handed, "roll-draft", ("voters",)),
        (handed, "faults", ("faults",)),
        (handed, "rehearsal", ("shares",)),
        (bodies, "notices", ("notices",)),
        (bodies, "hashes", ("hashes",)),
        (bodies, "evidence", ("votes",)),
    ):
        valid = example(("object", (HANDED | BODIES)[kind]))
        book.accept(f"{kind}-none", f"{path[0]}: none", given(kind, changed(valid, path, [])), base=kind)
