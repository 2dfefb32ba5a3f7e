"""A Paillier election key: the interface of `common.crypto.cryptosystem`, by delegation.

Here strings become integers and back; the mathematics is in `paillier`, `encoding_schemes`, `membership`, `batch`,
`threshold` and `keyproof`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

from gmpy2 import gcd

from common.crypto import batch, encoding_schemes, keyproof, membership, threshold
from common.crypto.contest import ContestRules
from common.crypto.cryptosystem import (
    Ciphertext,
    ContestScheme,
    EncryptedContest,
    KeyMaterial,
    KeyProof,
    Opening,
    Proof,
    ProvenContest,
    Share,
    Statement,
)
from common.crypto.masks import Draw, Mask, draw_masks
from common.crypto.nth_power import nth_power
from common.crypto.paillier import (
    Parameters,
    PublicKey,
    decode_challenge,
    decode_integer,
    encode_challenge,
    public_key,
)
from common.encoding import octets
from common.errors import CryptoError

RESPONSE_EXCESS_BITS = 385
"""A share's response z is below 2^(|n|+385)."""


@dataclass(frozen=True, slots=True)
class PaillierElectionKey:
    """Key material parsed: `public` with n, the trustees' base v and verification keys v_i. See `election_key`."""

    material: KeyMaterial
    public: PublicKey
    base: int
    verification_keys: tuple[int, ...]

    # --- encoding and encryption

    def scheme(self, rules: ContestRules, max_ballots: int) -> ContestScheme:
        return encoding_schemes.contest_scheme(self.public, rules, max_ballots)

    def randomness(self, fingerprint: bytes, pseudonym: bytes, seed: bytes, contest: str, index: int) -> int:
        return self.public.randomness(fingerprint, pseudonym, seed, contest, index)

    def encrypt(self, plaintext: int, randomness: int) -> Ciphertext:
        """(1+n)^plaintext·randomness^n mod n²; `CryptoError` outside [0, n) and [1, n)."""
        return self.public.encode_element(self.public.encrypt(plaintext, randomness))

    def plaintext(self, ciphertext: Ciphertext, randomness: int, allowed: Iterable[int]) -> int:
        """randomness^n is computed once: with it c = (1+n)^m·randomness^n mod n² is one product for each m."""
        of_zero, element = self.public.encrypt(0, randomness), self.public.decode_element(ciphertext)
        for m in allowed:
            if 0 <= m < self.public.n and self.public.power_of_g(m) * of_zero % self.public.n_squared == element:
                return m
        raise CryptoError("the ciphertext does not open from this seed to an allowed choice")

    def prove(
        self, contests: Sequence[EncryptedContest], header: bytes, *, draw: Draw = secrets.randbelow
    ) -> tuple[tuple[Proof, ...], ...]:
        """All masks of a ballot are drawn at once, as that is cheaper."""
        stated = [contest.scheme.statements(contest.ciphertexts) for contest in contests]
        branches = sum(len(statement.allowed) for statements in stated for statement in statements)
        masks = iter(draw_masks(self.public.n, branches, draw))
        return tuple(
            self._prove(contest, statements, header, masks, draw)
            for contest, statements in zip(contests, stated, strict=True)
        )

    def _prove(
        self,
        contest: EncryptedContest,
        statements: Sequence[Statement],
        header: bytes,
        masks: Iterator[Mask],
        draw: Draw,
    ) -> tuple[Proof, ...]:
        """A statement beyond the ciphertexts is on their product, with the sum and the product of their secrets."""
        known = [*zip(contest.plaintexts, contest.randomness, strict=True)]
        known.append((sum(contest.plaintexts), int(prod(contest.randomness) % self.public.n)))
        context = membership.Context(header, contest.scheme.rules.id)
        return tuple(
            membership.prove(
                self.public,
                context,
                statement,
                *known[statement.index],
                list(islice(masks, len(statement.allowed))),
                draw=draw,
            )
            for statement in statements
        )

    # --- verification

    def require_elements(self, contests: Iterable[ProvenContest]) -> None:
        batch.require_elements(self.public, tuple(contests))

    def verify(self, contest: ProvenContest) -> None:
        for claim in membership.decode_claims(self.public, contest):
            membership.verify(self.public, claim)

    def verify_batch(self, contests: Sequence[ProvenContest]) -> None:
        batch.verify_batch(self.public, contests)

    def find_invalid(self, contests: Sequence[ProvenContest]) -> tuple[int, ...]:
        return batch.find_invalid(self.public, contests)

    def aggregate(self, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
        """The product mod n²; `CryptoError` for a malformed ciphertext. Requires C10."""
        return self.public.encode_element(self.public.product(map(self.public.decode_element, ciphertexts)))

    # --- opening

    def share(self, secret: str, trustee: int, target: str, context: bytes) -> Share:
        x_i, challenge, response = threshold.make_share(
            self._n,
            self._players,
            self.base,
            self._verification_key(trustee),
            self._decode_secret(secret),
            trustee,
            self._root_target(target),
            context,
        )
        return Share(
            trustee,
            self.public.encode_value(x_i),
            encode_challenge(challenge),
            octets.int_to_base64url(response, self._response_bytes),
        )

    def verify_share(self, share: Share, target: str, context: bytes) -> None:
        threshold.verify_share(
            self._n,
            self._players,
            self.base,
            self._verification_key(share.trustee),
            share.trustee,
            self._root_target(target),
            context,
            decode_integer(share.value, self.public.value_bytes),
            decode_challenge(share.challenge),
            decode_integer(share.response, self._response_bytes),
        )

    def root(self, shares: Sequence[Share], target: str) -> str:
        return self.public.encode_value(self._combine(shares, self._root_target(target)))

    def open(self, aggregate: Ciphertext, shares: Sequence[Share]) -> Opening:
        """With R the n-th root of C mod n, C·R^(−n) = 1 + n·M mod n²."""
        n, n_squared = self.public.n, self.public.n_squared
        root = self._combine(shares, self._root_target(aggregate))
        # 1/R^n mod n²; R is a unit, for `combine` found R^n = C mod n, and the target was checked
        rest = self.public.decode_element(aggregate) * pow(nth_power(root, n), -1, n_squared) % n_squared
        plaintext, one = divmod(rest, n)
        if one != 1:
            raise CryptoError("the shares do not combine to an n-th root of the aggregate")
        return {"plaintext": self.public.encode_value(plaintext), "randomness": self.public.encode_value(root)}

    def verify_opening(self, aggregate: Ciphertext, opening: Mapping[str, str]) -> int:
        if set(opening) != {"plaintext", "randomness"}:
            raise CryptoError("an opening has a plaintext and a randomness, nothing else")
        plaintext = int(self.public.decode_value(opening["plaintext"]))
        randomness = int(self.public.decode_value(opening["randomness"]))
        if self.public.encrypt(plaintext, randomness) != self.public.decode_element(aggregate):
            raise CryptoError("the opening does not re-encrypt to the aggregate")
        return plaintext

    # --- the key itself

    def require_secret(self, secret: str, trustee: int) -> None:
        threshold.require_secret(self._n, self.base, self._verification_key(trustee), self._decode_secret(secret))

    def rehearsal_values(self) -> tuple[str, ...]:
        return tuple(map(self.public.encode_value, keyproof.rehearsal_values(self._n)))

    def complete_proof(self, dealer_part: KeyProof, roots: Sequence[str]) -> KeyProof:
        if set(dealer_part) != {"square_roots"}:
            raise CryptoError("the dealer's part of the key proof is its square roots")
        return {"nth_roots": tuple(roots), "square_roots": dealer_part["square_roots"]}

    def verify_proof(self, proof: KeyProof) -> None:
        if set(proof) != {"nth_roots", "square_roots"}:
            raise CryptoError("a key proof has n-th roots and square roots, nothing else")
        roots, square_roots = (
            [decode_integer(text, self.public.value_bytes) for text in proof[part]]
            for part in ("nth_roots", "square_roots")
        )
        keyproof.verify_key_proof(self._n, self.public.bits, roots, square_roots)

    def verify_verification_keys(self) -> None:
        threshold.verify_verification_keys(
            self._n, self.material.threshold, self._players, self.base, self.verification_keys
        )

    # --- inside

    @property
    def _n(self) -> int:
        return int(self.public.n)

    @property
    def _players(self) -> int:
        return len(self.verification_keys)

    @property
    def _response_bytes(self) -> int:
        return (self.public.bits + RESPONSE_EXCESS_BITS + 7) // 8

    def _verification_key(self, trustee: int) -> int:
        if not 1 <= trustee <= self._players:
            raise CryptoError(f"no trustee {trustee} among {self._players}")
        return self.verification_keys[trustee - 1]

    def _decode_secret(self, secret: str) -> int:
        return decode_integer(secret, self.public.value_bytes)

    def _root_target(self, target: str) -> int:
        """What a root is taken of: a rehearsal value, or a ciphertext mod n; `CryptoError` unless it is a unit."""
        characters = len(octets.to_base64url(bytes(self.public.value_bytes)))
        of_value = len(target) == characters
        number = self.public.decode_value(target) if of_value else self.public.decode_element(target)
        if not 1 <= number < (self.public.n if of_value else self.public.n_squared):
            raise CryptoError("the target of an opening is out of range")
        if gcd(number, self.public.n) != 1:
            raise CryptoError("the target of an opening is not coprime to the modulus")
        return int(number % self.public.n)

    def _combine(self, shares: Sequence[Share], target: int) -> int:
        values = {share.trustee: decode_integer(share.value, self.public.value_bytes) for share in shares}
        if len(values) != len(shares) or len(shares) != self.material.threshold:
            raise CryptoError(f"an opening takes the shares of {self.material.threshold} different trustees")
        return threshold.combine(self._n, self._players, self.material.threshold, values, target)


def election_key(parameters: Parameters, material: KeyMaterial) -> PaillierElectionKey:
    """Parse key material; `CryptoError` unless n is odd and of the set's length, and v, v_i are in [1, n).

    That n and the v_i are well made is for `verify_proof` (K3) and `verify_verification_keys` (K4).
    """
    if set(material.public_key) != {"n"}:
        raise CryptoError("a Paillier public key is its modulus n, nothing else")
    public = public_key(decode_integer(material.public_key["n"], parameters.bits // 8))
    if public.bits != parameters.bits or public.n % 2 == 0:
        raise CryptoError(f"the modulus is not an odd number of {parameters.bits} bits")
    base = decode_integer(material.base, public.value_bytes)
    keys = tuple(decode_integer(text, public.value_bytes) for text in material.verification_keys)
    if not all(1 <= value < public.n for value in (base, *keys)):
        raise CryptoError("the base or a verification key is out of range")
    threshold.require_threshold(material.threshold, len(keys))
    return PaillierElectionKey(material, public, base, keys)
