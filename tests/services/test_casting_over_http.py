"""Casting over HTTP: outages, retries, two devices at once, and what the logs do not say."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from common.errors import CheckFailed, ServiceRefused
from common.messages.receipt import Receipt
from common.messages.vote import vote_id
from common.ports import NotAuthenticated, NotFound, Unavailable
from common.transport.client import OcspClient
from common.transport.connection import Connection
from common.transport.listening import listen
from common.transport.logs import DefectFormatter
from scenarios.services import ServedWorld
from scenarios.world import Citizen
from tests.conftest import CHOICES
from voter_client.cast import VotingSession
from voter_client.prepare import sign_vote


def session(served: ServedWorld, citizen: Citizen) -> VotingSession:
    world = served.world
    return VotingSession(world.election, world.collector, citizen.card, citizen.journal, world.clock, world.checks)


def size(served: ServedWorld) -> int:
    return served.collector._log.tree.size


@pytest.fixture
def nobody() -> str:
    """An address on which nobody listens."""
    listening, address = listen("127.0.0.1", 0, None)
    listening.close()
    return address


def test_vote_verification_and_later_check(served: ServedWorld, citizen: Citizen) -> None:
    world = served.world
    vote = world.vote(citizen, CHOICES)
    shown = world.verify(world.code(vote))
    assert (shown.choices, shown.latest, shown.sequence) == (CHOICES, True, 1)
    world.recheck(citizen)
    again = world.vote(citizen, CHOICES)
    assert not world.verify(world.code(vote)).latest
    assert again.sequence == 2
    world.recheck(citizen)


def test_unknown_and_used_up_votes_are_not_found_alike(served: ServedWorld, citizen: Citizen) -> None:
    world = served.world
    code = world.code(world.vote(citizen, CHOICES))
    for _ in range(world.election.manifest.policies.verification_count):
        world.verify(code)
    said = set()
    for unknown in (code.vote_id, "0" * 32):
        with pytest.raises(NotFound) as refused:
            world.collector.lookup(unknown)
        said.add(str(refused.value))
    assert len(said) == 1


def test_retry_of_the_same_bytes_gives_the_same_receipt(served: ServedWorld, citizen: Citizen) -> None:
    voting = session(served, citizen)
    first = voting.cast(voting.prepare(CHOICES))
    before = size(served)
    assert voting.retry() == first
    assert size(served) == before


def test_vote_while_ocsp_is_out_of_reach_is_refused_and_a_retry_works(
    served: ServedWorld, citizen: Citizen, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    voting, before = session(served, citizen), size(served)
    prepared = voting.prepare(CHOICES)
    with Connection(nobody) as connection, monkeypatch.context() as outage:
        outage.setattr(served.collector._acceptance, "_responder", OcspClient(connection))
        with pytest.raises(ServiceRefused, match="cannot be reached; try again later"):
            voting.cast(prepared)
        with pytest.raises(Unavailable):
            voting.retry()
        assert size(served) == before
    assert voting.retry().sequence == 1
    assert size(served) == before + 1


def test_vote_while_ocsp_refuses_is_refused_and_a_retry_works(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_request: bytes) -> bytes:
        raise Unavailable("maintenance until noon")

    voting = session(served, citizen)
    with monkeypatch.context() as outage:
        outage.setattr(served.world.responder, "respond", down)
        with pytest.raises(Unavailable, match="maintenance until noon"):
            voting.cast(voting.prepare(CHOICES))
    assert voting.retry().sequence == 1


def test_vote_without_a_witness_quorum_is_kept_and_a_retry_completes_it(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_arguments: object) -> str:
        raise Unavailable("maintenance")

    voting, before = session(served, citizen), size(served)
    with monkeypatch.context() as outage:
        outage.setattr(served.world.witnesses[0], "add_checkpoint", down)
        with pytest.raises(Unavailable, match="1 witnesses answered where 2 are due"):
            voting.cast(voting.prepare(CHOICES))
    assert size(served) == before + 1
    assert voting.retry().receipt.index == before
    assert size(served) == before + 1


def test_collector_out_of_reach_is_a_sentence(nobody: str) -> None:
    with Connection(nobody) as connection, pytest.raises(Unavailable, match="cannot be reached"):
        OcspClient(connection).respond(b"request")


def at_once(calls: list[Callable[[], Receipt]]) -> list[Receipt | CheckFailed]:
    """Make these calls in one moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Receipt]) -> Receipt | CheckFailed:
        start.wait(10)
        try:
            return call()
        except CheckFailed as failure:
            return failure

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def signed(served: ServedWorld, citizen: Citizen) -> Callable[[], Receipt]:
    """A vote of the citizen, ready to post in a session of its own."""
    voting = session(served, citizen)
    vote = sign_vote(served.world.election, voting.prepare(CHOICES), citizen.card, voting._view)
    return lambda: served.world.collector.cast(voting._view.session, vote)


