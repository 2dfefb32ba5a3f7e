"""Nonces and sessions: unguessable, short-lived, bounded in number, and a nonce works once."""

from __future__ import annotations

import pytest

from collector import sessions
from collector.sessions import NONCE_SECONDS, SESSION_SECONDS, Expiring
from common.errors import ServiceRefused
from scenarios.world import Clock, World
from tests.conftest import PEOPLE


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000)


@pytest.fixture
def table(clock: Clock) -> Expiring:
    return Expiring(clock, 60)


def test_a_token_stands_for_its_value_until_it_expires(table: Expiring, clock: Clock) -> None:
    token = table.issue("someone")
    clock.now += 59
    assert table.look_up(token) == table.look_up(token) == "someone"
    clock.now += 1
    with pytest.raises(ServiceRefused, match="authenticate again"):
        table.look_up(token)


def test_a_spent_token_is_gone(table: Expiring) -> None:
    token = table.issue("someone")
    assert table.spend(token) == "someone"
    for use in (table.spend, table.look_up):
        with pytest.raises(ServiceRefused):
            use(token)


def test_an_expired_token_cannot_be_spent(table: Expiring, clock: Clock) -> None:
    token = table.issue()
    clock.now += 60
    with pytest.raises(ServiceRefused):
        table.spend(token)


@pytest.mark.parametrize("token", ["", "0" * 64, "x"])
def test_a_token_never_issued_is_refused(table: Expiring, token: str) -> None:
    table.issue("someone")
    with pytest.raises(ServiceRefused):
        table.look_up(token)


def test_tokens_are_distinct_and_32_bytes(table: Expiring) -> None:
    tokens = {table.issue() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(bytes.fromhex(token)) for token in tokens} == {32}


def test_the_number_of_open_tokens_is_bounded(table: Expiring, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAXIMUM_OPEN", 3)
    kept = [table.issue(str(number)) for number in range(3)]
    with pytest.raises(ServiceRefused, match="too many"):
        table.issue()
    assert [table.look_up(token) for token in kept] == ["0", "1", "2"]
    table.spend(kept[1])
    table.issue()
    clock.now += 60
    assert [len(table.issue()) for _ in range(3)] == [64, 64, 64]


def log_in(world: World) -> tuple[str, str]:
    """A nonce and a token over it."""
    card = world.citizen(PEOPLE[0]).card
    nonce = world.collector.challenge()
    return nonce, card.authenticate(world.election.manifest.collector.address, nonce)


def test_a_nonce_opens_one_session(world: World) -> None:
    nonce, token = log_in(world)
    world.collector.open_session(nonce, token)
    with pytest.raises(ServiceRefused):
        world.collector.open_session(nonce, token)


def test_a_nonce_expires(world: World) -> None:
    nonce, token = log_in(world)
    world.clock.now += NONCE_SECONDS
    with pytest.raises(ServiceRefused):
        world.collector.open_session(nonce, token)


def test_a_session_expires(world: World) -> None:
    view = world.collector.open_session(*log_in(world))
    world.clock.now += SESSION_SECONDS - 1
    assert world.collector.refresh(view.session).session == view.session
    world.clock.now += 1
    with pytest.raises(ServiceRefused):
        world.collector.refresh(view.session)
