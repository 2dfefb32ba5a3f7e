"""Elements mod n² as pairs (a, b), standing for a + b·n with 0 ≤ a, b < n.

With a·c = q·n + r, the product (a + b·n)·(c + d·n) is r + (ad + bc + q)·n mod n²: three products and two divisions at
the size of n, which at 2048 and 3072 bits is quicker than one of each at twice that size.
"""

from __future__ import annotations

from typing import TypeAlias

from gmpy2 import f_divmod, mpz

Pair: TypeAlias = "tuple[mpz, mpz]"

SMALLEST_BITS = 1024
"""Below this size of n the interpreter dominates, and plain arithmetic mod n² is quicker."""

ONE: Pair = (mpz(1), mpz(0))


def split(element: int, n: mpz) -> Pair:
    """The pair of an element in [0, n²)."""
    b, a = f_divmod(mpz(element), n)
    return a, b


def join(pair: Pair, n: mpz) -> mpz:
    """The element of a pair."""
    return pair[0] + pair[1] * n


def multiply(x: Pair, y: Pair, n: mpz) -> Pair:
    """The product mod n²."""
    q, r = f_divmod(x[0] * y[0], n)
    return r, (x[0] * y[1] + x[1] * y[0] + q) % n


def square(x: Pair, n: mpz) -> Pair:
    """The square mod n², one product cheaper."""
    q, r = f_divmod(x[0] * x[0], n)
    return r, (((x[0] * x[1]) << 1) + q) % n
