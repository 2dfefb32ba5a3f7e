"""Two aggregates that overlap: each is large enough, and their difference is one voter."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BEN, MakeStage
from tallier.process import combine, process


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    north, victim = stage.voter(), stage.voter()  # the only one of south
    stage.vote(victim, ADA)
    stage.vote(north, BEN)
    for _ in range(2):
        stage.vote(stage.voter(), BEN)
        stage.voter()
    world = stage.world
    world.close()
    world.order("final")
    election, evidence = world.election, world.collector.evidence()
    processed = process(election, evidence, stage.checks(Party.PROCESSOR))
    everybody = processed.aggregates.aggregates[0]  # south had to be merged
    ballots = [v.candidate.ballot for v in processed.inspection.replay.counted()]
    northern = [b.contests[0].ciphertexts[0] for b in ballots if b.unit == "north"]
    product = (election.key.aggregate(northern),)
    part = replace(everybody, unit="north", units=("north",), ballots=len(northern), ciphertexts=product)
    claimed = replace(processed.aggregates, aggregates=(everybody, part))
    answers = world.answers(evidence, replace(processed, aggregates=claimed), [1, 2])
    result = combine(election, claimed, answers, stage.checks(Party.PROCESSOR)).result
    whole, less = (outcome.counts for outcome in result.outcomes)
    difference = tuple(a - b for a, b in zip(whole, less, strict=True))
    shown = f"all {stage.in_words(whole)}; north {stage.in_words(less)}"
    return harmed(difference == ADA, "the only voter of south is known by subtraction", shown)


SCENARIO = Scenario(
    name="overlapping_merge",
    title="Aggregates that overlap",
    attacker="the processor",
    controls=("what trustees are asked to open",),
    story=(
        Step("processor", "trustees", "open north and south together: 4 ballots"),
        Step("processor", "trustees", "open north: 3 ballots"),
        Step("trustees", "processor", "shares for both"),
        Step("processor", "processor", "subtracts"),
    ),
    harm="A voter of a small unit is known, though no aggregate was below the minimum.",
    defences=(Guard("T1", Party.TRUSTEE), Guard("T2", Party.TRUSTEE)),
    play=play,
)
