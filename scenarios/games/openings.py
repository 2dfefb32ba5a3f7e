"""What an adversary with all keys but the trustees' asks of them besides the result; honest trustees refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.checks.check import CheckList
from common.errors import CheckFailed, ServiceRefused
from common.log.entries import EntryKind
from common.messages.ballot import Ballot
from common.messages.result import Aggregate, Result, SignedAnswer
from common.tally.evidence import Evidence
from scenarios.keyring import Keyring
from scenarios.villains import act_entry, forger, lines_of, with_orders
from scenarios.world import World
from tallier.process import Processed, combine, process

NOTHING = CheckList(())


def ask(
    world: World, evidence: Evidence, processed: Processed, alone: Mapping[str, Ballot]
) -> tuple[Sequence[SignedAnswer], dict[str, Result]]:
    """The trustees' answers, and results for the ballots in `alone`, if trustees open them along with the aggregates.

    They are asked for that first, for they answer once.
    """
    everyone = range(1, len(world.trustees) + 1)
    single = {voter: _pool(f"alone-{number}", alone[voter]) for number, voter in enumerate(alone)}
    pools = processed.aggregates.aggregates + tuple(single.values())
    claimed = replace(processed.aggregates, aggregates=pools)
    try:
        answers = world.answers(evidence, replace(processed, aggregates=claimed), everyone if single else ())
    except CheckFailed:
        single = {}
    if not single:
        return world.answers(evidence, processed, everyone), {}
    opened = {
        voter: combine(world.election, replace(claimed, aggregates=(pool,)), answers, NOTHING).result
        for voter, pool in single.items()
    }
    return answers, opened


def _pool(unit: str, ballot: Ballot) -> Aggregate:
    """One ballot, called an aggregate."""
    (part,) = ballot.contests
    return Aggregate(part.contest, unit, (unit,), 1, part.ciphertexts)


def results_without(world: World, keyring: Keyring, evidence: Evidence, voters: Sequence[str]) -> dict[str, Result]:
    """For each voter the result of another final tree, which revokes that voter's vote; none if trustees refuse."""
    found: dict[str, Result] = {}
    election, writer = world.election, forger(world.election, keyring)
    for voter in voters:
        act = world.authority.revoke(election, [voter], "voted on paper")
        lines = [*lines_of(election, evidence.log), (act_entry(act, EntryKind.REVOCATION), world.clock())]
        other = with_orders(world, replace(evidence, acts=(*evidence.acts, act)), lines, writer)
        processed = process(election, other, NOTHING)
        try:
            answers = world.answers(other, processed, range(1, len(world.trustees) + 1))
        except ServiceRefused:
            return found
        found[voter] = combine(election, processed.aggregates, answers, NOTHING).result
    return found
