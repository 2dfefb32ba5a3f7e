"""Threshold n-th roots (T3, T4, K4): any t trustees open like phe itself, fewer do not, liars are named."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import gcd

import phe
import pytest
from gmpy2 import powmod
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto.dealing import RawDealing, deal_from_primes
from common.crypto.keyproof import rehearsal_values, two_prime_values, verify_key_proof
from common.crypto.threshold import (
    combine,
    make_share,
    verify_share,
    verify_verification_keys,
)
from common.errors import CryptoError
from tests.properties.conftest import PLAYERS, THRESHOLD

CONTEXT = bytes(range(32))


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything `verify_share` is told about trustee 2's share of one target."""

    n: int
    players: int
    base: int
    verification_key: int
    trustee: int
    target: int
    context: bytes
    x_i: int
    challenge: int
    response: int

    def verify(self) -> None:
        verify_share(
            self.n,
            self.players,
            self.base,
            self.verification_key,
            self.trustee,
            self.target,
            self.context,
            self.x_i,
            self.challenge,
            self.response,
        )


def _proven(dealing: RawDealing, trustee: int, target: int, context: bytes = CONTEXT) -> tuple[int, int, int]:
    key, secret = dealing.verification_keys[trustee - 1], dealing.shares[trustee - 1]
    return make_share(dealing.n, len(dealing.shares), dealing.base, key, secret, trustee, target, context)


def _values(dealing: RawDealing, trustees: Iterable[int], target: int) -> dict[int, int]:
    return {trustee: _proven(dealing, trustee, target)[0] for trustee in trustees}


def _encrypt(n: int, plaintext: int, randomness: int) -> int:
    return int(phe.PaillierPublicKey(n).raw_encrypt(plaintext, r_value=randomness))


def _decrypt(p: int, q: int, ciphertext: int) -> int:
    return int(phe.PaillierPrivateKey(phe.PaillierPublicKey(p * q), p, q).raw_decrypt(ciphertext))


@pytest.fixture(scope="module")
def case(dealing: RawDealing) -> _Case:
    target = _encrypt(dealing.n, 42, 123456789)
    key = dealing.verification_keys[1]
    values = _proven(dealing, 2, target)
    return _Case(dealing.n, PLAYERS, dealing.base, key, 2, target, CONTEXT, *values)


# --- opening


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_threshold_of_trustees_gives_the_voters_randomness_and_phes_plaintext(
    toy_primes: tuple[int, int], data: st.DataObject
) -> None:
    p, q = toy_primes
    players = data.draw(st.integers(2, 8))
    threshold = data.draw(st.integers(2, players))
    dealing = deal_from_primes(p, q, threshold, players)
    n = dealing.n
    plaintext = data.draw(st.integers(0, n - 1))
    randomness = data.draw(st.integers(1, n - 1).filter(lambda r: gcd(r, n) == 1))
    ciphertext = _encrypt(n, plaintext, randomness)
    trustees = data.draw(st.permutations(range(1, players + 1)))[:threshold]
    root = combine(n, players, threshold, _values(dealing, trustees, ciphertext), ciphertext)
    opened = (ciphertext * pow(root, -n, n * n) % (n * n) - 1) // n
    assert root == randomness
    assert opened == plaintext == _decrypt(p, q, ciphertext)
    assert _encrypt(n, opened, root) == ciphertext


def test_fewer_or_more_shares_than_the_threshold_are_refused(dealing: RawDealing, case: _Case) -> None:
    for count in (0, THRESHOLD - 1, THRESHOLD + 1):
        values = _values(dealing, range(1, count + 1), case.target)
        with pytest.raises(CryptoError, match="exactly 3 are due"):
            combine(dealing.n, PLAYERS, THRESHOLD, values, case.target)


def test_fewer_shares_do_not_combine_even_under_a_lower_threshold(dealing: RawDealing, case: _Case) -> None:
    values = _values(dealing, (1, 4), case.target)
    with pytest.raises(CryptoError, match="do not combine"):
        combine(dealing.n, PLAYERS, THRESHOLD - 1, values, case.target)


def test_share_of_another_target_or_trustee_number_does_not_combine(dealing: RawDealing, case: _Case) -> None:
    values = _values(dealing, (1, 2, 3), case.target)
    other = _values(dealing, (3,), case.target + 1)
    with pytest.raises(CryptoError, match="do not combine"):
        combine(dealing.n, PLAYERS, THRESHOLD, values | other, case.target)
    with pytest.raises(CryptoError, match="do not combine"):
        combine(dealing.n, PLAYERS, THRESHOLD, {1: values[1], 2: values[2], 4: values[3]}, case.target)


