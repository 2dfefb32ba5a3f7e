"""V1–V4: what the voter's second device demands before it shows what was cast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from common.checks.casting import c5_signature, c8_ballot_is_the_signers, c10_elements, c11_proofs
from common.checks.receipt import OwnVote, r1_for_this_vote, r2_included, r3_witnessed
from common.crypto.contest import Choice, ContestRules
from common.encoding.times import from_rfc3339
from common.errors import CryptoError, RuleBroken
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.message import encode
from common.messages.receipt import VerificationAnswer, verify_latest
from common.messages.vote import vote_id
from common.tally.candidate import Candidate, CastingFacts


@dataclass(frozen=True, slots=True)
class Scan:
    """What the device knows from the verification code and its own clock. `facts` has the checkpoint's time."""

    facts: CastingFacts
    vote_id: str
    now: int


@dataclass(frozen=True)
class SeededBallot:
    """A ballot with the seed that is to open it; opened when first looked at, and then once."""

    ballot: Ballot
    seed: bytes = field(repr=False)
    election: Election = field(repr=False)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """One for each contest; `CryptoError` as `open_ballot` says."""
        return open_ballot(self.ballot, self.seed, self.election)


def v1_signed_ballot(answer: VerificationAnswer, scan: Scan) -> None:
    vote, election = Candidate.of(answer.recorded), scan.facts.election
    if vote_id(encode(answer.recorded.vote)) != scan.vote_id:
        raise RuleBroken("the collector answered with another vote than the code names")
    if vote.ballot.fingerprint != election.fingerprint or vote.statement.fingerprint != election.fingerprint:
        raise RuleBroken("the vote is for another election")
    c5_signature(vote, scan.facts)
    c8_ballot_is_the_signers(vote, scan.facts)
    if tuple(part.contest for part in vote.ballot.contests) != election.unit(vote.ballot.unit).contests:
        raise RuleBroken("the ballot does not have exactly its unit's contests, in order")
    c10_elements(vote, scan.facts)
    c11_proofs(vote, scan.facts)


def v2_receipt(answer: VerificationAnswer, election: Election) -> None:
    """First of the four: only a receipt that holds gives the time at which the signer's certificate is looked at."""
    if answer.receipt.ocsp != answer.recorded.ocsp:
        raise RuleBroken("the receipt holds another OCSP response than the recorded vote")
    r1_for_this_vote(answer.receipt, OwnVote(encode(answer.recorded.vote), election))
    r2_included(answer.receipt, election)
    r3_witnessed(answer.receipt, election)


def v3_opens_from_seed(seeded: SeededBallot, _context: None) -> None:
    try:
        _ = seeded.choices
    except (CryptoError, RuleBroken) as error:
        raise CryptoError(f"the ballot does not open with this code's seed: {error}") from error


def v4_latest(answer: VerificationAnswer, scan: Scan) -> None:
    election, latest = scan.facts.election, answer.latest.answer
    verify_latest(answer.latest, election.collector_key)
    statement = Candidate.of(answer.recorded).statement
    if (latest.fingerprint, latest.vote_id) != (election.fingerprint, scan.vote_id):
        raise RuleBroken("the latest answer is about another vote")
    if latest.sequence != statement.sequence or latest.tree_size <= answer.receipt.index:
        raise RuleBroken("the latest answer contradicts the vote or its receipt")
    if abs(scan.now - from_rfc3339(latest.time)) > election.manifest.times.skew + election.manifest.times.max_age:
        raise RuleBroken("the latest answer is not fresh")


def open_ballot(ballot: Ballot, seed: bytes, election: Election) -> tuple[Choice, ...]:
    """The choices that the ballot's ciphertexts encrypt with the seed's randomness, one for each contest.

    `CryptoError` if some ciphertext is no encryption of an allowed choice with that randomness.
    """
    key, fingerprint, name = election.key, bytes.fromhex(ballot.fingerprint), bytes.fromhex(ballot.pseudonym)
    found = []
    for part in ballot.contests:
        randomness = [
            key.randomness(fingerprint, name, seed, part.contest, index) for index in range(len(part.ciphertexts))
        ]
        found.append(_open_contest(part.contest, part.ciphertexts, randomness, election))
    return tuple(found)


def _open_contest(contest: str, ciphertexts: tuple[str, ...], randomness: list[int], election: Election) -> Choice:
    scheme = election.schemes[contest]
    if scheme.ciphertexts != len(ciphertexts):
        raise CryptoError("wrong number of ciphertexts")
    known = list(zip(ciphertexts, randomness, strict=True))
    if not scheme.rules.single:
        amounts = range(scheme.rules.max_per_option + 1)
        opened = tuple(election.key.plaintext(ciphertext, r, amounts) for ciphertext, r in known)
        scheme.rules.require_allowed(opened)
        return opened
    choices = {scheme.encode(choice): choice for choice in _single_choices(scheme.rules)}
    columns = zip(*choices, strict=True)
    found = tuple(election.key.plaintext(*each, column) for each, column in zip(known, columns, strict=True))
    if found not in choices:
        raise CryptoError("the ciphertexts do not open from this seed to an allowed choice")
    return choices[found]


def _single_choices(rules: ContestRules) -> Iterator[Choice]:
    """One for each option."""
    return (tuple(int(option == chosen) for option in range(rules.options)) for chosen in range(rules.options))
