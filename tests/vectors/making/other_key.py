"""Vectors under a second modulus, 3 of 5: what was tried on the first key alone may hard-wire it (spec 3.1, 4.3, 5.6–5.8)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from collections.abc import Callable

import phe

from common.crypto import threshold
from common.crypto.dealing import deal_from_primes
from common.encoding.octets import int_from_base64url, int_to_base64url
from tests.vectors.making import opening, toy
from tests.vectors.making.kit import Book, Draw, Json, sha256_of, u64
from tests.vectors.making.prover import HONEST, Tricks, encrypt, single, vector

_KEY, _N, _N2 = toy.SECOND, toy.SECOND.n, toy.SECOND.n2
_THRESHOLD, _PLAYERS = 3, 5
_DEALING = deal_from_primes(_KEY.p, _KEY.q, _THRESHOLD, _PLAYERS, random_below=Draw("other dealing").below)
_PLAINTEXT = 3 + (5 << 10)
_R = 1 + Draw("other aggregate").below(_N - 1)
_AGGREGATE = encrypt(_PLAINTEXT, _R, _KEY)
_CONTEXT = sha256_of("tally", toy.FINGERPRINT, toy.FINAL_ROOT, b"council", b"south", u64(2))


def books() -> list[Book]:
    return [_encryption(), _membership(), _keys(), _shares(), _combining(), _openings()]


def _public() -> dict[str, Json]:
    return toy.public_key(_KEY)


def _dealt() -> dict[str, Json]:
    keys = list(map(toy.value, _DEALING.verification_keys))
    return _public() | {"threshold": _THRESHOLD, "base": toy.value(_DEALING.base), "verification_keys": keys}


def _encryption() -> Book:
    about = "As `paillier`, under another modulus."
    book = Book("other-key-paillier", "encrypt", "3.1", about, _public())
    oracle, r = phe.PaillierPublicKey(_N), 1 + Draw("other encryption").below(_N - 1)
    for slug, what, m, randomness in (
        ("one", "one", 1, r),
        ("largest", "the largest plaintext, n - 1", _N - 1, r),
        ("first-modulus", "the first key's modulus as a plaintext: it is smaller", toy.N, r),
        ("first-factor", "randomness p of the first key: coprime to this n", 1, toy.P),
    ):
        output = toy.element(oracle.raw_encrypt(m, r_value=randomness))
        book.accept(slug, what, {"plaintext": str(m), "randomness": str(randomness)}, output)
    for slug, what, m, randomness in (
        ("plaintext-n", "plaintext n", _N, r),
        ("randomness-n", "randomness n", 1, _N),
        ("randomness-p", "randomness p", 1, _KEY.p),
        ("randomness-q", "randomness q", 1, _KEY.q),
    ):
        given = {"plaintext": str(m), "randomness": str(randomness)}
        book.refuse(slug, "one", what, given, "CryptoError")
    return book


def _membership() -> Book:
    about = "As `membership-single` and `membership-vector`, under another modulus. C10 comes first."
    book = Book("other-key-membership", "verify-membership", "4.3", about, _public())
    draw = Draw("other membership")
    book.accept("valid", "a vote for option 1", single(draw, toy.MAYOR, 1, key=_KEY))
    book.accept("vector", "two of three approved", vector(draw, toy.COUNCIL, [0, 1, 1], key=_KEY))
    flipped = _changed(book, "response", lambda z: _N - z)
    book.accept("sign", "z replaced by n - z: valid", flipped, base="valid")
    for slug, what, how, plaintext in (
        ("overvote", "two votes in one", Tricks(claimed=1), 2),
        ("negative", "a negative vote: n - 1", Tricks(claimed=1), _N - 1),
        ("first-n", "the first key's modulus hashed for this one", Tricks(n=toy.N), None),
        ("hash-without-header", "the challenge does not depend on the true header", Tricks(header=bytes(32)), None),
        ("hash-without-u", "the challenge does not depend on the true u", Tricks(u=0), None),
    ):
        given = single(draw, toy.MAYOR, 0, how, plaintext, _KEY)
        book.refuse(slug, "valid", what, given, "CryptoError", "C11")
    tricks = [HONEST] * 3 + [Tricks(claimed=2)]
    book.refuse("three", "vector", "three approved where two are allowed",
                vector(draw, toy.COUNCIL, [1, 1, 1], tricks, key=_KEY), "CryptoError", "C11")  # fmt: skip
    first = single(draw, toy.MAYOR, 1)
    book.refuse("first-key", "valid", "a vote that is good under the first key", first, "CryptoError", "C11")
    changes: tuple[tuple[str, str, str, Callable[[int], int], str], ...] = (
        ("response-changed", "a response doubled", "response", lambda z: 2 * z % _N, "C11"),
        (
            "response-first-sign",
            "a sign flipped mod the first key's n",
            "response",
            lambda z: (toy.N - z) % _N,
            "C11",
        ),
        ("commitment-changed", "a commitment doubled", "commitment", lambda a: 2 * a % _N2, "C11"),
        ("challenge-changed", "a bit of a challenge", "challenge", lambda e: e ^ 1, "C11"),
        ("response-n", "a response n", "response", lambda _z: _N, "C10"),
        ("response-p", "a response p", "response", lambda _z: _KEY.p, "C10"),
        ("commitment-n2", "a commitment n²", "commitment", lambda _a: _N2, "C10"),
        ("commitment-q", "a commitment q", "commitment", lambda _a: _KEY.q, "C10"),
    )
    for slug, what, field, change, check in changes:
        book.refuse(slug, "valid", what, _changed(book, field, change), "CryptoError", check)
    return book


def _changed(book: Book, field: str, change: Callable[[int], int]) -> dict[str, Json]:
    """The valid vote with one number of its first branch changed."""
    given = book.given("valid")
    branch = given["proofs"][0][0]
    length = {"commitment": toy.ELEMENT, "challenge": toy.CHALLENGE, "response": toy.VALUE}[field]
    branch[field] = int_to_base64url(change(int_from_base64url(branch[field], length)), length)
    return given


def _keys() -> Book:
    about = "As `verification-keys`, under another modulus, 3 of 5."
    book = Book("other-key-verification-keys", "verify-verification-keys", "5.5", about, _public())
    keys, v = _DEALING.verification_keys, _DEALING.base
    book.accept("valid", "3 of 5", _material(v, 3, keys))
    some: tuple[tuple[str, str, int, int, tuple[int, ...]], ...] = (
        ("swapped", "the last two keys swapped", v, 3, (*keys[:3], keys[4], keys[3])),
        ("first", "the first key squared", v, 3, (keys[0] ** 2 % _N, *keys[1:])),
        ("last", "the last key squared", v, 3, (*keys[:4], keys[4] ** 2 % _N)),
        ("first-base", "the base of the first key", toy.DEALING.base, 3, keys),
        ("first-keys", "the keys of the first key", v, 2, toy.DEALING.verification_keys),
        ("threshold-2", "a threshold below the polynomial's", v, 2, keys),
        ("key-p", "a key p", v, 3, (_KEY.p, *keys[1:])),
        ("key-n", "a key n", v, 3, (*keys[:4], _N)),
    )
    for slug, what, base, least, chosen in some:
        book.refuse(slug, "valid", what, _material(base, least, chosen), "CryptoError", "K4")
    return book


def _material(base: int, least: int, keys: tuple[int, ...]) -> dict[str, Json]:
    return {"threshold": least, "base": toy.value(base), "verification_keys": list(map(toy.value, keys))}


def _share(trustee: int, target: int = _AGGREGATE) -> dict[str, Json]:
    x_i, c, z = threshold.make_share(
        _N,
        _PLAYERS,
        _DEALING.base,
        _DEALING.verification_keys[trustee - 1],
        _DEALING.shares[trustee - 1],
        trustee,
        target,
        _CONTEXT,
        random_below=Draw(f"other share {trustee} {target}").below,
    )
    numbers = {"value": toy.value(x_i), "challenge": toy.challenge(c)}
    return {"trustee": trustee} | numbers | {"response": int_to_base64url(z, toy.RESPONSE)}


def _shares() -> Book:
    about = "As `shares`, under another modulus, 3 of 5."
    book = Book("other-key-shares", "verify-share", "5.6", about, _dealt())
    target = toy.element(_AGGREGATE)
    for trustee in (1, 5):
        given = {"share": _share(trustee), "target": target, "context": _CONTEXT.hex()}
        book.accept(f"trustee-{trustee}", "a good share of an aggregate", given)
    good = book.given("trustee-5")
    x_i = int_from_base64url(good["share"]["value"], toy.VALUE)
    first = {"share": opening.share(1), "target": toy.element(opening.AGGREGATE), "context": opening.CONTEXT.hex()}
    for slug, what, given in (
        ("as-trustee-4", "trustee 5's share as trustee 4's", _with_share(good, trustee=4)),
        ("as-trustee-6", "as that of a trustee who is not there", _with_share(good, trustee=6)),
        ("value-sign", "its sign flipped by somebody else", _with_share(good, value=toy.value(_N - x_i))),
        ("value-n", "the value n", _with_share(good, value=toy.value(_N))),
        ("value-p", "the value p", _with_share(good, value=toy.value(_KEY.p))),
        ("challenge-0", "the challenge 0", _with_share(good, challenge=toy.challenge(0))),
        ("response-0", "the response 0", _with_share(good, response=int_to_base64url(0, toy.RESPONSE))),
        ("other-target", "another aggregate", good | {"target": toy.element(encrypt(1, _R + 1, _KEY))}),
        ("target-n2", "a target n²", good | {"target": toy.element(_N2)}),
        ("other-context", "another context", good | {"context": bytes(32).hex()}),
        ("first-key", "a share that is good under the first key", first),
    ):
        book.refuse(slug, "trustee-5", what, given, "CryptoError", "T3")
    return book


def _with_share(given: dict[str, Json], **changes: Json) -> dict[str, Json]:
    return given | {"share": given["share"] | changes}


def _combining() -> Book:
    about = "As `combining`, under another modulus: exactly 3 shares of 5."
    book = Book("other-key-combining", "combine", "5.7", about, _dealt())
    made = {trustee: _share(trustee) for trustee in range(1, 6)}
    target = toy.element(_AGGREGATE)
    for chosen in ((1, 2, 3), (1, 3, 5), (5, 4, 2)):
        given = {"aggregate": target, "shares": [made[trustee] for trustee in chosen]}
        slug = "trustees-" + "-".join(map(str, chosen))
        book.accept(slug, f"trustees {chosen}", given, _opening(_PLAINTEXT, _R))
    other = _share(5, encrypt(1, _R + 1, _KEY))
    for slug, what, shares in (
        ("two", "two shares where three are due", [made[1], made[3]]),
        ("four", "four shares", [made[1], made[2], made[3], made[5]]),
        ("twice", "one trustee twice", [made[1], made[3], made[3]]),
        ("other-aggregate", "a share of another aggregate", [made[1], made[3], other]),
        ("renamed", "a share under another trustee's number", [made[1], made[3], made[5] | {"trustee": 4}]),
        ("value-n", "a share n", [made[1], made[3], made[5] | {"value": toy.value(_N)}]),
    ):
        book.refuse(slug, "trustees-1-3-5", what, {"aggregate": target, "shares": shares}, "CryptoError")
    return book


def _openings() -> Book:
    about = "As `openings`, under another modulus."
    book = Book("other-key-openings", "verify-opening", "5.8", about, _public())
    good: dict[str, Json] = {"aggregate": toy.element(_AGGREGATE), "opening": _opening(_PLAINTEXT, _R)}
    book.accept("valid", "the opening of an aggregate", good, str(_PLAINTEXT))
    largest = {"aggregate": toy.element(encrypt(_N - 1, _R, _KEY)), "opening": _opening(_N - 1, _R)}
    book.accept("largest", "the largest plaintext", largest, str(_N - 1))
    for slug, what, changed in (
        ("plaintext-plus-1", "a vote more", _opening(_PLAINTEXT + 1, _R)),
        ("plaintext-moved", "a vote moved to another option", _opening(4 + (4 << 10), _R)),
        ("plaintext-n", "the plaintext n", _opening(_N, _R)),
        ("randomness-changed", "another randomness", _opening(_PLAINTEXT, _R + 1)),
        ("randomness-negated", "the randomness with its sign flipped", _opening(_PLAINTEXT, _N - _R)),
        ("randomness-0", "randomness 0", _opening(_PLAINTEXT, 0)),
        ("randomness-n", "randomness n", _opening(_PLAINTEXT, _N)),
        ("randomness-p", "randomness p", _opening(_PLAINTEXT, _KEY.p)),
    ):
        book.refuse(slug, "valid", what, good | {"opening": changed}, "CryptoError", "T4")
    for slug, what, number in (
        ("first-key", "the same opening's ciphertext under the first key", encrypt(_PLAINTEXT, _R % toy.N)),
        ("negated-aggregate", "the aggregate with its sign flipped", _N2 - _AGGREGATE),
        ("aggregate-n2", "the aggregate n²", _N2),
    ):
        book.refuse(slug, "valid", what, good | {"aggregate": toy.element(number)}, "CryptoError", "T4")
    return book


def _opening(plaintext: int, randomness: int) -> dict[str, Json]:
    return {"plaintext": toy.value(plaintext), "randomness": toy.value(randomness)}
