"""Answers to verifying devices: limited in time and number (D8), and the same for "unknown" as for "no more"."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.ledger import Ledger
from collector.log_writer import LogWriter
from collector.store import Store, StoredVote
from common.encoding.octets import to_base64url
from common.encoding.times import to_rfc3339
from common.messages.election import Election
from common.messages.message import decode
from common.messages.receipt import LatestAnswer, Receipt, SignedLatest, VerificationAnswer, sign_latest
from common.messages.vote import RecordedVote, SignedBallot
from common.ports import NotFound
from common.tally.candidate import Candidate


class Lookup:
    """Finds votes by their id. Only votes with a receipt can be found."""

    def __init__(
        self,
        election: Election,
        store: Store,
        log: LogWriter,
        ledger: Ledger,
        key: Ed25519PrivateKey,
        clock: Callable[[], int],
    ) -> None:
        self._election = election
        self._store = store
        self._log = log
        self._ledger = ledger
        self._key = key
        self._clock = clock

    def find(self, vote_id: str) -> VerificationAnswer:
        """Vote, receipt and latest answer; `NotFound`, always in the same words, otherwise."""
        row = self._finished(vote_id)
        now = self._clock()
        window = self._election.manifest.times.verification_window
        limit = self._election.manifest.policies.verification_count
        if now > row.time + window or not self._store.count_lookup(vote_id, now, limit):
            raise _not_found()
        return VerificationAnswer(
            RecordedVote(decode(SignedBallot, row.signed_ballot), to_base64url(row.ocsp)),
            decode(Receipt, row.receipt or b""),
            self._latest(row),
        )

    def latest(self, vote_id: str) -> SignedLatest:
        """Whether this vote is its voter's latest; `NotFound` for an unknown id."""
        return self._latest(self._finished(vote_id))

    def _finished(self, vote_id: str) -> StoredVote:
        row = self._store.vote(vote_id)
        if row is None or row.receipt is None:
            raise _not_found()
        return row

    def _latest(self, row: StoredVote) -> SignedLatest:
        statement = Candidate(row.signed_ballot).statement
        answer = LatestAnswer(
            "valik/v1/latest",
            self._election.fingerprint,
            row.vote_id,
            self._ledger.heads[statement.voter].index == row.position,
            statement.sequence,
            self._log.tree.size,
            to_rfc3339(self._clock()),
        )
        return sign_latest(answer, self._key)


def _not_found() -> NotFound:
    return NotFound("no vote with this id can be shown")
