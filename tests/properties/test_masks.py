"""The prover's masks: units with their n-th powers, of one base or one by one, alike uniform."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest
from gmpy2 import jacobi, mpz, powmod
from hypothesis import given
from hypothesis import strategies as st

from common.crypto.comb import BLOCKS, ROWS, Comb
from common.crypto.masks import FEWEST, Draw, Mask, draw_masks, masks_of_one_base, plain_masks
from common.errors import CryptoError

SMALL = mpz(23 * 47)
"""Of safe primes: p' = 11, q' = 23."""
UNITS = {value for value in range(1, int(SMALL)) if value % 23 and value % 47}
"""All 1012."""
BASE = next(h for h in sorted(UNITS - {1}) if jacobi(h, SMALL) == -1)


@given(st.integers(2, 10**9), st.integers(1, 300), st.data())
def test_comb_gives_the_powers_that_plain_powering_gives(base: int, bits: int, data: st.DataObject) -> None:
    exponent = data.draw(st.integers(0, (1 << bits) - 1))
    comb = Comb(base, bits, lambda x, y: x * y % (10**9 + 7), 1)
    assert comb.power(exponent) == pow(base, exponent, 10**9 + 7)


@pytest.mark.parametrize("bits", [1, 31, 32, 33, 3200])
def test_comb_takes_all_exponents_of_its_length_and_no_longer_ones(bits: int) -> None:
    comb = Comb(3, bits, lambda x, y: x * y % 101, 1)
    assert comb.power((1 << bits) - 1) == pow(3, (1 << bits) - 1, 101)
    length = -(-bits // (ROWS * BLOCKS)) * ROWS * BLOCKS
    with pytest.raises(CryptoError, match="too long"):
        comb.power(1 << length)


def test_comb_takes_the_same_steps_for_every_exponent() -> None:
    steps = count()

    def multiply(x: int, y: int) -> int:
        next(steps)
        return x * y % 101

    comb = Comb(3, 3200, multiply, 1)
    taken = []
    for exponent in (0, 1, (1 << 3200) - 1, secrets.randbits(3200)):
        before = next(steps)
        comb.power(exponent)
        taken.append(next(steps) - before - 1)
    assert set(taken) == {5 * 100}


@given(st.integers(0, 12), st.sampled_from([plain_masks, masks_of_one_base, draw_masks]))
def test_every_mask_has_its_nth_power(number: int, draw_some: Callable[[mpz, int, Draw], list[Mask]]) -> None:
    made = draw_some(SMALL, number, secrets.randbelow)
    assert len(made) == number
    for mask in made:
        assert 1 <= mask.value < SMALL
        assert mask.power == powmod(mask.value, SMALL, SMALL**2)


@pytest.mark.full_size
@pytest.mark.parametrize("number", [FEWEST - 1, FEWEST])
def test_few_masks_and_many_are_good_at_full_size(number: int) -> None:
    n = mpz(secrets.randbits(2046) << 1 | 1 << 2047 | 1)
    made = draw_masks(n, number, secrets.randbelow)
    assert len({mask.value for mask in made}) == number
    assert all(mask.power == powmod(mask.value, n, n**2) for mask in made)


def test_no_base_is_sought_for_a_modulus_that_is_a_square() -> None:
    """It has no unit of Jacobi symbol −1: a search would not end."""
    with pytest.raises(CryptoError, match="square"):
        masks_of_one_base(mpz(47**2), 1, secrets.randbelow)


def test_signs_and_powers_of_one_base_are_every_unit_once() -> None:
    """For each base that is neither 1 nor −1 modulo a prime; not for a base of Jacobi symbol 1."""
    bases = [h for h in UNITS if jacobi(h, SMALL) == -1 and h % 23 not in {1, 22} and h % 47 not in {1, 46}]
    assert len(bases) > len(UNITS) // 3
    for h in bases[::20]:
        assert signed_powers(h) == UNITS
    assert signed_powers(next(h for h in UNITS if jacobi(h, SMALL) == 1)) < UNITS


def test_masks_reach_every_unit() -> None:
    """Of 20,000 masks none is missing but with probability 1012·(1 − 1/1012)^20000, three in a million."""
    draws = 20_000
    drawn = iter([0, 4, BASE])  # 0 is no unit, 4 a square modulo both primes
    made = masks_of_one_base(SMALL, draws, lambda below: next(drawn) if below == SMALL else secrets.randbelow(below))
    seen = Counter(int(mask.value) for mask in made)
    assert seen.keys() == UNITS
    # each comes 19.8 times on average; 60 times once in 10^11
    assert max(seen.values()) < 60


def signed_powers(h: int) -> set[int]:
    """±h^s for every s below 2p'q'."""
    return {int(sign * powmod(h, s, SMALL) % SMALL) for s in range(2 * 11 * 23) for sign in (1, -1)}
