"""Faults between the parties: each is told in a sentence, loses nothing that was acknowledged, and passes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from threading import Event

import pytest

from auditor.head_store import MemoryHeadStore
from auditor.witness import Head, Witness
from common import routes
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.errors import IdentityError, RuleBroken, ServiceRefused
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.witnessed import open_checkpoint
from common.messages.receipt import Receipt
from common.messages.roll import RollEntry
from common.ports import Fork, Lapsed, Unavailable, WitnessConflict
from common.transport.client import TrusteeClient
from common.transport.connection import Connection
from common.transport.listening import listen
from common.transport.serve import BackgroundService
from scenarios.country.population import people
from scenarios.keyring import new_keyring
from scenarios.services import ServedWorld, served_world
from scenarios.world import Citizen
from tallier.api import trustee_app
from tallier.ceremony import hold_ceremony
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState
from tests.conftest import CHOICES, draft
from voter_client.cast import VotingSession

CROWD = people(60, seed=31)
ROWS = [RollEntry(voter_id(person.code), person.name, "north") for person in CROWD]
SOON = 5.0
"""Seconds: far less than the 10 that a client waits for a witness, far more than anything here takes."""
_next = count()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    """A running election with three witnesses, of which two are due."""
    with served_world(draft(max_ballots=200), ROWS, insecure_parameters=True) as made:
        yield made


@pytest.fixture
def citizen(served: ServedWorld) -> Citizen:
    """A voter who has not voted."""
    return served.world.citizen(CROWD[next(_next)])


@pytest.fixture
def gate() -> Iterator[Event]:
    """What a party hangs on; opened at the test's end at the latest."""
    made = Event()
    yield made
    made.set()


@pytest.fixture
def nobody() -> str:
    """An address on which nobody listens."""
    listening, address = listen("127.0.0.1", 0, None)
    listening.close()
    return address


def session(served: ServedWorld, citizen: Citizen) -> VotingSession:
    return served.world.session(citizen)


def size(served: ServedWorld) -> int:
    return served.collector._log.tree.size


def cosigners(served: ServedWorld, receipt: Receipt) -> set[str]:
    return {
        name for name, _ in open_checkpoint(receipt.checkpoint, served.world.election.log_trust).cosignature_times
    }


# --- the certificate status service


