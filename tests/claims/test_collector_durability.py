"""D1: whatever step the collector is killed at, nothing acknowledged is lost and nobody is counted twice."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from collector.collector import Collector
from collector.store import NewEntry, Store, StoredVote
from common.checks.catalogue import COMPLETE
from common.errors import ServiceRefused
from common.messages.message import encode
from common.messages.receipt import Receipt
from common.ports import Lapsed, WitnessPort
from scenarios.world import Citizen, World
from tallier.process import process
from tests.claims.attack_tools import CHOICES, MAINLANDERS, Bribed, Scene, collector_keys, log_in, staged
from tests.claims.bases import Bases


class Killed(Exception):
    """The collector's process ends here."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where it is killed: at a step of the store (before or after the disk has it), or while another is asked."""

    at: str
    written: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.written else 'before'}-{self.at}"


NOT_RECORDED = (Step("ocsp"), Step("commit"))
RECORDED = (
    Step("commit", written=True),
    Step("signed-checkpoint"),
    Step("signed-checkpoint", written=True),
    Step("witness-0"),
    Step("witness-1", written=True),
    Step("cosigned-checkpoint"),
    Step("cosigned-checkpoint", written=True),
    Step("finish"),
    Step("finish", written=True),
)


class FailingStore(Store):
    """Kills the collector at a step, once `armed` names one."""

    armed: Step | None = None

    def commit(self, first: int, batch: Sequence[NewEntry]) -> None:
        self._kill("commit", written=False)
        super().commit(first, batch)
        self._kill("commit", written=True)

    def keep_checkpoint(self, size: int, note: str, *, cosigned: bool) -> None:
        step = "cosigned-checkpoint" if cosigned else "signed-checkpoint"
        self._kill(step, written=False)
        super().keep_checkpoint(size, note, cosigned=cosigned)
        self._kill(step, written=True)

    def finish(self, vote_id: str, receipt: bytes) -> None:
        self._kill("finish", written=False)
        super().finish(vote_id, receipt)
        self._kill("finish", written=True)

    def _kill(self, at: str, *, written: bool) -> None:
        if self.armed == Step(at, written):
            raise Killed


@dataclass(slots=True)
class FailingWitness:
    """A witness that the collector does not live to hear, or that is out of service."""

    witness: WitnessPort
    step: str
    store: FailingStore
    away: bool = False

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        if self.away:
            raise ServiceRefused("out of service")
        if self.store.armed == Step(self.step):
            raise Killed
        line = self.witness.add_checkpoint(old_size, proof, note)
        if self.store.armed == Step(self.step, written=True):
            raise Killed
        return line


@dataclass(slots=True)
class Site:
    """A collector on a file, with what surrounds it; `store` and `witnesses` can be made to fail."""

    world: World
    path: Path
    store: FailingStore
    witnesses: tuple[FailingWitness, ...]

    def arm(self, step: Step) -> None:
        self.store.armed = step
        if step.at == "ocsp" and isinstance(self.world.responder, Bribed):

            def kill(_request: bytes) -> bytes:
                raise Killed

            self.world.responder.instead = kill

    def restarted(self) -> Site:
        """A new process on what the disk held at this moment; the other parties never stopped."""
        folder = self.path.parent / f"after-{self.path.parent.name}"
        shutil.copytree(self.path.parent, folder)
        if isinstance(self.world.responder, Bribed):
            self.world.responder.instead = None
        return site_on(self.world, folder / self.path.name)

    def votes(self) -> list[StoredVote]:
        return list(self.store.votes())


def site_on(world: World, path: Path) -> Site:
    store = FailingStore(path)
    honest = [w.witness if isinstance(w, FailingWitness) else w for w in world.witnesses]
    witnesses = tuple(FailingWitness(w, f"witness-{number}", store) for number, w in enumerate(honest))
    collector = Collector(
        world.election,
        world.roll,
        collector_keys(world),
        store,
        witnesses,
        world.responder,
        world.clock,
        world.checks,
    )
    return Site(replace(world, collector=collector), path, store, witnesses)


@pytest.fixture
def site(bases: Bases, tmp_path: Path) -> Site:
    folder = tmp_path / "data"
    folder.mkdir()
    return site_on(staged(bases.world), folder / "collector.sqlite")


def scene_of(site: Site) -> Scene:
    return Scene.open(site.world, iter(MAINLANDERS))


def post(site: Site, citizen: Citizen, raw: bytes) -> Receipt:
    return site.world.collector.cast(log_in(site.world, citizen.card).session, raw)


def killed_at(site: Site, step: Step) -> tuple[Citizen, bytes, Site]:
    """A voter posts a vote, the collector is killed at the step; the voter, what was posted, and the new process."""
    scene = scene_of(site)
    raw = scene.raw()
    site.arm(step)
    with pytest.raises(Killed):
        scene.post(raw)
    return scene.citizen, raw, site.restarted()


def counted(site: Site) -> int:
    """How many votes count after the election's end, all checks run; six others vote."""
    for person in MAINLANDERS[2:8]:
        site.world.vote(site.world.citizen(person), CHOICES)
    site.world.close()
    site.world.finalise()
    processed = process(site.world.election, site.world.collector.evidence(), COMPLETE)
    return len(processed.inspection.replay.fates.counted)


