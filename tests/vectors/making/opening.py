"""Vectors for trustees' shares, their combination, and openings (spec 5.6–5.8, checks T3 and T4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from itertools import combinations

from common.crypto import threshold
from common.encoding.octets import int_from_base64url, int_to_base64url
from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Draw, Json, padded, sha256_of, u64, with_trailing_bit
from tests.vectors.making.prover import encrypt

_PLAINTEXT = 2 + (1 << 10)
_R = 1 + Draw("aggregate").below(toy.N - 1)
AGGREGATE = encrypt(_PLAINTEXT, _R)
CONTEXT = sha256_of("tally", toy.FINGERPRINT, toy.FINAL_ROOT, b"mayor", b"north", u64(0))
_LENGTHS = {"value": toy.VALUE, "challenge": toy.CHALLENGE, "response": toy.RESPONSE}


def books() -> list[Book]:
    return [secrets(), shares(), combining(), openings()]


def share(trustee: int, target: int = AGGREGATE, context: bytes = CONTEXT) -> dict[str, Json]:
    """A trustee's good share of a ciphertext or rehearsal value."""
    x_i, c, z = threshold.make_share(
        toy.N,
        toy.PLAYERS,
        toy.DEALING.base,
        toy.DEALING.verification_keys[trustee - 1],
        toy.DEALING.shares[trustee - 1],
        trustee,
        target,
        context,
        random_below=Draw(f"share {trustee} {target} {context.hex()}").below,
    )
    return {
        "trustee": trustee,
        "value": toy.value(x_i),
        "challenge": toy.challenge(c),
        "response": int_to_base64url(z, toy.RESPONSE),
    }


