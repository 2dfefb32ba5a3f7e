"""A whole election in memory: every party as an object of its own, meeting the others only through the ports.

The world's clock is simulated. Keys, salts and encryption randomness are always fresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.witness import Witness
from collector.collector import Collector
from common.checks.check import CheckList
from common.crypto.contest import Choice
from common.encoding.times import to_rfc3339
from common.errors import Party, RuleBroken
from common.log.witnessed import verify_log_signature
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.result import SignedAnswer
from common.messages.roll import ChangeSet, Roll, RollChange
from common.ports import TrusteePort
from common.tally.evidence import Evidence
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import Person
from tallier.authority import Authority
from tallier.ceremony import Ceremony
from tallier.process import Counted, Processed, combine, find_faults, process
from tallier.publish import Published, write_record
from voter_client.cast import VotingSession, require_election
from voter_client.journal import CastVote, Journal
from voter_client.prepare import PreparedBallot
from voter_client.software_card import VoterToken
from voter_client.verification_code import VerificationCode, make_code
from voter_client.verify import Shown, verify_vote


@dataclass(slots=True)
class Clock:
    """Simulated time, in seconds since 1970; it moves only when told to."""

    now: int

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True)
class ShiftedClock:
    """Another party's clock: the world's, plus `by` seconds."""

    base: Clock
    by: int = 0

    def __call__(self) -> int:
        return self.base() + self.by


@dataclass(slots=True)
class Citizen:
    """A person with an ID card, and what their client remembers."""

    person: Person
    card: VoterToken
    journal: Journal


@dataclass(slots=True)
class Tallied:
    """What closing and counting brought forth."""

    evidence: Evidence
    processed: Processed
    counted: Counted


@dataclass(slots=True)
class World:
    """All parties of one election. Make one with `create_world`."""

    clock: Clock
    witness_clock: ShiftedClock
    country: EidAuthority
    responder: OcspResponder
    authority: Authority
    witnesses: tuple[Witness, ...]
    trustees: tuple[TrusteePort, ...]
    ceremony: Ceremony
    manifest: Signed
    roll: Signed
    election: Election
    collector: Collector
    checks: CheckList
    checks_of: Mapping[Party, CheckList] = field(default_factory=dict)
    citizens: dict[str, Citizen] = field(default_factory=dict)
    newest_roll: Roll | ChangeSet | None = None
    extended_to: int | None = None

    def run_by(self, party: Party) -> CheckList:
        """The checks that a party runs: `checks`, unless `checks_of` gives it others."""
        return self.checks_of.get(party, self.checks)

    # --- people

    def citizen(self, person: Person) -> Citizen:
        """Give a person an ID card and a client that has checked the election."""
        card = self.country.issue(person)
        require_election(self.election, self.run_by(Party.CLIENT))
        self.citizens[card.voter_id] = Citizen(person, card, Journal(self.election))
        return self.citizens[card.voter_id]

    def session(self, citizen: Citizen) -> VotingSession:
        """The citizen authenticates."""
        checks = self.run_by(Party.CLIENT)
        return VotingSession(self.election, self.collector, citizen.card, citizen.journal, self.clock, checks)

    def vote(
        self, citizen: Citizen, choices: Mapping[str, Choice], prepared: PreparedBallot | None = None
    ) -> CastVote:
        """The citizen votes honestly; `prepared` is a ballot made ahead of time for these choices."""
        session = self.session(citizen)
        return session.cast(prepared or session.prepare(choices))

    def code(self, vote: CastVote) -> VerificationCode:
        """The verification code the client shows after casting."""
        return make_code(self.election.fingerprint, vote.receipt.vote_id, vote.seed)

    def verify(self, code: VerificationCode) -> Shown:
        """A verifying device scans a code."""
        return verify_vote(self.election, code, self.collector, self.clock, self.run_by(Party.DEVICE))

    def recheck(self, citizen: Citizen) -> None:
        """The client checks its receipts again."""
        citizen.journal.recheck(self.collector, self.collector, self.run_by(Party.CLIENT))

    # --- the authority's acts

    def change_roll(self, changes: Sequence[RollChange]) -> int:
        """Sign and log a change of the roll."""
        latest = self.newest_roll or self.roll.body
        if not isinstance(latest, Roll | ChangeSet):
            raise RuleBroken("there is no roll to change")
        signed = self.authority.change_roll(self.election, latest, changes)
        index = self.collector.submit_act(signed)
        if isinstance(signed.body, ChangeSet):
            self.newest_roll = signed.body
        return index

    def revoke(self, voters: Sequence[str], reason: str = "voted on paper") -> int:
        return self.collector.submit_act(self.authority.revoke(self.election, voters, reason))

    def exclude(self, index: int, check: str, reason: str) -> int:
        return self.collector.submit_act(self.authority.exclude(self.election, index, check, reason))

    def order(self, kind: str) -> int:
        """`close` or `final`, at the log's present size."""
        return self.collector.submit_act(self.authority.order(self.election, kind, self.log_size()))

    def extend(self, closes: int, reason: str = "the service was down") -> int:
        """Voting goes on until `closes` (seconds since 1970)."""
        index = self.collector.submit_act(self.authority.extend(self.election, to_rfc3339(closes), reason))
        self.extended_to = closes
        return index

    def abandon(self, reason: str = "the key is lost") -> int:
        """Nothing will be counted."""
        return self.collector.submit_act(self.authority.abandon(self.election, self.log_size(), reason))

    def log_size(self) -> int:
        """The log's size by its newest checkpoint."""
        return verify_log_signature(self.collector.checkpoint(), self.election.log_trust).size

    # --- after the close

    def close(self) -> None:
        """Wait for the end of voting if need be, then close the log."""
        end, grace = self.extended_to or self.election.closes, self.election.manifest.times.grace
        self.clock.now = max(self.clock.now, end + grace + 1)
        self.order("close")

    def finalise(self) -> None:
        """Exclude what every audit would refuse, then order `final`; one exclusion can bring or cure others."""
        while faults := find_faults(self.election, self.collector.evidence(), self.run_by(Party.PROCESSOR)):
            for fault in faults:
                self.exclude(fault.index, fault.check, fault.reason)
        self.order("final")

    def answers(self, evidence: Evidence, processed: Processed, present: Sequence[int]) -> list[SignedAnswer]:
        """The answers of the trustees with these numbers (from 1), each after its own checks of everything."""
        return [
            self.trustees[number - 1].answer(self.manifest, self.ceremony.proof, evidence, processed.aggregates)
            for number in present
        ]

    def tally(self, present: Sequence[int] | None = None) -> Tallied:
        """Process, ask the trustees that are present, and open the aggregates."""
        evidence = self.collector.evidence()
        checks = self.run_by(Party.PROCESSOR)
        processed = process(self.election, evidence, checks)
        everyone = range(1, len(self.trustees) + 1)
        answers = self.answers(evidence, processed, everyone if present is None else present)
        return Tallied(evidence, processed, combine(self.election, processed.aggregates, answers, checks))

    def record(self, tallied: Tallied) -> dict[str, bytes]:
        """The whole election record, path → bytes."""
        processed, counted = tallied.processed, tallied.counted
        return write_record(
            Published(
                self.manifest,
                self.ceremony.proof,
                tallied.evidence,
                lambda: [vote.candidate.ballot for vote in processed.inspection.replay.counted()],
                processed.aggregates,
                processed.accounting,
                processed.sets,
                counted.used,
                counted.result,
            )
        )
