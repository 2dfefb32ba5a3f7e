"""Many powers of one base: the comb of Lim and Lee (1994).

An exponent is cut into 8 rows of 4 blocks. What a column of bits of one block contributes is looked up in a table of
2^8 products, so a power takes as many squarings as a block is long and four times as many products: for 3200 bits 500
in all instead of some 3700. The tables take as many squarings as an exponent is long, once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from common.errors import CryptoError

Element = TypeVar("Element")

ROWS = 8
BLOCKS = 4


class Comb(Generic[Element]):
    """Tables for powers of `base` with exponents in [0, 2^bits), in the group that `multiply` and `one` give."""

    def __init__(
        self, base: Element, bits: int, multiply: Callable[[Element, Element], Element], one: Element
    ) -> None:
        self._multiply = multiply
        self._one = one
        self._length = -(-bits // (ROWS * BLOCKS))
        powers = self._spaced_powers(base)
        self._tables = [self._products(powers[block::BLOCKS]) for block in range(BLOCKS)]

    def power(self, exponent: int) -> Element:
        """base^exponent; `CryptoError` if it is too long. Every exponent takes the same steps, whatever its bits."""
        digits = self._digits(exponent)
        power = self._one
        for column in range(self._length):
            power = self._multiply(power, power)
            for table, block in zip(self._tables, digits, strict=True):
                power = self._multiply(power, table[block[column]])
        return power

    def _spaced_powers(self, base: Element) -> list[Element]:
        """base^(2^(i·length)) for every block of every row, i from 0."""
        powers = [base]
        for _ in range(ROWS * BLOCKS - 1):
            for _ in range(self._length):
                base = self._multiply(base, base)
            powers.append(base)
        return powers

    def _products(self, powers: list[Element]) -> list[Element]:
        """The product of every subset of one block's powers: at place d those whose bit is set in d."""
        products = [self._one]
        for power in powers:
            products += [self._multiply(product, power) for product in products]
        return products

    def _digits(self, exponent: int) -> list[list[int]]:
        """By block, from its top column down: the bits that the rows have there, row 0 the lowest."""
        bits = f"{exponent:0{ROWS * BLOCKS * self._length}b}"
        if len(bits) != ROWS * BLOCKS * self._length:
            raise CryptoError("the exponent is too long for the comb's tables")
        parts = [bits[start : start + self._length] for start in range(0, len(bits), self._length)]
        # parts come from the top; block b of row i is the part that base^(2^((i·BLOCKS+b)·length)) belongs to
        return [
            [int("".join(column), 2) for column in zip(*parts[BLOCKS - 1 - block :: BLOCKS], strict=True)]
            for block in range(BLOCKS)
        ]
