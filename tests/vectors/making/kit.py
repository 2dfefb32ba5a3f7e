"""How vectors are collected, and where their randomness comes from."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = Any
_SEED = b"valik test vectors, first edition"


class Draw:
    """Randomness that is the same every time: SHAKE256 of a fixed seed, a label and a counter. For vectors only."""

    def __init__(self, label: str) -> None:
        self._label = label.encode()
        self._counter = 0

    def octets(self, length: int) -> bytes:
        """The next `length` bytes."""
        self._counter += 1
        asked = b"%s/%s/%d" % (_SEED, self._label, self._counter)
        return hashlib.shake_256(asked).digest(length)

    def below(self, bound: int) -> int:
        """The next integer in [0, bound)."""
        return int.from_bytes(self.octets((bound.bit_length() + 135) // 8), "big") % bound


@dataclass(slots=True)
class Book:
    """One file of vectors: all of one operation, with what they share."""

    name: str
    operation: str
    spec: str
    about: str
    shared: dict[str, Json] = field(default_factory=dict)
    vectors: list[dict[str, Json]] = field(default_factory=list)

    def accept(
        self, slug: str, what: str, given: dict[str, Json], output: Json = None, *, base: str | None = None
    ) -> None:
        """A vector that must pass; `output` is what the operation then gives, if it gives anything."""
        vector = self._vector(slug, base, what, given, "accept")
        if output is not None:
            vector["output"] = output
        self.vectors.append(vector)

    def refuse(
        self,
        slug: str,
        base: str | None,
        what: str,
        given: dict[str, Json],
        error: str,
        check: str | None = None,
        output: Json = None,
    ) -> None:
        """A vector that must fail with this class of error, and by this check where the protocol has one for it."""
        expect = {"error": error} | ({"check": check} if check else {})
        vector = self._vector(slug, base, what, given, expect)
        if output is not None:
            vector["output"] = output
        self.vectors.append(vector)

    def given(self, slug: str) -> dict[str, Json]:
        """A copy of a vector's input, to be changed."""
        (found,) = (vector for vector in self.vectors if vector["id"] == self._id(slug))
        return copy.deepcopy(found["input"])

    def text(self) -> str:
        """The file: JSON with one line for each vector, so that a change shows as the vector it changes."""
        head = {
            "operation": self.operation,
            "spec": self.spec,
            "about": self.about,
            "shared": self.shared,
        }
        lines = [f"{_dump(name)}: {_dump(value)}" for name, value in head.items()]
        vectors = ",\n".join(map(_dump, self.vectors))
        return "{\n" + ",\n".join(lines) + f',\n"vectors": [\n{vectors}\n]\n}}\n'

    def _vector(
        self, slug: str, base: str | None, what: str, given: dict[str, Json], expect: Json
    ) -> dict[str, Json]:
        return {
            "id": self._id(slug),
            "base": None if base is None else self._id(base),
            "what": what,
            "input": copy.deepcopy(given),
            "expect": expect,
        }

    def _id(self, slug: str) -> str:
        return f"{self.name}/{slug}"


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def frame(tag: str, *items: Json) -> bytes:
    """Spec 2.3 written down a second time, so that the hashes here do not come from the code under test."""
    return b"".join(map(_framed, (f"valik/v1/{tag}".encode(), *items)))


def sha256_of(tag: str, *items: Json) -> bytes:
    """H of spec 2.4."""
    return hashlib.sha256(frame(tag, *items)).digest()


def u64(value: int) -> bytes:
    """A counter or index in a hash input."""
    return value.to_bytes(8, "big")


def _framed(item: Json) -> bytes:
    if isinstance(item, bytes):
        return len(item).to_bytes(8, "big") + item
    return len(item).to_bytes(8, "big") + b"".join(map(_framed, item))


def padded(text: str) -> str:
    """Base64url with the padding that the protocol leaves out."""
    return text + "=" * (-len(text) % 4 or 4)


def with_trailing_bit(text: str) -> str:
    """Base64url with its last unused bit set; the length of the data must not be a multiple of 3."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]
