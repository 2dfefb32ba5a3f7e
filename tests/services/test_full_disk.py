"""A full disk: votes are refused in a sentence, nothing acknowledged is lost, and all goes on when there is room."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from collector.api import public_app
from collector.collector import Collector
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.ports import Unavailable
from common.routes import CAST, JSON
from common.transport.client import CollectorClient
from common.transport.connection import Connection
from common.transport.problems import MEDIA
from common.transport.serve import BackgroundService
from common.transport.server import HEALTH
from scenarios.country.population import people
from scenarios.world import World
from tests.claims.attack_tools import collector_keys
from tests.conftest import CHOICES, PEOPLE
from tests.services.lives import founded, surrounded
from voter_client.cast import VotingSession


def many(vote: Callable[[], object]) -> None:
    """More votes than there is room for."""
    for _ in range(40):
        vote()


@pytest.mark.parametrize("pages", [*range(8), 12])
def test_full_disk_refuses_and_loses_nothing(make_world: Callable[..., World], tmp_path: Path, pages: int) -> None:
    """However little room is left, and so at whichever step the disk is full: when there is room, all goes on."""
    world = make_world()
    store = Store(tmp_path / "box.sqlite")
    keys = collector_keys(world)
    with closing(store):
        collector = Collector(
            world.election, world.roll, keys, store, world.witnesses, world.responder, world.clock, COMPLETE
        )
        with BackgroundService(public_app(collector)) as service, Connection(service.address) as line:
            world.collector = CollectorClient(line)  # type: ignore[assignment]
            early = world.citizen(PEOPLE[0])
            held = world.vote(early, CHOICES)
            (used,) = store._connection.execute("PRAGMA page_count").fetchone()
            store._connection.execute(f"PRAGMA max_page_count = {used + pages}")
            citizen = world.citizen(PEOPLE[1])
            with pytest.raises(Unavailable, match=r"out of service \(database or disk is full\)"):
                many(lambda: world.vote(citizen, CHOICES))
            voting = world.session(citizen)
            with httpx.Client(base_url=service.address, trust_env=False) as plain:
                assert plain.get(HEALTH).status_code == 200
                headers = {"authorization": f"Bearer {voting._view.session}", "content-type": JSON}
                refused = plain.post(CAST.path, content=voting.posted, headers=headers)
                assert (refused.status_code, refused.headers["content-type"]) == (503, MEDIA)
            world.recheck(early)
            store._connection.execute("PRAGMA max_page_count = 1000000")
            done = voting.retry()
            assert voting.retry() == done
            world.recheck(citizen)
            world.recheck(early)
            assert collector.cast(voting._view.session, done.signed_ballot) == done.receipt
    with closing(sqlite3.connect(tmp_path / "box.sqlite")) as disk:
        assert disk.execute("SELECT COUNT(*), COUNT(receipt) FROM vote").fetchone() == (done.sequence + 1,) * 2
        assert disk.execute("SELECT COUNT(*) FROM entry").fetchone() == (done.sequence + 2,)
        kept = disk.execute("SELECT signed_ballot FROM vote WHERE position = ?", (held.receipt.index,)).fetchone()
        assert kept == (held.signed_ballot,)


def test_process_whose_files_cannot_grow_refuses_and_the_next_goes_on(tmp_path: Path) -> None:
    """The system's own refusal to write (a limit on the size of files), in a real process that is then killed."""
    voter = people(1, seed=41)[0]
    world = founded([voter])
    citizen = world.citizen(voter)

    def voting() -> VotingSession:
        return VotingSession(world.election, client, citizen.card, citizen.journal, world.clock, COMPLETE)

    def vote() -> None:
        session = voting()
        session.cast(session.prepare({"board": (1, 0, 0)}))

    with surrounded(world, tmp_path) as (lives, client):
        lives.start(room=400_000)
        lives.until("ready")
        with pytest.raises(Unavailable, match=r"the store is out of service \(.*\); .* try again later"):
            many(vote)
        held = len(citizen.journal.votes)
        assert held > 0
        citizen.journal.recheck(client, client, COMPLETE)
        lives.kill()
        assert lives.until("ended") == {"ended": -signal.SIGKILL}
        lives.start()
        lives.until("ready")
        citizen.journal.recheck(client, client, COMPLETE)
        assert voting().retry().sequence == held + 1
        vote()
        lives.kill()
    assert len(citizen.journal.votes) == held + 2
