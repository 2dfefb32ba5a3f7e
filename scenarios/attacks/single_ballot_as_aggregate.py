"""The processor hands the trustees one voter's ballot in the place of her unit's product."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from tallier.process import combine, process


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    world = stage.world
    world.close()
    world.order("final")
    election, evidence = world.election, world.collector.evidence()
    processed = process(election, evidence, stage.checks(Party.PROCESSOR))
    (vote,) = (v for v in processed.inspection.replay.counted() if v.voter == victim.card.voter_id)
    first, *rest = processed.aggregates.aggregates
    alone = replace(first, ballots=1, ciphertexts=vote.candidate.ballot.contests[0].ciphertexts)
    claimed = replace(processed.aggregates, aggregates=(alone, *rest))
    answers = world.answers(evidence, replace(processed, aggregates=claimed), [1, 2])
    opened = combine(election, claimed, answers, stage.checks(Party.PROCESSOR)).result.outcomes[0].counts
    return harmed(opened == ADA, "one voter's ballot has been opened", f"it says: {stage.in_words(opened)}")


SCENARIO = Scenario(
    name="single_ballot_as_aggregate",
    title="One ballot called an aggregate",
    attacker="the processor",
    controls=("what trustees are asked to open",),
    story=(
        Step("victim", "collector", "a ballot"),
        Step("processor", "trustees", 'box, log, and "the product of north": the victim\'s ciphertext'),
        Step("trustees", "processor", "shares of what they were handed"),
    ),
    harm="Vote secrecy is gone for whomever the processor chooses.",
    defences=(Guard("T1", Party.TRUSTEE), Guard("T2", Party.TRUSTEE)),
    play=play,
)
