"""A unit with one voter is opened by itself."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, BEN, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make()
    north, victim = stage.voter(), stage.voter()  # the only one of south
    stage.vote(victim, ADA)
    stage.vote(north, BEN)
    for _ in range(2):
        stage.vote(stage.voter(), BEN)
        stage.voter()
    outcomes = stage.count().tallied.counted.result.outcomes
    alone = [outcome for outcome in outcomes if outcome.units == ("south",)]
    if not alone:
        pools = ", ".join(f"{'+'.join(outcome.units)}: {outcome.ballots} ballots" for outcome in outcomes)
        raise Stopped("D11", Party.PROCESSOR, f"south is counted with others ({pools})")
    counts = alone[0].counts
    return harmed(counts == ADA, "the result of south is one voter's vote", f"south: {stage.in_words(counts)}")


SCENARIO = Scenario(
    name="small_unit_alone",
    title="A unit with one voter",
    attacker="anybody who reads the result",
    controls=("nothing",),
    story=(
        Step("only voter of south", "collector", "a vote"),
        Step("trustees", "everyone", "south: Ada 1"),
    ),
    harm="Where few vote, the result tells who voted how.",
    defences=(Guard("D11", Party.PROCESSOR), Guard("T2", Party.PROCESSOR)),
    play=play,
)