def test_votes_of_one_voter_at_once_leave_one_for_each_place_in_the_chain(
    served: ServedWorld, citizen: Citizen
) -> None:
    before = size(served)
    for place in (1, 2, 3):
        answers = at_once([signed(served, citizen) for _ in range(4)])
        failures = [answer for answer in answers if isinstance(answer, CheckFailed)]
        assert [failure.check for failure in failures] == ["C9"] * 3
        assert size(served) == before + place
        head = served.collector._ledger.heads[citizen.card.voter_id]
        assert (head.sequence, head.index) == (place, before + place - 1)


def test_same_bytes_at_once_are_one_vote_with_one_receipt(served: ServedWorld, citizen: Citizen) -> None:
    before = size(served)
    receipts = at_once([signed(served, citizen)] * 4)
    assert len({repr(receipt) for receipt in receipts}) == 1
    assert isinstance(receipts[0], Receipt)
    assert size(served) == before + 1


def test_voters_at_once_all_get_their_receipts(served: ServedWorld, citizen: Citizen) -> None:
    others = [citizen, *(served.world.citizens[voter] for voter in list(served.world.citizens)[:2])]
    voters = list({voter.card.voter_id: voter for voter in others}.values())
    receipts = at_once([signed(served, voter) for voter in voters])
    assert all(isinstance(receipt, Receipt) for receipt in receipts)
    assert len({receipt.index for receipt in receipts if isinstance(receipt, Receipt)}) == len(voters)


# --- logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that anything in this process logs, as a service writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(DefectFormatter("%(name)s %(message)s"))
    root, own = logging.getLogger(), [logging.getLogger(name) for name in ("uvicorn", "uvicorn.access")]
    before = [(logger, logger.level, logger.propagate) for logger in (root, *own)]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for logger in own:  # a service that ran in this process before keeps its log to itself
        logger.propagate = True
    yield text
    for logger, level, propagate in before:
        logger.setLevel(level)
        logger.propagate = propagate
    root.removeHandler(handler)


def test_log_holds_no_personal_code_session_or_vote_id(
    served: ServedWorld, citizen: Citizen, written: io.StringIO
) -> None:
    world = served.world
    voting = session(served, citizen)
    vote = voting.cast(voting.prepare(CHOICES))
    world.verify(world.code(vote))
    with pytest.raises(NotAuthenticated):
        world.collector.refresh("cd" * 32)
    with pytest.raises(CheckFailed):
        world.collector.cast(voting._view.session, voting.posted + b" ")
    text = written.getvalue()
    assert "POST /votes" in text
    assert "uvicorn.access" in text
    for secret in (
        voting._view.session,
        "cd" * 32,
        citizen.card.voter_id,
        citizen.card.voter_id.removeprefix("PNOEE-"),
        citizen.person.surname,
        vote_id(vote.signed_ballot),
        vote.seed.hex(),
    ):
        assert secret.lower() not in text.lower()


def test_defect_is_logged_without_the_values_it_met(
    served: ServedWorld, citizen: Citizen, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> Any:
        try:
            return {}[citizen.card.voter_id]
        except KeyError as error:
            raise RuntimeError(f"lost {citizen.card.voter_id}") from error

    voting = session(served, citizen)
    monkeypatch.setattr(served.collector._acceptance, "accept", broken)
    with pytest.raises(Unavailable, match="the service failed"):
        voting.cast(voting.prepare(CHOICES))
    text = written.getvalue()
    assert "RuntimeError" in text
    assert "KeyError" in text
    assert "in broken" in text
    assert citizen.card.voter_id.removeprefix("PNOEE-") not in text
