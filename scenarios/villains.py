"""What attackers hold: cards that sign anything, log keys, bribed witnesses. They see no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.collector import Collector, Keys
from collector.store import NewEntry, Store
from common.checks.check import CheckList
from common.crypto.paillier import PublicKey
from common.crypto.paillier_key import PaillierElectionKey
from common.encoding.times import from_rfc3339
from common.errors import SetupError
from common.log.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from common.log.cosignature import cosign
from common.log.entries import Entry, EntryKind
from common.log.merkle import MerkleTree
from common.messages.acts import Order, Signed, signed_digest
from common.messages.ballot import Ballot, ContestBallot, ballot_digest
from common.messages.election import Election
from common.messages.message import decode, encode
from common.messages.receipt import Receipt, SessionView, SignedLatest, VerificationAnswer
from common.messages.vote import RecordedVote, SignedBallot, VoteStatement, digest_of
from common.tally.evidence import Evidence, PublicLog
from scenarios.keyring import Keyring
from scenarios.world import World
from voter_client.card import IdentityCard
from voter_client.cast import CollectorForVoters
from voter_client.prepare import PreparedBallot, prepare_ballot


@dataclass(slots=True)
class Mallory:
    """A client of the attacker's own make, with a card it can use and a collector it talks to."""

    election: Election
    collector: CollectorForVoters
    card: IdentityCard

    def log_in(self) -> SessionView:
        nonce = self.collector.challenge()
        return self.collector.open_session(
            nonce, self.card.authenticate(self.election.manifest.collector.address, nonce)
        )

    def prepare(self, unit: str, *choice: int, voter: str | None = None) -> PreparedBallot:
        """A well-made ballot, for the card's holder or for somebody else."""
        contest = self.election.manifest.contests[0].id
        return prepare_ballot(self.election, unit, voter or self.card.voter_id, {contest: choice})

    def sign(
        self,
        view: SessionView,
        ballot: Ballot,
        salt: str,
        *,
        card: IdentityCard | None = None,
        **fields: object,
    ) -> bytes:
        """The signed ballot: any ballot, any card, an honest statement but for `fields`."""
        honest = VoteStatement(
            "valik/v1/vote",
            self.election.fingerprint,
            ballot_digest(ballot),
            self.card.voter_id,
            salt,
            view.earlier.sequence + 1 if view.earlier else 1,
            view.earlier.digest if view.earlier else None,
            view.roll_version,
            view.time,
        )
        statement = replace(honest, **fields)  # type: ignore[arg-type]
        jws = (card or self.card).sign(encode(statement), from_rfc3339(statement.time))
        return encode(SignedBallot(ballot, jws))

    def cast(self, ballot: Ballot, salt: str, **fields: object) -> Receipt:
        """Log in, sign and post."""
        view = self.log_in()
        return self.collector.cast(view.session, self.sign(view, ballot, salt, **fields))  # type: ignore[arg-type]


def mallory(world: World, card: IdentityCard) -> Mallory:
    """An attacker with this card before the collector."""
    return Mallory(world.election, world.collector, card)


def public_key(election: Election) -> PublicKey:
    """The Paillier key; `SetupError` for another cryptosystem."""
    if not isinstance(election.key, PaillierElectionKey):
        raise SetupError("this attack knows Paillier only")
    return election.key.public


def with_contest(ballot: Ballot, part: ContestBallot) -> Ballot:
    """The ballot with another first contest."""
    return replace(ballot, contests=(part, *ballot.contests[1:]))


def secret_ballot(election: Election, prepared: PreparedBallot, *plaintexts: int) -> Ballot:
    """The ballot with other plaintexts in its first contest, any at all, under the old proofs."""
    key, part, ballot = election.key, prepared.ballot.contests[0], prepared.ballot
    names = bytes.fromhex(election.fingerprint), bytes.fromhex(ballot.pseudonym)
    values = tuple(
        key.encrypt(m % int(public_key(election).n), key.randomness(*names, prepared.seed, part.contest, index))
        for index, m in enumerate(plaintexts)
    )
    return with_contest(ballot, replace(part, ciphertexts=values))


# --- services in hostile hands


@dataclass(slots=True)
class LyingCollector:
    """The collector of an honest world, with something else in the place of some answers."""

    true: CollectorForVoters
    lookups: Callable[[str], VerificationAnswer]
    newest: Callable[[str], SignedLatest]
    casts: Callable[[str, bytes], Receipt]
    head: Callable[[str], str] = lambda honest: honest
    steps: Callable[[Checkpoint, Checkpoint], tuple[bytes, ...]] | None = None

    def challenge(self) -> str:
        return self.true.challenge()

    def open_session(self, nonce: str, token: str) -> SessionView:
        return self.true.open_session(nonce, token)

    def refresh(self, session: str) -> SessionView:
        return self.true.refresh(session)

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        return self.casts(session, signed_ballot)

    def lookup(self, vote_id: str) -> VerificationAnswer:
        return self.lookups(vote_id)

    def latest(self, vote_id: str) -> SignedLatest:
        return self.newest(vote_id)

    def checkpoint(self) -> str:
        return self.head(self.true.checkpoint())

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        return self.steps(older, newer) if self.steps else self.true.consistency(older, newer)


def lying(world: World) -> LyingCollector:
    """The world's collector, about to lie."""
    return LyingCollector(world.collector, world.collector.lookup, world.collector.latest, world.collector.cast)


def own_hands(world: World) -> Collector:
    """The collector, to be used by itself; `SetupError` if it is another process."""
    if not isinstance(world.collector, Collector):
        raise SetupError("this attack needs the collector in this process")
    return world.collector


