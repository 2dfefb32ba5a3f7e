"""Vectors for batches of membership proofs: one verdict on many, then who is bad (spec 4.4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from tests.vectors.making import toy
from tests.vectors.making.kit import Book

_GOOD = (
    "membership-single/valid",
    "membership-single/second",
    "membership-vector/valid",
    "membership-single/sign-one",
)


def books() -> list[Book]:
    book = Book(
        "batches",
        "verify-batch",
        "4.4",
        "`members` name vectors of membership-single and membership-vector; a batch takes their inputs in this order. "
        "Of a batch that C11 refuses, `output` are the positions of the bad ones. The weights are the verifier's own.",
        toy.public_key(),
    )
    good = [
        ("empty", "an empty batch", []),
        ("one", "a batch of one", _GOOD[:1]),
        ("mixed", "two contests and a flipped sign", _GOOD),
        ("twice", "the same ballot twice: a batch does not look at that", _GOOD[:1] * 2),
        ("signs", "flipped signs, of which a batch on unsquared equations would accept half",
         [f"membership-single/sign-{name}" for name in ("one", "two", "all", "commitments")]),
    ]  # fmt: skip
    for slug, what, members in good:
        book.accept(slug, what, {"members": list(members)})
    bad = [
        ("first", "the first is bad", ["membership-single/response-changed", *_GOOD], [0]),
        ("last", "the last is bad", [*_GOOD, "membership-vector/three"], [4]),
        ("two", "two are bad",
         [_GOOD[0], "membership-single/overvote", _GOOD[1], _GOOD[2], "membership-single/other-header"], [1, 4]),
        ("all", "all are bad", ["membership-single/overvote", "membership-single/negative"], [0, 1]),
        ("cancelling-branches", "errors that cancel if a ballot, not a branch, has a weight",
         ["membership-single/errors-cancel", _GOOD[0]], [0]),
        ("same-error-twice", "one error in two copies", ["membership-single/error-g"] * 2, [0, 1]),
        ("alone", "a batch of one bad proof", ["membership-single/swapped-responses"], [0]),
        ("vector", "one statement of a vector ballot is bad", [_GOOD[2], "membership-vector/double"], [1]),
    ]  # fmt: skip
    for slug, what, chosen, invalid in bad:
        book.refuse(slug, "mixed", what, {"members": list(chosen)}, "CryptoError", "C11", invalid)
    poisoned = [
        (
            "poison",
            "a zero, which would make every batch pass",
            ["membership-single/overvote", "membership-single/poison"],
        ),
        ("multiple-of-p", "a multiple of p", [*_GOOD, "membership-single/commitment-multiple-of-p"]),
        ("malformed", "a padded response", [_GOOD[0], "membership-single/response-padded"]),
        ("missing", "a missing proof", [_GOOD[0], "membership-vector/no-total"]),
    ]
    for slug, what, chosen in poisoned:
        book.refuse(slug, "mixed", what, {"members": list(chosen)}, "CryptoError", "C10")
    return [book]