@pytest.mark.parametrize("trustee", [0, -1, PLAYERS + 1])
def test_combining_refuses_trustees_that_do_not_exist(dealing: RawDealing, case: _Case, trustee: int) -> None:
    values = _values(dealing, (1, 2), case.target)
    with pytest.raises(CryptoError, match=f"no trustee {trustee}"):
        combine(dealing.n, PLAYERS, THRESHOLD, values | {trustee: values[1]}, case.target)


def test_combining_refuses_elements_outside_the_group(
    dealing: RawDealing, case: _Case, toy_primes: tuple[int, int]
) -> None:
    values = _values(dealing, (1, 2, 3), case.target)
    for bad in (0, dealing.n, values[3] + dealing.n, -values[3], toy_primes[0]):
        with pytest.raises(CryptoError, match="share of trustee 3: not in"):
            combine(dealing.n, PLAYERS, THRESHOLD, values | {3: bad}, case.target)
    for target in (0, dealing.n, toy_primes[1] * 17):
        with pytest.raises(CryptoError, match="target: not in"):
            combine(dealing.n, PLAYERS, THRESHOLD, values, target)


def test_modulus_with_a_factor_not_above_the_trustees_is_refused() -> None:
    with pytest.raises(CryptoError, match="not above the number of trustees"):
        combine(5 * 1019, PLAYERS, 2, {1: 2, 2: 3}, 2)


def test_flipped_sign_changes_no_opening(dealing: RawDealing, case: _Case) -> None:
    values = _values(dealing, (1, 2, 3), case.target)
    flipped = values | {2: dealing.n - values[2]}
    root = combine(dealing.n, PLAYERS, THRESHOLD, values, case.target)
    assert combine(dealing.n, PLAYERS, THRESHOLD, flipped, case.target) == root


# --- proofs of shares


@pytest.mark.check("T3")
def test_every_honest_share_verifies_for_its_context_only(dealing: RawDealing, case: _Case) -> None:
    for trustee, key in enumerate(dealing.verification_keys, start=1):
        values = _proven(dealing, trustee, case.target)
        honest = _Case(dealing.n, PLAYERS, dealing.base, key, trustee, case.target, CONTEXT, *values)
        honest.verify()
        with pytest.raises(CryptoError, match=f"share of trustee {trustee}: its proof does not verify"):
            replace(honest, context=bytes(32)).verify()


@pytest.mark.check("T3")
def test_every_changed_part_of_a_share_is_rejected(dealing: RawDealing, case: _Case) -> None:
    n = case.n
    changed = [
        replace(case, x_i=case.x_i * 4 % n),
        replace(case, x_i=n - case.x_i),
        replace(case, challenge=case.challenge ^ 1),
        replace(case, response=case.response + 1),
        replace(case, target=case.target + 1),
        replace(case, base=case.base * case.base % n),
        replace(case, verification_key=dealing.verification_keys[0]),
        replace(case, trustee=1),
        replace(case, trustee=1, verification_key=dealing.verification_keys[0]),
        replace(case, players=PLAYERS + 1),
    ]
    case.verify()
    for tampered in changed:
        with pytest.raises(CryptoError, match=f"share of trustee {tampered.trustee}: its proof does not verify"):
            tampered.verify()


