"""Vectors for the verification code (spec 10.1) and the merging rule (spec 11.4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import base64

from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Json

_DATA = toy.FINGERPRINT[:8] + toy.SALT[:16] + toy.SEED


def books() -> list[Book]:
    return [codes(), merging()]


def codes() -> Book:
    book = Book("verification-codes", "verification-code-decode", "10.1", "The text of a QR code; `output` in hex.")
    good = _code(_DATA)
    book.accept("valid", "a code", {"text": good}, _read(_DATA))
    book.accept("zeros", "a code of zeros", {"text": _code(bytes(56))}, _read(bytes(56)))
    for slug, what, text in (
        ("small", "in small letters", good.lower()),
        ("small-prefix", "the prefix in small letters", good.replace("VALIK", "valik")),
        ("version", "another version", good.replace("VALIK1", "VALIK2")),
        ("no-prefix", "no prefix", good.partition(":")[2]),
        ("address", "an address in its place", "HTTPS://COLLECTOR.EXAMPLE/" + good.partition(":")[2]),
        ("padded", "padded", good + "======"),
        ("short", "55 bytes", _code(_DATA[:-1])),
        ("long", "57 bytes", _code(_DATA + b"\0")),
        ("cut", "a character missing", good[:-1]),
        ("trailing", "an unused bit set", good[:-1] + _next(good[-1])),
        ("digit-1", "a character that base32 does not have", good[:-1] + "1"),
        ("space", "a space in it", good[:40] + " " + good[40:]),
        ("newline", "a newline after it", good + "\n"),
        ("beyond-ascii", "a letter beyond ASCII", good[:-1] + "Õ"),
        ("empty", "nothing", ""),
        ("prefix", "the prefix alone", "VALIK1:"),
    ):
        book.refuse(slug, "valid", what, {"text": text}, "MalformedMessage")
    return book


def _code(data: bytes) -> str:
    return "VALIK1:" + base64.b32encode(data).decode().rstrip("=")


def _read(data: bytes) -> dict[str, str]:
    return {"fingerprint_prefix": data[:8].hex(), "vote_id": data[8:24].hex(), "seed": data[24:].hex()}


def _next(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return alphabet[alphabet.index(character) | 1]


def merging() -> Book:
    book = Book(
        "merging",
        "merge",
        "11.4",
        "Units in manifest order as [id, parent, has the contest], counted ballots by unit, and the minimum; `output` the "
        "pools as [holder, units, ballots]. `opened` in the output: whether the pool reaches the minimum.",
    )
    flat: Json = [["root", None, True], ["a", "root", True], ["b", "root", True], ["c", "root", True]]
    deep: Json = [
        ["root", None, True], ["east", "root", True], ["west", "root", True],
        ["e1", "east", True], ["e2", "east", True], ["w1", "west", True], ["w2", "west", True],
    ]  # fmt: skip
    gap: Json = [["root", None, True], ["east", "root", False], ["e1", "east", True], ["e2", "east", True]]
    leaf: Json = [["root", None, False], ["a", "root", True], ["b", "root", False]]
    for slug, what, units, ballots, pools in (
        ("example-1", "the first example of the specification", flat, {"a": 19, "b": 19, "c": 2},
         [["root", ["a", "c"], 21, True], ["b", ["b"], 19, True]]),
        ("example-2", "the second example of the specification", flat, {"a": 3, "c": 1}, [["root", ["a", "c"], 4, False]]),
        ("nobody", "nobody voted", flat, {}, []),
        ("enough", "all have enough", flat, {"root": 5, "a": 5, "b": 6, "c": 7},
         [["root", ["root"], 5, True], ["a", ["a"], 5, True], ["b", ["b"], 6, True], ["c", ["c"], 7, True]]),
        ("one-below", "one ballot below the minimum", flat, {"a": 4, "b": 5, "c": 6},
         [["root", ["a", "b"], 9, True], ["c", ["c"], 6, True]]),
        ("smallest-first", "the smallest pool below is taken, not the first", flat, {"root": 1, "a": 9, "b": 7, "c": 8},
         [["root", ["root", "b"], 8, True], ["a", ["a"], 9, True], ["c", ["c"], 8, True]]),
        ("tie", "of two smallest, the first in manifest order", flat, {"root": 1, "a": 9, "b": 7, "c": 7},
         [["root", ["root", "b"], 8, True], ["a", ["a"], 9, True], ["c", ["c"], 7, True]]),
        ("handed-up", "leaves that are too small gather above", flat, {"a": 2, "b": 2, "c": 2},
         [["root", ["a", "b", "c"], 6, True]]),
        ("too-few", "four ballots in all", flat, {"a": 1, "b": 1, "c": 2}, [["root", ["a", "b", "c"], 4, False]]),
        ("alone", "one ballot in all", flat, {"b": 1}, [["root", ["b"], 1, False]]),
        ("two-levels", "a district takes its village", deep, {"e1": 2, "e2": 9, "w1": 6, "w2": 6},
         [["east", ["e1", "e2"], 11, True], ["w1", ["w1"], 6, True], ["w2", ["w2"], 6, True]]),
        ("grandchild", "the root takes a grandchild's pool, the smallest anywhere below", deep,
         {"root": 1, "east": 8, "west": 9, "e1": 6, "w2": 7},
         [["root", ["root", "e1"], 7, True], ["east", ["east"], 8, True], ["west", ["west"], 9, True], ["w2", ["w2"], 7, True]]),
        ("taken-pool", "a pool that took others is taken with all of them", deep, {"root": 2, "e1": 2, "e2": 3, "w1": 8},
         [["root", ["root", "e1", "e2"], 7, True], ["w1", ["w1"], 8, True]]),
        ("gap", "a level without the contest is passed over", gap, {"e1": 2, "e2": 6}, [["root", ["e1", "e2"], 8, True]]),
        ("no-holder-above", "nobody above has the contest", leaf, {"a": 3}, [["a", ["a"], 3, False]]),
    ):  # fmt: skip
        given = {"units": units, "ballots": ballots, "minimum": 5}
        output = [dict(zip(("holder", "units", "ballots", "opened"), pool, strict=True)) for pool in pools]
        book.accept(slug, what, given, output)
    return book
