"""A TOY second cryptosystem, for tests only: exponential ElGamal with a shared key, in a group of 96 bits.

It exists to show that the rest of the code meets cryptosystems through `common.crypto.cryptosystem` alone. It differs
from Paillier wherever the interface lets it: another encoding, no rehearsal, another key proof, and openings that are
convincing by the trustees' proofs, for nobody can publish randomness that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from common.crypto.contest import ContestRules
from common.crypto.cryptosystem import (
    Ciphertext,
    ContestScheme,
    Dealing,
    ElectionKey,
    EncryptedContest,
    KeyMaterial,
    KeyProof,
    Opening,
    Progress,
    Proof,
    ProvenContest,
    Share,
)
from common.encoding.hashing import full_domain_hash, uint64
from common.encoding.octets import to_base64url
from common.errors import CryptoError
from tests.second_system.group import (
    LENGTH,
    G,
    Q,
    divide,
    elements,
    exponent,
    interpolation,
    octets,
    pack,
    power,
    product,
    random_exponent,
)
from tests.second_system.proofs import Place, prove_equal, prove_member, require_form, verify_equal, verify_member
from tests.second_system.scheme import LARGEST_SUM, multiply, option_scheme

CONTEXT = 32
SHARE = 8 + CONTEXT + 3 * LENGTH
"""A share inside an opening: trustee, context, value, challenge, response."""


@dataclass(frozen=True, slots=True)
class ElGamalKey:
    """h = g^x; verification_keys[i-1] = g^(s_i) for the shares s_i of x."""

    material: KeyMaterial
    h: int
    verification_keys: tuple[int, ...]

    # --- encoding, encryption, proofs

    def scheme(self, rules: ContestRules, max_ballots: int) -> ContestScheme:
        return option_scheme(rules, max_ballots)

    def randomness(self, fingerprint: bytes, pseudonym: bytes, seed: bytes, contest: str, index: int) -> int:
        items = (fingerprint, pseudonym, seed, contest.encode(), uint64(index))
        return full_domain_hash(Q, "classroom-elgamal/randomness", *items)

    def encrypt(self, plaintext: int, randomness: int) -> Ciphertext:
        return pack(power(G, randomness), product([power(G, plaintext), power(self.h, randomness)]))

    def plaintext(self, ciphertext: Ciphertext, randomness: int, allowed: Iterable[int]) -> int:
        for m in allowed:
            if self.encrypt(m, randomness) == ciphertext:
                return m
        raise CryptoError("the ciphertext encrypts nothing that is allowed")

    def prove(self, contests: Sequence[EncryptedContest], header: bytes) -> tuple[tuple[Proof, ...], ...]:
        return tuple(self._prove(contest, header) for contest in contests)

    def _prove(self, contest: EncryptedContest, header: bytes) -> tuple[Proof, ...]:
        place = Place(self.h, header, contest.scheme.rules.id)
        known = [*zip(contest.plaintexts, contest.randomness, strict=True)]
        known.append((sum(contest.plaintexts), sum(contest.randomness)))
        return tuple(prove_member(place, s, *known[s.index]) for s in contest.scheme.statements(contest.ciphertexts))

    def require_elements(self, contests: Iterable[ProvenContest]) -> None:
        for contest in contests:
            statements = contest.scheme.statements(contest.ciphertexts)
            if len(contest.proofs) != len(statements):
                raise CryptoError("not one proof for each statement")
            for statement, proof in zip(statements, contest.proofs, strict=True):
                require_form(statement, proof)

    def verify(self, contest: ProvenContest) -> None:
        self.require_elements([contest])
        place = Place(self.h, contest.header, contest.scheme.rules.id)
        for statement, proof in zip(contest.scheme.statements(contest.ciphertexts), contest.proofs, strict=True):
            verify_member(place, statement, proof)

    def verify_batch(self, contests: Sequence[ProvenContest]) -> None:
        for contest in contests:
            self.verify(contest)

    def find_invalid(self, contests: Sequence[ProvenContest]) -> tuple[int, ...]:
        bad = []
        for position, contest in enumerate(contests):
            try:
                self.verify(contest)
            except CryptoError:
                bad.append(position)
        return tuple(bad)

    def aggregate(self, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
        return multiply(list(ciphertexts))

    # --- opening

    def share(self, secret: str, trustee: int, target: str, context: bytes) -> Share:
        alpha, _ = elements(target, 2)
        own = exponent(secret)
        e, z = prove_equal(own, alpha, context)
        value = to_base64url(context) + "." + pack(power(alpha, own))
        return Share(trustee, value, pack(e), pack(z))

    def verify_share(self, share: Share, target: str, context: bytes) -> None:
        if self._verify_share(share, target) != context:
            raise CryptoError("the share was given for another context")

    def root(self, shares: Sequence[Share], target: str) -> str:
        raise CryptoError("this cryptosystem has no rehearsal")

    def open(self, aggregate: Ciphertext, shares: Sequence[Share]) -> Opening:
        """g^M is what the shares leave of the ciphertext; M is found by trying."""
        chosen = sorted(shares, key=lambda share: share.trustee)
        left = self._combine(aggregate, chosen)
        for plaintext in range(LARGEST_SUM + 1):
            if power(G, plaintext) == left:
                packed = b"".join(map(_pack_share, chosen))
                return {"plaintext": pack(plaintext), "shares": to_base64url(packed)}
        raise CryptoError("the shares do not open the aggregate to a sum within reach")

    def verify_opening(self, aggregate: Ciphertext, opening: Mapping[str, str]) -> int:
        """The plaintext that the proven shares of `threshold` trustees leave; anyone can tell."""
        if set(opening) != {"plaintext", "shares"}:
            raise CryptoError("an opening has a plaintext and shares, nothing else")
        (plaintext,) = (exponent(opening["plaintext"]),)
        data = octets(opening["shares"], self.material.threshold * SHARE)
        shares = [_unpack_share(data[at : at + SHARE]) for at in range(0, len(data), SHARE)]
        if [share.trustee for share in shares] != sorted({share.trustee for share in shares}):
            raise CryptoError("the shares of an opening are not in the trustees' order")
        for share in shares:
            self._verify_share(share, aggregate)
        if plaintext > LARGEST_SUM or power(G, plaintext) != self._combine(aggregate, shares):
            raise CryptoError("the shares do not open the aggregate to this plaintext")
        return plaintext

    def _verify_share(self, share: Share, target: str) -> bytes:
        """The context that the share's proof is bound to."""
        if not 1 <= share.trustee <= len(self.verification_keys):
            raise CryptoError("a share of nobody")
        context, value = _split(share.value)
        alpha, _ = elements(target, 2)
        proof = exponent(share.challenge), exponent(share.response)
        verify_equal(self.verification_keys[share.trustee - 1], alpha, value, proof, context)
        return context

    def _combine(self, aggregate: Ciphertext, shares: Sequence[Share]) -> int:
        values = {share.trustee: _split(share.value)[1] for share in shares}
        if len(values) != len(shares) or len(shares) != self.material.threshold:
            raise CryptoError("an opening takes the shares of `threshold` different trustees")
        weights = interpolation(0, values)
        _, beta = elements(aggregate, 2)
        return divide(beta, product(power(values[i], weights[i]) for i in values))

    # --- the key itself

    def require_secret(self, secret: str, trustee: int) -> None:
        if power(G, exponent(secret)) != self.verification_keys[trustee - 1]:
            raise CryptoError("the secret share does not match its verification key")

    def rehearsal_values(self) -> tuple[str, ...]:
        return ()

    def complete_proof(self, dealer_part: KeyProof, roots: Sequence[str]) -> KeyProof:
        if roots:
            raise CryptoError("this cryptosystem has no rehearsal")
        return dealer_part

    def verify_proof(self, proof: KeyProof) -> None:
        """The dealer knew x: a proof that h is to g as h is to g."""
        if set(proof) != {"knowledge"} or len(proof["knowledge"]) != 2:
            raise CryptoError("a key proof is a challenge and a response")
        e, z = map(exponent, proof["knowledge"])
        verify_equal(self.h, G, self.h, (e, z), b"key proof")

    def verify_verification_keys(self) -> None:
        threshold = self.material.threshold
        first = range(1, threshold + 1)
        due = {0: self.h} | {
            i: self.verification_keys[i - 1] for i in range(threshold + 1, len(self.verification_keys) + 1)
        }
        for i, value in due.items():
            weights = interpolation(i, first)
            if product(power(self.verification_keys[j - 1], weights[j]) for j in first) != value:
                raise CryptoError("the verification keys do not lie on one polynomial")


