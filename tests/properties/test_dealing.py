"""What the dealer makes: shares on a polynomial, and verification keys that fit (K4) or are found out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto.dealing import RawDealing, deal, deal_from_primes
from common.crypto.keyproof import verification_base
from common.crypto.threshold import (
    require_secret,
    verify_verification_keys,
)
from common.errors import CryptoError, SetupError
from tests.properties.conftest import PLAYERS, THRESHOLD


@pytest.mark.check("K4")
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_dealt_verification_keys_fit_and_every_replaced_one_is_rejected(
    toy_primes: tuple[int, int], data: st.DataObject
) -> None:
    players = data.draw(st.integers(2, 7))
    threshold = data.draw(st.integers(2, players))
    dealing = deal_from_primes(*toy_primes, threshold, players)
    n, base = dealing.n, dealing.base
    verify_verification_keys(n, threshold, players, base, dealing.verification_keys)
    for index in range(players):
        keys = list(dealing.verification_keys)
        keys[index] = keys[index] * base % n
        with pytest.raises(CryptoError, match="fit"):
            verify_verification_keys(n, threshold, players, base, keys)


@pytest.mark.check("K4")
def test_verification_keys_on_a_polynomial_of_other_degree_or_constant_are_rejected(
    dealing: RawDealing, toy_primes: tuple[int, int]
) -> None:
    n, base = dealing.n, dealing.base
    steeper = deal_from_primes(*toy_primes, THRESHOLD + 1, PLAYERS).verification_keys
    shifted = [key * base % n for key in dealing.verification_keys]
    with pytest.raises(CryptoError, match="do not fit the modulus"):
        verify_verification_keys(n, THRESHOLD, PLAYERS, base, steeper)
    with pytest.raises(CryptoError, match="do not fit the modulus"):
        verify_verification_keys(n, THRESHOLD, PLAYERS, base, shifted)
    with pytest.raises(CryptoError, match="do not fit the modulus"):
        verify_verification_keys(n, THRESHOLD - 1, PLAYERS, base, dealing.verification_keys)
    tail = (*dealing.verification_keys[:-1], steeper[-1])
    with pytest.raises(CryptoError, match=f"trustee {PLAYERS} does not fit"):
        verify_verification_keys(n, THRESHOLD, PLAYERS, base, tail)


@pytest.mark.check("K4")
def test_verification_base_of_the_dealers_choice_is_rejected(dealing: RawDealing) -> None:
    for base in (1, 4, dealing.n - dealing.base):
        with pytest.raises(CryptoError, match="not the one hashed"):
            verify_verification_keys(dealing.n, THRESHOLD, PLAYERS, base, (1,) * PLAYERS)


@pytest.mark.check("K4")
def test_verification_keys_of_wrong_number_or_range_are_rejected(
    dealing: RawDealing, toy_primes: tuple[int, int]
) -> None:
    keys = dealing.verification_keys
    for wrong in (keys[:-1], (*keys, 1)):
        with pytest.raises(CryptoError, match="for 5 trustees"):
            verify_verification_keys(dealing.n, THRESHOLD, PLAYERS, dealing.base, wrong)
    for bad in (0, dealing.n, keys[2] + dealing.n, toy_primes[0]):
        with pytest.raises(CryptoError, match="verification key of trustee 3: not in"):
            verify_verification_keys(dealing.n, THRESHOLD, PLAYERS, dealing.base, (*keys[:2], bad, *keys[3:]))
    for threshold in (1, 0, 6):
        with pytest.raises(CryptoError, match="no threshold"):
            verify_verification_keys(dealing.n, threshold, PLAYERS, dealing.base, keys)


@pytest.mark.check("K4")
def test_trustee_rejects_a_secret_that_is_not_its_own_up_to_sign(dealing: RawDealing) -> None:
    n, base = dealing.n, dealing.base
    for key, secret in zip(dealing.verification_keys, dealing.shares, strict=True):
        require_secret(n, base, key, secret)
        for other_key, other in ((key, secret + 1), (key * base % n, secret), (n - key, secret)):
            with pytest.raises(CryptoError, match="does not match"):
                require_secret(n, base, other_key, other)
    for secret in (0, -1, n // 4 + 1):
        with pytest.raises(CryptoError, match="out of range"):
            require_secret(n, base, dealing.verification_keys[0], secret)


@pytest.mark.check("K4")
def test_sign_of_a_verification_key_passes_k4_and_is_left_to_its_trustee(dealing: RawDealing) -> None:
    n, base = dealing.n, dealing.base
    flipped = (n - dealing.verification_keys[0], *dealing.verification_keys[1:])
    verify_verification_keys(n, THRESHOLD, PLAYERS, base, flipped)
    with pytest.raises(CryptoError, match="does not match"):
        require_secret(n, base, flipped[0], dealing.shares[0])


# --- dealing


def test_dealing_hides_its_shares_and_is_fresh_each_time(dealing: RawDealing, toy_primes: tuple[int, int]) -> None:
    assert str(dealing.n) in repr(dealing)
    assert not any(str(share) in repr(dealing) for share in dealing.shares)
    again = deal_from_primes(*toy_primes, THRESHOLD, PLAYERS)
    assert not set(again.shares) & set(dealing.shares)
    assert again.square_roots == dealing.square_roots


def test_deal_makes_a_modulus_of_the_length_asked_for() -> None:
    calls: list[tuple[int, int]] = []
    dealing = deal(128, 2, 3, lambda done, expected: calls.append((done, expected)))
    assert dealing.n.bit_length() == 128
    assert dealing.base == verification_base(dealing.n)
    assert calls
    verify_verification_keys(dealing.n, 2, 3, dealing.base, dealing.verification_keys)


def test_shares_lie_on_a_polynomial_of_the_threshold_through_the_root_exponent(
    dealing: RawDealing, toy_primes: tuple[int, int]
) -> None:
    order = (toy_primes[0] // 2) * (toy_primes[1] // 2)
    s1, s2, s3, s4, s5 = dealing.shares
    assert (3 * s1 - 3 * s2 + s3) * dealing.n % order == 1
    assert (s2 - 3 * s3 + 3 * s4 - s5) % order == 0
    assert all(0 < share < order < dealing.n // 4 + 1 for share in dealing.shares)


@pytest.mark.parametrize(("threshold", "trustees"), [(1, 3), (4, 3), (0, 0), (-1, 2)])
def test_dealing_refuses_thresholds_that_make_no_sense(
    toy_primes: tuple[int, int], threshold: int, trustees: int
) -> None:
    with pytest.raises(CryptoError, match="no threshold"):
        deal_from_primes(*toy_primes, threshold, trustees)
    with pytest.raises(CryptoError, match="no threshold"):
        deal(128, threshold, trustees)


def test_dealing_refuses_primes_that_are_equal_unequal_in_length_or_unsafe(toy_primes: tuple[int, int]) -> None:
    p, _ = toy_primes
    for wrong in ((p, p), (p, 23), (p, p + 2)):
        with pytest.raises(SetupError):
            deal_from_primes(*wrong, 2, 3)
    with pytest.raises(SetupError, match="even number of bits"):
        deal(129, 2, 3)
