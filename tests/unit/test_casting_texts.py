"""What C2, C7 and C9 say is what is wrong: voters and authors of clients go by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.checks.casting import c2_election_and_time, c7_on_the_roll, c9_continues_chain
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken
from common.messages.roll import RollChange, RollEntry
from common.tally.candidate import Candidate, CastingFacts, Head
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE

OTHER = "ab" * 32


def a_second_vote(world: World) -> tuple[Candidate, CastingFacts]:
    """A voter's second vote, and what stood when it was cast."""
    citizen = world.citizen(PEOPLE[0])
    first = world.vote(citizen, CHOICES)
    world.clock.now += 1_000
    facts = CastingFacts(
        world.election,
        world.clock(),
        world.collector._ledger.roll,
        Head(first.receipt.index, first.digest, 1),
        world.election.closes,
    )
    return Candidate(world.vote(citizen, CHOICES).signed_ballot), facts


def test_c9_tells_a_wrong_number_from_a_wrong_predecessor(world: World) -> None:
    vote, facts = a_second_vote(world)
    c9_continues_chain(vote, facts)
    for head, text in (
        (None, "number 1 is due"),
        (Head(2, OTHER, 2), "number 3 is due"),
        (Head(1, OTHER, 1), "follows number 1, but names another vote than that"),
    ):
        with pytest.raises(RuleBroken, match=text):
            c9_continues_chain(vote, replace(facts, head=head))


def test_c2_tells_a_clock_that_is_ahead_from_a_vote_that_is_too_old(world: World) -> None:
    vote, facts = a_second_vote(world)
    times = world.election.manifest.times
    signed = from_rfc3339(vote.statement.time)
    for off in (-times.skew, times.max_age + times.skew):
        c2_election_and_time(vote, replace(facts, time=signed + off))
    with pytest.raises(RuleBroken, match=f"signed {times.skew + 1} s ahead of its recording"):
        c2_election_and_time(vote, replace(facts, time=signed - times.skew - 1))
    with pytest.raises(RuleBroken, match=f"{times.max_age + times.skew + 1} s between signing and recording"):
        c2_election_and_time(vote, replace(facts, time=signed + times.max_age + times.skew + 1))


def test_c7_tells_a_version_that_was_never_made_from_one_that_is_stale(world: World) -> None:
    before, facts = a_second_vote(world)
    row = facts.roll.row(before.statement.voter, 0)
    assert row is not None
    world.change_roll([RollChange(row.voter, RollEntry(row.voter, "Corrected Name", row.unit))])
    after = Candidate(world.vote(world.citizen(PEOPLE[0]), CHOICES).signed_ballot)
    today = replace(facts, roll=world.collector._ledger.roll)
    c7_on_the_roll(after, today)
    with pytest.raises(RuleBroken, match="row changed since the roll version"):
        c7_on_the_roll(before, today)
    with pytest.raises(RuleBroken, match="does not exist; the newest is 0"):
        c7_on_the_roll(after, facts)
