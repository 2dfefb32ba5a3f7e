"""Products of a few powers, Π x_i^(k_i), interleaved (Straus): one chain of squarings serves all bases.

Every base has its own odd powers and a sliding window over its exponent. For a ballot or a few this takes about half
the products that buckets take (`multiexp`); in a large batch every base's own powers cost more than they save.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeVar

_WIDEST_WINDOW = 8

T = TypeVar("T")


def interleaved_product(
    terms: Sequence[tuple[T, int]], one: T, multiply: Callable[[T, T], T], square: Callable[[T], T]
) -> T:
    """Π base^exponent over the terms, exponents ≥ 0, in any commutative group, or monoid."""
    due: defaultdict[int, list[T]] = defaultdict(list)
    for base, exponent in terms:
        width = window_width(exponent.bit_length())
        powers = _odd_powers(base, width, multiply, square)
        for position, odd in sliding_windows(exponent, width):
            due[position].append(powers[odd >> 1])
    product = one
    for position in range(max(due, default=-1), -1, -1):
        if product is not one:
            product = square(product)
        for power in due.get(position, ()):
            product = power if product is one else multiply(product, power)
    return product


def products_interleaved(lengths: Sequence[int]) -> float:
    """Products in `interleaved_product`, squarings among them, for random exponents of these lengths in bits."""
    return max(lengths, default=0) + sum(_of_one_base(length, window_width(length)) for length in lengths)


def sliding_windows(exponent: int, width: int) -> Iterator[tuple[int, int]]:
    """(position, odd digit of at most `width` bits), ascending: the exponent is the sum of digit·2^position."""
    position = 0
    while exponent:
        zeros = (exponent & -exponent).bit_length() - 1
        exponent, position = exponent >> zeros, position + zeros
        odd = exponent & ((1 << width) - 1)
        yield position, odd
        exponent, position = exponent >> width, position + width


@cache
def window_width(length: int) -> int:
    """The width at which an exponent of so many bits takes the fewest products."""
    return min(range(1, _WIDEST_WINDOW + 1), key=lambda width: _of_one_base(length, width))


def _of_one_base(length: int, width: int) -> float:
    """Products for its odd powers, and one for each digit: a window is followed by one zero on average."""
    return (1 << (width - 1)) + length / (width + 1)


def _odd_powers(base: T, width: int, multiply: Callable[[T, T], T], square: Callable[[T], T]) -> list[T]:
    """base^1, base^3, … base^(2^width − 1)."""
    powers = [base]
    if width > 1:
        step = square(base)
        for _ in range((1 << (width - 1)) - 1):
            powers.append(multiply(powers[-1], step))
    return powers
