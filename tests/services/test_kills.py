"""D1 over real HTTP: a collector's process is killed more than 200 times while people vote; nothing of it shows.

At every step in the life of a vote, and at random times with requests in flight. After each restart all that anybody
holds a receipt for is in the log; at the end the counts are those of a plain dictionary.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Timer

import pytest

from auditor.audit import audit
from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.collector import Collector
from collector.steps import Step
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.log.checkpoint import Checkpoint
from common.log.entries import Entry, EntryKind
from common.log.merkle import MerkleTree, verify_consistency
from common.log.tiles import bundles_of, decode_bundle
from common.log.witnessed import open_checkpoint
from common.messages.vote import recorded_digest
from common.ports import NotAuthenticated, Unavailable
from common.tally.candidate import Candidate
from common.transport.client import CollectorClient
from scenarios.country.population import people
from scenarios.world import Citizen, Clock, World
from tallier.process import process
from tests.claims.attack_tools import collector_keys
from tests.services.lives import OPTIONS, PATIENCE, Lives, founded, surrounded
from voter_client.cast import VotingSession
from voter_client.journal import CastVote

VOTERS = people(4, seed=23)
AT_EACH_STEP = 15
AT_RANDOM = 60
INSPECTED_EVERY = 70
GIVEN_UP_AFTER = 600
"""Seconds, for a machine that is busy with much else."""


@dataclass
class Voter:
    """Votes again and again, whatever becomes of the collector, and remembers what was acknowledged."""

    citizen: Citizen
    world: World
    collector: CollectorClient
    chance: random.Random
    held: list[CastVote] = field(default_factory=list)
    choice: int = -1
    """Of the newest vote in `held`."""
    posted: int = -1
    """The choice in what the journal has posted without an answer: it may be recorded or not."""
    retries: int = 0

    def vote_on(self, lives: Lives, enough: Event) -> None:
        """At least one vote, each tried until it is acknowledged."""
        life = 0
        while not lives.over and not (enough.is_set() and self.held and self.citizen.journal.posted is None):
            life = lives.wait_until_open(after=life)
            try:
                self.vote()
            except (Unavailable, NotAuthenticated):
                self.retries += 1
            else:
                life = 0

    def vote(self) -> None:
        """What no answer came to is posted again, or another vote instead of it."""
        world, citizen = self.world, self.citizen
        world.clock.now = int(time.time())
        session = VotingSession(
            world.election, self.collector, citizen.card, citizen.journal, world.clock, world.checks
        )
        earlier = citizen.journal.posted
        if earlier is not None and self.chance.random() < 0.5:
            vote = session.retry()
        else:
            choice = self.chance.randrange(len(OPTIONS))
            prepared = session.prepare({"board": tuple(int(option == choice) for option in range(len(OPTIONS)))})
            try:
                vote = session.cast(prepared)
            finally:
                if session.posted is not (earlier and earlier.signed_ballot):
                    self.posted = choice
        self.choice = self.posted
        self.held.append(vote)


@dataclass
class Onlooker:
    """Looks at the public log and at the collector's disk after each restart, with the eyes of all voters."""

    world: World
    collector: CollectorClient
    voters: list[Voter]
    store: Path
    seen: Checkpoint | None = None
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    box: list[str] = field(default_factory=list)
    """The digest in each log entry."""

    def look(self) -> None:
        receipts = [vote.receipt for voter in self.voters for vote in voter.held]
        newest = open_checkpoint(self.collector.checkpoint(), self.world.election.log_trust).checkpoint  # L3, L4
        if self.seen is not None:  # L2
            proof = self.collector.consistency(self.seen, newest)
            verify_consistency(self.seen.size, newest.size, proof, self.seen.root, newest.root)
        self.seen = newest
        entries: list[bytes] = []
        tree = MerkleTree()
        for bundle in bundles_of(newest.size):
            entries += decode_bundle(bundle, self.collector.tile(bundle))
        for leaf in entries:
            tree.append(leaf)
        assert tree.root() == newest.root  # L1, of every entry
        assert all(entries[receipt.index] == receipt.entry.encode() for receipt in receipts)
        assert len({receipt.index for receipt in receipts}) == len(receipts)
        self.look_into_the_box(entries)

    def look_into_the_box(self, entries: list[bytes]) -> None:
        """B1, B2 and B4 of what is new on disk."""
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as disk:
            query = "SELECT leaf, signed_ballot, ocsp FROM entry LEFT JOIN vote USING (position) WHERE position >= ?"
            rows = disk.execute(query + " ORDER BY position", (len(self.box),)).fetchall()
        for leaf, signed_ballot, ocsp in rows:
            entry = Entry.decode(leaf)
            self.box.append(entry.digest)
            assert entry.kind is (EntryKind.VOTE if signed_ballot else EntryKind.OPEN)
            if signed_ballot:
                assert entry.digest == recorded_digest(signed_ballot, ocsp)
                statement = Candidate(signed_ballot).statement
                number, digest = self.heads.get(statement.voter, (0, None))
                assert (statement.sequence, statement.supersedes) == (number + 1, digest)
                self.heads[statement.voter] = statement.sequence, entry.digest
        assert len(set(self.box)) == len(self.box)
        assert [Entry.decode(leaf).digest for leaf in entries] == self.box[: len(entries)]


def reopened(world: World, store: Path, clock: Clock) -> World:
    """The world with a collector in this process on that file, by that clock."""
    collector = Collector(
        world.election,
        world.roll,
        collector_keys(world),
        Store(store),
        world.witnesses,
        world.responder,
        clock,
        COMPLETE,
    )
    return replace(world, collector=collector, clock=clock)