@pytest.mark.check("T3")
def test_parts_of_a_share_out_of_range_are_rejected(case: _Case, toy_primes: tuple[int, int]) -> None:
    n, order = case.n, (toy_primes[0] // 2) * (toy_primes[1] // 2)
    bad_elements = (0, n, case.x_i + n, -1, toy_primes[0])
    changed = [
        *((replace(case, x_i=bad), "share of trustee 2: not in") for bad in bad_elements),
        *((replace(case, verification_key=bad), "verification key of trustee 2: not in") for bad in bad_elements),
        *((replace(case, challenge=bad), "challenge out of range") for bad in (-1, case.challenge + (1 << 256))),
        *((replace(case, response=bad), "response out of range") for bad in (-1, 1 << (512 + 385))),
        *((replace(case, trustee=bad), f"no trustee {bad}") for bad in (0, PLAYERS + 1)),
        *((replace(case, target=bad), "target: not in") for bad in (0, n, toy_primes[1])),
    ]
    for tampered, reason in changed:
        with pytest.raises(CryptoError, match=reason):
            tampered.verify()
    # the bound on the response is what stops this one: the equations hold for every multiple of the order
    wrapped = case.response + (((1 << (512 + 385)) // order) + 1) * order
    with pytest.raises(CryptoError, match="response out of range"):
        replace(case, response=wrapped).verify()


@pytest.mark.check("T3")
def test_lying_trustee_is_named_and_another_ones_share_serves(dealing: RawDealing, case: _Case) -> None:
    lie = make_share(
        dealing.n, PLAYERS, dealing.base, dealing.verification_keys[1], dealing.shares[1] + 1, 2, case.target, CONTEXT
    )
    values = _values(dealing, (1, 3), case.target)
    with pytest.raises(CryptoError, match="do not combine"):
        combine(dealing.n, PLAYERS, THRESHOLD, values | {2: lie[0]}, case.target)
    with pytest.raises(CryptoError, match="share of trustee 2"):
        replace(case, x_i=lie[0], challenge=lie[1], response=lie[2]).verify()
    rest = values | _values(dealing, (5,), case.target)
    assert combine(dealing.n, PLAYERS, THRESHOLD, rest, case.target) == 123456789


def test_proof_masks_the_secret_and_target_counts_modulo_n_only(dealing: RawDealing, case: _Case) -> None:
    again = _proven(dealing, 2, case.target % dealing.n)
    assert again[0] == case.x_i
    assert again[1] != case.challenge
    replace(case, challenge=again[1], response=again[2], target=case.target % dealing.n).verify()
    assert again[2].bit_length() > 512 + 384 - 64


def test_mask_comes_from_the_randomness_given(dealing: RawDealing, case: _Case) -> None:
    arguments = (case.n, PLAYERS, case.base, case.verification_key, dealing.shares[1], 2, case.target, CONTEXT)
    bounds: list[int] = []

    def fixed(bound: int) -> int:
        bounds.append(bound)
        return bound - 1

    first, second = (make_share(*arguments, random_below=fixed) for _ in range(2))
    assert first == second
    assert bounds == [(1 << (512 + 384)) - 1] * 2
    replace(case, challenge=first[1], response=first[2]).verify()
    assert (1 << 896) - 1 <= first[2] < 1 << 897


def test_share_is_only_made_from_a_good_secret_trustee_and_target(dealing: RawDealing, case: _Case) -> None:
    def attempt(secret: int, trustee: int, target: int) -> None:
        make_share(case.n, PLAYERS, case.base, case.verification_key, secret, trustee, target, CONTEXT)

    secret = dealing.shares[1]
    for arguments in ((0, 2, 7), (-1, 2, 7), (case.n // 4 + 1, 2, 7), (secret, 0, 7), (secret, 6, 7), (secret, 2, 0)):
        with pytest.raises(CryptoError):
            attempt(*arguments)


# --- the example of the spec


def test_example_of_the_spec_is_reproduced() -> None:
    dealing = deal_from_primes(47, 59, 2, 3, random_below=lambda _bound: 100)
    assert (dealing.n, dealing.base, dealing.shares) == (2773, 1954, (208, 308, 408))
    assert dealing.verification_keys == (2706, 1679, 1465)
    assert (rehearsal_values(2773)[0], two_prime_values(2773)[0], dealing.square_roots[0]) == (1426, 989, 1746)
    verify_verification_keys(2773, 2, 3, 1954, dealing.verification_keys)
    ciphertext = _encrypt(2773, 5, 1234)
    assert ciphertext == 3637524
    assert _values(dealing, (1, 2, 3), ciphertext) == {1: 1071, 2: 2503, 3: 371}
    assert combine(2773, 3, 2, {1: 1071, 3: 371}, ciphertext) == 1234
    challenge = 0x87C9B35450B32F43CDFC3329AFCB550A72216AD99B77A72AED4903B69A98BDFD
    arguments = (2773, 3, 1954, 2706, 208, 1, ciphertext, CONTEXT)
    assert make_share(*arguments, random_below=lambda _bound: 12345) == (1071, challenge, 12346 + challenge * 208)
    verify_share(2773, 3, 1954, 2706, 1, ciphertext, CONTEXT, 1071, challenge, 12346 + challenge * 208)


# --- full size


@pytest.mark.full_size
def test_three_of_five_open_a_3072_bit_aggregate_like_phe(full_size_primes: tuple[int, int]) -> None:
    p, q = full_size_primes
    dealing = deal_from_primes(p, q, 3, 5)
    n = dealing.n
    assert n.bit_length() == 3072
    verify_verification_keys(n, 3, 5, dealing.base, dealing.verification_keys)
    randomness = 1 + secrets.randbelow(n - 1)
    aggregate = _encrypt(n, 5 + (7 << 24) + (11 << 48), randomness)
    shares = {}
    for trustee in (5, 1, 4):
        key, values = dealing.verification_keys[trustee - 1], _proven(dealing, trustee, aggregate)
        _Case(n, 5, dealing.base, key, trustee, aggregate, CONTEXT, *values).verify()
        shares[trustee] = values[0]
    root = combine(n, 5, 3, shares, aggregate)
    opened = (aggregate * pow(root, -n, n * n) % (n * n) - 1) // n
    assert (opened, root) == (_decrypt(p, q, aggregate), randomness)
    exponent = pow(n, -1, (p - 1) * (q - 1))
    roots = [int(powmod(value, exponent, n)) for value in rehearsal_values(n)]
    verify_key_proof(n, 3072, roots, dealing.square_roots)
