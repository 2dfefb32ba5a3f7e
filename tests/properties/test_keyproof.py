"""Key proof (K3): the honest proof passes, and each part stops the keys it is there for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from math import gcd, prod

import gmpy2
import phe
import pytest

from common.crypto.keyproof import (
    ROOTS,
    SQUARE_ROOTS,
    prove_two_primes,
    rehearsal_values,
    two_prime_values,
    verification_base,
    verify_key_proof,
)
from common.encoding.hashing import full_domain_hash
from common.errors import CryptoError

pytestmark = pytest.mark.check("K3")


@dataclass(frozen=True, slots=True)
class _Proof:
    n: int
    bits: int
    roots: tuple[int, ...]
    square_roots: tuple[int, ...]

    def verify(self) -> None:
        verify_key_proof(self.n, self.bits, self.roots, self.square_roots)


def _random_prime(bits: int, residue_mod_8: int | None = None) -> int:
    """A prime with the two top bits set, of that residue mod 8, or else 3 mod 4."""
    while True:
        candidate = int(gmpy2.next_prime(secrets.randbits(bits) | (3 << (bits - 2))))
        fits = candidate % 4 == 3 if residue_mod_8 is None else candidate % 8 == residue_mod_8
        if fits and candidate.bit_length() == bits:
            return candidate


def _roots(*factors: int) -> tuple[int, ...]:
    """The n-th roots of part 2 where they exist, else 1; `factors` are the prime powers of n, each with its prime."""
    n = prod(factors)
    order = prod(factor - 1 for factor in factors)
    if gcd(n, order) != 1:
        return (1,) * ROOTS
    exponent = pow(n, -1, order)
    return tuple(pow(value, exponent, n) for value in rehearsal_values(n))


def _square_root(square: int, p: int) -> int:
    """A root of a square modulo a prime p that is 3 mod 4 or 5 mod 8."""
    if p % 4 == 3:
        return pow(square, (p + 1) // 4, p)
    root = pow(square, (p + 3) // 8, p)
    return root if (root * root - square) % p == 0 else root * pow(2, (p - 1) // 4, p) % p


def _best_square_roots(*factors: int) -> tuple[int, ...]:
    """All that a cheating dealer who knows the different primes of n can do for part 3; 1 where there is no root."""
    n = prod(factors)
    roots = []
    for value in two_prime_values(n):
        root = 1
        for square in (value, n - value):
            if all(gmpy2.jacobi(square, p) == 1 for p in factors):
                root = sum(_square_root(square, p) * (n // p) * pow(n // p, -1, p) for p in factors) % n
        roots.append(root)
    return tuple(roots)


def _with_values(proof: _Proof) -> list[tuple[int, int]]:
    return list(zip(proof.square_roots, two_prime_values(proof.n), strict=True))


@pytest.fixture(scope="module")
def honest(toy_primes: tuple[int, int]) -> _Proof:
    p, q = toy_primes
    return _Proof(p * q, 512, _roots(p, q), prove_two_primes(p, q))


def test_honest_proof_is_accepted(honest: _Proof) -> None:
    honest.verify()


def test_proof_is_a_function_of_the_key_and_its_square_roots_are_squares(
    honest: _Proof, toy_primes: tuple[int, int]
) -> None:
    p, q = toy_primes
    assert prove_two_primes(p, q) == honest.square_roots == prove_two_primes(q, p)
    assert all(gmpy2.jacobi(y, p) == gmpy2.jacobi(y, q) == 1 for y in honest.square_roots)


def test_hashed_values_are_what_the_spec_says(honest: _Proof) -> None:
    n, octets = honest.n, honest.n.to_bytes(64, "big")
    assert verification_base(n) == full_domain_hash(n, "v", octets) ** 2 % n
    assert rehearsal_values(n)[3] == full_domain_hash(n, "keyproof/root", octets, (3).to_bytes(8, "big"), bytes(8))
    expected = next(
        value
        for counter in range(64)
        if gmpy2.jacobi(
            value := full_domain_hash(
                n, "keyproof/two", octets, (255).to_bytes(8, "big"), counter.to_bytes(8, "big")
            ),
            n,
        )
        == 1
    )
    assert two_prime_values(n)[255] == expected
    assert len(set(rehearsal_values(n))) == ROOTS
    assert len(set(two_prime_values(n))) == SQUARE_ROOTS


# --- part 1


def test_wrong_length_is_rejected(honest: _Proof) -> None:
    for bits in (510, 511, 513, 520):
        with pytest.raises(CryptoError, match="part 1: the modulus has 512 bits"):
            replace(honest, bits=bits).verify()


@pytest.mark.parametrize("n", [0, -(1 << 511) - 1])
def test_modulus_that_is_not_positive_is_rejected(honest: _Proof, n: int) -> None:
    with pytest.raises(CryptoError, match="part 1"):
        replace(honest, n=n, bits=n.bit_length()).verify()


def test_even_modulus_is_rejected(honest: _Proof) -> None:
    with pytest.raises(CryptoError, match="part 1: the modulus is even"):
        replace(honest, n=honest.n - 1).verify()


@pytest.mark.parametrize("factor", [3, 65521])
def test_modulus_with_a_small_factor_is_rejected(factor: int) -> None:
    q = _random_prime(520)
    n = factor * q
    proof = _Proof(n, n.bit_length(), _roots(factor, q), _best_square_roots(q, factor))
    with pytest.raises(CryptoError, match="part 1: the modulus has a prime factor below 2\\^16"):
        proof.verify()


def test_prime_modulus_is_rejected_although_its_roots_all_exist() -> None:
    p = _random_prime(512)
    proof = _Proof(p, 512, _roots(p), _best_square_roots(p))
    assert all(pow(root, p, p) == value for root, value in zip(proof.roots, rehearsal_values(p), strict=True))
    assert all(y * y % p in (v, p - v) for y, v in _with_values(proof))
    with pytest.raises(CryptoError, match="part 1: the modulus is prime"):
        proof.verify()


# --- part 2


def test_modulus_with_a_square_factor_is_rejected() -> None:
    p, q = _random_prime(170), _random_prime(172)
    n = p * p * q
    with pytest.raises(CryptoError, match="part 2: root 0 is no n-th root"):
        _Proof(n, n.bit_length(), (1,) * ROOTS, (1,) * SQUARE_ROOTS).verify()


def test_power_of_a_small_prime_is_rejected_and_would_give_two_openings() -> None:
    n = 65537**32
    key = phe.PaillierPublicKey(n)
    shift = n // 65537
    assert key.raw_encrypt(0, r_value=1 + shift) == key.raw_encrypt(shift, r_value=1)
    with pytest.raises(CryptoError, match="part 2: root 0 is no n-th root"):
        _Proof(n, n.bit_length(), (1,) * ROOTS, (1,) * SQUARE_ROOTS).verify()


def test_each_tampered_root_is_rejected_and_named(honest: _Proof) -> None:
    for index in range(ROOTS):
        roots = list(honest.roots)
        roots[index] = honest.n - roots[index]
        with pytest.raises(CryptoError, match=f"part 2: root {index} is no n-th root"):
            replace(honest, roots=tuple(roots)).verify()


@pytest.mark.parametrize("shift", [-1, 1])
def test_root_out_of_range_is_rejected(honest: _Proof, shift: int) -> None:
    roots = (honest.roots[0] + shift * honest.n, *honest.roots[1:])
    with pytest.raises(CryptoError, match="part 2: root 0 out of range"):
        replace(honest, roots=roots).verify()


def test_too_few_or_too_many_roots_are_rejected(honest: _Proof) -> None:
    for roots in (honest.roots[:-1], (*honest.roots, 1), ()):
        with pytest.raises(CryptoError, match=r"part 2: .* roots where 16 are due"):
            replace(honest, roots=roots).verify()


# --- part 3


@pytest.mark.parametrize(("residue_mod_8", "few", "many"), [(3, 20, 108), (5, 72, 184)])
def test_three_primes_pass_a_quarter_or_half_of_the_values_and_are_rejected(
    residue_mod_8: int, few: int, many: int
) -> None:
    p, q, r = _random_prime(170), _random_prime(171), _random_prime(172, residue_mod_8)
    n = p * q * r
    proof = _Proof(n, n.bit_length(), _roots(p, q, r), _best_square_roots(p, q, r))
    assert few < sum(y * y % n in (v, n - v) for y, v in _with_values(proof)) < many
    with pytest.raises(CryptoError, match=r"part 3: square root .* is no root"):
        proof.verify()


def test_two_primes_of_which_one_is_1_mod_4_pass_half_of_the_values_and_are_rejected() -> None:
    p, q = _random_prime(256), _random_prime(256, 5)
    n = p * q
    with pytest.raises(CryptoError, match="3 mod 4"):
        prove_two_primes(p, q)
    proof = _Proof(n, 512, _roots(p, q), _best_square_roots(p, q))
    assert 72 < sum(y * y % n in (v, n - v) for y, v in _with_values(proof)) < 184
    with pytest.raises(CryptoError, match=r"part 3: square root .* is no root"):
        proof.verify()


def test_each_tampered_square_root_is_rejected_and_named(honest: _Proof) -> None:
    for index in range(0, SQUARE_ROOTS, 17):
        square_roots = list(honest.square_roots)
        square_roots[index] = (square_roots[index] + 1) % honest.n
        with pytest.raises(CryptoError, match=f"part 3: square root {index} is no root"):
            replace(honest, square_roots=tuple(square_roots)).verify()


@pytest.mark.parametrize("shift", [-1, 1])
def test_square_root_out_of_range_is_rejected(honest: _Proof, shift: int) -> None:
    square_roots = (*honest.square_roots[:-1], honest.square_roots[-1] + shift * honest.n)
    with pytest.raises(CryptoError, match="part 3: square root 255 out of range"):
        replace(honest, square_roots=square_roots).verify()


def test_too_few_or_too_many_square_roots_are_rejected(honest: _Proof) -> None:
    for square_roots in (honest.square_roots[:-1], (*honest.square_roots, 1), ()):
        with pytest.raises(CryptoError, match=r"part 3: .* square roots where 256 are due"):
            replace(honest, square_roots=square_roots).verify()


def test_proof_of_another_key_is_rejected(honest: _Proof) -> None:
    other = (_random_prime(256), _random_prime(256))
    with pytest.raises(CryptoError, match="part 2"):
        replace(honest, roots=_roots(*other)).verify()
    with pytest.raises(CryptoError, match="part 3"):
        replace(honest, square_roots=prove_two_primes(*other)).verify()
