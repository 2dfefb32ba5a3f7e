"""The authority calls the election off; collector and processor take that for the end, and have it counted."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.PROCESSOR))
    stage.honest_votes()
    stage.world.close()
    stage.world.abandon("too many complaints")
    counts = stage.tally(stage.world.collector.evidence()).counted.result.totals[0].counts
    return harmed(
        counts == stage.meant,
        "collector and processor know how the abandoned election would have gone",
        stage.in_words(counts),
    )


SCENARIO = Scenario(
    name="counted_though_abandoned",
    title="An abandoned election, counted all the same",
    attacker="collector and processor",
    controls=("box and log", "the processor's checks"),
    story=(
        Step("authority", "everyone", "the election is abandoned; nothing will be counted"),
        Step("collector", "processor", "box and log, which ends with the abandonment"),
        Step("processor", "trustees", "the tree ends here: please open"),
        Step("trustees", "processor", "shares"),
    ),
    harm="Votes are counted, though their voters were told that none would be.",
    defences=(Guard("L6", Party.TRUSTEE),),
    play=play,
)
