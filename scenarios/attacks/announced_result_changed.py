"""The processor announces other counts, with an opening made to fit them."""

from __future__ import annotations

from dataclasses import replace

from common.checks.tally import totals
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, Announced, MakeStage
from scenarios.villains import public_key


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    stage.honest_votes()
    stage.world.close()
    stage.world.order("final")
    election, tallied = stage.world.election, stage.tally(stage.world.collector.evidence())
    result, scheme = tallied.counted.result, election.schemes[stage.contest]
    first, *rest = result.outcomes
    (ada, *_), (ben, *_) = scheme.encode(ADA), scheme.encode(BEN)
    key = public_key(election)
    plaintext = int(key.decode_value(first.openings[0]["plaintext"])) - ben + ada
    counts = (first.counts[0] + 1, first.counts[1] - 1, first.counts[2])
    opening = {**first.openings[0], "plaintext": key.encode_value(plaintext)}
    outcomes = (replace(first, counts=counts, openings=(opening,)), *rest)
    announced = replace(result, outcomes=outcomes, totals=totals(election, outcomes))
    tallied.counted = replace(tallied.counted, result=announced)
    files = stage.world.record(tallied)
    stage.audit({path: data for path, data in files.items() if path.startswith("public/")})
    return stage.compare(Announced(tallied, announced.totals[0].counts))


SCENARIO = Scenario(
    name="announced_result_changed",
    title="Other counts announced",
    attacker="the processor",
    controls=("the result that is published",),
    story=(
        Step("trustees", "processor", "shares: north opens to Ada 1, Ben 1"),
        Step("processor", "everyone", "north: Ada 2, Ben 0, with a plaintext to fit"),
        Step("auditor", "everyone", "encrypts the plaintext again"),
    ),
    harm="The announced result is not what was opened.",
    defences=(Guard("T4", Party.PUBLIC_AUDITOR), Guard("T5", Party.PUBLIC_AUDITOR)),
    play=play,
)
