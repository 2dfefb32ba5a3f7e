"""Accepting a vote, step by step, in the order that loses nothing (spec 9.2, defence D1).

admit (checks, OCSP) → commit (one durable transaction) → witness (signed checkpoint, cosignatures) → settle
(deadlines by the covering time, receipt kept) → answer. A crash between any two steps leaves a vote that
`complete` can finish. Only the commit holds the writer's lock: while one vote waits for the witnesses others are
recorded, and those share the next checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from collector.ledger import Ledger
from collector.log_writer import LogWriter
from collector.steps import Reached, Step
from collector.store import NewEntry, Store, StoredVote
from common.checks.casting import AT_INTAKE
from common.checks.check import CheckList
from common.eid import ocsp, signing
from common.encoding.octets import to_base64url
from common.errors import CertificateNotGood, CheckFailed, Party, ServiceRefused, caused_by
from common.log.covering import CoveringTimes
from common.log.entries import Entry, EntryKind
from common.messages.election import Election
from common.messages.message import decode, encode
from common.messages.receipt import Receipt
from common.ports import Lapsed, OcspResponder, PeerNotes, unnoted
from common.tally.candidate import Candidate, CastingFacts

HOUR = 3_600
AGAIN_AT_COMMIT = ("C7", "C9")
BY_COVERING_TIME = ("C2", "C4")


class Acceptance:
    """The pipeline, over the one log writer; `writer_lock` makes that writer single."""

    def __init__(
        self,
        election: Election,
        store: Store,
        log: LogWriter,
        ledger: Ledger,
        responder: OcspResponder,
        clock: Callable[[], int],
        checks: CheckList,
        writer_lock: RLock,
        reached: Reached,
        notes: PeerNotes = unnoted,
    ) -> None:
        self._election = election
        self._store = store
        self._log = log
        self._ledger = ledger
        self._responder = responder
        self._clock = clock
        self._checks = checks
        self._lock = writer_lock
        self._reached = reached
        self._notes = notes

    def accept(self, voter: str, signed_ballot: bytes) -> Receipt:
        """Record a vote of the authenticated `voter`; `CheckFailed`, `Lapsed` or `ServiceRefused` otherwise."""
        vote = Candidate(signed_ballot)
        known = self._store.vote(vote.vote_id)
        if known is None:
            self._admit(vote, voter)
            known = self._commit(vote, voter)
        elif Candidate(known.signed_ballot).statement.voter != voter:
            raise ServiceRefused("this vote was recorded in another voter's session")
        return self.complete(known)

    def _admit(self, vote: Candidate, voter: str) -> None:
        """All checks on the collector's own clock, less the intake margin; then the certificate's status."""
        facts = self._facts(voter)
        for check in AT_INTAKE:
            self._checks.run(check, f"vote {vote.vote_id}", vote, facts)
        self._reached(Step.CHECKED)
        signer = vote.signer(self._clock(), self._election)
        request = ocsp.build_request(signer.certificate, signer.issuer, signing.ocsp_nonce(vote.signature))
        self._ask_responder(vote, request, voter)
        self._reached(Step.ADMITTED)

    def _ask_responder(self, vote: Candidate, request: bytes, voter: str) -> None:
        """The certificate's status (C4): a revoked card is the voter's affair, a bad response the eID authority's.

        Notes how the responder does, who is well though a card is revoked.
        """
        trouble: str | None = "is out of service"
        try:
            vote.ocsp = self._responder.respond(request)
            trouble = None
            self._checks.run("C4", f"vote {vote.vote_id}", vote, self._facts(voter))
        except CheckFailed as failure:
            failure.at_fault = Party.VOTER
            if not caused_by(failure, CertificateNotGood):
                failure.at_fault, trouble = Party.EID_AUTHORITY, "answers with what does not pass C4"
            raise
        finally:
            self._notes("the OCSP responder", trouble)

    def _facts(self, voter: str) -> CastingFacts:
        """What stands now; one reading serves all the checks of a step."""
        now = self._clock()
        return CastingFacts(
            self._election,
            now,
            self._ledger.roll,
            self._ledger.heads.get(voter),
            self._ledger.end.latest,
            self._election.manifest.times.intake_margin,
            voter,
            self._ledger.recent(voter, now - HOUR),
        )

    def _commit(self, vote: Candidate, voter: str) -> StoredVote:
        """C7 and C9 again on what stands now, then vote, log entry and chain head in one durable transaction."""
        with self._lock:
            known = self._store.vote(vote.vote_id)
            if known is not None:  # the same bytes were posted twice at once
                return known
            self._ledger.require_open()
            facts = self._facts(voter)
            for check in AGAIN_AT_COMMIT:
                self._checks.run(check, f"vote {vote.vote_id}", vote, facts)
            if vote.ocsp is None:
                raise ServiceRefused("the certificate's status is not known")
            now = self._clock()
            row = StoredVote(self._log.tree.size, vote.vote_id, now, vote.raw, vote.ocsp)
            leaf = encode(Entry(EntryKind.VOTE, vote.digest))
            self._log.append([NewEntry(leaf, vote=row)])
            self._reached(Step.COMMITTED)
            self._ledger.record_vote(row)
            return row

    def complete(self, row: StoredVote) -> Receipt:
        """The stored receipt, or what is still missing towards one."""
        if row.receipt is not None:
            return decode(Receipt, row.receipt)
        if row.lapsed is not None:
            raise Lapsed(f"the witnesses saw this vote too late ({row.lapsed}); vote again")
        note, witnessed = self._log.covering(row.position)
        covering = CoveringTimes([witnessed], self._election.manifest.witnesses.quorum).of(row.position)
        self._require_in_time(row, covering)
        self._reached(Step.IN_TIME)
        size = witnessed.checkpoint.size
        receipt = Receipt(
            "valik/v1/receipt",
            row.vote_id,
            to_base64url(row.ocsp),
            row.position,
            Entry(EntryKind.VOTE, Candidate(row.signed_ballot, row.ocsp).digest),
            tuple(step.hex() for step in self._log.tree.inclusion_proof(row.position, size)),
            note,
        )
        self._store.finish(row.vote_id, encode(receipt))
        self._reached(Step.RECEIPT_KEPT)
        return receipt

    def _require_in_time(self, row: StoredVote, covering: int) -> None:
        """C2 and C4 by the witnesses' clocks: what every audit will hold this vote to."""
        vote = Candidate(row.signed_ballot, row.ocsp)
        facts = CastingFacts(self._election, covering, self._ledger.roll, None, self._ledger.end.at(row.position))
        try:
            for check in BY_COVERING_TIME:
                self._checks.run(check, f"vote {row.vote_id}", vote, facts)
        except CheckFailed as failure:
            self._store.lapse(row.vote_id, failure.check)
            raise Lapsed(f"the witnesses saw this vote too late ({failure.check}); vote again") from failure
