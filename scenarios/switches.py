"""Laboratory switches: how a defence that is no check is taken away, and a check that other code stands in for.

Each swaps a function of this process for a weaker one and puts the old one back. No service has a flag for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType, SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import tallier.trustee
import voter_client.prepare
import voter_client.verify
from auditor.head_store import MemoryHeadStore
from auditor.witness import Head
from collector.accept import Acceptance
from collector.lookup import Lookup
from common.crypto import batch, dealing, keyproof, membership
from common.crypto.contest import Choice
from common.crypto.cryptosystem import KeyProof
from common.crypto.membership import Claim, Context
from common.crypto.nth_power import nth_power
from common.crypto.paillier import PublicKey
from common.crypto.threshold import RandomBelow
from common.eid.certificates import Identity, Purpose, TrustAnchors, load_certificate, verify_voter_certificate
from common.encoding.hashing import tagged_hash, uint64
from common.encoding.octets import to_base64url
from common.errors import CryptoError, IdentityError, ServiceRefused
from common.messages import ballot as ballots
from common.messages.acts import Signed
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.manifest import Manifest
from common.messages.message import decode
from common.messages.receipt import Receipt, VerificationAnswer
from common.messages.result import Aggregate, Aggregates, SignedAnswer, sign_answer
from common.messages.vote import RecordedVote, SignedBallot
from common.tally import aggregate, candidate
from common.tally.evidence import Evidence
from common.tally.merge import Pool
from tallier.trustee import TrusteeService
from voter_client.verify import Shown


@contextmanager
def swapped(*swaps: tuple[Any, str, object]) -> Iterator[None]:
    """Each (owner, name) has another value meanwhile."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in swaps]
    try:
        for owner, name, value in swaps:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


# --- C3, T1, V3, V4: checks whose work the code around them would do as well


def _any_certificate(chain: Sequence[bytes], purpose: Purpose, time: int, anchors: TrustAnchors) -> Identity:
    """C3: whoever the certificate says, whoever issued it and whatever for."""
    try:
        return verify_voter_certificate(chain, purpose, time, anchors)
    except IdentityError:
        leaf = load_certificate(chain[0])
        key, (serial,) = leaf.public_key(), leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise
        return Identity(str(serial.value), "somebody", key, leaf, anchors.roots[0])


_ask = TrusteeService.answer


def _answer_as_told(
    self: TrusteeService, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates
) -> SignedAnswer:
    """T1: a trustee that opens what the processor hands it, instead of what it computes itself."""
    with swapped((tallier.trustee, "compute_aggregates", lambda *_arguments: claimed)):
        return _ask(self, manifest, key_proof, evidence, claimed)


def _choice_on_the_code(ballot: Ballot, seed: bytes, election: Election) -> tuple[Choice, ...]:
    """V3: a device that shows what the code says, the options in its first bytes, and opens nothing."""
    options = [election.schemes[part.contest].rules.options for part in ballot.contests]
    return tuple(tuple(int(o == seed[at] % k) for o in range(k)) for at, k in enumerate(options))


def _always_latest(name: str, time: str, sequence: int, _latest: bool, choices: dict[str, Choice]) -> Shown:
    """V4: a device that does not know whether the vote it shows still stands."""
    return Shown(name, time, sequence, True, choices)


# --- D2, D3


def _answer_again(self: TrusteeService, own: Aggregates) -> SignedAnswer:
    """D2: a trustee without memory."""
    return sign_answer(self._shares(own), self._keys.signing)


def _everyone_gets_all(
    exponent: int, _order: int, _threshold: int, trustees: int, _random_below: RandomBelow
) -> tuple[int, ...]:
    """D3: a polynomial of degree 0, so that each share is the secret itself."""
    return (exponent,) * trustees


# --- D4, D5: the membership proof


def _challenge_of_commitments(
    key: PublicKey, context: Context, index: int, allowed: Sequence[int], _u: int, commitments: Sequence[int]
) -> int:
    """D4: neither the ballot's header nor the ciphertext is in the hash (Bernhard, Pereira, Warinschi: "weak")."""
    items = [key.element_to_bytes(a) for a in commitments]
    members = [key.value_to_bytes(member) for member in allowed]
    digest = tagged_hash("membership", context.contest.encode(), uint64(index), members, items)
    return int.from_bytes(digest, "big")


_header = ballots.header_hash


def _header_for_nobody(
    fingerprint: str, unit: str, _name: str, ciphertexts: tuple[tuple[str, tuple[str, ...]], ...]
) -> bytes:
    """D4: the proofs do not bind the pseudonym."""
    return _header(fingerprint, unit, "00" * 32, ciphertexts)


