"""Products of powers, by buckets or interleaved, equal the readable product."""

from __future__ import annotations

import secrets
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.crypto import multiexp
from common.crypto.interleaved import interleaved_product, products_interleaved, sliding_windows
from common.crypto.multiexp import (
    bucket_product,
    naive_product_of_powers,
    product_of_powers,
    product_of_powers_mod_n,
    product_of_powers_mod_square,
    product_of_powers_on_pairs,
    products_in_buckets,
    windows,
)

TERMS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=2**80),
        st.integers(min_value=0, max_value=255).flatmap(lambda bits: st.integers(0, 2**bits)),
    ),
    max_size=40,
)


@given(terms=TERMS, modulus=st.integers(min_value=1, max_value=2**64))
def test_both_ways_equal_the_readable_product(terms: list[tuple[int, int]], modulus: int) -> None:
    bases, exponents = [base for base, _ in terms], [exponent for _, exponent in terms]
    readable = naive_product_of_powers(bases, exponents, modulus)
    assert product_of_powers(bases, exponents, modulus) == readable
    assert bucket_product(terms, 1, lambda x, y: x * y % modulus) % modulus == readable
    interleaved = interleaved_product(terms, 1, lambda x, y: x * y % modulus, lambda x: x * x % modulus)
    assert interleaved % modulus == readable


@pytest.mark.parametrize("count", [1, 2, 30, 1000])
def test_few_terms_and_many_of_two_lengths_equal_the_readable_product(count: int) -> None:
    modulus = 2**127 - 1
    bases = [secrets.randbelow(modulus) for _ in range(count)]
    exponents = [secrets.randbits(128 if i % 6 else 387) for i in range(count)]
    assert product_of_powers(bases, exponents, modulus) == naive_product_of_powers(bases, exponents, modulus)


@given(terms=TERMS, n=st.integers(min_value=2, max_value=2**64))
def test_products_of_pairs_equal_the_readable_product(terms: list[tuple[int, int]], n: int) -> None:
    bases, exponents = [base % n**2 for base, _ in terms], [exponent for _, exponent in terms]
    found = product_of_powers_on_pairs(bases, exponents, n)
    assert found == naive_product_of_powers(bases, exponents, n**2)


def test_powers_of_one_ballot_are_interleaved_and_those_of_many_go_into_buckets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each way by itself, the other taken away."""

    def product(count: int) -> None:
        product_of_powers([3] * count, [secrets.randbits(128) | 1] * count, 2**127 - 1)

    with monkeypatch.context() as without:
        without.delattr(multiexp, "bucket_product")
        product(16)
        with pytest.raises(NameError):
            product(2_000)
    monkeypatch.delattr(multiexp, "interleaved_product")
    product(2_000)
    with pytest.raises(NameError):
        product(16)


@given(exponent=st.integers(0, 2**400), width=st.integers(1, 8))
def test_sliding_windows_add_up_to_the_exponent(exponent: int, width: int) -> None:
    digits = list(sliding_windows(exponent, width))
    assert sum(odd << position for position, odd in digits) == exponent
    assert all(odd % 2 == 1 and odd < 1 << width for _, odd in digits)
    assert all(later - earlier >= width for (earlier, _), (later, _) in pairwise(digits))


@pytest.mark.parametrize("lengths", [(128,) * 16, (128,) * 16 + (386,) * 6, (386,)])
def test_interleaving_a_ballot_takes_the_products_foreseen_and_fewer_than_buckets(lengths: tuple[int, ...]) -> None:
    made = 0

    def multiply(x: int, y: int) -> int:
        nonlocal made
        made += 1
        return x * y % (2**61 - 1)

    terms = [(3, secrets.randbits(length) | 1 << (length - 1)) for length in lengths]
    interleaved_product(terms, 1, multiply, lambda x: multiply(x, x))
    assert made == pytest.approx(products_interleaved(lengths), rel=0.1)
    assert made < products_in_buckets(lengths)


def test_equal_bases_cost_as_many_products_as_different_ones() -> None:
    """So a benchmark may repeat a few proofs: nothing is remembered by value."""
    exponents = [secrets.randbits(128) | 1 << 127 for _ in range(300)]

    def products(bases: list[int]) -> int:
        count = 0

        def multiply(x: int, y: int) -> int:
            nonlocal count
            count += 1
            return x * y % (2**127 - 1)

        multiexp.bucket_product(list(zip(bases, exponents, strict=True)), 1, multiply)
        return count

    assert products([7] * 300) == products([secrets.randbits(100) for _ in exponents])


def test_one_changed_exponent_changes_the_product() -> None:
    modulus = 2**127 - 1
    assert product_of_powers([3, 5], [2**90, 7], modulus) != product_of_powers([3, 5], [2**90 + 1, 7], modulus)
    one, other = (product_of_powers_on_pairs([3, 5], [2**90 + more, 7], 2**61 - 1) for more in (0, 1))
    assert one != other


def test_missing_exponents_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        product_of_powers([2, 3], [1], 7)


@given(lengths=st.lists(st.integers(min_value=0, max_value=600), max_size=200))
def test_windows_cover_every_bit_once(lengths: list[int]) -> None:
    end = 0
    for window in windows(lengths):
        assert window.offset == end
        end += window.width
    assert end >= max(lengths, default=0)


@pytest.mark.parametrize("bits", [512, 1_024, 2_048])
def test_each_size_takes_a_way_that_gives_the_readable_product(bits: int) -> None:
    n = 2**bits - 1
    bases, exponents = [3, 5**200, n * n - 2], [2**127 + 1, 7, 2**256 - 1]
    assert product_of_powers_mod_n(bases, exponents, n) == naive_product_of_powers(bases, exponents, n)
    assert product_of_powers_mod_square(bases, exponents, n) == naive_product_of_powers(bases, exponents, n * n)
    assert product_of_powers_mod_n([2, *bases[1:]], exponents, n) != product_of_powers_mod_n(bases, exponents, n)
