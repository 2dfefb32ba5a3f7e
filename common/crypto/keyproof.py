"""Key proof: n is square-free, coprime to φ(n), and has exactly two prime factors (spec chapter 5).

Part 1 excludes what the other two cannot see; part 2, n-th roots of hashed values, shows gcd(n, φ(n)) = 1 (Goldberg,
Reyzin, Sagga, Baldimtsi 2019); part 3, square roots of hashed values, shows that n has no three prime factors (after
van de Graaf and Peralta 1987). Parts 2 and 3 each err with probability at most 2^-256 for each n that a hostile
dealer tries. All values are plain integers; in hash inputs n takes ⌈|n|/8⌉ bytes, indices and counters 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import gmpy2
from gmpy2 import mpz

from common.encoding.hashing import full_domain_hash, uint64
from common.encoding.octets import int_to_bytes
from common.errors import CryptoError

ROOTS = 16
SQUARE_ROOTS = 256
SMALLEST_FACTOR = 1 << 16
"""No prime factor of n is below this: so one missing n-th root among `ROOTS` hides with probability ≤ 2^-256."""

_PRIMALITY_ROUNDS = 40


def verification_base(n: int) -> int:
    """v = FDH(`v`, n)² mod n, the base of the trustees' verification keys."""
    return pow(full_domain_hash(n, "v", _octets(n)), 2, n)


def rehearsal_values(n: int) -> tuple[int, ...]:
    """The 16 values in [1, n), coprime to n, whose n-th roots are part 2. n > 1."""
    return tuple(_hashed_coprime(n, index) for index in range(ROOTS))


def two_prime_values(n: int) -> tuple[int, ...]:
    """The 256 values in [1, n) with Jacobi symbol +1 for part 3. n odd, > 1."""
    return tuple(_hashed_jacobi_one(n, index) for index in range(SQUARE_ROOTS))


def prove_two_primes(p: int, q: int) -> tuple[int, ...]:
    """Part 3, from the primes p ≡ q ≡ 3 (mod 4), p ≠ q: for each value ρ the one square y with y² = ±ρ mod pq.

    For such n exactly one of ρ, -ρ is a square, and exactly one of its four roots is a square itself. So y is a
    function of ρ, and a proof made twice shows no second root of anything. `CryptoError` for other p, q.
    """
    if p == q or p % 4 != 3 or q % 4 != 3:
        raise CryptoError("part 3 of the key proof needs two different primes that are 3 mod 4")
    inverse = int(gmpy2.invert(q, p))
    roots = []
    for value in two_prime_values(p * q):
        square = value if gmpy2.jacobi(value, p) == 1 else -value
        at_p = int(gmpy2.powmod_sec(square % p, (p + 1) // 4, p))
        at_q = int(gmpy2.powmod_sec(square % q, (q + 1) // 4, q))
        roots.append(at_q + q * ((at_p - at_q) * inverse % p))
    return tuple(roots)


def verify_key_proof(n: int, bits: int, roots: Sequence[int], square_roots: Sequence[int]) -> None:
    """K3: raise `CryptoError`, naming the part, unless all three parts hold for a modulus of exactly `bits` bits."""
    _verify_form(n, bits)
    _verify_roots(n, roots)
    _verify_square_roots(n, square_roots)


def _verify_form(n: int, bits: int) -> None:
    if n < 1 or n.bit_length() != bits:
        raise CryptoError(f"key proof part 1: the modulus has {n.bit_length()} bits, not {bits}")
    if n % 2 == 0:
        raise CryptoError("key proof part 1: the modulus is even")
    if gmpy2.gcd(n, _small_primes_product()) != 1:
        raise CryptoError("key proof part 1: the modulus has a prime factor below 2^16")
    if gmpy2.is_prime(n, _PRIMALITY_ROUNDS):
        raise CryptoError("key proof part 1: the modulus is prime")


def _verify_roots(n: int, roots: Sequence[int]) -> None:
    if len(roots) != ROOTS:
        raise CryptoError(f"key proof part 2: {len(roots)} roots where {ROOTS} are due")
    for index, (value, root) in enumerate(zip(rehearsal_values(n), roots, strict=True)):
        if not 1 <= root < n:
            raise CryptoError(f"key proof part 2: root {index} out of range")
        if gmpy2.powmod(root, n, n) != value:
            raise CryptoError(f"key proof part 2: root {index} is no n-th root of its value")


def _verify_square_roots(n: int, square_roots: Sequence[int]) -> None:
    if len(square_roots) != SQUARE_ROOTS:
        raise CryptoError(f"key proof part 3: {len(square_roots)} square roots where {SQUARE_ROOTS} are due")
    for index, (value, root) in enumerate(zip(two_prime_values(n), square_roots, strict=True)):
        if not 1 <= root < n:
            raise CryptoError(f"key proof part 3: square root {index} out of range")
        if root * root % n not in (value, n - value):
            raise CryptoError(f"key proof part 3: square root {index} is no root of its value or its negative")


def _hashed_coprime(n: int, index: int) -> int:
    counter = 0
    while True:
        value = full_domain_hash(n, "keyproof/root", _octets(n), uint64(index), uint64(counter))
        if gmpy2.gcd(value, n) == 1:
            return value
        counter += 1


def _hashed_jacobi_one(n: int, index: int) -> int:
    counter = 0
    while True:
        value = full_domain_hash(n, "keyproof/two", _octets(n), uint64(index), uint64(counter))
        if gmpy2.jacobi(value, n) == 1:
            return value
        counter += 1


def _octets(n: int) -> bytes:
    return int_to_bytes(n, (n.bit_length() + 7) // 8)


@cache
def _small_primes_product() -> mpz:
    return gmpy2.primorial(SMALLEST_FACTOR - 1)
