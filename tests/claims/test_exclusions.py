"""Before `final`: what the processor names for exclusion can be excluded, and leaves an election that counts."""

from __future__ import annotations

import pytest

from collector.store import NewEntry, StoredVote
from common.checks.catalogue import COMPLETE
from common.checks.inspection import inspect
from common.errors import CheckFailed, Party
from common.log.entries import Entry, EntryKind
from common.messages.message import encode
from common.tally.candidate import Candidate
from scenarios.attacks.forged_signature import CardWithoutPin2
from scenarios.stage import ADA, BEN, Stage, make_stage
from scenarios.villains import mallory, own_hands, slip_in
from scenarios.world import World
from tallier.process import find_faults


def closed_with(*unsigned: bool, unreadable: int = 0) -> tuple[Stage, int]:
    """Closed; a lying collector logged votes all numbered 1 of one voter, some forged. The first's index."""
    stage = make_stage(COMPLETE, hostile=(Party.COLLECTOR,))
    stage.honest_votes(2)
    world, victim = stage.world, stage.voter()
    card, voter = CardWithoutPin2(victim.card, stage.stranger().card), victim.card.voter_id
    view = mallory(world, victim.card).log_in()
    for _ in range(unreadable):
        client = mallory(world, victim.card)
        prepared = client.prepare("north", *ADA)
        log_unread(world, client.sign(view, prepared.ballot, prepared.salt, voter="nobody"))
    indices = []
    for forged in unsigned:
        client = mallory(world, card if forged else victim.card)
        prepared = client.prepare("north", *(ADA if forged else BEN))
        indices.append(slip_in(world, voter, client.sign(view, prepared.ballot, prepared.salt)).index)
    stage.means(victim, BEN)
    world.close()
    return stage, indices[0]


def log_unread(world: World, raw: bytes) -> None:
    """Any signed ballot, logged as a vote and put into the box."""
    collector, ocsp = own_hands(world), b"no answer"
    vote = Candidate(raw, ocsp)
    row = StoredVote(collector._log.tree.size, vote.vote_id, world.clock(), raw, ocsp)
    collector._log.append([NewEntry(encode(Entry(EntryKind.VOTE, vote.digest)), vote=row)])
    collector._ledger.votes.add(row.position)


def found(stage: Stage) -> list[tuple[int, str]]:
    world = stage.world
    return [(fault.index, fault.check) for fault in find_faults(world.election, world.collector.evidence(), COMPLETE)]


def test_vote_cured_by_an_exclusion_before_it_stands_and_is_counted() -> None:
    stage, first = closed_with(True, False)
    assert found(stage) == [(first, "C5")]
    stage.world.finalise()
    announced = stage.announce(stage.world.collector.evidence())
    inspection = announced.tallied.processed.inspection
    assert inspection.replay.fates.excluded == (first,)
    assert first + 1 in inspection.replay.fates.counted
    assert announced.counts == stage.meant


def test_excluding_all_that_fails_at_once_spoils_the_election() -> None:
    stage, first = closed_with(True, False)
    world = stage.world
    failures = inspect(world.election, world.collector.evidence(), COMPLETE, finished=False).reviewed.failures
    assert {index: failure.check for index, failure in failures.items()} == {first: "C5", first + 1: "C9"}
    for index, failure in failures.items():
        world.exclude(index, failure.check, failure.reason)
    with pytest.raises(CheckFailed, match="excluded for C9, which it does not fail") as refusal:
        world.finalise()
    assert refusal.value.check == "B5"


def test_later_bad_vote_of_the_same_voter_is_found_once_the_first_is_excluded() -> None:
    stage, first = closed_with(True, True, False)
    for index in (first, first + 1):
        assert found(stage) == [(index, "C5")]
        stage.world.exclude(index, "C5", "not signed by the voter")
    assert found(stage) == []


def test_votes_that_cannot_be_read_are_all_named_at_once() -> None:
    """They are in nobody's chain: as many rounds as votes would be for nothing."""
    stage, first = closed_with(True, False, unreadable=2)
    named = found(stage)
    assert named == [(first - 2, "C1"), (first - 1, "C1"), (first, "C5")]
    for index, check in named:
        stage.world.exclude(index, check, "for the test")
    assert found(stage) == []
