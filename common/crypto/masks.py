"""Random units t with their n-th powers, many at a time: what a prover hides its secrets behind.

A prover needs one for each branch of a ballot, and may draw them as it likes as long as they are uniform. So it need
not take an n-th power for each: all are powers of one base, whose n-th power is the only one taken. With h of Jacobi
symbol −1, and n = pq of safe primes, every unit is ±h^s for exactly one s mod 2p'q', unless h is 1 or −1 mod p or mod
q, which nobody will see. With s of 128 bits more than n, ±h^s is within 2^−128 of uniform; and (±h^s)^n = ±(h^n)^s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from gmpy2 import is_square, jacobi, mpz

from common.crypto import pairs
from common.crypto.comb import Comb
from common.crypto.nth_power import nth_power
from common.crypto.pairs import SMALLEST_BITS, Pair
from common.errors import CryptoError

Draw: TypeAlias = Callable[[int], int]
"""A random integer below its argument."""

Unit: TypeAlias = "tuple[mpz, Pair]"
"""A unit mod n with its n-th power mod n²."""

SLACK = 128
"""How many bits longer than n the exponents are: the distance from uniform is at most 2^−SLACK."""

FEWEST = 5
"""For fewer masks the tables cost more than they save."""


@dataclass(frozen=True, slots=True, repr=False)
class Mask:
    """A secret unit t in [1, n), and t^n mod n²."""

    value: mpz
    power: mpz


def draw_masks(n: mpz, count: int, draw: Draw) -> list[Mask]:
    """`count` masks, by the cheaper way. n is odd, a product of two safe primes."""
    if count < FEWEST or n.bit_length() < SMALLEST_BITS:
        return plain_masks(n, count, draw)
    return masks_of_one_base(n, count, draw)


def plain_masks(n: mpz, count: int, draw: Draw) -> list[Mask]:
    """The readable way: t uniform in [1, n), an n-th power for each."""
    values = [mpz(1 + draw(int(n) - 1)) for _ in range(count)]
    return [Mask(value, nth_power(value, n)) for value in values]


def masks_of_one_base(n: mpz, count: int, draw: Draw) -> list[Mask]:
    """t = ±h^s and t^n = ±(h^n)^s, with a fresh h; about a quarter of an n-th power for each beyond the first few."""
    bits = n.bit_length() + SLACK
    comb = Comb(_base(n, draw), bits, partial(_multiply, n), (mpz(1), pairs.ONE))
    masks = []
    for _ in range(count):
        (t, power), negative = comb.power(draw(1 << bits)), draw(2)
        mask = Mask(t, pairs.join(power, n))
        masks.append(Mask(n - mask.value, n * n - mask.power) if negative else mask)
    return masks


def _multiply(n: mpz, x: Unit, y: Unit) -> Unit:
    """Of two units with their n-th powers: the product with its own."""
    return x[0] * y[0] % n, pairs.multiply(x[1], y[1], n)


def _base(n: mpz, draw: Draw) -> Unit:
    """A random unit of Jacobi symbol −1, a square modulo one of the primes only; `CryptoError` if n is a square."""
    if is_square(n):
        raise CryptoError("the modulus is a square: this is no key")
    while jacobi(h := mpz(draw(int(n))), n) != -1:
        pass
    return h, pairs.split(nth_power(h, n), n)