def slip_in(world: World, voter: str, signed_ballot: bytes) -> Receipt:
    """A hostile collector records a vote for which nobody has logged in."""
    return own_hands(world)._acceptance.accept(voter, signed_ballot)


def set_back(world: World, keys: Keys, size: int, checks: CheckList) -> Collector:
    """The collector, started again on a backup of its store from when the log had this size."""
    old, backup = own_hands(world)._store, Store()
    votes = {vote.position: vote for vote in old.votes()}
    for position, leaf in enumerate(old.leaves()[:size]):
        vote = votes.get(position)
        backup.commit(position, [NewEntry(leaf, vote)])
        if vote is not None and vote.receipt is not None:
            backup.finish(vote.vote_id, vote.receipt)
    for covered in range(1, size + 1):
        note = old.checkpoint(covered, cosigned=True)
        if note is not None:
            backup.keep_checkpoint(covered, note, cosigned=True)
    return Collector(world.election, world.roll, keys, backup, world.witnesses, world.responder, world.clock, checks)


@dataclass(frozen=True, slots=True)
class Forger:
    """Who holds the log's key, and those of bribed witnesses, and writes any log with them."""

    election: Election
    log_key: Ed25519PrivateKey
    witnesses: Mapping[str, Ed25519PrivateKey]

    def note(self, tree: MerkleTree, time: int) -> str:
        """A checkpoint that log and bribed witnesses sign blindly, at any time (seconds since 1970)."""
        origin = self.election.manifest.log.origin
        checkpoint = Checkpoint(origin, tree.size, tree.root())
        note = sign_checkpoint(checkpoint, self.log_key, origin)
        return note + "".join(cosign(checkpoint.body, key, name, time) for name, key in self.witnesses.items())

    def log(self, lines: Sequence[tuple[Entry, int]]) -> PublicLog:
        """A log of these entries, each covered at its time."""
        tree, notes = MerkleTree(), []
        for entry, time in lines:
            tree.append(encode(entry))
            notes.append(self.note(tree, time))
        return PublicLog(tuple(entry for entry, _ in lines), tuple(notes))


def forger(election: Election, keyring: Keyring, bribed: int | None = None) -> Forger:
    """The holder of the log's key and of this many witnesses' keys, or of all."""
    names = [member.name for member in election.manifest.witnesses.members]
    pairs = islice(zip(names, keyring.witnesses, strict=True), bribed)
    return Forger(election, keyring.collector.log, dict(pairs))


def lines_of(election: Election, log: PublicLog) -> list[tuple[Entry, int]]:
    """The entries of a log with their covering times."""
    covering = log.covering_times(election)
    return [(entry, covering.of(index)) for index, entry in enumerate(log.entries)]


def tree_of(entries: Sequence[Entry]) -> MerkleTree:
    """The Merkle tree over these entries."""
    tree = MerkleTree()
    for entry in entries:
        tree.append(encode(entry))
    return tree


def vote_entry(recorded: RecordedVote) -> Entry:
    """The log entry of a vote."""
    return Entry(EntryKind.VOTE, digest_of(recorded))


def recorded_vote(signed_ballot: bytes, ocsp: str) -> RecordedVote:
    """A recorded vote of these parts."""
    return RecordedVote(decode(SignedBallot, signed_ballot), ocsp)


Line: TypeAlias = tuple[Entry | EntryKind, int]
"""An entry of a log, or the kind of an order that the authority has still to sign for it; its covering time."""


def with_orders(world: World, evidence: Evidence, lines: Sequence[tuple[Entry, int]], writer: Forger) -> Evidence:
    """The evidence with a log of these entries between `open` and the end, and orders of the authority that fit."""
    rest = [(entry, time) for entry, time in lines if entry.kind not in ("close", "final")]
    after = [entry for entry, _ in rest if entry.kind in ("revocation", "exclusion")]
    end = max(world.election.closes + 1, *(time for _, time in rest))
    before = [line for line in rest if line[0] not in after]
    ending: list[Line] = [(EntryKind.CLOSE, end), *((entry, end) for entry in after), (EntryKind.FINAL, end)]
    return with_phases(world, evidence, [*before, *ending], writer)


def with_phases(world: World, evidence: Evidence, lines: Sequence[Line], writer: Forger) -> Evidence:
    """The evidence with a log of these entries, and orders of the authority where a line asks for one.

    The authority's part in it is innocent: it orders what it is asked to, at the size that the log shows.
    """
    acts = {signed_digest(act): act for act in evidence.acts if not isinstance(act.body, Order)}
    found: list[tuple[Entry, int]] = []
    for entry, time in lines:
        if isinstance(entry, EntryKind):
            order = world.authority.order(world.election, str(entry), len(found))
            acts[signed_digest(order)] = order
            found.append((act_entry(order, entry), time))
        else:
            found.append((entry, time))
    places = {entry.digest: index for index, (entry, _) in enumerate(found)}
    in_log_order = sorted(acts, key=lambda digest: places.get(digest, len(found)))
    return replace(evidence, log=writer.log(found), acts=tuple(acts[digest] for digest in in_log_order))


def withheld(evidence: Evidence, first: int, last: int) -> Evidence:
    """The evidence without the checkpoints that cover log entry `first` but not `last`. Nobody misses them."""
    log = evidence.log
    kept = tuple(note for note in log.checkpoints if not first < read_checkpoint(note)[1].size <= last)
    return replace(evidence, log=replace(log, checkpoints=kept))


def act_entry(signed: Signed, kind: EntryKind) -> Entry:
    """The log entry of an act."""
    return Entry(kind, signed_digest(signed))
