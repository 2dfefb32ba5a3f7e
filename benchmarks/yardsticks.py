"""Three operations of gmpy2 that every cost is compared with, so that figures of different machines can be.

product_mod_n2   one multiplication mod n²
powmod_mod_n2    gmpy2.powmod mod n² with the full-length exponent n
powmod_3072      gmpy2.powmod with base, exponent and odd modulus of 3072 bits, whatever the parameter set

Their times depend on lengths alone, so n is any odd number here and costs no search for primes.
"""

from __future__ import annotations

import secrets
import time
from statistics import median

from gmpy2 import mpz, powmod

PRODUCT = "product_mod_n2"
POWER = "powmod_mod_n2"
POWER_3072 = "powmod_3072"
_PRODUCTS = 300


class Yardsticks:
    """The yardsticks for moduli n of one length in bits, and every time they took so far."""

    names = (PRODUCT, POWER, POWER_3072)

    def __init__(self, bits: int) -> None:
        self._n = _odd(bits)
        self._n_squared = self._n**2
        self._factors = [mpz(secrets.randbelow(int(self._n_squared))) for _ in range(_PRODUCTS)]
        self._base, self._exponent, self._modulus = mpz(secrets.randbits(3072)), _odd(3072), _odd(3072)
        self._taken: dict[str, list[float]] = {name: [] for name in self.names}

    def take(self) -> dict[str, float]:
        """Measure each once, in CPU seconds."""
        found = {PRODUCT: self._product(), POWER: self._power(), POWER_3072: self._power_3072()}
        for name, seconds in found.items():
            self._taken[name].append(seconds)
        return found

    def medians(self) -> dict[str, float]:
        """Median of all that were taken, in CPU seconds; requires at least one."""
        return {name: median(times) for name, times in self._taken.items()}

    def _product(self) -> float:
        start = time.process_time()
        product, modulus = mpz(1), self._n_squared
        for factor in self._factors:
            product = product * factor % modulus
        return (time.process_time() - start) / _PRODUCTS

    def _power(self) -> float:
        start = time.process_time()
        powmod(self._factors[0], self._n, self._n_squared)
        return time.process_time() - start

    def _power_3072(self) -> float:
        start = time.process_time()
        powmod(self._base, self._exponent, self._modulus)
        return time.process_time() - start


def _odd(bits: int) -> mpz:
    """A random odd number of exactly so many bits."""
    return mpz(secrets.randbits(bits) | 1 << (bits - 1) | 1)