def inspected(world: World, folder: Path, store: Path) -> None:
    """Close a copy of what is on disk: every K, L and B check, and all C checks again, hold of it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in store.parent.glob(f"{store.name}*"):
        shutil.copy(file, folder)
    logs = {world.election.log_trust.origin: world.election.log_trust.log_key}
    clock = Clock(world.clock.now)
    others = tuple(Witness(w.key.name, w._private_key, MemoryHeadStore(), clock, logs) for w in world.witnesses)
    copy = reopened(replace(world, witnesses=others), folder / store.name, clock)
    copy.close()
    copy.finalise()
    replayed = process(copy.election, copy.collector.evidence(), COMPLETE).inspection.replay
    assert replayed.fates.excluded == ()
    assert len(replayed.fates.counted) == len(replayed.heads)


@dataclass
class Campaign:
    """Everything together, and what it led to: the step after which each kill fell."""

    world: World
    lives: Lives
    voters: list[Voter]
    onlooker: Onlooker
    folder: Path
    chance: random.Random
    at_steps: Counter[Step] = field(default_factory=Counter)
    at_random: Counter[Step] = field(default_factory=Counter)

    def run(self) -> None:
        plan: list[tuple[Step | None, int]] = [(None, 0)] * AT_RANDOM
        plan += [(step, self.chance.randint(1, 3)) for step in Step for _ in range(AT_EACH_STEP)]
        self.chance.shuffle(plan)
        enough = Event()
        with ThreadPoolExecutor(len(self.voters)) as pool:
            try:
                votes = [pool.submit(voter.vote_on, self.lives, enough) for voter in self.voters]
                for number, (deadly, crossing) in enumerate(plan, start=1):
                    for vote in votes:
                        assert not vote.done(), vote.result()
                    self.one_life(deadly, crossing)
                    if number % INSPECTED_EVERY == 0:
                        inspected(self.world, self.folder / "copy", self.onlooker.store)
                enough.set()
                self.last_life(votes)
            finally:
                self.lives.end()

    def one_life(self, deadly: Step | None, crossing: int) -> None:
        """Ends at its step, or at a random time: some steps and a moment after the voters were let in."""
        self.lives.start(deadly, crossing)
        last, fatal, left = None, False, 0
        while "ended" not in (event := self.lives.event()):
            if "ready" in event:
                self.let_in()
                left = 0 if deadly else self.chance.randint(1, 30)
            elif "step" in event:
                last = last if fatal else Step[event["step"]]
                fatal = fatal or event["fatal"]  # other threads may go on for a moment
                left -= 1
                if left == 0:
                    time.sleep(self.chance.random() / 50)
                    self.lives.kill()

        assert event["ended"] == -signal.SIGKILL, (self.folder / "stderr.txt").read_text()
        assert last is not None
        self.lives.let_in(open_now=False)
        (self.at_random if deadly is None else self.at_steps)[last] += 1

    def let_in(self) -> None:
        self.onlooker.look()
        self.lives.let_in(open_now=True)

    def last_life(self, votes: list[Future[None]]) -> None:
        """Everybody gets their acknowledgement; then it is killed as well."""
        self.lives.start()
        self.lives.until("ready")
        self.let_in()
        for vote in votes:
            vote.result(PATIENCE)
        self.onlooker.look()
        self.lives.kill()
        self.lives.until("ended")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A campaign that was run."""
    seed = 20_270_301
    print(f"seed {seed}")
    folder, world, chance = tmp_path_factory.mktemp("killed"), founded(VOTERS), random.Random(seed)
    with surrounded(world, folder) as (lives, client):
        watchdog = Timer(GIVEN_UP_AFTER, lives.kill)
        watchdog.start()
        voters = [Voter(world.citizen(person), world, client, random.Random(chance.random())) for person in VOTERS]
        made = Campaign(world, lives, voters, Onlooker(world, client, voters, lives.store), folder, chance)
        try:
            made.run()
        finally:
            watchdog.cancel()
            print(f"{made.at_steps.total()} kills at steps; at random, after {dict(made.at_random)}")
            print(f"{[len(voter.held) for voter in voters]} votes, {[voter.retries for voter in voters]} retries")
        yield made


def test_kills_fell_after_every_step(campaign: Campaign) -> None:
    """The test's own test: between any two steps, and as often as promised."""
    assert campaign.at_steps == Counter(dict.fromkeys(Step, AT_EACH_STEP))
    assert sum(campaign.at_random.values()) == AT_RANDOM
    assert campaign.at_steps.total() + campaign.at_random.total() >= 200
    assert sum(voter.retries for voter in campaign.voters) >= 100


def test_every_vote_acknowledged_counts_and_nobody_twice(campaign: Campaign) -> None:
    """Close, final, process, tally, audit: the counts are those of each voter's last acknowledged vote."""
    world = reopened(campaign.world, campaign.onlooker.store, campaign.world.clock)
    for voter in campaign.voters:
        voter.citizen.journal.recheck(world.collector, world.collector, COMPLETE)
    world.close()
    world.finalise()
    tallied = world.tally([1, 3])
    (total,) = tallied.counted.result.totals
    plain = Counter(voter.choice for voter in campaign.voters)
    assert total.ballots == len(VOTERS)
    assert total.counts == tuple(plain[option] for option in range(len(OPTIONS)))
    assert tallied.processed.inspection.replay.fates.excluded == ()
    report = audit(
        world.record(tallied), world.authority.public_key, world.election.fingerprint, SYSTEMS, time.perf_counter
    )
    assert report.passed