def _verify_plainly(key: PublicKey, claim: Claim) -> None:
    """D5: the readable verification, its equation not squared."""
    membership.require_challenges(key, claim)
    for m, a, e, z in zip(claim.allowed, claim.commitments, claim.challenges, claim.responses, strict=True):
        right = a * pow(claim.u * key.power_of_g(-m), e, key.n_squared)
        if (nth_power(z, key.n) - right) % key.n_squared != 0:
            raise CryptoError("a branch of a membership proof does not hold")


def _batch_plainly(key: PublicKey, claims: Sequence[Claim], *, weight: batch.Weight = secrets.randbits) -> None:
    """D5: the batch, its equation not squared."""
    left = right = key.power_of_g(0)
    for claim in claims:
        membership.require_challenges(key, claim)
        for m, a, e, z in zip(claim.allowed, claim.commitments, claim.challenges, claim.responses, strict=True):
            delta = weight(batch.WEIGHT_BITS)
            left = left * pow(nth_power(z, key.n) * key.power_of_g(m * e), delta, key.n_squared) % key.n_squared
            right = right * pow(a, delta, key.n_squared) * pow(claim.u, e * delta, key.n_squared) % key.n_squared
    if left != right:
        raise CryptoError("a membership proof in the batch does not hold")


# --- D7 to D11


_accept = Acceptance.accept


def _accept_once(self: Acceptance, voter: str, signed_ballot: bytes) -> Receipt:
    """D7: who has voted has voted."""
    if voter in self._ledger.heads:
        raise ServiceRefused("you have voted already")
    return _accept(self, voter, signed_ballot)


def _forget(_self: MemoryHeadStore, _origin: str, _head: Head, _replacing: Head | None) -> None:
    """D9: the head never reaches the store, so every restart begins with none."""


def _same_every_time(length: int) -> bytes:
    """D10: a client whose random bytes come out the same for each ballot."""
    return b"\x07" * length


def _show_always(self: Lookup, vote_id: str) -> VerificationAnswer:
    """D8: any code shows its vote, at any time and any number of times."""
    row = self._finished(vote_id)
    recorded = RecordedVote(decode(SignedBallot, row.signed_ballot), to_base64url(row.ocsp))
    return VerificationAnswer(recorded, decode(Receipt, row.receipt or b""), self._latest(row))


def _each_by_itself(manifest: Manifest, contest: str, counts: Mapping[str, int]) -> tuple[Pool, ...]:
    """D11: every unit is a pool of its own, however small."""
    holders = [unit.id for unit in manifest.units if contest in unit.contests and counts.get(unit.id)]
    return tuple(Pool(unit, (unit,), counts[unit]) for unit in holders)


def _opened_anyhow(election: Election, contest: str, pool: Pool, cast: Sequence[Ballot]) -> Aggregate:
    """D11: what is too small is opened all the same."""
    chosen = [aggregate.part(ballot, contest).ciphertexts for ballot in cast if ballot.unit in pool.units]
    products = tuple(election.key.aggregate(column) for column in zip(*chosen, strict=True))
    return Aggregate(contest, pool.unit, pool.units, pool.ballots, products)


SWITCHES: Mapping[str, Callable[[], AbstractContextManager[None]]] = MappingProxyType(
    {
        "C3": lambda: swapped((candidate, "verify_voter_certificate", _any_certificate)),
        "T1": lambda: swapped((TrusteeService, "answer", _answer_as_told)),
        "V3": lambda: swapped((voter_client.verify, "open_ballot", _choice_on_the_code)),
        "V4": lambda: swapped((voter_client.verify, "Shown", _always_latest)),
        "K3 part 2": lambda: swapped((keyproof, "_verify_roots", lambda _n, _roots: None)),
        "K3 part 3": lambda: swapped((keyproof, "_verify_square_roots", lambda _n, _roots: None)),
        "D2": lambda: swapped(
            (TrusteeService, "_answer_once", _answer_again),
            (TrusteeService, "_require_one_tree", lambda _self, _root: None),
        ),
        "D3": lambda: swapped((dealing, "_share_exponent", _everyone_gets_all)),
        "D4 ciphertext": lambda: swapped((membership, "challenge", _challenge_of_commitments)),
        "D4 pseudonym": lambda: swapped(
            (ballots, "header_hash", _header_for_nobody), (voter_client.prepare, "header_hash", _header_for_nobody)
        ),
        "D5": lambda: swapped((membership, "verify", _verify_plainly), (batch, "verify_claims", _batch_plainly)),
        "D7": lambda: swapped((Acceptance, "accept", _accept_once)),
        "D8": lambda: swapped((Lookup, "find", _show_always)),
        "D9": lambda: swapped((MemoryHeadStore, "save", _forget)),
        "D10": lambda: swapped((voter_client.prepare, "secrets", SimpleNamespace(token_bytes=_same_every_time))),
        "D11": lambda: swapped((aggregate, "merge", _each_by_itself), (aggregate, "_aggregate", _opened_anyhow)),
    }
)
"""By the id of what is taken away. A part of a defence has the part's name after the id."""
