"""What attackers hold in the tests: cards that sign anything, provers that prove what they can, hostile services.

A hostile service has its own keys, so this is the one place that takes keys out of the parties of a `World`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.collector import Collector, Keys
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.crypto.contest import Choice
from common.crypto.cryptosystem import EncryptedContest
from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.cosignature import cosign
from common.log.entries import Entry, EntryKind
from common.log.merkle import MerkleTree
from common.messages.acts import Signed, signed_digest
from common.messages.ballot import Ballot, ContestBallot, ProofBranch, ballot_digest, header_hash
from common.messages.election import Election
from common.messages.message import encode
from common.messages.receipt import SessionView
from common.messages.roll import RollEntry
from common.messages.vote import RecordedVote, SignedBallot, VoteStatement, digest_of
from common.tally.evidence import PublicLog
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import Person, people
from scenarios.world import Citizen, Clock, ShiftedClock, World
from voter_client.card import IdentityCard
from voter_client.prepare import PreparedBallot, prepare_ballot
from voter_client.software_card import VoterToken

_EVERYONE = people(130, seed=11)
MAINLANDERS, ISLANDERS, STRANGERS = _EVERYONE[:110], _EVERYONE[110:120], _EVERYONE[120:]
"""Voters of north and south, voters of the island, and people with ID cards who are on no roll."""
CHOICES: Mapping[str, Choice] = {"board": (1, 0, 0), "wishes": (1, 0)}
NOTHING = CheckList(())
"""What a party runs that does not care."""


def roll_rows() -> list[RollEntry]:
    """Mainlanders alternately in north and south, islanders in the island."""
    voters = [*MAINLANDERS, *ISLANDERS]
    units = ["north", "south"] * (len(MAINLANDERS) // 2) + ["island"] * len(ISLANDERS)
    return [RollEntry(voter_id(p.code), p.name, unit) for p, unit in zip(voters, units, strict=True)]


# --- parties anew


def collector_keys(world: World) -> Keys:
    """The collector's own keys."""
    return Keys(world.collector._log._key, world.collector._lookup._key)


class Bribed(OcspResponder):
    """The eID authority's responder, on whose line an attacker sits: `instead` answers in its place."""

    instead: Callable[[bytes], bytes] | None = None

    def respond(self, request: bytes) -> bytes:
        return self.instead(request) if self.instead else super().respond(request)


def staged(
    base: World,
    checks: CheckList = COMPLETE,
    *,
    collector_checks: CheckList | None = None,
    election: Election | None = None,
    roll: Signed | None = None,
    store: Store | None = None,
) -> World:
    """The same election at its opening: a new clock, new witnesses' heads, a new collector with these checks.

    Nothing that happens in it touches `base`. A `Bribed` in its responder's place can be made to answer anything.
    """
    rules = election or base.election
    clock = Clock(rules.opens)
    witness_clock = ShiftedClock(clock)
    country = copy.copy(base.country)
    country.clock = clock
    country.register = copy.deepcopy(base.country.register)
    responder = Bribed(country)
    keys = collector_keys(base)
    logs = {rules.log_trust.origin: rules.log_trust.log_key}
    witnesses = tuple(
        Witness(w.key.name, w._private_key, MemoryHeadStore(), witness_clock, logs) for w in base.witnesses
    )
    collector = Collector(
        rules,
        roll or base.roll,
        keys,
        store or Store(),
        witnesses,
        responder,
        clock,
        checks if collector_checks is None else collector_checks,
    )
    return replace(
        base,
        clock=clock,
        witness_clock=witness_clock,
        country=country,
        responder=responder,
        witnesses=witnesses,
        election=rules,
        roll=roll or base.roll,
        collector=collector,
        checks=checks,
        citizens={},
        newest_roll=None,
    )


# --- votes


