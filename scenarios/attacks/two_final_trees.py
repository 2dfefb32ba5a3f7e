"""Two final trees that differ by one vote: their results, subtracted, are that vote."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party, ServiceRefused
from common.log.entries import EntryKind
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import act_entry, forger, lines_of, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.PROCESSOR, Party.AUTHORITY, Party.WITNESS))
    stage.honest_votes(6)
    victim = stage.voter()
    stage.vote(victim, ADA)
    world, writer = stage.world, forger(stage.world.election, stage.keyring)
    world.close()
    world.order("final")
    evidence = world.collector.evidence()
    first = stage.tally(evidence).counted.result.totals[0].counts
    revocation = world.authority.revoke(world.election, [victim.card.voter_id], "voted on paper")
    lines = [*lines_of(world.election, evidence.log), (act_entry(revocation, EntryKind.REVOCATION), world.clock())]
    other = with_orders(world, replace(evidence, acts=(*evidence.acts, revocation)), lines, writer)
    try:
        second = stage.tally(other).counted.result.totals[0].counts
    except ServiceRefused as refused:
        raise Stopped("D2", Party.TRUSTEE, str(refused)) from refused
    difference = tuple(a - b for a, b in zip(first, second, strict=True))
    shown = f"first {stage.in_words(first)}; second {stage.in_words(second)}"
    return harmed(difference == ADA, "the victim's vote is the difference of two results", shown)


SCENARIO = Scenario(
    name="two_final_trees",
    title="Two final trees",
    attacker="authority, collector, processor and a quorum of witnesses",
    controls=("all keys of authority, log and witnesses",),
    story=(
        Step("processor", "trustees", "final tree A: please open"),
        Step("trustees", "processor", "shares"),
        Step("authority", "collector", "a revocation of one voter, for another final tree"),
        Step("processor", "trustees", "final tree B: please open"),
        Step("trustees", "processor", "shares"),
    ),
    harm="Any one voter's choice can be read off, with every aggregate above the minimum.",
    defences=(Guard("D2", Party.TRUSTEE),),
    play=play,
)
