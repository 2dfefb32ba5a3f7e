"""A party's log says when a peer fails, lies, is slow and is well again: once, with a count, and nothing it said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from auditor.head_store import MemoryHeadStore
from auditor.witness import Head, Witness
from auditor.witness_notes import NotedWitness
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.errors import CheckFailed, ServiceRefused, ValikError
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.ports import CheckpointUnsigned, Fork, TwoTrees, Unavailable, WitnessConflict
from common.transport.peer_log import QUIET, PeerLog
from scenarios.world import Clock, Tallied, World
from tallier.trustee import SecondFinalTree, TrusteeService
from tallier.trustee_notes import NotedTrustee
from tallier.trustee_state import MemoryState
from tests.conftest import CHOICES, PEOPLE

Notes = list[tuple[str, str | None]]
SOON = 20.0
PRIVATE = "PNOEE-38001085718 and a token"
SECOND_TREE = "asked for an answer about a second final tree"


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What stands in the log so far, by level and text."""
    monkeypatch.setattr(logging.getLogger("valik"), "propagate", True)
    caplog.set_level(logging.INFO, "valik")
    return lambda: [f"{r.levelname} {r.getMessage()}" for r in caplog.records if r.name == "valik"]


# --- one line for a change, none for a request


def test_first_failure_is_told_at_once_and_the_next_thousand_are_counted(
    clock: Clock, lines: Callable[[], list[str]]
) -> None:
    log = PeerLog(clock)
    for _ in range(1_000):
        log("witness 1", "is out of service")
    assert lines() == ["WARNING witness 1 is out of service"]
    clock.now += QUIET
    log("witness 1", None)
    assert lines()[1:] == ["INFO witness 1 is well again; it failed 1000 times"]


def test_peer_that_was_always_well_is_not_mentioned(clock: Clock, lines: Callable[[], list[str]]) -> None:
    log = PeerLog(clock)
    for _ in range(10):
        log("witness 1", None)
        clock.now += QUIET
    assert lines() == []


def test_peer_that_flutters_gets_one_line_a_minute(clock: Clock, lines: Callable[[], list[str]]) -> None:
    log = PeerLog(clock)
    for second in range(10 * QUIET):
        log("witness 1", "is slow" if second % 2 else None)
        clock.now += 1
    assert 2 <= len(lines()) <= 10


def test_other_trouble_and_other_peers_are_told_apart(clock: Clock, lines: Callable[[], list[str]]) -> None:
    log = PeerLog(clock)
    log("witness 1", "is slow")
    log("witness 2", "is out of service")
    log("witness 1", "is slow")
    clock.now += QUIET
    log("witness 1", "is out of service")
    assert lines() == [
        "WARNING witness 1 is slow",
        "WARNING witness 2 is out of service",
        "WARNING witness 1 is out of service; it failed 2 times before",
    ]


# --- the collector's peers


@pytest.fixture
def noted(world: World) -> Notes:
    """What the world's collector notes of its peers."""
    found: Notes = []
    for part in (world.collector._log, world.collector._acceptance):
        part._notes = lambda peer, trouble: found.append((peer, trouble))
    return found


def raises(error: ValikError) -> Callable[..., str]:
    def refuse(*_asked: object) -> str:
        raise error

    return refuse


FAULTS = {
    "is out of service": raises(Unavailable(PRIVATE)),
    "claims to have seen another log than this": raises(Fork(PRIVATE)),
    "refuses this log's checkpoints": raises(CheckpointUnsigned(PRIVATE)),
    "answers with what is no cosignature of its own": lambda *_asked: PRIVATE,
}


@pytest.mark.parametrize("trouble", FAULTS)
def test_collector_notes_what_is_wrong_with_a_witness_and_when_it_is_well(
    world: World, noted: Notes, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    citizen = world.citizen(PEOPLE[0])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.witnesses[0], "add_checkpoint", FAULTS[trouble])
        world.vote(citizen, CHOICES)
    assert ("witness 1", trouble) in noted
    assert {peer for peer, wrong in noted if wrong} == {"witness 1"}
    world.vote(citizen, CHOICES)
    assert ("witness 1", None) in noted
    assert not any(PRIVATE in f"{note}" for note in noted)


def test_witness_that_claims_a_larger_log_is_noted_and_one_that_lost_count_is_not(
    world: World, noted: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = world.citizen(PEOPLE[0])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.witnesses[0], "add_checkpoint", raises(WitnessConflict(10**9)))
        world.vote(citizen, CHOICES)
    assert ("witness 1", "claims to have seen another log than this") in noted
    noted.clear()
    world.collector._log._known_sizes[0] = 1
    world.vote(citizen, CHOICES)
    assert all(wrong is None for _, wrong in noted)


@pytest.fixture
def gate() -> Iterator[Event]:
    made = Event()
    yield made
    made.set()


