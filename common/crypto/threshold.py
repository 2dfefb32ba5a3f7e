"""Threshold n-th roots modulo n: Shoup's threshold RSA (2000) with the modulus itself as the public exponent.

Symbols, here and in spec chapter 5: n = pq with safe primes p = 2p'+1, q = 2q'+1; d = n^-1 mod p'q' is shared by a
polynomial f mod p'q' of degree threshold-1, f(0) = d, f(i) = s_i for i = 1..players; v is the verification base,
v_i = v^(s_i) mod n trustee i's verification key; Δ = players!. All values are plain integers; in hash inputs group
elements take ⌈|n|/8⌉ bytes.

A share x_i is fixed by its proof only up to sign, since the proof speaks of x_i². That is accepted: the hash covers
x_i, so only the trustee itself could prove n - x_i, and combining uses x_i² alone.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

import gmpy2
from gmpy2 import mpz, powmod, powmod_sec

from common.crypto.keyproof import verification_base
from common.encoding.hashing import tagged_hash, uint64
from common.encoding.octets import int_to_bytes
from common.errors import CryptoError

RandomBelow: TypeAlias = Callable[[int], int]
"""A uniform integer in [0, bound), like `secrets.randbelow`."""

CHALLENGE_BITS = 256
_MASK_BITS = 384  # the mask ρ exceeds challenge·s_i, which has up to |n|+254 bits, by a factor of 2^130


def make_share(
    n: int,
    players: int,
    base: int,
    verification_key: int,
    secret: int,
    trustee: int,
    target: int,
    context: bytes,
    *,
    random_below: RandomBelow = secrets.randbelow,
) -> tuple[int, int, int]:
    """Trustee's share (x_i, challenge, response) of the n-th root of x = `target` mod n, for one `context` only.

    x_i = x^(2Δ·s_i) mod n in [1, n), 0 ≤ challenge < 2^256, 0 ≤ response < 2^(|n|+385). `target` is any integer
    coprime to n, such as a ciphertext mod n². `CryptoError` for a target, trustee or secret out of range. The
    secret and the mask meet constant-time powering only.
    """
    _require_trustee(trustee, players)
    _require_secret_range(n, secret)
    x, x_double, x_tilde = _powers(n, players, target)
    x_i = int(powmod_sec(x_double, secret, n))
    mask = 1 + random_below((1 << (n.bit_length() + _MASK_BITS)) - 1)
    commitments = int(powmod_sec(base, mask, n)), int(powmod_sec(x_tilde, mask, n))
    challenge = _challenge(n, context, trustee, (base, verification_key, x, x_i, *commitments))
    return x_i, challenge, mask + challenge * secret


def verify_share(
    n: int,
    players: int,
    base: int,
    verification_key: int,
    trustee: int,
    target: int,
    context: bytes,
    x_i: int,
    challenge: int,
    response: int,
) -> None:
    """T3: raise `CryptoError`, naming the trustee, unless log_v(v_i) = log_{x^(4Δ)}(x_i²) is proved for `context`.

    Ranges as in `make_share`; x_i and `verification_key` must be coprime to n.
    """
    _require_trustee(trustee, players)
    _require_element(n, verification_key, f"verification key of trustee {trustee}")
    _require_element(n, x_i, f"share of trustee {trustee}")
    if not 0 <= challenge < 1 << CHALLENGE_BITS:
        raise CryptoError(f"share of trustee {trustee}: challenge out of range")
    if not 0 <= response < 1 << (n.bit_length() + _MASK_BITS + 1):
        raise CryptoError(f"share of trustee {trustee}: response out of range")
    x, _, x_tilde = _powers(n, players, target)
    at_base = powmod(base, response, n) * powmod(verification_key, -challenge, n) % n
    at_target = powmod(x_tilde, response, n) * powmod(x_i, -2 * challenge, n) % n
    elements = (base, verification_key, x, x_i, int(at_base), int(at_target))
    if _challenge(n, context, trustee, elements) != challenge:
        raise CryptoError(f"share of trustee {trustee}: its proof does not verify")


def combine(n: int, players: int, threshold: int, shares: Mapping[int, int], target: int) -> int:
    """The n-th root R of x = `target` mod n in [1, n), from exactly `threshold` shares x_i by trustee number.

    w = Π x_i^(2λ_i) has w^n = x^(4Δ²); with a·4Δ² + b·n = 1, R = w^a·x^b mod n. R^n = x is checked; `CryptoError` if
    it fails or a share is out of range. Which share is to blame, `verify_share` says.
    """
    if len(shares) != threshold:
        raise CryptoError(f"{len(shares)} shares where exactly {threshold} are due")
    for trustee, x_i in shares.items():
        _require_trustee(trustee, players)
        _require_element(n, x_i, f"share of trustee {trustee}")
    x = target % n
    _require_element(n, x, "target")
    w = mpz(1)
    for trustee, x_i in shares.items():
        w = w * powmod(x_i, 2 * _lagrange(players, shares, trustee, 0), n) % n
    divisor, a, b = gmpy2.gcdext(4 * math.factorial(players) ** 2, n)
    if divisor != 1:
        raise CryptoError("the modulus has a prime factor not above the number of trustees")
    root = int(powmod(w, a, n) * powmod(x, b, n) % n)
    if powmod(root, n, n) != x:
        raise CryptoError("the shares do not combine to an n-th root of the target")
    return root


def require_secret(n: int, base: int, verification_key: int, secret: int) -> None:
    """What a trustee checks on receipt: 0 < s_i < n/4 and v^(s_i) = v_i mod n; `CryptoError` otherwise."""
    _require_secret_range(n, secret)
    if powmod_sec(base, secret, n) != verification_key:
        raise CryptoError("the secret share does not match its verification key")


def verify_verification_keys(n: int, threshold: int, players: int, base: int, keys: Sequence[int]) -> None:
    """K4: raise `CryptoError` unless the keys v_1..v_players lie on one polynomial of degree < threshold through d.

    (Π_{j≤t} v_j^(λ_{0,j}))^n = v^Δ, and for every i > t: v_i^Δ = Π_{j≤t} v_j^(λ_{i,j}); v must be the hashed base.
    All exponents are multiples of Δ, so the keys are fixed up to square roots of 1; the rest is `require_secret`'s.
    """
    require_threshold(threshold, players)
    if len(keys) != players:
        raise CryptoError(f"{len(keys)} verification keys for {players} trustees")
    if base != verification_base(n):
        raise CryptoError("the verification base is not the one hashed from the modulus")
    _require_element(n, base, "verification base")
    for trustee, key in enumerate(keys, start=1):
        _require_element(n, key, f"verification key of trustee {trustee}")
    delta = math.factorial(players)
    if powmod(_interpolate(n, threshold, keys, 0), n, n) != powmod(base, delta, n):
        raise CryptoError(f"the verification keys of trustees 1 to {threshold} do not fit the modulus")
    for trustee in range(threshold + 1, players + 1):
        if powmod(keys[trustee - 1], delta, n) != _interpolate(n, threshold, keys, trustee):
            raise CryptoError(f"the verification key of trustee {trustee} does not fit the others")


def require_threshold(threshold: int, players: int) -> None:
    """Raise `CryptoError` unless 2 ≤ threshold ≤ players."""
    if not 2 <= threshold <= players:
        raise CryptoError(f"no threshold of {threshold} among {players} trustees: 2 ≤ t ≤ l")


def _powers(n: int, players: int, target: int) -> tuple[int, mpz, mpz]:
    """x, x^(2Δ) and x̃ = x^(4Δ), all mod n."""
    x = target % n
    _require_element(n, x, "target")
    x_double = powmod(x, 2 * math.factorial(players), n)
    return x, x_double, x_double * x_double % n


def _challenge(n: int, context: bytes, trustee: int, elements: Sequence[int]) -> int:
    length = (n.bit_length() + 7) // 8
    framed = (int_to_bytes(element, length) for element in (n, *elements))
    return int.from_bytes(tagged_hash("share", context, uint64(trustee), *framed), "big")


def _interpolate(n: int, threshold: int, keys: Sequence[int], at: int) -> mpz:
    """v^(Δ·f(at)) from the first `threshold` keys."""
    points = range(1, threshold + 1)
    result = mpz(1)
    for j in points:
        result = result * powmod(keys[j - 1], _lagrange(len(keys), points, j, at), n) % n
    return result


def _lagrange(players: int, points: Collection[int], i: int, at: int) -> int:
    """λ_{at,i} = Δ·Π (at-j)/(i-j) over the points j ≠ i: an integer, since the denominator divides Δ·numerator."""
    others = [j for j in points if j != i]
    return math.factorial(players) * math.prod(at - j for j in others) // math.prod(i - j for j in others)


def _require_trustee(trustee: int, players: int) -> None:
    if not 1 <= trustee <= players:
        raise CryptoError(f"no trustee {trustee} among {players}")


def _require_secret_range(n: int, secret: int) -> None:
    if not 0 < 4 * secret < n:
        raise CryptoError("secret share out of range")


def _require_element(n: int, element: int, name: str) -> None:
    if not 1 <= element < n or gmpy2.gcd(element, n) != 1:
        raise CryptoError(f"{name}: not in [1, n) or not coprime to n")
