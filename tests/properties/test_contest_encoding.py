"""Contests become plaintexts and come back as counts; what does not add up is refused (T5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.crypto.contest import ContestRules
from common.crypto.encoding_schemes import contest_scheme
from common.crypto.paillier import public_key
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError, RuleBroken

SINGLE = ContestRules("mayor", options=3, single=True, max_per_option=1, min_total=1, max_total=1)
SCORES = ContestRules("scores", options=3, single=False, max_per_option=4, min_total=2, max_total=7)

KEY_OF_3072_BITS = public_key(2**3072 - 1)


def single_of(options: int) -> ContestRules:
    return replace(SINGLE, options=options)


def full_size_scheme(rules: ContestRules, max_ballots: int) -> None:
    contest_scheme(KEY_OF_3072_BITS, rules, max_ballots)


@given(counts=st.lists(st.integers(min_value=0, max_value=300), min_size=3, max_size=3))
def test_single_counts_come_back(toy_key: PaillierElectionKey, counts: list[int]) -> None:
    assume(sum(counts) <= 1000)
    scheme = toy_key.scheme(SINGLE, 1000)
    units = [scheme.encode(tuple(int(i == j) for i in range(3)))[0] for j in range(3)]
    total = sum(unit * count for unit, count in zip(units, counts, strict=True))
    assert scheme.decode([total], sum(counts)) == tuple(counts)
    with pytest.raises(CryptoError, match="add up"):
        scheme.decode([total], sum(counts) + 1)


@given(choices=st.lists(st.tuples(*[st.integers(min_value=0, max_value=4)] * 3), max_size=30))
def test_vector_counts_come_back(toy_key: PaillierElectionKey, choices: list[tuple[int, ...]]) -> None:
    choices = [choice for choice in choices if 2 <= sum(choice) <= 7]
    scheme = toy_key.scheme(SCORES, 1000)
    sums = tuple(sum(scheme.encode(choice)[option] for choice in choices) for option in range(3))
    assert scheme.decode(sums, len(choices)) == sums


@pytest.mark.parametrize(
    "rules", [SINGLE, replace(SINGLE, options=5), SCORES, replace(SCORES, min_total=0, max_total=12)]
)
def test_allowed_choices_lie_in_the_sets_to_be_proved(toy_key: PaillierElectionKey, rules: ContestRules) -> None:
    scheme = toy_key.scheme(rules, 50)
    choice = (0, 1, *[0] * (rules.options - 2)) if rules.single else (0, 3, 4)
    plaintexts = scheme.encode(choice)
    statements = scheme.statements([toy_key.encrypt(m, 1) for m in plaintexts])
    known = (*plaintexts, sum(plaintexts))
    assert all(known[s.index] in s.allowed for s in statements)
    assert [s.index for s in statements] == list(range(len(statements)))


@pytest.mark.parametrize(
    ("rules", "choice"),
    [
        (SINGLE, (0, 0, 0)),
        (SINGLE, (1, 1, 0)),
        (SINGLE, (2, -1, 0)),
        (SINGLE, (1, 0)),
        (SCORES, (5, 0, 0)),
        (SCORES, (1, 0, 0)),
        (SCORES, (4, 4, 0)),
        (SCORES, (-1, 4, 0)),
    ],
)
def test_choices_that_are_not_allowed_are_not_encoded(
    toy_key: PaillierElectionKey, rules: ContestRules, choice: tuple[int, ...]
) -> None:
    with pytest.raises(RuleBroken):
        toy_key.scheme(rules, 50).encode(choice)


def test_vector_statements_are_one_per_option_and_one_on_the_product(toy_key: PaillierElectionKey) -> None:
    scheme = toy_key.scheme(SCORES, 50)
    ciphertexts = [toy_key.encrypt(m, m + 2) for m in (0, 3, 4)]
    *each, last = scheme.statements(ciphertexts)
    assert [(s.index, s.ciphertext, s.allowed) for s in each] == [
        (index, text, (0, 1, 2, 3, 4)) for index, text in enumerate(ciphertexts)
    ]
    assert (last.index, last.ciphertext, last.allowed) == (3, toy_key.aggregate(ciphertexts), (2, 3, 4, 5, 6, 7))


def test_statement_on_the_product_is_left_out_where_it_says_nothing(toy_key: PaillierElectionKey) -> None:
    free = replace(SCORES, min_total=0, max_total=12)
    ciphertexts = [toy_key.encrypt(0, 1)] * 3
    assert len(toy_key.scheme(free, 50).statements(ciphertexts)) == 3
    for tied in (replace(free, min_total=1), replace(free, max_total=11)):
        assert len(toy_key.scheme(tied, 50).statements(ciphertexts)) == 4


@pytest.mark.parametrize("rules", [SINGLE, SCORES])
def test_wrong_number_of_ciphertexts_is_refused(toy_key: PaillierElectionKey, rules: ContestRules) -> None:
    scheme = toy_key.scheme(rules, 50)
    for count in (0, scheme.ciphertexts - 1, scheme.ciphertexts + 1):
        with pytest.raises(CryptoError):
            scheme.statements([toy_key.encrypt(0, 1)] * count)
        with pytest.raises(CryptoError):
            scheme.decode([0] * count, 0)


def test_single_sum_beyond_its_digits_is_refused(toy_key: PaillierElectionKey) -> None:
    scheme = toy_key.scheme(SINGLE, 1000)  # digits of 10 bits
    assert scheme.decode([(1 << 20) * 5], 5) == (0, 0, 5)
    with pytest.raises(CryptoError, match="exceeds"):
        scheme.decode([(1 << 30) + 4], 5)


@pytest.mark.parametrize("sums", [(41, 0, 0), (10, 9, 0), (40, 31, 0), (-1, 40, 0)])
def test_vector_sums_no_ballots_can_give_are_refused(toy_key: PaillierElectionKey, sums: tuple[int, ...]) -> None:
    scheme = toy_key.scheme(SCORES, 50)
    assert scheme.decode((40, 10, 0), 10) == (40, 10, 0)
    with pytest.raises(CryptoError):
        scheme.decode(sums, 10)


def test_122_options_with_24_bit_counters_fit_in_3072_bits_and_123_do_not() -> None:
    full_size_scheme(single_of(122), 2**24 - 1)
    with pytest.raises(RuleBroken, match="hold 122 counters of 24 bits"):
        full_size_scheme(single_of(123), 2**24 - 1)
    with pytest.raises(RuleBroken, match="25 bits"):
        full_size_scheme(single_of(122), 2**24)


def test_counter_holds_max_ballots_and_no_bit_more(toy_key: PaillierElectionKey) -> None:
    for max_ballots, digit_bits in ((1, 1), (2, 2), (255, 8), (256, 9)):
        allowed = toy_key.scheme(SINGLE, max_ballots).statements([toy_key.encrypt(1, 1)])[0].allowed
        assert allowed == (1, 1 << digit_bits, 1 << (2 * digit_bits))


def test_vector_sums_stay_130_bits_below_the_modulus() -> None:
    rules = replace(SCORES, max_per_option=1, min_total=0, max_total=2)
    full_size_scheme(rules, 2**2941 - 1)
    with pytest.raises(RuleBroken, match="130 bits of headroom"):
        full_size_scheme(rules, 2**2941)


@pytest.mark.parametrize(
    "change",
    [
        {"options": 1},
        {"max_per_option": 0},
        {"min_total": -1},
        {"min_total": 8},
        {"max_total": 13},
        {"single": True},
    ],
)
def test_rules_that_make_no_sense_are_refused(toy_key: PaillierElectionKey, change: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken):
        toy_key.scheme(replace(SCORES, **change), 50)
    with pytest.raises(RuleBroken):
        toy_key.scheme(SCORES, 0)
