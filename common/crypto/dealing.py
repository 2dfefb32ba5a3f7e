"""The dealer's work: make the modulus, share the exponent of its n-th roots, prove part 3 of the key proof."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import gmpy2

from common.crypto.cryptosystem import Progress
from common.crypto.keyproof import prove_two_primes, verification_base
from common.crypto.primes import require_safe_prime, safe_prime_pair
from common.crypto.threshold import RandomBelow, require_threshold
from common.errors import SetupError


@dataclass(frozen=True, slots=True)
class RawDealing:
    """A dealt key as plain integers. `shares[i-1]` is trustee i's secret s_i; all else is public.

    n: the modulus; base: v; verification_keys[i-1]: v_i = v^(s_i) mod n; square_roots: part 3 of the key proof.
    """

    n: int
    base: int
    verification_keys: tuple[int, ...]
    shares: tuple[int, ...] = field(repr=False)
    square_roots: tuple[int, ...] = field(repr=False)


def deal(bits: int, threshold: int, trustees: int, progress: Progress | None = None) -> RawDealing:
    """A fresh key with a modulus of exactly `bits` bits (even, ≥ 64), any `threshold` of `trustees` to open.

    2 ≤ threshold ≤ trustees, else `CryptoError`; `SetupError` for a bad length. `progress` as in `safe_prime_pair`.
    """
    require_threshold(threshold, trustees)
    if bits % 2:
        raise SetupError(f"a modulus of two primes of equal length has an even number of bits, not {bits}")
    p, q = safe_prime_pair(bits // 2, progress)
    return deal_from_primes(p, q, threshold, trustees)


def deal_from_primes(
    p: int, q: int, threshold: int, trustees: int, *, random_below: RandomBelow = secrets.randbelow
) -> RawDealing:
    """A key with modulus pq, for distinct safe primes of equal length; `SetupError` or `CryptoError` otherwise."""
    require_threshold(threshold, trustees)
    if p == q or p.bit_length() != q.bit_length():
        raise SetupError("the primes of a modulus are different and equally long")
    for prime in (p, q):
        require_safe_prime(prime)
    n = p * q
    order = (p // 2) * (q // 2)
    base = verification_base(n)
    shares = _share_exponent(int(gmpy2.invert(n, order)), order, threshold, trustees, random_below)
    keys = tuple(int(gmpy2.powmod_sec(base, share, n)) for share in shares)
    return RawDealing(n, base, keys, shares, prove_two_primes(p, q))


def _share_exponent(
    exponent: int, order: int, threshold: int, trustees: int, random_below: RandomBelow
) -> tuple[int, ...]:
    """f(1)..f(trustees) mod `order` of a random f of degree < threshold with f(0) = exponent, none of them 0."""
    while True:
        coefficients = [exponent, *(random_below(order) for _ in range(threshold - 1))]
        shares = tuple(_evaluate(coefficients, i, order) for i in range(1, trustees + 1))
        if all(shares):
            return shares


def _evaluate(coefficients: list[int], at: int, order: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * at + coefficient) % order
    return value
