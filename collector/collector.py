"""The collector: authenticates, checks, stores, logs, answers with a receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.accept import Acceptance
from collector.acts import require_acceptable
from collector.ledger import Ledger
from collector.log_writer import LogWriter
from collector.lookup import Lookup
from collector.notices import Notices
from collector.sessions import NONCE_SECONDS, SESSION_SECONDS, Expiring
from collector.steps import Reached, unwatched
from collector.store import NewEntry, Store
from collector.tiles import read_tile
from common.checks.check import CheckList
from common.eid import auth_token
from common.encoding.octets import to_base64url
from common.encoding.times import from_rfc3339, to_rfc3339
from common.errors import RuleBroken, ServiceRefused
from common.log.checkpoint import Checkpoint
from common.log.entries import Entry, EntryKind
from common.log.tiles import Tile
from common.log.witnessed import verify_log_signature
from common.messages.acts import Extension, Signed, signed_digest
from common.messages.election import Election
from common.messages.message import decode, encode
from common.messages.receipt import EarlierVote, Notice, Receipt, SessionView, SignedLatest, VerificationAnswer
from common.messages.roll import Roll
from common.messages.vote import RecordedVote, SignedBallot
from common.ports import Lapsed, OcspResponder, PeerNotes, WitnessPort, unnoted
from common.tally.evidence import Evidence, PublicLog
from common.tally.roll_history import start_history


@dataclass(frozen=True, slots=True)
class Keys:
    """The collector's own secrets: the log's signing key and the one for its answers (both Ed25519)."""

    log: Ed25519PrivateKey
    answers: Ed25519PrivateKey


class Collector:
    """One election's collector; implements the voting, verification, notices, log, tiles and box ports.

    `clock` gives seconds since 1970. Starting on a store that already holds entries continues that election and
    finishes pending votes first. `reached` is told of every step in the life of a vote, `notes` how
    witnesses and responder do.
    """

    def __init__(
        self,
        election: Election,
        roll: Signed,
        keys: Keys,
        store: Store,
        witnesses: Sequence[WitnessPort],
        responder: OcspResponder,
        clock: Callable[[], int],
        checks: CheckList,
        reached: Reached = unwatched,
        notes: PeerNotes = unnoted,
    ) -> None:
        checks.run("K2", "manifest", election.manifest, None)
        checks.run("K5", "roll", roll, election)
        if not isinstance(roll.body, Roll):
            raise RuleBroken("the signed document is not a voter roll")
        self._election = election
        self._roll = roll
        self._store = store
        self._clock = clock
        self._lock = RLock()
        self._nonces = Expiring(clock, NONCE_SECONDS)
        self._sessions = Expiring(clock, SESSION_SECONDS)
        self._log = LogWriter(election, store, keys.log, witnesses, reached, notes)
        self._ledger = Ledger(election, start_history(roll.body), store)
        self._lookup = Lookup(election, store, self._log, self._ledger, keys.answers, clock)
        self._notices = Notices(store, self._ledger)
        self._acceptance = Acceptance(
            election, store, self._log, self._ledger, responder, clock, checks, self._lock, reached, notes
        )
        self._open_log()
        self._finish_pending()

    # --- to voters

    def challenge(self) -> str:
        return self._nonces.issue()

    def open_session(self, nonce: str, token: str) -> SessionView:
        self._nonces.spend(nonce)
        origin = self._election.manifest.collector.address
        identity = auth_token.verify(token, origin, nonce, self._clock(), self._election.anchors)
        return self._view(self._sessions.issue(identity.voter_id), identity.voter_id)

    def refresh(self, session: str) -> SessionView:
        return self._view(session, self._sessions.look_up(session))

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        return self._acceptance.accept(self._sessions.look_up(session), signed_ballot)

    # --- to verifying devices

    def lookup(self, vote_id: str) -> VerificationAnswer:
        return self._lookup.find(vote_id)

    def latest(self, vote_id: str) -> SignedLatest:
        return self._lookup.latest(vote_id)

    # --- to voters who watch

    def subscribe(self, session: str) -> str:
        return self._notices.subscribe(self._sessions.look_up(session))

    def notices(self, subscription: str, after: int) -> tuple[Notice, ...]:
        return self._notices.since(subscription, after)

    # --- to everyone: the log

    def checkpoint(self) -> str:
        return self._log.newest()

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        if not 0 <= older.size <= newer.size <= self._log.tree.size:
            raise ServiceRefused("the log has no such sizes")
        return self._log.tree.consistency_proof(older.size, newer.size)

    def tile(self, tile: Tile) -> bytes:
        newest = verify_log_signature(self._log.newest(), self._election.log_trust)
        return read_tile(tile, self._log.tree, self._store, newest.size)

    # --- to the authority, the processor and the trustees

    def submit_act(self, signed: Signed) -> int:
        with self._lock:
            index = self._commit_act(signed)
        return self._witnessed(index, signed)

    def evidence(self) -> Evidence:
        while True:
            if not (self._ledger.closed or self._ledger.abandoned):
                raise ServiceRefused("the ballot box stays shut until the log is closed")
            _, witnessed = self._log.witnessed()
            with self._lock:
                # else an act came in while the witnesses thought
                if witnessed.checkpoint.size == self._log.tree.size:
                    return self._evidence()

    # --- inside

    def _commit_act(self, signed: Signed) -> int:
        """Act and log entry in one durable transaction, once; the entry's index. Call with the writer's lock."""
        digest = signed_digest(signed)
        known = self._ledger.acts.get(digest)
        if known is not None:
            return known
        size = self._log.tree.size
        kind = require_acceptable(signed, self._election, self._ledger, size, self._clock())
        index = self._log.append([NewEntry(encode(Entry(kind, digest)), document=encode(signed))])
        self._ledger.record_act(signed, index)
        return index

    def _evidence(self) -> Evidence:
        return Evidence(
            PublicLog(tuple(Entry.decode(leaf) for leaf in self._store.leaves()), self._store.checkpoints()),
            tuple(
                RecordedVote(decode(SignedBallot, vote.signed_ballot), to_base64url(vote.ocsp))
                for vote in self._store.votes()
            ),
            self._roll,
            tuple(decode(Signed, document) for _, document in self._store.documents()),
        )

    def _witnessed(self, index: int, signed: Signed) -> int:
        """Log index of an act that the witnesses have seen; `Lapsed` for an extension that they saw too late.

        Without the writer's lock, as for votes: while an act waits for the witnesses, others are recorded.
        """
        self._log.covering(index)
        if isinstance(signed.body, Extension) and from_rfc3339(signed.body.closes) > self._ledger.end.latest:
            raise Lapsed("the extension is logged, but the witnesses saw it too late: the end of voting stands")
        return index

    def _view(self, session: str, voter: str) -> SessionView:
        with self._lock:
            row = self._ledger.roll.row(voter, self._ledger.roll.version)
            head = self._ledger.heads.get(voter)
            return SessionView(
                session,
                to_rfc3339(self._clock()),
                to_rfc3339(self._ledger.end.latest),
                row.unit if row else None,
                self._election.unit(row.unit).contests if row else (),
                self._ledger.roll.version,
                EarlierVote(head.digest, head.sequence, to_rfc3339(self._ledger.recorded_at(voter)))
                if head
                else None,
            )

    def _open_log(self) -> None:
        if self._log.tree.size == 0:
            self._log.append([NewEntry(encode(Entry(EntryKind.OPEN, self._election.fingerprint)))])
        opening = Entry.decode(self._store.leaves()[0])
        if opening != Entry(EntryKind.OPEN, self._election.fingerprint):
            raise RuleBroken("the store belongs to another election")
        with suppress(ServiceRefused):  # without a quorum now, the first vote or act gets the checkpoint
            self._log.witnessed()

    def _finish_pending(self) -> None:
        """Votes committed before a crash get their receipts, if the witnesses are there; else at the retry."""
        for vote in self._store.votes():
            if vote.receipt is None and vote.lapsed is None:
                with suppress(ServiceRefused):
                    self._acceptance.complete(vote)
