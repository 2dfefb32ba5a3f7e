"""Paillier encryption (Paillier 1999) with g = 1+n: parameter sets, the public key, the wire form of its values.

A value travels as base64url of fixed length: |n|/8 bytes for integers mod n, twice that for elements mod n², 32 bytes
for challenges. Inside, values are gmpy2 integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from gmpy2 import gcd, mpz

from common.crypto.nth_power import nth_power
from common.encoding import octets
from common.encoding.hashing import full_domain_hash, uint64
from common.errors import CryptoError, EncodingError

CHALLENGE_BYTES = 32
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Parameters:
    """A parameter set: |n| in bits (a multiple of 16), and whether it is too small for anything but lessons."""

    name: str
    bits: int
    insecure: bool


PARAMETERS = MappingProxyType(
    {
        parameters.name: parameters
        for parameters in (
            Parameters("paillier-3072", 3072, insecure=False),
            Parameters("paillier-2048", 2048, insecure=False),
            Parameters("toy-512", 512, insecure=True),
        )
    }
)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A Paillier modulus n with everything that needs no more than n. Build it with `public_key`."""

    n: mpz
    n_squared: mpz

    @property
    def bits(self) -> int:
        """|n|, the length of n in bits."""
        return int(self.n.bit_length())

    @property
    def value_bytes(self) -> int:
        """Length of an encoded integer mod n."""
        return (self.bits + 7) // 8

    @property
    def element_bytes(self) -> int:
        """Length of an encoded element mod n²."""
        return 2 * self.value_bytes

    def power_of_g(self, exponent: int) -> mpz:
        """(1+n)^exponent mod n², which is 1 + n·(exponent mod n); any integer exponent."""
        return 1 + self.n * (exponent % self.n)

    def encrypt(self, plaintext: int, randomness: int) -> mpz:
        """(1+n)^plaintext · randomness^n mod n², as `phe.PaillierPublicKey(n).raw_encrypt` computes it.

        0 ≤ plaintext < n; 1 ≤ randomness < n, coprime to n; `CryptoError` otherwise.
        """
        if not 0 <= plaintext < self.n:
            raise CryptoError("plaintext outside [0, n)")
        self.require_units([randomness])
        return self.power_of_g(plaintext) * nth_power(randomness, self.n) % self.n_squared

    def product(self, elements: Iterable[int]) -> mpz:
        """The product mod n²: the encryption of the sum. Of none, 1, which encrypts 0 with randomness 1."""
        product = mpz(1)
        for element in elements:
            product = product * element % self.n_squared
        return product

    def randomness(self, fingerprint: bytes, pseudonym: bytes, seed: bytes, contest: str, index: int) -> int:
        """Encryption randomness in [1, n), coprime to n, for ciphertext `index` of a contest.

        FDH(`randomness`, fingerprint, pseudonym, seed, contest id, index, counter) with the first counter from 0 that
        gives an integer coprime to n. `seed` is 32 bytes, else `CryptoError`.
        """
        if len(seed) != SEED_BYTES:
            raise CryptoError(f"a ballot seed is {SEED_BYTES} bytes")
        items = (fingerprint, pseudonym, seed, contest.encode(), uint64(index))
        counter, found = 0, 0
        while gcd(found, self.n) != 1:
            found = full_domain_hash(int(self.n), "randomness", *items, uint64(counter))
            counter += 1
        return found

    def require_units(self, values: Iterable[int]) -> None:
        """`CryptoError` unless each is in [1, n) and coprime to n."""
        self._require_coprime(values, self.n)

    def require_elements(self, elements: Iterable[int]) -> None:
        """`CryptoError` unless each is in [1, n²) and coprime to n."""
        self._require_coprime(elements, self.n_squared)

    def _require_coprime(self, values: Iterable[int], bound: mpz) -> None:
        """One gcd for all, as it costs as much as many products: a product is coprime to n if every factor is."""
        product = mpz(1)
        for value in values:
            if not 1 <= value < bound:
                raise CryptoError("value out of range")
            product = product * value % self.n
        if gcd(product, self.n) != 1:
            raise CryptoError("value not coprime to the modulus")

    def value_to_bytes(self, value: int) -> bytes:
        """An integer mod n in its fixed length."""
        return octets.int_to_bytes(int(value), self.value_bytes)

    def element_to_bytes(self, element: int) -> bytes:
        """An element mod n² in its fixed length."""
        return octets.int_to_bytes(int(element), self.element_bytes)

    def encode_value(self, value: int) -> str:
        """Wire form of an integer mod n."""
        return octets.to_base64url(self.value_to_bytes(value))

    def encode_element(self, element: int) -> str:
        """Wire form of an element mod n²."""
        return octets.to_base64url(self.element_to_bytes(element))

    def decode_value(self, text: str) -> mpz:
        """An integer from its |n|/8 bytes, not yet checked to be below n; `CryptoError` if malformed."""
        return mpz(decode_integer(text, self.value_bytes))

    def decode_element(self, text: str) -> mpz:
        """An integer from its 2·|n|/8 bytes, not yet checked to be below n²; `CryptoError` if malformed."""
        return mpz(decode_integer(text, self.element_bytes))


def public_key(n: int) -> PublicKey:
    """The key of modulus `n`; that n is well made is for the key proof to show."""
    return PublicKey(mpz(n), mpz(n) ** 2)


def encode_challenge(challenge: int) -> str:
    """Wire form of a challenge in [0, 2^256)."""
    return octets.int_to_base64url(int(challenge), CHALLENGE_BYTES)


def decode_challenge(text: str) -> int:
    """A challenge, in [0, 2^256) by its length; `CryptoError` if malformed."""
    return decode_integer(text, CHALLENGE_BYTES)


def decode_integer(text: str, length: int) -> int:
    """An integer from base64url of exactly `length` bytes; `CryptoError` if malformed."""
    try:
        return octets.int_from_base64url(text, length)
    except EncodingError as error:
        raise CryptoError(str(error)) from None
