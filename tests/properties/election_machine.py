"""A whole election beside its plain model: what the rules of the machine are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest

from collector.collector import Collector
from common.checks.catalogue import COMPLETE
from common.checks.inspection import Inspection, inspect
from common.crypto.contest import Choice
from common.eid.personal_code import voter_id
from common.encoding.octets import to_base64url
from common.encoding.times import from_rfc3339
from common.errors import CheckFailed, Party, ServiceRefused
from common.log.entries import Entry
from common.messages.acts import Signed
from common.messages.manifest import Policies, SingleContest, Unit
from common.messages.message import decode
from common.messages.receipt import Receipt
from common.messages.roll import RollEntry
from common.messages.vote import RecordedVote, SignedBallot, VoteStatement, vote_id
from common.tally.candidate import Candidate
from common.tally.evidence import Evidence, PublicLog
from scenarios.attacks.forged_signature import CardWithoutPin2
from scenarios.founding import create_world
from scenarios.keyring import Keyring, new_keyring
from scenarios.villains import Mallory, mallory, recorded_vote
from scenarios.world import Citizen, World
from tallier.ceremony import Ceremony
from tallier.trustee_state import MemoryState, TrusteeState
from tests.conftest import PEOPLE, draft
from tests.properties.ballot_box import CrashingStore
from tests.properties.deviations import Case
from tests.properties.election_model import UNITS, Cast, Model
from voter_client.journal import CastVote

OPTIONS: tuple[Choice, ...] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
UNIT_LIST = (Unit("land", "The land", None, ("board",)), *(Unit(u, u, "land", ("board",)) for u in UNITS))
RULES = draft(
    units=UNIT_LIST,
    contests=(SingleContest("single", "board", "Who chairs the board?", ("Ada", "Ben", "Blank vote")),),
    policies=Policies("public", 2, 3, 1_000, 1_000_000, 200),
)


@dataclass(frozen=True)
class Held:
    """A signed ballot on its way: made at `signed`, not posted yet."""

    citizen: Citizen
    raw: bytes = field(repr=False)
    choice: Choice
    seed: bytes = field(repr=False)

    @property
    def statement(self) -> VoteStatement:
        return Candidate(self.raw).statement

    @property
    def unit(self) -> str:
        return Candidate(self.raw).ballot.unit


@cache
def dealt() -> tuple[Keyring, tuple[TrusteeState, ...], Ceremony]:
    """One ceremony for all runs: none of them is about the key."""
    keyring, states = new_keyring(RULES), [MemoryState() for _ in range(RULES.trustees)]
    world = create_world(RULES, [], trustee_states=states, insecure_parameters=True, keyring=keyring)
    return keyring, tuple(state.load() for state in states), world.ceremony


def memory_of(state: TrusteeState) -> MemoryState:
    memory = MemoryState()
    memory.save(state)
    return memory


class Election:
    """The parties, the model, and the steps that rules are made of. Voters 0 to 3 are on the roll at first."""

    def __init__(self) -> None:
        self.keyring, states, ceremony = dealt()
        rows = [RollEntry(voter_id(p.code), p.name, UNITS[at % 2]) for at, p in enumerate(PEOPLE[:4])]
        self.world: World = create_world(
            RULES,
            rows,
            trustee_states=[memory_of(state) for state in states],
            insecure_parameters=True,
            keyring=self.keyring,
            ceremony=ceremony,
        )
        self.citizens = [self.world.citizen(person) for person in PEOPLE[:5]]
        self.model = Model({row.voter: row.unit for row in rows})
        self.held: list[Held] = []
        self.store = CrashingStore()
        self.restart_collector()

    def restart_collector(self) -> None:
        """Only the store survives."""
        world = self.world
        world.collector = Collector(
            world.election,
            world.roll,
            self.keyring.collector,
            self.store,
            world.witnesses,
            world.responder,
            world.clock,
            COMPLETE,
        )

    # --- voting

    def hand(self, citizen: Citizen) -> Mallory:
        """A client that signs and posts as it is told, with this card."""
        return mallory(self.world, citizen.card)

    def signed(self, citizen: Citizen, choice: Choice, **fields: object) -> Held:
        """A ballot for the voter's unit (anybody else's is of north), signed now."""
        hand = self.hand(citizen)
        view = hand.log_in()
        prepared = hand.prepare(view.unit or "north", *choice)
        raw = hand.sign(view, prepared.ballot, prepared.salt, **fields)  # type: ignore[arg-type]
        return Held(citizen, raw, choice, prepared.seed)

    def verdict(self, held: Held) -> str | None:
        """The check that refuses this vote now, if any."""
        times, statement, model = self.world.election.manifest.times, held.statement, self.model
        age = self.world.clock() - from_rfc3339(statement.time)
        if age > times.max_age + times.skew - times.intake_margin:
            return "C2"
        voter = statement.voter
        if model.roll.get(voter) != held.unit or model.touched.get(voter, 0) > statement.roll_version:
            return "C7"
        return None if (statement.sequence, statement.supersedes) == self.due(voter) else "C9"

    def due(self, voter: str) -> tuple[int, str | None]:
        """What the voter's next statement must say."""
        chain = self.model.chains.get(voter, [])
        return len(chain) + 1, self.digest(chain[-1]) if chain else None

    def digest(self, cast: Cast) -> str:
        return Entry.decode(self.store.leaves()[cast.index]).digest

    def post(self, held: Held) -> None:
        """Post a vote that is not recorded: a receipt for it, or the refusal that the model predicts."""
        if self.model.closed:
            with pytest.raises((CheckFailed, ServiceRefused)):
                self.hand(held.citizen).collector.cast(self.session(held.citizen), held.raw)
            return
        due = self.verdict(held)
        if due is None:
            held.citizen.journal.open_numbers.add(held.statement.sequence)
            self.receive(held, self.logged(held))
        else:
            self.refused(held, due)

    def refused(self, held: Held, *due: str) -> None:
        """The collector refuses it by one of these checks, names the client, and keeps nothing of it."""
        before, session = self.store.rows(), self.session(held.citizen)
        with pytest.raises(CheckFailed) as refusal:
            self.world.collector.cast(session, held.raw)
        assert refusal.value.check in due
        assert refusal.value.at_fault is Party.CLIENT
        assert self.store.rows() == before

    def logged(self, held: Held) -> Cast:
        """The model's side of a vote that is going to be recorded."""
        return self.model.take(held.statement.voter, Cast(self.model.size, held.unit, held.choice, held.raw))

    def receive(self, held: Held, cast: Cast) -> None:
        """Post it, for the first time or again, and let the voter's client check the receipt."""
        receipt = self.world.collector.cast(self.session(held.citizen), held.raw)
        assert cast.receipt in (None, receipt)
        cast.receipt = receipt
        vote = CastVote(held.raw, receipt, held.statement.sequence, held.seed)
        held.citizen.journal.take(vote, self.world.collector, COMPLETE)

    def session(self, citizen: Citizen) -> str:
        return self.hand(citizen).log_in().session

    # --- what stands now

    def evidence(self) -> Evidence:
        """What the collector would hand out now, though the log may still be open."""
        return Evidence(
            PublicLog(tuple(map(Entry.decode, self.store.leaves())), self.store.checkpoints()),
            tuple(
                RecordedVote(decode(SignedBallot, vote.signed_ballot), to_base64url(vote.ocsp))
                for vote in self.store.votes()
            ),
            self.world.roll,
            tuple(decode(Signed, document) for _, document in self.store.documents()),
        )

    def inspected(self, evidence: Evidence, *, finished: bool = False) -> Inspection:
        return inspect(self.world.election, evidence, COMPLETE, finished=finished)

    def stored_receipt(self, cast: Cast) -> Receipt | None:
        row = self.store.vote(vote_id(cast.raw))
        return decode(Receipt, row.receipt) if row is not None and row.receipt is not None else None

    def case(self, evidence: Evidence, pick: Callable[[int], int]) -> Case:
        """Material for a deviation."""
        victim, own = self.citizens[0], self.citizens[4]
        hand = Mallory(self.world.election, self.world.collector, CardWithoutPin2(victim.card, own.card))
        view = hand.log_in()
        prepared = hand.prepare(view.unit or "north", 1, 0, 0)
        stray = recorded_vote(hand.sign(view, prepared.ballot, prepared.salt), "AAAA")
        return Case(self.world, self.keyring, evidence, stray, pick)

    def blamed(self, evidence: Evidence, *, finished: bool) -> set[Party]:
        """Who is named by whoever inspects this; votes that were late in the honest election are not news."""
        late = {cast.index for _, cast in self.model.votes() if cast.late}
        try:
            found = self.inspected(evidence, finished=finished).reviewed.failures
        except CheckFailed as failure:
            return {failure.at_fault}
        return {failure.at_fault for index, failure in found.items() if index not in late}