def test_hanging_ocsp_fails_closed_and_a_retry_works(
    served: ServedWorld, citizen: Citizen, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, voting, before = served.world.responder.respond, session(served, citizen), size(served)
    prepared = voting.prepare(CHOICES)
    with monkeypatch.context() as outage:
        outage.setattr(routes, "OCSP", replace(routes.OCSP, seconds=0.2))  # type: ignore[arg-type]
        outage.setattr(served.world.responder, "respond", lambda request: gate.wait(30) and honest(request))
        with pytest.raises(Unavailable, match=r"status cannot be had: .* did not answer in time; try again later"):
            voting.cast(prepared)
        assert size(served) == before
    assert voting.retry().sequence == 1
    assert size(served) == before + 1


def test_who_waits_for_ocsp_holds_up_nobody(
    served: ServedWorld, citizen: Citizen, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, asked = served.world.responder.respond, count()
    other = served.world.citizen(CROWD[next(_next)])
    first = Event()

    def hangs_once(request: bytes) -> bytes:
        if next(asked) == 0:
            first.set()
            gate.wait(30)
        return honest(request)

    monkeypatch.setattr(served.world.responder, "respond", hangs_once)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(served.world.vote, citizen, CHOICES)
        assert first.wait(SOON)
        assert served.world.vote(other, CHOICES).sequence == 1
        assert not waiting.done()
        gate.set()
        assert waiting.result(SOON).sequence == 1


# --- witnesses


def foreign_line(served: ServedWorld) -> str:
    """A good cosignature, on something else."""
    return served.world.collector.checkpoint().splitlines(keepends=True)[-1]


def forked_head(served: ServedWorld) -> Callable[[int, Sequence[bytes], str], str]:
    """A witness that was shown another history of the log's."""
    world, honest = served.world, served.world.witnesses[0]
    origin, log_key = world.election.log_trust.origin, served.collector._log._key
    other = Checkpoint(origin, 1, b"\x07" * 32)
    store = MemoryHeadStore()
    store.save(origin, Head(1, other.root, sign_checkpoint(other, log_key, origin)), None)
    logs = {origin: world.election.log_trust.log_key}
    return Witness(honest.key.name, honest._private_key, store, world.clock, logs).add_checkpoint


def raises(error: Exception) -> Callable[..., str]:
    def refuse(*_asked: object) -> str:
        raise error

    return refuse


FAULTS: dict[str, Callable[[ServedWorld], Callable[..., str]]] = {
    "down": lambda _served: raises(Unavailable("maintenance")),
    "broken": lambda _served: raises(RuntimeError("a defect")),
    "forked": forked_head,
    "cries fork": lambda _served: raises(Fork("another tree")),
    "claims to know more": lambda _served: raises(WitnessConflict(10**9)),
    "claims to know nothing, ever": lambda _served: raises(WitnessConflict(0)),
    "answers nonsense": lambda _served: lambda *_asked: "yes\n",
    "answers with the cosignature of another checkpoint": lambda served: lambda *_asked: foreign_line(served),
    "answers too much": lambda _served: lambda *_asked: "— " + "x" * 200_000,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_bad_witness_of_three_changes_nothing(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """It is left out while it lasts, and heard again afterwards."""
    bad, *good = served.world.witnesses
    with monkeypatch.context() as trouble:
        trouble.setattr(bad, "add_checkpoint", FAULTS[fault](served))
        vote = served.world.vote(citizen, CHOICES)
        assert cosigners(served, vote.receipt) == {witness.key.name for witness in good}
    later = served.world.vote(citizen, CHOICES)
    assert cosigners(served, later.receipt) == {witness.key.name for witness in served.world.witnesses}


@pytest.mark.parametrize("fault", FAULTS)
def test_two_bad_witnesses_of_three_leave_the_vote_pending(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    voting, before = session(served, citizen), size(served)
    with monkeypatch.context() as trouble:
        answer = FAULTS[fault](served)
        for bad in served.world.witnesses[:2]:
            trouble.setattr(bad, "add_checkpoint", answer)
        with pytest.raises(Unavailable, match="1 witnesses answered where 2 are due; try again later"):
            voting.cast(voting.prepare(CHOICES))
    assert size(served) == before + 1
    assert voting.retry().receipt.index == before
    assert size(served) == before + 1


def test_hanging_witness_slows_no_vote_but_the_first(
    served: ServedWorld, citizen: Citizen, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = served.world.witnesses[0]
    honest = hung.add_checkpoint
    with monkeypatch.context() as trouble:
        trouble.setattr(hung, "add_checkpoint", lambda *asked: gate.wait(30) and honest(*asked))
        start = time.perf_counter()
        for _ in range(6):
            vote = served.world.vote(citizen, CHOICES)
            assert hung.key.name not in cosigners(served, vote.receipt)
        assert time.perf_counter() - start < SOON
    gate.set()
    served.collector._log._callers[0].submit(int).result(SOON)  # it has been heard to the end
    later = served.world.vote(citizen, CHOICES)
    assert hung.key.name in cosigners(served, later.receipt)


def test_votes_that_wait_for_witnesses_share_the_next_checkpoint(
    served: ServedWorld, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six votes at once while the witnesses are slow: one checkpoint for the first, one for all others."""
    world, before = served.world, size(served)
    voters = [world.citizen(CROWD[next(_next)]) for _ in range(6)]
    for witness in world.witnesses:
        honest = witness.add_checkpoint
        monkeypatch.setattr(witness, "add_checkpoint", lambda *asked, honest=honest: gate.wait(30) and honest(*asked))
    with ThreadPoolExecutor(len(voters)) as pool:
        votes = [pool.submit(world.vote, voter, CHOICES) for voter in voters]
        due = time.monotonic() + SOON
        while size(served) < before + len(voters) and time.monotonic() < due:
            time.sleep(0.01)
        assert size(served) == before + len(voters)  # all are recorded, though none has a receipt
        gate.set()
        notes = {vote.result(SOON).receipt.checkpoint for vote in votes}
    assert len(notes) == 2


# --- clocks


@pytest.mark.parametrize("wrong", [-31, 31, -86_400, 86_400])
def test_collector_with_a_wrong_clock_is_not_believed(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, wrong: int
) -> None:
    """Neither at the start nor just before signing: nothing is signed, nothing recorded."""
    before, voting = size(served), session(served, citizen)
    monkeypatch.setattr(served.collector, "_clock", lambda: served.world.clock() + wrong)
    with pytest.raises(RuleBroken, match="clock differs"):
        voting.cast(voting.prepare(CHOICES))
    assert voting.posted is None
    with pytest.raises((RuleBroken, IdentityError)):  # by a clock that is far back, the new card is not valid yet
        session(served, citizen)
    assert size(served) == before


@pytest.mark.parametrize("wrong", [-29, 29])
def test_collector_with_a_clock_within_the_skew_is_believed(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, wrong: int
) -> None:
    served.world.clock.now += 60  # the card is a little older
    monkeypatch.setattr(served.collector, "_clock", lambda: served.world.clock() + wrong)
    assert served.world.vote(citizen, CHOICES).sequence == 1


@pytest.mark.parametrize("wrong", [-86_400, 86_400])
def test_one_witness_with_a_wrong_clock_changes_nothing(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, wrong: int
) -> None:
    monkeypatch.setattr(served.world.witnesses[1], "_clock", lambda: served.world.clock() + wrong)
    assert served.world.vote(citizen, CHOICES).sequence == 1


def test_vote_lapses_by_the_wrong_clocks_of_two_witnesses(
    served: ServedWorld, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No receipt, ever; the voter is told, and can vote again when the clocks are right."""
    voting = session(served, citizen)
    with monkeypatch.context() as trouble:
        for witness in served.world.witnesses[:2]:
            trouble.setattr(witness, "_clock", lambda: served.world.clock() + 3_600)
        with pytest.raises(Lapsed, match=r"too late \(C2\); vote again"):
            voting.cast(voting.prepare(CHOICES))
    with pytest.raises(Lapsed):
        voting.retry()
    assert served.world.vote(citizen, CHOICES).sequence == 2


# --- trustees


def test_ceremony_with_a_trustee_down_begins_nothing(nobody: str) -> None:
    """Who is out of reach at its beginning is missed before any share is dealt; with everybody there, it works."""
    parties, states = trustees()
    with ExitStack() as opened:
        clients = [
            TrusteeClient(opened.enter_context(Connection(opened.enter_context(BackgroundService(app)).address)))
            for app in map(trustee_app, parties)
        ]
        away = TrusteeClient(opened.enter_context(Connection(nobody)))
        with pytest.raises(Unavailable, match="cannot be reached; try again later"):
            hold_ceremony(SYSTEMS["toy-512"], 2, [*clients[:2], away])
        assert all(state.load().secret is None for state in states)
        assert len(hold_ceremony(SYSTEMS["toy-512"], 2, clients).trustees) == 3


def test_ceremony_that_breaks_off_before_the_rehearsal_is_held_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two had taken a share, and none had used it: the same trustees take those of the next dealing."""
    parties, states = trustees()
    with monkeypatch.context() as trouble:
        trouble.setattr(parties[2], "receive_share", raises(Unavailable("a power cut")))
        with pytest.raises(Unavailable, match="a power cut; hold the ceremony again"):
            hold_ceremony(SYSTEMS["toy-512"], 2, parties)
    assert [state.load().secret is None for state in states] == [False, False, True]
    held = hold_ceremony(SYSTEMS["toy-512"], 2, parties)
    assert all(state.load().material == held.material for state in states)


def test_ceremony_that_breaks_off_at_the_rehearsal_needs_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dealer has forgotten the key: no trustee who has rehearsed takes another share."""
    parties, _ = trustees()
    with monkeypatch.context() as trouble:
        trouble.setattr(parties[2], "rehearse", raises(Unavailable("a power cut")))
        with pytest.raises(Unavailable, match="a power cut"):
            hold_ceremony(SYSTEMS["toy-512"], 2, parties)
    with pytest.raises(ServiceRefused, match="already holds a share"):
        hold_ceremony(SYSTEMS["toy-512"], 2, parties)
    fresh, _ = trustees()
    assert len(hold_ceremony(SYSTEMS["toy-512"], 2, fresh).trustees) == 3


def trustees() -> tuple[list[TrusteeService], list[MemoryState]]:
    """Three trustees before their ceremony."""
    keys, states = new_keyring(draft()).trustees, [MemoryState() for _ in range(3)]
    parties = [
        TrusteeService(f"trustee-{number}", own, state, b"", "toy-512", SYSTEMS, COMPLETE)
        for number, (own, state) in enumerate(zip(keys, states, strict=True), start=1)
    ]
    return parties, states


def test_trustee_down_at_the_tally_is_done_without_down_to_the_threshold(nobody: str) -> None:
    with (
        served_world(draft(max_ballots=200), ROWS[:3], insecure_parameters=True) as served,
        Connection(nobody) as line,
    ):
        world = served.world
        for person in CROWD[:3]:
            world.vote(world.citizen(person), CHOICES)
        world.close()
        world.finalise()
        present = world.trustees
        world.trustees = (present[0], TrusteeClient(line), present[2])
        with pytest.raises(Unavailable, match="cannot be reached; try again later"):
            world.tally()
        with pytest.raises(ServiceRefused, match="1 good answers where 2 trustees are due"):
            world.tally([3])
        first = world.tally([1, 3])
        world.trustees = present
        assert world.tally().counted.result == first.counted.result
        assert first.counted.result.totals[0].ballots == 3


# --- broken clients


NOISE = [(b"\x16\x03\x01\x00\n\r\n\r\n", 400), (b"GET / SPDY/9\r\n\r\n", 400), (b"x" * 70_000, 431)]


@pytest.mark.parametrize(("noise", "status"), NOISE)
def test_noise_is_refused(served: ServedWorld, noise: bytes, status: int) -> None:
    host, port = served.public.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SOON) as line:
        line.sendall(noise)
        assert line.recv(12) == f"HTTP/1.1 {status}".encode()
    assert size(served) > 0


def test_voter_who_hangs_up_while_waiting_finds_the_receipt_later(
    served: ServedWorld, citizen: Citizen, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, voting = served.world.responder.respond, session(served, citizen)
    reached, before = Event(), size(served)

    def slow(request: bytes) -> bytes:
        reached.set()
        gate.wait(30)
        return honest(request)

    with monkeypatch.context() as trouble:
        trouble.setattr(served.world.responder, "respond", slow)
        trouble.setattr(routes, "CAST", replace(routes.CAST, seconds=0.2))  # type: ignore[arg-type]
        with pytest.raises(Unavailable, match="did not answer in time"):
            voting.cast(voting.prepare(CHOICES))
        assert reached.wait(SOON)
    gate.set()
    assert voting.retry().receipt.index == before
    assert size(served) == before + 1
