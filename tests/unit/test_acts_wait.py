"""The authority's acts wait for the witnesses beside everything else: nobody else waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import pytest

from collector.store import NewEntry
from common.encoding.times import to_rfc3339
from common.errors import ServiceRefused
from common.messages.roll import RollChange
from common.ports import Lapsed, Unavailable
from scenarios.world import Citizen, World
from tests.conftest import CHOICES, PEOPLE

T = TypeVar("T")
SOON = 20.0
"""Seconds: far more than anything here takes; a test that waits so long has failed."""
HOUR = 3_600


class SlowWitnesses:
    """All witnesses of a world think until `answer` is set; `asked` is set once one of them was asked."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answer = Event(), Event()
        for witness in world.witnesses:
            monkeypatch.setattr(witness, "add_checkpoint", self._slowly(witness.add_checkpoint))

    def _slowly(
        self, honest: Callable[[int, Sequence[bytes], str], str]
    ) -> Callable[[int, Sequence[bytes], str], str]:
        def answer(old_size: int, proof: Sequence[bytes], note: str) -> str:
            self.asked.set()
            if not self.answer.wait(SOON):
                raise Unavailable("still thinking")
            return honest(old_size, proof, note)

        return answer


@pytest.fixture
def voters(world: World) -> list[Citizen]:
    return [world.citizen(person) for person in PEOPLE[:3]]


@pytest.fixture
def slow(world: World, voters: list[Citizen], monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowWitnesses]:
    world.vote(voters[2], CHOICES)
    made = SlowWitnesses(world, monkeypatch)
    yield made
    made.answer.set()


@pytest.fixture
def pool(slow: SlowWitnesses) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made
        slow.answer.set()


@pytest.fixture
def committed(world: World, slow: SlowWitnesses, monkeypatch: pytest.MonkeyPatch) -> dict[str, Event]:
    """An event for each kind of entry, set when one is durable."""
    events = {"vote": Event(), "act": Event()}
    store = world.collector._store
    durable = store.commit

    def commit(first: int, batch: Sequence[NewEntry]) -> None:
        durable(first, batch)
        for entry in batch:
            events["vote" if entry.vote else "act"].set()

    monkeypatch.setattr(store, "commit", commit)
    return events


def waiting_act(pool: ThreadPoolExecutor, slow: SlowWitnesses, act: Callable[[], T]) -> Future[T]:
    """The act is logged, and waits for the witnesses."""
    submitted = pool.submit(act)
    assert slow.asked.wait(SOON)
    assert not submitted.done()
    return submitted


def test_vote_gets_in_while_an_act_waits_for_a_slow_witness(
    world: World, voters: list[Citizen], slow: SlowWitnesses, pool: ThreadPoolExecutor, committed: dict[str, Event]
) -> None:
    act = waiting_act(pool, slow, lambda: world.revoke([voters[2].card.voter_id]))
    vote = pool.submit(world.vote, voters[0], CHOICES)  # it authenticates, sees its session, posts
    assert committed["vote"].wait(SOON)
    assert not act.done()
    slow.answer.set()
    assert (act.result(SOON), vote.result(SOON).receipt.index) == (2, 3)
    world.close()
    world.finalise()
    assert len(world.tally().processed.inspection.replay.counted()) == 1


def test_struck_off_voter_is_refused_while_the_change_waits(
    world: World, voters: list[Citizen], slow: SlowWitnesses, pool: ThreadPoolExecutor
) -> None:
    """The act holds from the moment it is durable, not from the moment it is witnessed."""
    act = waiting_act(pool, slow, lambda: world.change_roll([RollChange(voters[0].card.voter_id, None)]))
    with pytest.raises(ServiceRefused, match="not on the voter roll"):
        world.vote(voters[0], CHOICES)
    slow.answer.set()
    assert act.result(SOON) == 2


def test_vote_is_refused_at_once_while_the_close_waits(
    world: World, voters: list[Citizen], slow: SlowWitnesses, pool: ThreadPoolExecutor
) -> None:
    voting = world.session(voters[0])
    prepared = voting.prepare(CHOICES)
    act = waiting_act(pool, slow, world.close)
    with pytest.raises(ServiceRefused):
        voting.cast(prepared)
    assert not act.done()
    slow.answer.set()
    act.result(SOON)
    assert len(world.collector.evidence().log.entries) == 3


def test_same_act_twice_at_once_is_logged_once(
    world: World, voters: list[Citizen], slow: SlowWitnesses, pool: ThreadPoolExecutor
) -> None:
    signed = world.authority.revoke(world.election, [voters[2].card.voter_id], "voted on paper")
    first = waiting_act(pool, slow, lambda: world.collector.submit_act(signed))
    second = pool.submit(world.collector.submit_act, signed)
    slow.answer.set()
    assert (first.result(SOON), second.result(SOON)) == (2, 2)
    assert world.log_size() == 3


def test_order_is_refused_while_an_extension_waits_and_taken_afterwards(
    world: World, slow: SlowWitnesses, pool: ThreadPoolExecutor
) -> None:
    """Nobody knows yet when voting ends, so nobody can say that it has."""
    world.clock.now = world.election.closes
    act = waiting_act(pool, slow, lambda: world.extend(world.election.closes + HOUR))
    early = world.authority.order(world.election, "close", 3)
    with pytest.raises(Unavailable, match="an extension waits for the witnesses"):
        world.collector.submit_act(early)
    slow.answer.set()
    assert act.result(SOON) == 2
    world.close()


def test_extension_that_the_witnesses_see_too_late_lapses_after_the_wait(
    world: World, slow: SlowWitnesses, pool: ThreadPoolExecutor
) -> None:
    world.clock.now = world.election.closes
    signed = world.authority.extend(world.election, to_rfc3339(world.election.closes + HOUR), "the service was down")
    act = waiting_act(pool, slow, lambda: world.collector.submit_act(signed))
    world.clock.now += world.election.manifest.times.grace + 1
    slow.answer.set()
    with pytest.raises(Lapsed, match="the end of voting stands"):
        act.result(SOON)
    with pytest.raises(Lapsed):
        world.collector.submit_act(signed)


def test_evidence_is_whole_though_an_act_comes_in_meanwhile(
    world: World,
    voters: list[Citizen],
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    slow: SlowWitnesses,
) -> None:
    """What it holds is covered by the witnesses, all of it."""
    slow.answer.set()
    world.close()
    log = world.collector._log
    submitted: list[int] = []
    witnessed = log.witnessed

    def and_then_an_act() -> object:
        found = witnessed()
        if not submitted:
            submitted.append(world.revoke([voters[2].card.voter_id]))
        return found

    monkeypatch.setattr(log, "witnessed", and_then_an_act)
    evidence = world.collector.evidence()
    assert submitted == [3]
    assert len(evidence.log.entries) == 4
    assert len(evidence.acts) == 2
    assert world.log_size() == 4
