"""Vectors for the key proof, each part failing, and for verification keys (spec 5.5, checks K3 and K4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from common.crypto.keyproof import prove_two_primes, rehearsal_values, two_prime_values
from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Draw, Json, padded, with_trailing_bit

_PRIME = (1 << 511) + 111
"""A prime of 512 bits."""


def books() -> list[Book]:
    return [key_proofs(), verification_keys()]


def key_proofs() -> Book:
    book = Book(
        "key-proofs",
        "verify-key-proof",
        "5.5",
        "A modulus and its proof. For a modulus that part 1 refuses there are no proper values of the other parts: of each one number stands there.",
        toy.public_key() | {"bits": 512},
    )
    d = pow(toy.N, -1, (toy.P // 2) * (toy.Q // 2) * 4)
    roots = [pow(value, d, toy.N) for value in rehearsal_values(toy.N)]
    squares = list(prove_two_primes(toy.P, toy.Q))
    book.accept("valid", "the toy key's proof", _proof(toy.N, roots, squares))
    _square_signs(book, roots, squares)
    _part_1(book, roots, squares)
    _part_2(book, roots, squares)
    _part_3(book, roots, squares)
    return book


def _square_signs(book: Book, roots: list[int], squares: list[int]) -> None:
    other = [toy.N - squares[0], *squares[1:]]
    book.accept("other-square-root", "another of the four square roots: a verifier cannot tell", _proof(toy.N, roots, other),
                base="valid")  # fmt: skip


def _part_1(book: Book, roots: list[int], squares: list[int]) -> None:
    short, even = (1 << 510) + 1, toy.N - 1
    small = _odd_multiple(65521)
    for slug, what, n in (
        ("part-1-short", "a modulus of 511 bits", short),
        ("part-1-even", "an even modulus", even),
        ("part-1-small-factor", "a modulus with the prime factor 65521, the largest below 2^16", small),
        ("part-1-three", "a multiple of 3", _odd_multiple(3)),
        ("part-1-prime", "a prime modulus", _PRIME),
    ):
        brief = _proof(n, roots[:1], squares[:1])
        book.refuse(
            slug,
            "valid",
            f"part 1: {what}",
            brief,
            "CryptoError",
            "K3",
        )


def _odd_multiple(factor: int) -> int:
    """An odd number of 512 bits that `factor` divides."""
    cofactor = (1 << 511) // factor + 2
    return factor * (cofactor | 1)


def _part_2(book: Book, roots: list[int], squares: list[int]) -> None:
    for slug, what, wrong in (
        ("part-2-missing", "a root left out", roots[:15]),
        ("part-2-swapped", "two roots swapped", [roots[1], roots[0], *roots[2:]]),
        ("part-2-changed", "the last root doubled", [*roots[:15], 2 * roots[15] % toy.N]),
        (
            "part-2-negated",
            "a root's sign flipped: n is odd, so it is a root of the negative",
            [toy.N - roots[0], *roots[1:]],
        ),
        ("part-2-zero", "a root 0", [0, *roots[1:]]),
        ("part-2-range", "a root n + 1", [toy.N + 1, *roots[1:]]),
    ):
        book.refuse(slug, "valid", f"part 2: {what}", _proof(toy.N, wrong, squares), "CryptoError", "K3")
    given = book.given("valid")
    given["nth_roots"][3] = padded(given["nth_roots"][3])
    book.refuse("part-2-padded", "valid", "part 2: a root padded", given, "CryptoError", "K3")


def _part_3(book: Book, roots: list[int], squares: list[int]) -> None:
    value = two_prime_values(toy.N)[255]
    for slug, what, wrong in (
        ("part-3-missing", "a square root left out", squares[:255]),
        ("part-3-changed", "the last one is the value itself", [*squares[:255], value]),
        ("part-3-zero", "a square root 0", [0, *squares[1:]]),
        ("part-3-range", "a square root n", [toy.N, *squares[1:]]),
    ):
        book.refuse(slug, "valid", f"part 3: {what}", _proof(toy.N, roots, wrong), "CryptoError", "K3")
    given = book.given("valid")
    given["square_roots"][7] = with_trailing_bit(given["square_roots"][7])
    book.refuse("part-3-trailing", "valid", "part 3: an unused bit set in a square root", given, "CryptoError", "K3")


def _proof(n: int, roots: list[int], squares: list[int]) -> dict[str, Json]:
    return {
        "n": toy.value(n),
        "nth_roots": list(map(toy.value, roots)),
        "square_roots": list(map(toy.value, squares)),
    }


def verification_keys() -> Book:
    book = Book(
        "verification-keys", "verify-verification-keys", "5.5", "The public half of a dealt key.", toy.public_key()
    )
    keys, v = toy.DEALING.verification_keys, toy.DEALING.base
    book.accept("valid", "2 of 3", _material(v, 2, keys))
    signs = (toy.N - keys[0], *keys[1:])
    book.accept("sign", "a key with its sign flipped: passes K4; its own trustee refuses it on receipt", _material(v, 2, signs),
                base="valid")  # fmt: skip
    book.accept("two-of-two", "a key left out: K4 sees two trustees; K2 compares their number with the manifest's",
                _material(v, 2, keys[:2]), base="valid")  # fmt: skip
    book.accept("degree-below", "a threshold of 3 for a polynomial of degree 1: K4 does not see it",
                _material(v, 3, keys), base="valid")  # fmt: skip
    number = 1 + Draw("verification key").below(toy.N - 1)
    some: list[tuple[str, str, int, int, tuple[int, ...]]] = [
        ("swapped", "two keys swapped", v, 2, (keys[1], keys[0], keys[2])),
        ("first", "the first key replaced", v, 2, (number * number % toy.N, *keys[1:])),
        ("last", "the last key replaced", v, 2, (*keys[:2], number * number % toy.N)),
        ("ones", "v = 1 and all keys 1", 1, 2, (1, 1, 1)),
        (
            "base",
            "another base, with the keys that belong to it",
            4,
            2,
            tuple(pow(4, s, toy.N) for s in toy.DEALING.shares),
        ),
        ("base-negated", "the base's sign flipped", toy.N - v, 2, keys),
        ("threshold-1", "a threshold of 1", v, 1, keys),
        ("threshold-4", "a threshold above the number of trustees", v, 4, keys),
        (
            "shares-of-zero",
            "keys that share another exponent",
            v,
            2,
            tuple(pow(v, s + 1, toy.N) for s in toy.DEALING.shares),
        ),
        ("key-0", "a key 0", v, 2, (0, *keys[1:])),
        ("key-p", "a key p", v, 2, (*keys[:2], toy.P)),
        ("key-n", "a key n", v, 2, (*keys[:2], toy.N)),
    ]
    for slug, what, base, threshold, chosen in some:
        book.refuse(slug, "valid", what, _material(base, threshold, chosen), "CryptoError", "K4")
    given = book.given("valid")
    given["base"] = padded(given["base"])
    book.refuse("base-padded", "valid", "the base padded", given, "CryptoError", "K4")
    return book


def _material(base: int, threshold: int, keys: tuple[int, ...]) -> dict[str, Json]:
    return {"threshold": threshold, "base": toy.value(base), "verification_keys": list(map(toy.value, keys))}
