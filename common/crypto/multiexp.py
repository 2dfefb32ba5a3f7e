"""Products of many powers, Π x_i^(k_i), by buckets (Pippenger).

An exponent is cut into windows of bits. In a window, bases with the same digit d are first multiplied together, in
bucket d; then Π bucket_d^d takes two products a bucket. So a base costs one product per window, whatever its digit,
and no squarings of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gmpy2 import mpz, powmod

_WIDEST_WINDOW = 16


@dataclass(frozen=True, slots=True)
class Window:
    """`width` bits of every exponent, from bit `offset` up."""

    offset: int
    width: int


def naive_product_of_powers(bases: Sequence[int], exponents: Sequence[int], modulus: int) -> mpz:
    """Π bases[i]^exponents[i] mod modulus, the readable way."""
    product = mpz(1) % modulus
    for base, exponent in zip(bases, exponents, strict=True):
        product = product * powmod(base, exponent, modulus) % modulus
    return product


def product_of_powers(bases: Sequence[int], exponents: Sequence[int], modulus: int) -> mpz:
    """Π bases[i]^exponents[i] mod modulus; exponents ≥ 0, of any lengths."""
    terms = [(mpz(base), exponent) for base, exponent in zip(bases, exponents, strict=True)]
    product = mpz(1) % modulus
    for window in reversed(windows([exponent.bit_length() for exponent in exponents])):
        for _ in range(window.width):
            product = product * product % modulus
        product = product * _window_product(terms, window, modulus) % modulus
    return product


def windows(lengths: Sequence[int]) -> list[Window]:
    """Windows, from bit 0 up, that cover exponents of these lengths in bits.

    The fewer exponents reach a window, the fewer buckets are worth their cost, so the width shrinks on the way up.
    """
    found: list[Window] = []
    offset, top = 0, max(lengths, default=0)
    while offset < top:
        reaching = sum(length > offset for length in lengths)
        width = min(range(1, _WIDEST_WINDOW + 1), key=lambda w: (reaching + (2 << w) + w) / w)
        found.append(Window(offset, width))
        offset += width
    return found


def _window_product(terms: Sequence[tuple[mpz, int]], window: Window, modulus: int) -> mpz:
    """Π base^(digit of its exponent in this window) mod modulus."""
    offset, mask = window.offset, (1 << window.width) - 1
    buckets: list[mpz | None] = [None] * (mask + 1)
    for base, exponent in terms:
        digit = exponent >> offset & mask
        if digit:
            held = buckets[digit]
            buckets[digit] = base if held is None else held * base % modulus
    # Π bucket_d^d = Π over d of the running product from the top bucket down to d
    running = product = mpz(1)
    for held in reversed(buckets[1:]):
        if held is not None:
            running = running * held % modulus
        product = product * running % modulus
    return product
