"""Vectors for what a log posts to a witness (spec 15.5, C2SP tlog-witness); form only."""

from __future__ import annotations

import base64
from hashlib import sha256

from tests.vectors.making.checkpoints import body, log_line
from tests.vectors.making.kit import Book, Json

_STEPS = [sha256(bytes([i])).digest() for i in range(3)]


def books() -> list[Book]:
    book = Book(
        "submissions",
        "submission-decode",
        "15.5",
        "The text that a log posts to a witness; `output`: the old size, the consistency proof in hex, and the "
        "checkpoint. Only its own form is judged, not the checkpoint's.",
    )
    note = body() + "\n" + log_line(body())
    for slug, what, old, steps in (
        ("first", "nothing before, so no proof", 0, []),
        ("valid", "a proof of three hashes", 1, _STEPS),
        ("sixty-three", "a proof of 63 hashes", 1, _STEPS * 21),
        ("largest", "the largest size", 2**63 - 1, _STEPS[:1]),
    ):
        output = {"old": old, "proof": [step.hex() for step in steps], "note": note}
        book.accept(slug, what, {"text": _text(f"old {old}", list(map(_base64, steps)), note)}, output)
    _bad_sizes(book, note)
    _bad_proofs(book, note)
    return [book]


def _bad_sizes(book: Book, note: str) -> None:
    for slug, what, line in (
        ("size-missing", "no old size", "old"),
        ("size-alone", "the number alone", "1"),
        ("size-negative", "a negative size", "old -1"),
        ("size-plus", "a sign before the size", "old +1"),
        ("size-zero", "a leading zero", "old 01"),
        ("size-2-63", "a size of 2^63", f"old {2**63}"),
        ("size-hex", "a size in hex", "old 0x1"),
        ("size-spaces", "two spaces", "old  1"),
        ("size-space-after", "a space after it", "old 1 "),
        ("size-capital", "a capital", "Old 1"),
        ("size-digits", "digits beyond ASCII", "old \u0661"),
        ("size-return", "a line that ends as on Windows", "old 1\r"),
    ):
        text = _text(line, list(map(_base64, _STEPS)), note)
        book.refuse(slug, "valid", what, {"text": text}, "EncodingError")


def _bad_proofs(book: Book, note: str) -> None:
    good = list(map(_base64, _STEPS))
    for slug, what, steps in (
        ("proof-64", "64 hashes", good * 21 + good[:1]),
        ("proof-short", "a hash of 31 bytes", [_base64(_STEPS[0][1:]), *good[1:]]),
        ("proof-long", "a hash of 33 bytes", [_base64(_STEPS[0] + b"\0"), *good[1:]]),
        ("proof-hex", "a hash in hex", [_STEPS[0].hex(), *good[1:]]),
        ("proof-unpadded", "a hash without padding", [good[0].rstrip("="), *good[1:]]),
        ("proof-url", "base64url", [_base64(b"\xff" * 32).replace("/", "_"), *good[1:]]),
        ("proof-trailing", "an unused bit set", [_base64(bytes(32))[:-2] + "B=", *good[1:]]),
        ("proof-space", "a space before a hash", [" " + good[0], *good[1:]]),
        ("proof-joined", "two hashes in one line", [good[0] + " " + good[1], good[2]]),
    ):
        book.refuse(slug, "valid", what, {"text": _text("old 1", steps, note)}, "EncodingError")
    text = _text("old 1", good, note)
    for slug, what, wrong in (
        ("no-empty-line", "no empty line before the checkpoint", "\n".join(["old 1", *good, ""]) + body()),
        ("empty-line-first", "an empty line before the old size", "\n\n" + text),
        ("alone", "the old size and nothing more", "old 1\n"),
        ("empty", "no bytes", ""),
    ):
        book.refuse(slug, "valid", what, {"text": wrong}, "EncodingError")


def _text(first: str, steps: list[str], note: str) -> Json:
    return "\n".join([first, *steps]) + "\n\n" + note


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
