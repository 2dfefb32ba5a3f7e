"""All units are announced as they were opened, but the totals do not add up."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import Announced, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    stage.honest_votes()
    stage.world.close()
    stage.world.order("final")
    tallied = stage.tally(stage.world.collector.evidence())
    (total,) = tallied.counted.result.totals
    wrong = replace(total, counts=(total.counts[0] + 1, total.counts[1] - 1, total.counts[2]))
    tallied.counted = replace(tallied.counted, result=replace(tallied.counted.result, totals=(wrong,)))
    files = stage.world.record(tallied)
    stage.audit({path: data for path, data in files.items() if path.startswith("public/")})
    return stage.compare(Announced(tallied, wrong.counts))


SCENARIO = Scenario(
    name="totals_changed",
    title="Totals that do not add up",
    attacker="the processor",
    controls=("the result that is published",),
    story=(
        Step("processor", "everyone", "north and south as opened"),
        Step("processor", "everyone", "in all: one vote moved from Ben to Ada"),
    ),
    harm="The announced total is wrong.",
    defences=(Guard("T6", Party.PUBLIC_AUDITOR),),
    play=play,
)
