"""A plain model of the collector's ballot box, and a store and witnesses that fail when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from auditor.witness import Witness
from collector.collector import Collector
from collector.store import NewEntry, Store
from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.errors import ServiceRefused
from common.log.checkpoint import Checkpoint
from common.messages.acts import Signed
from common.messages.manifest import Policies, SingleContest, Unit
from common.messages.receipt import Receipt
from common.messages.roll import ChangeSet, Roll, RollEntry
from common.messages.vote import VoteStatement, recorded_digest, vote_id
from common.ports import Lapsed, Unavailable
from scenarios.founding import create_world
from scenarios.world import Citizen, World
from tests.conftest import PEOPLE, draft
from voter_client.prepare import PreparedBallot, prepare_ballot

OTHER_UNIT = {"north": "south", "south": "north"}


class Crash(Exception):
    """The collector's process dies here."""


class CrashingStore(Store):
    """A store that dies once at the point it is told."""

    crash: str | None = None

    def _reach(self, point: str) -> None:
        if self.crash == point:
            self.crash = None
            raise Crash(point)

    def commit(self, first: int, batch: Sequence[NewEntry]) -> None:
        self._reach("before commit")
        super().commit(first, batch)
        self._reach("after commit")

    def keep_checkpoint(self, size: int, note: str, *, cosigned: bool) -> None:
        self._reach("before cosigned" if cosigned else "before checkpoint")
        super().keep_checkpoint(size, note, cosigned=cosigned)
        if cosigned:
            self._reach("after cosigned")

    def finish(self, vote_id: str, receipt: bytes) -> None:
        self._reach("before receipt")
        super().finish(vote_id, receipt)

    def rows(self) -> list[list[Any]]:
        """Everything stored."""
        tables = ("entry", "vote", "act", "checkpoint", "lookup")
        return [self._rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]  # noqa: S608


class Switch:
    """A witness that can be out of service."""

    def __init__(self, witness: Witness, up: Callable[[], bool]) -> None:
        self._witness, self._up = witness, up

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        if not self._up():
            raise Unavailable("out of service")
        return self._witness.add_checkpoint(old_size, proof, note)


@dataclass
class Vote:
    """A signed ballot, and what became of it; `index` None: never recorded."""

    voter: str
    raw: bytes
    statement: VoteStatement
    unit: str
    index: int | None = None
    recorded: int = 0
    receipt: Receipt | None = None
    lapsed: bool = False
    lookups: int = 0


@cache
def base() -> tuple[World, tuple[Citizen, ...]]:
    """One election for all runs: a ceremony and cards, made once."""
    units = (Unit("land", "The land", None, ("board",)), *(Unit(u, u, "land", ("board",)) for u in OTHER_UNIT))
    contests = (SingleContest("single", "board", "Who chairs the board?", ("Ada", "Ben")),)
    policies = Policies("auditors", 3, 3, 1_000, 1_000_000, 200)
    rows = [RollEntry(voter_id(person.code), person.name, "north") for person in PEOPLE[:3]]
    world = create_world(draft(units=units, contests=contests, policies=policies), rows, insecure_parameters=True)
    return world, tuple(world.citizen(person) for person in PEOPLE[:4])


@cache
def prepared(who: int, unit: str) -> PreparedBallot:
    """Encrypting and proving again would only take time: it is the statements that differ."""
    world, citizens = base()
    return prepare_ballot(world.election, unit, citizens[who].card.voter_id, {"board": (1, 0)})


class Model:
    """What must be in the box, by voter, and what the collector must answer next."""

    collector: Collector
    store: CrashingStore

    def __init__(self) -> None:
        self.world, self.citizens = base()
        self.election, self.clock, self.times = (
            self.world.election,
            self.world.clock,
            self.world.election.manifest.times,
        )
        self.up = True
        roll = self.world.roll.body
        assert isinstance(roll, Roll)
        self.latest: Roll | ChangeSet = roll
        self.acts: list[Signed] = []
        self.extensions: list[tuple[int, int]] = []
        self.units = {row.voter: row.unit for row in roll.voters}
        self.touched: dict[str, int] = {}
        self.removed_at: dict[str, int] = {}
        self.chains: dict[str, list[Vote]] = {}
        self.held: list[Vote] = []
        self.covered: dict[int, int] = {}
        self.size = 1
        self.seen: Checkpoint | None = None

    @property
    def version(self) -> int:
        return self.latest.number if isinstance(self.latest, ChangeSet) else 0

    def end(self, index: int | None = None) -> int:
        """The end of voting for the entry at `index`, or for the next one."""
        end = self.election.closes
        for at, closes in self.extensions:
            over = [size for size in self.covered if size > at]
            if over and at < (self.size if index is None else index):
                end = closes if self.covered[min(over)] <= end + self.times.grace else end
        return end

    def waits(self) -> bool:
        """Whether the newest extension is not yet covered."""
        return bool(self.extensions) and self.extensions[-1][0] >= max(self.covered, default=0)

    @property
    def recorded(self) -> list[Vote]:
        return [vote for chain in self.chains.values() for vote in chain]

    def verdict(self, vote: Vote) -> str | None:
        """The check that refuses this vote now."""
        now, signed = self.clock.now, self.signed(vote)
        chain = self.chains.get(vote.voter, [])
        if (
            signed > self.end()
            or now > self.end() + self.times.grace - self.times.intake_margin
            or now - signed > self.times.max_age + self.times.skew - self.times.intake_margin
        ):
            return "C2"
        if self.units.get(vote.voter) != vote.unit or self.touched.get(vote.voter, 0) > vote.statement.roll_version:
            return "C7"
        head = self.digest(chain[-1]) if chain else None
        return None if (vote.statement.sequence, vote.statement.supersedes) == (len(chain) + 1, head) else "C9"

    def signed(self, vote: Vote) -> int:
        return from_rfc3339(vote.statement.time)

    def digest(self, vote: Vote) -> str:
        stored = self.store.vote(vote_id(vote.raw))
        assert stored is not None
        return recorded_digest(stored.signed_ballot, stored.ocsp)

    def witnessed(self) -> bool:
        if self.up:
            self.covered.setdefault(self.size, self.clock.now)
        return self.size in self.covered

    def completes(self, vote: Vote) -> bool | None:
        """Whether the vote can be settled now: True with a receipt, None by lapsing, False not at all."""
        assert vote.index is not None
        over = [size for size in self.covered if size > vote.index]
        if not over and not self.witnessed():
            return False
        covering = self.covered[min(over, default=self.size)]
        young = covering - self.signed(vote) <= self.times.max_age + self.times.skew
        return True if young and covering <= self.end(vote.index) + self.times.grace else None

    def settle(self, vote: Vote) -> type[ServiceRefused] | None:
        """What a retry is answered with; the model's side of it."""
        if vote.receipt is None and not vote.lapsed:
            done = self.completes(vote)
            if done is False:
                return Unavailable
            vote.lapsed = done is None
        return Lapsed if vote.lapsed else None

    def take(self, vote: Vote) -> None:
        vote.index, vote.recorded = self.size, self.clock.now
        self.chains.setdefault(vote.voter, []).append(vote)
        self.size += 1
