"""The one interface through which the rest of the code meets a cryptosystem.

A `Cryptosystem` is a parameter set without a key; it deals an `ElectionKey`. A key owns encryption, the encoding of a
contest (`ContestScheme`), the statements a ballot must prove, the form of an opening, and its own key proof. Values
that travel are strings here (base64url of fixed length), exactly as they stand in messages: no caller ever looks
inside one. All failures of verification are `CryptoError`; nothing returns a bool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from common.crypto.contest import Choice, ContestRules

Ciphertext: TypeAlias = str
Opening: TypeAlias = dict[str, str]
"""What proves an aggregate's plaintext; for Paillier {"plaintext": M, "randomness": R}."""

KeyProof: TypeAlias = dict[str, tuple[str, ...]]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with (steps done, steps in all) during long work."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a disjunctive proof: commitment a_j, challenge e_j, response z_j."""

    commitment: str
    challenge: str
    response: str


Proof: TypeAlias = tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """This ciphertext encrypts a member of this public finite set. `index` numbers a contest's statements."""

    index: int
    ciphertext: Ciphertext
    allowed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One trustee's share of an opening, with its proof; `trustee` counts from 1."""

    trustee: int
    value: str
    challenge: str
    response: str


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """The public half of a dealt key, as it stands in the manifest."""

    public_key: dict[str, str]
    threshold: int
    base: str
    verification_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dealing:
    """What the dealer makes. `shares[i-1]` is trustee i's secret; all but `material` and `proof` is forgotten."""

    material: KeyMaterial
    shares: tuple[str, ...]
    proof: KeyProof


class ContestScheme(Protocol):
    """How one contest is encoded under one key."""

    @property
    def rules(self) -> ContestRules: ...

    @property
    def ciphertexts(self) -> int:
        """How many ciphertexts a vote in this contest has."""

    def encode(self, choice: Choice) -> tuple[int, ...]:
        """Plaintexts, one per ciphertext; `RuleBroken` for a choice that is not allowed.

        Of a vector contest they are the choice itself: one ciphertext for each option, encrypting its amount.
        """

    def statements(self, ciphertexts: Sequence[Ciphertext]) -> tuple[Statement, ...]:
        """All that must be proved of these ciphertexts; `CryptoError` if their number is wrong."""

    def decode(self, plaintexts: Sequence[int], ballots: int) -> tuple[int, ...]:
        """Counts per option of an opened aggregate of `ballots` ballots; `CryptoError` unless they add up (T5)."""


@dataclass(frozen=True, slots=True)
class EncryptedContest:
    """One contest of one ballot, as only its voter knows it: what each ciphertext was made of."""

    scheme: ContestScheme
    ciphertexts: tuple[Ciphertext, ...]
    plaintexts: tuple[int, ...] = field(repr=False)
    randomness: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(
        cls, key: ElectionKey, scheme: ContestScheme, plaintexts: Sequence[int], randomness: Sequence[int]
    ) -> EncryptedContest:
        """Encrypt each plaintext with its own randomness; `CryptoError` if a value is out of range."""
        ciphertexts = tuple(key.encrypt(m, r) for m, r in zip(plaintexts, randomness, strict=True))
        return cls(scheme, ciphertexts, tuple(plaintexts), tuple(randomness))


@dataclass(frozen=True, slots=True)
class ProvenContest:
    """One contest of one ballot, as verifiers see it. `header` is the 32-byte hash of the ballot header."""

    scheme: ContestScheme
    ciphertexts: tuple[Ciphertext, ...]
    proofs: tuple[Proof, ...]
    header: bytes


class ElectionKey(Protocol):
    """One election's public key with everything the protocol does under it."""

    @property
    def material(self) -> KeyMaterial: ...

    # --- encoding and encryption

    def scheme(self, rules: ContestRules, max_ballots: int) -> ContestScheme:
        """The contest's encoding; `RuleBroken`, saying which bound, if the key has no room for it."""

    def randomness(self, fingerprint: bytes, pseudonym: bytes, seed: bytes, contest: str, index: int) -> int:
        """The encryption randomness that a 32-byte ballot seed determines for ciphertext `index` of a contest."""

    def encrypt(self, plaintext: int, randomness: int) -> Ciphertext: ...

    def plaintext(self, ciphertext: Ciphertext, randomness: int, allowed: Iterable[int]) -> int:
        """Which of the allowed plaintexts `encrypt` makes this ciphertext of, with this randomness.

        `CryptoError` if none. It costs about one encryption, however many are allowed.
        """

    def prove(self, contests: Sequence[EncryptedContest], header: bytes) -> tuple[tuple[Proof, ...], ...]:
        """For each contest of a ballot, one proof per statement."""

    # --- verification

    def require_elements(self, contests: Iterable[ProvenContest]) -> None:
        """C10: right numbers of values, each well-formed, in range and coprime to the modulus."""

    def verify(self, contest: ProvenContest) -> None:
        """C11, the readable way: every equation by itself."""

    def verify_batch(self, contests: Sequence[ProvenContest]) -> None:
        """C11 for many at once; requires C10 of each. Raises if any is bad, without saying which."""

    def find_invalid(self, contests: Sequence[ProvenContest]) -> tuple[int, ...]:
        """Positions of the bad ones, by bisection; empty if `verify_batch` accepts."""

    def aggregate(self, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
        """The homomorphic sum; of none, the encryption of 0 with the neutral randomness."""

    # --- opening

    def share(self, secret: str, trustee: int, target: str, context: bytes) -> Share:
        """Trustee's proven share for `target` (a ciphertext or a rehearsal value); `context` binds the proof."""

    def verify_share(self, share: Share, target: str, context: bytes) -> None:
        """T3. Raises `CryptoError` if the share is not the trustee's."""

    def root(self, shares: Sequence[Share], target: str) -> str:
        """What `threshold` good shares of a rehearsal value combine to, the form it has in the key proof."""

    def open(self, aggregate: Ciphertext, shares: Sequence[Share]) -> Opening:
        """Combine exactly `threshold` good shares into the opening of an aggregate."""

    def verify_opening(self, aggregate: Ciphertext, opening: Mapping[str, str]) -> int:
        """T4: the plaintext, after checking that the opening re-encrypts to the aggregate."""

    # --- the key itself

    def require_secret(self, secret: str, trustee: int) -> None:
        """What each trustee checks on receipt: its secret share matches its verification key."""

    def rehearsal_values(self) -> tuple[str, ...]:
        """The values, hashed from the key, that the trustees open together at the rehearsal; may be empty."""

    def complete_proof(self, dealer_part: KeyProof, roots: Sequence[str]) -> KeyProof:
        """The key proof: the dealer's part and the rehearsal's roots."""

    def verify_proof(self, proof: KeyProof) -> None:
        """K3."""

    def verify_verification_keys(self) -> None:
        """K4."""


class Cryptosystem(Protocol):
    """A parameter set."""

    @property
    def name(self) -> str: ...

    @property
    def insecure(self) -> bool:
        """True for toy sizes, which every service refuses unless told `--insecure-parameters`."""

    def deal(self, threshold: int, trustees: int, progress: Progress | None = None) -> Dealing:
        """Make a key and its shares; minutes at most, both cores."""

    def key(self, material: KeyMaterial) -> ElectionKey:
        """Parse key material; `CryptoError` if a value has the wrong length or range."""