@dataclass(slots=True)
class Scene:
    """An attacker before the collector: who votes, what an honest client would post now, and tools to change it."""

    world: World
    voters: Iterator[Person]
    citizen: Citizen
    view: SessionView
    prepared: PreparedBallot

    @classmethod
    def open(cls, world: World, voters: Iterator[Person], person: Person | None = None) -> Scene:
        """A voter from `voters`, or this person, authenticated and with an honest ballot ready."""
        citizen = world.citizen(person or next(voters))
        view = log_in(world, citizen.card)
        unit = view.unit or "north"
        ballot = prepare_ballot(world.election, unit, citizen.card.voter_id, choices_of(world.election, unit))
        return cls(world, voters, citizen, view, ballot)

    @property
    def election(self) -> Election:
        return self.world.election

    @property
    def responder(self) -> Bribed:
        if not isinstance(self.world.responder, Bribed):
            raise TypeError("this world was not staged")
        return self.world.responder

    @property
    def voter(self) -> str:
        return self.citizen.card.voter_id

    def another(self) -> Scene:
        """Another voter's scene, in the same world."""
        return Scene.open(self.world, self.voters)

    def again(self) -> Scene:
        """The same voter as the collector sees them now, with another ballot."""
        view, unit = self.world.collector.refresh(self.view.session), self.prepared.ballot.unit
        ballot = prepare_ballot(self.election, unit, self.voter, choices_of(self.election, unit))
        return replace(self, view=view, prepared=ballot)

    def log_in_again(self) -> None:
        """A new session, when the clock has moved past the old one."""
        self.view = log_in(self.world, self.citizen.card)

    def statement(self, about: Ballot | None = None, **fields: object) -> VoteStatement:
        """What an honest client would sign for this ballot, with `fields` replaced."""
        earlier = self.view.earlier
        honest = VoteStatement(
            "valik/v1/vote",
            self.election.fingerprint,
            ballot_digest(about or self.prepared.ballot),
            self.voter,
            self.prepared.salt,
            earlier.sequence + 1 if earlier else 1,
            earlier.digest if earlier else None,
            self.view.roll_version,
            self.view.time,
        )
        return replace(honest, **fields)  # type: ignore[arg-type]

    def raw(
        self,
        posted: Ballot | None = None,
        *,
        card: IdentityCard | None = None,
        signed_at: int | None = None,
        **fields: object,
    ) -> bytes:
        """The signed ballot: any ballot, any statement (`fields` replace what an honest one says), any card."""
        statement = self.statement(posted, **fields)
        time = from_rfc3339(statement.time) if signed_at is None else signed_at
        jws = (card or self.citizen.card).sign(encode(statement), time)
        return encode(SignedBallot(posted or self.prepared.ballot, jws))

    def post(self, raw: bytes) -> object:
        """Cast in this voter's session."""
        return self.world.collector.cast(self.view.session, raw)

    def ballot(
        self,
        plaintexts: Sequence[tuple[str, Sequence[int]]],
        *,
        unit: str | None = None,
        fingerprint: str | None = None,
    ) -> Ballot:
        """A well-proven ballot of any contests in any order, under this voter's pseudonym."""
        own = self.prepared.ballot
        return proven_ballot(
            self.election, plaintexts, unit or own.unit, own.pseudonym, fingerprint or own.fingerprint
        )


def log_in(world: World, card: VoterToken) -> SessionView:
    """A session for the holder of this card."""
    nonce = world.collector.challenge()
    return world.collector.open_session(nonce, card.authenticate(world.election.manifest.collector.address, nonce))


def choices_of(election: Election, unit: str) -> dict[str, Choice]:
    """An allowed choice in each contest of the unit."""
    every = {**CHOICES, "bridge": (0, 1)}
    return {contest: every[contest] for contest in election.unit(unit).contests}


def encoded(election: Election, *contests: str) -> list[tuple[str, Sequence[int]]]:
    """The plaintexts of allowed choices in these contests."""
    every = {**CHOICES, "bridge": (0, 1)}
    return [(contest, election.schemes[contest].encode(every[contest])) for contest in contests]


