"""Products of many powers, Π x_i^(k_i), by buckets (Pippenger).

An exponent is cut into windows of bits. In a window, bases with the same digit d are first multiplied together, in
bucket d; then Π bucket_d^d takes two products a bucket. So a base costs one product per window, whatever its digit,
and no squarings of its own. Nothing is remembered of equal bases: a repeated one costs what a new one does.
Of few bases the product is `interleaved` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gmpy2 import mpz, powmod

from common.crypto import pairs
from common.crypto.interleaved import interleaved_product, products_interleaved

_WIDEST_WINDOW = 16
_FEW = 64
_MANY = 300
"""With so many terms of a batch, buckets take fewer products than interleaving; that needs no counting."""

T = TypeVar("T")


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
    """Π bases[i]^exponents[i] mod modulus; bases ≥ 0; exponents ≥ 0, of any lengths."""
    terms = [(mpz(base), exponent) for base, exponent in zip(bases, exponents, strict=True)]
    return quickest_product(terms, mpz(1), lambda x, y: x * y % modulus, lambda x: x * x % modulus) % modulus


def product_of_powers_mod_n(bases: Sequence[int], exponents: Sequence[int], n: int) -> mpz:
    """Π bases[i]^exponents[i] mod n, the quicker way for this size: for a toy ballot or two, the readable one."""
    small = len(bases) < _FEW and n.bit_length() < 2 * pairs.SMALLEST_BITS
    return (naive_product_of_powers if small else product_of_powers)(bases, exponents, n)


def product_of_powers_mod_square(bases: Sequence[int], exponents: Sequence[int], n: int) -> mpz:
    """The same mod n²: bases in [0, n²), exponents as above."""
    if n.bit_length() < pairs.SMALLEST_BITS:
        return product_of_powers_mod_n(bases, exponents, mpz(n) ** 2)
    return product_of_powers_on_pairs(bases, exponents, n)


def product_of_powers_on_pairs(bases: Sequence[int], exponents: Sequence[int], n: int) -> mpz:
    """Π bases[i]^exponents[i] mod n² on pairs, at any size."""
    n = mpz(n)
    terms = [(pairs.split(base, n), exponent) for base, exponent in zip(bases, exponents, strict=True)]
    product = quickest_product(terms, pairs.ONE, lambda x, y: pairs.multiply(x, y, n), lambda x: pairs.square(x, n))
    return pairs.join(product, n)


def quickest_product(
    terms: Sequence[tuple[T, int]], one: T, multiply: Callable[[T, T], T], square: Callable[[T], T]
) -> T:
    """Π base^exponent over the terms, interleaved or by buckets, whichever takes fewer products."""
    lengths = [exponent.bit_length() for _, exponent in terms[:_MANY]]
    if len(lengths) < _MANY and products_interleaved(lengths) < products_in_buckets(lengths):
        return interleaved_product(terms, one, multiply, square)
    return bucket_product(terms, one, multiply)


def bucket_product(terms: Sequence[tuple[T, int]], one: T, multiply: Callable[[T, T], T]) -> T:
    """Π base^exponent over the terms, in any commutative group, or monoid, given by its one and its product."""
    product = one
    for window in reversed(windows([exponent.bit_length() for _, exponent in terms])):
        if product is not one:
            for _ in range(window.width):
                product = multiply(product, product)
        product = multiply(product, _window_product(terms, window, one, multiply))
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


def products_in_buckets(lengths: Sequence[int]) -> float:
    """Products in `bucket_product` for random exponents of these lengths in bits.

    In a window of w bits, a base costs one product unless its digit is 0; the first base in a bucket costs none, but
    then the bucket one when it joins the running product; each of the 2^w − 1 digits one more; moving on, w + 1.
    """
    total = 0.0
    for window in windows(lengths):
        reaching = sum(length > window.offset for length in lengths)
        total += reaching * (1 - 2.0**-window.width) + (1 << window.width) + window.width
    return total


def _window_product(terms: Sequence[tuple[T, int]], window: Window, one: T, multiply: Callable[[T, T], T]) -> T:
    """Π base^(digit of its exponent in this window)."""
    offset, mask = window.offset, (1 << window.width) - 1
    buckets: list[T | None] = [None] * (mask + 1)
    for base, exponent in terms:
        digit = exponent >> offset & mask
        if digit:
            held = buckets[digit]
            buckets[digit] = base if held is None else multiply(held, base)
    # Π bucket_d^d = Π over d of the running product from the top bucket down to d
    running = product = one
    for held in reversed(buckets[1:]):
        if held is not None:
            running = multiply(running, held)
        product = multiply(product, running)
    return product
