"""All honest voters of a unit but one are kept away, and accomplices fill it up to the minimum."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BEN, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    voters = [stage.voter() for _ in range(6)]
    victim, *accomplices = voters[::2]  # north; its other honest voters find the service out of order
    stage.vote(victim, ADA)
    for accomplice in accomplices:
        stage.vote(accomplice, BEN)
    for southerner in voters[1::2]:
        stage.vote(southerner, BEN)
    outcomes = stage.count().tallied.counted.result.outcomes
    north = next(outcome for outcome in outcomes if "north" in outcome.units)
    rest = (north.counts[0], north.counts[1] - len(accomplices), north.counts[2])
    shown = f"north: {stage.in_words(north.counts)}, of which the accomplices gave Ben {len(accomplices)}"
    return harmed(rest == ADA, "the only honest vote of north is known by subtraction", shown)


SCENARIO = Scenario(
    name="isolation",
    title="One honest voter among accomplices",
    attacker="the collector, with accomplices on the roll of a small unit",
    controls=("who is served", "the accomplices' own votes"),
    story=(
        Step("other voters of north", "collector", "want to vote"),
        Step("collector", "other voters of north", "out of service"),
        Step("victim", "collector", "a vote"),
        Step("accomplices", "collector", "votes they know"),
        Step("trustees", "everyone", "north, above the minimum"),
    ),
    harm="The one honest vote of the unit is known.",
    defences=(),
    play=play,
    residual="a vote hides among the honest ballots of its aggregate only; here there are no others",
)