def secrets() -> Book:
    book = Book(
        "secret-shares",
        "require-secret",
        "5.3",
        "What a trustee checks on receipt of its secret share. Real shares are nobody's business but the trustee's.",
        toy.threshold_key(),
    )
    for trustee in (1, 2, 3):
        book.accept(
            f"trustee-{trustee}",
            "a share and its verification key",
            _secret(trustee, toy.DEALING.shares[trustee - 1]),
        )
    secret = toy.DEALING.shares[0]
    order = (toy.P // 2) * (toy.Q // 2)
    for slug, what, trustee, number in (
        ("other-trustee", "another trustee's share", 2, secret),
        ("plus-one", "one too large", 1, secret + 1),
        ("zero", "zero", 1, 0),
        ("negative", "its negative modulo p'q'", 1, order - secret),
        ("too-large", "the share plus p'q', which is above n/4 but has the same powers", 1, secret + order),
        ("nobody", "a trustee who is not there", 4, secret),
        ("trustee-0", "trustee 0", 0, secret),
    ):
        book.refuse(slug, "trustee-1", what, _secret(trustee, number), "CryptoError")
    given = book.given("trustee-1")
    given["secret"] = padded(given["secret"])
    book.refuse("padded", "trustee-1", "in padded base64url", given, "CryptoError")
    return book


def _secret(trustee: int, number: int) -> dict[str, Json]:
    return {"trustee": trustee, "secret": toy.value(number)}


def shares() -> Book:
    book = Book(
        "shares",
        "verify-share",
        "5.6",
        "A share of an n-th root of `target` (an element mod n², or an integer mod n at the rehearsal) with its proof; "
        "`context` in hex.",
        toy.threshold_key(),
    )
    for trustee in (1, 2, 3):
        book.accept(f"trustee-{trustee}", "a good share of an aggregate", _given(share(trustee)))
    value = toy.KEY.rehearsal_values()[0]
    context = sha256_of("rehearsal", sha256_of("ceremony", b"{}", []), u64(0))
    rehearsal = share(1, int_from_base64url(value, toy.VALUE), context)
    book.accept(
        "rehearsal",
        "a good share of a rehearsal value",
        {"share": rehearsal, "target": value, "context": context.hex()},
    )
    _share_places(book, value, context)
    _share_numbers(book)
    _share_forms(book)
    return book


def _share_places(book: Book, value: str, context: bytes) -> None:
    """A share shown for something else than it was made for."""
    elsewhere = {
        "fingerprint": (toy.FINAL_ROOT, toy.FINAL_ROOT, b"mayor", b"north", u64(0)),
        "root": (toy.FINGERPRINT, toy.FINGERPRINT, b"mayor", b"north", u64(0)),
        "contest": (toy.FINGERPRINT, toy.FINAL_ROOT, b"council", b"north", u64(0)),
        "unit": (toy.FINGERPRINT, toy.FINAL_ROOT, b"mayor", b"south", u64(0)),
        "index": (toy.FINGERPRINT, toy.FINAL_ROOT, b"mayor", b"north", u64(1)),
    }
    good = book.given("trustee-1")
    for name, items in elsewhere.items():
        place = {"context": sha256_of("tally", *items).hex()}
        book.refuse(f"other-{name}", "trustee-1", f"the context of another {name}", good | place, "CryptoError", "T3")
    for slug, what, changes in (
        ("rehearsal-context", "a context of the rehearsal", {"context": context.hex()}),
        ("other-target", "another aggregate", {"target": toy.element(encrypt(_PLAINTEXT, _R + 1))}),
        ("rehearsal-target", "a rehearsal value for the aggregate", {"target": value}),
        ("target-0", "a target 0", {"target": toy.element(0)}),
        ("target-p", "a target p", {"target": toy.element(toy.P)}),
        ("target-n2", "a target n²", {"target": toy.element(toy.N2)}),
        ("target-n", "a target n, mod n", {"target": toy.value(toy.N)}),
        ("target-short", "a target of neither length", {"target": toy.value(1)[:-2]}),
    ):
        book.refuse(slug, "trustee-1", what, good | changes, "CryptoError", "T3")
    same = {"target": toy.element(encrypt(7, _R))}
    book.accept(
        "same-root", "another plaintext with the same randomness: the root is the same", good | same, base="trustee-1"
    )


def _share_numbers(book: Book) -> None:
    """Wrong trustees and wrong numbers."""
    for trustee in (0, 2, 4, -1):
        given = book.given("trustee-1")
        given["share"]["trustee"] = trustee
        book.refuse(
            f"as-trustee-{trustee}",
            "trustee-1",
            f"trustee 1's share as trustee {trustee}'s",
            given,
            "CryptoError",
            "T3",
        )
    good = book.given("trustee-1")["share"]
    x_i = int_from_base64url(good["value"], toy.VALUE)
    c, z = int_from_base64url(good["challenge"], toy.CHALLENGE), int_from_base64url(good["response"], toy.RESPONSE)
    order = (toy.P // 2) * (toy.Q // 2)
    for slug, what, field, number in (
        ("value-sign", "its sign flipped by somebody else", "value", toy.N - x_i),
        ("value-squared", "squared", "value", x_i * x_i % toy.N),
        ("value-1", "1", "value", 1),
        ("value-0", "0", "value", 0),
        ("value-n", "n", "value", toy.N),
        ("value-p", "p", "value", toy.P),
        ("value-largest", "above n", "value", (1 << 512) - 1),
        ("challenge-plus-1", "one too large", "challenge", c + 1),
        ("challenge-0", "0", "challenge", 0),
        ("response-plus-1", "one too large", "response", z + 1),
        ("response-0", "0", "response", 0),
        ("response-too-large", "2^(|n|+385) or more, with the same powers", "response",
         z + order * ((1 << 897) // order + 1)),
    ):  # fmt: skip
        given = book.given("trustee-1")
        given["share"][field] = int_to_base64url(number, _LENGTHS[field])
        book.refuse(slug, "trustee-1", f"the {field} is {what}", given, "CryptoError", "T3")
    given = book.given("trustee-1")
    given["share"]["response"] = int_to_base64url(z + order, toy.RESPONSE)
    book.accept("response-plus-order", "z + p'q': in range and with the same powers, so good; only the dealer can know it",
                given, base="trustee-1")  # fmt: skip


def _share_forms(book: Book) -> None:
    for field, length in _LENGTHS.items():
        good = book.given("trustee-1")["share"][field]
        spellings = {"padded": padded(good), "short": int_to_base64url(1, length - 1), "empty": ""}
        if length % 3:
            spellings["trailing"] = with_trailing_bit(good)
        for slug, text in spellings.items():
            given = book.given("trustee-1")
            given["share"][field] = text
            book.refuse(f"{field}-{slug}", "trustee-1", f"the {field} is {slug}", given, "CryptoError", "T3")


def _given(made: dict[str, Json]) -> dict[str, Json]:
    return {"share": made, "target": toy.element(AGGREGATE), "context": CONTEXT.hex()}


def combining() -> Book:
    book = Book(
        "combining",
        "combine",
        "5.7",
        "Exactly t shares of one aggregate; `output` is its opening. The shares' proofs are not looked at here.",
        toy.threshold_key(),
    )
    made = {trustee: share(trustee) for trustee in (1, 2, 3)}
    target, opened = toy.element(AGGREGATE), _opening(_PLAINTEXT, _R)
    for i, j in combinations((1, 2, 3), 2):
        book.accept(
            f"trustees-{i}-{j}", f"trustees {i} and {j}", {"aggregate": target, "shares": [made[i], made[j]]}, opened
        )
    book.accept(
        "other-order", "the same shares in another order", {"aggregate": target, "shares": [made[3], made[1]]}, opened
    )
    flipped = dict(made[1])
    flipped["value"] = toy.value(toy.N - int_from_base64url(made[1]["value"], toy.VALUE))
    book.accept("sign", "a share with its sign flipped: only its square is used",
                {"aggregate": target, "shares": [flipped, made[3]]}, opened, base="trustees-1-3")  # fmt: skip
    other = share(2, encrypt(1, _R + 1))
    for slug, what, chosen in (
        ("one", "one share", [made[1]]),
        ("three", "three shares where two are due", list(made.values())),
        ("none", "no share", []),
        ("twice", "one trustee twice", [made[1], made[1]]),
        ("other-aggregate", "a share of another aggregate", [made[1], other]),
        ("renamed", "a share under another trustee's number", [made[1], made[2] | {"trustee": 3}]),
        ("nobody", "a trustee who is not there", [made[1], made[2] | {"trustee": 4}]),
        ("value-1", "a share 1", [made[1], made[2] | {"value": toy.value(1)}]),
        ("value-0", "a share 0", [made[1], made[2] | {"value": toy.value(0)}]),
        ("value-p", "a share p", [made[1], made[2] | {"value": toy.value(toy.P)}]),
        ("value-n", "a share n", [made[1], made[2] | {"value": toy.value(toy.N)}]),
    ):
        book.refuse(slug, "trustees-1-2", what, {"aggregate": target, "shares": chosen}, "CryptoError")
    return book


def openings() -> Book:
    book = Book(
        "openings",
        "verify-opening",
        "5.8",
        "An aggregate and its opening; `output` the plaintext, decimal.",
        toy.public_key(),
    )
    target = toy.element(AGGREGATE)
    good: dict[str, Json] = {"aggregate": target, "opening": _opening(_PLAINTEXT, _R)}
    book.accept("valid", "the opening of an aggregate", good, str(_PLAINTEXT))
    neutral = {"aggregate": toy.element(1), "opening": _opening(0, 1)}
    book.accept("neutral", "the aggregate of no ballots", neutral, "0")
    largest = {"aggregate": toy.element(encrypt(toy.N - 1, _R)), "opening": _opening(toy.N - 1, _R)}
    book.accept("largest", "the largest plaintext: T5 refuses it, not T4", largest, str(toy.N - 1))
    plain, r = good["opening"]["plaintext"], good["opening"]["randomness"]
    for slug, what, opening in (
        ("plaintext-plus-1", "a vote more", _opening(_PLAINTEXT + 1, _R)),
        ("plaintext-moved", "a vote moved to another option", _opening(1 + (2 << 10), _R)),
        ("plaintext-n", "the plaintext n", _opening(toy.N, _R)),
        ("randomness-changed", "another randomness", _opening(_PLAINTEXT, _R + 1)),
        ("randomness-negated", "the randomness with its sign flipped", _opening(_PLAINTEXT, toy.N - _R)),
        ("randomness-0", "randomness 0, which some libraries replace by a random one", _opening(_PLAINTEXT, 0)),
        ("randomness-n", "randomness n", _opening(_PLAINTEXT, toy.N)),
        ("randomness-p", "randomness p", _opening(_PLAINTEXT, toy.P)),
        ("plaintext-padded", "the plaintext padded", {"plaintext": padded(plain), "randomness": r}),
        (
            "plaintext-short",
            "the plaintext a byte too short",
            {"plaintext": int_to_base64url(_PLAINTEXT, 63), "randomness": r},
        ),
        ("randomness-padded", "the randomness padded", {"plaintext": plain, "randomness": padded(r)}),
        ("randomness-trailing", "an unused bit set", {"plaintext": plain, "randomness": with_trailing_bit(r)}),
        ("no-plaintext", "no plaintext", {"randomness": r}),
        ("no-randomness", "no randomness", {"plaintext": plain}),
        ("more", "something more", {"plaintext": plain, "randomness": r, "proof": r}),
    ):
        book.refuse(slug, "valid", what, good | {"opening": opening}, "CryptoError", "T4")
    for slug, what, text in (
        ("other-aggregate", "another aggregate", toy.element(encrypt(_PLAINTEXT, _R + 1))),
        ("negated-aggregate", "the aggregate with its sign flipped", toy.element(toy.N2 - AGGREGATE)),
        ("aggregate-plus-n2", "the aggregate plus n²", int_to_base64url(AGGREGATE + toy.N2, toy.ELEMENT + 1)),
        ("aggregate-padded", "the aggregate padded", padded(target)),
        ("aggregate-trailing", "an unused bit set in the aggregate", with_trailing_bit(target)),
        ("aggregate-0", "the aggregate is 0", toy.element(0)),
    ):
        book.refuse(slug, "valid", what, good | {"aggregate": text}, "CryptoError", "T4")
    return book


def _opening(plaintext: int, randomness: int) -> dict[str, Json]:
    return {"plaintext": toy.value(plaintext), "randomness": toy.value(randomness)}
