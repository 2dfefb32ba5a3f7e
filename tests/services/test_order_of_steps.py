"""D1, the order itself: each step of a vote is on disk before the next begins, the receipt before its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.collector import Collector
from collector.steps import Step
from collector.store import Store
from common.checks.catalogue import COMPLETE
from scenarios.world import World
from tests.claims.attack_tools import collector_keys
from tests.conftest import CHOICES, PEOPLE

BEGIN, COMMIT = "BEGIN IMMEDIATE", "COMMIT"
ORDER = [
    Step.CHECKED,
    Step.ADMITTED,
    BEGIN,
    "INSERT INTO entry",
    "INSERT INTO vote",
    COMMIT,
    Step.COMMITTED,
    Step.CHECKPOINT_SIGNED,
    BEGIN,
    "INSERT OR IGNORE INTO checkpoint",
    COMMIT,
    Step.CHECKPOINT_KEPT,
    Step.COSIGNED,
    Step.COSIGNED,
    Step.COSIGNED,
    Step.QUORUM,
    BEGIN,
    "INSERT OR IGNORE INTO checkpoint",
    COMMIT,
    Step.COSIGNATURES_KEPT,
    Step.IN_TIME,
    BEGIN,
    "UPDATE vote SET receipt",
    COMMIT,
    Step.RECEIPT_KEPT,
    "answered",
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "box.sqlite")) as made:
        yield made


def watched(world: World, store: Store) -> list[str]:
    """What a collector on that store does from now on: steps, and statements that write."""
    events: list[str] = []
    world.collector = Collector(
        world.election,
        world.roll,
        collector_keys(world),
        store,
        world.witnesses,
        world.responder,
        world.clock,
        COMPLETE,
        events.append,
    )
    events.clear()
    known = {event for event in ORDER if not isinstance(event, Step)}

    def note(statement: str) -> None:
        if not statement.startswith("SELECT"):
            events.append(next((start for start in known if statement.startswith(start)), statement))

    store._connection.set_trace_callback(note)
    return events


def test_each_step_is_durable_before_the_next(make_world: Callable[..., World], store: Store) -> None:
    world = make_world()
    events = watched(world, store)
    world.vote(world.citizen(PEOPLE[0]), CHOICES)
    events.append("answered")
    assert events == ORDER
    assert set(Step) <= set(events)


def test_every_commit_of_that_collector_reaches_the_disk(make_world: Callable[..., World], store: Store) -> None:
    """A write-ahead log that is synchronised at every commit (2 is FULL), on the very connection it writes with."""
    world = make_world()
    watched(world, store)
    world.vote(world.citizen(PEOPLE[0]), CHOICES)
    asked = {name: store._connection.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")}
    assert asked == {"journal_mode": ("wal",), "synchronous": (2,)}


def test_retry_writes_nothing_more(make_world: Callable[..., World], store: Store) -> None:
    world = make_world()
    events = watched(world, store)
    voting = world.session(world.citizen(PEOPLE[0]))
    vote = voting.cast(voting.prepare(CHOICES))
    events.clear()
    assert world.collector.cast(voting._view.session, vote.signed_ballot) == vote.receipt
    assert events == []
