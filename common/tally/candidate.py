"""A vote under scrutiny, and the facts it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from common.crypto.cryptosystem import ProvenContest
from common.eid import signing
from common.eid.certificates import Identity, Purpose, verify_voter_certificate
from common.encoding.octets import from_base64url
from common.errors import RuleBroken
from common.messages.ballot import Ballot, ballot_header
from common.messages.election import Election
from common.messages.message import decode, encode
from common.messages.vote import RecordedVote, SignedBallot, VoteStatement, recorded_digest, vote_id
from common.tally.roll_history import RollHistory


class Candidate:
    """The bytes of a signed ballot, and the OCSP response once there is one; parsed when first looked at.

    Every property raises the typed error of what is wrong with the bytes, so the first check that looks reports it.
    """

    def __init__(self, raw: bytes, ocsp: bytes | None = None) -> None:
        self.raw = raw
        self.ocsp = ocsp

    @classmethod
    def of(cls, recorded: RecordedVote) -> Candidate:
        """A recorded vote, looked at again."""
        return cls(encode(recorded.vote), from_base64url(recorded.ocsp))

    @cached_property
    def vote(self) -> SignedBallot:
        return decode(SignedBallot, self.raw)

    @property
    def ballot(self) -> Ballot:
        return self.vote.ballot

    @cached_property
    def signature(self) -> signing.ParsedSignature:
        return signing.parse(self.vote.statement)

    @cached_property
    def statement(self) -> VoteStatement:
        return decode(VoteStatement, self.signature.payload)

    @cached_property
    def vote_id(self) -> str:
        return vote_id(self.raw)

    @cached_property
    def digest(self) -> str:
        """What the log holds; `RuleBroken` before there is an OCSP response."""
        if self.ocsp is None:
            raise RuleBroken("a vote without an OCSP response cannot be recorded")
        return recorded_digest(self.raw, self.ocsp)

    def signer(self, time: int, election: Election) -> Identity:
        """Whose signing certificate this is, the chain verified at `time` (C3)."""
        return verify_voter_certificate(self.signature.chain, Purpose.SIGNATURE, time, election.anchors)

    def contests(self, election: Election) -> tuple[ProvenContest, ...]:
        """The ballot as the cryptosystem sees it; `RuleBroken` for a contest the election does not have."""
        return proven_contests(self.ballot, election)


def proven_contests(ballot: Ballot, election: Election) -> tuple[ProvenContest, ...]:
    """A ballot as the cryptosystem sees it; `RuleBroken` for a contest the election does not have."""
    header = ballot_header(ballot)
    found = []
    for part in ballot.contests:
        if part.contest not in election.schemes:
            raise RuleBroken("the ballot has a contest that the election does not have")
        found.append(ProvenContest(election.schemes[part.contest], part.ciphertexts, part.branches(), header))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Batch:
    """Many votes whose proofs are verified together."""

    votes: tuple[Candidate, ...]

    def __len__(self) -> int:
        return len(self.votes)

    def contests(self, election: Election) -> tuple[ProvenContest, ...]:
        """All their contests, vote by vote."""
        return tuple(contest for vote in self.votes for contest in vote.contests(election))


@dataclass(frozen=True, slots=True)
class Nameless:
    """Published ballots: of these only what they themselves show can be checked."""

    ballots: tuple[Ballot, ...]

    def __len__(self) -> int:
        return len(self.ballots)

    def contests(self, election: Election) -> tuple[ProvenContest, ...]:
        """All their contests; `RuleBroken` for another election's ballot, or one without its unit's contests."""
        for ballot in self.ballots:
            if ballot.fingerprint != election.fingerprint:
                raise RuleBroken("the ballot is of another election")
            if tuple(part.contest for part in ballot.contests) != election.unit(ballot.unit).contests:
                raise RuleBroken("the ballot does not have exactly its unit's contests, in order")
        return tuple(contest for ballot in self.ballots for contest in proven_contests(ballot, election))


@dataclass(frozen=True, slots=True)
class NamelessFacts:
    """All that is known of what published ballots are held against."""

    election: Election


@dataclass(frozen=True, slots=True)
class Head:
    """The latest recorded vote of a voter's chain."""

    index: int
    digest: str
    sequence: int


@dataclass(frozen=True, slots=True)
class CastingFacts:
    """What stood when a vote was, or is to be, recorded.

    `time` is the covering time in seconds, or at intake the collector's own clock; then `margin` is the manifest's
    intake margin. `roll` ends with the newest version logged before the vote; `closes` is the end of voting that was
    in force then. `authenticated` is the voter of the session and `recent` this voter's recorded votes of the last
    hour: both known to the collector alone.
    """

    election: Election
    time: int
    roll: RollHistory
    head: Head | None
    closes: int
    margin: int = 0
    authenticated: str | None = None
    recent: int = 0