@pytest.mark.parametrize("step", [*NOT_RECORDED, *RECORDED], ids=str)
def test_retry_after_a_kill_gives_one_receipt_for_one_vote(site: Site, step: Step) -> None:
    citizen, raw, restarted = killed_at(site, step)
    receipt = post(restarted, citizen, raw)
    assert post(restarted, citizen, raw) == receipt
    assert [vote.receipt for vote in restarted.votes()] == [encode(receipt)]
    assert [entry[:10] for entry in restarted.store.leaves()].count(b'{"digest":') == 2  # open, and one vote
    citizen.journal.recheck(restarted.world.collector, restarted.world.collector, COMPLETE)


@pytest.mark.parametrize("step", RECORDED, ids=str)
def test_restart_completes_what_was_recorded(site: Site, step: Step) -> None:
    """Nobody needs to come back: the receipt is there before anybody asks, and is the one that a retry gets."""
    citizen, raw, restarted = killed_at(site, step)
    (vote,) = restarted.votes()
    assert vote.receipt is not None
    assert encode(post(restarted, citizen, raw)) == vote.receipt


@pytest.mark.parametrize("step", NOT_RECORDED, ids=str)
def test_kill_before_the_commit_leaves_nothing(site: Site, step: Step) -> None:
    _, _, restarted = killed_at(site, step)
    assert restarted.votes() == []
    assert len(restarted.store.leaves()) == 1


@pytest.mark.parametrize("step", [Step("commit"), Step("commit", written=True), Step("witness-0")], ids=str)
def test_nobody_is_counted_twice(site: Site, step: Step) -> None:
    """Neither the voter who tried again with the same vote, nor one who gave up and voted anew."""
    citizen, raw, restarted = killed_at(site, step)
    post(restarted, citizen, raw)
    again = Scene.open(restarted.world, iter(MAINLANDERS))
    post(restarted, citizen, again.raw(card=citizen.card))
    assert counted(restarted) == 7


@pytest.mark.parametrize("step", [*NOT_RECORDED, *RECORDED], ids=str)
def test_nothing_acknowledged_is_lost(site: Site, step: Step) -> None:
    """Somebody holds a receipt when the collector is killed over another vote."""
    citizen = site.world.citizen(MAINLANDERS[1])
    vote = site.world.vote(citizen, CHOICES)
    _, _, restarted = killed_at(site, step)
    assert post(restarted, citizen, vote.signed_ballot) == vote.receipt
    citizen.journal.recheck(restarted.world.collector, restarted.world.collector, COMPLETE)
    assert restarted.world.verify(restarted.world.code(vote)).latest


def test_too_few_witnesses_leave_the_vote_pending(site: Site) -> None:
    scene = scene_of(site)
    raw = scene.raw()
    for witness in site.witnesses[1:]:
        witness.away = True
    with pytest.raises(ServiceRefused, match="1 witnesses answered where 2"):
        scene.post(raw)
    assert [vote.receipt for vote in site.votes()] == [None]
    restarted = site.restarted()
    for witness in restarted.witnesses:
        witness.away = False
    assert post(restarted, scene.citizen, raw).index == 1
    assert len(restarted.votes()) == 1


def test_restart_without_witnesses_serves_and_completes_later(site: Site) -> None:
    """A collector that comes up before its witnesses do starts all the same; the retry then works."""
    scene = scene_of(site)
    raw = scene.raw()
    for witness in site.witnesses:
        witness.away = True
    with pytest.raises(ServiceRefused):
        scene.post(raw)
    collector, world = site.world.collector, site.world
    again = Collector(
        world.election,
        world.roll,
        collector_keys(world),
        site.store,
        site.witnesses,
        world.responder,
        world.clock,
        COMPLETE,
    )
    assert again is not collector
    site.world = replace(world, collector=again)
    for witness in site.witnesses:
        witness.away = False
    assert post(site, scene.citizen, raw).index == 1


def test_vote_that_lapsed_stays_lapsed_after_a_restart(site: Site) -> None:
    """There is no receipt for it, ever, and the voter can vote again."""
    scene = scene_of(site)
    raw = scene.raw()
    site.world.witness_clock.by = 1_000
    with pytest.raises(Lapsed):
        scene.post(raw)
    site.world.witness_clock.by = 0
    site.world.clock.now += 1_000
    restarted = site.restarted()
    with pytest.raises(Lapsed):
        post(restarted, scene.citizen, raw)
    assert restarted.world.vote(scene.citizen, CHOICES).receipt.index == 2


def test_commit_is_all_or_nothing(site: Site) -> None:
    """A batch whose second vote is refused by the store leaves no trace of the first."""
    row = StoredVote(1, "0" * 32, 0, b"one", b"ocsp")
    batch = [NewEntry(b"first", vote=row), NewEntry(b"second", vote=replace(row, position=2))]
    with pytest.raises(sqlite3.IntegrityError):
        site.store.commit(1, batch)
    assert (len(site.store.leaves()), site.votes()) == (1, [])


def test_store_survives_power_cuts_by_configuration(site: Site) -> None:
    """Write-ahead log, and an fsync at every commit (2 is FULL)."""
    connection = site.store._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