def _split(value: str) -> tuple[bytes, int]:
    """Context and group element of a share's value."""
    context, dot, element = value.partition(".")
    if not dot:
        raise CryptoError("a share's value without its context")
    return octets(context, CONTEXT), elements(element, 1)[0]


def _pack_share(share: Share) -> bytes:
    context, value = _split(share.value)
    numbers = value, exponent(share.challenge), exponent(share.response)
    return uint64(share.trustee) + context + b"".join(number.to_bytes(LENGTH, "big") for number in numbers)


def _unpack_share(data: bytes) -> Share:
    trustee, context, rest = int.from_bytes(data[:8], "big"), data[8 : 8 + CONTEXT], data[8 + CONTEXT :]
    value, e, z = (to_base64url(rest[at : at + LENGTH]) for at in range(0, 3 * LENGTH, LENGTH))
    return Share(trustee, f"{to_base64url(context)}.{value}", e, z)


class ClassroomElGamal:
    """The toy parameter set. Its name says nothing of being one: `insecure` does."""

    @property
    def name(self) -> str:
        return "classroom-elgamal"

    @property
    def insecure(self) -> bool:
        return True

    def deal(self, threshold: int, trustees: int, progress: Progress | None = None) -> Dealing:
        coefficients = [random_exponent() for _ in range(threshold)]
        shares = [
            sum(coefficient * i**degree for degree, coefficient in enumerate(coefficients)) % Q
            for i in range(1, trustees + 1)
        ]
        x, keys = coefficients[0], tuple(pack(power(G, share)) for share in shares)
        material = KeyMaterial({"h": pack(power(G, x))}, threshold, pack(G), keys)
        proof = tuple(map(pack, prove_equal(x, G, b"key proof")))
        if progress is not None:
            progress(1, 1)
        return Dealing(material, tuple(map(pack, shares)), {"knowledge": proof})

    def key(self, material: KeyMaterial) -> ElectionKey:
        if set(material.public_key) != {"h"} or material.base != pack(G):
            raise CryptoError("a public key is h, to the base g")
        if not 2 <= material.threshold <= len(material.verification_keys):
            raise CryptoError("at least 2, at most all trustees open")
        (h,) = elements(material.public_key["h"], 1)
        return ElGamalKey(material, h, tuple(elements(text, 1)[0] for text in material.verification_keys))


CLASSROOM = ClassroomElGamal()
