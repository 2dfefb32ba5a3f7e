"""Vectors for encryption, made with phe, and for the encoding of contests (spec 3)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from dataclasses import replace

import phe

from common.crypto.contest import ContestRules
from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Draw, Json

_REFERENDUM = ContestRules("referendum", 2, True, 1, 1, 1)
_SCORES = ContestRules("scores", 3, False, 5, 1, 8)
_FREE = ContestRules("free", 3, False, 2, 0, 6)


def books() -> list[Book]:
    return [encryption(), products(), contest_bounds(), contest_encoding(), contest_decoding()]


def encryption() -> Book:
    book = Book(
        "paillier",
        "encrypt",
        "3.1",
        "Enc(m; r); integers in decimal, `output` in the wire form of an element mod n². Made with phe's raw_encrypt.",
        toy.public_key(),
    )
    draw, oracle = Draw("encryption"), phe.PaillierPublicKey(toy.N)
    r = 1 + draw.below(toy.N - 1)
    plain = [
        ("zero", "zero", 0, r),
        ("one", "one", 1, r),
        ("largest", "the largest plaintext, n - 1", toy.N - 1, r),
        ("random", "a random plaintext", draw.below(toy.N), r),
        ("trivial", "randomness 1", 5, 1),
        ("minus-one", "randomness n - 1", 5, toy.N - 1),
    ]
    for slug, what, m, randomness in plain:
        output = toy.element(oracle.raw_encrypt(m, r_value=randomness))
        book.accept(slug, what, {"plaintext": str(m), "randomness": str(randomness)}, output)
    bad = [
        ("plaintext-n", "plaintext n", toy.N, r),
        ("plaintext-negative", "a negative plaintext", -1, r),
        ("randomness-0", "randomness 0", 1, 0),
        ("randomness-n", "randomness n", 1, toy.N),
        ("randomness-p", "randomness that shares a factor with n", 1, toy.P),
        ("randomness-above", "randomness above n", 1, toy.N + 1),
        ("randomness-negative", "negative randomness", 1, -1),
    ]
    for slug, what, m, randomness in bad:
        book.refuse(slug, "one", what, {"plaintext": str(m), "randomness": str(randomness)}, "CryptoError")
    return book


def products() -> Book:
    book = Book(
        "aggregates",
        "aggregate",
        "3.1, 11.5",
        "The product mod n² of ciphertexts in their wire form.",
        toy.public_key(),
    )
    oracle, draw = phe.PaillierPublicKey(toy.N), Draw("products")
    factors = [int(oracle.raw_encrypt(m, r_value=1 + draw.below(toy.N - 1))) for m in (1, 1, 1024)]
    some = [
        ("none", "no factor: 1", []),
        ("one", "one factor", factors[:1]),
        ("three", "three factors", factors),
        ("other-order", "another order of factors gives the same", factors[::-1]),
        ("twice", "one factor twice", [factors[0]] * 2),
    ]
    for slug, what, chosen in some:
        product = 1
        for factor in chosen:
            product = product * factor % toy.N2
        book.accept(slug, what, {"ciphertexts": [toy.element(factor) for factor in chosen]}, toy.element(product))
    text = toy.element(factors[0])
    for slug, what, wrong in (
        ("padded", "a factor with padding", text + "="),
        ("short", "a factor a byte too short", text[:-2]),
        ("empty", "an empty factor", ""),
    ):
        book.refuse(slug, "one", what, {"ciphertexts": [wrong]}, "CryptoError")
    return book


def contest_bounds() -> Book:
    book = Book(
        "contest-bounds",
        "contest-scheme",
        "3.3–3.5",
        "Which contests a key of 512 bits can hold; `output` are the allowed sets of the statements, in decimal.",
        toy.public_key(),
    )
    good = [
        ("single", "choose one of three, b = 10", toy.MAYOR, 1000),
        ("single-power", "max_ballots 1023 still has b = 10", toy.MAYOR, 1023),
        ("single-next", "max_ballots 1024 has b = 11", toy.MAYOR, 1024),
        ("single-one", "max_ballots 1 has b = 1", _REFERENDUM, 1),
        ("single-full", "k·b + 130 = 512: k = 2, b = 191", _REFERENDUM, 2**191 - 1),
        ("vector", "approve up to two of three", toy.COUNCIL, 1000),
        ("vector-free", "totals that say nothing: no statement on the product", _FREE, 1000),
        ("vector-minimum", "a minimum total", _SCORES, 1000),
        ("vector-exact", "exactly two", replace(toy.COUNCIL, min_total=2), 1000),
        ("vector-full", "max_ballots·max_total just below 2^382", replace(toy.COUNCIL, max_total=1), 2**382 - 1),
    ]
    for slug, what, rules, ballots in good:
        book.accept(slug, what, {"contest": toy.contest(rules, ballots)}, _statements(rules, ballots))
    bad = [
        ("single-over", "single-full", "k·b + 130 = 514", _REFERENDUM, 2**191),
        ("one-option", "single", "one option", replace(toy.MAYOR, options=1), 1000),
        ("no-options", "vector", "no options", replace(toy.COUNCIL, options=0, max_total=0), 1000),
        ("no-ballots", "single", "max_ballots 0", toy.MAYOR, 0),
        ("negative-ballots", "single", "max_ballots -1", toy.MAYOR, -1),
        ("vector-over", "vector-full", "max_ballots·max_total = 2^382", replace(toy.COUNCIL, max_total=1), 2**382),
        ("vector-over-total", "vector-full", "the total counts too", toy.COUNCIL, 2**381),
        (
            "nothing-per-option",
            "vector",
            "max_per_option 0",
            replace(toy.COUNCIL, max_per_option=0, max_total=0),
            1000,
        ),
        ("negative-minimum", "vector", "a negative minimum", replace(toy.COUNCIL, min_total=-1), 1000),
        ("minimum-over", "vector", "min_total above max_total", replace(toy.COUNCIL, min_total=3), 1000),
        (
            "total-over",
            "vector",
            "max_total above what the options can take",
            replace(toy.COUNCIL, max_total=4),
            1000,
        ),
    ]
    for slug, base, what, rules, ballots in bad:
        book.refuse(slug, base, what, {"contest": toy.contest(rules, ballots)}, "RuleBroken", "K2")
    return book


def _statements(rules: ContestRules, ballots: int) -> list[list[str]]:
    if rules.single:
        return [[str(1 << ballots.bit_length() * j) for j in range(rules.options)]]
    amounts = [[str(m) for m in range(rules.max_per_option + 1)] for _ in range(rules.options)]
    if rules.min_total == 0 and rules.max_total == rules.options * rules.max_per_option:
        return amounts
    return [*amounts, [str(m) for m in range(rules.min_total, rules.max_total + 1)]]


def contest_encoding() -> Book:
    book = Book(
        "choices", "encode-choice", "3.3", "A choice in plain; `output` the plaintexts, decimal.", toy.public_key()
    )
    good = [
        ("first", "the first option", toy.MAYOR, [1, 0, 0], ["1"]),
        ("last", "the last option", toy.MAYOR, [0, 0, 1], [str(1 << 20)]),
        ("two", "two of three", toy.COUNCIL, [1, 0, 1], ["1", "0", "1"]),
        ("none", "none, where none is allowed", toy.COUNCIL, [0, 0, 0], ["0", "0", "0"]),
        ("scores", "scores", _SCORES, [5, 0, 3], ["5", "0", "3"]),
    ]
    for slug, what, rules, choice, output in good:
        book.accept(slug, what, {"contest": toy.contest(rules), "choice": choice}, output)
    bad = [
        ("nobody", "first", "no option in a single contest", toy.MAYOR, [0, 0, 0]),
        ("both", "first", "two options in a single contest", toy.MAYOR, [1, 1, 0]),
        ("double", "first", "one option twice", toy.MAYOR, [2, 0, 0]),
        ("negative", "first", "a negative amount that mends the sum", toy.MAYOR, [2, -1, 0]),
        ("short", "first", "an option left out", toy.MAYOR, [1, 0]),
        ("long", "first", "an option too many", toy.MAYOR, [1, 0, 0, 0]),
        ("three", "two", "more than max_total", toy.COUNCIL, [1, 1, 1]),
        ("twice", "two", "more than max_per_option", toy.COUNCIL, [2, 0, 0]),
        ("too-high", "scores", "a score too high", _SCORES, [6, 0, 0]),
        ("too-few", "scores", "less than min_total", _SCORES, [0, 0, 0]),
        ("too-many", "scores", "more than max_total", _SCORES, [5, 4, 0]),
    ]
    for slug, base, what, rules, choice in bad:
        book.refuse(slug, base, what, {"contest": toy.contest(rules), "choice": choice}, "RuleBroken")
    return book


def contest_decoding() -> Book:
    book = Book(
        "counts",
        "decode-sum",
        "3.6",
        "Plaintexts of an opened aggregate, decimal; `output` counts.",
        toy.public_key(),
    )
    b = 10
    good = [
        ("single", "2, 1 and 0 of 3 ballots", toy.MAYOR, [2 + (1 << b)], 3, [2, 1, 0]),
        ("full", "999 and 1", toy.MAYOR, [999 + (1 << 2 * b)], 1000, [999, 0, 1]),
        ("vector", "approvals", toy.COUNCIL, [2, 0, 2], 2, [2, 0, 2]),
        ("vector-none", "nobody approved anything", toy.COUNCIL, [0, 0, 0], 2, [0, 0, 0]),
        ("scores", "scores of two ballots", _SCORES, [10, 3, 3], 2, [10, 3, 3]),
    ]
    for slug, what, rules, plain, ballots, counts in good:
        book.accept(slug, what, _sum(rules, plain, ballots), counts)
    bad = [
        ("single-fewer", "single", "counts of 3 for 4 ballots", toy.MAYOR, [2 + (1 << b)], 4),
        ("single-more", "single", "counts of 3 for 2 ballots", toy.MAYOR, [2 + (1 << b)], 2),
        ("single-over", "single", "M = B^k", toy.MAYOR, [1 << 3 * b], 1),
        ("single-shifted", "single", "an honest sum shifted by about n/2", toy.MAYOR, [2 + (1 << b) + toy.N // 2], 3),
        ("single-two", "single", "two plaintexts", toy.MAYOR, [3, 0], 3),
        ("single-none", "single", "no plaintext", toy.MAYOR, [], 0),
        ("vector-more", "vector", "more for an option than there are ballots", toy.COUNCIL, [3, 0, 0], 2),
        ("vector-total", "vector", "a total that is too high", toy.COUNCIL, [2, 2, 1], 2),
        ("vector-short", "vector", "a plaintext left out", toy.COUNCIL, [2, 0], 2),
        ("vector-shifted", "vector", "a negative amount: n - 1", toy.COUNCIL, [2, toy.N - 1, 2], 2),
        ("scores-few", "scores", "a total below ballots·min_total", _SCORES, [1, 0, 0], 2),
        ("scores-many", "scores", "a total above ballots·max_total", _SCORES, [10, 5, 2], 2),
    ]
    for slug, base, what, rules, plain, ballots in bad:
        book.refuse(slug, base, what, _sum(rules, plain, ballots), "CryptoError", "T5")
    return book


def _sum(rules: ContestRules, plaintexts: list[int], ballots: int) -> dict[str, Json]:
    return {"contest": toy.contest(rules), "plaintexts": list(map(str, plaintexts)), "ballots": ballots}
