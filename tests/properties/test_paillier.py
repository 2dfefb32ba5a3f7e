"""Encryption agrees with phe in both directions, and the wire form of every value is unique."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import phe
import pytest
from gmpy2 import gcd
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto.nth_power import nth_power, pairwise_nth_power, plain_nth_power
from common.crypto.paillier import PARAMETERS, decode_challenge, encode_challenge, public_key
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.crypto.systems import SYSTEMS, cryptosystem
from common.encoding.octets import int_from_base64url
from common.errors import CryptoError, SetupError

INTEGERS = st.integers(min_value=0, max_value=2**600)
F, P, SEED = b"f" * 32, b"p" * 32, b"s" * 32


def phe_keys(p: int, q: int) -> tuple[phe.PaillierPublicKey, phe.PaillierPrivateKey]:
    public = phe.PaillierPublicKey(p * q)
    return public, phe.PaillierPrivateKey(public, p, q)


@given(m=INTEGERS, r=INTEGERS)
def test_encryption_equals_phe(toy_key: PaillierElectionKey, m: int, r: int) -> None:
    n = int(toy_key.public.n)
    m, r = m % n, 1 + r % (n - 1)
    assert toy_key.public.encrypt(m, r) == phe.PaillierPublicKey(n).raw_encrypt(m, r_value=r)


@given(m=INTEGERS, r=INTEGERS)
def test_phe_decrypts_what_we_encrypt(
    toy_key: PaillierElectionKey, toy_primes: tuple[int, int], m: int, r: int
) -> None:
    n = int(toy_key.public.n)
    _, private = phe_keys(*toy_primes)
    assert private.raw_decrypt(int(toy_key.public.encrypt(m % n, 1 + r % (n - 1)))) == m % n


def test_we_open_what_phe_encrypts_and_nothing_else(
    toy_primes: tuple[int, int], toy_key: PaillierElectionKey
) -> None:
    public, _ = phe_keys(*toy_primes)
    ciphertext = toy_key.public.encode_element(public.raw_encrypt(42, r_value=7))
    value = toy_key.public.encode_value
    assert toy_key.verify_opening(ciphertext, {"plaintext": value(42), "randomness": value(7)}) == 42
    for plaintext, randomness in ((43, 7), (42, 8), (42, int(toy_key.public.n) - 7)):
        with pytest.raises(CryptoError, match="re-encrypt"):
            toy_key.verify_opening(ciphertext, {"plaintext": value(plaintext), "randomness": value(randomness)})


def test_plaintext_is_found_among_the_allowed_with_its_randomness_alone(toy_key: PaillierElectionKey) -> None:
    n = int(toy_key.public.n)
    for m in (0, 1, 2**24, n - 1):
        assert toy_key.plaintext(toy_key.encrypt(m, 7), 7, [5, m, 6]) == m
        for randomness, allowed in ((8, [m]), (n - 7, [m]), (7, [m + 1, m + n, m - n]), (7, [])):
            with pytest.raises(CryptoError, match="does not open"):
                toy_key.plaintext(toy_key.encrypt(m, 7), randomness, allowed)


def test_opening_has_exactly_two_values_in_range(toy_key: PaillierElectionKey) -> None:
    n, value = int(toy_key.public.n), toy_key.public.encode_value
    ciphertext = toy_key.encrypt(1, 3)
    good = {"plaintext": value(1), "randomness": value(3)}
    assert toy_key.verify_opening(ciphertext, good) == 1
    for bad in (
        {"plaintext": value(1)},
        good | {"note": value(1)},
        good | {"plaintext": value(1 + n)},
        good | {"randomness": value(3 + n)},
        good | {"randomness": value(0)},
        good | {"randomness": value(3)[1:]},
    ):
        with pytest.raises(CryptoError):
            toy_key.verify_opening(ciphertext, bad)


@given(m=st.tuples(INTEGERS, INTEGERS), r=st.tuples(INTEGERS, INTEGERS))
def test_aggregate_encrypts_the_sum(toy_key: PaillierElectionKey, m: tuple[int, int], r: tuple[int, int]) -> None:
    n = int(toy_key.public.n)
    m, r = (m[0] % n, m[1] % n), (1 + r[0] % (n - 1), 1 + r[1] % (n - 1))
    total = toy_key.aggregate([toy_key.encrypt(m[0], r[0]), toy_key.encrypt(m[1], r[1])])
    assert total == toy_key.encrypt(sum(m) % n, r[0] * r[1] % n)


def test_aggregate_of_none_encrypts_zero_with_randomness_one(toy_key: PaillierElectionKey) -> None:
    assert toy_key.aggregate([]) == toy_key.encrypt(0, 1)


@pytest.mark.parametrize(("m", "r"), [(-1, 1), ("n", 1), (0, 0), (0, "n"), (0, "p"), (0, -1)])
def test_encryption_refuses_values_out_of_range(
    toy_key: PaillierElectionKey, toy_primes: tuple[int, int], m: int | str, r: int | str
) -> None:
    named: dict[int | str, int] = {"n": int(toy_key.public.n), "p": toy_primes[0]}
    with pytest.raises(CryptoError):
        toy_key.encrypt(int(named.get(m, m)), int(named.get(r, r)))


def test_seed_determines_randomness(toy_key: PaillierElectionKey) -> None:
    base = toy_key.randomness(F, P, SEED, "mayor", 0)
    assert base == toy_key.randomness(F, P, SEED, "mayor", 0)
    assert 1 <= base < toy_key.public.n
    assert gcd(base, toy_key.public.n) == 1
    others = {
        toy_key.randomness(P, P, SEED, "mayor", 0),
        toy_key.randomness(F, F, SEED, "mayor", 0),
        toy_key.randomness(F, P, F, "mayor", 0),
        toy_key.randomness(F, P, SEED, "mayos", 0),
        toy_key.randomness(F, P, SEED, "mayor", 1),
    }
    assert len(others) == 5
    assert base not in others


def test_randomness_is_the_specified_hash(toy_key: PaillierElectionKey) -> None:
    """Written out by hand: frames of 8-byte lengths, SHAKE256 of |n|+128 bits, reduced; counter 0."""

    def framed(*items: bytes) -> bytes:
        return b"".join(len(item).to_bytes(8, "big") + item for item in items)

    data = framed(b"valik/v1/randomness", F, P, SEED, b"mayor", bytes(7) + b"\x02", bytes(8))
    expected = int.from_bytes(hashlib.shake_256(data).digest(512 // 8 + 16), "big") % int(toy_key.public.n)
    assert toy_key.randomness(F, P, SEED, "mayor", 2) == expected


def test_randomness_moves_on_to_the_next_counter_until_coprime() -> None:
    key = public_key(3 * 5 * 7)
    values = {key.randomness(F, P, SEED, "mayor", index) for index in range(40)}
    assert all(gcd(value, 105) == 1 for value in values)
    with pytest.raises(CryptoError, match="32 bytes"):
        key.randomness(F, P, SEED[:-1], "mayor", 0)


@given(value=INTEGERS)
def test_every_value_has_one_wire_form(toy_key: PaillierElectionKey, value: int) -> None:
    public = toy_key.public
    element, number = value % public.n_squared, value % public.n
    assert public.decode_element(public.encode_element(element)) == element
    assert public.decode_value(public.encode_value(number)) == number
    assert len(public.element_to_bytes(element)) == 128
    assert len(public.value_to_bytes(number)) == 64
    assert decode_challenge(encode_challenge(value % 2**256)) == value % 2**256


@pytest.mark.parametrize(
    "text", ["", "AA", "A" * 85, "A" * 87, "A" * 85 + "B", "A" * 85 + "=", "A" * 85 + "+", "é" * 86]
)
def test_malformed_values_are_refused(toy_key: PaillierElectionKey, text: str) -> None:
    assert toy_key.public.decode_value("A" * 86) == 0
    with pytest.raises(CryptoError):
        toy_key.public.decode_value(text)


@given(x=INTEGERS, n=st.integers(min_value=3, max_value=2**600).map(lambda n: n | 1))
def test_pairwise_power_equals_powmod(x: int, n: int) -> None:
    assert pairwise_nth_power(x, n) == plain_nth_power(x, n) == nth_power(x, n)


@pytest.mark.parametrize("x", [0, 1])
def test_pairwise_power_of_special_values(x: int) -> None:
    n = 2**1500 + 1
    assert pairwise_nth_power(x, n) == nth_power(x, n) == x
    assert pairwise_nth_power(n, n) == pairwise_nth_power(n * n, n) == 0
    assert pairwise_nth_power(n - 1, n) == n * n - 1


@settings(max_examples=10)
@given(x=st.integers(min_value=0, max_value=2**6200))
def test_pairwise_power_equals_powmod_at_full_size(x: int) -> None:
    n = 2**3072 - 1103717  # any odd number of that length will do
    assert nth_power(x, n) == plain_nth_power(x, n)


def test_key_material_of_another_length_or_range_is_refused(
    toy_primes: tuple[int, int], toy_key: PaillierElectionKey
) -> None:
    material, value = toy_key.material, toy_key.public.encode_value
    parameters = PARAMETERS["toy-512"]
    assert election_key(parameters, material) == toy_key
    n = int(toy_key.public.n)
    for n_text in (value(n >> 1), value(n - 1), value(n)[2:], value(n) + "AA"):
        with pytest.raises(CryptoError):
            election_key(parameters, replace(material, public_key={"n": n_text}))
    changes: tuple[dict[str, Any], ...] = (
        {"public_key": {"n": value(n), "g": value(n)}},
        {"public_key": {}},
        {"base": value(0)},
        {"base": value(n)},
        {"verification_keys": (*material.verification_keys[:-1], value(n))},
        {"threshold": 1},
        {"threshold": 4},
    )
    for change in changes:
        with pytest.raises(CryptoError):
            election_key(parameters, replace(material, **change))
    with pytest.raises(CryptoError):
        election_key(PARAMETERS["paillier-2048"], material)


def test_registry_knows_three_sets_and_marks_the_toy() -> None:
    assert {name: system.insecure for name, system in SYSTEMS.items()} == {
        "paillier-3072": False,
        "paillier-2048": False,
        "toy-512": True,
    }
    assert cryptosystem("toy-512").name == "toy-512"
    with pytest.raises(SetupError, match="paillier-3072"):
        cryptosystem("paillier-1024")


def test_a_dealt_key_opens_aggregates_end_to_end() -> None:
    system = cryptosystem("toy-512")
    dealing = system.deal(2, 3)
    key = system.key(dealing.material)
    key.verify_verification_keys()
    for trustee, secret in enumerate(dealing.shares, 1):
        key.require_secret(secret, trustee)
    with pytest.raises(CryptoError):
        key.require_secret(dealing.shares[0], 2)
    roots = []
    for index, value in enumerate(key.rehearsal_values()):
        shares = [key.share(dealing.shares[i - 1], i, value, bytes([index])) for i in (3, 1)]
        for share in shares:
            key.verify_share(share, value, bytes([index]))
        roots.append(key.root(shares, value))
    proof = key.complete_proof(dealing.proof, roots)
    key.verify_proof(proof)
    with pytest.raises(CryptoError):
        key.verify_proof(proof | {"nth_roots": (roots[1], *roots[1:])})
    with pytest.raises(CryptoError):
        key.verify_proof(dealing.proof)
    with pytest.raises(CryptoError):
        key.complete_proof(proof, roots)

    aggregate = key.aggregate([key.encrypt(5, 11), key.encrypt(37, 13)])
    shares = [key.share(dealing.shares[i - 1], i, aggregate, b"tally") for i in (1, 2)]
    opening = key.open(aggregate, shares)
    assert key.verify_opening(aggregate, opening) == 42
    assert int_from_base64url(opening["randomness"], 64) == 11 * 13
    with pytest.raises(CryptoError):
        key.verify_share(shares[0], aggregate, b"rehearsal")
    for wrong in (shares[:1], [shares[0], shares[0]]):
        with pytest.raises(CryptoError, match="different trustees"):
            key.open(aggregate, wrong)


@pytest.mark.parametrize("target", [0, "n", "n_squared", "p"])
def test_no_share_is_made_for_a_target_that_is_no_unit(
    toy_key: PaillierElectionKey, toy_primes: tuple[int, int], target: int | str
) -> None:
    n = int(toy_key.public.n)
    number = {0: 0, "n": n, "n_squared": n * n, "p": toy_primes[0]}[target]
    with pytest.raises(CryptoError):
        toy_key.share(toy_key.public.encode_value(1), 1, toy_key.public.encode_element(number), b"tally")


@pytest.mark.full_size
def test_encryption_equals_phe_at_full_size(
    full_size_key: PaillierElectionKey, full_size_primes: tuple[int, int]
) -> None:
    public, private = phe_keys(*full_size_primes)
    r = full_size_key.randomness(F, P, SEED, "mayor", 0)
    ciphertext = full_size_key.public.encrypt(2**2000, r)
    assert ciphertext == public.raw_encrypt(2**2000, r_value=r)
    assert private.raw_decrypt(int(ciphertext)) == 2**2000
    assert len(full_size_key.encrypt(1, r)) == 1024
