"""Hostile dealers: moduli that look like any other to whoever does not check the key proof. Toy sizes only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm, prod

import gmpy2

from common.crypto import dealing
from common.crypto.cryptosystem import Dealing, KeyMaterial, KeyProof, Progress, Share
from common.crypto.dealing import RawDealing
from common.crypto.keyproof import two_prime_values, verification_base
from common.crypto.paillier import Parameters
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.crypto.systems import encode_dealing
from common.errors import CryptoError

MERSENNE = (1 << 17) - 1
"""A prime, so that 2^17, the place value of the second option, is 1 more than a multiple of it."""


class Unproven(PaillierElectionKey):
    """The key as it is at a ceremony that the dealer has bought: nobody there looks at the key proof."""

    def verify_proof(self, proof: KeyProof) -> None:
        """Not done."""

    def root(self, shares: Sequence[Share], target: str) -> str:
        """A root if there is one, else any number."""
        try:
            return super().root(shares, target)
        except CryptoError:
            return self.public.encode_value(1)


@dataclass(slots=True)
class HostileSystem:
    """A parameter set whose dealer cheats. `raw` is what it deals, whatever the threshold says.

    Once `held`, everybody gets an ordinary key and may check it.
    """

    name: str
    bits: int
    primes: tuple[int, ...]
    held: bool = False
    insecure: bool = True

    def deal(self, threshold: int, trustees: int, _progress: Progress | None = None) -> Dealing:
        return encode_dealing(self._raw(threshold, trustees), threshold)

    def key(self, material: KeyMaterial) -> PaillierElectionKey:
        key = election_key(Parameters(self.name, self.bits, insecure=True), material)
        return key if self.held else Unproven(key.material, key.public, key.base, key.verification_keys)

    def _raw(self, threshold: int, trustees: int) -> RawDealing:
        """Shares of the exponent that takes n-th roots of n-th powers, which is all that opening takes."""
        n, order = prod(self.primes), lcm(*(p - 1 for p in self.primes))
        base, exponent = verification_base(n), int(gmpy2.invert(n, order))
        shares = dealing._share_exponent(exponent, order, threshold, trustees, secrets.randbelow)
        keys = tuple(int(gmpy2.powmod(base, share, n)) for share in shares)
        return RawDealing(n, base, keys, shares, tuple(self._square_root(n, value) for value in two_prime_values(n)))

    def _square_root(self, n: int, value: int) -> int:
        """Part 3 of the key proof as well as it can be made: a root of ±value modulo a prime power, else 1."""
        p = self.primes[0]
        if set(self.primes) != {p}:
            return 1
        square = value if gmpy2.jacobi(value, p) == 1 else -value
        odd = n // p * (p - 1) // 2
        return int(gmpy2.powmod(square % n, (odd + 1) // 2, n))


def many_primes(count: int, bits: int) -> HostileSystem:
    """A modulus of exactly `bits` bits out of `count` primes of equal length, above 2^16."""
    low = int(2 ** (bits / count - 0.08))
    while True:
        primes = {int(gmpy2.next_prime(low + secrets.randbelow(low // 10))) for _ in range(count)}
        if len(primes) == count and prod(primes).bit_length() == bits:
            return HostileSystem(f"many-primes-{bits}", bits, tuple(sorted(primes)))


def prime_power(exponent: int) -> HostileSystem:
    """131071^exponent: of every ciphertext there are many openings, for n-th powers hide multiples of the prime."""
    return HostileSystem(f"prime-power-{17 * exponent}", 17 * exponent, (MERSENNE,) * exponent)