def test_collector_notes_a_witness_that_thinks_too_long(
    world: World, noted: Notes, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, slow = world.citizen(PEOPLE[0]), world.witnesses[0]
    honest = slow.add_checkpoint

    def thinks(old_size: int, proof: Sequence[bytes], note: str) -> str:
        gate.wait(SOON)
        return honest(old_size, proof, note)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(slow, "add_checkpoint", thinks)
        world.vote(citizen, CHOICES)
    assert ("witness 1", "is slow; others suffice meanwhile") in noted
    gate.set()
    world.collector._log._callers[0].submit(int).result(SOON)  # it has been heard to the end
    assert ("witness 1", None) in noted


def test_collector_notes_how_the_responder_does(world: World, noted: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = world.citizen(PEOPLE[0])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.responder, "respond", raises(Unavailable(PRIVATE)))
        with pytest.raises(ServiceRefused):
            world.vote(citizen, CHOICES)
    other = world.citizen(PEOPLE[1])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.responder, "respond", lambda _request: PRIVATE.encode())
        with pytest.raises(CheckFailed):
            world.vote(other, CHOICES)
    world.vote(world.citizen(PEOPLE[2]), CHOICES)
    assert [trouble for peer, trouble in noted if peer == "the OCSP responder"] == [
        "is out of service",
        "answers with what does not pass C4",
        None,
    ]


def test_responder_is_well_though_a_card_is_revoked(world: World, noted: Notes) -> None:
    citizen = world.citizen(PEOPLE[0])
    world.country.revoke(citizen.card)
    with pytest.raises(CheckFailed, match="revoked"):
        world.vote(citizen, CHOICES)
    assert noted == [("the OCSP responder", None)]


# --- the witness's log


def test_witness_notes_a_log_that_signs_two_trees(world: World) -> None:
    found: Notes = []
    origin, key = world.election.log_trust.origin, world.collector._log._key
    honest, store = world.witnesses[0], MemoryHeadStore()
    first, second = (sign_checkpoint(Checkpoint(origin, 1, root * 32), key, origin) for root in (b"\x01", b"\x02"))
    store.save(origin, Head(1, b"\x01" * 32, first), None)
    inner = Witness(
        honest.key.name, honest._private_key, store, world.clock, {origin: world.election.log_trust.log_key}
    )
    witness = NotedWitness(inner, origin, lambda peer, trouble: found.append((peer, trouble)))
    with pytest.raises(TwoTrees):
        witness.add_checkpoint(1, (), second)
    assert found == [
        (f"ALARM: the log {origin}", "has signed two trees of one size; keep the heads, and tell everyone")
    ]
    witness.add_checkpoint(1, (), first)
    assert found[1:] == [(f"the log {origin}", None)]
    with pytest.raises(CheckpointUnsigned):
        witness.add_checkpoint(1, (), second.replace("\n— ", "\n— x"))
    with pytest.raises(WitnessConflict):
        witness.add_checkpoint(0, (), first)
    assert len(found) == 2


# --- the trustee's


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"final_root": "00" * 32, "answer": None}, ("ALARM: the processor", SECOND_TREE)),
        ({"rehearsal": None, "answer": None, "final_root": None}, ("the processor", "was refused")),
    ],
)
def test_second_final_tree_is_an_alarm_and_another_refusal_is_none(
    played: tuple[World, Tallied], changes: dict[str, Any], note: tuple[str, str]
) -> None:
    world, tallied = played
    old, memory = world.trustees[0], MemoryState()
    found: Notes = []
    memory.save(replace(old._store.load(), **changes))
    party = TrusteeService(old._name, old._keys, memory, old._authority_key, old._parameters, SYSTEMS, COMPLETE)
    trustee = NotedTrustee(party, lambda peer, trouble: found.append((peer, trouble)))
    with pytest.raises(ServiceRefused):
        trustee.answer(world.manifest, world.ceremony.proof, tallied.evidence, tallied.processed.aggregates)
    assert found == [note]


def test_trustee_notes_that_all_is_well(played: tuple[World, Tallied]) -> None:
    world, tallied = played
    found: Notes = []
    trustee = NotedTrustee(world.trustees[0], lambda peer, trouble: found.append((peer, trouble)))
    asked = (world.manifest, world.ceremony.proof, tallied.evidence, tallied.processed.aggregates)
    trustee.answer(*asked)
    assert found == [("the processor", None)]
    assert trustee.identity() == world.trustees[0].identity()
    trustee.rehearse()
    assert found[1:] == [("the dealer", None)]


@pytest.mark.parametrize(
    ("error", "peer", "trouble"),
    [
        (SecondFinalTree(PRIVATE), "ALARM: the processor", SECOND_TREE),
        (ServiceRefused(PRIVATE), "the processor", "was refused"),
        (CheckFailed("B1", "collector", "vote", PRIVATE), "the processor", "sent what does not pass B1"),  # type: ignore[arg-type]
    ],
)
def test_trustee_notes_what_it_refused(
    played: tuple[World, Tallied], error: ValikError, peer: str, trouble: str
) -> None:
    world, tallied = played
    found: Notes = []

    class Refusing(NotedTrustee):
        answer = raises(error)  # type: ignore[assignment]

    inner = Refusing(world.trustees[0], lambda *_note: None)
    trustee = NotedTrustee(inner, lambda peer, trouble: found.append((peer, trouble)))
    with pytest.raises(type(error)):
        trustee.answer(world.manifest, world.ceremony.proof, tallied.evidence, tallied.processed.aggregates)
    assert found == [(peer, trouble)]