def proven_ballot(
    election: Election, plaintexts: Sequence[tuple[str, Sequence[int]]], unit: str, name: str, fingerprint: str
) -> Ballot:
    """Encrypt and prove these plaintexts (which must be allowed), whatever the rules say of unit and contests."""
    key, seed = election.key, b"\x07" * 32
    randomness = {
        contest: [key.randomness(b"attack", bytes.fromhex(name), seed, contest, i) for i in range(len(values))]
        for contest, values in plaintexts
    }
    made = [
        EncryptedContest.of(key, election.schemes[contest], values, randomness[contest])
        for contest, values in plaintexts
    ]
    ciphertexts = tuple((contest, part.ciphertexts) for (contest, _), part in zip(plaintexts, made, strict=True))
    parts = []
    proven = key.prove(made, header_hash(fingerprint, unit, name, ciphertexts))
    for (contest, values), proofs in zip(ciphertexts, proven, strict=True):
        branches = tuple(tuple(ProofBranch(b.commitment, b.challenge, b.response) for b in proof) for proof in proofs)
        parts.append(ContestBallot(contest, values, branches))
    return Ballot("valik/v1/ballot", fingerprint, unit, name, tuple(parts))


def with_part(ballot: Ballot, position: int, part: ContestBallot) -> Ballot:
    """The ballot with another part for its contest at `position`."""
    parts = list(ballot.contests)
    parts[position] = part
    return replace(ballot, contests=tuple(parts))


def with_branch(part: ContestBallot, statement: int, position: int, **fields: str) -> ContestBallot:
    """The part with one proof branch changed."""
    proofs = [list(proof) for proof in part.proofs]
    proofs[statement][position] = replace(proofs[statement][position], **fields)
    return replace(part, proofs=tuple(tuple(proof) for proof in proofs))


# --- logs


@dataclass(frozen=True, slots=True)
class Line:
    """A log entry of a forged log, and the time that the witnesses' clocks are made to show for it."""

    entry: Entry
    time: int


def lines_of(election: Election, log: PublicLog) -> list[Line]:
    """The entries of a log with their covering times."""
    covering = log.covering_times(election)
    return [Line(entry, covering.of(index)) for index, entry in enumerate(log.entries)]


def forged_log(world: World, lines: Sequence[Line], *, cosigned: Sequence[int] | None = None) -> PublicLog:
    """A log that collector and witnesses sign as if all were well: a checkpoint after each line.

    `cosigned` says which witnesses (from 0) do; all of them if not given.
    """
    tree, notes = MerkleTree(), []
    for line in lines:
        tree.append(encode(line.entry))
        notes.append(checkpoint_note(world, Checkpoint(_origin(world), tree.size, tree.root()), line.time, cosigned))
    return PublicLog(tuple(line.entry for line in lines), tuple(notes))


def checkpoint_note(world: World, checkpoint: Checkpoint, time: int, cosigned: Sequence[int] | None = None) -> str:
    """A checkpoint that the log signs, and these witnesses cosign, blindly."""
    note = sign_checkpoint(checkpoint, collector_keys(world).log, _origin(world))
    chosen = range(len(world.witnesses)) if cosigned is None else cosigned
    witnesses = [world.witnesses[position] for position in chosen]
    return note + "".join(cosign(checkpoint.body, w._private_key, w.key.name, time) for w in witnesses)


def act_entry(signed: Signed, kind: EntryKind) -> Entry:
    """The log entry of an act."""
    return Entry(kind, signed_digest(signed))


def vote_entry(vote: RecordedVote) -> Entry:
    """The log entry of a vote."""
    return Entry(EntryKind.VOTE, digest_of(vote))


def _origin(world: World) -> str:
    return world.election.manifest.log.origin
